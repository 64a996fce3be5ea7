"""The grades tab of the instructor's page: answers that wait, deciding them with a reason, grading neighbours again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.domain import Outcome, Person
from tutor.house import House
from tutor.practice.gradebook import Entry
from tutor.ui import practice_view, view
from tutor.ui.edge import QUIET, handler, person, tell
from tutor.ui.texts import text
from tutor.ui.words import say

SHOWN = 100
DECISIONS = (Outcome.RIGHT, Outcome.PARTIAL, Outcome.WRONG)
Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Grading:
    """The handlers; all but `open` give (list, form, details, outcome, reason, neighbours button)."""

    house: House

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        return self._list(person(request), course_id, None), *self._closed()

    def open(self, attempt_id: str | None, request: gr.Request) -> Updates:
        """Return (form, details, outcome, reason, neighbours button) for the chosen answer."""
        if not attempt_id:
            return self._closed()
        who = person(request)
        entry = self.house.gradebook.entry(who, attempt_id)
        history = self.house.gradebook.history(who, attempt_id)
        count = len(self.house.gradebook.neighbours(who, attempt_id))
        button = gr.Button(value=say(who.language, "grade_neighbours", count=count), visible=count > 0)
        return gr.Group(visible=True), _details(entry, history, who.language), None, "", button

    def decide(
        self, attempt_id: str | None, outcome: str | None, reason: str, course_id: str, request: gr.Request
    ) -> Updates:
        who = person(request)
        if not attempt_id or outcome not in DECISIONS:
            tell(say(who.language, "choose_first"))
            return tuple(gr.skip() for _ in range(6))
        self.house.gradebook.override(who, attempt_id, Outcome(outcome), reason or "")
        tell(say(who.language, "grade_saved"))
        return self._list(who, course_id, attempt_id), *self.open(attempt_id, request)

    def regrade(self, attempt_id: str | None, course_id: str, request: gr.Request) -> Updates:
        who = person(request)
        if attempt_id:
            changed = self.house.gradebook.regrade(who, attempt_id)
            tell(say(who.language, "grade_regraded", count=len(changed)))
        return self.show(course_id, request)

    def _list(self, who: Person, course_id: str | None, chosen: str | None) -> gr.Radio:
        entries = self.house.gradebook.entries(who, course_id)[:SHOWN] if course_id else []
        choices = [(_line(entry, who.language), entry.given.id) for entry in entries]
        return gr.Radio(choices=choices, value=chosen, info=None if entries else say(who.language, "grades_none"))

    def _closed(self) -> Updates:
        return gr.Group(visible=False), "", None, "", gr.Button(visible=False)


def _line(entry: Entry, language: str) -> str:
    outcome = entry.given.grade.outcome.value if entry.given.grade else Outcome.UNSURE.value
    answer = view.plain(", ".join(entry.given.text.splitlines()), 90)
    return say(
        language,
        "grade_line",
        outcome=say(language, f"outcome_{outcome}"),
        learner=view.plain(entry.learner),
        answer=answer,
    )


def _details(entry: Entry, history: list[tuple[Outcome, str, str]], language: str) -> str:
    """Return the question, the key, the answer and the grade with its reasons; below, what it was before."""
    item, given = entry.row.item, entry.given
    lines = [
        say(language, "grade_question", prompt=view.inline(item.prompt)),
        say(language, "grade_key", answer=view.inline("; ".join(item.keys))),
        say(language, "grade_said", learner=view.inline(entry.learner), text=view.inline(given.text)),
    ]
    if given.grade is not None:
        share = say(language, "grade_confidence", share=f"{given.grade.confidence:.0%}")
        lines.append(f"{practice_view.verdict(given, language)} ({share})")
    before = [say(language, f"outcome_{outcome.value}") for outcome, _judge, _reason in history[:-1]]
    if before:
        lines.append(say(language, "grade_history", lines=" → ".join(before)))
    if item.source is not None:
        lines.append(practice_view.why(entry.row, "", language))
    return "\n\n".join(lines)


def build(house: House, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Put the tab where we are; it is filled when it is opened."""
    grading = Grading(house)
    gr.Markdown(text("grades_what"))
    answers = gr.Radio(label=text("grades_list"), choices=[], elem_id="tutor-grades")
    with gr.Group(visible=False, elem_id="tutor-grade-form") as form:
        details = gr.Markdown(elem_id="tutor-grade-details")
        outcome = gr.Radio(
            label=text("grade_outcome"),
            choices=[(text(f"decision_{one.value}"), one.value) for one in DECISIONS],
            elem_id="tutor-grade-outcome",
        )
        reason = gr.Textbox(label=text("grade_reason"), max_length=1_000, elem_id="tutor-grade-reason")
        with gr.Row():
            decide = gr.Button(text("grade_save"), variant="primary", size="sm", elem_id="tutor-grade-save")
            again = gr.Button(visible=False, size="sm", elem_id="tutor-regrade")
    shown = [answers, form, details, outcome, reason, again]
    gr.on([tab.select, course.change], handler(grading.show), course, shown, **QUIET)
    answers.input(handler(grading.open), answers, shown[1:], **QUIET)
    decide.click(handler(grading.decide), [answers, outcome, reason, course], shown, **QUIET)
    again.click(handler(grading.regrade), [answers, course], shown, **QUIET)
