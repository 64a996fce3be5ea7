"""The panel of an adapter: train it, see its measurements and its cost, switch it on or off, compare it, delete it.

The learner's own adapter and the course's shared adapter use the same panel.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import gradio as gr

import tutor.ui.adapter_view as adapter_view
from tutor.domain import AdapterVersion, Person
from tutor.locales import t
from tutor.services import Services
from tutor.store.adapters import LossPoint
from tutor.tuning.side_by_side import AnswerSide
from tutor.ui import chat_view, job_progress
from tutor.ui.confirmation import build_confirmation
from tutor.ui.error_boundary import EVENT_OPTIONS, READ_EVENT_OPTIONS, Updates, current_person, handle_errors, show_info
from tutor.ui.gradio_i18n import i18n
from tutor.ui.markdown_segments import LATEX_DELIMITERS
from tutor.ui.sanitizer import sanitize_markdown

POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class AdapterHandlers:
    """The handlers; those that change the panel return its whole content in the order of `AdapterPanel.outputs`."""

    services: Services
    shared: bool  # the course's adapter instead of the learner's own

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the panel with the version in use selected."""
        actor = current_person(request)
        if course_id is None or (self.shared and not self.services.courses.can_teach(actor, course_id)):
            return tuple(gr.skip() for _ in range(11))
        owner = self._owner_id(actor)
        known = self._list_versions(actor, course_id)
        active = self.services.adapter_versions.active(actor, owner, course_id)
        chosen = active.id if active else known[0].version.id if known else None
        have, need = self.services.training.count_rows(actor, owner, course_id)
        key = "ready" if have >= need else "not_ready"
        return (
            self._format_active(actor, course_id, active, known),
            t(actor.language, key, have=have, need=need),
            *self._render_training(actor, course_id),
            gr.Radio(choices=adapter_view.version_choices(known, actor.language), value=chosen),
            self._format_details(actor, known, chosen),
            gr.Group(visible=False),
            gr.Row(visible=bool(known)),
            gr.Column(visible=bool(known)),
        )

    def poll_training(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the progress of the training, or the whole panel when it has ended."""
        actor = current_person(request)
        if course_id is None:
            return self.show(course_id, request)
        progress, plot, timer, stop = self._render_training(actor, course_id)
        if not timer.active:
            return self.show(course_id, request)
        return gr.skip(), gr.skip(), progress, plot, timer, stop, *(gr.skip() for _ in range(5))

    def train(self, course_id: str | None, request: gr.Request) -> Updates:
        actor = current_person(request)
        if course_id is not None:
            self.services.training.start(actor, self._owner_id(actor), course_id)
        return self.show(course_id, request)

    def stop(self, course_id: str | None, request: gr.Request) -> Updates:
        actor = current_person(request)
        job = self.services.training.latest_job(actor, self._owner_id(actor), course_id) if course_id else None
        if job is not None:
            self.services.jobs.cancel(actor, job.id)
        return self.show(course_id, request)

    def use_version(self, version_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Switch to the selected version."""
        actor = current_person(request)
        if version_id:
            serving = self.services.training.engine.info().base_sha256
            version = self.services.adapter_versions.promote(actor, version_id, serving)
            show_info(t(actor.language, "switched_on", name=version.name))
        return self.show(course_id, request)

    def roll_back(self, course_id: str | None, request: gr.Request) -> Updates:
        actor = current_person(request)
        if course_id is not None:
            version = self.services.adapter_versions.roll_back(actor, self._owner_id(actor), course_id)
            show_info(
                t(actor.language, "switched_on", name=version.name) if version else t(actor.language, "switched_off")
            )
        return self.show(course_id, request)

    def switch_off(self, course_id: str | None, request: gr.Request) -> Updates:
        actor = current_person(request)
        if course_id is not None:
            self.services.adapter_versions.switch_off(actor, self._owner_id(actor), course_id)
            show_info(t(actor.language, "switched_off"))
        return self.show(course_id, request)

    def confirm_deletion(self, version_id: str | None, request: gr.Request) -> Updates:
        """Ask for confirmation before a version is deleted."""
        actor = current_person(request)
        if not version_id:
            show_info(t(actor.language, "choose_first"))
            return gr.Group(visible=False), ""
        version = self.services.adapter_versions.get_managed(actor, version_id)
        return gr.Group(visible=True), t(actor.language, "delete_sure", version=version.version)

    def delete(self, version_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        actor = current_person(request)
        if version_id:
            self.services.adapter_versions.delete(actor, version_id)
            show_info(t(actor.language, "deleted_version"))
        return self.show(course_id, request)

    def show_details(self, version_id: str | None, course_id: str, request: gr.Request) -> str:
        """Return the details of the selected version."""
        actor = current_person(request)
        return self._format_details(actor, self._list_versions(actor, course_id), version_id)

    def compare(
        self, question: str, version_id: str | None, course_id: str | None, request: gr.Request
    ) -> Iterator[Updates]:
        """Stream the answers of the base model and of the selected version."""
        actor = current_person(request)
        if not version_id or course_id is None:
            show_info(t(actor.language, "choose_first"))
            return
        texts = dict.fromkeys(AnswerSide, "")
        yield tuple(chat_view.format_stage(None, actor.language) for _ in AnswerSide)
        with closing(self.services.side_by_side.compare(actor, course_id, question or "", version_id)) as pieces:
            for piece in pieces:
                texts[piece.side] += piece.text
                yield tuple(
                    sanitize_markdown(text) if text.strip() else chat_view.format_stage(None, actor.language)
                    for text in texts.values()
                )
        if texts[AnswerSide.BASE].strip() == texts[AnswerSide.ADAPTER].strip():
            show_info(t(actor.language, "comparison_same"))

    def _owner_id(self, actor: Person) -> str | None:
        return None if self.shared else actor.id

    def _format_active(
        self, actor: Person, course_id: str, active: AdapterVersion | None, known: list[adapter_view.VersionDetails]
    ) -> str:
        if self.shared:
            return adapter_view.format_shared_adapter(
                active, actor.language, other_base=self._is_for_another_base(active)
            )
        counts = {one.version.id: len(one.corrections) for one in known}
        answering = self.services.adapter_versions.serving_version(actor, course_id)
        return adapter_view.format_active_adapter(
            answering, counts, actor.language, other_base=self._is_for_another_base(answering)
        )

    def _is_for_another_base(self, version: AdapterVersion | None) -> bool:
        return version is not None and self.services.training.is_for_another_base(version)

    def _list_versions(self, actor: Person, course_id: str) -> list[adapter_view.VersionDetails]:
        """Return the owner's versions with their details."""
        versions = self.services.adapter_versions
        return [
            adapter_view.VersionDetails(
                version,
                tuple(versions.training_corrections(actor, version.id)),
                versions.size_bytes(version),
                versions.is_promotable(version),
                self._is_for_another_base(version),
            )
            for version in versions.list_versions(actor, self._owner_id(actor), course_id)
        ]

    def _format_details(self, actor: Person, known: list[adapter_view.VersionDetails], version_id: str | None) -> str:
        chosen = next((one for one in known if one.version.id == version_id), None)
        return (
            adapter_view.format_version_details(chosen, actor.language) if chosen else t(actor.language, "no_versions")
        )

    def _render_training(self, actor: Person, course_id: str) -> tuple[str, gr.LinePlot, gr.Timer, gr.Button]:
        """Return the training's progress, its loss curve, the timer that polls it and the button that stops it."""
        job = self.services.training.latest_job(actor, self._owner_id(actor), course_id)
        running = job is not None and job_progress.is_open(job)
        losses = self.services.training.loss_curve(actor, job.id) if job else []
        curve = gr.LinePlot(
            value=_loss_plot_data(losses, actor.language),
            visible=len(losses) > 1,
            x_title=t(actor.language, "step"),
            y_title=" ",
            title=t(actor.language, "losses"),
        )
        active = self.services.adapter_versions.active(actor, self._owner_id(actor), course_id)
        return (
            adapter_view.format_training_status(job, active, actor.language),
            curve,
            gr.Timer(active=running),
            gr.Button(visible=running),
        )


def _loss_plot_data(losses: list[LossPoint], language: str) -> dict[str, Any]:
    """Return the loss on training data and on held-out data as the value of the plot."""
    learnt, held_out = t(language, "curve_learnt"), t(language, "curve_held_out")
    points: list[list[Any]] = [[point.step, point.loss, learnt] for point in losses]
    points += [[point.step, point.held_out, held_out] for point in losses if point.held_out is not None]
    kinds = {"step": "quantitative", "loss": "quantitative", "curve": "nominal"}
    return {"columns": list(kinds), "data": points, "datatypes": kinds, "mark": "line"}


@dataclass(frozen=True, slots=True)
class AdapterPanel:
    """The components of the panel."""

    active: gr.Markdown
    readiness: gr.Markdown
    progress: gr.Markdown
    plot: gr.LinePlot
    timer: gr.Timer
    stop: gr.Button
    versions: gr.Radio
    details: gr.Markdown
    confirmation: gr.Group
    version_buttons: gr.Row  # these two are shown once there is a version
    comparison: gr.Column

    @property
    def outputs(self) -> list[Any]:
        return [
            self.active,
            self.readiness,
            self.progress,
            self.plot,
            self.timer,
            self.stop,
            self.versions,
            self.details,
            self.confirmation,
            self.version_buttons,
            self.comparison,
        ]


def build(handlers: AdapterHandlers, course: gr.Dropdown) -> AdapterPanel:
    """Add the panel to the page; the caller fills it with `show`."""
    prefix = "tutor-shared-" if handlers.shared else "tutor-"
    state = gr.Markdown(elem_id=f"{prefix}state")
    with gr.Row():
        with gr.Column(min_width=300):
            ready = gr.Markdown(elem_id=f"{prefix}ready")
            with gr.Row():
                key = "train_shared" if handlers.shared else "train"
                train = gr.Button(i18n(key), variant="primary", elem_id=f"{prefix}train")
                stop = gr.Button(i18n("cancel_training"), visible=False, elem_id=f"{prefix}stop-training")
            progress = gr.Markdown(elem_id=f"{prefix}training")
            plot = gr.LinePlot(
                x="step",
                y="loss",
                color="curve",
                color_title=" ",
                height=200,
                visible=False,
                tooltip="all",
                elem_id=f"{prefix}losses",
            )
            versions = gr.Radio(label=i18n("versions"), choices=[], elem_id=f"{prefix}versions", elem_classes="list")
            with gr.Row(elem_classes="tutor-buttons", visible=False) as buttons:
                use = gr.Button(i18n("use_version"), size="sm", elem_id=f"{prefix}use")
                back = gr.Button(i18n("roll_back"), size="sm", elem_id=f"{prefix}roll-back")
                off = gr.Button(i18n("switch_off"), size="sm", elem_id=f"{prefix}off")
                delete = gr.Button(i18n("delete_version"), size="sm", elem_id=f"{prefix}delete-version")
            confirmation = build_confirmation("delete_yes", f"{prefix}delete-yes")
        with gr.Column(min_width=300):
            details = gr.Markdown(elem_id=f"{prefix}details")
    comparison = _build_comparison(handlers, course, versions, prefix)
    timer = gr.Timer(POLL_S, active=False)
    panel = AdapterPanel(
        state, ready, progress, plot, timer, stop, versions, details, confirmation.group, buttons, comparison
    )
    panel.timer.tick(handle_errors(handlers.poll_training), course, panel.outputs, **READ_EVENT_OPTIONS)
    train.click(handle_errors(handlers.train), course, panel.outputs, **EVENT_OPTIONS)
    stop.click(handle_errors(handlers.stop), course, panel.outputs, **EVENT_OPTIONS)
    use.click(handle_errors(handlers.use_version), [versions, course], panel.outputs, **EVENT_OPTIONS)
    back.click(handle_errors(handlers.roll_back), course, panel.outputs, **EVENT_OPTIONS)
    off.click(handle_errors(handlers.switch_off), course, panel.outputs, **EVENT_OPTIONS)
    delete.click(handle_errors(handlers.confirm_deletion), versions, confirmation.outputs, **EVENT_OPTIONS)
    confirmation.confirm.click(handle_errors(handlers.delete), [versions, course], panel.outputs, **EVENT_OPTIONS)
    versions.input(handle_errors(handlers.show_details), [versions, course], details, **EVENT_OPTIONS)
    return panel


def _build_comparison(handlers: AdapterHandlers, course: gr.Dropdown, versions: gr.Radio, prefix: str) -> gr.Column:
    with gr.Column(visible=False) as comparison:
        gr.Markdown(i18n("comparison"), elem_classes="tutor-heading")
        gr.Markdown(i18n("comparison_hint"))
        question = gr.Textbox(
            label=i18n("comparison_question"),
            max_lines=3,
            submit_btn=True,
            elem_id=f"{prefix}comparison",
            max_length=2000,
        )
        with gr.Row():
            with gr.Column(min_width=280):
                gr.Markdown(i18n("answer_base"), elem_classes="tutor-comparison-label")
                base_answer = gr.Markdown(
                    elem_id=f"{prefix}comparison-base",
                    elem_classes="tutor-comparison-answer",
                    sanitize_html=True,
                    latex_delimiters=LATEX_DELIMITERS,
                )
            with gr.Column(min_width=280):
                gr.Markdown(i18n("answer_adapter"), elem_classes="tutor-comparison-label")
                adapter_answer = gr.Markdown(
                    elem_id=f"{prefix}comparison-adapter",
                    elem_classes="tutor-comparison-answer",
                    sanitize_html=True,
                    latex_delimiters=LATEX_DELIMITERS,
                )
    question.submit(
        handle_errors(handlers.compare), [question, versions, course], [base_answer, adapter_answer], **EVENT_OPTIONS
    )
    return comparison
