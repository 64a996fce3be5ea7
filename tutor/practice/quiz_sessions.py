"""Practice: a learner's quizzes. Each question is a stored state machine; its key never leaves the server.

An answer is taken in by one transaction, graded outside of any, and its grade stored by a second one together with its
evidence. Whatever breaks in between, the next look at the quiz grades what was left; nothing is lost or counted twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import tutor.store.posed_questions as question_store
from knowledge.languages.detection import language_of
from knowledge.lexical import terms
from tutor.assessment.grading import Grader, NotAnAnswer, readable
from tutor.assessment.items import Grade, Item, Kind, unsure
from tutor.courses.courses import Courses
from tutor.domain import Outcome, Person
from tutor.errors import InputRefused, NotFound
from tutor.learner.evidence import GENERAL, Origin
from tutor.learner.placement import QUESTIONS
from tutor.learner.recommender import BAND, TARGET, off_target
from tutor.learner.recommender import Item as Likely
from tutor.pedagogy import question_lifecycle as lifecycle
from tutor.pedagogy.intents import Intent, read_intent
from tutor.pedagogy.question_lifecycle import IllegalStep, Posed, State
from tutor.platform.clock import Clock, new_id
from tutor.practice.graded_examples import judge
from tutor.practice.item_bank import Questions
from tutor.progress.evidence_log import EvidenceBook, Judged
from tutor.store.database import Connection, Database
from tutor.store.items import ItemState, StoredItem
from tutor.store.posed_questions import PLACEMENT, Given, PosedRow, Quiz

log = logging.getLogger(__name__)
JUDGE = "grader-1"
DAY = len("2026-01-05")
COUNT = 8  # questions of a quiz
TRIES = 3  # answers to one question; a choice is answered once
OPEN_FOR = timedelta(days=7)
CHOSEN = (Kind.CHOICE, Kind.TRUE_FALSE)
TYPED = (Kind.SHORT_TEXT, Kind.CLOZE, Kind.NUMBER, Kind.FORMULA)


NextPlaced = Callable[[Person, str, Collection[str]], str | None]  # (who, course, skills to leave out) -> skill
Weigh = Callable[[Person, str, Mapping[str, tuple[str, float]]], Mapping[str, Likely]]  # items with her chance on each


@dataclass(frozen=True, slots=True)
class Sitting:
    """A quiz with its questions; `current` is the one to answer or to look at, None at the end."""

    quiz: Quiz
    questions: tuple[PosedRow, ...]

    @property
    def current(self) -> PosedRow | None:
        return next((row for row in self.questions if not row.posed.is_final), None)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of what a learner sent: the question after it, and what it was taken for."""

    row: PosedRow
    taken_for: Intent


