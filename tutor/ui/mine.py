"""My tutor: the learner's better answers, training with them, and the versions that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.domain import Correction, Person
from tutor.house import House
from tutor.tuning.training import KIND
from tutor.ui import view
from tutor.ui.edge import QUIET, handler, person, tell
from tutor.ui.texts import text
from tutor.ui.words import say

POLL_S = 1.0
Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """The handlers of the panel; all give (state, corrections, progress, timer, versions, details)."""

    house: House

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the whole panel as it is stored."""
        who = person(request)
        if course_id is None:
            return say(who.language, "no_courses"), *(gr.skip() for _ in range(5))
        corrections = self.house.feedback.corrections(who, course_id)
        versions = self.house.versions.of(who, who.id, course_id)
        active = self.house.versions.active(who, who.id, course_id)
        counts = {version.id: len(self._trained_on(who, version.id)) for version in versions}
        chosen = active.id if active else versions[0].id if versions else None
        return (
            view.tutor_line(active, counts, who.language),
            gr.CheckboxGroup(
                choices=view.correction_choices(corrections, who.language),
                value=[],
                info=None if corrections else say(who.language, "no_corrections"),
            ),
            *self._progress(who, course_id),
            gr.Radio(choices=view.version_choices(versions, counts, who.language), value=chosen),
            self._details(who, corrections, chosen),
        )

    def watch(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the training's progress; the whole panel again when it has ended."""
        who = person(request)
        progress, timer, running = self._watched(who, course_id)
        if not running:
            return self.show(course_id, request)
        return gr.skip(), gr.skip(), progress, timer, gr.skip(), gr.skip()

    def train(self, course_id: str | None, request: gr.Request) -> Updates:
        """Start a training on the accepted corrections; its progress stands below."""
        who = person(request)
        if course_id is not None:
            self.house.training.start(who, who.id, course_id)
        return self.show(course_id, request)

    def withdraw(self, chosen: list[str], course_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        for correction_id in chosen or ():
            self.house.feedback.withdraw(who, correction_id)
        tell(say(who.language, "withdrawn" if chosen else "choose_first"))
        return self.show(course_id, request)

    def use(self, version_id: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Make the chosen version the one that answers."""
        who = person(request)
        if version_id:
            version = self.house.versions.promote(who, version_id)
            tell(say(who.language, "switched_on", name=version.name))
        return self.show(course_id, request)

    def switch_off(self, course_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        if course_id is not None:
            self.house.versions.switch_off(who, who.id, course_id)
            tell(say(who.language, "switched_off"))
        return self.show(course_id, request)

    def explain(self, version_id: str | None, course_id: str, request: gr.Request) -> Any:
        """Say which corrections trained the chosen version."""
        who = person(request)
        return self._details(who, self.house.feedback.corrections(who, course_id), version_id)

    def _details(self, who: Person, corrections: list[Correction], version_id: str | None) -> str:
        if version_id is None:
            return say(who.language, "no_versions")
        rows = set(self._trained_on(who, version_id))
        return view.trained_from([c for c in corrections if c.id in rows], who.language)

    def _trained_on(self, who: Person, version_id: str) -> list[str]:
        return self.house.versions.trained_on(who, version_id)

    def _progress(self, who: Person, course_id: str | None) -> Updates:
        line, timer, _ = self._watched(who, course_id)
        return line, timer

    def _watched(self, who: Person, course_id: str | None) -> tuple[str, gr.Timer, bool]:
        jobs = [job for job in self.house.jobs.recent(who) if job.kind == KIND and job.course_id == course_id]
        running = bool(jobs) and view.is_open(jobs[0])
        return view.jobs_list(jobs[:1], who.language), gr.Timer(active=running), running


def build(house: House, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Put the panel where we are; it is filled when its tab is opened."""
    mine = Mine(house)
    gr.Markdown(text("mine_what"))
    state = gr.Markdown(elem_id="tutor-state")
    with gr.Row():
        with gr.Column(min_width=300):
            corrections = gr.CheckboxGroup(label=text("my_corrections"), choices=[], elem_id="tutor-corrections")
            with gr.Row():
                train = gr.Button(text("train"), variant="primary", elem_id="tutor-train")
                withdraw = gr.Button(text("withdraw"), elem_id="tutor-withdraw")
            progress = gr.Markdown(elem_id="tutor-progress")
        with gr.Column(min_width=300):
            versions = gr.Radio(label=text("versions"), choices=[], elem_id="tutor-versions")
            details = gr.Markdown(elem_id="tutor-details")
            with gr.Row():
                use = gr.Button(text("use_version"), elem_id="tutor-use")
                off = gr.Button(text("switch_off"), elem_id="tutor-off")
    timer = gr.Timer(POLL_S, active=False)
    panel = [state, corrections, progress, timer, versions, details]
    gr.on([tab.select, course.change], handler(mine.show), course, panel, **QUIET)
    timer.tick(handler(mine.watch), course, panel, **QUIET)
    train.click(handler(mine.train), course, panel, **QUIET)
    withdraw.click(handler(mine.withdraw), [corrections, course], panel, **QUIET)
    use.click(handler(mine.use), [versions, course], panel, **QUIET)
    off.click(handler(mine.switch_off), course, panel, **QUIET)
    versions.input(handler(mine.explain), [versions, course], details, **QUIET)
