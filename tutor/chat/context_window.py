"""Makes a prompt fit the model's context window.

First the oldest turns of the history are dropped, then the passages from the last one up, then the best passage is
halved until it fits; the instructions and the question are never cut. Pure: a callable counts the tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tutor.errors import PromptTooLong


@dataclass(frozen=True, slots=True)
class PromptPassage:
    """A passage as it appears in a prompt."""

    id: str
    title: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptMaterial:
    """The parts that may be cut: (question, answer) pairs, oldest first, and passages, best first."""

    history: tuple[tuple[str, str], ...]
    passages: tuple[PromptPassage, ...]


MIN_PASSAGE_CHARS = 200


def fit_to_window(
    material: PromptMaterial, budget: int, count_tokens: Callable[[PromptMaterial], int]
) -> PromptMaterial:
    """Return as much of the material as fits into `budget` tokens.

    `count_tokens` counts the whole prompt with some material. Raises PromptTooLong when not even MIN_PASSAGE_CHARS of
    the best passage fit.
    """
    for candidate in _shrinking_candidates(material):
        if count_tokens(candidate) <= budget:
            return candidate
    raise PromptTooLong(
        f"the question and the course text together do not fit the model's window ({budget} tokens); ask in fewer words"
    )


def _shrinking_candidates(material: PromptMaterial) -> Sequence[PromptMaterial]:
    steps = [material]
    while steps[-1].history:
        steps.append(replace(steps[-1], history=steps[-1].history[1:]))
    while len(steps[-1].passages) > 1:
        steps.append(replace(steps[-1], passages=steps[-1].passages[:-1]))
    while steps[-1].passages and len(steps[-1].passages[0].text) > MIN_PASSAGE_CHARS:
        best = steps[-1].passages[0]
        steps.append(replace(steps[-1], passages=(replace(best, text=best.text[: len(best.text) // 2]),)))
    return steps
