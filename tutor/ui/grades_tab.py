"""The grades tab of the instructor's page: answers that wait, deciding them with a reason, grading neighbours again.

The last decision about the answer that is open can be taken back, and so can all that grading again has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.domain import Outcome, Person
from tutor.practice.gradebook import Entry, Step, standing
from tutor.services import House
from tutor.store.posed_questions import Given, Logged
from tutor.ui import chat_view, practice_view
from tutor.ui.error_boundary import QUIET, handler, person, tell
from tutor.ui.gradio_i18n import text
from tutor.ui.words import say

SHOWN = 100
DECISIONS = (Outcome.RIGHT, Outcome.PARTIAL, Outcome.WRONG)
Updates = tuple[Any, ...]
Done = tuple[str, str, Step]  # the course, the answer that is open, and what undo takes back


@dataclass(frozen=True, slots=True)
class Grading:
    """The handlers; all but `open` give (list, form, details, outcome, reason, neighbours button, undo, its step)."""

    house: House

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        return self._list(person(request), course_id, None), *self._closed()

    def open(self, attempt_id: str | None, request: gr.Request) -> Updates:
        """Return all but the list for the chosen answer."""
        if not attempt_id:
            return self._closed()
        who = person(request)
        entry = self.house.gradebook.entry(who, attempt_id)
        history = self.house.gradebook.history(who, attempt_id)
        count = len(self.house.gradebook.neighbours(who, attempt_id))
        asked = say(who.language, "grade_neighbours", count=count)
        button = gr.Button(value=asked, visible=count > 0 and entry.given.by_person)
        undo = _undo("grade_undo", entry, self.house.gradebook.undoable(who, attempt_id), who.language)
        return gr.Column(visible=True), _details(entry, history, who.language), None, "", button, *undo

    def decide(
        self, attempt_id: str | None, outcome: str | None, reason: str, course_id: str, request: gr.Request
    ) -> Updates:
        who = person(request)
        if not attempt_id or outcome not in DECISIONS:
            tell(say(who.language, "choose_first"))
            return tuple(gr.skip() for _ in range(8))
        self.house.gradebook.override(who, attempt_id, Outcome(outcome), reason or "")
        tell(say(who.language, "grade_saved"))
        return self._list(who, course_id, attempt_id), *self.open(attempt_id, request)

    def regrade(self, attempt_id: str | None, course_id: str, request: gr.Request) -> Updates:
        """Grade the others again; the answer stays open, and what changed stands below it."""
        who = person(request)
        if not attempt_id:
            return self.show(course_id, request)
        changed = self.house.gradebook.regrade(who, attempt_id)
        tell(say(who.language, "grade_regraded", count=len(changed)))
        if not changed:
            return tuple(gr.skip() for _ in range(8))
        form, details, *rest = self.open(attempt_id, request)
        entry = self.house.gradebook.entry(who, attempt_id)
        step = tuple((after.given.id, after.given.number) for _, after in changed)
        undo = _undo("grades_undo", entry, step, who.language)
        told = f"{details}\n\n{_changes(changed, who.language)}"
        return self._list(who, course_id, attempt_id), form, told, *rest[:3], *undo

    def undo(self, done: Done | None, request: gr.Request) -> Updates:
        who = person(request)
        if done is None:
            return tuple(gr.skip() for _ in range(8))
        course_id, attempt_id, step = done
        tell(say(who.language, "grade_undone", count=self.house.gradebook.undo(who, step)))
        return self._list(who, course_id, attempt_id), *self.open(attempt_id, request)

    def _list(self, who: Person, course_id: str | None, chosen: str | None) -> gr.Radio:
        entries = self.house.gradebook.entries(who, course_id)[:SHOWN] if course_id else []
        choices = [(_line(entry, who.language), entry.given.id) for entry in entries]
        return gr.Radio(choices=choices, value=chosen, info=None if entries else say(who.language, "grades_none"))

    def _closed(self) -> Updates:
        return gr.Column(visible=False), "", None, "", gr.Button(visible=False), gr.Button(visible=False), None


def _undo(key: str, entry: Entry, step: Step, language: str) -> tuple[gr.Button, Done]:
    button = gr.Button(value=say(language, key, count=len(step)), visible=bool(step))
    return button, (entry.row.course_id, entry.given.id, step)


def _line(entry: Entry, language: str) -> str:
    answer = chat_view.plain(practice_view.spoken(entry.row, entry.given.text, language), 90)
    return say(
        language,
        "grade_line",
        outcome=_outcome(entry, language),
        learner=chat_view.plain(entry.learner),
        answer=answer,
        prompt=chat_view.plain(entry.row.item.prompt, 70),
    )


def _changes(changed: Sequence[tuple[Entry, Entry]], language: str) -> str:
    """Return a line for each answer that was graded again: what it was, what it is."""
    lines = [f"- {_outcome(before, language)} → {_line(after, language)}" for before, after in changed]
    return "\n".join([say(language, "grade_changes"), "", *map(chat_view.inline, lines)])


def _outcome(entry: Entry, language: str) -> str:
    return _named(entry.given.grade.outcome if entry.given.grade else Outcome.UNSURE, language)


def _named(outcome: Outcome, language: str) -> str:
    """Return an outcome as the desk says it: what nobody was sure of waits for who reads this."""
    return say(language, "grade_waits" if outcome is Outcome.UNSURE else f"outcome_{outcome.value}")


def _details(entry: Entry, history: Sequence[Logged], language: str) -> str:
    """Return the question, the key, the answer and the grade with its reasons; below, what it was before."""
    item, given = entry.row.item, entry.given
    said = chat_view.inline(practice_view.spoken(entry.row, given.text, language))
    keys = chat_view.inline("; ".join(practice_view.spoken(entry.row, key, language) for key in item.keys))
    lines = [
        say(language, "grade_question", prompt=chat_view.inline(item.prompt)),
        say(language, "grade_key", answer=keys),
        say(language, "grade_said", learner=chat_view.inline(entry.learner), text=said),
    ]
    if given.grade is not None:
        lines.append(f"**{_outcome(entry, language)}** · {_grounds(given, language)}")
    if before := _before(history, language):
        lines.append(say(language, "grade_history", lines=before))
    if item.source is not None:
        lines.append(practice_view.why(entry.row, "", language))
    return "\n\n".join(lines)


def _grounds(given: Given, language: str) -> str:
    """Return why the answer has its grade: the decision's reason, or the grader's with how sure it was."""
    assert given.grade is not None
    if given.by_person:
        return say(language, "grade_by_person", reason=chat_view.inline(given.reason))
    reasons = "; ".join(practice_view.reason(one, language) for one in (given.reason, *given.grade.reasons) if one)
    return say(language, "grade_by_grader", reasons=reasons, share=f"{given.grade.confidence:.0%}")


def _before(history: Sequence[Logged], language: str) -> str:
    """Return the grades that an answer had before the one that counts; one that was taken back says so."""
    kept = {one.number for one in standing(history)}
    said = [
        say(
            language,
            "grade_was" if one.number in kept else "grade_was_undone",
            outcome=_named(one.grade.outcome, language),
        )
        for one in history
        if one.undoes is None
    ]
    counts = history and history[-1].undoes is None
    return " → ".join(said[:-1] if counts else said)


def build(house: House, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Put the tab where we are; it is filled when it is opened."""
    grading = Grading(house)
    gr.Markdown(text("grades_what"))
    answers = gr.Radio(label=text("grades_list"), choices=[], elem_id="tutor-grades")
    with gr.Column(visible=False, elem_id="tutor-grade-form") as form:
        details = gr.Markdown(elem_id="tutor-grade-details")
        outcome = gr.Radio(
            label=text("grade_outcome"),
            choices=[(text(f"decision_{one.value}"), one.value) for one in DECISIONS],
            elem_id="tutor-grade-outcome",
        )
        reason = gr.Textbox(label=text("grade_reason"), max_length=1_000, elem_id="tutor-grade-reason")
        with gr.Row(elem_classes="tutor-buttons"):
            decide = gr.Button(text("grade_save"), variant="primary", size="sm", elem_id="tutor-grade-save")
            again = gr.Button(visible=False, size="sm", elem_id="tutor-regrade")
            undo = gr.Button(visible=False, size="sm", elem_id="tutor-grade-undo")
    step = gr.State()
    shown = [answers, form, details, outcome, reason, again, undo, step]
    gr.on([tab.select, course.change], handler(grading.show), course, shown, **QUIET)
    answers.input(handler(grading.open), answers, shown[1:], **QUIET)
    decide.click(handler(grading.decide), [answers, outcome, reason, course], shown, **QUIET)
    again.click(handler(grading.regrade), [answers, course], shown, **QUIET)
    undo.click(handler(grading.undo), step, shown, **QUIET | {"preprocess": True})  # a State stays on the server
