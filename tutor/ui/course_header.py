"""The head of the instructor's page: the course it shows, a button for a new one, and a course's first steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from knowledge.languages import languages
from tutor.courses.sample_course import sample_course_id
from tutor.domain import Course, Person
from tutor.locales import DEFAULT
from tutor.services import Services
from tutor.ui import first_steps, job_progress, text_format
from tutor.ui.error_boundary import EVENT_OPTIONS, READ_EVENT_OPTIONS, current_person, handle_errors
from tutor.ui.gradio_i18n import i18n


@dataclass(frozen=True, slots=True)
class CourseHeader:
    """The components; `form` is where a new course is named."""

    course: gr.Dropdown
    steps: gr.HTML
    form: gr.Column
    title: gr.Textbox
    language: gr.Radio
    create: gr.Button

    @property
    def outputs(self) -> list[Any]:
        """The components in the order of `render_header`."""
        return [self.course, self.form, self.title, self.steps]


def render_header(services: Services, actor: Person, course_id: str | None) -> tuple[Any, ...]:
    """Return the head with this course chosen; whoever has no course of their own gets the form for one."""
    courses = services.courses.taught_by(actor)
    picker = gr.Dropdown(
        choices=[(text_format.to_plain_line(each.title), each.id) for each in courses], value=course_id
    )
    return picker, gr.Column(visible=not own_courses(courses)), "", render_steps(services, actor, course_id)


def choose_course(services: Services, actor: Person, wanted: str | None) -> str | None:
    """Return the course that was open last, else one of their own, else the sample course."""
    courses = services.courses.taught_by(actor)
    ids = [course.id for course in courses]
    if wanted in ids:
        return wanted
    return next(iter([course.id for course in own_courses(courses)] + ids), None)


def own_courses(courses: list[Course]) -> list[Course]:
    return [course for course in courses if course.id != sample_course_id()]


def render_steps(services: Services, actor: Person, course_id: str | None) -> str:
    """Return the first steps of a course, or the greeting of somebody without one of their own."""
    courses = services.courses.taught_by(actor)
    if not own_courses(courses):
        return first_steps.render_welcome(text_format.to_plain_line(actor.called), actor.language)
    course = next((one for one in courses if one.id == course_id), None)
    if course is None or course.id == sample_course_id():
        return ""
    return first_steps.render_first_steps(read_setup(services, actor, course), actor.language)


def read_setup(services: Services, actor: Person, course: Course) -> first_steps.CourseSetup:
    """Return what has been done in a course."""
    documents = services.documents.documents(actor, course.id)
    return first_steps.CourseSetup(
        course_id=course.id,
        title=course.title,
        documents=len(documents),
        passages=sum(document.passages for document in documents),
        reading=sum(map(job_progress.is_open, services.documents.upload_jobs(actor, course.id))),
        has_asked=bool(services.conversations.list_own(actor, course.id)),
        skills=sum(one.is_accepted for one in services.courses.skills(actor, course.id)),
        learners=sum(one.removed_at is None for one in services.enrolment.show(actor, course.id).learners),
    )


def build() -> CourseHeader:
    """Add the head to the page."""
    with gr.Row(elem_id="tutor-course-row"):
        course = gr.Dropdown(label=i18n("course"), choices=[], elem_id="tutor-course", scale=3, min_width=200)
        new = gr.Button(i18n("new_course"), elem_id="tutor-new-course", scale=0, min_width=150)
    steps = gr.HTML(elem_id="tutor-first-steps", padding=False)
    with gr.Column(visible=False, elem_id="tutor-course-form") as form:
        title = gr.Textbox(
            label=i18n("course_title"), info=i18n("course_title_hint"), max_length=200, elem_id="tutor-course-title"
        )
        language = gr.Radio(
            label=i18n("course_language"),
            choices=[(each.name, code) for code, each in languages().items()],
            value=DEFAULT,
        )
        with gr.Row(elem_classes="tutor-buttons"):
            create = gr.Button(i18n("create"), variant="primary", size="md", elem_id="tutor-create")
            cancel = gr.Button(i18n("cancel"), size="md")
    new.click(lambda: gr.Column(visible=True), None, form, **EVENT_OPTIONS)
    cancel.click(lambda: gr.Column(visible=False), None, form, **EVENT_OPTIONS)
    return CourseHeader(course, steps, form, title, language, create)


def wire_steps(services: Services, header: CourseHeader, tabs: gr.Tabs) -> None:
    """Read the steps again when another tab is opened, where the last one may have been done."""

    def show(course_id: str | None, request: gr.Request) -> str:
        actor = current_person(request)
        return render_steps(services, actor, course_id) if actor.is_staff else ""

    tabs.select(handle_errors(show), header.course, header.steps, **READ_EVENT_OPTIONS)
