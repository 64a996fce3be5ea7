"""The tab of a course's skills: what the documents propose, what is accepted, what builds on what, and why.

What is removed or accepted can be undone as long as the page is open.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tutor.courses.skills import Proposed, Step
from tutor.domain import Person, Skill
from tutor.errors import InputRefused
from tutor.services import House
from tutor.ui import chat_view
from tutor.ui.error_boundary import QUIET, handler, person, spoken, tell, warn
from tutor.ui.gradio_i18n import text
from tutor.ui.words import say

Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Concepts:
    """The handlers. Each answers with the whole tab (`Parts.shown`), as it is stored."""

    house: House

    def show(self, course_id: str | None, skill_id: str | None, request: gr.Request) -> Updates:
        who = person(request)
        if course_id is None or not who.teaches:
            return gr.Radio(choices=[], value=None), *_nobody(), gr.CheckboxGroup(choices=[], value=[]), gr.skip()
        skills = self.house.syllabus.skills(who, course_id)
        proposed = self.house.syllabus.proposals(who, course_id)
        read = bool(self.house.shelf.documents(who, course_id))
        offered = _proposals(proposed, who.language, read=read), gr.Row(visible=bool(proposed))
        return (*self._accepted(who, skills, skill_id), *offered)

    def choose(self, course_id: str, skill_id: str | None, request: gr.Request) -> Updates:
        """Show one skill with what it builds on; the proposals stay as they are."""
        who = person(request)
        return (*self._accepted(who, self.house.syllabus.skills(who, course_id), skill_id), gr.skip(), gr.skip())

    def accept(self, course_id: str, concepts: list[str] | None, skill_id: str | None, request: gr.Request) -> Updates:
        """Make skills of the chosen; return (undo, what it undoes) and the tab, as `remove` does."""
        who = person(request)
        step = self.house.syllabus.accept(who, course_id, concepts or [])
        if not step.came:
            tell(say(who.language, "proposals_choose_first"))
            return gr.skip(), gr.skip(), *self.show(course_id, skill_id, request)
        tell(say(who.language, "proposals_accepted", count=len(step.came)))
        return gr.Button(visible=True), (course_id, step), *self.show(course_id, skill_id, request)

    def accept_all(self, course_id: str, skill_id: str | None, request: gr.Request) -> Updates:
        proposed = self.house.syllabus.proposals(person(request), course_id)
        return self.accept(course_id, [each.concept.id for each in proposed], skill_id, request)

    def add(self, course_id: str, name: str, request: gr.Request) -> Updates:
        who = person(request)
        skill = self.house.syllabus.add(who, course_id, name)
        tell(say(who.language, "skill_added", name=skill.name))
        return "", *self.show(course_id, skill.id, request)

    def rename(self, course_id: str, skill_id: str | None, name: str, request: gr.Request) -> Updates:
        if _chosen(skill_id, request):
            self.house.syllabus.rename(person(request), course_id, str(skill_id), name)
        return self.show(course_id, skill_id, request)

    def remove(self, course_id: str, skill_id: str | None, request: gr.Request) -> Updates:
        if not _chosen(skill_id, request):
            return gr.skip(), gr.skip(), *self.show(course_id, None, request)
        who = person(request)
        named = {skill.id: skill.name for skill in self.house.syllabus.skills(who, course_id)}
        step = self.house.syllabus.remove(who, course_id, str(skill_id))
        tell(say(who.language, "skill_removed", name=named[str(skill_id)]))
        return gr.Button(visible=True), (course_id, step), *self.show(course_id, None, request)

    def undo(self, done: tuple[str, Step] | None, request: gr.Request) -> Updates:
        """Take the last removal or acceptance back."""
        who = person(request)
        if done is None:
            return gr.Button(visible=False), None, *(gr.skip() for _ in range(7))
        course_id, step = done
        self.house.syllabus.undo(who, course_id, step)
        tell(say(who.language, "skills_undone"))
        return gr.Button(visible=False), None, *self.show(course_id, None, request)

    def build_on(self, course_id: str, skill_id: str | None, wanted: list[str] | None, request: gr.Request) -> Updates:
        """Store what a skill builds on; what cannot be is said, and the tab shows what stands."""
        who = person(request)
        skills = {skill.id: skill for skill in self.house.syllabus.skills(who, course_id)}
        if _chosen(skill_id, request) and (one := skills.get(str(skill_id))):
            try:
                for needs in set(one.needs).difference(wanted or ()):
                    self.house.syllabus.drop_need(who, course_id, one.id, needs)
                for needs in set(wanted or ()).difference(one.needs):
                    self.house.syllabus.need(who, course_id, one.id, needs)
            except InputRefused as refused:
                warn(spoken(refused, who.language))
        return self.show(course_id, skill_id, request)

    def _accepted(self, who: Person, skills: Sequence[Skill], skill_id: str | None) -> Updates:
        names = {skill.id: skill.name for skill in skills}
        lines = [(_line(skill, names, who.language), skill.id) for skill in skills]
        one = next((skill for skill in skills if skill.id == skill_id), None)
        info = say(who.language, "skill_chosen" if skills else "no_skills_yet")
        radio = gr.Radio(choices=lines, value=one.id if one else None, info=info)
        if one is None:
            return radio, *_nobody()
        others = [(chat_view.plain(skill.name), skill.id) for skill in skills if skill.id != one.id]
        return (
            radio,
            gr.Column(visible=True),
            one.name,
            gr.Dropdown(choices=others, value=list(one.needs)),
            grounds(one, names, who.language),
        )


def grounds(skill: Skill, names: Mapping[str, str], language: str) -> str:
    """Return what a skill builds on, and in whose words, as HTML; everything from documents is escaped."""
    why = {ground.needs: ground for ground in skill.grounds}
    rows = []
    for need in skill.needs:
        ground = why.get(need)
        kind = say(language, f"ground_{ground.kind}" if ground else "ground_")
        quote = f"<q>{html.escape(chat_view.plain(ground.quote, 300))}</q>" if ground and ground.quote else ""
        rows.append(f"<li><b>{html.escape(names.get(need, need))}</b> · {kind} {quote}</li>")
    return f"<ul>{''.join(rows)}</ul>" if rows else f"<p>{say(language, 'skill_no_needs')}</p>"


def _line(skill: Skill, names: Mapping[str, str], language: str) -> str:
    name, needs = chat_view.plain(skill.name), [names[need] for need in skill.needs if need in names]
    return say(language, "skill_line", name=name, needs=chat_view.plain(", ".join(needs), 120)) if needs else name


def _proposals(proposed: Sequence[Proposed], language: str, *, read: bool) -> gr.CheckboxGroup:
    """Return what is proposed; `read` is whether the course has documents at all."""
    choices = []
    for each in proposed:
        builds = say(language, "proposal_builds", needs=", ".join(each.builds_on)) if each.builds_on else ""
        parts = filter(None, (each.concept.name, builds, each.concept.evidence.text))
        choices.append((chat_view.plain(" · ".join(parts), 220), each.concept.id))
    none = say(language, "proposals_none" if read else "proposals_no_documents")
    return gr.CheckboxGroup(choices=choices, value=[], info=None if choices else none)


def _chosen(value: str | None, request: gr.Request) -> bool:
    if not value:
        tell(say(person(request).language, "skill_choose_first"))
    return bool(value)


def _nobody() -> Updates:
    return gr.Column(visible=False), "", gr.Dropdown(choices=[], value=[]), ""


def build(house: House, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Put the skills into their tab."""
    concepts = Concepts(house)
    gr.Markdown(text("concepts_about"))
    skills = gr.Radio(label=text("skills_of_course"), choices=[], elem_id="tutor-skills")
    undo, done = gr.Button(text("undo"), size="sm", visible=False, elem_id="tutor-skills-undo"), gr.State()
    with gr.Column(visible=False, elem_id="tutor-skill") as group:
        with gr.Row():
            name = gr.Textbox(
                label=text("skill_name"), max_length=80, scale=3, min_width=260, elem_id="tutor-skill-name"
            )
            rename = gr.Button(text("skill_rename"), size="sm", elem_id="tutor-skill-rename")
            remove = gr.Button(text("skill_remove"), size="sm", variant="stop", elem_id="tutor-skill-remove")
        needs = gr.Dropdown(label=text("skill_builds_on"), choices=[], multiselect=True, elem_id="tutor-skill-needs")
        why = gr.HTML(elem_id="tutor-grounds")
    with gr.Row():
        new = gr.Textbox(label=text("skill_new"), max_length=80, scale=3, min_width=260, elem_id="tutor-skill-new")
        add = gr.Button(text("skill_add"), size="sm", elem_id="tutor-skill-add")
    proposals = gr.CheckboxGroup(label=text("proposals"), choices=[], elem_id="tutor-proposals")
    with gr.Row(visible=False) as offer:
        accept = gr.Button(text("proposals_accept"), variant="primary", size="sm", elem_id="tutor-accept-chosen")
        accept_all = gr.Button(text("proposals_all"), size="sm", elem_id="tutor-accept-all")
    shown = [skills, group, name, needs, why, proposals, offer]
    undoable = [undo, done, *shown]
    kept = QUIET | {"preprocess": True}  # a State comes from the server's memory
    gr.on([tab.select, course.input], handler(concepts.show), [course, skills], shown, **QUIET)
    skills.input(handler(concepts.choose), [course, skills], shown, **QUIET)
    gr.on([rename.click, name.submit], handler(concepts.rename), [course, skills, name], shown, **QUIET)
    needs.input(handler(concepts.build_on), [course, skills, needs], shown, **QUIET)
    gr.on([add.click, new.submit], handler(concepts.add), [course, new], [new, *shown], **QUIET)
    remove.click(handler(concepts.remove), [course, skills], undoable, **QUIET)
    accept.click(handler(concepts.accept), [course, proposals, skills], undoable, **QUIET)
    accept_all.click(handler(concepts.accept_all), [course, skills], undoable, **QUIET)
    undo.click(handler(concepts.undo), done, undoable, **kept)
    course.change(lambda: (gr.Button(visible=False), None), None, [undo, done], **QUIET)
