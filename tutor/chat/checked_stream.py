"""Streams a model's answer sentence by sentence, each once it is known that the course supports it.

A sentence that fails ends the draft. What passed before it is the answer if it answers; otherwise the model is asked
once more, with that sentence named, and after that the course itself is quoted.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace

from knowledge.documents import Quote
from knowledge.languages.sentences import split_sentences
from tutor.answers.answer_quality import is_whole_sentence
from tutor.answers.course_reading import QuotedLine
from tutor.answers.course_sentences import CourseSentence
from tutor.chat import fixed_replies, prompts
from tutor.chat.course_answers import quote_lines
from tutor.chat.draft_check import DraftCheck
from tutor.chat.plan_replies import Reply
from tutor.domain import Queued, Token
from tutor.engine.base import Engine, GenerationRequest, Message


@dataclass(slots=True)
class CheckedStream:
    """The draft of one turn. After `stream` has ended, `answer` is what passed, or `quote` replaces it."""

    engine: Engine
    request: GenerationRequest
    check: DraftCheck
    language: str
    may_rewrite: bool  # a small model does not make use of a second try
    max_sentences: int = 0  # after which the model is stopped; 0 for no limit
    answer: str = ""
    quote: Reply | None = None

    def stream(self) -> Generator[Token | Queued, None, None]:
        """Yield the tokens of each sentence that passes; empty ones while it is written, so that it can be stopped.

        Where the course is quoted instead, the quote is the last token.
        """
        rejected = yield from self._draft(self.request)
        if self.check.is_answer(self.answer):
            return
        if self.answer and not rejected and self._quote_cited_sentence():
            return
        if self.may_rewrite and (again := self._rewrite_request(rejected)) is not None:
            yield from self._draft(again)
            if self.check.is_answer(self.answer):
                return
        if closest := self.check.reading.closest:
            reply = quote_lines(closest)
            self.quote = replace(reply, text=fixed_replies.quote_from_course(self.language, reply.text))
            yield Token(self.quote.text)

    def _draft(self, request: GenerationRequest) -> Generator[Token | Queued, None, str]:
        """Stream one draft into `answer`; return the sentence that failed, or ""."""
        written: list[str] = []
        shown, complete, self.answer = 0, 0, ""
        with closing(self.engine.stream(request)) as stream:
            for event in stream:
                if not isinstance(event, Token):
                    yield event
                    continue
                written.append(event.text)
                count = len(split_sentences("".join(written))) - 1
                if count <= complete:
                    yield Token("")
                    continue
                complete = count
                part, rejected = self.check.supported_part("".join(written), is_finished=False)
                if rejected:
                    self.answer = part
                    return rejected
                ready = _tokens_within(written, len(part)) if part else 0
                yield from map(Token, written[shown:ready])
                shown, self.answer = max(shown, ready), part
                if self.max_sentences and len(split_sentences(part)) >= self.max_sentences:
                    return ""
        self.answer, rejected = self.check.supported_part("".join(written), is_finished=True)
        yield from map(Token, written[shown : _tokens_within(written, len(self.answer))] if self.answer else ())
        return rejected

    def _quote_cited_sentence(self) -> bool:
        """Quote the sentence that a few words were taken from; False where the answer is long enough by itself."""
        if is_whole_sentence(self.answer):
            return False
        quote = next((one for one in self.check.quotes(self.answer) if one.hit_index is not None), None)
        if quote is None or quote.hit_index is None:
            return False
        self.quote = quote_lines([QuotedLine(self._cited_sentence(quote, quote.hit_index))])
        return True

    def _cited_sentence(self, quote: Quote, hit_index: int) -> CourseSentence:
        hit = self.check.reading.hits[hit_index]
        start = hit.passage.text.index(quote.text)
        return CourseSentence(hit, start, start + len(quote.text))

    def _rewrite_request(self, rejected: str) -> GenerationRequest | None:
        """Return the request for the second try; None without a sentence to name, or if it does not fit the window."""
        sentence, closest = rejected or self.answer, " ".join(line.text for line in self.check.reading.closest)
        if not sentence or not closest:
            return None
        ((_, content),) = prompts.load_prompt("rewrite", self.language).render(sentence=sentence, closest=closest)
        messages = (*self.request.messages, Message("assistant", sentence), Message("user", content))
        room = self.engine.info().context_tokens - self.request.max_tokens
        return replace(self.request, messages=messages) if self.engine.count_tokens(messages) <= room else None


def _tokens_within(written: list[str], length: int) -> int:
    """Return how many tokens lie wholly within the first characters of the draft."""
    total, count = 0, 0
    for token in written:
        total += len(token)
        if total > length + 1:
            break
        count += 1
    return count
