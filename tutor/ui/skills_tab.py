"""The instructor's skills tab: proposals from the documents, accepted skills, and what each builds on.

A removal or an acceptance can be undone as long as the page is open.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import gradio as gr

from tutor.courses.skills import ProposedSkill, SkillChange
from tutor.domain import Person, Skill
from tutor.errors import InputRefused
from tutor.locales import t
from tutor.locales.formatting import join_list
from tutor.services import Services
from tutor.ui import text_format
from tutor.ui.error_boundary import (
    EVENT_OPTIONS,
    READ_EVENT_OPTIONS,
    STATE_EVENT_OPTIONS,
    Updates,
    current_person,
    error_message,
    handle_errors,
    show_info,
    show_warning,
)
from tutor.ui.gradio_i18n import i18n


@dataclass(frozen=True, slots=True)
class SkillHandlers:
    """The handlers; each returns the whole tab."""

    services: Services

    def show(self, course_id: str | None, skill_id: str | None, request: gr.Request) -> Updates:
        actor = current_person(request)
        if course_id is None or not actor.is_staff:
            return (
                gr.Radio(choices=[], value=None),
                *_hidden_skill_form(),
                gr.CheckboxGroup(choices=[], value=[]),
                gr.skip(),
            )
        skills = self.services.skills.skills(actor, course_id)
        proposed = self.services.skills.proposed_skills(actor, course_id)
        has_documents = bool(self.services.documents.documents(actor, course_id))
        proposals = (
            _render_proposals(proposed, actor.language, has_documents=has_documents),
            gr.Row(visible=bool(proposed)),
        )
        return (*self._render_skills(actor, skills, skill_id), *proposals)

    def select_skill(self, course_id: str, skill_id: str | None, request: gr.Request) -> Updates:
        """Show one skill with what it builds on; the proposals stay unchanged."""
        actor = current_person(request)
        return (
            *self._render_skills(actor, self.services.skills.skills(actor, course_id), skill_id),
            gr.skip(),
            gr.skip(),
        )

    def accept_proposals(
        self, course_id: str, concepts: list[str] | None, skill_id: str | None, request: gr.Request
    ) -> Updates:
        """Accept the selected proposals; return (undo button, its change) and the tab, as `remove_skill` does."""
        actor = current_person(request)
        step = self.services.skills.accept_proposals(actor, course_id, concepts or [])
        if not step.added_ids:
            show_info(t(actor.language, "proposals_choose_first"))
            return gr.skip(), gr.skip(), *self.show(course_id, skill_id, request)
        show_info(t(actor.language, "proposals_accepted", count=len(step.added_ids)))
        return gr.Button(visible=True), (course_id, step), *self.show(course_id, skill_id, request)

    def accept_all_proposals(self, course_id: str, skill_id: str | None, request: gr.Request) -> Updates:
        proposed = self.services.skills.proposed_skills(current_person(request), course_id)
        return self.accept_proposals(course_id, [each.concept.id for each in proposed], skill_id, request)

    def add_skill(self, course_id: str, name: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        skill = self.services.skills.add(actor, course_id, name)
        show_info(t(actor.language, "skill_added", name=skill.name))
        return "", *self.show(course_id, skill.id, request)

    def rename_skill(self, course_id: str, skill_id: str | None, name: str, request: gr.Request) -> Updates:
        if _has_selection(skill_id, request):
            self.services.skills.rename(current_person(request), course_id, str(skill_id), name)
        return self.show(course_id, skill_id, request)

    def remove_skill(self, course_id: str, skill_id: str | None, request: gr.Request) -> Updates:
        if not _has_selection(skill_id, request):
            return gr.skip(), gr.skip(), *self.show(course_id, None, request)
        actor = current_person(request)
        names = {skill.id: skill.name for skill in self.services.skills.skills(actor, course_id)}
        step = self.services.skills.remove(actor, course_id, str(skill_id))
        show_info(t(actor.language, "skill_removed", name=names[str(skill_id)]))
        return gr.Button(visible=True), (course_id, step), *self.show(course_id, None, request)

    def undo(self, undo_token: tuple[str, SkillChange] | None, request: gr.Request) -> Updates:
        """Undo the last removal or acceptance."""
        actor = current_person(request)
        if undo_token is None:
            return gr.Button(visible=False), None, *(gr.skip() for _ in range(7))
        course_id, step = undo_token
        self.services.skills.undo(actor, course_id, step)
        show_info(t(actor.language, "skills_undone"))
        return gr.Button(visible=False), None, *self.show(course_id, None, request)

    def set_prerequisites(
        self, course_id: str, skill_id: str | None, selected: list[str] | None, request: gr.Request
    ) -> Updates:
        """Store what a skill builds on; a prerequisite that is refused is reported."""
        actor = current_person(request)
        skills = {skill.id: skill for skill in self.services.skills.skills(actor, course_id)}
        if _has_selection(skill_id, request) and (current := skills.get(str(skill_id))):
            try:
                for needs in set(current.prerequisites).difference(selected or ()):
                    self.services.skills.remove_prerequisite(actor, course_id, current.id, needs)
                for needs in set(selected or ()).difference(current.prerequisites):
                    self.services.skills.add_prerequisite(actor, course_id, current.id, needs)
            except InputRefused as error:
                show_warning(error_message(error, actor.language))
        return self.show(course_id, skill_id, request)

    def _render_skills(self, actor: Person, skills: Sequence[Skill], skill_id: str | None) -> Updates:
        names = {skill.id: skill.name for skill in skills}
        lines = [(_format_skill(skill, names, actor.language), skill.id) for skill in skills]
        selected = next((skill for skill in skills if skill.id == skill_id), None)
        info = t(actor.language, "skill_chosen" if skills else "no_skills_yet")
        radio = gr.Radio(choices=lines, value=selected.id if selected else None, info=info)
        if selected is None:
            return radio, *_hidden_skill_form()
        others = [(text_format.to_plain_line(skill.name), skill.id) for skill in skills if skill.id != selected.id]
        return (
            radio,
            gr.Column(visible=True),
            selected.name,
            gr.Dropdown(choices=others, value=list(selected.prerequisites)),
            render_prerequisites(selected, names, actor.language),
        )


def render_prerequisites(skill: Skill, names: Mapping[str, str], language: str) -> str:
    """Return what a skill builds on, and why, as HTML; everything from documents is escaped."""
    reasons = {reason.needs: reason for reason in skill.prerequisite_reasons}
    rows = []
    for need in skill.prerequisites:
        reason = reasons.get(need)
        kind = t(language, f"prerequisite_reason_{reason.kind}" if reason else "prerequisite_reason_")
        quote = f"<q>{html.escape(text_format.to_plain_line(reason.quote, 300))}</q>" if reason and reason.quote else ""
        rows.append(f"<li><b>{html.escape(names.get(need, need))}</b> · {kind} {quote}</li>")
    return f"<ul>{''.join(rows)}</ul>" if rows else f"<p>{t(language, 'skill_no_needs')}</p>"


def _format_skill(skill: Skill, names: Mapping[str, str], language: str) -> str:
    name, needs = text_format.to_plain_line(skill.name), [names[need] for need in skill.prerequisites if need in names]
    return (
        t(language, "skill_line", name=name, needs=text_format.to_plain_line(join_list(language, needs), 120))
        if needs
        else name
    )


def _render_proposals(proposed: Sequence[ProposedSkill], language: str, *, has_documents: bool) -> gr.CheckboxGroup:
    """Return the proposed skills."""
    choices = []
    for each in proposed:
        builds = (
            t(language, "proposal_builds", needs=join_list(language, each.prerequisites)) if each.prerequisites else ""
        )
        parts = filter(None, (each.concept.name, builds, each.concept.evidence.text))
        choices.append((text_format.to_plain_line(" · ".join(parts), 220), each.concept.id))
    none = t(language, "proposals_none" if has_documents else "proposals_no_documents")
    return gr.CheckboxGroup(choices=choices, value=[], info=None if choices else none)


def _has_selection(value: str | None, request: gr.Request) -> bool:
    if not value:
        show_info(t(current_person(request).language, "skill_choose_first"))
    return bool(value)


def _hidden_skill_form() -> Updates:
    return gr.Column(visible=False), "", gr.Dropdown(choices=[], value=[]), ""


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Add the tab's content; it is filled when the tab is opened."""
    handlers = SkillHandlers(services)
    gr.Markdown(i18n("skills_about"))
    skills = gr.Radio(label=i18n("skills_of_course"), choices=[], elem_id="tutor-skills")
    undo, undo_token = gr.Button(i18n("undo"), size="sm", visible=False, elem_id="tutor-skills-undo"), gr.State()
    with gr.Column(visible=False, elem_id="tutor-skill") as group:
        with gr.Row():
            name = gr.Textbox(
                label=i18n("skill_name"), max_length=80, scale=3, min_width=260, elem_id="tutor-skill-name"
            )
            rename = gr.Button(i18n("skill_rename"), size="sm", elem_id="tutor-skill-rename")
            remove = gr.Button(i18n("skill_remove"), size="sm", variant="stop", elem_id="tutor-skill-remove")
        needs = gr.Dropdown(label=i18n("skill_builds_on"), choices=[], multiselect=True, elem_id="tutor-skill-needs")
        reasons = gr.HTML(elem_id="tutor-prerequisites")
    with gr.Row():
        new = gr.Textbox(label=i18n("skill_new"), max_length=80, scale=3, min_width=260, elem_id="tutor-skill-new")
        add = gr.Button(i18n("skill_add"), size="sm", elem_id="tutor-skill-add")
    proposals = gr.CheckboxGroup(label=i18n("proposals"), choices=[], elem_id="tutor-proposals")
    with gr.Row(visible=False) as proposal_buttons:
        accept = gr.Button(i18n("proposals_accept"), variant="primary", size="sm", elem_id="tutor-accept-chosen")
        accept_all = gr.Button(i18n("proposals_all"), size="sm", elem_id="tutor-accept-all")
    shown = [skills, group, name, needs, reasons, proposals, proposal_buttons]
    undoable = [undo, undo_token, *shown]
    gr.on([tab.select, course.input], handle_errors(handlers.show), [course, skills], shown, **READ_EVENT_OPTIONS)
    skills.input(handle_errors(handlers.select_skill), [course, skills], shown, **EVENT_OPTIONS)
    gr.on(
        [rename.click, name.submit],
        handle_errors(handlers.rename_skill),
        [course, skills, name],
        shown,
        **EVENT_OPTIONS,
    )
    needs.input(handle_errors(handlers.set_prerequisites), [course, skills, needs], shown, **EVENT_OPTIONS)
    gr.on([add.click, new.submit], handle_errors(handlers.add_skill), [course, new], [new, *shown], **EVENT_OPTIONS)
    remove.click(handle_errors(handlers.remove_skill), [course, skills], undoable, **EVENT_OPTIONS)
    accept.click(handle_errors(handlers.accept_proposals), [course, proposals, skills], undoable, **EVENT_OPTIONS)
    accept_all.click(handle_errors(handlers.accept_all_proposals), [course, skills], undoable, **EVENT_OPTIONS)
    undo.click(handle_errors(handlers.undo), undo_token, undoable, **STATE_EVENT_OPTIONS)
    course.change(lambda: (gr.Button(visible=False), None), None, [undo, undo_token], **READ_EVENT_OPTIONS)
