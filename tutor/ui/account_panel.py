"""Below the learner's data: deleting the whole account, after its name was typed."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from tutor.services import Services
from tutor.ui.error_boundary import EVENT_OPTIONS, current_person, handle_errors
from tutor.ui.gradio_i18n import i18n

START_PAGE_JS = "() => location.assign('/')"


@dataclass(frozen=True, slots=True)
class AccountHandlers:
    """The handler of the panel."""

    services: Services

    def erase_account(self, typed_name: str | None, request: gr.Request) -> str:
        """Erase the person's account, which ends all their sessions; return an empty name."""
        self.services.erasure.erase_own(current_person(request), typed_name or "")
        return ""


def build(services: Services) -> None:
    """Add the panel, closed."""
    with gr.Accordion(i18n("erase_account"), open=False, elem_id="tutor-account-erasure"):
        gr.Markdown(i18n("erase_account_lead"))
        name = gr.Textbox(label=i18n("erase_account_name"), elem_id="tutor-erase-account-name")
        button = gr.Button(i18n("erase_account"), variant="stop", size="sm", elem_id="tutor-erase-account")
    erased = button.click(handle_errors(AccountHandlers(services).erase_account), name, name, **EVENT_OPTIONS)
    erased.success(None, None, None, js=START_PAGE_JS)
