"""Everything about one person as a page to read: account, chats, better answers and practice, then the other tables."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from tutor.domain import AdapterVersion
from tutor.locales import t
from tutor.ui import static_pages
from tutor.ui.styles import follow_system_scheme, read_styles

Row = Mapping[str, Any]
PAGE_PATH, FILE_PATH, ADAPTER_PATH = "/account/data", "/account/data.json", "/account/adapter.zip"
_TOLD = ("turns", "corrections", "attempts", "posed", "grades")  # tables that have a section of their own


def adapter_url(version: AdapterVersion) -> str:
    """Return the address of the zip with a version's files."""
    return f"{ADAPTER_PATH}?{urlencode({'version': version.id})}"


def render_person_data(exported: Mapping[str, Any], language: str, adapters: Sequence[AdapterVersion] = ()) -> str:
    """Return the page of an export; `adapters` are the person's versions whose files can be taken along."""
    tables: Mapping[str, Sequence[Row]] = exported["tables"]
    parts = [
        _chats(tables, language),
        _better_answers(tables, language),
        _practice(tables, language),
        _adapter_files(adapters, language),
        *(_table(name, rows, language) for name, rows in tables.items() if name not in _TOLD),
        _left_out(exported["left_out"], language),
    ]
    lead = html.escape(t(language, "data_lead", name=exported["name"], at=exported["made_at"][:16].replace("T", " ")))
    head = (
        f"<style>{follow_system_scheme(read_styles('progress.css'))}</style><h1>{t(language, 'data_title')}</h1>"
        f'<p>{lead}</p><p><a class="button" href="{FILE_PATH}">{t(language, "data_file")}</a></p>'
    )
    back = f'<p><a href="/#progress">{t(language, "data_back")}</a></p>'
    body = f'{head}<div class="tp">{"".join(parts)}</div>{back}'
    return static_pages.render_page(language, t(language, "data_title"), body, wide=True)


def _section(title: str, rows: Sequence[str], language: str) -> str:
    inside = "".join(rows) or f"<p>{t(language, 'data_none')}</p>"
    return f"<details><summary>{title} ({len(rows)})</summary>{inside}</details>"


def _chats(tables: Mapping[str, Sequence[Row]], language: str) -> str:
    told = [
        f'<p class="soft">{_text(turn["created_at"][:16])} · {_text(turn["course_id"])}</p>'
        f"<p><strong>{_text(turn['question'])}</strong></p><blockquote>{_text(turn['answer'])}</blockquote>"
        for turn in tables["turns"]
    ]
    return _section(t(language, "data_chats"), told, language)


def _better_answers(tables: Mapping[str, Sequence[Row]], language: str) -> str:
    told = [
        f'<p class="soft">{_text(one["created_at"][:16])} · {_text(one["state"])}</p>'
        f"<blockquote>{_text(one['text'])}</blockquote>"
        for one in tables["corrections"]
    ]
    return _section(t(language, "data_better_answers"), told, language)


def _practice(tables: Mapping[str, Sequence[Row]], language: str) -> str:
    questions = {row["id"]: row["item"]["prompt"] for row in tables["posed"] if row["item"]}
    grades = {row["attempt_id"]: row for row in tables["grades"]}  # the last one counts
    told = [
        f'<p class="soft">{_text(one["at"][:16])} · {_text(_grade(grades.get(one["id"])))}</p>'
        f"<p><strong>{_text(questions.get(one['posed_id'], ''))}</strong></p>"
        f"<blockquote>{_text(one['text'])}</blockquote>"
        for one in tables["attempts"]
    ]
    return _section(t(language, "data_practice"), told, language)


def _adapter_files(adapters: Sequence[AdapterVersion], language: str) -> str:
    told = [
        f'<p><a href="{html.escape(adapter_url(one))}">{_text(one.name)}.zip</a> · {_text(one.course_id)}</p>'
        for one in adapters
    ]
    return _section(t(language, "data_adapter_files"), told, language)


def _grade(row: Row | None) -> str:
    return ": ".join(filter(None, (row["outcome"], row["reason"]))) if row else ""


def _table(name: str, rows: Sequence[Row], language: str) -> str:
    """Return a table as it is stored, with the names of its columns."""
    title = t(language, f"data_{name}")
    if not rows:
        return f"<details><summary>{title} (0)</summary><p>{t(language, 'data_none')}</p></details>"
    head = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{_text(value)}</td>' for value in row.values())}</tr>" for row in rows)
    return (
        f'<details><summary>{title} ({len(rows)})</summary><div class="tp-scroll" tabindex="0" role="region" '
        f'aria-label="{title}"><table class="tp-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        "</div></details>"
    )


def _left_out(entries: Sequence[Mapping[str, str]], language: str) -> str:
    listed = "".join(f"<li>{html.escape(one['what'])}: {html.escape(one['why'])}</li>" for one in entries)
    return f"<details><summary>{t(language, 'data_left_out')}</summary><ul>{listed}</ul></details>"


def _text(value: Any) -> str:
    if value is None:
        return ""
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return html.escape(shown).replace("\n", "<br>")
