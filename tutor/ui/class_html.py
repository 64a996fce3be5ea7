"""What a class looks like: the numbers of `tutor.learner.class_overview` in, HTML out. No Gradio.

`for_page` names learners, for their instructor alone; `for_paper` says what `tutor.learner.disclosure_control`
lets out.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import quote

from tutor.errors import InputRefused
from tutor.learner.class_overview import Belief, Classroom, Stuck
from tutor.learner.disclosure_control import FEWEST, HIDDEN, Sums, Told, inside, outward
from tutor.learner.overview import Level, Overview, SkillLine
from tutor.progress.xapi_import import TakenIn
from tutor.ui import charts
from tutor.ui.progress_html import level, when
from tutor.ui.words import say
from tutor.ui.words.refusals import refusal

Names = Mapping[str, str]
Places = Mapping[str, str]  # passage id -> document and place, as a person reads it
LONGEST_LISTS = 12
MARKS = {Level.KNOWN: " ✓", Level.FADING: " ↘", Level.TO_CONFIRM: " ●"}
MOST_REFUSED = 50  # refused statements that are named


def for_page(seen: Classroom, learners: Names, skills: Names, places: Places, language: str) -> str:
    """Return the whole page of a class."""
    if not seen.learners:
        return f'<div class="tp tp-card"><p>{say(language, "class_none")}</p></div>'
    told = inside(seen)
    return (
        _catching_up(seen, language)
        + _week(told, skills, language)
        + _map(seen, learners, skills, language)
        + _stuck(seen, learners, skills, language)
        + _beliefs(seen, told, skills, places, "class_beliefs_none", language)
        + _items(told, "class_items_none", language)
    )


def for_paper(seen: Classroom, skills: Names, places: Places, language: str) -> str:
    """Return the report that may leave the house: counts, and none that gives away a group under five."""
    told = outward(seen)
    return (
        _catching_up(seen, language)
        + _week(told, skills, language)
        + _counts(told, skills, language)
        + _beliefs(seen, told, skills, places, "class_none_told", language)
        + _items(told, "class_none_told", language)
        + f'<div class="tp"><p class="soft">{say(language, "class_outward", fewest=FEWEST)}</p></div>'
    )


def links(course_id: str, learners: int, fewest: int, language: str) -> str:
    """Return the ways to take the class's numbers along."""
    if learners < fewest:
        return f'<div class="tp"><p class="soft">{say(language, "class_small")}</p></div>'
    query = f"?course={quote(course_id, safe='')}"
    ways = (("/class/report", "class_print"), ("/class/skills.csv", "class_csv"), ("/class/xapi.json", "class_xapi"))
    drawn = "".join(f'<a href="{path}{query}" target="_blank">{say(language, key)}</a>' for path, key in ways)
    note = f'<p class="soft">{html.escape(say(language, "class_export_note"))}</p>'
    return f'<div class="tp"><div class="tp-links">{drawn}</div>{note}</div>'


def taken_in(found: TakenIn, language: str) -> str:
    """Return what came of a file of answers, with each statement that was refused."""
    counts = say(language, "intake_came", taken=found.taken, known=found.known, refused=len(found.refused))
    for key, count in (("intake_left_out", found.left_out), ("intake_taken_back", found.taken_back)):
        counts += " " + say(language, key, n=count) if count else ""
    head = [say(language, "intake_place"), say(language, "intake_why")]
    table = charts.table(head, [(one.place, refusal(one.error, language)) for one in found.refused[:MOST_REFUSED]])
    more = len(found.refused) - MOST_REFUSED
    rest = f'<p class="soft">{say(language, "intake_more", n=more)}</p>' if more > 0 else ""
    return f'<div class="tp"><p role="status">{html.escape(counts)}</p>{table + rest if found.refused else ""}</div>'


def not_taken(error: InputRefused, language: str) -> str:
    """Return why nothing of a file was taken in."""
    said = say(language, "intake_not", reason=refusal(error, language))
    return f'<div class="tp"><p role="alert">{html.escape(said)}</p></div>'


def _catching_up(seen: Classroom, language: str) -> str:
    return (
        f'<div class="tp"><p role="status">{say(language, "class_catching_up")}</p></div>' if seen.catching_up else ""
    )


def _card(title: str, body: str, name: str) -> str:
    return f'<div class="tp tp-card" id="tp-{name}"><h3>{title}</h3>{body}</div>'


def _week(told: Told, skills: Names, language: str) -> str:
    lines = [*_active(told, language), *_worked(told, language)]
    for key, found in (("class_learnt", told.newly_known), ("class_newly_stuck", told.newly_stuck)):
        if found:
            named = [say(language, "class_listed", skill=skills[s], n=n) for s, n in found[:LONGEST_LISTS]]
            lines.append(say(language, key, list=say(language, "class_comma").join(named)))
    weeks = [_column(start, sums) for start, sums in told.weeks]
    said = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    note = say(language, "class_weeks")
    return _card(say(language, "class_week"), f'{said}{charts.columns(weeks, note)}<p class="soft">{note}</p>', "week")


def _active(told: Told, language: str) -> list[str]:
    if told.active is not None and told.active_before is not None:
        return [say(language, "class_active", now=told.active, before=told.active_before)]
    if told.active is not None:
        return [say(language, "class_active_now", now=told.active)]
    return [say(language, "class_active_before", before=told.active_before)] if told.active_before is not None else []


