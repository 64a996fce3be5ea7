"""The panel of an adapter: train it, see what it is worth and what it cost, switch it, compare it, delete it.

One panel for two owners: the learner's own tutor on her page, the course's shared one on the instructor's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import gradio as gr

import tutor.ui.adapter_view as adapter_view
from tutor.domain import AdapterVersion, LossPoint, Person
from tutor.services import House
from tutor.tuning.side_by_side import Side
from tutor.ui import chat_view
from tutor.ui.error_boundary import QUIET, handler, person, tell
from tutor.ui.gradio_i18n import text
from tutor.ui.sanitizer import clean
from tutor.ui.words import say

POLL_S = 1.0
Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Adapting:
    """The handlers; all that change the panel give its whole content, in the order of `Panel.outputs`."""

    house: House
    shared: bool  # the course's adapter instead of her own

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the panel as it is stored, with the version in use chosen."""
        who = person(request)
        if course_id is None or (self.shared and not self.house.courses.teaches(who, course_id)):
            return tuple(gr.skip() for _ in range(11))
        owner = self._owner(who)
        known = self._known(who, course_id)
        active = self.house.versions.active(who, owner, course_id)
        chosen = active.id if active else known[0].version.id if known else None
        have, need = self.house.training.ready(who, owner, course_id)
        key = "ready" if have >= need else "not_ready"
        return (
            self._state(who, course_id, active, known),
            say(who.language, key, have=have, need=need),
            *self._watched(who, course_id),
            gr.Radio(choices=adapter_view.version_choices(known, who.language), value=chosen),
            self._card(who, known, chosen),
            gr.Group(visible=False),
            gr.Row(visible=bool(known)),
            gr.Column(visible=bool(known)),
        )

    def watch(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the training's progress; the whole panel again when it has ended."""
        who = person(request)
        if course_id is None:
            return self.show(course_id, request)
        progress, plot, timer, stop = self._watched(who, course_id)
        if not timer.active:
            return self.show(course_id, request)
        return gr.skip(), gr.skip(), progress, plot, timer, stop, *(gr.skip() for _ in range(5))

    def train(self, course_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        if course_id is not None:
            self.house.training.start(who, self._owner(who), course_id)
        return self.show(course_id, request)

    def stop(self, course_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        job = self.house.training.latest(who, self._owner(who), course_id) if course_id else None
        if job is not None:
            self.house.jobs.cancel(who, job.id)
        return self.show(course_id, request)

    def use(self, version_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Make the chosen version the one that answers."""
        who = person(request)
        if version_id:
            version = self.house.versions.promote(who, version_id)
            tell(say(who.language, "switched_on", name=version.name))
        return self.show(course_id, request)

    def roll_back(self, course_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        if course_id is not None:
            version = self.house.versions.roll_back(who, self._owner(who), course_id)
            tell(say(who.language, "switched_on", name=version.name) if version else say(who.language, "switched_off"))
        return self.show(course_id, request)

    def switch_off(self, course_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        if course_id is not None:
            self.house.versions.switch_off(who, self._owner(who), course_id)
            tell(say(who.language, "switched_off"))
        return self.show(course_id, request)

    def ask_deletion(self, version_id: str | None, request: gr.Request) -> Updates:
        """Ask once before a version goes."""
        who = person(request)
        if not version_id:
            tell(say(who.language, "choose_first"))
            return gr.Group(visible=False), ""
        version = self.house.versions.owned(who, version_id)
        return gr.Group(visible=True), say(who.language, "delete_sure", version=version.version)

    def delete(self, version_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        if version_id:
            self.house.versions.delete(who, version_id)
            tell(say(who.language, "deleted_version"))
        return self.show(course_id, request)

    def explain(self, version_id: str | None, course_id: str, request: gr.Request) -> str:
        """Say what there is to know of the chosen version."""
        who = person(request)
        return self._card(who, self._known(who, course_id), version_id)

    def compare(
        self, question: str, version_id: str | None, course_id: str | None, request: gr.Request
    ) -> Iterator[Updates]:
        """Stream the answers of the base and of the chosen version, side by side."""
        who = person(request)
        if not version_id or course_id is None:
            tell(say(who.language, "choose_first"))
            return
        said = dict.fromkeys(Side, "")
        yield tuple(chat_view.doing(None, who.language) for _ in Side)
        with closing(self.house.proof.compare(who, course_id, question or "", version_id)) as pieces:
            for piece in pieces:
                said[piece.side] += piece.text
                yield tuple(
                    clean(text) if text.strip() else chat_view.doing(None, who.language) for text in said.values()
                )
        if said[Side.BASE].strip() == said[Side.ADAPTER].strip():
            tell(say(who.language, "proof_same"))

    def _owner(self, who: Person) -> str | None:
        return None if self.shared else who.id

    def _state(
        self, who: Person, course_id: str, active: AdapterVersion | None, known: list[adapter_view.Known]
    ) -> str:
        if self.shared:
            return adapter_view.shared_line(active, who.language)
        counts = {one.version.id: len(one.corrections) for one in known}
        return adapter_view.tutor_line(self.house.versions.answering(who, course_id), counts, who.language)

    def _known(self, who: Person, course_id: str) -> list[adapter_view.Known]:
        """Return the owner's versions with what is known of them."""
        versions = self.house.versions
        return [
            adapter_view.Known(version, tuple(versions.trained_from(who, version.id)), versions.size_bytes(version),
                        versions.may_answer(version))
            for version in versions.of(who, self._owner(who), course_id)
        ]  # fmt: skip

    def _card(self, who: Person, known: list[adapter_view.Known], version_id: str | None) -> str:
        chosen = next((one for one in known if one.version.id == version_id), None)
        return adapter_view.card(chosen, who.language) if chosen else say(who.language, "no_versions")

    def _watched(self, who: Person, course_id: str) -> tuple[str, gr.LinePlot, gr.Timer, gr.Button]:
        """Return how far the training is, its curve, the timer that watches it, and the button that stops it."""
        job = self.house.training.latest(who, self._owner(who), course_id)
        running = job is not None and chat_view.is_open(job)
        losses = self.house.training.losses(who, job.id) if job else []
        curve = gr.LinePlot(
            value=_plotted(losses, who.language),
            visible=len(losses) > 1,
            x_title=say(who.language, "step"),
            y_title=" ",
            title=say(who.language, "losses"),
        )
        active = self.house.versions.active(who, self._owner(who), course_id)
        return (
            adapter_view.training_line(job, active, who.language),
            curve,
            gr.Timer(active=running),
            gr.Button(visible=running),
        )


def _plotted(losses: list[LossPoint], language: str) -> dict[str, Any]:
    """Return the curves of what is learnt and of what is held out, in the form that the plot is sent in."""
    learnt, held_out = say(language, "curve_learnt"), say(language, "curve_held_out")
    points: list[list[Any]] = [[point.step, point.loss, learnt] for point in losses]
    points += [[point.step, point.held_out, held_out] for point in losses if point.held_out is not None]
    kinds = {"step": "quantitative", "loss": "quantitative", "curve": "nominal"}
    return {"columns": list(kinds), "data": points, "datatypes": kinds, "mark": "line"}


@dataclass(frozen=True, slots=True)
class Panel:
    """The components of the panel."""

    state: gr.Markdown
    ready: gr.Markdown
    progress: gr.Markdown
    plot: gr.LinePlot
    timer: gr.Timer
    stop: gr.Button
    versions: gr.Radio
    details: gr.Markdown
    sure: gr.Group
    buttons: gr.Row  # these two are of no use before there is a version
    proof: gr.Column

    @property
    def outputs(self) -> list[Any]:
        return [self.state, self.ready, self.progress, self.plot, self.timer, self.stop, self.versions, self.details,
                self.sure, self.buttons, self.proof]  # fmt: skip


def build(adapting: Adapting, course: gr.Dropdown) -> Panel:
    """Put the panel where we are; whoever builds it fills it with `show`."""
    prefix = "tutor-shared-" if adapting.shared else "tutor-"
    state = gr.Markdown(elem_id=f"{prefix}state")
    with gr.Row():
        with gr.Column(min_width=300):
            ready = gr.Markdown(elem_id=f"{prefix}ready")
            with gr.Row():
                key = "train_shared" if adapting.shared else "train"
                train = gr.Button(text(key), variant="primary", elem_id=f"{prefix}train")
                stop = gr.Button(text("cancel_training"), visible=False, elem_id=f"{prefix}stop-training")
            progress = gr.Markdown(elem_id=f"{prefix}training")
            plot = gr.LinePlot(
                x="step", y="loss", color="curve", color_title=" ", height=200, visible=False, tooltip="all",
                elem_id=f"{prefix}losses",
            )  # fmt: skip
            versions = gr.Radio(label=text("versions"), choices=[], elem_id=f"{prefix}versions", elem_classes="list")
            with gr.Row(elem_classes="tutor-buttons", visible=False) as buttons:
                use = gr.Button(text("use_version"), size="sm", elem_id=f"{prefix}use")
                back = gr.Button(text("roll_back"), size="sm", elem_id=f"{prefix}roll-back")
                off = gr.Button(text("switch_off"), size="sm", elem_id=f"{prefix}off")
                delete = gr.Button(text("delete_version"), size="sm", elem_id=f"{prefix}delete-version")
            with gr.Group(visible=False) as sure:
                question = gr.Markdown()
                with gr.Row():
                    yes = gr.Button(text("delete_yes"), variant="stop", size="sm", elem_id=f"{prefix}delete-yes")
                    keep = gr.Button(text("keep"), size="sm")
        with gr.Column(min_width=300):
            details = gr.Markdown(elem_id=f"{prefix}details")
    proof = _proof(adapting, course, versions, prefix)
    timer = gr.Timer(POLL_S, active=False)
    panel = Panel(state, ready, progress, plot, timer, stop, versions, details, sure, buttons, proof)
    panel.timer.tick(handler(adapting.watch), course, panel.outputs, **QUIET)
    train.click(handler(adapting.train), course, panel.outputs, **QUIET)
    stop.click(handler(adapting.stop), course, panel.outputs, **QUIET)
    use.click(handler(adapting.use), [versions, course], panel.outputs, **QUIET)
    back.click(handler(adapting.roll_back), course, panel.outputs, **QUIET)
    off.click(handler(adapting.switch_off), course, panel.outputs, **QUIET)
    delete.click(handler(adapting.ask_deletion), versions, [sure, question], **QUIET)
    keep.click(lambda: gr.Group(visible=False), None, sure, **QUIET)
    yes.click(handler(adapting.delete), [versions, course], panel.outputs, **QUIET)
    versions.input(handler(adapting.explain), [versions, course], details, **QUIET)
    return panel


def _proof(adapting: Adapting, course: gr.Dropdown, versions: gr.Radio, prefix: str) -> gr.Column:
    with gr.Column(visible=False) as proof:
        gr.Markdown(text("proof"), elem_classes="tutor-heading")
        gr.Markdown(text("proof_hint"))
        question = gr.Textbox(
            label=text("proof_question"), max_lines=3, submit_btn=True, elem_id=f"{prefix}proof", max_length=2000
        )
        with gr.Row(elem_classes="tutor-sides"):
            with gr.Column(min_width=280):
                gr.Markdown(text("side_base"), elem_classes="tutor-side-name")
                base = gr.Markdown(elem_id=f"{prefix}proof-base", elem_classes="tutor-side", sanitize_html=True)
            with gr.Column(min_width=280):
                gr.Markdown(text("side_adapter"), elem_classes="tutor-side-name")
                hers = gr.Markdown(elem_id=f"{prefix}proof-adapter", elem_classes="tutor-side", sanitize_html=True)
    question.submit(handler(adapting.compare), [question, versions, course], [base, hers], **QUIET)
    return proof
