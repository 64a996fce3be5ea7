"""Progress: the learner's tab with what she knows, what comes next, and what the tutor knows about her."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from tutor.domain import Person
from tutor.learner.overview import Overview
from tutor.progress.profile import CHOICES, FREE, MAX_CHARS
from tutor.services import House
from tutor.ui import progress_html
from tutor.ui.error_boundary import QUIET, handler, person, tell
from tutor.ui.gradio_i18n import text
from tutor.ui.words import say

Updates = tuple[Any, ...]
Start = Callable[[Person, str, str], None]  # begins practice on a skill, by its name
IN_ANOTHER_LANGUAGE = "(chosen) => { if (chosen && !navigator.language.startsWith(chosen)) location.reload(); }"


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """The handlers; `show` gives the whole tab."""

    house: House
    start_practice: Start | None = None

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return (next, others, start, place, reading, rest, links) and the profile."""
        who = person(request)
        if course_id is None:
            return say(who.language, "no_courses"), *(gr.skip() for _ in range(15))
        seen = self.house.progress.of(who, course_id)
        names = self._names(who, course_id)
        choices = self._choices(seen, names, who.language)
        return (
            progress_html.next_card(seen, names, who.language),
            gr.Radio(choices=choices, value=choices[0][1] if choices else None, visible=len(choices) > 1),
            gr.Button(visible=bool(choices) and self.start_practice is not None),
            gr.Button(visible=bool(seen.skills) and not seen.total.answers),
            self._reading(who, course_id, seen, seen.recommended.skill, names),
            progress_html.whole(seen, names, who.language),
            progress_html.links(course_id, who.language),
            *self._profile(who, course_id, seen),
        )

    def choose(self, skill: str | None, course_id: str | None, request: gr.Request) -> str:
        """Show what there is to read about a skill that she has chosen."""
        who = person(request)
        if course_id is None or skill is None:
            return ""
        return self._reading(who, course_id, self.house.progress.of(who, course_id), skill, self._names(who, course_id))

    def start(self, skill: str | None, course_id: str | None, request: gr.Request) -> Any:
        """Begin practice on the chosen skill and turn to it."""
        who = person(request)
        names = self._names(who, course_id) if course_id else {}
        if course_id is None or skill not in names or self.start_practice is None:
            tell(say(who.language, "choose_first"))
            return gr.skip()
        self.start_practice(who, course_id, names[skill])
        tell(say(who.language, "next_begun", skill=names[skill]))
        return gr.Tabs(selected="practice")

    def place(self, course_id: str | None, request: gr.Request) -> Any:
        """Begin the placement and turn to it."""
        who = person(request)
        if course_id is None:
            return gr.skip()
        self.house.practice.place(who, course_id)
        return gr.Tabs(selected="practice")

    def save(
        self,
        language: str,
        level: str,
        pace: str,
        goals: str,
        interests: str,
        told: bool,
        course_id: str | None,
        request: gr.Request,
    ) -> Updates:
        """Store what she says of herself."""
        who = person(request)
        if course_id is not None:
            said = {"level": level, "pace": pace, "goals": goals, "interests": interests}
            self.house.profiles.say(who, course_id, said)
            self.house.profiles.tell_the_model(who, course_id, yes=told)
            if language != who.language:
                self.house.accounts.set_language(who, language)
                who = replace(who, language=language)
            tell(say(language, "profile_saved"))
        return self._profile(who, course_id, None)

    def drop(self, key: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Delete a statement about her; return (undo, what it undoes) and the profile."""
        who = person(request)
        if key is None or course_id is None:
            tell(say(who.language, "choose_first"))
            return gr.skip(), gr.skip(), *self._profile(who, course_id, None)
        self.house.profiles.drop(who, course_id, key)
        tell(say(who.language, "says_deleted"))
        return gr.Button(visible=True), (course_id, key), *self._profile(who, course_id, None)

    def restore(self, dropped: tuple[str, str] | None, request: gr.Request) -> Updates:
        """Undo the last deletion of a statement."""
        who = person(request)
        if dropped is None:
            return gr.Button(visible=False), None, *self._profile(who, None, None)
        self.house.profiles.restore(who, *dropped)
        return gr.Button(visible=False), None, *self._profile(who, dropped[0], None)

    def ask_erasure(self, course_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        count = self.house.progress.of(who, course_id).total.answers if course_id else 0
        return gr.Group(visible=True), say(who.language, "erase_sure", answers=count)

    def erase(self, course_id: str | None, request: gr.Request) -> Updates:
        """Delete the profile and all evidence under it."""
        who = person(request)
        if course_id is not None:
            gone = self.house.profiles.delete(who, course_id)
            tell(say(who.language, "erased", answers=gone))
        return gr.Group(visible=False), *self.show(course_id, request)

    def _choices(self, seen: Overview, names: progress_html.Names, language: str) -> list[tuple[str, str]]:
        """One line a skill, with its reason; to stop is no choice that needs a button."""
        found: dict[str, str] = {}
        for choice in (seen.recommended, *seen.others):
            if choice.skill is not None:
                found.setdefault(choice.skill, progress_html.reason(choice, names, language))
        return [(f"{names[skill]} — {why}", skill) for skill, why in found.items()]

    def _reading(
        self, who: Person, course_id: str, seen: Overview, skill: str | None, names: progress_html.Names
    ) -> str:
        if skill is None:
            return ""
        known = next((line.known for line in seen.skills if line.skill == skill), 0.0)
        resources = self.house.reading.about(who, course_id, names[skill], known)
        return progress_html.reading_card(resources, names[skill], who.language)

    def _profile(self, who: Person, course_id: str | None, seen: Overview | None) -> Updates:
        """Return (language, level, pace, goals, interests, told, statements, drop, block)."""
        if course_id is None:
            return tuple(gr.skip() for _ in range(9))
        profile = self.house.profiles.of(who, course_id, seen)
        said, language = profile.said, who.language
        today = self.house.office.clock().date()
        statements = progress_html.statement_choices(profile.statements, profile.names, today, language)
        small = self.house.turns.briefing.small
        return (
            gr.Radio(value=language),
            *(gr.Radio(choices=_spoken(field, language), value=said.said.get(field, "")) for field in CHOICES),
            *(said.said.get(field, "") for field in FREE),
            said.in_prompt,
            gr.Radio(choices=statements, value=None, info=None if statements else say(language, "says_none")),
            gr.Button(visible=bool(statements)),
            progress_html.block(profile.block, language, small_model=small),
        )

    def _names(self, who: Person, course_id: str) -> dict[str, str]:
        return {skill.id: skill.name for skill in self.house.courses.skills(who, course_id)}


def _spoken(field: str, language: str) -> list[tuple[str, str]]:
    spoken = [(say(language, f"{field}_{value}"), value) for value in CHOICES[field]]
    return [(say(language, "unsaid"), ""), *spoken]


@dataclass(frozen=True, slots=True)
class Form:
    """The components of the profile; `fields` are in the order of `ProgressPage.save`."""

    fields: list[Any]
    statements: gr.Radio
    block: gr.HTML
    save: gr.Button
    drop: gr.Button
    undo: gr.Button

    @property
    def outputs(self) -> list[Any]:
        return [*self.fields, self.statements, self.drop, self.block]


def build(house: House, tab: gr.Tab, course: gr.Dropdown, tabs: gr.Tabs, start: Start | None) -> None:
    """Put the tab where we are; it is filled when it is opened."""
    page = ProgressPage(house, start)
    first = gr.HTML(elem_id="tutor-next")
    others = gr.Radio(label=text("next_otherwise"), choices=[], visible=False, elem_id="tutor-others")
    begin = gr.Button(text("next_start"), variant="primary", visible=False, elem_id="tutor-begin")
    place = gr.Button(text("placement_start"), visible=False, elem_id="tutor-place")
    reading, rest, links = gr.HTML(elem_id="tutor-reading"), gr.HTML(elem_id="tutor-known"), gr.HTML()
    form = _form()
    erase, sure, question, yes, keep = _erasing()
    shown = [first, others, begin, place, reading, rest, links, *form.outputs]
    gr.on([tab.select, course.change], handler(page.show), course, shown, **QUIET)
    others.input(handler(page.choose), [others, course], reading, **QUIET)
    begin.click(handler(page.start), [others, course], tabs, **QUIET)
    place.click(handler(page.place), course, tabs, **QUIET)
    saved = form.save.click(handler(page.save), [*form.fields, course], form.outputs, **QUIET)
    saved.success(None, form.fields[0], None, js=IN_ANOTHER_LANGUAGE)
    dropped = gr.State()
    undoable, kept = [form.undo, dropped, *form.outputs], QUIET | {"preprocess": True}  # a State stays on the server
    form.drop.click(handler(page.drop), [form.statements, course], undoable, **QUIET)
    form.undo.click(handler(page.restore), dropped, undoable, **kept)
    course.change(lambda: (gr.Button(visible=False), None), None, [form.undo, dropped], **QUIET)
    erase.click(handler(page.ask_erasure), course, [sure, question], **QUIET)
    keep.click(lambda: gr.Group(visible=False), None, sure, **QUIET)
    yes.click(handler(page.erase), course, [sure, *shown], **QUIET)


def _form() -> Form:
    with gr.Accordion(text("profile"), open=False, elem_id="tutor-profile"):
        gr.Markdown(text("profile_lead"))
        with gr.Row():
            with gr.Column(min_width=280):
                language = gr.Radio(label=text("profile_language"), choices=[("English", "en"), ("中文", "zh")])
                level = gr.Radio(label=text("profile_level"), choices=[], elem_id="tutor-level")
                pace = gr.Radio(label=text("profile_pace"), choices=[])
                goals = gr.Textbox(label=text("profile_goals"), max_length=MAX_CHARS, elem_id="tutor-goals")
                interests = gr.Textbox(label=text("profile_interests"), max_length=MAX_CHARS)
                told = gr.Checkbox(label=text("block_tell"), elem_id="tutor-told")
                save = gr.Button(text("profile_save"), size="sm", variant="primary", elem_id="tutor-profile-save")
            with gr.Column(min_width=280):
                statements = gr.Radio(label=text("says_title"), choices=[], elem_id="tutor-says")
                with gr.Row():
                    drop = gr.Button(text("says_delete"), size="sm", elem_id="tutor-says-drop")
                    undo = gr.Button(text("undo"), size="sm", visible=False, elem_id="tutor-says-undo")
                block = gr.HTML(elem_id="tutor-block")
    return Form([language, level, pace, goals, interests, told], statements, block, save, drop, undo)


def _erasing() -> tuple[gr.Button, gr.Group, gr.Markdown, gr.Button, gr.Button]:
    erase = gr.Button(text("erase"), size="sm", elem_id="tutor-erase")
    with gr.Group(visible=False) as sure:
        question = gr.Markdown()
        with gr.Row():
            yes = gr.Button(text("erase_yes"), variant="stop", size="sm", elem_id="tutor-erase-yes")
            keep = gr.Button(text("keep"), size="sm")
    return erase, sure, question, yes, keep
