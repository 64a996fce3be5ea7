"""Makes a prompt fit the context window, by a stated rule.

First the oldest turns of the history go, then the passages from the last one up, then the best passage is halved until
it fits; the instructions and the question are never cut. Pure: what a prompt weighs is asked from `weigh`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tutor.errors import PromptTooLong


@dataclass(frozen=True, slots=True)
class PromptPassage:
    """A passage as the prompt shows it."""

    id: str
    title: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptMaterial:
    """What may be cut: `history` holds (question, answer) pairs, oldest first; passages are best first."""

    history: tuple[tuple[str, str], ...]
    passages: tuple[PromptPassage, ...]


MIN_PASSAGE_CHARS = 200


def fit_to_window(
    material: PromptMaterial, budget: int, count_tokens: Callable[[PromptMaterial], int]
) -> PromptMaterial:
    """Return as much of the material as weighs at most `budget` tokens together with what is never cut.

    Raises PromptTooLong when not even a short piece of the best passage fits.
    """
    for candidate in _shrinking_candidates(material):
        if count_tokens(candidate) <= budget:
            return candidate
    raise PromptTooLong(
        f"the question does not fit the model's window beside the course text ({budget} tokens); ask it in fewer words"
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
