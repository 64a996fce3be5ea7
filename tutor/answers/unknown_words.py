"""Words without spaces around them that a course has nowhere, by their pairs of characters. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Set
from itertools import pairwise

from knowledge.languages import either
from knowledge.languages.scripts import HAN

_RUN = re.compile(rf"[{HAN}]{{3,}}")
_FUNCTION = re.compile(either("answer_forms", "FUNCTION_CHARACTERS"))


def unknown_runs(question: str, unknown_of: Callable[[Iterable[str]], Set[str]]) -> frozenset[str]:
    """Return the pairs of characters of words that `unknown_of` does not know: two neighbouring pairs at least.

    A single pair may stand at the border of two known words, and one with a particle says nothing.
    """
    found: set[str] = set()
    for run in _RUN.findall(question):
        pairs = [run[at : at + 2] for at in range(len(run) - 1)]
        unknown = {pair for pair in unknown_of(pairs) if not _FUNCTION.search(pair)}
        for one, other in pairwise(pairs):
            if one in unknown and other in unknown:
                found |= {one, other}
    return frozenset(found)
