"""A class as HTML, from the numbers of `tutor.learner.class_overview`. No Gradio.

`render_class_page` names learners and is for their instructor only; `render_disclosable_class` shows what
`tutor.learner.disclosure_control` allows to be exported.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from tutor.errors import InputRefused
from tutor.learner.class_overview import ClassMisconception, ClassOverview, StuckLearner
from tutor.learner.disclosure_control import (
    HIDDEN,
    MIN_GROUP_SIZE,
    ClassFigures,
    DisclosedCounts,
    disclosable_figures,
    full_figures,
)
from tutor.learner.overview import LearnerOverview, MasteryLevel, SkillOverview
from tutor.locales import t, translate_error
from tutor.locales.formatting import format_month_day, format_share, join_list
from tutor.progress.xapi_import import ImportResult
from tutor.ui import charts
from tutor.ui.pictures import picture
from tutor.ui.progress_html import NamesById, format_level, format_relative_day

PlacesById = Mapping[str, str]  # passage id -> document and place
MAX_LIST_ROWS = 12
LEVEL_MARKS = {MasteryLevel.KNOWN: " ✓", MasteryLevel.FADING: " ↘", MasteryLevel.TO_CONFIRM: " ●"}
MAX_REFUSED_ROWS = 50  # refused statements that are listed


def render_class_page(
    classroom: ClassOverview, learners: NamesById, skills: NamesById, places: PlacesById, language: str
) -> str:
    """Return the class page."""
    if not classroom.learners:
        return f'<div class="tp tp-card t-empty">{picture("path")}<p>{t(language, "class_none")}</p></div>'
    disclosed = full_figures(classroom)
    return (
        _render_pending_notice(classroom, language)
        + _render_week(disclosed, skills, language)
        + _render_class_map(classroom, learners, skills, language)
        + _render_stuck(classroom, learners, skills, language)
        + _render_misconceptions(classroom, disclosed, skills, places, "class_misconceptions_none", language)
        + _render_low_discrimination_items(disclosed, "class_items_none", language)
    )


def render_disclosable_class(classroom: ClassOverview, skills: NamesById, places: PlacesById, language: str) -> str:
    """Return the exportable report: counts, none of which identifies a group of fewer than five."""
    disclosed = disclosable_figures(classroom)
    return (
        _render_pending_notice(classroom, language)
        + _render_week(disclosed, skills, language)
        + _render_skill_counts(disclosed, skills, language)
        + _render_misconceptions(classroom, disclosed, skills, places, "class_nothing_disclosable", language)
        + _render_low_discrimination_items(disclosed, "class_nothing_disclosable", language)
        + f'<div class="tp"><p class="soft">{t(language, "class_disclosure_note", fewest=MIN_GROUP_SIZE)}</p></div>'
    )


def render_class_export_links(course_id: str, learners: int, fewest: int, language: str) -> str:
    """Return the download links of the class."""
    if learners < fewest:
        return f'<div class="tp"><p class="soft">{t(language, "class_small")}</p></div>'
    query = f"?course={quote(course_id, safe='')}"
    exports = (
        ("/class/report", "class_print"),
        ("/class/skills.csv", "class_csv"),
        ("/class/xapi.json", "class_xapi"),
        ("/class/research.json", "class_research"),
    )
    anchors = "".join(f'<a href="{path}{query}" target="_blank">{t(language, key)}</a>' for path, key in exports)
    note = f'<p class="soft">{html.escape(t(language, "class_export_note"))}</p>'
    return f'<div class="tp"><div class="tp-links">{anchors}</div>{note}</div>'


def render_import_result(imported: ImportResult, language: str) -> str:
    """Return the result of an import, with each refused statement."""
    counts = t(
        language,
        "xapi_import_result",
        taken=imported.imported,
        known=imported.duplicates,
        refused=len(imported.rejected),
    )
    for key, count in (
        ("xapi_import_left_out", imported.skipped_voided),
        ("xapi_import_retracted", imported.retracted),
    ):
        counts += " " + t(language, key, n=count) if count else ""
    head = [t(language, "xapi_import_position"), t(language, "xapi_import_reason")]
    table = charts.table(
        head, [(one.position, translate_error(one.error, language)) for one in imported.rejected[:MAX_REFUSED_ROWS]]
    )
    more = len(imported.rejected) - MAX_REFUSED_ROWS
    rest = f'<p class="soft">{t(language, "xapi_import_more", n=more)}</p>' if more > 0 else ""
    return (
        f'<div class="tp"><p role="status">{html.escape(counts)}</p>{table + rest if imported.rejected else ""}</div>'
    )


def render_import_error(error: InputRefused, language: str) -> str:
    """Return why nothing was imported."""
    message = t(language, "xapi_import_failed", reason=translate_error(error, language))
    return f'<div class="tp"><p role="alert">{html.escape(message)}</p></div>'


def _render_pending_notice(classroom: ClassOverview, language: str) -> str:
    return (
        f'<div class="tp"><p role="status">{t(language, "class_catching_up")}</p></div>'
        if classroom.stale_learners
        else ""
    )


def _render_card(title: str, body: str, name: str) -> str:
    return f'<div class="tp tp-card" id="tp-{name}"><h3>{title}</h3>{body}</div>'


def _render_week(disclosed: ClassFigures, skills: NamesById, language: str) -> str:
    lines = [*_active_lines(disclosed, language), *_answer_lines(disclosed, language)]
    for key, found in (("class_learnt", disclosed.newly_known), ("class_newly_stuck", disclosed.newly_stuck)):
        if found:
            named = [t(language, "class_listed", skill=skills[s], n=n) for s, n in found[:MAX_LIST_ROWS]]
            lines.append(t(language, key, list=join_list(language, named)))
    weeks = [_column(format_month_day(language, start), sums) for start, sums in disclosed.weeks]
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    note = t(language, "class_weeks")
    return _render_card(
        t(language, "class_week"), f'{paragraphs}{charts.column_chart(weeks, note)}<p class="soft">{note}</p>', "week"
    )


def _active_lines(disclosed: ClassFigures, language: str) -> list[str]:
    if disclosed.active is not None and disclosed.active_before is not None:
        return [t(language, "class_active", now=disclosed.active, before=disclosed.active_before)]
    if disclosed.active is not None:
        return [t(language, "class_active_now", now=disclosed.active)]
    return (
        [t(language, "class_active_before", before=disclosed.active_before)]
        if disclosed.active_before is not None
        else []
    )


def _answer_lines(disclosed: ClassFigures, language: str) -> list[str]:
    """Return the sums of both weeks, as far as they may be disclosed."""
    work, before, lines = disclosed.counts, disclosed.counts_before, []
    if work and work.aided is not None:
        lines.append(t(language, "class_work", now=work.answers, rights=work.rights, aided=work.aided))
    elif work:
        lines.append(t(language, "class_work_right", now=work.answers, rights=work.rights))
    if before:
        lines.append(t(language, "class_work_before", before=before.answers))
    if not all(sums for _, sums in disclosed.weeks):
        lines.append(t(language, "class_work_hidden", fewest=MIN_GROUP_SIZE))
    return lines


def _column(start: str, sums: DisclosedCounts | None) -> tuple[str, int, int]:
    return (start, sums.answers, sums.rights) if sums else (f"{start} *", 0, 0)


def _render_class_map(classroom: ClassOverview, learners: NamesById, skills: NamesById, language: str) -> str:
    head = "".join(f'<th scope="col">{html.escape(skills[line.skill])}</th>' for line in classroom.skills)
    order = sorted(classroom.learners, key=lambda learner: learners[learner])
    rows = "".join(_render_map_row(learners[each], classroom.learners[each], language) for each in order)
    corner = f'<th scope="col">{t(language, "class_learner")}</th>'
    table = (
        f'<div class="tp-scroll" role="region" tabindex="0" aria-label="{t(language, "class_map")}">'
        f'<table class="tp-map"><thead><tr>{corner}{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
    how = f'<p class="soft">{t(language, "class_map_how")}</p>'
    return _render_card(t(language, "class_map"), f"{how}{table}", "map")


def _render_map_row(name: str, overview: LearnerOverview, language: str) -> str:
    cells = "".join(_render_cell(line, language) for line in overview.skills)
    return f'<tr><th scope="row">{html.escape(name)}</th>{cells}</tr>'


def _render_cell(line: SkillOverview, language: str) -> str:
    """Return the share with the mark and the label of its level, the same as on the learner's own page."""
    if not line.answers:
        return '<td class="none">–</td>'
    word = html.escape(format_level(line, language), quote=True)
    return (
        f'<td class="{line.level}" title="{word}">{round(100 * line.known_now)}{LEVEL_MARKS.get(line.level, "")}</td>'
    )


