"""Holds back what a model writes until it has been looked at, so that nothing is seen that must not be shown.

It is looked at sentence by sentence. What may not be shown, and all after it, is held to the end, where whoever runs
the turn decides about it with its citations: a sentence that only says what the course says may be shown then.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field

from knowledge.languages.sentences import split_sentences
from tutor.domain import Queued, Token

MAX_HELD_CHARS = 400  # of a listing, or anything else without the end of a sentence
MustHold = Callable[[str], bool]  # (sentence) -> whether it may not be shown before the answer is finished


@dataclass(slots=True)
class HeldStream:
    """One stream of a model. After `stream` has ended, `held` is the end of it that was not shown, or ""."""

    must_hold: MustHold | None  # None: nothing is held
    held: str = ""
    _waiting: list[str] = field(default_factory=list)  # tokens that are not looked at yet
    _looked_at: int = 0  # characters of them that may be shown as soon as their token is complete
    _is_holding: bool = False

    def stream(self, events: Generator[Token | Queued, None, object]) -> Generator[Token | Queued, None, None]:
        """Yield the tokens of each sentence that may be shown; empty ones meanwhile, so that it can be stopped."""
        with closing(events):
            for event in events:
                if self.must_hold is None or not isinstance(event, Token):
                    yield event
                    continue
                if not event.text:  # a stream that is checked already says with it that a sentence has ended
                    yield from self._release(is_finished=True) or [event]
                    continue
                self._waiting.append(event.text)
                yield from self._release(is_finished=False) or [Token("")]
        yield from self._release(is_finished=True)
        self.held = "".join(self._waiting)

    def _release(self, *, is_finished: bool) -> list[Token]:
        """Look at the sentences that are complete by now; return the tokens that lie wholly in those to be shown."""
        text = "".join(self._waiting)
        if self._is_holding or not text:
            return []
        assert self.must_hold is not None
        spans = split_sentences(text)
        is_all = is_finished or (len(spans) == 1 and len(text) > MAX_HELD_CHARS)
        complete = spans if is_all else spans[:-1]
        for start, end in complete:
            if end > self._looked_at and self.must_hold(text[start:end]):
                self._is_holding = True
                return self._take(start)
        self._looked_at = len(text) if is_all else max(self._looked_at, complete[-1][1] if complete else 0)
        return self._take(self._looked_at)

    def _take(self, length: int) -> list[Token]:
        taken, total = [], 0
        for piece in self._waiting:
            total += len(piece)
            if total > length:
                break
            taken.append(Token(piece))
        del self._waiting[: len(taken)]
        self._looked_at -= sum(len(token.text) for token in taken)
        return taken
