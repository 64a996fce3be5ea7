"""A learner's quizzes and placements. Each question is a stored state machine; its key never leaves the server.

One transaction stores an answer, it is graded outside of any transaction, and a second one stores the grade together
with its evidence. After a crash in between, reading the quiz again grades what was left: no answer is lost or counted
twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import tutor.store.posed_questions as question_store
import tutor.store.quizzes as quiz_store
from tutor.assessment.grading import has_answer_form
from tutor.assessment.items import Item
from tutor.assessment.question_types.registry import question_type
from tutor.courses.courses import Courses
from tutor.domain import Outcome, Person
from tutor.errors import InputRefused, NotFound
from tutor.learner.evidence import GENERAL_SKILL
from tutor.learner.placement import MAX_QUESTIONS, SHORT_QUESTIONS
from tutor.learner.recommender import SUCCESS_BAND, TARGET_SUCCESS, CandidateItem
from tutor.pedagogy import question_lifecycle as lifecycle
from tutor.pedagogy.intents import Intent, classify_intent
from tutor.pedagogy.question_lifecycle import IllegalStep, PosedQuestion, QuestionState
from tutor.platform.clock import Clock, new_id
from tutor.practice.attempt_grading import AttemptGrader
from tutor.practice.item_bank import ItemBank
from tutor.practice.item_selection import items_in_language, items_on_topic, select_items
from tutor.store.database import Connection, Database
from tutor.store.items import StoredItem
from tutor.store.posed_questions import PURPOSE_PLACEMENT, PURPOSE_SHORT_PLACEMENT, PosedQuestionRecord
from tutor.store.quizzes import Quiz

QUIZ_LENGTH = 8  # questions
MAX_ATTEMPTS = 3  # answers to one question, except where one option is picked: that is answered once
QUESTION_LIFETIME = timedelta(days=7)


NextPlacementSkill = Callable[
    [Person, str, Collection[str]], str | None
]  # (learner, course, skills to leave out) -> skill
PredictSuccess = Callable[
    [Person, str, Mapping[str, tuple[str, float]]], Mapping[str, CandidateItem]
]  # (learner, course, (skill, difficulty) by item) -> chance by item


@dataclass(frozen=True, slots=True)
class QuizSession:
    """A quiz with its questions; `current` is the first open one, None at the end."""

    quiz: Quiz
    questions: tuple[PosedQuestionRecord, ...]

    @property
    def current(self) -> PosedQuestionRecord | None:
        return next((row for row in self.questions if not row.question.is_final), None)


@dataclass(frozen=True, slots=True)
class SubmissionResult:
    """The question after a submission, and the intent that it was classified as."""

    question: PosedQuestionRecord
    intent: Intent


@dataclass(frozen=True, slots=True)
class Practice:
    """Poses questions, and stores and grades the answers."""

    database: Database
    courses: Courses
    item_bank: ItemBank
    attempt_grader: AttemptGrader
    next_placement_skill: NextPlacementSkill
    predict_success: PredictSuccess
    clock: Clock

    def topics(self, actor: Person, course_id: str) -> list[tuple[str, int]]:
        """Return the declared skills that there are questions about, with how many."""
        self.courses.authorize(actor, course_id)
        pool = self._askable_items(actor, course_id)
        counts = [
            (skill.name, sum(one.item.skill == skill.id for one in pool))
            for skill in self.courses.skills(actor, course_id)
        ]
        return [(name, count) for name, count in counts if count]

    def has_questions(self, actor: Person, course_id: str) -> bool:
        """Return whether a quiz could be made, from questions about declared skills or about none."""
        self.courses.authorize(actor, course_id)
        return bool(self._askable_items(actor, course_id))

    def start_quiz(self, actor: Person, course_id: str, topic: str = "", count: int = QUIZ_LENGTH) -> QuizSession:
        """Start a quiz on a topic, or on the whole course; an open one is ended first."""
        self.courses.authorize(actor, course_id)
        pool = self._items_on_topic(actor, course_id, topic.strip())
        if not pool:
            raise _nothing_to_ask(topic.strip())
        now = self.clock()
        quiz = Quiz(new_id(), actor.id, course_id, topic.strip()[:200], now)
        likely = self._success_chances(actor, course_id, pool)
        with self.database.write_transaction() as connection:
            self._end_open_quizzes(connection, actor, course_id)
            chosen = select_items(pool, question_store.last_posed_times(connection, actor.id, course_id), likely, count)
            quiz_store.add(connection, quiz)
            for number, one in enumerate(chosen):
                question_store.add_question(connection, self._new_question(actor, course_id, one.item, quiz.id, number))
        return self._load_session(quiz.id)

    def has_short_placement(self, actor: Person, course_id: str) -> bool:
        """Return whether there are questions about enough skills for a short placement."""
        return len(self.topics(actor, course_id)) >= SHORT_QUESTIONS

    def start_placement(self, actor: Person, course_id: str, *, short: bool = False) -> QuizSession:
        """Start a placement: one question after another, each chosen by the answers so far, fifteen or five at most."""
        self.courses.authorize(actor, course_id)
        quiz = Quiz(new_id(), actor.id, course_id, "", self.clock())
        chosen = self._next_placement_item(actor, course_id, ())
        if chosen is None:
            raise InputRefused(
                "a placement needs questions about the skills of the course, and there are none yet",
                key="nothing_to_place",
            )
        with self.database.write_transaction() as connection:
            self._end_open_quizzes(connection, actor, course_id)
            quiz_store.add(connection, quiz)
            first = self._new_question(actor, course_id, chosen, quiz.id, 0)
            purpose = PURPOSE_SHORT_PLACEMENT if short else PURPOSE_PLACEMENT
            question_store.add_question(connection, replace(first, purpose=purpose))
        return self._load_session(quiz.id)

    def pose_question(
        self, actor: Person, course_id: str, topic: str = "", *, harder: bool = False
    ) -> PosedQuestionRecord | None:
        """Pose one question outside a quiz, for the chat; None where there is none about the topic."""
        self.courses.authorize(actor, course_id)
        pool = self._items_on_topic(actor, course_id, topic)
        if not pool:
            return None
        likely = self._success_chances(actor, course_id, pool)
        with self.database.write_transaction() as connection:
            asked = question_store.last_posed_times(connection, actor.id, course_id)
            (chosen,) = select_items(pool, asked, likely, 1, target=SUCCESS_BAND[0] if harder else TARGET_SUCCESS)
            row = self._new_question(actor, course_id, chosen.item, None, 0)
            question_store.add_question(connection, row)
        return row

    def latest_session(self, actor: Person, course_id: str) -> QuizSession | None:
        """Return a learner's latest quiz; answers that a crash left ungraded are graded first."""
        self.courses.authorize(actor, course_id)
        with self.database.read_connection() as connection:
            quiz = quiz_store.latest(connection, actor.id, course_id)
            questions = question_store.of_quiz(connection, quiz.id) if quiz else []
        if quiz is None:
            return None
        for row in questions:
            if row.question.state is QuestionState.ANSWERED:
                self.attempt_grader.grade_pending(actor, row)
            elif row.question.state in lifecycle.OPEN_STATES and self.clock() >= row.question.expires_at:
                self._apply_transition(actor, row.question.id, lambda value: lifecycle.expire(value, self.clock()))
        return self._load_session(quiz.id)

    def get_question(self, actor: Person, posed_id: str) -> PosedQuestionRecord:
        """Return a posed question of this learner, who must still be in its course."""
        with self.database.read_connection() as connection:
            row = question_store.by_id(connection, posed_id)
        if row is None or row.question.learner_id != actor.id:
            raise _no_such_question()
        self.courses.authorize(actor, row.course_id)
        return row

    def submit_answer(self, actor: Person, posed_id: str, submission_id: str, text: str) -> SubmissionResult:
        """Store an answer and grade it.

        A question or a request that is typed instead of an answer is handled as such, and so is a message without the
        form of an answer ("blue" for a number). `submission_id` is created with the question on the page: sent twice,
        it is the same answer. Raises IllegalStep.
        """
        row = self.get_question(actor, posed_id)
        may_be_message = question_type(row.item.kind).may_be_message
        intent = classify_intent(text, question_open=True) if may_be_message else Intent.ANSWER
        match intent:
            case Intent.CLARIFY | Intent.EXERCISE:
                return SubmissionResult(
                    self._apply_transition(actor, posed_id, lambda v: lifecycle.clarify(v, submission_id)),
                    Intent.CLARIFY,
                )
            case Intent.STUCK | Intent.TELL_ME:
                return SubmissionResult(self.record_hint(actor, posed_id, submission_id), Intent.STUCK)
            case Intent.SKIP:
                return SubmissionResult(self.skip_question(actor, posed_id), intent)
        if not has_answer_form(row.item, text) and not row.question.is_final:
            return SubmissionResult(row, Intent.EMPTY)
        answered = self._apply_transition(
            actor, posed_id, lambda value: self._add_attempt(row, value, submission_id, text)
        )
        self.attempt_grader.grade_pending(actor, answered)
        return SubmissionResult(self.get_question(actor, posed_id), Intent.ANSWER)

    def record_hint(self, actor: Person, posed_id: str, submission_id: str) -> PosedQuestionRecord:
        """Count a hint; `quiz_hints.quiz_hint` words it."""
        return self._apply_transition(actor, posed_id, lambda value: lifecycle.add_hint(value, submission_id))

    def skip_question(self, actor: Person, posed_id: str) -> PosedQuestionRecord:
        self._pose_next_placement(actor, posed_id)
        return self._apply_transition(actor, posed_id, lifecycle.skip)

    def close_question(self, actor: Person, posed_id: str) -> PosedQuestionRecord:
        """Close a graded question, so that the next one is current."""
        self._pose_next_placement(actor, posed_id)
        return self._apply_transition(actor, posed_id, lifecycle.close)

    def may_retry(self, row: PosedQuestionRecord) -> bool:
        """Whether the learner may answer this question again."""
        last = row.last_attempt
        tried = last is not None and last.grade is not None and last.grade.outcome in (Outcome.WRONG, Outcome.PARTIAL)
        return (
            tried
            and not question_type(row.item.kind).is_answered_once
            and len(row.attempts) < MAX_ATTEMPTS
            and not row.question.is_final
        )

    def may_reveal_answer(self, row: PosedQuestionRecord) -> bool:
        """Whether the answer may be shown: the learner can do nothing more that counts."""
        graded = row.last_attempt is not None and row.last_attempt.grade is not None
        return row.question.is_final or (graded and not self.may_retry(row))

    def _add_attempt(
        self, row: PosedQuestionRecord, value: PosedQuestion, submission_id: str, text: str
    ) -> PosedQuestion:
        limit = 1 if question_type(row.item.kind).is_answered_once else MAX_ATTEMPTS
        if submission_id not in value.seen and len(value.attempts) >= limit:
            raise IllegalStep("this question was answered already; go on to the next one")
        return lifecycle.answer(value, submission_id, text[:4_100], self.clock())

    def _apply_transition(
        self, actor: Person, posed_id: str, transition: Callable[[PosedQuestion], PosedQuestion]
    ) -> PosedQuestionRecord:
        with self.database.write_transaction() as connection:
            row = question_store.by_id(connection, posed_id)
            if row is None or row.question.learner_id != actor.id:
                raise _no_such_question()
            moved = transition(row.question)
            if moved != row.question:
                question_store.save_question(connection, moved)
            if (
                moved.is_final
                and row.quiz_id
                and all(q.question.is_final for q in question_store.of_quiz(connection, row.quiz_id))
            ):
                quiz_store.end(connection, row.quiz_id, self.clock())
            after = question_store.by_id(connection, posed_id)
        assert after is not None
        return after

    def _new_question(
        self, actor: Person, course_id: str, item: Item, quiz_id: str | None, number: int
    ) -> PosedQuestionRecord:
        now = self.clock()
        return PosedQuestionRecord(
            PosedQuestion(new_id(), item.id, actor.id, now, now + QUESTION_LIFETIME), item, course_id, quiz_id, number
        )

    def _pose_next_placement(self, actor: Person, posed_id: str) -> None:
        """Pose a placement's next question before this one is closed; none after the last one."""
        row = self.get_question(actor, posed_id)
        if not row.is_placement or row.quiz_id is None or row.question.is_final:
            return
        so_far = self._load_session(row.quiz_id).questions
        chosen = self._next_placement_item(actor, row.course_id, [one.item.skill for one in so_far])
        if chosen is None or len(so_far) >= placement_length(row) or row.number != len(so_far) - 1:
            return
        with self.database.write_transaction() as connection:
            posed = self._new_question(actor, row.course_id, chosen, row.quiz_id, len(so_far))
            question_store.add_question(connection, replace(posed, purpose=row.purpose))

    def _next_placement_item(self, actor: Person, course_id: str, asked: Sequence[str]) -> Item | None:
        """Return the easiest item about the skill that a placement asks about next."""
        pool = self._askable_items(actor, course_id)
        about = {one.item.skill for one in pool}
        without = [skill.id for skill in self.courses.skills(actor, course_id) if skill.id not in about]
        skill = self.next_placement_skill(actor, course_id, [*without, *asked])
        mine = [one.item for one in pool if one.item.skill == skill and skill is not None]
        return min(mine, key=lambda item: (item.difficulty, item.id), default=None)

    def _end_open_quizzes(self, connection: Connection, actor: Person, course_id: str) -> None:
        for row in question_store.open_questions(connection, actor.id, course_id):
            if row.quiz_id is None:
                continue
            done = row.question.state is QuestionState.GRADED
            question_store.save_question(
                connection, lifecycle.close(row.question) if done else _skip_unless_answered(row.question)
            )
            quiz_store.end(connection, row.quiz_id, self.clock())

    def _success_chances(
        self, actor: Person, course_id: str, pool: Sequence[StoredItem]
    ) -> Mapping[str, CandidateItem]:
        return self.predict_success(
            actor, course_id, {one.item.id: (one.item.skill or GENERAL_SKILL, one.item.difficulty) for one in pool}
        )

    def _items_on_topic(self, actor: Person, course_id: str, topic: str) -> list[StoredItem]:
        skills = self.courses.skills(actor, course_id)
        return items_on_topic(self._askable_items(actor, course_id), topic, skills)

    def _askable_items(self, actor: Person, course_id: str) -> list[StoredItem]:
        return items_in_language(self.item_bank.askable_items(course_id), actor.language)

    def _load_session(self, quiz_id: str) -> QuizSession:
        with self.database.read_connection() as connection:
            quiz = quiz_store.by_id(connection, quiz_id)
            assert quiz is not None
            return QuizSession(quiz, tuple(question_store.of_quiz(connection, quiz_id)))


def placement_length(row: PosedQuestionRecord) -> int:
    """Return how many questions the placement of a question has at most."""
    return SHORT_QUESTIONS if row.purpose == PURPOSE_SHORT_PLACEMENT else MAX_QUESTIONS


def _no_such_question() -> NotFound:
    return NotFound("this question is not one of yours; start a new quiz", key="no_such_question")


def _nothing_to_ask(topic: str) -> InputRefused:
    if topic:
        return InputRefused(
            f"the course has no questions about “{topic}” yet; choose another topic",
            key="no_questions_about",
            topic=topic,
        )
    return InputRefused("the course has no questions yet; ask your instructor to add documents", key="no_questions")


def _skip_unless_answered(value: PosedQuestion) -> PosedQuestion:
    return value if value.state is QuestionState.ANSWERED else lifecycle.skip(value)
