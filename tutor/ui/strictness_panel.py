"""How sure the library must be before the tutor answers: three levels, and what each would have meant so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.courses.strictness import Preview
from tutor.domain import Strictness
from tutor.errors import InputRefused
from tutor.services import House
from tutor.ui.error_boundary import QUIET, handler, person, tell
from tutor.ui.gradio_i18n import text
from tutor.ui.words import say


@dataclass(frozen=True, slots=True)
class Covering:
    """The handlers."""

    house: House

    def show(self, course_id: str | None, request: gr.Request) -> tuple[Any, ...]:
        """Return (levels, what the embedder cannot do) of a course; nothing to choose for those who do not teach."""
        who = person(request)
        if course_id is None or not who.teaches:
            return gr.Radio(choices=[], value=None), ""
        preview = self.house.coverage.preview(who, course_id)
        levels = [(_level(preview, level, who.language), level.value) for level in Strictness]
        crosses = self.house.embedder.languages >= {"en", "zh"}
        return gr.Radio(choices=levels, value=preview.chosen.value), "" if crosses else say(who.language, "no_crossing")

    def choose(self, level: str, course_id: str, request: gr.Request) -> tuple[Any, ...]:
        who = person(request)
        if level not in set(Strictness):
            raise InputRefused(f"{level} is no level")
        self.house.coverage.choose(who, course_id, Strictness(level))
        tell(say(who.language, "strictness_set"))
        return self.show(course_id, request)


def _level(preview: Preview, level: Strictness, language: str) -> str:
    words = say(language, f"strictness_{level.value}")
    if not preview.asked:
        return f"{words} · {say(language, 'strictness_nothing_asked')}"
    count = say(language, "strictness_preview", asked=preview.asked, answered=preview.answered[level])
    return f"{words} · {count}"


def build(house: House, course: gr.Dropdown) -> None:
    """Put the levels into the present tab."""
    covering = Covering(house)
    levels = gr.Radio(label=text("strictness"), info=text("strictness_info"), choices=[], elem_id="tutor-strictness")
    limits = gr.Markdown(elem_id="tutor-limits")
    shown = [levels, limits]
    course.change(handler(covering.show), course, shown, **QUIET)
    levels.input(handler(covering.choose), [levels, course], shown, **QUIET)