def _worked(told: Told, language: str) -> list[str]:
    """Return the sums of both weeks, as far as each may be told."""
    work, before, lines = told.work, told.work_before, []
    if work and work.aided is not None:
        lines.append(say(language, "class_work", now=work.answers, rights=work.rights, aided=work.aided))
    elif work:
        lines.append(say(language, "class_work_right", now=work.answers, rights=work.rights))
    if before:
        lines.append(say(language, "class_work_before", before=before.answers))
    if not all(sums for _, sums in told.weeks):
        lines.append(say(language, "class_work_hidden", fewest=FEWEST))
    return lines


def _column(start: date, sums: Sums | None) -> tuple[str, int, int]:
    return (f"{start:%m-%d}", sums.answers, sums.rights) if sums else (f"{start:%m-%d} *", 0, 0)


def _map(seen: Classroom, learners: Names, skills: Names, language: str) -> str:
    head = "".join(f'<th scope="col">{html.escape(skills[line.skill])}</th>' for line in seen.skills)
    order = sorted(seen.learners, key=lambda learner: learners[learner])
    rows = "".join(_map_row(learners[each], seen.learners[each], language) for each in order)
    corner = f'<th scope="col">{say(language, "class_learner")}</th>'
    table = (
        f'<div class="tp-scroll" role="region" tabindex="0" aria-label="{say(language, "class_map")}">'
        f'<table class="tp-map"><thead><tr>{corner}{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
    how = f'<p class="soft">{say(language, "class_map_how")}</p>'
    return _card(say(language, "class_map"), f"{how}{table}", "map")


def _map_row(name: str, view: Overview, language: str) -> str:
    cells = "".join(_cell(line, language) for line in view.skills)
    return f'<tr><th scope="row">{html.escape(name)}</th>{cells}</tr>'


def _cell(line: SkillLine, language: str) -> str:
    """Return the number with the mark and the word of its level, which are those of her own page."""
    if not line.answers:
        return '<td class="none">–</td>'
    word = html.escape(level(line, language), quote=True)
    return f'<td class="{line.level}" title="{word}">{round(100 * line.known)}{MARKS.get(line.level, "")}</td>'


def _counts(told: Told, skills: Names, language: str) -> str:
    head = [
        say(language, key)
        for key in ("class_skill", "class_known", "class_learning", "class_stuck_count", "class_unmet")
    ]
    hidden = say(language, "class_hidden")
    rows = [(skills[s], *(hidden if part == HIDDEN else part for part in parts)) for s, parts in told.rows.items()]
    return _card(say(language, "class_skills"), charts.table(head, rows), "skills")


def _stuck(seen: Classroom, learners: Names, skills: Names, language: str) -> str:
    """One line a skill, the most stuck first; opened, it names who and since when."""
    title = say(language, "class_stuck")
    if not seen.stuck:
        return _card(title, f"<p>{say(language, 'class_stuck_none')}</p>", "stuck")
    by_skill: dict[str, list[Stuck]] = {}
    for one in seen.stuck:
        by_skill.setdefault(one.skill, []).append(one)
    order = sorted(by_skill, key=lambda skill: (-len(by_skill[skill]), skill))
    lines = "".join(_stuck_on(skills[skill], by_skill[skill], seen, learners, language) for skill in order)
    return _card(title, lines, "stuck")


def _stuck_on(name: str, found: Sequence[Stuck], seen: Classroom, learners: Names, language: str) -> str:
    today = seen.at.date()
    longest = when(found[0].since, today, language)
    key = "class_stuck_line" if len(found) > 1 else "class_stuck_one"
    summary = html.escape(say(language, key, skill=name, n=len(found), when=longest))
    head = [say(language, key) for key in ("class_learner", "class_since", "class_lately")]
    rows = [(learners[s.learner_id], when(s.since, today, language), f"{s.rights}/{s.answers}") for s in found]
    return f"<details><summary>{summary}</summary>{charts.table(head, rows)}</details>"


def _beliefs(seen: Classroom, told: Told, skills: Names, places: Places, none: str, language: str) -> str:
    title = say(language, "class_beliefs")
    if not told.beliefs:
        return _card(title, f"<p>{say(language, none)}</p>", "beliefs")
    keys = ("class_belief", "class_skill", "class_learners", "class_last", "class_where")
    head = "".join(f'<th scope="col">{say(language, key)}</th>' for key in keys)
    rows = "".join(_belief(one, n, seen, skills, places, language) for one, n in told.beliefs[:LONGEST_LISTS])
    table = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return _card(title, f'<div class="tp-scroll"><table class="tp-table">{table}</table></div>', "beliefs")


def _belief(belief: Belief, learners: str, seen: Classroom, skills: Names, places: Places, language: str) -> str:
    skill, last = skills.get(belief.skill, belief.skill), when(belief.last, seen.at.date(), language)
    cells = (belief.text, skill, learners, last)
    place = html.escape(places.get(belief.passage_id or "", ""))
    link = f'<a href="/passage/{quote(belief.passage_id or "", safe="")}" target="_blank">{place}</a>' if place else "–"
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + f"<td>{link}</td></tr>"


def _items(told: Told, none: str, language: str) -> str:
    title = say(language, "class_items")
    if not told.items:
        return _card(title, f"<p>{say(language, none)}</p>", "items")
    head: Sequence[str] = [
        say(language, key) for key in ("class_item", "class_learners", "class_rate", "class_telling")
    ]
    hidden = say(language, "class_hidden")
    rows = [
        (item.item_id, learners, hidden if rate is None else f"{100 * rate:.0f} %", f"{item.telling:+.2f}")
        for item, learners, rate in told.items[:LONGEST_LISTS]
    ]
    how = f'<p class="soft">{say(language, "class_items_how")}</p>'
    return _card(title, how + charts.table(head, rows), "items")
