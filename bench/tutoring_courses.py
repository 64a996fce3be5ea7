"""Courses made from folders of documents, and questions put to them as the page does, for `bench.tutoring`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.tutoring_drafts import ListeningEngine, is_written_by_model
from bench.tutoring_scoring import Row, Score, score_answer
from knowledge.errors import DocumentRefused
from knowledge.languages import detect_language
from knowledge.parsing.formats import FORMATS
from tutor.chat.citations import OWN_WORDS_MARK, strip_citation_marks
from tutor.chat.fixed_replies import is_from_the_course, strip_notes
from tutor.domain import Finished, Person, Role, Turn
from tutor.errors import NotFound, TutorError
from tutor.pedagogy.dialogue_moves import Move
from tutor.services import Services

Report = Callable[[str], None]
READ_SUFFIXES = frozenset(suffix for known in FORMATS for suffix in known.suffixes)
_MARK = re.compile(r"\[\d{1,2}\]")


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one question.

    `answer` is what the learner reads at the end, with its marks. `draft` is what the model wrote before it was
    checked; None where no model was asked. `source` says who wrote the answer: "model" or, for what is lifted from the
    course or said without a model, "lifted". `supported` is the share of the answer's statements that cite the course;
    None without statements. `seconds` is the time to the last word.
    """

    row: Row
    answer: str
    score: Score
    seconds: float
    source: str = "lifted"
    draft: str | None = None
    draft_score: Score | None = None
    supported: float | None = None
    move: str = ""
    confidence: float | None = None
    quotes: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Classroom:
    """The courses of a run with one learner a language."""

    services: Services
    engine: ListeningEngine
    course_ids: dict[str, str]  # folder's name: id of the course
    learners: dict[str, Person] = field(default_factory=dict)

    def ask(self, row: Row) -> Asked:
        """Put a question in a conversation of its own, after the row's earlier ones."""
        conversation: str | None = None
        try:
            for text in row.after:
                conversation = self._run_turn(row, text, conversation).conversation_id
            self.engine.take_texts()
            started = time.monotonic()
            turn = self._run_turn(row, row.question, conversation)
        except TutorError as error:
            return Asked(row, "", score_answer(row, "", refused=False), 0.0, error=str(error))
        return judge(row, turn, self.engine.take_texts(), time.monotonic() - started)

    def _run_turn(self, row: Row, text: str, conversation: str | None) -> Turn:
        first = row.after[0] if row.after else row.question
        learner = self._learner(detect_language(first, "en"))
        *_, last = self.services.chat.ask(learner, self.course_ids[row.course], text, conversation_id=conversation)
        assert isinstance(last, Finished)
        return last.turn

    def _learner(self, language: str) -> Person:
        if language not in self.learners:
            self.learners[language] = _account(self.services, f"learner-{language}", language)
        return self.learners[language]


def judge(row: Row, turn: Turn, drafts: Sequence[str], seconds: float) -> Asked:
    """Score a stored turn, and the longest of the drafts that a model wrote for it."""
    refused = is_refusal(turn)
    answer = strip_citation_marks(strip_notes(turn.answer))
    draft = strip_citation_marks(max(drafts, key=len)) if drafts else None
    return Asked(
        row=row,
        answer=turn.answer,
        score=score_answer(row, answer, refused=refused),
        seconds=round(seconds, 2),
        source="model" if is_written_by_model(answer, drafts) else "lifted",
        draft=draft,
        draft_score=None if draft is None else score_answer(row, draft, refused=refused),
        supported=supported_share(turn),
        move=turn.guidance.move if turn.guidance else "",
        confidence=turn.confidence,
        quotes=tuple(citation.quote for citation in turn.citations),
    )


def is_refusal(turn: Turn) -> bool:
    """Return whether the reply says that the course does not cover the question, or has no such figure.

    A reply for which no passage was looked for, such as one about the conversation, declines nothing.
    """
    move = turn.guidance.move if turn.guidance else ""
    if turn.covered is not False:
        return False
    unanswered = move in (Move.ANSWER, Move.DEFINE, "") and not turn.citations and not turn.model
    return move == Move.NOT_COVERED or unanswered


def supported_share(turn: Turn) -> float | None:
    """Return the share of marked statements that cite the course; an answer in the tutor's own words has none."""
    if not is_from_the_course(turn.answer) and OWN_WORDS_MARK not in turn.answer:
        return 0.0
    cited, own = len(_MARK.findall(turn.answer)), turn.answer.count(f"[{OWN_WORDS_MARK}]")
    return round(cited / (cited + own), 4) if cited + own else None


def open_courses(services: Services, engine: ListeningEngine, folders: Sequence[Path], report: Report) -> Classroom:
    """Make a course of each folder; one that the data folder already has gets the files that it lacks.

    Files of formats that are not read are left out, refused ones are reported.
    """
    teacher = services.operator
    known = {course.id for course in services.courses.visible_to(teacher)}
    ids: dict[str, str] = {}
    for folder in folders:
        name = folder.resolve().name
        ids[name] = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64]
        files = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in READ_SUFFIXES and path.is_file()]
        if ids[name] not in known:
            start = next((path.read_text(encoding="utf-8")[:4000] for path in files if path.suffix == ".md"), "")
            language = detect_language(start, "en")
            services.courses.create(teacher, folder.resolve().name, language, course_id=ids[name], open_to_all=True)
        _read_files(services, teacher, folder, files, ids[name], report)
    return Classroom(services, engine, ids)


def _read_files(
    services: Services, teacher: Person, folder: Path, files: Sequence[Path], course_id: str, report: Report
) -> None:
    names = {path: "-".join(path.relative_to(folder).parts) for path in files}
    had = {document.name for document in services.documents.documents(teacher, course_id)}
    missing = [path for path in files if names[path] not in had]
    for number, path in enumerate(missing, 1):
        report(f"{course_id}: {number} of {len(missing)}, {path.name}")
        try:
            services.documents.ingest(teacher, course_id, names[path], path.read_bytes())
        except (DocumentRefused, TutorError) as refusal:
            report(f"{path.name} is left out: {refusal}")


def _account(services: Services, name: str, language: str) -> Person:
    with suppress(NotFound):
        return services.accounts.get_by_name(name)
    return services.accounts.create_account(name, Role.LEARNER, language)
