"""The confirmation before something is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.ui.error_boundary import EVENT_OPTIONS
from tutor.ui.gradio_i18n import i18n


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The components of a confirmation; a handler returns (visible group, question) for `outputs`."""

    group: gr.Group
    question: gr.Markdown
    confirm: gr.Button

    @property
    def outputs(self) -> list[Any]:
        return [self.group, self.question]


def build_confirmation(confirm_key: str, elem_id: str) -> Confirmation:
    """Add a hidden question with two buttons to the page; the cancel button hides it again."""
    with gr.Group(visible=False) as group:
        question = gr.Markdown()
        with gr.Row():
            confirm = gr.Button(i18n(confirm_key), variant="stop", size="sm", elem_id=elem_id)
            cancel = gr.Button(i18n("cancel_removal"), size="sm")
    cancel.click(lambda: gr.Group(visible=False), None, group, **EVENT_OPTIONS)
    return Confirmation(group, question, confirm)
