"""The panel of who looked at what in a course, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.domain import Person
from tutor.services import Services
from tutor.ui.access_log_html import render_course_log
from tutor.ui.error_boundary import READ_EVENT_OPTIONS, Updates, current_person, handle_errors
from tutor.ui.gradio_i18n import i18n


@dataclass(frozen=True, slots=True)
class AccessLogHandlers:
    """The handlers return (list, number of its page, newer, older); the service checks who teaches the course."""

    services: Services

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the latest page; nothing for learners."""
        actor = current_person(request)
        if course_id is None or not actor.is_staff:
            return (gr.skip(),) * 4
        return self._render(actor, course_id, 0)

    def newer(self, number: Any, course_id: str, request: gr.Request) -> Updates:
        return self._render(current_person(request), course_id, _to_int(number) - 1)

    def older(self, number: Any, course_id: str, request: gr.Request) -> Updates:
        return self._render(current_person(request), course_id, _to_int(number) + 1)

    def _render(self, actor: Person, course_id: str, number: int) -> Updates:
        page = self.services.access_log.of_course(actor, course_id, number)
        return (
            render_course_log(page, actor.language),
            str(page.number),
            gr.Button(visible=page.number > 0),
            gr.Button(visible=page.has_older),
        )


def _to_int(value: Any) -> int:
    """Return the number of a page as the browser sent it back; 0 for anything else."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 7 else 0


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Add the panel to the tab; it is read again whenever it, the tab or another course is opened."""
    handlers = AccessLogHandlers(services)
    with gr.Accordion(i18n("access_log_title"), open=False, elem_id="tutor-access-log") as panel:
        gr.Markdown(i18n("access_log_lead"))
        listed, number = gr.HTML(elem_id="tutor-access-list", padding=False), gr.Textbox("0", visible=False)
        with gr.Row(elem_classes="tutor-buttons"):
            newer = gr.Button(i18n("access_log_newer"), size="sm", visible=False, elem_id="tutor-access-newer")
            older = gr.Button(i18n("access_log_older"), size="sm", visible=False, elem_id="tutor-access-older")
    shown = [listed, number, newer, older]
    for opened in (course.change, tab.select, panel.expand):
        opened(handle_errors(handlers.show), course, shown, **READ_EVENT_OPTIONS)
    newer.click(handle_errors(handlers.newer), [number, course], shown, **READ_EVENT_OPTIONS)
    older.click(handle_errors(handlers.older), [number, course], shown, **READ_EVENT_OPTIONS)
