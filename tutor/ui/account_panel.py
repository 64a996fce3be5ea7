"""Below the learner's data: the way to the page where one deletes one's account."""

from __future__ import annotations

import gradio as gr

from tutor.ui.gradio_i18n import i18n

ERASE_PATH = "/account/delete"


def build() -> None:
    """Add the button. Its page is not Gradio's: whose session has ended receives no more of Gradio's events."""
    gr.Button(i18n("erase_account"), variant="stop", size="sm", elem_id="tutor-erase-account", link=ERASE_PATH)
