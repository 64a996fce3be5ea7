"""The first steps of a course as a list for its instructor: what is done, what comes next, and a button to each.

No Gradio. What is done is read from the course itself, so the list can be left and returned to.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from urllib.parse import quote

from tutor.locales import t
from tutor.ui.pictures import picture
from tutor.ui.text_format import to_plain_line


@dataclass(frozen=True, slots=True)
class CourseSetup:
    """What has been done in a course."""

    course_id: str
    title: str
    documents: int
    passages: int
    reading: int  # files that are being read or wait for it
    has_asked: bool  # the instructor has tried a question
    skills: int
    learners: int

    @property
    def done(self) -> tuple[bool, ...]:
        """Whether each step is done, in the order of the list."""
        return True, self.documents > 0, self.has_asked, self.skills > 0, self.learners > 0


def render_first_steps(setup: CourseSetup, language: str) -> str:
    """Return the list, or "" when all is done."""
    if all(setup.done):
        return ""
    current = setup.done.index(False)
    items = "".join(
        _render_step(name, detail, action, done=done, current=at == current, number=at + 1)
        for at, ((name, detail, action), done) in enumerate(zip(_steps(setup, language), setup.done, strict=True))
    )
    title = t(language, "steps_title", course=html.escape(to_plain_line(setup.title, 60)))
    count = t(language, "steps_done", done=sum(setup.done), count=len(setup.done))
    head = f'<header><h2>{title}</h2><p class="soft">{count}</p></header>'
    return f'<section class="t-card t-steps" aria-label="{title}">{head}<ol>{items}</ol></section>'


def render_welcome(name: str, language: str) -> str:
    """Return the greeting of an instructor who has no course of their own yet."""
    title, text = t(language, "teach_welcome_title", name=html.escape(name)), t(language, "teach_welcome_text")
    return f'<div class="t-empty t-side">{picture("shelf")}<div><h2>{title}</h2><p>{text}</p></div></div>'


def _steps(setup: CourseSetup, language: str) -> list[tuple[str, str, str]]:
    """Return name, detail and action of each step."""
    address = f"/?course={quote(setup.course_id)}&chat=#chat"
    ask = f'<a class="t-button" href="{address}">{t(language, "steps_ask_go")}</a>' if setup.documents else ""
    return [
        (t(language, "steps_name"), html.escape(to_plain_line(setup.title, 60)), ""),
        (
            t(language, "steps_documents"),
            _documents_line(setup, language),
            _goto("material", "steps_documents_go", language),
        ),
        (t(language, "steps_ask"), t(language, "steps_ask_why"), ask),
        (
            t(language, "steps_skills"),
            t(language, "steps_skills_done", count=setup.skills) if setup.skills else t(language, "steps_skills_why"),
            _goto("skills", "steps_skills_go", language) + _goto("grades", "steps_help", language),
        ),
        (
            t(language, "steps_class"),
            t(language, "steps_class_done", count=setup.learners) if setup.learners else t(language, "steps_class_why"),
            _goto("people", "steps_class_go", language),
        ),
    ]


def _documents_line(setup: CourseSetup, language: str) -> str:
    parts = []
    if setup.reading:
        parts.append(t(language, "steps_reading", count=setup.reading))
    if setup.documents:
        parts.append(t(language, "steps_usable", documents=setup.documents, passages=setup.passages))
    return " ".join(parts) or t(language, "steps_documents_why")


def _goto(tab: str, key: str, language: str) -> str:
    return f'<button type="button" class="t-button" data-goto="{tab}">{t(language, key)}</button>'


def _render_step(name: str, detail: str, action: str, *, done: bool, current: bool, number: int) -> str:
    state = "done" if done else "current" if current else "later"
    mark = "✓" if done else str(number)
    shown = "" if done else action
    here = ' aria-current="step"' if current else ""
    return (
        f'<li class="{state}"{here}><span class="mark" aria-hidden="true">{mark}</span>'
        f'<div><strong>{name}</strong><p class="soft">{detail}</p></div>{shown}</li>'
    )