@dataclass(frozen=True, slots=True)
class Practice:
    """Poses questions, takes answers in, grades them."""

    database: Database
    courses: Courses
    questions: Questions
    grader: Grader
    evidence: EvidenceBook
    next_placed: NextPlaced
    weigh: Weigh
    clock: Clock

    def topics(self, who: Person, course_id: str) -> list[tuple[str, int]]:
        """Return the declared skills that there are questions about, with how many."""
        self.courses.enter(who, course_id)
        pool = self._spoken(who, course_id)
        counts = [
            (skill.name, sum(one.item.skill == skill.id for one in pool))
            for skill in self.courses.skills(who, course_id)
        ]
        return [(name, count) for name, count in counts if count]

    def start(self, who: Person, course_id: str, topic: str = "", count: int = COUNT) -> Sitting:
        """Begin a quiz on a topic, or on the whole course; one that stands open is ended first."""
        self.courses.enter(who, course_id)
        pool = self._about(who, course_id, topic.strip())
        if not pool:
            raise _nothing_to_ask(topic.strip())
        now = self.clock()
        quiz = Quiz(new_id(), who.id, course_id, topic.strip()[:200], now)
        likely = self._likely(who, course_id, pool)
        with self.database.writing() as connection:
            self._end_open(connection, who, course_id)
            chosen = _choose(pool, question_store.asked_items(connection, who.id, course_id), likely, count)
            question_store.add_quiz(connection, quiz)
            for number, one in enumerate(chosen):
                question_store.add(connection, self._posed(who, course_id, one.item, quiz.id, number))
        return self._sitting(quiz.id)

    def place(self, who: Person, course_id: str) -> Sitting:
        """Begin a placement: one question after another, each chosen by the answers before, fifteen at most."""
        self.courses.enter(who, course_id)
        quiz = Quiz(new_id(), who.id, course_id, "", self.clock())
        chosen = self._placed_item(who, course_id, ())
        if chosen is None:
            raise InputRefused(
                "there is nothing to place by: the course has no questions about its skills yet", key="nothing_to_place"
            )
        with self.database.writing() as connection:
            self._end_open(connection, who, course_id)
            question_store.add_quiz(connection, quiz)
            question_store.add(connection, replace(self._posed(who, course_id, chosen, quiz.id, 0), purpose=PLACEMENT))
        return self._sitting(quiz.id)

    def pose(self, who: Person, course_id: str, topic: str = "", *, harder: bool = False) -> PosedRow | None:
        """Pose one question outside of a quiz, for the chat; None when there is none about the topic."""
        self.courses.enter(who, course_id)
        pool = self._about(who, course_id, topic)
        if not pool:
            return None
        likely = self._likely(who, course_id, pool)
        with self.database.writing() as connection:
            asked = question_store.asked_items(connection, who.id, course_id)
            (chosen,) = _choose(pool, asked, likely, 1, target=BAND[0] if harder else TARGET)
            row = self._posed(who, course_id, chosen.item, None, 0)
            question_store.add(connection, row)
        return row

    def sitting(self, who: Person, course_id: str) -> Sitting | None:
        """Return the latest quiz of a learner, with what a crash left ungraded now graded."""
        self.courses.enter(who, course_id)
        with self.database.reading() as connection:
            quiz = question_store.latest_quiz(connection, who.id, course_id)
            questions = question_store.of_quiz(connection, quiz.id) if quiz else []
        if quiz is None:
            return None
        for row in questions:
            if row.posed.state is State.ANSWERED:
                self._settle(who, row)
            elif row.posed.state in lifecycle.OPEN and self.clock() >= row.posed.expires_at:
                self._move(who, row.posed.id, lambda value: lifecycle.expire(value, self.clock()))
        return self._sitting(quiz.id)

    def question(self, who: Person, posed_id: str) -> PosedRow:
        """Return a posed question of this learner."""
        with self.database.reading() as connection:
            row = question_store.by_id(connection, posed_id)
        if row is None or row.posed.learner_id != who.id:
            raise NotFound("there is no such question for you; start a new quiz", key="no_such_question")
        return row

    def answer(self, who: Person, posed_id: str, submission_id: str, text: str) -> Taken:
        """Take an answer in and grade it; a question or a plea typed instead of an answer is not one, nor is what has
        not the form of an answer to it ("blue" for a number).

        `submission_id` is made with the question on the page: sent twice, it is the same answer. Raises IllegalStep.
        """
        row = self.question(who, posed_id)
        intent = read_intent(text, question_open=True) if row.item.kind in TYPED else Intent.ANSWER
        match intent:
            case Intent.CLARIFY | Intent.EXERCISE:
                return Taken(self._move(who, posed_id, lambda v: lifecycle.clarify(v, submission_id)), Intent.CLARIFY)
            case Intent.STUCK | Intent.TELL_ME:
                return Taken(self.hint(who, posed_id, submission_id), Intent.STUCK)
            case Intent.SKIP:
                return Taken(self.skip(who, posed_id), intent)
        if not readable(row.item, text) and not row.posed.is_final:
            return Taken(row, Intent.EMPTY)
        taken = self._move(who, posed_id, lambda value: self._take(row, value, submission_id, text))
        return Taken(self._settle(who, taken), Intent.ANSWER)

    def hint(self, who: Person, posed_id: str, submission_id: str) -> PosedRow:
        """Count a hint; the words of it are `hinting.hint_text`."""
        return self._move(who, posed_id, lambda value: lifecycle.hint(value, submission_id))

    def skip(self, who: Person, posed_id: str) -> PosedRow:
        self._place_next(who, posed_id)
        return self._move(who, posed_id, lifecycle.skip)

    def close(self, who: Person, posed_id: str) -> PosedRow:
        """Go on after a grade."""
        self._place_next(who, posed_id)
        return self._move(who, posed_id, lifecycle.close)

    def may_retry(self, row: PosedRow) -> bool:
        """Whether another answer to this question is taken."""
        last = row.last
        tried = last is not None and last.grade is not None and last.grade.outcome in (Outcome.WRONG, Outcome.PARTIAL)
        return tried and row.item.kind not in CHOSEN and len(row.given) < TRIES and not row.posed.is_final

    def is_over(self, row: PosedRow) -> bool:
        """Whether the answer may be told: nothing that she can still do would count."""
        graded = row.last is not None and row.last.grade is not None
        return row.posed.is_final or (graded and not self.may_retry(row))

    def _take(self, row: PosedRow, value: Posed, submission_id: str, text: str) -> Posed:
        limit = 1 if row.item.kind in CHOSEN else TRIES
        if submission_id not in value.seen and len(value.attempts) >= limit:
            raise IllegalStep("this question was answered already; go on to the next one")
        return lifecycle.answer(value, submission_id, text[:4_100], self.clock())

    def _settle(self, who: Person, row: PosedRow) -> PosedRow:
        """Grade what is not graded yet, and store grade and evidence together, once."""
        for given in row.given:
            if given.grade is None:
                grade = self._grade(row.item, given.text)
                with self.database.writing() as connection:
                    self._store_grade(connection, who, row.posed.id, given, grade)
        return self.question(who, row.posed.id)

    def _store_grade(self, connection: Connection, who: Person, posed_id: str, given: Given, grade: Grade) -> None:
        row = question_store.by_id(connection, posed_id)
        if row is None or any(one.id == given.id and one.grade is not None for one in row.given):
            return  # another thread was faster
        question_store.save(
            connection, lifecycle.grade(row.posed, given.submission_id, grade.outcome, grade.confidence)
        )
        question_store.add_grade(connection, given.id, grade, JUDGE, self.clock())
        if grade.outcome is not Outcome.UNSURE:
            self.evidence.record(who, judged(row, given, grade.outcome, JUDGE), within=connection)

    def _grade(self, item: Item, text: str) -> Grade:
        """Fail closed: whatever goes wrong in grading leaves the answer to the instructor."""
        try:
            return judge(self.grader, item, text, self.decided(item.id))
        except NotAnAnswer:
            return unsure("there is no answer in it; the instructor will look")
        except Exception:
            log.exception("grading an answer to item %s failed", item.id)
            return unsure("the grader failed on this answer; the instructor will look")

    def decided(self, item_id: str) -> list[Given]:
        """Return the answers to an item that a person has judged."""
        with self.database.reading() as connection:
            posed = question_store.of_item(connection, item_id)
        return [given for row in posed for given in row.given if given.grade is not None and given.by_person]

    def _move(self, who: Person, posed_id: str, step: Callable[[Posed], Posed]) -> PosedRow:
        with self.database.writing() as connection:
            row = question_store.by_id(connection, posed_id)
            if row is None or row.posed.learner_id != who.id:
                raise NotFound("there is no such question for you; start a new quiz", key="no_such_question")
            moved = step(row.posed)
            if moved != row.posed:
                question_store.save(connection, moved)
            if (
                moved.is_final
                and row.quiz_id
                and all(q.posed.is_final for q in question_store.of_quiz(connection, row.quiz_id))
            ):
                question_store.end_quiz(connection, row.quiz_id, self.clock())
            after = question_store.by_id(connection, posed_id)
        assert after is not None
        return after

    def _posed(self, who: Person, course_id: str, item: Item, quiz_id: str | None, number: int) -> PosedRow:
        now = self.clock()
        return PosedRow(Posed(new_id(), item.id, who.id, now, now + OPEN_FOR), item, course_id, quiz_id, number)

    def _place_next(self, who: Person, posed_id: str) -> None:
        """In a placement, pose the next question before this one is closed; the last one poses none."""
        row = self.question(who, posed_id)
        if row.purpose != PLACEMENT or row.quiz_id is None or row.posed.is_final:
            return
        so_far = self._sitting(row.quiz_id).questions
        chosen = self._placed_item(who, row.course_id, [one.item.skill for one in so_far])
        if chosen is None or len(so_far) >= QUESTIONS or row.number != len(so_far) - 1:
            return
        with self.database.writing() as connection:
            posed = self._posed(who, row.course_id, chosen, row.quiz_id, len(so_far))
            question_store.add(connection, replace(posed, purpose=PLACEMENT))

    def _placed_item(self, who: Person, course_id: str, asked: Sequence[str]) -> Item | None:
        """Return the easiest item about the skill that a placement asks next."""
        pool = self.questions.pool(course_id)
        about = {one.item.skill for one in pool}
        without = [skill.id for skill in self.courses.skills(who, course_id) if skill.id not in about]
        skill = self.next_placed(who, course_id, [*without, *asked])
        mine = [one.item for one in pool if one.item.skill == skill and skill is not None]
        return min(mine, key=lambda item: (item.difficulty, item.id), default=None)

    def _end_open(self, connection: Connection, who: Person, course_id: str) -> None:
        for row in question_store.open_of(connection, who.id, course_id):
            if row.quiz_id is None:
                continue
            done = row.posed.state is State.GRADED
            question_store.save(connection, lifecycle.close(row.posed) if done else _ended(row.posed))
            question_store.end_quiz(connection, row.quiz_id, self.clock())

    def _likely(self, who: Person, course_id: str, pool: Sequence[StoredItem]) -> Mapping[str, Likely]:
        return self.weigh(
            who, course_id, {one.item.id: (one.item.skill or GENERAL, one.item.difficulty) for one in pool}
        )

    def _about(self, who: Person, course_id: str, topic: str) -> list[StoredItem]:
        pool = self._spoken(who, course_id)
        if not topic:
            return pool
        named = {skill.id for skill in self.courses.skills(who, course_id) if skill.name.lower() == topic.lower()}
        exact = [one for one in pool if one.item.skill in named]
        if exact:
            return exact
        wanted = set(terms(topic))
        return [one for one in pool if len(wanted & _words(one.item)) >= max(1, round(0.5 * len(wanted)))]

    def _spoken(self, who: Person, course_id: str) -> list[StoredItem]:
        """Return what may be asked in this person's language, or all where there is nothing in it."""
        pool = self.questions.pool(course_id)
        return [one for one in pool if language_of(one.item.prompt, who.language) == who.language] or pool

    def _sitting(self, quiz_id: str) -> Sitting:
        with self.database.reading() as connection:
            quiz = question_store.quiz(connection, quiz_id)
            assert quiz is not None
            return Sitting(quiz, tuple(question_store.of_quiz(connection, quiz_id)))


