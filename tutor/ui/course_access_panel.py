"""The panel of who may study a course: its code, link and QR code, and the learners who are in it."""

from __future__ import annotations

import html
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

import gradio as gr
import segno
from starlette.datastructures import Headers

from tutor.courses.enrolment import CourseAccess
from tutor.domain import Person
from tutor.errors import InputRefused
from tutor.locales import t
from tutor.locales.formatting import format_day
from tutor.platform.settings import Settings
from tutor.services import Services
from tutor.store.enrolments import Enrolment
from tutor.ui import text_format
from tutor.ui.error_boundary import EVENT_OPTIONS, READ_EVENT_OPTIONS, Updates, current_person, handle_errors, show_info
from tutor.ui.gradio_i18n import i18n
from tutor.ui.http_routes import is_secure

OPEN, JOINED = "open", "joined"


@dataclass(frozen=True, slots=True)
class CourseAccessHandlers:
    """The handlers; the services check that the person teaches the course."""

    services: Services

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return (who, link, code, QR code, renew, switch off, learners, note) of a course; nothing for learners."""
        actor = current_person(request)
        if course_id is None or not actor.is_staff:
            return (gr.skip(),) * 8
        return self._render(actor, course_id, request)

    def set_who(self, who: str, course_id: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        if who not in (OPEN, JOINED):
            raise InputRefused(f"{who} is no choice")
        self.services.enrolment.set_open(actor, course_id, is_open=who == OPEN)
        show_info(t(actor.language, "access_set"))
        return self._render(actor, course_id, request)

    def renew(self, course_id: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        self.services.enrolment.renew_join_code(actor, course_id)
        show_info(t(actor.language, "join_renewed"))
        return self._render(actor, course_id, request)

    def switch_off(self, course_id: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        self.services.enrolment.switch_off_joining(actor, course_id)
        return self._render(actor, course_id, request)

    def remove(self, person_id: str | None, course_id: str, request: gr.Request) -> Updates:
        return self._change_learner(self.services.enrolment.remove, "learner_removed", person_id, course_id, request)

    def readmit(self, person_id: str | None, course_id: str, request: gr.Request) -> Updates:
        return self._change_learner(
            self.services.enrolment.readmit, "learner_readmitted", person_id, course_id, request
        )

    def pause(self, person_id: str | None, course_id: str, request: gr.Request) -> Updates:
        return self._change_learner(self.services.supervision.pause, "learner_paused", person_id, course_id, request)

    def resume(self, person_id: str | None, course_id: str, request: gr.Request) -> Updates:
        return self._change_learner(self.services.supervision.resume, "learner_resumed", person_id, course_id, request)

    def _change_learner(
        self,
        change: Callable[[Person, str, str], None],
        done: str,
        person_id: str | None,
        course_id: str,
        request: gr.Request,
    ) -> Updates:
        """Change something about the learner who is chosen, and say so with the message `done`."""
        actor = current_person(request)
        names = {one.person_id: one.name for one in self.services.enrolment.show(actor, course_id).learners}
        if person_id in names:
            change(actor, course_id, person_id)
            show_info(t(actor.language, done, name=names[person_id]))
        else:
            show_info(t(actor.language, "choose_first"))
        return self._render(actor, course_id, request)

    def _render(self, actor: Person, course_id: str, request: gr.Request) -> Updates:
        access, language = self.services.enrolment.show(actor, course_id), actor.language
        address = _own_address(self.services.settings, request)
        link = access.join_code and f"{address}/join/{access.join_code}"
        paused = self.services.supervision.show(actor, course_id).paused_learners
        choices = [
            (t(language, "access_joined"), JOINED),
            (t(language, "access_open"), OPEN),
        ]
        title = text_format.to_plain_line(access.course.title)
        return (
            gr.Radio(choices=choices, value=OPEN if access.course.open else JOINED),
            gr.Textbox(value=link, label=t(language, "join_link_label", course=title), visible=bool(link)),
            _code_line(access, address, language),
            _qr_code(link, language),
            gr.Button(value=t(language, "join_renew" if link else "join_on")),
            gr.Button(visible=bool(link)),
            gr.Dropdown(
                choices=[(_learner_line(one, paused, language), one.person_id) for one in access.learners], value=None
            ),
            "" if access.learners else t(language, "course_learners_none"),
        )


def _own_address(settings: Settings, request: gr.Request) -> str:
    """Return the address for links: the public one, else the one at which the instructor reached this server.

    The middleware has checked that the Host is one of ours.
    """
    if settings.public_url or not request.request:
        return settings.url
    scope = request.request.scope
    return f"{'https' if is_secure(scope) else 'http'}://{Headers(scope=scope).get('host', '')}"


def _code_line(access: CourseAccess, url: str, language: str) -> str:
    if access.join_code is None:
        return t(language, "join_off")
    return t(language, "join_code_shown", code=access.join_code, address=f"{url}/join")


def _qr_code(link: str | None, language: str) -> str:
    """Return the link as an inline SVG; its light background keeps it readable for cameras on a dark page."""
    if link is None:
        return ""
    drawing = segno.make(link, error="m", micro=False).svg_inline(scale=4, border=3, dark="#000", light="#fff")
    return f'<div role="img" aria-label="{html.escape(t(language, "join_qr"))}">{drawing}</div>'


def _learner_line(learner: Enrolment, paused: Set[str], language: str) -> str:
    key = "course_learner_removed" if learner.removed_at else "course_learner_line"
    day = format_day(language, (learner.removed_at or learner.joined_at).date())
    line = t(language, key, name=learner.name, day=day)
    return t(language, "course_learner_paused", line=line) if learner.person_id in paused else line


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Add the panel to the tab; it is read again whenever the tab or another course is opened."""
    handlers = CourseAccessHandlers(services)
    with gr.Column(elem_id="tutor-access"):
        who = gr.Radio(label=i18n("access_title"), choices=[], elem_id="tutor-access-who")
        link = gr.Textbox(interactive=False, visible=False, buttons=["copy"], elem_id="tutor-join-link")
        code, qr = gr.Markdown(elem_id="tutor-join-code"), gr.HTML(elem_id="tutor-join-qr")
        with gr.Row():
            renew = gr.Button(i18n("join_renew"), size="sm", elem_id="tutor-join-renew")
            off = gr.Button(i18n("join_switch_off"), size="sm", elem_id="tutor-join-off")
        learners = gr.Dropdown(label=i18n("course_learners"), choices=[], elem_id="tutor-course-learners")
        note = gr.Markdown()
        with gr.Row():
            remove = gr.Button(i18n("remove_learner"), size="sm", elem_id="tutor-learner-remove")
            readmit = gr.Button(i18n("readmit_learner"), size="sm", elem_id="tutor-learner-readmit")
            pause = gr.Button(i18n("pause_learner"), size="sm", elem_id="tutor-learner-pause")
            resume = gr.Button(i18n("resume_learner"), size="sm", elem_id="tutor-learner-resume")
    shown: list[Any] = [who, link, code, qr, renew, off, learners, note]
    for changed in (course.change, tab.select):
        changed(handle_errors(handlers.show), course, shown, **READ_EVENT_OPTIONS)
    who.input(handle_errors(handlers.set_who), [who, course], shown, **EVENT_OPTIONS)
    renew.click(handle_errors(handlers.renew), course, shown, **EVENT_OPTIONS)
    off.click(handle_errors(handlers.switch_off), course, shown, **EVENT_OPTIONS)
    for button, handler in (
        (remove, handlers.remove),
        (readmit, handlers.readmit),
        (pause, handlers.pause),
        (resume, handlers.resume),
    ):
        button.click(handle_errors(handler), [learners, course], shown, **EVENT_OPTIONS)
