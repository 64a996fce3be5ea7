"""My tutor: the learner's better answers and their consent, above the panel of her own adapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

import tutor.ui.adapter_view as adapter_view
from tutor.domain import CorrectionState
from tutor.services import House
from tutor.ui import adapter_panel
from tutor.ui.error_boundary import QUIET, handler, person, tell
from tutor.ui.gradio_i18n import text
from tutor.ui.words import say

Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """The handlers of the learner's better answers; outputs are (corrections, consent, confirmation group)."""

    house: House

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return her better answers as they are stored."""
        who = person(request)
        if course_id is None:
            return gr.skip(), gr.skip(), gr.skip()
        pairs = self.house.feedback.corrections_with_turns(who, course_id)
        return (
            gr.CheckboxGroup(
                choices=adapter_view.correction_choices(list(reversed(pairs)), who.language),
                value=[],
                info=None if pairs else say(who.language, "no_corrections"),
            ),
            gr.Checkbox(value=self.house.feedback.consents(who)),
            gr.Group(visible=False),
        )

    def consent(self, given: bool, request: gr.Request) -> None:
        """Give or take back consent to all training."""
        who = person(request)
        self.house.feedback.set_consent(who, given=bool(given))
        tell(say(who.language, "consent_given" if given else "consent_taken"))

    def ask_withdrawal(self, chosen: list[str] | None, course_id: str, request: gr.Request) -> Updates:
        """Ask once before better answers and the versions that learnt them go."""
        who = person(request)
        standing = {c.id for c in self.house.feedback.corrections(who, course_id) if c.state in _STILL_THERE}
        wanted = standing.intersection(chosen or ())
        if not wanted:
            tell(say(who.language, "choose_first"))
            return gr.Group(visible=False), ""
        versions = self.house.versions.of(who, who.id, course_id)
        touched = [v for v in versions if wanted.intersection(self.house.versions.trained_on(who, v.id))]
        names = ", ".join(f"v{v.version}" for v in touched) or say(who.language, "withdraw_none")
        return gr.Group(visible=True), say(who.language, "withdraw_sure", count=len(wanted), versions=names)

    def withdraw(self, chosen: list[str] | None, course_id: str, request: gr.Request) -> Updates:
        """Take the chosen ones back; say which versions went with them."""
        who = person(request)
        fallen = [v for one in chosen or () for v in self.house.feedback.withdraw(who, one)]
        names = ", ".join(sorted({version.name for version in fallen}))
        tell(say(who.language, "withdrawn_fell", versions=names) if names else say(who.language, "withdrawn"))
        return self.show(course_id, request)


_STILL_THERE = tuple(state for state in CorrectionState if state is not CorrectionState.WITHDRAWN)


def build(house: House, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Put the panel where we are; it is filled when its tab is opened."""
    mine, own = Mine(house), adapter_panel.Adapting(house, shared=False)
    gr.Markdown(text("mine_what"))
    corrections = gr.CheckboxGroup(label=text("my_corrections"), choices=[], elem_id="tutor-corrections")
    consent = gr.Checkbox(label=text("consent_all"), elem_id="tutor-consent")
    withdraw = gr.Button(text("withdraw"), size="sm", elem_id="tutor-withdraw")
    with gr.Group(visible=False) as sure:
        question = gr.Markdown()
        with gr.Row():
            yes = gr.Button(text("withdraw_yes"), variant="stop", size="sm", elem_id="tutor-withdraw-yes")
            keep = gr.Button(text("keep"), size="sm")
    panel = adapter_panel.build(own, course)
    shown = [corrections, consent, sure]
    gr.on([tab.select, course.change], handler(mine.show), course, shown, **QUIET)
    gr.on([tab.select, course.change], handler(own.show), course, panel.outputs, **QUIET)
    consent.input(handler(mine.consent), consent, None, **QUIET).then(handler(own.show), course, panel.outputs, **QUIET)
    withdraw.click(handler(mine.ask_withdrawal), [corrections, course], [sure, question], **QUIET)
    keep.click(lambda: gr.Group(visible=False), None, sure, **QUIET)
    yes.click(handler(mine.withdraw), [corrections, course], shown, **QUIET).then(
        handler(own.show), course, panel.outputs, **QUIET
    )
