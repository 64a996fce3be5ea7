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

import tutor.store.corrections as correction_store
from knowledge.embedding import Embedder, Vectors
from tutor.chat.question_matching import is_same_question, is_self_contained
from tutor.domain import Correction, Endorser, Turn, VerifiedAnswerRef
from tutor.store.database import Database

MIN_RELATED_COSINE = 0.75  # cosine of two questions from which on one's answer is an example for the other
MAX_CACHED_VECTORS = 5_000


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """A verified answer with the question that it was written for."""

    ref: VerifiedAnswerRef
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class VerifiedAnswers:
    """Finds what a person has vouched for."""

    database: Database
    embedder: Embedder
    _vectors: dict[str, Vectors] = field(default_factory=dict)

    def find_same_question(self, learner_id: str, course_id: str, question: str) -> VerifiedAnswer | None:
        """Return the verified answer to this very question: a teacher's before her own, the latest first."""
        if not is_self_contained(question):
            return None
        known = self._candidates(learner_id, course_id)
        return next((one for one in known if is_same_question(question, one.question)), None)

    def find_related(
        self, learner_id: str, course_id: str, question: str, passage_ids: Sequence[str]
    ) -> VerifiedAnswer | None:
        """Return the verified answer to the question nearest in meaning that was about one of these passages."""
        known = self._candidates(learner_id, course_id, passage_ids=frozenset(passage_ids))
        if not known or not is_self_contained(question):
            return None
        asked, *others = self._embed([question, *(one.question for one in known)])
        cosine = np.array([float(asked @ other) for other in others])
        best = int(cosine.argmax())
        return known[best] if cosine[best] >= MIN_RELATED_COSINE else None

    def _candidates(
        self, learner_id: str, course_id: str, passage_ids: frozenset[str] | None = None
    ) -> list[VerifiedAnswer]:
        with self.database.read_connection() as connection:
            pairs = correction_store.usable_by(connection, course_id, learner_id)
        pairs = [(c, turn) for c, turn in pairs if passage_ids is None or passage_ids & set(turn.passages)]
        found = [_to_verified_answer(c, turn) for c, turn in pairs if is_self_contained(turn.question)]
        return sorted(found, key=lambda one: one.ref.voice is not Endorser.TEACHER)

    def _embed(self, texts: Sequence[str]) -> list[Vectors]:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if len(self._vectors) + len(new) > MAX_CACHED_VECTORS:
            self._vectors.clear()
            new = list(dict.fromkeys(texts))
        if new:
            self._vectors.update(zip(new, self.embedder.embed_passages(new), strict=True))
        return [self._vectors[text] for text in texts]


def _to_verified_answer(correction: Correction, turn: Turn) -> VerifiedAnswer:
    voice = Endorser.TEACHER if correction.may_answer(None) else Endorser.LEARNER
    return VerifiedAnswer(VerifiedAnswerRef(correction.id, voice, whole=True), turn.question, correction.text)
