"""The instructor's desk for better answers, one at a time and side by side, above the panel of the course's tutor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.corrections.review_queue import Review
from tutor.services import House
from tutor.ui import adapter_panel, review_html
from tutor.ui.error_boundary import QUIET, handler, person, tell
from tutor.ui.gradio_i18n import text
from tutor.ui.words import say

Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """The handlers; all give (tab, how many wait, list, side, what is shown, reason, last decided)."""

    house: House

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the desk with the first one that waits."""
        return self._shown(course_id, request, None, gr.skip())

    def open(self, chosen: str | None, course_id: str, request: gr.Request) -> str:
        """Return one better answer side by side with what it would replace."""
        who = person(request)
        found = next((r for r in self.house.reviews.queue(who, course_id) if r.correction.id == chosen), None)
        return review_html.side_by_side(found, who.language)

    def accept(self, chosen: str | None, reason: str, course_id: str, request: gr.Request) -> Updates:
        return self._decide(chosen, reason, course_id, request, accept=True)

    def decline(self, chosen: str | None, reason: str, course_id: str, request: gr.Request) -> Updates:
        return self._decide(chosen, reason, course_id, request, accept=False)

    def undo(self, chosen: str | None, last: str | None, course_id: str, request: gr.Request) -> Updates:
        """Take back the last decision of this page, or that about the chosen one."""
        who = person(request)
        target = last or chosen
        if not target:
            tell(say(who.language, "choose_first"))
            return self._shown(course_id, request, None, None)
        self.house.reviews.undo(who, target)
        tell(say(who.language, "decision_undone"))
        return self._shown(course_id, request, target, None)

    def _decide(self, chosen: str | None, reason: str, course_id: str, request: gr.Request, *, accept: bool) -> Updates:
        who = person(request)
        if not chosen:
            tell(say(who.language, "choose_first"))
            return self._shown(course_id, request, None, gr.skip())
        self.house.reviews.decide(who, chosen, accept=accept, reason=reason or "")
        tell(say(who.language, "decided_accept" if accept else "decided_decline"))
        return self._shown(course_id, request, None, chosen)

    def _shown(self, course_id: str | None, request: gr.Request, chosen: str | None, last: Any) -> Updates:
        who = person(request)
        if course_id is None or not self.house.courses.teaches(who, course_id):
            return tuple(gr.skip() for _ in range(7))
        queue = self.house.reviews.queue(who, course_id)
        waiting = sum(review.correction.waits for review in queue)
        found = next((r for r in queue if r.correction.id == chosen), queue[0] if queue else None)
        return (
            gr.Tab(label=review_html.tab_label(waiting, who.language)),
            review_html.how_many(len(queue), waiting, who.language),
            gr.Radio(choices=review_html.choices(queue, who.language), value=_id(found)),
            gr.Column(visible=bool(queue)),
            review_html.side_by_side(found, who.language),
            "",
            last,
        )


def _id(review: Review | None) -> str | None:
    return review.correction.id if review else None


def build(house: House, tab: gr.Tab, course: gr.Dropdown) -> Any:
    """Put the desk where we are; return the function that fills it once `course` is known."""
    desk, shared = Desk(house), adapter_panel.Adapting(house, shared=True)
    count = gr.Markdown(elem_id="tutor-review-count")
    with gr.Row():
        with gr.Column(min_width=260, scale=2):
            queue = gr.Radio(show_label=False, choices=[], elem_id="tutor-review", container=False)
        with gr.Column(min_width=300, scale=5, visible=False) as side:
            detail = gr.HTML(elem_id="tutor-review-detail")
            reason = gr.Textbox(label=text("review_reason"), max_length=500, elem_id="tutor-review-reason")
            with gr.Row(elem_classes="tutor-buttons"):
                accept = gr.Button(text("accept"), variant="primary", size="sm", elem_id="tutor-accept")
                decline = gr.Button(text("decline"), size="sm", elem_id="tutor-decline")
                undo = gr.Button(text("undo_decision"), size="sm", elem_id="tutor-undo-decision")
    last = gr.Textbox(visible=False)
    outputs = [tab, count, queue, side, detail, reason, last]
    queue.input(handler(desk.open), [queue, course], detail, **QUIET)
    decided = [
        accept.click(handler(desk.accept), [queue, reason, course], outputs, **QUIET),
        decline.click(handler(desk.decline), [queue, reason, course], outputs, **QUIET),
        undo.click(handler(desk.undo), [queue, last, course], outputs, **QUIET),
    ]
    gr.Markdown(text("shared"), elem_classes="tutor-heading")
    gr.Markdown(text("shared_what"))
    panel = adapter_panel.build(shared, course)
    for event in decided:
        event.then(handler(shared.show), course, panel.outputs, **QUIET)

    def fill(arrived: Any) -> None:
        """Fill the desk after the event that has set the course."""
        arrived.then(handler(desk.show), course, outputs, **QUIET)
        arrived.then(handler(shared.show), course, panel.outputs, **QUIET)

    tab.select(handler(desk.show), course, outputs, **QUIET)
    return fill