def _nothing_to_ask(topic: str) -> InputRefused:
    if topic:
        return InputRefused(
            f"the course has no questions about “{topic}” yet; choose another topic",
            key="no_questions_about",
            topic=topic,
        )
    return InputRefused(
        "the course has no questions yet; they are made from its documents, ask your instructor", key="no_questions"
    )


def judged(row: PosedRow, given: Given, outcome: Outcome, judge: str) -> Judged:
    """Return a graded answer as the evidence book takes it in."""
    shows = dict(row.item.misconceptions).get(given.text.strip())
    return Judged(
        course_id=row.course_id,
        item_id=row.item.id,
        skills=(row.item.skill,) if row.item.skill else (),
        outcome=outcome,
        judge=judge,
        grade_id=given.id,
        hints=given.hints,
        aided=given.aided,
        origin=Origin(row.purpose) if row.quiz_id else Origin.CHAT,
        misconception=shows if outcome is not Outcome.RIGHT else None,
        passage_id=row.item.source.passage_id if row.item.source else None,
    )


def _ended(value: Posed) -> Posed:
    return value if value.state is State.ANSWERED else lifecycle.skip(value)


def _words(item: Item) -> set[str]:
    return set(terms(" ".join((item.prompt, item.source.quote if item.source else "", *item.keys))))


def _choose(
    pool: Sequence[StoredItem],
    asked: dict[str, str],
    likely: Mapping[str, Likely],
    count: int,
    target: float = TARGET,
) -> list[StoredItem]:
    """Pinned first, then what was not asked yet or on the day longest ago; kinds in turn, one a sentence; of these what
    she is neither sure to get right nor to fail. Likelier ones are asked before."""
    chosen: list[StoredItem] = []
    kinds: Counter[Kind] = Counter()
    left = list(pool)

    def rank(one: StoredItem) -> tuple[bool, str, int, float, str]:
        day, off = asked.get(one.item.id, "")[:DAY], off_target(likely[one.item.id], target)
        return one.state is not ItemState.PINNED, day, kinds[one.item.kind], off, one.item.id

    while left and len(chosen) < count:
        best = min(left, key=rank)
        chosen.append(best)
        kinds[best.item.kind] += 1
        left = [one for one in left if _sentence(one) != _sentence(best)]
    return sorted(chosen, key=lambda one: (-likely[one.item.id].chance, one.item.id))


def _sentence(one: StoredItem) -> str:
    return one.item.source.quote if one.item.source else one.item.id