def _render_skill_counts(disclosed: ClassFigures, skills: NamesById, language: str) -> str:
    head = [
        t(language, key)
        for key in ("class_skill", "class_known", "class_learning", "class_stuck_count", "class_not_started")
    ]
    hidden = t(language, "class_hidden")
    rows = [
        (skills[s], *(hidden if part == HIDDEN else part for part in parts)) for s, parts in disclosed.skills.items()
    ]
    return _render_card(t(language, "class_skills"), charts.table(head, rows), "skills")


def _render_stuck(classroom: ClassOverview, learners: NamesById, skills: NamesById, language: str) -> str:
    """Return one line per skill, the most stuck first; it expands to the learners and since when."""
    title = t(language, "class_stuck")
    if not classroom.stuck:
        return _render_card(title, f"<p>{t(language, 'class_stuck_none')}</p>", "stuck")
    by_skill: dict[str, list[StuckLearner]] = {}
    for one in classroom.stuck:
        by_skill.setdefault(one.skill, []).append(one)
    order = sorted(by_skill, key=lambda skill: (-len(by_skill[skill]), skill))
    lines = "".join(
        _render_stuck_skill(skills[skill], by_skill[skill], classroom, learners, language) for skill in order
    )
    return _render_card(title, lines, "stuck")


def _render_stuck_skill(
    name: str, found: Sequence[StuckLearner], classroom: ClassOverview, learners: NamesById, language: str
) -> str:
    today = classroom.at.date()
    longest = format_relative_day(found[0].since, today, language)
    key = "class_stuck_line" if len(found) > 1 else "class_stuck_one"
    summary = html.escape(t(language, key, skill=name, n=len(found), when=longest))
    head = [t(language, key) for key in ("class_learner", "class_since", "class_recent")]
    rows = [
        (learners[s.learner_id], format_relative_day(s.since, today, language), f"{s.rights}/{s.answers}")
        for s in found
    ]
    return f"<details><summary>{summary}</summary>{charts.table(head, rows)}</details>"


