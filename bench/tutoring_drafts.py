"""Listens to what a model writes during a turn, before it is checked or replaced, for `bench.tutoring`."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from bench.tutoring_scoring import plain_words
from knowledge.languages.sentences import split_sentences
from tutor.domain import Queued, Token
from tutor.engine.base import AdapterRef, Engine, EngineInfo, GenerationRequest, Message


@dataclass(slots=True)
class ListeningEngine:
    """An engine that forwards every call and keeps the texts that it streams."""

    engine: Engine
    texts: list[str] = field(default_factory=list)

    def stream(self, request: GenerationRequest) -> Generator[Token | Queued, None, None]:
        self.texts.append("")
        place = len(self.texts) - 1
        for event in (stream := self.engine.stream(request)):
            if isinstance(event, Token):
                self.texts[place] += event.text
            try:
                yield event
            except GeneratorExit:
                stream.close()
                raise

    def prefetch_prefix(self, messages: Sequence[Message], adapter: AdapterRef | None = None) -> None:
        self.engine.prefetch_prefix(messages, adapter)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self.engine.count_tokens(messages)

    def info(self) -> EngineInfo:
        return self.engine.info()

    def close(self) -> None:
        self.engine.close()

    def take_texts(self) -> list[str]:
        """Return what was streamed since the last call, without empty texts."""
        texts = [text for text in self.texts if text.strip()]
        self.texts.clear()
        return texts


def is_written_by_model(answer: str, drafts: Sequence[str]) -> bool:
    """Return whether most of an answer is from a model's drafts, rather than lifted from the course in their place."""
    written = plain_words(" ".join(drafts))
    sentences = [plain_words(answer[start:end]) for start, end in split_sentences(answer)]
    words = [sentence for sentence in sentences if sentence]
    return bool(words) and 2 * sum(len(s) for s in words if s in written) > sum(map(len, words))
