"""Class: the instructor's tab with the class map, who is stuck, misconceptions, questions that tell nothing apart."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from tutor.house import House
from tutor.learner.classroom import FEWEST
from tutor.reports import places
from tutor.ui import classroom_view
from tutor.ui.edge import QUIET, handler, person


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
        drawn = classroom_view.for_page(seen, learners, skills, places(self.house.library, seen), who.language)
        return drawn, classroom_view.links(course_id, len(seen.learners), FEWEST, who.language)


def build(house: House, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Put the tab where we are; it is filled when it is opened."""
    page = ClassPage(house)
    shown, links = gr.HTML(elem_id="tutor-class"), gr.HTML(elem_id="tutor-class-links")
    gr.on([tab.select, course.change], handler(page.show), course, [shown, links], **QUIET)
