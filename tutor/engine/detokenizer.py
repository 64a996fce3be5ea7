"""Tokens in, printable pieces of text out: half characters and possible stop strings are held back. Torch-free."""

from __future__ import annotations

from collections.abc import Callable, Sequence

REPLACEMENT_CHARACTER = "\ufffd"


def is_repetitive(tokens: Sequence[int], max_period: int = 64) -> bool:
    """Whether an answer has begun to turn in circles, which small models do: its end says the same thing again.

    Twice in a row for phrases of 8 to `longest` tokens, 24 tokens in all for shorter ones.
    """
    for period in range(1, min(max_period, len(tokens) // 2) + 1):
        times = 2 if period >= 8 else -(-24 // period)
        if len(tokens) >= times * period and tokens[-times * period : -period] == tokens[-(times - 1) * period :]:
            return True
    return False


class IncrementalDetokenizer:
    """Turns one answer's tokens into pieces; their sum is the decoded answer, cut before the first stop string."""

    def __init__(self, decode: Callable[[Sequence[int]], str], stop: Sequence[str] = ()) -> None:
        self.stopped = False
        self._decode = decode
        self._stop = tuple(text for text in stop if text)
        self._tokens: list[int] = []
        self._decoded_until = 0  # tokens before here are in `_known` and are decoded no more
        self._context = 0  # where decoding begins: a token's text may depend on the one before it
        self._held = ""

    def push(self, token: int) -> str:
        """Return what can be shown after one more token; sets `stopped` when a stop string is complete."""
        self._tokens.append(token)
        before = self._decode(self._tokens[self._context : self._decoded_until])
        now = self._decode(self._tokens[self._context :])
        half = now.endswith(REPLACEMENT_CHARACTER) and len(self._tokens) - self._decoded_until < 8
        if half or len(now) <= len(before):  # a token that shows nothing is no context for the next one either
            return ""
        self._context, self._decoded_until = self._decoded_until, len(self._tokens)
        self._held += now[len(before) :]
        return self._release_safe_text()

    def finish(self) -> str:
        """Return what was still held back when the answer has ended."""
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
    """Return the length of the longest end of `text` that begins `stop`."""
    return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)