def _render_misconceptions(
    classroom: ClassOverview,
    disclosed: ClassFigures,
    skills: NamesById,
    places: PlacesById,
    empty_key: str,
    language: str,
) -> str:
    title = t(language, "class_misconceptions")
    if not disclosed.misconceptions:
        return _render_card(title, f"<p>{t(language, empty_key)}</p>", "beliefs")
    keys = ("class_misconception", "class_skill", "class_learners", "class_last", "class_where")
    head = "".join(f'<th scope="col">{t(language, key)}</th>' for key in keys)
    rows = "".join(
        _render_misconception(one, n, classroom, skills, places, language)
        for one, n in disclosed.misconceptions[:MAX_LIST_ROWS]
    )
    table = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return _render_card(title, f'<div class="tp-scroll"><table class="tp-table">{table}</table></div>', "beliefs")


def _render_misconception(
    misconception: ClassMisconception,
    learners: str,
    classroom: ClassOverview,
    skills: NamesById,
    places: PlacesById,
    language: str,
) -> str:
    skill, last = (
        skills.get(misconception.skill, misconception.skill),
        format_relative_day(misconception.last, classroom.at.date(), language),
    )
    cells = (misconception.text, skill, learners, last)
    place = html.escape(places.get(misconception.passage_id or "", ""))
    link = (
        f'<a href="/passage/{quote(misconception.passage_id or "", safe="")}" target="_blank">{place}</a>'
        if place
        else "–"
    )
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + f"<td>{link}</td></tr>"


def _render_low_discrimination_items(disclosed: ClassFigures, empty_key: str, language: str) -> str:
    title = t(language, "class_items")
    if not disclosed.weak_items:
        return _render_card(title, f"<p>{t(language, empty_key)}</p>", "items")
    head: Sequence[str] = [
        t(language, key) for key in ("class_item", "class_learners", "class_rate", "class_discrimination")
    ]
    hidden = t(language, "class_hidden")
    rows = [
        (
            item.item_id,
            learners,
            hidden if rate is None else format_share(language, rate),
            f"{item.discrimination:+.2f}",
        )
        for item, learners, rate in disclosed.weak_items[:MAX_LIST_ROWS]
    ]
    how = f'<p class="soft">{t(language, "class_items_how")}</p>'
    return _render_card(title, how + charts.table(head, rows), "items")
