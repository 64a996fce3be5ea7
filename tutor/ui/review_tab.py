"""The instructor's review of better answers, one at a time, and the panel of the course's adapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.corrections.review_queue import CorrectionReview
from tutor.locales import t
from tutor.services import Services
from tutor.ui import adapter_panel, review_html
from tutor.ui.error_boundary import EVENT_OPTIONS, READ_EVENT_OPTIONS, Updates, current_person, handle_errors, show_info
from tutor.ui.gradio_i18n import i18n


@dataclass(frozen=True, slots=True)
class ReviewHandlers:
    """The handlers; all return (tab, count, list, column, review, reason, last decided)."""

    services: Services

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the review of the first one that is waiting."""
        return self._render(course_id, request, None, gr.skip())

    def open_correction(self, chosen: str | None, course_id: str, request: gr.Request) -> str:
        """Return one better answer next to the answer it would replace."""
        actor = current_person(request)
        review = next(
            (r for r in self.services.review_queue.list_reviews(actor, course_id) if r.correction.id == chosen), None
        )
        return review_html.render_review(review, actor.language)

    def accept(self, chosen: str | None, reason: str, course_id: str, request: gr.Request) -> Updates:
        return self._decide(chosen, reason, course_id, request, accept=True)

    def decline(self, chosen: str | None, reason: str, course_id: str, request: gr.Request) -> Updates:
        return self._decide(chosen, reason, course_id, request, accept=False)

    def undo(self, chosen: str | None, last: str | None, course_id: str, request: gr.Request) -> Updates:
        """Undo the last decision of this page, or the one about the selected better answer."""
        actor = current_person(request)
        target = last or chosen
        if not target:
            show_info(t(actor.language, "choose_first"))
            return self._render(course_id, request, None, None)
        self.services.review_queue.undo_decision(actor, target)
        show_info(t(actor.language, "decision_undone"))
        return self._render(course_id, request, target, None)

    def _decide(self, chosen: str | None, reason: str, course_id: str, request: gr.Request, *, accept: bool) -> Updates:
        actor = current_person(request)
        if not chosen:
            show_info(t(actor.language, "choose_first"))
            return self._render(course_id, request, None, gr.skip())
        self.services.review_queue.decide(actor, chosen, accept=accept, reason=reason or "")
        show_info(t(actor.language, "decided_accept" if accept else "decided_decline"))
        return self._render(course_id, request, None, chosen)

    def _render(self, course_id: str | None, request: gr.Request, chosen: str | None, last: Any) -> Updates:
        actor = current_person(request)
        if course_id is None or not self.services.courses.can_teach(actor, course_id):
            return tuple(gr.skip() for _ in range(7))
        queue = self.services.review_queue.list_reviews(actor, course_id)
        waiting = sum(review.correction.is_pending for review in queue)
        selected = next((r for r in queue if r.correction.id == chosen), queue[0] if queue else None)
        return (
            gr.Tab(label=review_html.format_tab_label(waiting, actor.language)),
            review_html.format_queue_count(len(queue), waiting, actor.language),
            gr.Radio(choices=review_html.review_choices(queue, actor.language), value=_correction_id(selected)),
            gr.Column(visible=bool(queue)),
            review_html.render_review(selected, actor.language),
            "",
            last,
        )


def _correction_id(review: CorrectionReview | None) -> str | None:
    return review.correction.id if review else None


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> Any:
    """Add the tab's content; return the function that fills it once `course` is set."""
    handlers, adapter_handlers = ReviewHandlers(services), adapter_panel.AdapterHandlers(services, shared=True)
    count = gr.Markdown(elem_id="tutor-review-count")
    with gr.Row():
        with gr.Column(min_width=260, scale=2):
            queue = gr.Radio(show_label=False, choices=[], elem_id="tutor-review", container=False)
        with gr.Column(min_width=300, scale=5, visible=False) as side:
            detail = gr.HTML(elem_id="tutor-review-detail")
            reason = gr.Textbox(label=i18n("review_reason"), max_length=500, elem_id="tutor-review-reason")
            with gr.Row(elem_classes="tutor-buttons"):
                accept = gr.Button(i18n("accept"), variant="primary", size="sm", elem_id="tutor-accept")
                decline = gr.Button(i18n("decline"), size="sm", elem_id="tutor-decline")
                undo = gr.Button(i18n("undo_decision"), size="sm", elem_id="tutor-undo-decision")
    last = gr.Textbox(visible=False)
    outputs = [tab, count, queue, side, detail, reason, last]
    queue.input(handle_errors(handlers.open_correction), [queue, course], detail, **EVENT_OPTIONS)
    decided = [
        accept.click(handle_errors(handlers.accept), [queue, reason, course], outputs, **EVENT_OPTIONS),
        decline.click(handle_errors(handlers.decline), [queue, reason, course], outputs, **EVENT_OPTIONS),
        undo.click(handle_errors(handlers.undo), [queue, last, course], outputs, **EVENT_OPTIONS),
    ]
    gr.Markdown(i18n("shared"), elem_classes="tutor-heading")
    gr.Markdown(i18n("shared_what"))
    panel = adapter_panel.build(adapter_handlers, course)
    for event in decided:
        event.then(handle_errors(adapter_handlers.show), course, panel.outputs, **EVENT_OPTIONS)

    def fill(arrived: Any) -> None:
        """Fill the tab after the event that sets the course."""
        arrived.then(handle_errors(handlers.show), course, outputs, **READ_EVENT_OPTIONS)
        arrived.then(handle_errors(adapter_handlers.show), course, panel.outputs, **READ_EVENT_OPTIONS)

    tab.select(handle_errors(handlers.show), course, outputs, **READ_EVENT_OPTIONS)
    return fill
