"""The practice tab: start a quiz, answer, take hints, skip, read the feedback and the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gradio as gr

from knowledge.errors import DocumentNotFound
from tutor.assessment.question_types.base import AnswerControl
from tutor.domain import Person
from tutor.locales import t
from tutor.pedagogy.intents import Intent
from tutor.pedagogy.question_lifecycle import QuestionState
from tutor.platform.clock import new_id
from tutor.practice.quiz_hints import quiz_hint
from tutor.practice.quiz_sessions import QuizSession
from tutor.services import Services
from tutor.store.posed_questions import PosedQuestionRecord
from tutor.ui import photo_input, practice_view
from tutor.ui.chat_updates import resolve_course_id
from tutor.ui.error_boundary import EVENT_OPTIONS, READ_EVENT_OPTIONS, Updates, current_person, handle_errors, show_info
from tutor.ui.gradio_i18n import i18n
from tutor.ui.pictures import picture


@dataclass(frozen=True, slots=True)
class PracticeHandlers:
    """The handlers; all return the whole panel. Ids come from the page, access is checked for the person signed in."""

    services: Services

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the open quiz, the last result, or the start."""
        actor = current_person(request)
        course_id = resolve_course_id(self.services, actor, course_id)
        if course_id is None:
            return self._render_notice(t(actor.language, "no_courses"))
        session = self.services.quiz_sessions.latest_session(actor, course_id)
        topics = self.services.quiz_sessions.topics(actor, course_id)
        updates = self._render_panel(actor, session, topics=practice_view.topic_choices(topics, actor.language))
        if session or self.services.quiz_sessions.has_questions(actor, course_id):
            return updates
        return *updates[:-1], self._why_no_questions(actor, course_id)

    def show_standing(self, course_id: str | None, request: gr.Request) -> str:
        """Return that the topics are proposed from the documents, where no instructor has accepted any; else ""."""
        actor = current_person(request)
        course_id = resolve_course_id(self.services, actor, course_id)
        skills = self.services.courses.skills(actor, course_id) if course_id else []
        return t(actor.language, "practice_offered") if any(not one.is_accepted for one in skills) else ""

    def start(self, topic: str | None, course_id: str | None, request: gr.Request) -> Updates:
        actor = current_person(request)
        course_id = resolve_course_id(self.services, actor, course_id)
        if course_id is None:
            return self._render_notice(t(actor.language, "no_courses"))
        if not self.services.quiz_sessions.has_questions(actor, course_id):
            return self._render_notice(self._why_no_questions(actor, course_id))
        return self._render_panel(actor, self.services.quiz_sessions.start_quiz(actor, course_id, topic or ""))

    def submit_answer(
        self,
        chosen: str | None,
        order: list[str] | None,
        written: str | None,
        posed_id: str,
        submission_id: str,
        course_id: str,
        request: gr.Request,
    ) -> Updates:
        """Submit an answer; the same submission id twice counts once."""
        actor = current_person(request)
        row = self.services.quiz_sessions.get_question(actor, posed_id)
        control = practice_view.question_view(row).control
        if control is AnswerControl.ARRANGE and 0 < len(order or ()) < len(row.item.options):
            show_info(t(actor.language, "practice_order_all", count=len(row.item.options)))
            return tuple(gr.skip() for _ in range(19))
        text = _submitted_answer(row, chosen, order, written)
        if not text.strip():
            show_info(t(actor.language, "practice_choose"))
            return self._render_current(actor, course_id)
        result = self.services.quiz_sessions.submit_answer(actor, posed_id, submission_id, text)
        if result.intent is Intent.CLARIFY:
            show_info(t(actor.language, "practice_clarify"))
        if result.intent is Intent.EMPTY:
            show_info(t(actor.language, "practice_unread"))
        return self._render_current(actor, course_id)

    def show_order(self, order: list[str] | None, request: gr.Request) -> str:
        """Return the steps selected so far as a numbered list."""
        return practice_view.format_order(order or (), current_person(request).language)

    def take_hint(self, posed_id: str, submission_id: str, course_id: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        self.services.quiz_sessions.record_hint(actor, posed_id, submission_id)
        return self._render_current(actor, course_id)

    def skip_question(self, posed_id: str, course_id: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        self.services.quiz_sessions.skip_question(actor, posed_id)
        return self._render_current(actor, course_id)

    def next_question(self, posed_id: str, course_id: str, request: gr.Request) -> Updates:
        """Close the question and show the next one, or the result."""
        actor = current_person(request)
        self.services.quiz_sessions.close_question(actor, posed_id)
        return self._render_current(actor, course_id)

    def _render_current(self, actor: Person, course_id: str) -> Updates:
        return self._render_panel(actor, self.services.quiz_sessions.latest_session(actor, course_id))

    def _why_no_questions(self, actor: Person, course_id: str) -> str:
        """Return that the documents are still being read, or that there are no questions."""
        is_reading = self.services.documents.is_reading(actor, course_id)
        return t(actor.language, "practice_preparing" if is_reading else "practice_none")

    def _render_notice(self, sentence: str) -> Updates:
        return gr.Group(visible=True), gr.skip(), gr.Group(visible=False), *(gr.skip() for _ in range(15)), sentence

    def _render_panel(
        self, actor: Person, session: QuizSession | None, topics: list[practice_view.Choice] | None = None
    ) -> Updates:
        """Return (start, topic, card, number, prompt, options, order, arranged, text, pictures, check, hint, skip,
        next, hints, feedback, posed id, submission id, result)."""
        row = session.current if session else None
        topic = gr.skip() if topics is None else gr.Dropdown(choices=topics, value="")
        if session is None or row is None:
            result = practice_view.format_result(session, actor.language) if session else ""
            blank = (gr.skip() for _ in range(13))
            return gr.Group(visible=True), topic, gr.Group(visible=False), *blank, None, None, result
        over, retry = self.services.quiz_sessions.may_reveal_answer(row), self.services.quiz_sessions.may_retry(row)
        graded, place = row.question.state is QuestionState.GRADED, self._source_place(row)
        control = practice_view.question_view(row).control
        is_pick, is_arrange = control is AnswerControl.PICK, control is AnswerControl.ARRANGE
        typed = control is AnswerControl.WRITE
        hint_texts = [quiz_hint(row.item, n, place, actor.language) for n in range(1, row.question.hints + 1)]
        return (
            gr.Group(visible=False),
            topic,
            gr.Group(visible=True),
            practice_view.format_question_number(session, row, actor.language),
            practice_view.format_prompt(row),
            gr.Radio(
                choices=practice_view.option_choices(row, actor.language) if is_pick else [],
                value=row.last_attempt.text if row.last_attempt and is_pick else None,
                visible=is_pick,
                interactive=not over,
            ),
            gr.CheckboxGroup(
                choices=practice_view.option_choices(row, actor.language) if is_arrange else [],
                value=[],
                visible=is_arrange and not over,
            ),
            practice_view.format_last_order(row, actor.language, over=over),
            gr.Textbox(
                value=row.last_attempt.text if row.last_attempt and over else "",
                visible=typed,
                interactive=not over,
            ),
            gr.Row(visible=typed and not over),
            gr.Button(visible=not over),
            gr.Button(visible=not over),
            gr.Button(visible=not graded),
            gr.Button(visible=graded),
            practice_view.format_hints(hint_texts, actor.language),
            practice_view.format_feedback(row, place, actor.language, over=over, retry=retry),
            row.question.id,
            new_id(),
            "",
        )

    def _source_place(self, row: PosedQuestionRecord) -> str:
        if row.item.source is None:
            return ""
        try:
            return self.services.library.place_name(row.item.source.passage_id)
        except DocumentNotFound:
            return ""


def make_quiz_starter(services: Services) -> Callable[[Person, str, str], None]:
    """Return a function that starts practice on a skill by its name, for other tabs."""

    def start(actor: Person, course_id: str, skill: str) -> None:
        services.quiz_sessions.start_quiz(actor, course_id, skill)

    return start


def _submitted_answer(
    row: PosedQuestionRecord, chosen: str | None, order: list[str] | None, written: str | None
) -> str:
    control = practice_view.question_view(row).control
    if control is AnswerControl.PICK:
        return chosen or ""
    return "\n".join(order or ()) if control is AnswerControl.ARRANGE else written or ""


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Add the panel to the tab; it is filled when the tab is opened."""
    handlers = PracticeHandlers(services)
    gr.Markdown(i18n("practice_what"))
    offered = gr.Markdown(elem_id="tutor-practice-offered")
    with gr.Column(elem_id="tutor-practice-start") as begin:
        gr.HTML(picture("rest"), elem_classes="t-empty")
        topic = gr.Dropdown(
            label=i18n("practice_topic"), choices=[], allow_custom_value=True, elem_id="tutor-practice-topic"
        )
        start = gr.Button(i18n("practice_start"), variant="primary", elem_id="tutor-practice-start-button")
    with gr.Column(visible=False, elem_id="tutor-practice-card") as card:
        number = gr.HTML(elem_id="tutor-practice-number", padding=False)
        prompt = gr.Markdown(elem_id="tutor-practice-prompt")
        options = gr.Radio(label=i18n("practice_answer"), choices=[], elem_id="tutor-practice-options")
        order = gr.CheckboxGroup(
            label=i18n("practice_order"), choices=[], visible=False, elem_id="tutor-practice-order"
        )  # its value is in the order of selection
        arranged = gr.Markdown(elem_id="tutor-practice-arranged")
        written = gr.Textbox(
            label=i18n("practice_answer"),
            info=i18n("practice_answer_hint"),
            lines=1,
            max_lines=6,
            max_length=4_000,
            visible=False,
            elem_id="tutor-practice-text",
        )
        pictures = photo_input.build_buttons("practice", "#tutor-practice-text textarea")
        with gr.Row(elem_id="tutor-practice-buttons"):
            check = gr.Button(i18n("practice_submit"), variant="primary", min_width=80, elem_id="tutor-practice-check")
            hint = gr.Button(i18n("practice_hint"), min_width=80, elem_id="tutor-practice-hint")
            skip = gr.Button(i18n("practice_skip"), min_width=80, elem_id="tutor-practice-skip")
            go_on = gr.Button(i18n("practice_next"), variant="primary", min_width=80, elem_id="tutor-practice-next")
        hints = gr.Markdown(elem_id="tutor-practice-hints")
        feedback = gr.Markdown(elem_id="tutor-practice-feedback")
    posed, submission = gr.Textbox(visible=False), gr.Textbox(visible=False)
    result = gr.Markdown(elem_id="tutor-practice-result")
    panel = [begin, topic, card, number, prompt, options, order, arranged, written, pictures, check, hint, skip]
    panel += [go_on, hints, feedback, posed, submission, result]
    answer_inputs = [options, order, written, posed, submission, course]
    opened = gr.on([tab.select, course.change], handle_errors(handlers.show), course, panel, **READ_EVENT_OPTIONS)
    opened.then(handle_errors(handlers.show_standing), course, offered, **READ_EVENT_OPTIONS)
    start.click(handle_errors(handlers.start), [topic, course], panel, **EVENT_OPTIONS)
    gr.on([check.click, written.submit], handle_errors(handlers.submit_answer), answer_inputs, panel, **EVENT_OPTIONS)
    order.input(handle_errors(handlers.show_order), order, arranged, **EVENT_OPTIONS)
    hint.click(handle_errors(handlers.take_hint), [posed, submission, course], panel, **EVENT_OPTIONS)
    skip.click(handle_errors(handlers.skip_question), [posed, course], panel, **EVENT_OPTIONS)
    go_on.click(handle_errors(handlers.next_question), [posed, course], panel, **EVENT_OPTIONS)
