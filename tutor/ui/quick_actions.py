"""The quick actions under the chat: hint, example, easier, harder, quiz question, summary. Each sends a message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.locales import t
from tutor.ui.error_boundary import Updates, current_person, handle_errors
from tutor.ui.gradio_i18n import i18n
from tutor.ui.question_handlers import QuestionHandlers

QUICK_ACTIONS = ("hint", "example", "easier", "harder", "quiz", "summarise")


@dataclass(frozen=True, slots=True)
class QuickAction:
    """A button that sends its message as if the learner had typed it."""

    questions: QuestionHandlers
    key: str

    def send(self, conversation_id: str | None, course_id: str | None, request: gr.Request) -> Iterator[Updates]:
        message = t(current_person(request).language, f"quick_{self.key}_message")
        yield from self.questions.ask(message, conversation_id, course_id, request)


def build_buttons() -> list[gr.Button]:
    """Add the buttons to the page."""
    with gr.Row(elem_id="tutor-quick-actions"):
        return [
            gr.Button(i18n(f"quick_{key}"), size="sm", min_width=60, elem_id=f"tutor-quick-{key}")
            for key in QUICK_ACTIONS
        ]


def wire_events(
    buttons: list[Any], questions: QuestionHandlers, inputs: list[Any], outputs: list[Any], **event_options: Any
) -> list[Any]:
    """Wire the buttons, the last of which is the offer of a hint; return the events, which the stop button cancels."""
    pairs = zip(buttons, (*QUICK_ACTIONS, "hint"), strict=True)
    return [
        button.click(handle_errors(QuickAction(questions, key).send), inputs, outputs, **event_options)
        for button, key in pairs
    ]
