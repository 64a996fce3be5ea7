"""Query rewriting, without a model: a follow-up such as "and why is that?" is completed by the question before it.

A question is a follow-up when it has few content words and begins like one or points back with a pronoun.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.languages import either, fold, words
from knowledge.lexical import tokenize, unspaced_share

_ANAPHORA = re.compile(either("questions", "ANAPHORA", spaced=True), re.IGNORECASE)
_POINTS_BACK = re.compile(either("questions", "POINTS_BACK"), re.IGNORECASE)
_FOLLOW_UP = re.compile(rf"^\s*(?:{either('questions', 'FOLLOW_UP', spaced=True)})", re.IGNORECASE)
_BARE_FOLLOW_UP = re.compile(rf"^\s*(?:{either('questions', 'BARE_FOLLOW_UP', spaced=True)})", re.IGNORECASE)
_UNSPACED_BARE_FOLLOW_UP = re.compile(rf"^\s*(?:{either('questions', 'BARE_FOLLOW_UP', spaced=False)})")
_UNSPACED_ANAPHORA = re.compile(either("questions", "ANAPHORA", spaced=False))
_UNSPACED_FOLLOW_UP = re.compile(rf"^\s*(?:{either('questions', 'FOLLOW_UP', spaced=False)})")
_REQUEST_STEMS = words("questions", "REQUEST_STEMS")
_MIN_UNSPACED_SHARE = 0.3
_SHORT_CHARACTERS = 8  # of a question in a script without spaces
_SHORT_TERMS = 2  # content words of a question in a script with spaces
_POINTING_CHARACTERS = 80  # of a question that points back; a longer one says itself what it means
_BARE_CHARACTERS, _BARE_TERMS = 5, 1  # the same for one that begins with "why"


def rewrite_with_history(query: str, history: Sequence[str]) -> str:
    """Return `query`; a follow-up is followed by a line with the last question that is not one."""
    for depth, earlier in enumerate(reversed(history)):
        if not needs_history(query):
            return query
        if not needs_history(earlier) or depth + 1 == len(history):
            return f"{query}\n{earlier}"
    return query


def points_back(query: str) -> bool:
    """Whether a question has a pronoun for its subject; "And osmosis?" names one itself, though it is a follow-up."""
    spaced = unspaced_share(query) < _MIN_UNSPACED_SHARE
    pronoun = _ANAPHORA.search(query) if spaced else _UNSPACED_ANAPHORA.search(fold(query))
    return needs_history(query) and bool(_POINTS_BACK.search(query) or pronoun or not content_terms(query))


def content_terms(query: str) -> list[str]:
    """Return the terms of a question without those that only ask: "please explain osmosis" asks about osmosis."""
    return [term for term in tokenize(query) if term not in _REQUEST_STEMS]


def needs_history(query: str) -> bool:
    """Whether a question is a follow-up, which cannot be searched for on its own."""
    if len(query) <= _POINTING_CHARACTERS and _POINTS_BACK.search(query):
        return True
    if unspaced_share(query) >= _MIN_UNSPACED_SHARE:
        folded = fold(query)
        length = len(query.strip())
        is_short = length <= _SHORT_CHARACTERS and bool(_UNSPACED_FOLLOW_UP.search(folded))
        is_bare = length <= _BARE_CHARACTERS and bool(_UNSPACED_BARE_FOLLOW_UP.search(folded))
        return is_short or is_bare or bool(_UNSPACED_ANAPHORA.search(folded))
    own = content_terms(query)
    if not own:
        return True
    is_bare = len(own) <= _BARE_TERMS and bool(_BARE_FOLLOW_UP.search(query))
    return is_bare or (len(own) <= _SHORT_TERMS and bool(_ANAPHORA.search(query) or _FOLLOW_UP.search(query)))
