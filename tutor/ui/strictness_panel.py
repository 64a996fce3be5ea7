"""The setting of a course's strictness, with a preview of how many questions each level would answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from knowledge.languages import codes
from tutor.courses.strictness import StrictnessPreview
from tutor.domain import Strictness
from tutor.errors import InputRefused
from tutor.locales import t
from tutor.services import Services
from tutor.ui.error_boundary import EVENT_OPTIONS, READ_EVENT_OPTIONS, current_person, handle_errors, show_info
from tutor.ui.gradio_i18n import i18n


@dataclass(frozen=True, slots=True)
class StrictnessHandlers:
    """The handlers."""

    services: Services

    def show(self, course_id: str | None, request: gr.Request) -> tuple[Any, ...]:
        """Return (levels, note on cross-lingual search) of a course; no levels for learners."""
        actor = current_person(request)
        if course_id is None or not actor.is_staff:
            return gr.Radio(choices=[], value=None), ""
        preview = self.services.strictness.preview(actor, course_id)
        levels = [(_level_label(preview, level, actor.language), level.value) for level in Strictness]
        crosses = self.services.embedder.languages >= set(codes())
        return gr.Radio(choices=levels, value=preview.current.value), "" if crosses else t(
            actor.language, "no_cross_lingual"
        )

    def set_strictness(self, level: str, course_id: str, request: gr.Request) -> tuple[Any, ...]:
        actor = current_person(request)
        if level not in set(Strictness):
            raise InputRefused(f"{level} is no level")
        self.services.strictness.set_strictness(actor, course_id, Strictness(level))
        show_info(t(actor.language, "strictness_set"))
        return self.show(course_id, request)


def _level_label(preview: StrictnessPreview, level: Strictness, language: str) -> str:
    label = t(language, f"strictness_{level.value}")
    if not preview.questions:
        return f"{label} · {t(language, 'strictness_nothing_asked')}"
    count = t(language, "strictness_preview", asked=preview.questions, answered=preview.answered[level])
    return f"{label} · {count}"


def build(services: Services, course: gr.Dropdown) -> None:
    """Add the setting to the tab."""
    handlers = StrictnessHandlers(services)
    levels = gr.Radio(label=i18n("strictness"), info=i18n("strictness_info"), choices=[], elem_id="tutor-strictness")
    note = gr.Markdown(elem_id="tutor-retrieval-note")
    shown = [levels, note]
    course.change(handle_errors(handlers.show), course, shown, **READ_EVENT_OPTIONS)
    levels.input(handle_errors(handlers.set_strictness), [levels, course], shown, **EVENT_OPTIONS)
