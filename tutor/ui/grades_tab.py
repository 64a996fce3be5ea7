"""The instructor's grades tab: undecided answers, decisions with a reason, grading similar answers again.

The last decision about the open answer can be undone, and so can the changes of grading again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from tutor.domain import Outcome, Person
from tutor.locales import t
from tutor.locales.formatting import format_share
from tutor.practice.gradebook import GradebookEntry, UndoStep, effective_grades
from tutor.services import Services
from tutor.store.posed_questions import GradeLogEntry, StoredAttempt
from tutor.ui import practice_view, text_format
from tutor.ui.error_boundary import (
    EVENT_OPTIONS,
    READ_EVENT_OPTIONS,
    STATE_EVENT_OPTIONS,
    Updates,
    current_person,
    handle_errors,
    show_info,
)
from tutor.ui.gradio_i18n import i18n

MAX_ENTRIES = 100
DECISIONS = (Outcome.RIGHT, Outcome.PARTIAL, Outcome.WRONG)
UndoToken = tuple[str, str, UndoStep]  # the course, the open answer, and what undo reverts


@dataclass(frozen=True, slots=True)
class GradeHandlers:
    """The handlers; all but `open_answer` return (list, form, details, outcome, reason, regrade, undo, undo token)."""

    services: Services

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        return self._render_list(current_person(request), course_id, None), *self._closed_form()

    def open_answer(self, attempt_id: str | None, request: gr.Request) -> Updates:
        """Return all outputs but the list for the selected answer."""
        if not attempt_id:
            return self._closed_form()
        actor = current_person(request)
        entry = self.services.gradebook.entry(actor, attempt_id)
        history = self.services.gradebook.history(actor, attempt_id)
        count = len(self.services.gradebook.other_answers(actor, attempt_id))
        label = t(actor.language, "grade_similar_answers", count=count)
        button = gr.Button(value=label, visible=count > 0 and entry.answer.is_by_person)
        undo = _undo_button("grade_undo", entry, self.services.gradebook.undo_step(actor, attempt_id), actor.language)
        return gr.Column(visible=True), _format_details(entry, history, actor.language), None, "", button, *undo

    def decide(
        self, attempt_id: str | None, outcome: str | None, reason: str, course_id: str, request: gr.Request
    ) -> Updates:
        actor = current_person(request)
        if not attempt_id or outcome not in DECISIONS:
            show_info(t(actor.language, "choose_first"))
            return tuple(gr.skip() for _ in range(8))
        self.services.gradebook.override(actor, attempt_id, Outcome(outcome), reason or "")
        show_info(t(actor.language, "grade_saved"))
        return self._render_list(actor, course_id, attempt_id), *self.open_answer(attempt_id, request)

    def regrade(self, attempt_id: str | None, course_id: str, request: gr.Request) -> Updates:
        """Grade the other answers again; the answer stays open, with the changes below it."""
        actor = current_person(request)
        if not attempt_id:
            return self.show(course_id, request)
        changed = self.services.gradebook.regrade(actor, attempt_id)
        show_info(t(actor.language, "grade_regraded", count=len(changed)))
        if not changed:
            return tuple(gr.skip() for _ in range(8))
        form, details, *rest = self.open_answer(attempt_id, request)
        entry = self.services.gradebook.entry(actor, attempt_id)
        step = tuple((after.answer.id, after.answer.grade_number) for _, after in changed)
        undo = _undo_button("grades_undo", entry, step, actor.language)
        details_with_changes = f"{details}\n\n{_format_changes(changed, actor.language)}"
        return self._render_list(actor, course_id, attempt_id), form, details_with_changes, *rest[:3], *undo

    def undo(self, done: UndoToken | None, request: gr.Request) -> Updates:
        actor = current_person(request)
        if done is None:
            return tuple(gr.skip() for _ in range(8))
        course_id, attempt_id, step = done
        show_info(t(actor.language, "grade_undone", count=self.services.gradebook.undo(actor, step)))
        return self._render_list(actor, course_id, attempt_id), *self.open_answer(attempt_id, request)

    def _render_list(self, actor: Person, course_id: str | None, chosen: str | None) -> gr.Radio:
        entries = self.services.gradebook.entries(actor, course_id)[:MAX_ENTRIES] if course_id else []
        choices = [(_format_entry(entry, actor.language), entry.answer.id) for entry in entries]
        return gr.Radio(choices=choices, value=chosen, info=None if entries else t(actor.language, "grades_none"))

    def _closed_form(self) -> Updates:
        return gr.Column(visible=False), "", None, "", gr.Button(visible=False), gr.Button(visible=False), None


def _undo_button(key: str, entry: GradebookEntry, step: UndoStep, language: str) -> tuple[gr.Button, UndoToken]:
    button = gr.Button(value=t(language, key, count=len(step)), visible=bool(step))
    return button, (entry.question.course_id, entry.answer.id, step)


def _format_entry(entry: GradebookEntry, language: str) -> str:
    answer = text_format.to_plain_line(practice_view.format_answer(entry.question, entry.answer.text, language), 90)
    return t(
        language,
        "grade_line",
        outcome=_format_entry_outcome(entry, language),
        learner=text_format.to_plain_line(entry.learner),
        answer=answer,
        prompt=text_format.to_plain_line(entry.question.item.prompt, 70),
    )


def _format_changes(changed: Sequence[tuple[GradebookEntry, GradebookEntry]], language: str) -> str:
    """Return a line for each answer that was graded again: the old and the new grade."""
    lines = [
        f"- {_format_entry_outcome(before, language)} → {_format_entry(after, language)}" for before, after in changed
    ]
    return "\n".join([t(language, "grade_changes"), "", *map(text_format.escape_inline, lines)])


def _format_entry_outcome(entry: GradebookEntry, language: str) -> str:
    return _format_outcome(entry.answer.grade.outcome if entry.answer.grade else Outcome.UNSURE, language)


def _format_outcome(outcome: Outcome, language: str) -> str:
    """Return the label of an outcome; an unsure one waits for the instructor."""
    return t(language, "grade_waits" if outcome is Outcome.UNSURE else f"outcome_{outcome.value}")


def _format_details(entry: GradebookEntry, history: Sequence[GradeLogEntry], language: str) -> str:
    """Return the question, the key, the answer and the grade with its reasons, followed by earlier grades."""
    item, attempt = entry.question.item, entry.answer
    answer_text = text_format.escape_inline(practice_view.format_answer(entry.question, attempt.text, language))
    keys = text_format.escape_inline(
        "; ".join(practice_view.format_answer(entry.question, key, language) for key in item.keys)
    )
    lines = [
        t(language, "grade_question", prompt=text_format.escape_inline(item.prompt)),
        t(language, "grade_key", answer=keys),
        t(language, "grade_answer", learner=text_format.escape_inline(entry.learner), text=answer_text),
    ]
    if attempt.grade is not None:
        lines.append(f"**{_format_entry_outcome(entry, language)}** · {_format_grade_reasons(attempt, language)}")
    if before := _format_history(history, language):
        lines.append(t(language, "grade_history", lines=before))
    if item.source is not None:
        lines.append(practice_view.format_source_passage(entry.question, "", language))
    return "\n\n".join(lines)


def _format_grade_reasons(attempt: StoredAttempt, language: str) -> str:
    """Return why the answer has its grade: the instructor's reason, or the grader's reasons and confidence."""
    assert attempt.grade is not None
    if attempt.is_by_person:
        return t(language, "grade_by_person", reason=text_format.escape_inline(attempt.reason))
    reasons = "; ".join(
        practice_view.format_reason(one, language) for one in (attempt.reason, *attempt.grade.reasons) if one
    )
    return t(language, "grade_by_grader", reasons=reasons, share=format_share(language, attempt.grade.confidence))


def _format_history(history: Sequence[GradeLogEntry], language: str) -> str:
    """Return the earlier grades of an answer; undone ones are marked."""
    effective_numbers = {one.grade_number for one in effective_grades(history)}
    lines = [
        t(
            language,
            "grade_was" if one.grade_number in effective_numbers else "grade_was_undone",
            outcome=_format_outcome(one.grade.outcome, language),
        )
        for one in history
        if one.undoes is None
    ]
    counts = history and history[-1].undoes is None
    return " → ".join(lines[:-1] if counts else lines)


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Add the tab's content; it is filled when the tab is opened."""
    handlers = GradeHandlers(services)
    gr.Markdown(i18n("grades_what"))
    answers = gr.Radio(label=i18n("grades_list"), choices=[], elem_id="tutor-grades")
    with gr.Column(visible=False, elem_id="tutor-grade-form") as form:
        details = gr.Markdown(elem_id="tutor-grade-details")
        outcome = gr.Radio(
            label=i18n("grade_outcome"),
            choices=[(i18n(f"decision_{one.value}"), one.value) for one in DECISIONS],
            elem_id="tutor-grade-outcome",
        )
        reason = gr.Textbox(label=i18n("grade_reason"), max_length=1_000, elem_id="tutor-grade-reason")
        with gr.Row(elem_classes="tutor-buttons"):
            decide = gr.Button(i18n("grade_save"), variant="primary", size="sm", elem_id="tutor-grade-save")
            again = gr.Button(visible=False, size="sm", elem_id="tutor-regrade")
            undo = gr.Button(visible=False, size="sm", elem_id="tutor-grade-undo")
    step = gr.State()
    shown = [answers, form, details, outcome, reason, again, undo, step]
    gr.on([tab.select, course.change], handle_errors(handlers.show), course, shown, **READ_EVENT_OPTIONS)
    answers.input(handle_errors(handlers.open_answer), answers, shown[1:], **EVENT_OPTIONS)
    decide.click(handle_errors(handlers.decide), [answers, outcome, reason, course], shown, **EVENT_OPTIONS)
    again.click(handle_errors(handlers.regrade), [answers, course], shown, **EVENT_OPTIONS)
    undo.click(handle_errors(handlers.undo), step, shown, **STATE_EVENT_OPTIONS)  # a State is kept on the server
