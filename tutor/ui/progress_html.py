"""What a learner's progress looks like: an overview in, HTML out, for the page and for the printed report.

No Gradio and no arithmetic of its own; everything from a course or a learner is escaped.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from urllib.parse import quote

from tutor.learner import recommendation_text
from tutor.learner.activity_log import Mistake, Work
from tutor.learner.overview import Level, Overview, SkillLine
from tutor.learner.placement import QUESTIONS
from tutor.learner.profile_statements import Says, Statement
from tutor.learner.recommender import Recommendation
from tutor.progress.recommended_reading import Resource
from tutor.ui import charts
from tutor.ui.words import say

Names = Mapping[str, str]
MIXED_UP = 5  # mix-ups that are named
LITTLE = 3  # unaided answers below which a level is called little evidence


def when(day: date, today: date, language: str) -> str:
    """Return a day as it is spoken of: today, in three days, 5 days ago, or its date."""
    distance = (day - today).days
    spoken = {0: "today", -1: "yesterday", 1: "tomorrow"}
    if distance in spoken:
        return say(language, spoken[distance])
    if -14 <= distance < 0:
        return say(language, "days_ago", n=-distance)
    if 0 < distance <= 14:
        return say(language, "in_days", n=distance)
    return day.isoformat()


def level(line: SkillLine, language: str) -> str:
    """Return how well a skill is known, in words, hedged by the evidence."""
    return say(language, f"level_{line.level}")


def evidence(line: SkillLine, language: str) -> str:
    """Return what a level rests on."""
    parts = [level(line, language)]
    mastery = line.mastery
    if mastery.unaided:
        parts.append(say(language, "alone_of", rights=mastery.unaided_right, answers=mastery.unaided))
    if mastery.aided:
        parts.append(say(language, "helped_of", rights=mastery.aided_right, answers=mastery.aided))
    if line.answers and mastery.unaided < LITTLE:
        parts.append(say(language, "little"))
    return " · ".join(parts)


def reason(choice: Recommendation, names: Names, language: str) -> str:
    return recommendation_text.reason(choice, names, "zh" if language == "zh" else "en")


def next_card(seen: Overview, names: Names, language: str) -> str:
    """Return the one recommendation with its reason."""
    title = say(language, "next_title")
    said = f'<p class="tp-next">{html.escape(reason(seen.recommended, names, language))}</p>'
    return f'<div class="tp tp-card"><h3>{title}</h3>{said}{_placement(seen, language)}</div>'


def _placement(seen: Overview, language: str) -> str:
    if seen.placed:
        line = say(language, "placement_going", done=seen.placed, most=QUESTIONS)
        return f'<p class="soft">{line}</p>'
    if seen.skills and not seen.total.answers:
        return f'<p class="soft">{say(language, "next_placement", most=QUESTIONS)}</p>'
    return ""


def reading_card(resources: Sequence[Resource], name: str, language: str) -> str:
    """Return the passages that teach the skill which comes next."""
    if not resources:
        return ""
    title = html.escape(say(language, "read_title", skill=name))
    items = "".join(f"<li>{_resource(resource, language)}</li>" for resource in resources)
    return f'<div class="tp tp-card"><h3>{title}</h3><ul>{items}</ul></div>'


def _resource(resource: Resource, language: str) -> str:
    place = " · ".join((resource.document.title or resource.document.name, resource.passage.locator.label))
    ease = say(language, "read_easy" if resource.hardness < 0.5 else "read_far")
    link = f"/passage/{quote(resource.passage.id, safe='')}"
    return f'<a href="{link}" target="_blank">{html.escape(place)}</a> <span class="soft">({ease})</span>'


def knowing_card(seen: Overview, names: Names, language: str) -> str:
    """Return every skill with its bar, its range and its words."""
    if not seen.skills:
        body = f"<p>{say(language, 'know_no_skills')}</p>"
    elif not seen.total.answers:
        body = f"<p>{say(language, 'know_nothing')}</p>{_skills(seen, names, language)}"
    else:
        body = f'<p class="soft">{say(language, "know_how")}</p>{_skills(seen, names, language)}'
    return f'<div class="tp tp-card" id="tp-know"><h3>{say(language, "know_title")}</h3>{body}</div>'


def _skills(seen: Overview, names: Names, language: str) -> str:
    """Return a line for each skill that something is known of; the others are named together."""
    met = [line for line in seen.skills if line.answers or line.placed]
    rest = " · ".join(names[line.skill] for line in seen.skills if line not in met)
    unmet = html.escape(say(language, "know_unmet", names=rest))
    return "".join(_skill(line, names[line.skill], language) for line in met) + (f"<p>{unmet}</p>" if rest else "")


def _skill(line: SkillLine, name: str, language: str) -> str:
    words = evidence(line, language)
    percent = round(100 * line.known)
    label = say(language, "percent_known", skill=name, percent=percent, words=words) if line.answers else words
    tone = {Level.KNOWN: "good", Level.LOW: "low", Level.PLACED: "faint"}.get(line.level, "")
    low, high = (line.low, line.high) if line.mastery.unaided else (None, None)
    drawn, share = charts.bar(line.known, low, high, tone), f"{percent} % · "
    return (
        f'<div class="tp-skill" role="group" aria-label="{html.escape(label)}"><strong>{html.escape(name)}</strong>'
        f"{drawn}<small>{share}{html.escape(words)}{_next_right(line, language)}</small>"
        f"{charts.trail(line.trail, label)}</div>"
    )


def _next_right(line: SkillLine, language: str) -> str:
    """Return how likely her next answer alone is right, and how sure that is; "" where she has not answered."""
    likely = line.next_right
    if likely is None or not line.answers:
        return ""
    low, high = round(100 * likely.low), round(100 * likely.high)
    said = say(language, "next_right", percent=round(100 * likely.right), low=low, high=high)
    return f'<br><span class="soft">{html.escape(said)}</span>'


def movement_cards(seen: Overview, names: Names, language: str) -> str:
    """Return what changed, what is due and which mix-ups stand, side by side."""
    cards = [
        _list(say(language, "changed_title"), _changed(seen, names, language), say(language, "changed_none")),
        _list(say(language, "due_title"), _due(seen, names, language), _due_none(seen, names, language)),
    ]
    if seen.mistakes:
        cards.append(_list(say(language, "mixed_title"), _mixed(seen, names, language), ""))
    return f'<div class="tp-grid">{"".join(cards)}</div>'


def _list(title: str, lines: Sequence[str], none: str) -> str:
    body = "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>" if lines else f"<p>{none}</p>"
    return f'<div class="tp tp-card"><h3>{title}</h3>{body}</div>'


def _changed(seen: Overview, names: Names, language: str) -> list[str]:
    return [
        html.escape(
            say(
                language,
                "changed_line",
                skill=names[line.skill],
                before=round(100 * line.before),
                now=round(100 * line.known),
            )
        )
        for line in seen.changed
    ]


def _due(seen: Overview, names: Names, language: str) -> list[str]:
    return [
        html.escape(say(language, "due_line", skill=names[line.skill], when=_due_when(line, seen, language)))
        for line in seen.due
    ]


def _due_none(seen: Overview, names: Names, language: str) -> str:
    later = [line for line in seen.skills if line.due_at and line.due_at > seen.at]
    said = say(language, "due_none")
    if not later:
        return said
    first = min(later, key=lambda line: line.due_at or seen.at)
    return f"{said} " + html.escape(
        say(language, "due_later", skill=names[first.skill], when=_due_when(first, seen, language))
    )


def _due_when(line: SkillLine, seen: Overview, language: str) -> str:
    moment: datetime = line.due_at or seen.at
    return when(moment.date(), seen.at.date(), language)


def _mixed(seen: Overview, names: Names, language: str) -> list[str]:
    """The newest mix-ups, the same one over several items told once."""
    grouped: dict[tuple[str, str], list[Mistake]] = {}
    for mistake in seen.mistakes:
        grouped.setdefault((mistake.text, mistake.skill), []).append(mistake)
    return [_mix_up(held, seen, names, language) for held in list(grouped.values())[:MIXED_UP]]


def _mix_up(held: Sequence[Mistake], seen: Overview, names: Names, language: str) -> str:
    newest, times = held[0], sum(mistake.times for mistake in held)
    last = when(newest.last, seen.at.date(), language)
    skill = names.get(newest.skill, newest.skill)
    said = html.escape(say(language, "mixed_line", text=newest.text, skill=skill, times=times, when=last))
    if newest.passage_id is None:
        return said
    return f'<a href="/passage/{quote(newest.passage_id, safe="")}" target="_blank">{said}</a>'


def work_cards(seen: Overview, language: str) -> str:
    """Return unaided against aided work, and the calendar with its table."""
    return f'<div class="tp-grid">{_helped(seen.total, language)}{_calendar(seen, language)}</div>'


def _helped(total: Work, language: str) -> str:
    rows = ((("help_alone"), total.unaided_rights, total.unaided), ("help_helped", total.aided_rights, total.aided))
    drawn = "".join(
        f"<p>{say(language, key)}: {_share(rights, answers, language)}</p>"
        f"{charts.bar(rights / answers if answers else 0, tone='good' if key == 'help_alone' else '')}"
        for key, rights, answers in rows
    )
    why = f'<p class="soft">{say(language, "help_why")}</p>'
    return f'<div class="tp tp-card" id="tp-help"><h3>{say(language, "help_title")}</h3>{drawn}{why}</div>'


def _share(rights: int, answers: int, language: str) -> str:
    return say(language, "help_share", rights=rights, answers=answers) if answers else say(language, "help_none")


def _calendar(seen: Overview, language: str) -> str:
    title = say(language, "work_title")
    week = say(language, "work_week", this=seen.this_week.answers, last=seen.last_week.answers)
    titles = {
        day: say(language, "work_day", day=day.isoformat(), answers=work.answers, rights=work.rights)
        for day, work in seen.days.items()
    }
    drawn = charts.calendar(seen.days, seen.at.date(), titles, f"{title}. {week}")
    head = [say(language, key) for key in ("day", "answers", "rights", "helped")]
    rows = [(d.isoformat(), w.answers, w.rights, w.aided) for d, w in sorted(seen.days.items(), reverse=True)]
    table = f"<details><summary>{say(language, 'work_table')}</summary>{charts.table(head, rows)}</details>"
    shown = table if rows else ""
    return f'<div class="tp tp-card" id="tp-work"><h3>{title}</h3><p>{week}</p>{drawn}{shown}</div>'


def statement(said: Statement, names: Names, today: date, language: str) -> str:
    """Return a statement with its evidence, hedged."""
    key = f"says_{said.says.value}{'_sure' if said.sure else ''}"
    return say(
        language,
        key,
        skill=names.get(said.skill or "", said.skill or ""),
        rights=said.rights,
        answers=said.answers,
        when=when(said.last, today, language) if said.last else "–",
        text=said.text,
    )


def statement_choices(found: Sequence[Statement], names: Names, today: date, language: str) -> list[tuple[str, str]]:
    return [(statement(one, names, today, language), one.key) for one in found if one.says in Says]


def block(text: str, language: str, *, small_model: bool) -> str:
    """Return the very block that a prompt is told, or why there is none."""
    title = f"<h3>{say(language, 'block_title')}</h3>"
    told = f"<blockquote>{html.escape(text)}</blockquote>" if text else f"<p>{say(language, 'block_none')}</p>"
    note = f'<p class="soft">{say(language, "block_small")}</p>' if small_model and text else ""
    return f'<div class="tp">{title}{told}{note}</div>'


def links(course_id: str, language: str) -> str:
    """Return the ways out of the page: print, take along."""
    query = f"?course={quote(course_id, safe='')}"
    ways = (
        ("/progress/report", "progress_print"),
        ("/progress/export.json", "export_json"),
        ("/progress/xapi.json", "export_xapi"),
        ("/progress/answers.csv", "export_csv"),
    )
    shown = "".join(f'<a href="{path}{query}" target="_blank">{say(language, key)}</a>' for path, key in ways)
    return f'<div class="tp tp-links">{shown}</div>'


def whole(seen: Overview, names: Names, language: str) -> str:
    """Return everything below the recommendation."""
    late = f'<div class="tp"><p role="status">{say(language, "catching_up")}</p></div>' if seen.catching_up else ""
    known = late + knowing_card(seen, names, language)
    return known + movement_cards(seen, names, language) + work_cards(seen, language) if seen.total.answers else known
