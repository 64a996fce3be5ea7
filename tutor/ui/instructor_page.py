"""The instructor's page: courses, their documents, and invitations; what learners wrote is `review_tab.py`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from knowledge.documents import Document
from tutor.domain import Person, Role
from tutor.services import House
from tutor.ui import (
    chat_updates,
    chat_view,
    class_tab,
    grades_tab,
    question_bank_tab,
    review_tab,
    skills_tab,
    strictness_panel,
    upload_html,
)
from tutor.ui.error_boundary import QUIET, handler, person, tell, warn
from tutor.ui.gradio_i18n import text
from tutor.ui.words import say

POLL_S = 1.0
Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Teaching:
    """The handlers; the use cases check that this person teaches the course, the page only says so kindly."""

    house: House

    def arrive(self, request: gr.Request) -> Updates:
        """Show the desk to those who teach, and one sentence to others."""
        who = person(request)
        links = f'<a href="/">{say(who.language, "to_chat")}</a>{chat_updates.language_switch(who, "/teach")}'
        back = f'<div class="tutor-account">{links}</div>'
        if not who.teaches:
            refusal = say(who.language, "only_instructors")
            return back, refusal, gr.Column(visible=False), gr.skip(), *(gr.skip() for _ in range(4)), gr.skip()
        courses = self.house.courses.taught_by(who)
        course_id = courses[0].id if courses else None
        picker = gr.Dropdown(
            choices=[(chat_view.plain(course.title), course.id) for course in courses], value=course_id
        )
        greeting = say(who.language, "signed_in_as", name=chat_view.inline(who.name))
        limit = say(who.language, "upload_hint", megabytes=self.house.settings.max_upload_mb)
        return back, greeting, gr.Column(visible=True), picker, *self.show(course_id, request), limit

    def show(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return (documents, note, progress, timer) of a course."""
        who = person(request)
        if course_id is None:
            return gr.Radio(choices=[], value=None), "", "", gr.Timer(active=False)
        documents = self.house.shelf.documents(who, course_id)
        note = "" if documents else say(who.language, "no_documents_yet")
        return (
            gr.Radio(choices=chat_view.document_choices(documents, who.language), value=None),
            note,
            *self._progress(who, course_id),
        )

    def watch(self, course_id: str | None, request: gr.Request) -> Updates:
        """Return the uploads' progress; the whole desk again when none is left running."""
        progress, timer = self._progress(person(request), course_id)
        if timer.active:
            return gr.skip(), gr.skip(), progress, timer
        return self.show(course_id, request)

    def create(self, title: str, language: str, request: gr.Request) -> Updates:
        who = person(request)
        course = self.house.courses.create(who, title, language)
        tell(say(who.language, "created", title=course.title))
        courses = self.house.courses.taught_by(who)
        picker = gr.Dropdown(choices=[(chat_view.plain(c.title), c.id) for c in courses], value=course.id)
        return picker, "", *self.show(course.id, request)

    def upload(self, files: list[str] | None, course_id: str | None, request: gr.Request) -> Updates:
        """Take files in, one job each; a file that is refused does not keep back the others."""
        who = person(request)
        for path in map(Path, files or ()):
            try:
                if course_id is not None:
                    self.house.shelf.upload(who, course_id, path.name, path.read_bytes())
            except self.house.jobs.refusals as refusal:
                warn(str(refusal))
            finally:
                path.unlink(missing_ok=True)  # the shelf keeps its own copy
        return None, *self.show(course_id, request)

    def cancel(self, course_id: str, data: gr.EventData, request: gr.Request) -> Updates:
        """Stop the upload beside whose bar the button was."""
        who = person(request)
        self.house.shelf.cancel(who, course_id, str(data.job))
        return self.watch(course_id, request)

    def ask_removal(self, document_id: str | None, course_id: str, request: gr.Request) -> Updates:
        """Ask once before a document goes."""
        who = person(request)
        named = {document.id: document.name for document in self.house.shelf.documents(who, course_id)}
        if document_id not in named:
            tell(say(who.language, "choose_first"))
            return gr.Group(visible=False), ""
        return gr.Group(visible=True), say(who.language, "remove_sure", name=chat_view.inline(named[document_id]))

    def remove(self, document_id: str, course_id: str, request: gr.Request) -> Updates:
        who = person(request)
        document = self.house.shelf.remove(who, document_id)
        tell(say(who.language, "removed", name=document.name))
        return gr.Group(visible=False), gr.Button(visible=True), document, *self.show(course_id, request)

    def restore(self, document: Document | None, request: gr.Request) -> Updates:
        """Undo the last removal: the kept file is read in again."""
        who = person(request)
        if document is None:
            return gr.Button(visible=False), None, *(gr.skip() for _ in range(4))
        self.house.shelf.restore(who, document)
        tell(say(who.language, "restoring", name=document.name))
        return gr.Button(visible=False), None, *self.show(document.course_id, request)

    def invite(self, name: str, role: str, request: gr.Request) -> Updates:
        """Make an account and show its one-time link, once."""
        who = person(request)
        link = self.house.accounts.invite(who, name.strip(), Role(role), who.language)
        return say(who.language, "invite_link", name=chat_view.inline(name)), gr.Textbox(value=link, visible=True)

    def _progress(self, who: Person, course_id: str | None) -> tuple[str, gr.Timer]:
        jobs = self.house.shelf.uploads(who, course_id) if course_id is not None else []
        return upload_html.listed(jobs, who.language), gr.Timer(active=any(map(upload_html.is_open, jobs)))


