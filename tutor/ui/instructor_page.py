"""The instructor's page: courses, documents and invitations; its other tabs are modules of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from knowledge.documents import Document
from tutor.courses.sample_course import sample_course_id
from tutor.domain import Person, Role
from tutor.locales import t
from tutor.services import Services
from tutor.ui import (
    access_log_panel,
    alerts_panel,
    chat_updates,
    chat_view,
    class_tab,
    course_access_panel,
    course_header,
    grades_tab,
    job_progress,
    page_scripts,
    question_bank_tab,
    review_tab,
    skills_tab,
    strictness_panel,
    supervision_panel,
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
    error_message,
    handle_errors,
    show_info,
    show_warning,
)
from tutor.ui.gradio_i18n import i18n
from tutor.ui.pictures import picture

POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class InstructorHandlers:
    """The handlers; the services check that the person teaches the course."""

    services: Services

    def load_page(self, wanted: str | None, request: gr.Request) -> Updates:
        """Return the page for instructors with the course they had open, or a message for others."""
        actor = current_person(request)
        links = f'<a href="/">{t(actor.language, "to_chat")}</a>{chat_updates.render_language_switch(actor, "/teach")}'
        back = f'<div class="tutor-account">{links}</div>'
        if not actor.is_staff:
            not_allowed = t(actor.language, "only_instructors")
            return back, not_allowed, gr.Column(visible=False), *(gr.skip() for _ in range(10))
        course_id = course_header.choose_course(self.services, actor, wanted)
        greeting = t(actor.language, "signed_in_as", name=text_format.escape_inline(actor.called))
        limit = t(actor.language, "upload_hint", megabytes=self.services.settings.max_upload_mb)
        header = course_header.render_header(self.services, actor, course_id)
        return back, greeting, gr.Column(visible=True), *header, *self._render_course(actor, course_id), limit

    def show_course(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return (first steps, where uploads go, documents, note, progress, timer) of a course."""
        actor = current_person(request)
        steps = course_header.render_steps(self.services, actor, course_id)
        return steps, *self._render_course(actor, course_id)

    def _render_course(self, actor: Person, course_id: str | None) -> Updates:
        """Return (where uploads go, documents, note, progress, timer)."""
        if course_id is None:
            return "", gr.Radio(choices=[], value=None), "", "", gr.Timer(active=False)
        documents = self.services.documents.documents(actor, course_id)
        note = "" if documents else t(actor.language, "no_documents_yet")
        return (
            self._upload_target(actor, course_id),
            gr.Radio(choices=chat_view.document_choices(documents, actor.language), value=None),
            note,
            *self._render_uploads(actor, course_id),
        )

    def _upload_target(self, actor: Person, course_id: str) -> str:
        """Return the heading above the upload box: the course that it fills."""
        title = self.services.courses.authorize(actor, course_id).title
        key = "upload_to_sample" if course_id == sample_course_id() else "upload_to"
        return t(actor.language, key, course=text_format.escape_inline(title))

    def poll_uploads(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the progress of uploads, or the whole course when none is running."""
        progress, timer = self._render_uploads(current_person(request), course_id)
        if timer.active:
            return gr.skip(), gr.skip(), gr.skip(), gr.skip(), progress, timer
        return self.show_course(course_id, request)

    def create_course(self, title: str, language: str, request: gr.Request) -> Updates:
        actor = current_person(request)
        course = self.services.courses.create(actor, title, language)
        show_info(t(actor.language, "created", title=course.title))
        header = course_header.render_header(self.services, actor, course.id)
        return *header, *self._render_course(actor, course.id)

    def upload(self, files: list[str] | None, course_id: str | None, request: gr.Request) -> Updates:
        """Upload files, one job each; a refused file does not stop the others."""
        actor = current_person(request)
        for path in map(Path, files or ()):
            try:
                if course_id is not None:
                    self.services.documents.upload(actor, course_id, path.name, path.read_bytes())
            except self.services.jobs.user_facing_errors as refusal:
                show_warning(error_message(refusal, actor.language))
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
            return gr.Button(visible=False), None, *(gr.skip() for _ in range(6))
        self.services.documents.restore(actor, document)
        show_info(t(actor.language, "restoring", name=document.name))
        return gr.Button(visible=False), None, *self.show_course(document.course_id, request)

    def invite(self, name: str, role: str, course_id: str | None, request: gr.Request) -> Updates:
        """Create an account and show its one-time link; a learner is in the course that the page shows."""
        actor = current_person(request)
        if role == Role.LEARNER and course_id is not None:
            link = self.services.enrolment.invite(actor, course_id, name.strip(), actor.language)
        else:
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

    steps: gr.HTML
    target: gr.Markdown
    documents: gr.Radio
    note: gr.Markdown
    progress: gr.HTML
    timer: gr.Timer

    @property
    def outputs(self) -> list[Any]:
        return [self.steps, self.target, self.documents, self.note, self.progress, self.timer]


def build(services: Services, page: gr.Blocks) -> None:
    """Add the instructor's page to `page`."""
    handlers = InstructorHandlers(services)
    with gr.Row(elem_id="tutor-head"):
        gr.HTML(picture("book"), elem_id="tutor-logo", padding=False)
        gr.Markdown(i18n("instructor_title"), elem_id="tutor-title")
        actor, back = gr.Markdown(elem_id="tutor-model"), gr.HTML()
    with gr.Column(visible=False, elem_id="tutor-instructor") as column:
        header = course_header.build()
        course = header.course
        with gr.Tabs(elem_id="tutor-teach-tabs", overflow_behavior="wrap") as tabs:
            with gr.Tab(i18n("material"), id="material"):
                hint, panel = _build_documents(handlers, header)
                strictness_panel.build(services, course)
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
            with gr.Tab(i18n("people"), id="people") as people_tab:
                course_access_panel.build(services, people_tab, course)
                supervision_panel.build(services, people_tab, course)
                count_alerts = alerts_panel.build(services, people_tab, course)
                access_log_panel.build(services, people_tab, course)
                _build_invitations(handlers, course)
    course_header.wire_steps(services, header, tabs)
    header.create.click(
        handle_errors(handlers.create_course),
        [header.title, header.language],
        [*header.outputs, *panel.outputs[1:]],
        **EVENT_OPTIONS,
    )
    loaded = page.load(
        handle_errors(handlers.load_page),
        course,
        [back, actor, column, *header.outputs, *panel.outputs[1:], hint],
        js=page_scripts.RECALL_COURSE_JS,
        **READ_EVENT_OPTIONS,
    )
    fill_review(loaded)
    count_alerts(loaded)
    loaded.then(None, None, None, js=page_scripts.OPEN_TAB_JS, **EVENT_OPTIONS)
    course.change(None, course, None, js=page_scripts.REMEMBER_COURSE_JS, **EVENT_OPTIONS)
    fill_review(course.input(handle_errors(handlers.show_course), course, panel.outputs, **READ_EVENT_OPTIONS))
    panel.timer.tick(handle_errors(handlers.poll_uploads), course, panel.outputs, **READ_EVENT_OPTIONS)


def _build_documents(
    handlers: InstructorHandlers, header: course_header.CourseHeader
) -> tuple[gr.Markdown, CoursePanel]:
    course, target = header.course, gr.Markdown(elem_id="tutor-upload-course")
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
    panel = CoursePanel(header.steps, target, documents, note, progress, timer)
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


def _build_invitations(handlers: InstructorHandlers, course: gr.Dropdown) -> None:
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
    make.click(handle_errors(handlers.invite), [name, role, course], [about, link], **EVENT_OPTIONS)
