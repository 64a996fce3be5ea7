"""Class: the instructor's tab with the class map, who is stuck, misconceptions, questions that tell nothing apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from tutor.errors import InputRefused
from tutor.learner.disclosure_control import FEWEST
from tutor.progress.reports import places
from tutor.progress.xapi_import import read_roster
from tutor.services import House
from tutor.ui import class_html
from tutor.ui.error_boundary import QUIET, handler, person, tell
from tutor.ui.gradio_i18n import text
from tutor.ui.words import say

Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ClassPage:
    """The handlers of the tab."""

    house: House

    def show(self, course_id: str | None, request: gr.Request) -> tuple[str, str]:
        """Return (the class, the ways to take it along)."""
        who = person(request)
        if course_id is None:
            return "", ""
        reports = self.house.reports
        seen = reports.classroom(who, course_id)
        learners, skills = reports.learners(who, course_id), reports.names(who, course_id)
        drawn = class_html.for_page(seen, learners, skills, places(self.house.library, seen), who.language)
        return drawn, class_html.links(course_id, len(seen.learners), FEWEST, who.language)

    def take_in(self, path: str | None, roster: str, course_id: str | None, request: gr.Request) -> Updates:
        """Take in another system's answers; return (the file or none, what came of it) and the class anew.

        A roster that cannot be read leaves the file where it is, so that it is chosen once.
        """
        who = person(request)
        if path is None or course_id is None:
            tell(say(who.language, "intake_file_first"))
            return tuple(gr.skip() for _ in range(4))
        try:
            names = read_roster(roster or "")
        except InputRefused as refused:
            return gr.skip(), class_html.not_taken(refused, who.language), gr.skip(), gr.skip()
        file = Path(path)
        try:
            found = self.house.intake.take_in(who, course_id, file.read_bytes(), names)
        except InputRefused as refused:
            return None, class_html.not_taken(refused, who.language), gr.skip(), gr.skip()
        finally:
            file.unlink(missing_ok=True)  # what is taken in is in the database; nothing else is kept
        return None, class_html.taken_in(found, who.language), *self.show(course_id, request)


def build(house: House, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Put the tab where we are; it is filled when it is opened."""
    page = ClassPage(house)
    shown, links = gr.HTML(elem_id="tutor-class"), gr.HTML(elem_id="tutor-class-links")
    with gr.Accordion(text("intake"), open=False, elem_id="tutor-intake"):
        gr.Markdown(text("intake_lead"))
        file = gr.File(label=text("intake_file"), file_types=[".json"], type="filepath", height=120)
        roster = gr.Textbox(label=text("intake_roster"), lines=3, placeholder="s123456@uni.example, brave-otter")
        take = gr.Button(text("intake_take"), size="sm", variant="primary", elem_id="tutor-intake-take")
        came = gr.HTML(elem_id="tutor-intake-came")
    kept = QUIET | {"preprocess": True}  # the file's place comes from the server's memory, never from the browser
    take.click(handler(page.take_in), [file, roster, course], [file, came, shown, links], **kept)
    gr.on([tab.select, course.change], handler(page.show), course, [shown, links], **QUIET)
