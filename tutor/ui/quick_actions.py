"""The one-tap requests under the chat: an example, easier, harder, a quiz question, a summary. Each sends its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.ui.error_boundary import handler, person
from tutor.ui.gradio_i18n import text
from tutor.ui.question_handlers import Asking, Updates
from tutor.ui.words import say

TAPS = ("hint", "example", "easier", "harder", "quiz", "summarise")


@dataclass(frozen=True, slots=True)
class Tap:
    """One button: sends its request as if the learner had typed it, in her own language."""

    asking: Asking
    key: str

    def send(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Iterator[Updates]:
        words = say(person(request).language, f"tap_{self.key}_said")
        yield from self.asking.ask(words, conversation_id, course_id, request)


def build() -> list[gr.Button]:
    """Put the buttons where we are."""
    with gr.Row(elem_id="tutor-taps"):
        return [gr.Button(text(f"tap_{key}"), size="sm", min_width=60, elem_id=f"tutor-tap-{key}") for key in TAPS]


def wire(buttons: list[gr.Button], asking: Asking, where: list[Any], outputs: list[Any], **shared: Any) -> list[Any]:
    """Return the events, so that the stop button can cancel them."""
    pairs = zip(buttons, TAPS, strict=True)
    return [button.click(handler(Tap(asking, key).send), where, outputs, **shared) for button, key in pairs]
