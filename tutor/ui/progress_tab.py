"""The learner's progress tab: what they know, what comes next, and what the tutor knows about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from tutor.domain import Person
from tutor.engine.size_class import Ability
from tutor.learner.overview import LearnerOverview
from tutor.locales import page_languages, t
from tutor.progress import recommendation_text
from tutor.progress.profile import CHOICE_FIELDS, FREE_TEXT_FIELDS, MAX_CHARS
from tutor.services import Services
from tutor.ui import account_panel, progress_html
from tutor.ui.access_log_html import render_own_log
from tutor.ui.confirmation import build_confirmation
from tutor.ui.error_boundary import (
    EVENT_OPTIONS,
    READ_EVENT_OPTIONS,
    STATE_EVENT_OPTIONS,
    Updates,
    current_person,
    handle_errors,
    show_info,
)
from tutor.ui.gradio_i18n import i18n
from tutor.ui.skill_map import render_skill_map

PracticeStarter = Callable[[Person, str, str], None]  # starts practice on a skill by its name
RELOAD_ON_LANGUAGE_CHANGE_JS = (
    "(chosen) => { if (chosen && !navigator.language.startsWith(chosen)) location.reload(); }"
)


@dataclass(frozen=True, slots=True)
class ProgressHandlers:
    """The handlers; `show` returns the whole tab."""

    services: Services
    start_practice: PracticeStarter | None = None

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return (next step, alternatives, start, placement, reading, map, progress, links, log), and the profile."""
        actor = current_person(request)
        if course_id is None:
            return t(actor.language, "no_courses"), *(gr.skip() for _ in range(17))
        overview = self.services.progress.own_overview(actor, course_id)
        skills = self.services.courses.skills(actor, course_id)
        names = {skill.id: skill.name for skill in skills}
        choices = self._recommendation_choices(overview, names, actor.language)
        return (
            progress_html.render_recommendation(overview, names, actor.language),
            gr.Radio(choices=choices, value=choices[0][1] if choices else None, visible=len(choices) > 1),
            gr.Button(visible=bool(choices) and self.start_practice is not None),
            gr.Button(visible=bool(overview.skills) and not overview.total.answers),
            self._render_reading(actor, course_id, overview, overview.recommendation.skill, names),
            render_skill_map(overview, skills, actor.language),
            progress_html.render_standing(skills, actor.language)
            + progress_html.render_progress(overview, names, actor.language),
            progress_html.render_export_links(course_id, actor.language),
            render_own_log(self.services.access_log.about_oneself(actor, course_id), actor.language),
            *self._render_profile(actor, course_id, overview),
        )

    def show_reading(self, skill: str | None, course_id: str | None, request: gr.Request) -> str:
        """Return what to read about the selected skill."""
        actor = current_person(request)
        if course_id is None or skill is None:
            return ""
        return self._render_reading(
            actor,
            course_id,
            self.services.progress.own_overview(actor, course_id),
            skill,
            self._skill_names(actor, course_id),
        )

    def practise_skill(self, skill: str | None, course_id: str | None, request: gr.Request) -> Any:
        """Start practice on the selected skill and open its tab."""
        actor = current_person(request)
        names = self._skill_names(actor, course_id) if course_id else {}
        if course_id is None or skill not in names or self.start_practice is None:
            show_info(t(actor.language, "choose_first"))
            return gr.skip()
        self.start_practice(actor, course_id, names[skill])
        show_info(t(actor.language, "next_begun", skill=names[skill]))
        return gr.Tabs(selected="practice")

    def start_placement(self, course_id: str | None, request: gr.Request) -> Any:
        """Start the placement and open its tab."""
        actor = current_person(request)
        if course_id is None:
            return gr.skip()
        self.services.quiz_sessions.start_placement(actor, course_id)
        return gr.Tabs(selected="practice")

    def save_profile(
        self,
        language: str,
        level: str,
        pace: str,
        goals: str,
        interests: str,
        share_with_model: bool,
        course_id: str | None,
        request: gr.Request,
    ) -> Updates:
        """Store what the learner states about themselves."""
        actor = current_person(request)
        if course_id is not None:
            changes = {"level": level, "pace": pace, "goals": goals, "interests": interests}
            self.services.profiles.update(actor, course_id, changes)
            self.services.profiles.set_in_prompt(actor, course_id, enabled=share_with_model)
            if language != actor.language:
                self.services.accounts.set_language(actor, language)
                actor = replace(actor, language=language)
            show_info(t(language, "profile_saved"))
        return self._render_profile(actor, course_id, None)

    def delete_statement(self, key: str | None, course_id: str | None, request: gr.Request) -> Updates:
        """Delete a statement about the learner; return (undo button, what it restores) and the profile."""
        actor = current_person(request)
        if key is None or course_id is None:
            show_info(t(actor.language, "choose_first"))
            return gr.skip(), gr.skip(), *self._render_profile(actor, course_id, None)
        self.services.profiles.delete_statement(actor, course_id, key)
        show_info(t(actor.language, "statement_deleted"))
        return gr.Button(visible=True), (course_id, key), *self._render_profile(actor, course_id, None)

    def restore_statement(self, deleted: tuple[str, str] | None, request: gr.Request) -> Updates:
        """Undo the last deletion of a statement."""
        actor = current_person(request)
        if deleted is None:
            return gr.Button(visible=False), None, *self._render_profile(actor, None, None)
        self.services.profiles.restore_statement(actor, *deleted)
        return gr.Button(visible=False), None, *self._render_profile(actor, deleted[0], None)

    def confirm_erasure(self, course_id: str | None, request: gr.Request) -> Updates:
        actor = current_person(request)
        count = self.services.progress.own_overview(actor, course_id).total.answers if course_id else 0
        return gr.Group(visible=True), t(actor.language, "erase_sure", answers=count)

    def erase_profile(self, course_id: str | None, request: gr.Request) -> Updates:
        """Delete the profile and all recorded answers."""
        actor = current_person(request)
        if course_id is not None:
            deleted = self.services.profiles.delete_profile(actor, course_id)
            show_info(t(actor.language, "erased", answers=deleted))
        return gr.Group(visible=False), *self.show(course_id, request)

    def _recommendation_choices(
        self, overview: LearnerOverview, names: progress_html.NamesById, language: str
    ) -> list[tuple[str, str]]:
        """Return one line per skill, with its reason; a recommendation to stop has no skill."""
        found: dict[str, str] = {}
        for choice in (overview.recommendation, *overview.alternatives):
            if choice.skill is not None:
                found.setdefault(choice.skill, recommendation_text.short_reason(choice, names, language))
        return [(f"{names[skill]} — {why}", skill) for skill, why in found.items()]

    def _render_reading(
        self,
        actor: Person,
        course_id: str,
        overview: LearnerOverview,
        skill: str | None,
        names: progress_html.NamesById,
    ) -> str:
        if skill is None:
            return ""
        mastery = next((line.known_now for line in overview.skills if line.skill == skill), 0.0)
        resources = self.services.recommended_reading.recommend(actor, course_id, names[skill], mastery)
        return progress_html.render_reading(resources, names[skill], actor.language)

    def _render_profile(self, actor: Person, course_id: str | None, overview: LearnerOverview | None) -> Updates:
        """Return (language, level, pace, goals, interests, share, statements, delete, prompt block)."""
        if course_id is None:
            return tuple(gr.skip() for _ in range(9))
        profile = self.services.profiles.own_profile(actor, course_id, overview)
        said, language = profile.stored, actor.language
        today = self.services.clock().date()
        statements = progress_html.statement_choices(profile.statements, profile.skill_names, today, language)
        is_told = self.services.chat.prompt_builder.model_may(Ability.KNOW_THE_LEARNER)
        return (
            gr.Radio(value=language),
            *(
                gr.Radio(choices=_field_choices(field, language), value=said.self_reported.get(field, ""))
                for field in CHOICE_FIELDS
            ),
            *(said.self_reported.get(field, "") for field in FREE_TEXT_FIELDS),
            said.in_prompt,
            gr.Radio(choices=statements, value=None, info=None if statements else t(language, "statements_none")),
            gr.Button(visible=bool(statements)),
            progress_html.render_prompt_block(profile.prompt_block, language, model_is_told=is_told),
        )

    def _skill_names(self, actor: Person, course_id: str) -> dict[str, str]:
        return {skill.id: skill.name for skill in self.services.courses.skills(actor, course_id)}


