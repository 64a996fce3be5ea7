"""Verified answers: a better answer works in the next turn, without any training.

To the same question (`tutor.chat.question_matching`) the verified answer itself is given: one that an
instructor accepted to
everybody in the course, before a learner's own, which only she hears, and only until an adapter of hers has learnt it.
To a related question about the same passage it may serve as an example in the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

import tutor.store.feedback as feedback_store
from knowledge.embedding import Embedder, Vectors
from tutor.chat.question_matching import same_question, stands_alone
from tutor.domain import Correction, Turn, Verified, Voice
from tutor.store.database import Database

RELATED = 0.75  # cosine of two questions from which on one's answer is an example for the other
KEPT_VECTORS = 5_000


@dataclass(frozen=True, slots=True)
class Example:
    """A verified answer with the question that it was written for."""

    verified: Verified
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class VerifiedAnswers:
    """Finds what a person has vouched for."""

    database: Database
    embedder: Embedder
    _vectors: dict[str, Vectors] = field(default_factory=dict)

    def same(self, learner_id: str, course_id: str, question: str) -> Example | None:
        """Return the verified answer to this very question: a teacher's before her own, the latest first."""
        if not stands_alone(question):
            return None
        known = self._known(learner_id, course_id)
        return next((one for one in known if same_question(question, one.question)), None)

    def related(self, learner_id: str, course_id: str, question: str, passages: Sequence[str]) -> Example | None:
        """Return the verified answer to the question nearest in meaning that was about one of these passages."""
        known = self._known(learner_id, course_id, about=frozenset(passages))
        if not known or not stands_alone(question):
            return None
        asked, *others = self._embedded([question, *(one.question for one in known)])
        cosine = np.array([float(asked @ other) for other in others])
        best = int(cosine.argmax())
        return known[best] if cosine[best] >= RELATED else None

    def _known(self, learner_id: str, course_id: str, about: frozenset[str] | None = None) -> list[Example]:
        with self.database.reading() as connection:
            pairs = feedback_store.questions_of(connection, course_id, learner_id)
        pairs = [(c, turn) for c, turn in pairs if about is None or about & set(turn.passages)]
        found = [_example(c, turn) for c, turn in pairs if stands_alone(turn.question)]
        return sorted(found, key=lambda one: one.verified.voice is not Voice.TEACHER)

    def _embedded(self, texts: Sequence[str]) -> list[Vectors]:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if len(self._vectors) + len(new) > KEPT_VECTORS:
            self._vectors.clear()
            new = list(dict.fromkeys(texts))
        if new:
            self._vectors.update(zip(new, self.embedder.embed_passages(new), strict=True))
        return [self._vectors[text] for text in texts]


def _example(correction: Correction, turn: Turn) -> Example:
    voice = Voice.TEACHER if correction.may_answer(None) else Voice.LEARNER
    return Example(Verified(correction.id, voice, whole=True), turn.question, correction.text)
