"""What a model may do, by its size: what was measured for models of its class, not by how much text it can read.

Pure. `ABILITIES` is the one table; what was tried, and what came of it, is in docs/decisions/0035-abilities-by-size.md
and, for single figures, docs/LOG.md. A model of unknown size counts as the smallest.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class SizeClass(StrEnum):
    """A class of models, by their number of parameters."""

    SMALL = "small"  # below 1 B, or unknown; measured with SmolLM2-135M-Instruct and our default adapter
    STANDARD = "standard"  # 1 B to 3 B; measured with Qwen2.5-Coder-1.5B-Instruct
    LARGE = "large"  # 3 B and more; not measured, see `ABILITIES`


class Ability(StrEnum):
    """Something that a model may do, or be given, beyond answering in a few words from sentences of one passage."""

    WRITE_FROM_SENTENCES = "write_from_sentences"  # whole sentences of its own, from sentences of several passages
    TRANSLATE = "translate"  # a question, or a sentence of the course, into another language
    WORD_HINTS = "word_hints"  # say a hint of the ladder in its own words
    WRITE_DEFINITIONS = "write_definitions"  # although the course has a sentence that defines the term
    READ_PASSAGES = "read_passages"  # several, whole
    KNOW_THE_LEARNER = "know_the_learner"  # their level, goals and interests, in the instructions
    FOLLOW_EXAMPLES = "follow_examples"  # a verified answer to a related question, as an earlier exchange
    FOLLOW_OWN_EXAMPLES = "follow_own_examples"  # a learner's nearest better answers, beside an adapter of theirs


_STANDARD_FROM, _LARGE_FROM = 1_000_000_000, 3_000_000_000

# A class may do what was better than the tutor without it, measured with a model of that class. Of LARGE no weights
# were at hand: it keeps what such models were given before, and whoever measures it changes this line.
ABILITIES: Mapping[SizeClass, frozenset[Ability]] = {
    SizeClass.SMALL: frozenset(),
    SizeClass.STANDARD: frozenset({Ability.WRITE_FROM_SENTENCES, Ability.TRANSLATE, Ability.FOLLOW_OWN_EXAMPLES}),
    SizeClass.LARGE: frozenset(Ability),
}


def size_class(parameters: int) -> SizeClass:
    """Return the class of a model with so many parameters; 0 means unknown."""
    if parameters < _STANDARD_FROM:
        return SizeClass.SMALL
    return SizeClass.STANDARD if parameters < _LARGE_FROM else SizeClass.LARGE


def is_able(parameters: int, ability: Ability) -> bool:
    """Return whether a model with so many parameters (0: unknown) may do this."""
    return ability in ABILITIES[size_class(parameters)]
