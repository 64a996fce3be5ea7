"""The learner's “My tutor” tab: better answers, consent, and the panel of their adapter."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

import tutor.ui.adapter_view as adapter_view
from tutor.domain import CorrectionState
from tutor.locales import t
from tutor.locales.formatting import join_list
from tutor.services import Services
from tutor.ui import adapter_panel
from tutor.ui.confirmation import build_confirmation
from tutor.ui.error_boundary import EVENT_OPTIONS, READ_EVENT_OPTIONS, Updates, current_person, handle_errors, show_info
from tutor.ui.gradio_i18n import i18n


@dataclass(frozen=True, slots=True)
class MyTutorHandlers:
    """The handlers; outputs are (corrections, consent, confirmation group)."""

    services: Services

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the learner's better answers."""
        actor = current_person(request)
        if course_id is None:
            return gr.skip(), gr.skip(), gr.skip()
        pairs = self.services.feedback.list_corrections_with_turns(actor, course_id)
        return (
            gr.CheckboxGroup(
                choices=adapter_view.correction_choices(list(reversed(pairs)), actor.language),
                value=[],
                info=None if pairs else t(actor.language, "no_corrections"),
            ),
            gr.Checkbox(value=self.services.feedback.has_consent(actor)),
            gr.Group(visible=False),
        )

    def set_consent(self, given: bool, request: gr.Request) -> None:
        """Give or withdraw consent to training."""
        actor = current_person(request)
        self.services.feedback.set_consent(actor, given=bool(given))
        show_info(t(actor.language, "consent_given" if given else "consent_taken"))

    def confirm_withdrawal(self, chosen: list[str] | None, course_id: str, request: gr.Request) -> Updates:
        """Ask for confirmation before better answers, and the versions trained on them, are withdrawn."""
        actor = current_person(request)
        open_ids = {
            c.id for c in self.services.feedback.list_corrections(actor, course_id) if c.state in _NOT_WITHDRAWN
        }
        selected = open_ids.intersection(chosen or ())
        if not selected:
            show_info(t(actor.language, "choose_first"))
            return gr.Group(visible=False), ""
        versions = self.services.adapter_versions.list_versions(actor, actor.id, course_id)
        affected = [
            v
            for v in versions
            if selected.intersection(self.services.adapter_versions.training_correction_ids(actor, v.id))
        ]
        names = join_list(actor.language, (f"v{v.version}" for v in affected)) or t(actor.language, "withdraw_none")
        return gr.Group(visible=True), t(actor.language, "withdraw_sure", count=len(selected), versions=names)

    def withdraw(self, chosen: list[str] | None, course_id: str, request: gr.Request) -> Updates:
        """Withdraw the selected better answers and report which versions were revoked."""
        actor = current_person(request)
        revoked_versions = [v for one in chosen or () for v in self.services.feedback.withdraw_correction(actor, one)]
        names = join_list(actor.language, sorted({version.name for version in revoked_versions}))
        show_info(t(actor.language, "withdrawn_revoked", versions=names) if names else t(actor.language, "withdrawn"))
        return self.show(course_id, request)


_NOT_WITHDRAWN = tuple(state for state in CorrectionState if state is not CorrectionState.WITHDRAWN)


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Add the panel to the tab; it is filled when the tab is opened."""
    handlers, adapter_handlers = MyTutorHandlers(services), adapter_panel.AdapterHandlers(services, shared=False)
    gr.Markdown(i18n("my_tutor_what"))
    corrections = gr.CheckboxGroup(label=i18n("my_corrections"), choices=[], elem_id="tutor-corrections")
    consent = gr.Checkbox(label=i18n("consent_all"), elem_id="tutor-consent")
    withdraw = gr.Button(i18n("withdraw"), size="sm", elem_id="tutor-withdraw")
    confirmation = build_confirmation("withdraw_yes", "tutor-withdraw-yes")
    panel = adapter_panel.build(adapter_handlers, course)
    shown = [corrections, consent, confirmation.group]
    gr.on([tab.select, course.change], handle_errors(handlers.show), course, shown, **READ_EVENT_OPTIONS)
    gr.on(
        [tab.select, course.change], handle_errors(adapter_handlers.show), course, panel.outputs, **READ_EVENT_OPTIONS
    )
    consent.input(handle_errors(handlers.set_consent), consent, None, **EVENT_OPTIONS).then(
        handle_errors(adapter_handlers.show), course, panel.outputs, **EVENT_OPTIONS
    )
    withdraw.click(
        handle_errors(handlers.confirm_withdrawal), [corrections, course], confirmation.outputs, **EVENT_OPTIONS
    )
    confirmation.confirm.click(handle_errors(handlers.withdraw), [corrections, course], shown, **EVENT_OPTIONS).then(
        handle_errors(adapter_handlers.show), course, panel.outputs, **EVENT_OPTIONS
    )
