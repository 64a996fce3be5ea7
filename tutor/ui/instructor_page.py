"""The instructor's page: courses, documents and invitations; its other tabs are modules of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from knowledge.documents import Document
from knowledge.languages import languages
from tutor.domain import Person, Role
from tutor.locales import DEFAULT, t
from tutor.services import Services
from tutor.ui import (
    chat_updates,
    chat_view,
    class_tab,
    grades_tab,
    job_progress,
    question_bank_tab,
    review_tab,
    skills_tab,
    strictness_panel,
    text_format,
    upload_html,
)
from tutor.ui.confirmation import build_confirmation
from tutor.ui.error_boundary import (
    EVENT_OPTIONS,
    READ_EVENT_OPTIONS,
    STATE_EVENT_OPTIONS,
    Updates,
    current_person,
    handle_errors,
    show_info,
    show_warning,
)
from tutor.ui.gradio_i18n import i18n

POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class InstructorHandlers:
    """The handlers; the services check that the person teaches the course."""

    services: Services

    def load_page(self, request: gr.Request) -> Updates:
        """Return the page for instructors, or a message for others."""
        actor = current_person(request)
        links = f'<a href="/">{t(actor.language, "to_chat")}</a>{chat_updates.render_language_switch(actor, "/teach")}'
        back = f'<div class="tutor-account">{links}</div>'
        if not actor.is_staff:
            not_allowed = t(actor.language, "only_instructors")
            return back, not_allowed, gr.Column(visible=False), gr.skip(), *(gr.skip() for _ in range(4)), gr.skip()
        courses = self.services.courses.taught_by(actor)
        course_id = courses[0].id if courses else None
        picker = gr.Dropdown(
            choices=[(text_format.to_plain_line(course.title), course.id) for course in courses], value=course_id
        )
        greeting = t(actor.language, "signed_in_as", name=text_format.escape_inline(actor.name))
        limit = t(actor.language, "upload_hint", megabytes=self.services.settings.max_upload_mb)
        return back, greeting, gr.Column(visible=True), picker, *self.show_course(course_id, request), limit

    def show_course(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return (documents, note, progress, timer) of a course."""
        actor = current_person(request)
        if course_id is None:
            return gr.Radio(choices=[], value=None), "", "", gr.Timer(active=False)
        documents = self.services.documents.documents(actor, course_id)
        note = "" if documents else t(actor.language, "no_documents_yet")
        return (
            gr.Radio(choices=chat_view.document_choices(documents, actor.language), value=None),
            note,
            *self._render_uploads(actor, course_id),
        )

    def poll_uploads(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the progress of uploads, or the whole course when none is running."""
        progress, timer = self._render_uploads(current_person(request), course_id)
        if timer.active:
            return gr.skip(), gr.skip(), progress, timer
        return self.show_course(course_id, request)

    def create_course(self, title: str, language: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        course = self.services.courses.create(actor, title, language)
        show_info(t(actor.language, "created", title=course.title))
        courses = self.services.courses.taught_by(actor)
        picker = gr.Dropdown(choices=[(text_format.to_plain_line(c.title), c.id) for c in courses], value=course.id)
        return picker, "", *self.show_course(course.id, request)

    def upload(self, files: list[str] | None, course_id: str | None, request: gr.Request) -> Updates:
        """Upload files, one job each; a refused file does not stop the others."""
        actor = current_person(request)
        for path in map(Path, files or ()):
            try:
                if course_id is not None:
                    self.services.documents.upload(actor, course_id, path.name, path.read_bytes())
            except self.services.jobs.user_facing_errors as refusal:
                show_warning(str(refusal))
            finally:
                path.unlink(missing_ok=True)  # the course has its own copy
        return None, *self.show_course(course_id, request)

    def cancel_upload(self, course_id: str, data: gr.EventData, request: gr.Request) -> Updates:
        """Cancel the upload of the button that was clicked."""
        actor = current_person(request)
        self.services.documents.cancel_upload(actor, course_id, str(data.job))
        return self.poll_uploads(course_id, request)

    def confirm_removal(self, document_id: str | None, course_id: str, request: gr.Request) -> Updates:
        """Ask for confirmation before a document is removed."""
        actor = current_person(request)
        names = {document.id: document.name for document in self.services.documents.documents(actor, course_id)}
        if document_id not in names:
            show_info(t(actor.language, "choose_first"))
            return gr.Group(visible=False), ""
        return gr.Group(visible=True), t(
            actor.language, "remove_sure", name=text_format.escape_inline(names[document_id])
        )

    def remove_document(self, document_id: str, course_id: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        document = self.services.documents.remove(actor, document_id)
        show_info(t(actor.language, "removed", name=document.name))
        return gr.Group(visible=False), gr.Button(visible=True), document, *self.show_course(course_id, request)

    def restore_document(self, document: Document | None, request: gr.Request) -> Updates:
        """Undo the last removal: the stored file is read again."""
        actor = current_person(request)
        if document is None:
            return gr.Button(visible=False), None, *(gr.skip() for _ in range(4))
        self.services.documents.restore(actor, document)
        show_info(t(actor.language, "restoring", name=document.name))
        return gr.Button(visible=False), None, *self.show_course(document.course_id, request)

    def invite(self, name: str, role: str, request: gr.Request) -> Updates:
        """Create an account and show its one-time link."""
        actor = current_person(request)
        link = self.services.accounts.invite(actor, name.strip(), Role(role), actor.language)
        return t(actor.language, "invite_link", name=text_format.escape_inline(name)), gr.Textbox(
            value=link, visible=True
        )

    def _render_uploads(self, actor: Person, course_id: str | None) -> tuple[str, gr.Timer]:
        jobs = self.services.documents.upload_jobs(actor, course_id) if course_id is not None else []
        return upload_html.render_uploads(jobs, actor.language), gr.Timer(active=any(map(job_progress.is_open, jobs)))


@dataclass(frozen=True, slots=True)
class CoursePanel:
    """The components that show a course; `outputs` are in the order of `InstructorHandlers.show_course`."""

    course: gr.Dropdown
    documents: gr.Radio
    note: gr.Markdown
    progress: gr.HTML
    timer: gr.Timer

    @property
    def outputs(self) -> list[Any]:
        return [self.documents, self.note, self.progress, self.timer]


def build(services: Services, page: gr.Blocks) -> None:
    """Add the instructor's page to `page`."""
    handlers = InstructorHandlers(services)
    with gr.Row(elem_id="tutor-head"):
        gr.Markdown(i18n("instructor_title"), elem_id="tutor-title")
        actor, back = gr.Markdown(elem_id="tutor-model"), gr.HTML()
    with gr.Column(visible=False, elem_id="tutor-instructor") as column:
        course = gr.Dropdown(label=i18n("course"), choices=[], elem_id="tutor-course")
        with gr.Tabs(elem_id="tutor-teach-tabs"):
            with gr.Tab(i18n("material"), id="material"):
                hint, panel = _build_documents(handlers, course)
                strictness_panel.build(services, course)
                _build_course_form(handlers, panel)
            with gr.Tab(i18n("review"), id="review") as review_panel:
                fill_review = review_tab.build(services, review_panel, course)
            with gr.Tab(i18n("questions"), id="questions") as question_tab:
                question_bank_tab.build(services, question_tab, course)
            with gr.Tab(i18n("grades"), id="grades") as grade_tab:
                grades_tab.build(services, grade_tab, course)
            with gr.Tab(i18n("class_tab"), id="class") as class_panel:
                class_tab.build(services, class_panel, course)
            with gr.Tab(i18n("skills_tab"), id="skills") as skills:
                skills_tab.build(services, skills, course)
            with gr.Tab(i18n("people"), id="people"):
                _build_invitations(handlers)
    fill_review(
        page.load(
            handle_errors(handlers.load_page),
            None,
            [back, actor, column, course, *panel.outputs, hint],
            **READ_EVENT_OPTIONS,
        )
    )
    fill_review(course.input(handle_errors(handlers.show_course), course, panel.outputs, **READ_EVENT_OPTIONS))
    panel.timer.tick(handle_errors(handlers.poll_uploads), course, panel.outputs, **READ_EVENT_OPTIONS)


def _build_documents(handlers: InstructorHandlers, course: gr.Dropdown) -> tuple[gr.Markdown, CoursePanel]:
    files = gr.File(label=i18n("upload"), file_count="multiple", type="filepath", height=140, elem_id="tutor-upload")
    hint = gr.Markdown()
    progress = gr.HTML(elem_id="tutor-progress", js_on_load=upload_html.CANCEL_JS)
    documents = gr.Radio(label=i18n("documents"), choices=[], elem_id="tutor-documents")
    note = gr.Markdown()
    with gr.Row():
        remove = gr.Button(i18n("remove"), size="sm", elem_id="tutor-remove")
        undo = gr.Button(i18n("undo"), size="sm", visible=False, elem_id="tutor-undo-remove")
    confirmation = build_confirmation("remove_yes", "tutor-remove-yes")
    removed, timer = gr.State(), gr.Timer(POLL_S, active=False)
    panel = CoursePanel(course, documents, note, progress, timer)
    files.upload(handle_errors(handlers.upload), [files, course], [files, *panel.outputs], **STATE_EVENT_OPTIONS)
    progress.click(handle_errors(handlers.cancel_upload), course, panel.outputs, **EVENT_OPTIONS)
    remove.click(handle_errors(handlers.confirm_removal), [documents, course], confirmation.outputs, **EVENT_OPTIONS)
    confirmation.confirm.click(
        handle_errors(handlers.remove_document),
        [documents, course],
        [confirmation.group, undo, removed, *panel.outputs],
        **EVENT_OPTIONS,
    )
    undo.click(
        handle_errors(handlers.restore_document), removed, [undo, removed, *panel.outputs], **STATE_EVENT_OPTIONS
    )
    return hint, panel


def _build_course_form(handlers: InstructorHandlers, panel: CoursePanel) -> None:
    with gr.Accordion(i18n("new_course"), open=False, elem_id="tutor-new-course"):
        title = gr.Textbox(label=i18n("course_title"), max_length=200, elem_id="tutor-course-title")
        language = gr.Radio(
            label=i18n("course_language"),
            choices=[(each.name, code) for code, each in languages().items()],
            value=DEFAULT,
        )
        create = gr.Button(i18n("create"), size="sm", elem_id="tutor-create")
    create.click(
        handle_errors(handlers.create_course), [title, language], [panel.course, title, *panel.outputs], **EVENT_OPTIONS
    )


def _build_invitations(handlers: InstructorHandlers) -> None:
    with gr.Column(elem_id="tutor-invitations"):
        name = gr.Textbox(label=i18n("invite_name"), max_length=40, elem_id="tutor-invite-name")
        role = gr.Radio(
            label=i18n("role"),
            choices=[(i18n("role_learner"), "learner"), (i18n("role_instructor"), "instructor")],
            value="learner",
        )
        make = gr.Button(i18n("invite_make"), size="sm", elem_id="tutor-invite")
        about = gr.Markdown()
        link = gr.Textbox(show_label=False, visible=False, interactive=False, buttons=["copy"], elem_id="tutor-link")
    make.click(handle_errors(handlers.invite), [name, role], [about, link], **EVENT_OPTIONS)
