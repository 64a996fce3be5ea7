"""Verified answers: a correction answers the next turn, without any training.

The same question (`tutor.chat.question_matching`) gets the verified answer itself: one that an instructor accepted
before one that the learner wrote. An accepted correction answers everybody in the course; any other only the learner
under whose answer it was written. For a related question about the same passage, a verified answer may serve as an
example in the prompt. What learners wrote themselves is shown beside an adapter, which then follows it more often.
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

MIN_RELATED_COSINE = 0.75  # of two questions, from which the answer to one is an example for the other
MAX_OWN_EXAMPLES = 5  # as many as were measured (bench.adaptation)
MAX_CACHED_VECTORS = 5_000


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """A verified answer with the question that it was written for."""

    ref: VerifiedAnswerRef
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class VerifiedAnswers:
    """Finds verified answers to a question."""

    database: Database
    embedder: Embedder
    _vectors: dict[str, Vectors] = field(default_factory=dict)  # of questions that verified answers were written for

    def find_same_question(self, learner_id: str, course_id: str, question: str) -> VerifiedAnswer | None:
        """Return the verified answer to the same question: an instructor's before the learner's, the latest first."""
        if not is_self_contained(question):
            return None
        candidates = self._candidates(learner_id, course_id)
        return next((candidate for candidate in candidates if is_same_question(question, candidate.question)), None)

    def find_related(
        self, learner_id: str, course_id: str, question: str, passage_ids: Sequence[str]
    ) -> VerifiedAnswer | None:
        """Return the verified answer whose question is nearest in meaning, among those about one of the passages."""
        candidates = self._candidates(learner_id, course_id, passage_ids=frozenset(passage_ids))
        if not candidates or not is_self_contained(question):
            return None
        vectors = self._embed([candidate.question for candidate in candidates])
        best = nearest(self.embedder.embed_query(question), vectors, MIN_RELATED_COSINE)[:1]
        return candidates[best[0]] if best else None

    def find_own_examples(self, learner_id: str, course_id: str, question: str) -> list[VerifiedAnswer]:
        """Return what the learner wrote for the questions nearest in meaning, the nearest last."""
        with self.database.read_connection() as connection:
            pairs = correction_store.written_by(connection, course_id, learner_id)
        candidates = [_to_verified_answer(c, turn) for c, turn in pairs if is_self_contained(turn.question)]
        if not candidates:
            return []
        vectors = self._embed([candidate.question for candidate in candidates])
        places = nearest(self.embedder.embed_query(question), vectors)[:MAX_OWN_EXAMPLES]
        return [candidates[place] for place in reversed(places)]

    def _candidates(
        self, learner_id: str, course_id: str, passage_ids: frozenset[str] | None = None
    ) -> list[VerifiedAnswer]:
        with self.database.read_connection() as connection:
            pairs = correction_store.usable_by(connection, course_id, learner_id)
        pairs = [(c, turn) for c, turn in pairs if passage_ids is None or passage_ids & set(turn.passages)]
        candidates = [_to_verified_answer(c, turn) for c, turn in pairs if is_self_contained(turn.question)]
        return sorted(candidates, key=lambda candidate: candidate.ref.voice is not Endorser.TEACHER)

    def _embed(self, questions: Sequence[str]) -> list[Vectors]:
        """Return the vectors of questions that verified answers were written for; each is computed once."""
        new = [text for text in dict.fromkeys(questions) if text not in self._vectors]
        if len(self._vectors) + len(new) > MAX_CACHED_VECTORS:
            self._vectors.clear()
            new = list(dict.fromkeys(questions))
        for text, encoding in zip(new, self.embedder.encode_queries(new) if new else [], strict=True):
            self._vectors[text] = encoding.span_vectors[0]
        return [self._vectors[text] for text in questions]


def nearest(asked: Vectors, vectors: Sequence[Vectors], min_cosine: float = -1.0) -> list[int]:
    """Return the places of the vectors at least so near to the question's, nearest first."""
    cosines = np.array([float(asked @ vector) for vector in vectors])
    order = np.argsort(-cosines, kind="stable")
    return [int(place) for place in order if cosines[place] >= min_cosine]


def _to_verified_answer(correction: Correction, turn: Turn) -> VerifiedAnswer:
    voice = Endorser.TEACHER if correction.may_answer(None) else Endorser.LEARNER
    return VerifiedAnswer(VerifiedAnswerRef(correction.id, voice, whole=True), turn.question, correction.text)
