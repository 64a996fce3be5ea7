"""The instructor's class tab: class map, stuck learners, misconceptions, questions with low discrimination."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from tutor.errors import InputRefused
from tutor.learner.disclosure_control import MIN_GROUP_SIZE
from tutor.locales import t
from tutor.progress.reports import misconception_locations
from tutor.progress.xapi_import import parse_roster
from tutor.services import Services
from tutor.ui import class_html
from tutor.ui.error_boundary import (
    READ_EVENT_OPTIONS,
    STATE_EVENT_OPTIONS,
    Updates,
    current_person,
    handle_errors,
    show_info,
)
from tutor.ui.gradio_i18n import i18n


@dataclass(frozen=True, slots=True)
class ClassHandlers:
    """The handlers."""

    services: Services

    def show(self, course_id: str | None, request: gr.Request) -> tuple[str, str]:
        """Return (class page, download links)."""
        actor = current_person(request)
        if course_id is None:
            return "", ""
        reports = self.services.reports
        classroom = reports.class_overview(actor, course_id)
        learners, skills = reports.answering_learners(actor, course_id), reports.skill_names(actor, course_id)
        class_page = class_html.render_class_page(
            classroom, learners, skills, misconception_locations(self.services.library, classroom), actor.language
        )
        return class_page, class_html.render_class_export_links(
            course_id, len(classroom.learners), MIN_GROUP_SIZE, actor.language
        )

    def import_xapi(self, path: str | None, roster: str, course_id: str | None, request: gr.Request) -> Updates:
        """Import another system's answers; return (file, result, class page, download links).

        A roster that cannot be read keeps the file selected.
        """
        actor = current_person(request)
        if path is None or course_id is None:
            show_info(t(actor.language, "xapi_import_file_first"))
            return tuple(gr.skip() for _ in range(4))
        try:
            names = parse_roster(roster or "")
        except InputRefused as error:
            return gr.skip(), class_html.render_import_error(error, actor.language), gr.skip(), gr.skip()
        file = Path(path)
        try:
            found = self.services.xapi_import.import_statements(actor, course_id, file.read_bytes(), names)
        except InputRefused as error:
            return None, class_html.render_import_error(error, actor.language), gr.skip(), gr.skip()
        finally:
            file.unlink(missing_ok=True)  # imported statements are in the database; the file is not kept
        return None, class_html.render_import_result(found, actor.language), *self.show(course_id, request)


def build(services: Services, tab: gr.Tab, course: gr.Dropdown) -> None:
    """Add the tab's content; it is filled when the tab is opened."""
    handlers = ClassHandlers(services)
    shown, links = gr.HTML(elem_id="tutor-class"), gr.HTML(elem_id="tutor-class-links")
    with gr.Accordion(i18n("xapi_import"), open=False, elem_id="tutor-import"):
        gr.Markdown(i18n("xapi_import_lead"))
        file = gr.File(label=i18n("xapi_import_file"), file_types=[".json"], type="filepath", height=120)
        roster = gr.Textbox(label=i18n("xapi_import_roster"), lines=3, placeholder="s123456@uni.example, brave-otter")
        import_button = gr.Button(
            i18n("xapi_import_button"), size="sm", variant="primary", elem_id="tutor-import-button"
        )
        import_result = gr.HTML(elem_id="tutor-import-result")
    import_button.click(
        handle_errors(handlers.import_xapi),
        [file, roster, course],
        [file, import_result, shown, links],
        **STATE_EVENT_OPTIONS,
    )
    gr.on([tab.select, course.change], handle_errors(handlers.show), course, [shown, links], **READ_EVENT_OPTIONS)
