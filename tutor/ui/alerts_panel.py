"""The panel of messages that need a person: the alerts of a course, and whom its learners are pointed to."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.courses.message_alerts import MAX_CONTACT_CHARS, ShownAlert
from tutor.domain import Person
from tutor.locales import t
from tutor.locales.formatting import format_moment
from tutor.pedagogy.concerns import AlertLevel
from tutor.services import Services
from tutor.ui.error_boundary import EVENT_OPTIONS, READ_EVENT_OPTIONS, Updates, current_person, handle_errors, show_info
from tutor.ui.gradio_i18n import i18n


@dataclass(frozen=True, slots=True)
class AlertHandlers:
    """The handlers return (list, unseen ones, contacts); the service checks that the person teaches the course."""

    services: Services

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the alerts of a course; nothing for learners."""
        actor = current_person(request)
        if course_id is None or not actor.is_staff:
            return (gr.skip(),) * 3
        return self._render(actor, course_id)

    def count(self, course_id: str | None, request: gr.Request) -> Any:
        """Return the tab with the number of alerts that nobody has seen; their words are not read for it."""
        actor = current_person(request)
        if course_id is None or not self.services.courses.can_teach(actor, course_id):
            return gr.skip()
        unseen = self.services.chat.alerts.count_unseen(actor, course_id)
        language = actor.language
        return gr.Tab(label=t(language, "alerts_tab", count=unseen) if unseen else t(language, "people"))

    def mark_seen(self, alert_id: str | None, course_id: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        if alert_id:
            self.services.chat.alerts.mark_seen(actor, course_id, alert_id)
        show_info(t(actor.language, "alert_marked" if alert_id else "choose_first"))
        return self._render(actor, course_id)

    def save_contacts(self, contacts: str | None, course_id: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        self.services.chat.alerts.set_help_contacts(actor, course_id, contacts or "")
        show_info(t(actor.language, "contacts_saved"))
        return self._render(actor, course_id)

    def _render(self, actor: Person, course_id: str) -> Updates:
        alerts, language = self.services.chat.alerts, actor.language
        shown = alerts.show(actor, course_id)
        unseen = [(_line(one, language), one.alert.id) for one in shown if one.alert.seen_at is None]
        return (
            render_alerts(shown, language),
            gr.Radio(choices=unseen, value=None, visible=bool(unseen)),
            alerts.help_contacts(actor, course_id),
        )


def render_alerts(shown: Sequence[ShownAlert], language: str) -> str:
    """Return the alerts as HTML: unseen ones first; the words only where they may be read."""
    if not shown:
        return f'<div class="tp"><p>{t(language, "alerts_none")}</p></div>'
    return f'<div class="tp"><ul>{"".join(_item(one, language) for one in shown)}</ul></div>'


def _item(one: ShownAlert, language: str) -> str:
    line = html.escape(_line(one, language))
    marked = f"<strong>{line}</strong>" if one.level is AlertLevel.URGENT and one.alert.seen_at is None else line
    seen = f" · {t(language, 'alert_seen')}" if one.alert.seen_at else ""
    words = f"<blockquote>{html.escape(one.words)}</blockquote>" if one.words else ""
    return f"<li>{marked}{seen}{words}</li>"


def _line(one: ShownAlert, language: str) -> str:
    return t(
        language,
        "alert_line",
        level=t(language, f"alert_{one.level.value}"),
        learner=one.alert.learner,
        kind=t(language, f"alert_kind_{one.kind.value}"),
        when=format_moment(language, one.alert.raised_at),
    )


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> Any:
    """Add the panel to the tab; return the function that counts the alerts once `course` is set."""
    handlers = AlertHandlers(services)
    with gr.Accordion(i18n("alerts_title"), open=False, elem_id="tutor-alerts") as panel:
        gr.Markdown(i18n("alerts_lead"))
        listed = gr.HTML(elem_id="tutor-alert-list", padding=False)
        unseen = gr.Radio(label=i18n("alert_choose"), choices=[], visible=False, elem_id="tutor-alert-unseen")
        seen = gr.Button(i18n("alert_mark_seen"), size="sm", elem_id="tutor-alert-seen")
        contacts = gr.Textbox(
            label=i18n("contacts_label"),
            info=i18n("contacts_info"),
            lines=3,
            max_length=MAX_CONTACT_CHARS,
            elem_id="tutor-help-contacts",
        )
        save = gr.Button(i18n("contacts_save"), size="sm", elem_id="tutor-save-contacts")
    shown = [listed, unseen, contacts]
    # Only when it is opened: showing words is logged as reading them.
    panel.expand(handle_errors(handlers.show), course, shown, **READ_EVENT_OPTIONS)
    cleared = (lambda: ("", gr.Radio(choices=[], value=None, visible=False), ""), None, shown)
    course.change(*cleared, **READ_EVENT_OPTIONS)
    marked = seen.click(handle_errors(handlers.mark_seen), [unseen, course], shown, **EVENT_OPTIONS)
    marked.then(handle_errors(handlers.count), course, tab, **EVENT_OPTIONS)
    save.click(handle_errors(handlers.save_contacts), [contacts, course], shown, **EVENT_OPTIONS)

    def count(arrived: Any) -> None:
        """Show in the tab how many wait, after the event that sets the course."""
        arrived.then(handle_errors(handlers.count), course, tab, **READ_EVENT_OPTIONS)

    tab.select(handle_errors(handlers.count), course, tab, **READ_EVENT_OPTIONS)
    return count
