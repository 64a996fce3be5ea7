"""Turns tokens into printable text; incomplete characters and possible stop strings are held back. Without torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

REPLACEMENT_CHARACTER = "\ufffd"
MAX_REPEATED_TOKENS = 64  # longest phrase whose repetition is detected


def is_repetitive(tokens: Sequence[int]) -> bool:
    """Whether the end of an answer repeats itself, as small models often do.

    A phrase of 8 to MAX_REPEATED_TOKENS tokens counts from its second time in a row, a shorter one from 24 tokens.
    """
    for period in range(1, min(MAX_REPEATED_TOKENS, len(tokens) // 2) + 1):
        times = 2 if period >= 8 else -(-24 // period)
        if len(tokens) >= times * period and tokens[-times * period : -period] == tokens[-(times - 1) * period :]:
            return True
    return False


class IncrementalDetokenizer:
    """Decodes one answer piece by piece; the pieces add up to the answer, cut before the first stop string."""

    def __init__(self, decode: Callable[[Sequence[int]], str], stop: Sequence[str] = ()) -> None:
        self.stopped = False
        self._decode = decode
        self._stop = tuple(text for text in stop if text)
        self._tokens: list[int] = []
        self._decoded_until = 0  # tokens before this index have been returned or held back as text
        self._context = 0  # where decoding begins, since a token's text may depend on the one before it
        self._held = ""

    def push(self, token: int) -> str:
        """Add a token and return the text that can be shown; sets `stopped` when a stop string is complete."""
        self._tokens.append(token)
        before = self._decode(self._tokens[self._context : self._decoded_until])
        now = self._decode(self._tokens[self._context :])
        half = now.endswith(REPLACEMENT_CHARACTER) and len(self._tokens) - self._decoded_until < 8
        if half or len(now) <= len(before):  # a token without text is no context for the next
            return ""
        self._context, self._decoded_until = self._decoded_until, len(self._tokens)
        self._held += now[len(before) :]
        return self._release_safe_text()

    def finish(self) -> str:
        """Return the text held back so far, at the end of the answer."""
        if self.stopped:
            return ""
        before = self._decode(self._tokens[self._context : self._decoded_until])
        rest = self._held + self._decode(self._tokens[self._context :])[len(before) :].rstrip(REPLACEMENT_CHARACTER)
        self._held = ""
        return rest

    def _release_safe_text(self) -> str:
        ends = [at for at in (self._held.find(text) for text in self._stop) if at >= 0]
        if ends:
            self.stopped = True
            return self._held[: min(ends)]
        keep = max((_overlap(self._held, text) for text in self._stop), default=0)
        shown, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return shown


def _overlap(text: str, stop: str) -> int:
    """Return the length of the longest suffix of `text` that is a prefix of `stop`."""
    return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)