def _field_choices(field: str, language: str) -> list[tuple[str, str]]:
    choices = [(t(language, f"{field}_{value}"), value) for value in CHOICE_FIELDS[field]]
    return [(t(language, "not_stated"), ""), *choices]


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """The components of the profile; `fields` are in the order of `ProgressHandlers.save_profile`."""

    fields: list[Any]
    statements: gr.Radio
    block: gr.HTML
    save: gr.Button
    delete: gr.Button
    undo: gr.Button

    @property
    def outputs(self) -> list[Any]:
        return [*self.fields, self.statements, self.delete, self.block]


def build(services: Services, tab: gr.Tab, course: gr.Dropdown, tabs: gr.Tabs, start: PracticeStarter | None) -> None:
    """Add the tab's content; it is filled when the tab is opened."""
    handlers = ProgressHandlers(services, start)
    with gr.Row(elem_id="tutor-next-row"):
        with gr.Column(elem_id="tutor-map-column", min_width=280):
            skill_map = gr.HTML(elem_id="tutor-map", padding=False)
        with gr.Column(elem_id="tutor-next-column", min_width=280):
            recommendation = gr.HTML(elem_id="tutor-next", padding=False)
            alternatives = gr.Radio(
                label=i18n("next_otherwise"), choices=[], visible=False, elem_id="tutor-alternatives"
            )
            with gr.Row(elem_classes="tutor-buttons"):
                start_button = gr.Button(
                    i18n("next_start"), variant="primary", visible=False, elem_id="tutor-practise-skill"
                )
                placement_button = gr.Button(i18n("placement_start"), visible=False, elem_id="tutor-placement-start")
            reading = gr.HTML(elem_id="tutor-reading", padding=False)
    progress = gr.HTML(elem_id="tutor-mastery", padding=False)
    links, looked = gr.HTML(), gr.HTML(elem_id="tutor-looked", padding=False)
    form = _build_profile_form()
    erase = gr.Button(i18n("erase"), size="sm", elem_id="tutor-erase")
    confirmation = build_confirmation("erase_yes", "tutor-erase-yes")
    account_panel.build()
    shown = [recommendation, alternatives, start_button, placement_button, reading, skill_map, progress, links, looked]
    shown += [*form.outputs]
    gr.on([tab.select, course.change], handle_errors(handlers.show), course, shown, **READ_EVENT_OPTIONS)
    alternatives.input(handle_errors(handlers.show_reading), [alternatives, course], reading, **EVENT_OPTIONS)
    start_button.click(handle_errors(handlers.practise_skill), [alternatives, course], tabs, **EVENT_OPTIONS)
    placement_button.click(handle_errors(handlers.start_placement), course, tabs, **EVENT_OPTIONS)
    saved = form.save.click(handle_errors(handlers.save_profile), [*form.fields, course], form.outputs, **EVENT_OPTIONS)
    saved.success(None, form.fields[0], None, js=RELOAD_ON_LANGUAGE_CHANGE_JS)
    deleted = gr.State()
    undoable = [form.undo, deleted, *form.outputs]
    form.delete.click(handle_errors(handlers.delete_statement), [form.statements, course], undoable, **EVENT_OPTIONS)
    form.undo.click(handle_errors(handlers.restore_statement), deleted, undoable, **STATE_EVENT_OPTIONS)
    course.change(lambda: (gr.Button(visible=False), None), None, [form.undo, deleted], **READ_EVENT_OPTIONS)
    erase.click(handle_errors(handlers.confirm_erasure), course, confirmation.outputs, **EVENT_OPTIONS)
    confirmation.confirm.click(
        handle_errors(handlers.erase_profile), course, [confirmation.group, *shown], **EVENT_OPTIONS
    )


