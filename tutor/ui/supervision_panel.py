"""The panel that pauses the chat of a course, and sets its blocked topics and the rules for what the model writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.domain import Person
from tutor.locales import t
from tutor.services import Services
from tutor.ui.error_boundary import EVENT_OPTIONS, READ_EVENT_OPTIONS, Updates, current_person, handle_errors, show_info
from tutor.ui.gradio_i18n import i18n


@dataclass(frozen=True, slots=True)
class SupervisionHandlers:
    """The handlers; the services check that the person teaches the course."""

    services: Services

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return (state, pause or resume, topics, rules) of a course; nothing for learners."""
        actor = current_person(request)
        if course_id is None or not actor.is_staff:
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        return self._render(actor, course_id)

    def toggle_pause(self, course_id: str, request: gr.Request) -> Updates:
        """Pause the course, or let the chat answer again."""
        actor, supervision = current_person(request), self.services.supervision
        change = supervision.resume if supervision.show(actor, course_id).is_paused else supervision.pause
        change(actor, course_id)
        return self._render(actor, course_id)

    def save_rules(self, topics: str | None, rules: str | None, course_id: str, request: gr.Request) -> Updates:
        actor, supervision = current_person(request), self.services.supervision
        supervision.set_blocked_topics(actor, course_id, (topics or "").splitlines())
        supervision.set_answer_rules(actor, course_id, (rules or "").splitlines())
        show_info(t(actor.language, "blocked_topics_saved"))
        return self._render(actor, course_id)

    def _render(self, actor: Person, course_id: str) -> Updates:
        shown = self.services.supervision.show(actor, course_id)
        return (
            t(actor.language, "course_is_paused") if shown.is_paused else "",
            gr.Button(value=t(actor.language, "resume_course" if shown.is_paused else "pause_course")),
            "\n".join(shown.blocked_topics),
            "\n".join(shown.answer_rules),
        )


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Add the panel to the tab; it is read again whenever the tab or another course is opened."""
    handlers = SupervisionHandlers(services)
    with gr.Accordion(i18n("supervision_title"), open=False, elem_id="tutor-supervision"):
        state = gr.Markdown(elem_id="tutor-paused")
        pause = gr.Button(i18n("pause_course"), size="sm", elem_id="tutor-pause-course")
        topics = gr.Textbox(
            label=i18n("blocked_topics"),
            info=i18n("blocked_topics_info"),
            lines=3,
            max_lines=10,
            elem_id="tutor-blocked-topics",
        )
        rules = gr.Textbox(
            label=i18n("answer_rules"),
            info=i18n("answer_rules_info"),
            lines=2,
            max_lines=10,
            elem_id="tutor-answer-rules",
        )
        save = gr.Button(i18n("blocked_topics_save"), size="sm", elem_id="tutor-save-topics")
    shown: list[Any] = [state, pause, topics, rules]
    for changed in (course.change, tab.select):
        changed(handle_errors(handlers.show), course, shown, **READ_EVENT_OPTIONS)
    pause.click(handle_errors(handlers.toggle_pause), course, shown, **EVENT_OPTIONS)
    save.click(handle_errors(handlers.save_rules), [topics, rules, course], shown, **EVENT_OPTIONS)
