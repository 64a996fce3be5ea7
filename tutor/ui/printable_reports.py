"""Printable reports as self-contained HTML files. No Gradio."""

from __future__ import annotations

import html

from tutor.domain import Person
from tutor.locales import t
from tutor.locales.formatting import format_day
from tutor.progress.reports import misconception_locations
from tutor.services import Services
from tutor.ui import class_html, progress_html, static_pages
from tutor.ui.styles import follow_system_scheme, read_styles

WIDE_CSS = "main{max-width:62rem}"


def render_learner_report(services: Services, actor: Person, course_id: str) -> str:
    """Return a learner's report as one HTML file."""
    course = services.courses.authorize(actor, course_id)
    overview = services.progress.own_overview(actor, course_id)
    names = {skill.id: skill.name for skill in services.courses.skills(actor, course_id)}
    subtitle = t(actor.language, "report_for", name=actor.called, day=format_day(actor.language, overview.at.date()))
    body = progress_html.render_recommendation(overview, names, actor.language) + progress_html.render_progress(
        overview, names, actor.language
    )
    return render_report(actor.language, t(actor.language, "report_title", course=course.title), subtitle, body)


def render_class_report(services: Services, actor: Person, course_id: str) -> str:
    """Return a class report as one HTML file: counts only, none that identifies a group of fewer than five."""
    classroom = services.reports.exportable_class(actor, course_id)
    course, names = services.courses.authorize(actor, course_id), services.reports.skill_names(actor, course_id)
    subtitle = t(
        actor.language,
        "report_class",
        learners=len(classroom.learners),
        day=format_day(actor.language, classroom.at.date()),
    )
    body = class_html.render_disclosable_class(
        classroom, names, misconception_locations(services.library, classroom), actor.language
    )
    return render_report(actor.language, t(actor.language, "report_title", course=course.title), subtitle, body)


def render_report(language: str, title: str, subtitle: str, body: str) -> str:
    """Return an HTML file with its styles inside."""
    style = f"<style>{follow_system_scheme(read_styles('progress.css'))}{WIDE_CSS}</style>"
    head = f'{style}<h1>{html.escape(title)}</h1><p class="soft">{html.escape(subtitle)}</p>'
    foot = f"<footer><p>{t(language, 'report_foot')}</p></footer>"
    return static_pages.render_page(language, title, head + body + foot)