def _build_profile_form() -> ProfileForm:
    with gr.Accordion(i18n("profile"), open=False, elem_id="tutor-profile"):
        gr.Markdown(i18n("profile_lead"))
        with gr.Row():
            with gr.Column(min_width=280):
                language = gr.Radio(label=i18n("profile_language"), choices=page_languages())
                level = gr.Radio(label=i18n("profile_level"), choices=[], elem_id="tutor-level")
                pace = gr.Radio(label=i18n("profile_pace"), choices=[])
                goals = gr.Textbox(label=i18n("profile_goals"), max_length=MAX_CHARS, elem_id="tutor-goals")
                interests = gr.Textbox(label=i18n("profile_interests"), max_length=MAX_CHARS)
                share_with_model = gr.Checkbox(label=i18n("prompt_block_share"), elem_id="tutor-share-profile")
                save = gr.Button(i18n("profile_save"), size="sm", variant="primary", elem_id="tutor-profile-save")
            with gr.Column(min_width=280):
                statements = gr.Radio(label=i18n("statements_title"), choices=[], elem_id="tutor-statements")
                with gr.Row():
                    delete = gr.Button(i18n("statement_delete"), size="sm", elem_id="tutor-statement-delete")
                    undo = gr.Button(i18n("undo"), size="sm", visible=False, elem_id="tutor-statement-undo")
                block = gr.HTML(elem_id="tutor-prompt-block")
    return ProfileForm(
        [language, level, pace, goals, interests, share_with_model], statements, block, save, delete, undo
    )
