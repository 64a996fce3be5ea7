"""Prerequisites: which skill does another one need, judged by names and meanings alone?

A proposal for the instructor, with its grounds; `skills.propose` turns proposals into a graph without circles. What
is near to the foundations of the sciences (number, quantity, law ...) tends to be needed; what is near to techniques
and named results tends to need. How meanings are made is the caller's business: rows of any embedding of the names
and of the phrases below.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tutor.learner.logit import FloatArray
from tutor.learner.skill_graph import PrerequisiteEdge

FOUNDATIONS = (
    *("probability", "statistics", "a quantity", "a property", "a law", "arithmetic", "measurement", "a number"),
    *("algebra", "logic"),
)
SPECIALIZATIONS = (
    *("an advanced specialised technique taught last", "a complicated derived concept", "a narrow application"),
    *("a specific named theorem or algorithm", "an algorithm", "a technique"),
)
PHRASES = (*FOUNDATIONS, *SPECIALIZATIONS)
FEATURES = ("deeper", "within")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PrerequisiteModel:
    """A logistic model over `FEATURES`, and the probability from which on a need is proposed."""

    version: str
    weights: tuple[float, ...]
    bias: float
    threshold: float

    def probability(self, row: FloatArray) -> float:
        return 1 / (1 + math.exp(-(float(np.dot(self.weights, row)) + self.bias)))


@dataclass(frozen=True, slots=True, eq=False)
class SkillNames:
    """The names of a course's skills and what they mean, compared with one another; made by `domain`."""

    names: tuple[str, ...]
    words: tuple[frozenset[str], ...]
    depth: FloatArray  # nearness to the foundations, standardised within the course

    def feature_row(self, skill: int, prerequisite: int) -> FloatArray:
        """Return the features of "`skill` needs `need`", as `FEATURES` names them."""
        mine, other = self.words[skill], self.words[prerequisite]
        return np.array([self.depth[prerequisite] - self.depth[skill], float(other < mine) - float(mine < other)])


def compare_skill_names(names: Sequence[str], meanings: FloatArray, phrases: FloatArray) -> SkillNames:
    """Compare the skills of a course; `meanings` has a normalised row a name, `phrases` one for each of `PHRASES`."""
    to_phrases = meanings @ phrases.T
    deep, special = to_phrases[:, : len(FOUNDATIONS)].mean(axis=1), to_phrases[:, len(FOUNDATIONS) :].mean(axis=1)
    words = tuple(frozenset(_WORD.findall(name.lower())) for name in names)
    return SkillNames(
        names=tuple(names),
        words=words,
        depth=_standardize(_standardize(deep) - _standardize(special)),
    )


def propose_prerequisites(
    skills: Sequence[str], course: SkillNames, weights: PrerequisiteModel
) -> Iterator[PrerequisiteEdge]:
    """Yield the needs that are likely enough; `skills` are the ids of the course's names, in their order."""
    for skill in range(len(skills)):
        for need in range(len(skills)):
            if skill == need:
                continue
            strength = weights.probability(course.feature_row(skill, need))
            if strength >= weights.threshold:
                yield PrerequisiteEdge(
                    skills[skill], skills[need], weights.version, strength, _explain_edge(course, skill, need)
                )


def _explain_edge(course: SkillNames, skill: int, need: int) -> str:
    if course.words[need] < course.words[skill]:
        return f"“{course.names[skill]}” is a kind of “{course.names[need]}” by its name"
    return f"“{course.names[need]}” is nearer to the foundations than “{course.names[skill]}”"


def _standardize(values: FloatArray) -> FloatArray:
    spread = float(values.std())
    return np.asarray((values - values.mean()) / (spread if spread > 1e-9 else 1.0))