@dataclass(frozen=True, slots=True)
class Desk:
    """The components that show a course; `outputs` are in the order of `Teaching.show`."""

    course: gr.Dropdown
    documents: gr.Radio
    note: gr.Markdown
    progress: gr.HTML
    timer: gr.Timer

    @property
    def outputs(self) -> list[Any]:
        return [self.documents, self.note, self.progress, self.timer]


def build(house: House, page: gr.Blocks) -> None:
    """Put the instructor's page into `page`."""
    teaching = Teaching(house)
    with gr.Row(elem_id="tutor-head"):
        gr.Markdown(text("teach_title"), elem_id="tutor-title")
        who, back = gr.Markdown(elem_id="tutor-model"), gr.HTML()
    with gr.Column(visible=False, elem_id="tutor-desk") as column:
        course = gr.Dropdown(label=text("course"), choices=[], elem_id="tutor-course")
        with gr.Tabs(elem_id="tutor-teach-tabs"):
            with gr.Tab(text("material"), id="material"):
                hint, desk = _documents(teaching, course)
                strictness_panel.build(house, course)
                _new_course(teaching, desk)
            with gr.Tab(text("review"), id="review") as review_panel:
                fill_review = review_tab.build(house, review_panel, course)
            with gr.Tab(text("questions"), id="questions") as question_tab:
                question_bank_tab.build(house, question_tab, course)
            with gr.Tab(text("grades"), id="grades") as grade_tab:
                grades_tab.build(house, grade_tab, course)
            with gr.Tab(text("classroom"), id="classroom") as class_panel:
                class_tab.build(house, class_panel, course)
            with gr.Tab(text("concepts"), id="concepts") as skills:
                skills_tab.build(house, skills, course)
            with gr.Tab(text("people"), id="people"):
                _invite(teaching)
    fill_review(page.load(handler(teaching.arrive), None, [back, who, column, course, *desk.outputs, hint], **QUIET))
    fill_review(course.input(handler(teaching.show), course, desk.outputs, **QUIET))
    desk.timer.tick(handler(teaching.watch), course, desk.outputs, **QUIET)


def _documents(teaching: Teaching, course: gr.Dropdown) -> tuple[gr.Markdown, Desk]:
    files = gr.File(label=text("upload"), file_count="multiple", type="filepath", height=140, elem_id="tutor-upload")
    hint = gr.Markdown()
    progress = gr.HTML(elem_id="tutor-progress", js_on_load=upload_html.CANCEL_JS)
    documents = gr.Radio(label=text("documents"), choices=[], elem_id="tutor-documents")
    note = gr.Markdown()
    with gr.Row():
        remove = gr.Button(text("remove"), size="sm", elem_id="tutor-remove")
        undo = gr.Button(text("undo"), size="sm", visible=False, elem_id="tutor-undo-remove")
    with gr.Group(visible=False) as sure:
        question = gr.Markdown()
        with gr.Row():
            yes = gr.Button(text("remove_yes"), variant="stop", size="sm", elem_id="tutor-remove-yes")
            keep = gr.Button(text("keep"), size="sm")
    removed, timer = gr.State(), gr.Timer(POLL_S, active=False)
    desk = Desk(course, documents, note, progress, timer)
    kept = QUIET | {"preprocess": True}  # a file and a State come from the server's memory
    files.upload(handler(teaching.upload), [files, course], [files, *desk.outputs], **kept)
    progress.click(handler(teaching.cancel), course, desk.outputs, **QUIET)
    remove.click(handler(teaching.ask_removal), [documents, course], [sure, question], **QUIET)
    keep.click(lambda: gr.Group(visible=False), None, sure, **QUIET)
    yes.click(handler(teaching.remove), [documents, course], [sure, undo, removed, *desk.outputs], **QUIET)
    undo.click(handler(teaching.restore), removed, [undo, removed, *desk.outputs], **kept)
    return hint, desk


def _new_course(teaching: Teaching, desk: Desk) -> None:
    with gr.Accordion(text("new_course"), open=False, elem_id="tutor-new-course"):
        title = gr.Textbox(label=text("course_title"), max_length=200, elem_id="tutor-course-title")
        language = gr.Radio(label=text("course_language"), choices=[("English", "en"), ("中文", "zh")], value="en")
        create = gr.Button(text("create"), size="sm", elem_id="tutor-create")
    create.click(handler(teaching.create), [title, language], [desk.course, title, *desk.outputs], **QUIET)


def _invite(teaching: Teaching) -> None:
    with gr.Column(elem_id="tutor-invitations"):
        name = gr.Textbox(label=text("invite_name"), max_length=40, elem_id="tutor-invite-name")
        role = gr.Radio(
            label=text("role"),
            choices=[(text("role_learner"), "learner"), (text("role_instructor"), "instructor")],
            value="learner",
        )
        make = gr.Button(text("invite_make"), size="sm", elem_id="tutor-invite")
        about = gr.Markdown()
        link = gr.Textbox(show_label=False, visible=False, interactive=False, buttons=["copy"], elem_id="tutor-link")
    make.click(handler(teaching.invite), [name, role], [about, link], **QUIET)
