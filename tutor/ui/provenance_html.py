"""How an answer came about, as HTML: what wrote it, which passages were read for it, and which rules applied."""

from __future__ import annotations

import html
from collections.abc import Collection
from urllib.parse import quote

from tutor.courses.course_rules import RuleKind
from tutor.domain import Citation, FiredRule, Turn
from tutor.locales import t
from tutor.locales.formatting import format_number
from tutor.ui.chat_view import format_model_name, passage_url
from tutor.ui.citation_html import format_place

_DETAILED = (RuleKind.CONCERN, RuleKind.HELP_LEVEL, RuleKind.STRICTNESS)  # their detail has words of its own


def render_provenance(turn: Turn, language: str, kept: Collection[str]) -> str:
    """Return the article about a turn; `kept` are the ids of read passages that are still in the course."""
    parts = [
        _section(t(language, "came_by_writer"), _writer(turn, language)),
        _section(t(language, "came_by_read"), _read(turn, language, kept)),
        _section(t(language, "came_by_rules"), _rules(turn, language)),
    ]
    return f"<article><h1>{t(language, 'came_about')}</h1>{''.join(parts)}</article>"


def _section(title: str, body: str) -> str:
    return f"<h2>{title}</h2>{body}"


def _listed(lines: list[str]) -> str:
    return f'<ul class="came-about">{"".join(f"<li>{line}</li>" for line in lines)}</ul>'


def _writer(turn: Turn, language: str) -> str:
    """Return what wrote the answer: a person, a model with or without an adapter, or no model at all."""
    lines = []
    if turn.verified and turn.verified.whole:
        lines.append(t(language, f"came_by_{turn.verified.voice.value}"))
    elif not turn.model:
        lines.append(t(language, "came_by_no_model"))
    else:
        lines.append(t(language, "came_by_model", model=html.escape(format_model_name(turn.model, turn.quantization))))
        if turn.adapter:
            lines.append(t(language, "came_by_adapter", adapter=html.escape(turn.adapter)))
        else:
            lines.append(t(language, "came_by_no_adapter"))
        if turn.verified:
            lines.append(t(language, f"came_by_example_{turn.verified.voice.value}"))
    if turn.timings:
        lines.append(t(language, "came_by_time", seconds=format_number(language, turn.timings.total_s, 1)))
    return _listed(lines)


def _read(turn: Turn, language: str, kept: Collection[str]) -> str:
    read = turn.read
    if not read:
        return f"<p>{t(language, 'came_by_nothing_read')}</p>"
    found = ""
    if turn.confidence is not None:
        percent = format_number(language, 100 * turn.confidence, 0)
        found = f'<p class="soft">{t(language, "came_by_confidence", percent=percent)}</p>'
    return found + _listed([_passage(turn, passage, language, is_kept=passage.passage_id in kept) for passage in read])


def _passage(turn: Turn, passage: Citation, language: str, *, is_kept: bool) -> str:
    """Return a passage with a link to it, and what it was used for."""
    place = format_place(language, passage.place, passage.position, passage.locator)
    name = html.escape(f"{passage.document} · {place}")
    citation = next((one for one in turn.citations if one.passage_id == passage.passage_id), None)
    if is_kept:
        url = passage_url(turn, citation) if citation else f"/passage/{quote(passage.passage_id, safe='')}"
        name = f'<a href="{html.escape(url)}">{name}</a>'
    uses = [
        t(language, "came_by_cited", number=citation.number) if citation else "",
        t(language, "came_by_prompted") if turn.model and passage.passage_id in turn.passages else "",
        "" if is_kept else t(language, "came_by_removed"),
    ]
    return " · ".join(filter(None, (name, *uses)))


def _rules(turn: Turn, language: str) -> str:
    if not turn.rules:
        return f"<p>{t(language, 'came_by_no_rule')}</p>"
    return _listed([html.escape(_rule(rule, language)) for rule in turn.rules])


def _rule(rule: FiredRule, language: str) -> str:
    detail = t(language, f"rule_{rule.kind}_{rule.detail}") if rule.kind in _DETAILED else rule.detail
    return t(language, f"rule_{rule.kind}", detail=detail)
