"""The lists of who looked at what, as HTML: for the instructors of a course, and for a learner about themselves."""

from __future__ import annotations

import html
from collections.abc import Sequence

from tutor.courses.access_log import AccessEntry, AccessPage
from tutor.locales import t
from tutor.locales.formatting import format_moment


def render_course_log(page: AccessPage, language: str) -> str:
    """Return one page of what was done in a course."""
    if not page.entries:
        return f'<div class="tp"><p>{t(language, "access_log_empty")}</p></div>'
    columns = ("access_log_when", "access_log_who", "access_log_what", "access_log_whom")
    return f'<div class="tp">{_table(columns, [_cells(one, language) for one in page.entries], language)}</div>'


def render_own_log(page: AccessPage, language: str) -> str:
    """Return what others did with a learner's work."""
    columns = ("access_log_when", "access_log_who", "access_log_what")
    rows = [_cells(one, language)[:3] for one in page.entries]
    listed = _table(columns, rows, language) if rows else f"<p>{t(language, 'access_log_empty')}</p>"
    more = t(language, "access_log_own_more", count=len(rows)) if page.has_older else ""
    return (
        f'<div class="tp"><details id="tp-looked"><summary>{t(language, "access_log_own_title")}</summary>'
        f'<p class="soft">{t(language, "access_log_own_lead")}</p>{listed}<p class="soft">{more}</p></details></div>'
    )


def _cells(entry: AccessEntry, language: str) -> tuple[str, str, str, str]:
    return (
        format_moment(language, entry.at),
        _name(entry.actor, "access_log_server", language),
        t(language, f"act_{entry.act.name.lower()}"),
        _name(entry.subject, "access_log_class", language),
    )


def _name(name: str | None, nobody: str, language: str) -> str:
    return t(language, nobody) if name is None else name or t(language, "access_log_erased")


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], language: str) -> str:
    head = "".join(f'<th scope="col">{t(language, key)}</th>' for key in columns)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="tp-scroll" tabindex="0" role="region" aria-label="{t(language, "access_log_title")}">'
        f'<table class="tp-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )
