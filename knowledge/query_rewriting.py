"""Completing a question from the conversation, without a model: "and why is that?" asks about what was asked before.

A question leans on the last one when it has little of its own to search for, or points back with a pronoun.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.lexical import cjk_share, tokenize

_ANAPHORA = re.compile(
    r"\b(?:it|its|that|this|these|those|they|them|their|he|him|his|she|her|there|such|same|one|ones|former|latter"
    r"|the (?:first|second|last|other))\b",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(
    r"^\s*(?:and|but|so|then|ok(?:ay)?|why|how so|how come|what about|how about|what else|more|again|really"
    r"|an example|for example|give me|show me|tell me more|explain|can you|could you|please|in other words)\b",
    re.IGNORECASE,
)
_ANAPHORA_ZH = re.compile(r"它|他|她|这|那|此|其|前者|后者|上述|刚才")
_FOLLOW_UP_ZH = re.compile(
    r"^\s*(?:那么?|所以|然后|为什么|为何|怎么会|还有|再|举个?例|例如|比如|继续|请解释|再说|具体)"
)
_REQUEST_TERMS = frozenset(
    """
    exampl explain mean pleas give show tell more understand detail again differ simpl word say reason step easier kind
    """.split()
)
_SHORT_ZH = 8  # characters


def rewrite_with_history(query: str, history: Sequence[str]) -> str:
    """Return `query`, followed by the question it leans on where it leans on one."""
    for depth, earlier in enumerate(reversed(history)):
        if not needs_history(query):
            return query
        if not needs_history(earlier) or depth + 1 == len(history):
            return f"{query}\n{earlier}"
    return query


def content_terms(query: str) -> list[str]:
    """Return the terms of a question without those that only ask: "please explain osmosis" asks about osmosis."""
    return [term for term in tokenize(query) if term not in _REQUEST_TERMS]


def needs_history(query: str) -> bool:
    """Return whether a question cannot be searched for by itself."""
    if cjk_share(query) >= 0.3:
        short = len(query.strip()) <= _SHORT_ZH
        return bool(_ANAPHORA_ZH.search(query)) or (short and bool(_FOLLOW_UP_ZH.search(query)))
    own = content_terms(query)
    if not own:
        return True
    return len(own) <= 2 and bool(_ANAPHORA.search(query) or _FOLLOW_UP.search(query))
