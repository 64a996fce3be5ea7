"""Sheets: reports as whole files that need nothing else, to print or to keep. No Gradio."""

from __future__ import annotations

import html
import re
from pathlib import Path

from tutor.domain import Person
from tutor.progress.reports import places
from tutor.services import House
from tutor.ui import class_html, progress_html, static_pages
from tutor.ui.words import say

WIDE = "main{max-width:62rem}"
_DARK = re.compile(r"^\.dark \{(.*?)\}", re.DOTALL | re.MULTILINE)
FOLLOWS = (
    r"@media screen and (prefers-color-scheme: dark) { :root {\1} }"  # a file has no switch: it follows the system
)


def own_report(house: House, who: Person, course_id: str) -> str:
    """Return a learner's report as one file."""
    course = house.courses.enter(who, course_id)
    seen = house.progress.of(who, course_id)
    names = {skill.id: skill.name for skill in house.courses.skills(who, course_id)}
    line = say(who.language, "report_for", name=who.name, day=seen.at.date().isoformat())
    body = progress_html.next_card(seen, names, who.language) + progress_html.whole(seen, names, who.language)
    return sheet(who.language, say(who.language, "report_title", course=course.title), line, body)


def class_report(house: House, who: Person, course_id: str) -> str:
    """Return a class's report as one file: counts, and none under five."""
    seen = house.reports.class_report(who, course_id)
    course, names = house.courses.enter(who, course_id), house.reports.names(who, course_id)
    line = say(who.language, "report_class", learners=len(seen.learners), day=seen.at.date().isoformat())
    body = class_html.for_paper(seen, names, places(house.library, seen), who.language)
    return sheet(who.language, say(who.language, "report_title", course=course.title), line, body)


def sheet(language: str, title: str, line: str, body: str) -> str:
    """Return a whole HTML file with its style inside."""
    css = (Path(__file__).parent / "assets" / "progress.css").read_text("utf-8")
    style = f"<style>{_DARK.sub(FOLLOWS, css)}{WIDE}</style>"
    head = f'{style}<h1>{html.escape(title)}</h1><p class="soft">{html.escape(line)}</p>'
    foot = f"<footer><p>{say(language, 'report_foot')}</p></footer>"
    return static_pages.page(language, title, head + body + foot)
