"""The practice tab of the student's page: start a quiz, answer, take hints, skip, see why, and the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from knowledge.errors import DocumentNotFound
from tutor.assessment.items import Kind
from tutor.domain import Person
from tutor.pedagogy.intents import Intent
from tutor.pedagogy.question_lifecycle import State
from tutor.platform.clock import new_id
from tutor.practice.quiz_hints import hint_text
from tutor.practice.quiz_sessions import Sitting
from tutor.services import House
from tutor.store.posed_questions import PosedRow
from tutor.ui import photo_input, practice_view
from tutor.ui.error_boundary import QUIET, handler, person, tell
from tutor.ui.gradio_i18n import text
from tutor.ui.words import say

Updates = tuple[Any, ...]
CHOSEN = (Kind.CHOICE, Kind.TRUE_FALSE)


@dataclass(frozen=True, slots=True)
class Practising:
    """The handlers; all give the whole panel, as it is stored. Ids come from the page, rights from the request."""

    house: House

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the quiz that stands open, the last result, or the start."""
        who = person(request)
        if course_id is None:
            return self._nothing(say(who.language, "no_courses"))
        sitting = self.house.practice.sitting(who, course_id)
        counted = self.house.practice.topics(who, course_id)
        return self._panel(who, sitting, topics=practice_view.topics(counted, who.language))

    def start(self, topic: str | None, course_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        if course_id is None:
            return self._nothing(say(who.language, "no_courses"))
        return self._panel(who, self.house.practice.start(who, course_id, topic or ""))

    def answer(
        self,
        chosen: str | None,
        order: list[str] | None,
        written: str | None,
        posed_id: str,
        submission_id: str,
        course_id: str,
        request: gr.Request,
    ) -> Updates:
        """Hand an answer in; the same submission twice is one answer."""
        who = person(request)
        row = self.house.practice.question(who, posed_id)
        if row.item.kind is Kind.ORDERING and 0 < len(order or ()) < len(row.item.options):
            tell(say(who.language, "practice_order_all", count=len(row.item.options)))
            return tuple(gr.skip() for _ in range(19))
        said = _said(row, chosen, order, written)
        if not said.strip():
            tell(say(who.language, "practice_choose"))
            return self._again(who, course_id)
        taken = self.house.practice.answer(who, posed_id, submission_id, said)
        if taken.taken_for is Intent.CLARIFY:
            tell(say(who.language, "practice_clarify"))
        if taken.taken_for is Intent.EMPTY:
            tell(say(who.language, "practice_unread"))
        return self._again(who, course_id)

    def arrange(self, order: list[str] | None, request: gr.Request) -> str:
        """Return the steps as they are tapped so far, numbered."""
        return practice_view.arranged(order or (), person(request).language)

    def hint(self, posed_id: str, submission_id: str, course_id: str, request: gr.Request) -> Updates:
        who = person(request)
        self.house.practice.hint(who, posed_id, submission_id)
        return self._again(who, course_id)

    def skip(self, posed_id: str, course_id: str, request: gr.Request) -> Updates:
        who = person(request)
        self.house.practice.skip(who, posed_id)
        return self._again(who, course_id)

    def go_on(self, posed_id: str, course_id: str, request: gr.Request) -> Updates:
        """Close the question and show the next one, or the result."""
        who = person(request)
        self.house.practice.close(who, posed_id)
        return self._again(who, course_id)

    def _again(self, who: Person, course_id: str) -> Updates:
        return self._panel(who, self.house.practice.sitting(who, course_id))

    def _nothing(self, sentence: str) -> Updates:
        return gr.Group(visible=True), gr.skip(), gr.Group(visible=False), *(gr.skip() for _ in range(15)), sentence

    def _panel(self, who: Person, sitting: Sitting | None, topics: list[practice_view.Choice] | None = None) -> Updates:
        """Return (start, topic, card, number, prompt, options, order, arranged, text, pictures, check, hint, skip,
        next, hints, feedback, posed id, submission id, result)."""
        row = sitting.current if sitting else None
        topic = gr.skip() if topics is None else gr.Dropdown(choices=topics, value="")
        if sitting is None or row is None:
            result = practice_view.result(sitting, who.language) if sitting else ""
            if topics is not None and len(topics) == 1 and not sitting:
                result = say(who.language, "practice_none")
            blank = (gr.skip() for _ in range(13))
            return gr.Group(visible=True), topic, gr.Group(visible=False), *blank, None, None, result
        over, retry = self.house.practice.is_over(row), self.house.practice.may_retry(row)
        graded, kind, place = row.posed.state is State.GRADED, row.item.kind, self._place(row)
        typed = kind not in CHOSEN and kind is not Kind.ORDERING
        told = [hint_text(row.item, n, place, who.language) for n in range(1, row.posed.hints + 1)]
        return (
            gr.Group(visible=False),
            topic,
            gr.Group(visible=True),
            practice_view.number(sitting, row, who.language),
            practice_view.prompt(row),
            gr.Radio(
                choices=practice_view.options(row, who.language) if kind in CHOSEN else [],
                value=row.last.text if row.last and kind in CHOSEN else None,
                visible=kind in CHOSEN,
                interactive=not over,
            ),
            gr.CheckboxGroup(
                choices=practice_view.options(row, who.language) if kind is Kind.ORDERING else [],
                value=[],
                visible=kind is Kind.ORDERING and not over,
            ),
            practice_view.ordered_before(row, who.language, over=over),
            gr.Textbox(
                value=row.last.text if row.last and over else "",
                visible=typed,
                interactive=not over,
            ),
            gr.Row(visible=typed and not over),
            gr.Button(visible=not over),
            gr.Button(visible=not over),
            gr.Button(visible=not graded),
            gr.Button(visible=graded),
            practice_view.hints(told, who.language),
            practice_view.feedback(row, place, who.language, over=over, retry=retry),
            row.posed.id,
            new_id(),
            "",
        )

    def _place(self, row: PosedRow) -> str:
        if row.item.source is None:
            return ""
        try:
            passage = self.house.library.passage(row.item.source.passage_id)
        except DocumentNotFound:
            return ""
        return " › ".join(passage.heading[-2:]) or passage.locator.label


def starter(house: House) -> Callable[[Person, str, str], None]:
    """Return what begins practice on a skill by its name, for other tabs."""

    def start(who: Person, course_id: str, skill: str) -> None:
        house.practice.start(who, course_id, skill)

    return start


def _said(row: PosedRow, chosen: str | None, order: list[str] | None, written: str | None) -> str:
    if row.item.kind in CHOSEN:
        return chosen or ""
    return "\n".join(order or ()) if row.item.kind is Kind.ORDERING else written or ""


def build(house: House, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Put the panel where we are; it is filled when its tab is opened."""
    acts = Practising(house)
    gr.Markdown(text("practice_what"))
    with gr.Group(elem_id="tutor-practice-start") as begin:
        topic = gr.Dropdown(
            label=text("practice_topic"), choices=[], allow_custom_value=True, elem_id="tutor-practice-topic"
        )
        start = gr.Button(text("practice_start"), variant="primary", elem_id="tutor-practice-go")
    with gr.Column(visible=False, elem_id="tutor-practice-card") as card:
        number, prompt = gr.Markdown(elem_id="tutor-practice-number"), gr.Markdown(elem_id="tutor-practice-prompt")
        options = gr.Radio(label=text("practice_answer"), choices=[], elem_id="tutor-practice-options")
        order = gr.CheckboxGroup(
            label=text("practice_order"), choices=[], visible=False, elem_id="tutor-practice-order"
        )  # its value is in the order of the taps
        arranged = gr.Markdown(elem_id="tutor-practice-arranged")
        written = gr.Textbox(
            label=text("practice_answer"),
            info=text("practice_answer_hint"),
            lines=1,
            max_lines=6,
            max_length=4_000,
            visible=False,
            elem_id="tutor-practice-text",
        )
        pictures = photo_input.buttons("practice", "#tutor-practice-text textarea")
        with gr.Row(elem_id="tutor-practice-buttons"):
            check = gr.Button(text("practice_submit"), variant="primary", min_width=80, elem_id="tutor-practice-check")
            hint = gr.Button(text("practice_hint"), min_width=80, elem_id="tutor-practice-hint")
            skip = gr.Button(text("practice_skip"), min_width=80, elem_id="tutor-practice-skip")
            go_on = gr.Button(text("practice_next"), variant="primary", min_width=80, elem_id="tutor-practice-next")
        hints = gr.Markdown(elem_id="tutor-practice-hints")
        feedback = gr.Markdown(elem_id="tutor-practice-feedback")
    posed, submission = gr.Textbox(visible=False), gr.Textbox(visible=False)
    result = gr.Markdown(elem_id="tutor-practice-result")
    panel = [begin, topic, card, number, prompt, options, order, arranged, written, pictures, check, hint, skip]
    panel += [go_on, hints, feedback, posed, submission, result]
    given = [options, order, written, posed, submission, course]
    gr.on([tab.select, course.change], handler(acts.show), course, panel, **QUIET)
    start.click(handler(acts.start), [topic, course], panel, **QUIET)
    gr.on([check.click, written.submit], handler(acts.answer), given, panel, **QUIET)
    order.input(handler(acts.arrange), order, arranged, **QUIET)
    hint.click(handler(acts.hint), [posed, submission, course], panel, **QUIET)
    skip.click(handler(acts.skip), [posed, course], panel, **QUIET)
    go_on.click(handler(acts.go_on), [posed, course], panel, **QUIET)
