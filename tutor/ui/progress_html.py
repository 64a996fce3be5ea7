"""A learner's progress as HTML, for the page and the printed report.

No Gradio and no calculations; everything from a course or a learner is escaped.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from urllib.parse import quote

from tutor.domain import Skill
from tutor.learner.activity_log import AnswerCounts, ObservedMisconception
from tutor.learner.overview import LearnerOverview, MasteryLevel, SkillOverview
from tutor.learner.placement import MAX_QUESTIONS
from tutor.learner.profile_statements import ProfileStatement, StatementKind
from tutor.learner.recommender import Recommendation
from tutor.locales import t
from tutor.locales.formatting import format_day, format_days_from_now, format_share
from tutor.progress import recommendation_text
from tutor.progress.recommended_reading import RecommendedPassage
from tutor.ui import charts
from tutor.ui.pictures import picture

NamesById = Mapping[str, str]
MAX_MISCONCEPTIONS = 5  # misconceptions that are listed
LITTLE_EVIDENCE_BELOW = 3  # unaided answers


def format_relative_day(day: date, today: date, language: str) -> str:
    """Return a day as "today", "in 3 days" or "5 days ago", or its date if it is further away."""
    distance = (day - today).days
    keys = {0: "today", -1: "yesterday", 1: "tomorrow"}
    if distance in keys:
        return t(language, keys[distance])
    if abs(distance) <= 14:
        return format_days_from_now(language, distance)
    return format_day(language, day)


def format_level(line: SkillOverview, language: str) -> str:
    """Return the label of a skill's mastery level."""
    return t(language, f"level_{line.level}")


def format_level_evidence(line: SkillOverview, language: str) -> str:
    """Return a level with its evidence."""
    parts = [format_level(line, language)]
    mastery = line.mastery
    if mastery.unaided:
        parts.append(t(language, "unaided_of", rights=mastery.unaided_right, answers=mastery.unaided))
    if mastery.aided:
        parts.append(t(language, "aided_of", rights=mastery.aided_right, answers=mastery.aided))
    if line.answers and mastery.unaided < LITTLE_EVIDENCE_BELOW:
        parts.append(t(language, "little_evidence"))
    return " · ".join(parts)


def format_recommendation(choice: Recommendation, names: NamesById, language: str) -> str:
    return recommendation_text.explain_recommendation(choice, names, language)


def render_recommendation(overview: LearnerOverview, names: NamesById, language: str) -> str:
    """Return the recommendation with its reason."""
    title = t(language, "next_title")
    sentence = f'<p class="tp-next">{html.escape(format_recommendation(overview.recommendation, names, language))}</p>'
    return f'<div class="tp tp-card"><h3>{title}</h3>{sentence}{_render_placement(overview, language)}</div>'


def _render_placement(overview: LearnerOverview, language: str) -> str:
    if overview.placement_answers:
        line = t(language, "placement_in_progress", done=overview.placement_answers, most=MAX_QUESTIONS)
        return f'<p class="soft">{line}</p>'
    if overview.skills and not overview.total.answers:
        return f'<p class="soft">{t(language, "next_placement", most=MAX_QUESTIONS)}</p>'
    return ""


def render_reading(resources: Sequence[RecommendedPassage], name: str, language: str) -> str:
    """Return the passages that teach a skill."""
    if not resources:
        return ""
    title = html.escape(t(language, "read_title", skill=name))
    items = "".join(f"<li>{_render_resource(resource, language)}</li>" for resource in resources)
    return f'<div class="tp tp-card"><h3>{title}</h3><ul>{items}</ul></div>'


def _render_resource(resource: RecommendedPassage, language: str) -> str:
    place = " · ".join((resource.document.title or resource.document.name, resource.passage.locator.label))
    ease = t(language, "read_easy" if resource.difficulty < 0.5 else "read_hard")
    link = f"/passage/{quote(resource.passage.id, safe='')}"
    return f'<a href="{link}" target="_blank">{html.escape(place)}</a> <span class="soft">({ease})</span>'


def render_standing(skills: Sequence[Skill], language: str) -> str:
    """Return that the skills are proposed from the documents, where no instructor has accepted any; else ""."""
    if all(skill.is_accepted for skill in skills):
        return ""
    return f'<div class="tp"><p class="soft" id="tp-offered">{t(language, "progress_offered")}</p></div>'


def render_mastery(overview: LearnerOverview, names: NamesById, language: str) -> str:
    """Return every skill with its bar, its range and its level."""
    if not overview.skills:
        body = f'<div class="t-empty">{picture("path")}<p>{t(language, "mastery_no_skills")}</p></div>'
    elif not overview.total.answers:
        body = f"<p>{t(language, 'mastery_nothing')}</p>{_render_skills(overview, names, language)}"
    else:
        body = f'<p class="soft">{t(language, "mastery_how")}</p>{_render_skills(overview, names, language)}'
    return f'<div class="tp tp-card" id="tp-mastery"><h3>{t(language, "mastery_title")}</h3>{body}</div>'


def _render_skills(overview: LearnerOverview, names: NamesById, language: str) -> str:
    """Return a line for each skill with evidence; the others are listed together."""
    met = [line for line in overview.skills if line.answers or line.is_from_placement]
    rest = " · ".join(names[line.skill] for line in overview.skills if line not in met)
    unmet = html.escape(t(language, "mastery_not_started", names=rest))
    return "".join(_render_skill(line, names[line.skill], language) for line in met) + (
        f"<p>{unmet}</p>" if rest else ""
    )


def _render_skill(line: SkillOverview, name: str, language: str) -> str:
    evidence = format_level_evidence(line, language)
    percent = format_share(language, line.known_now)
    label = t(language, "percent_known", skill=name, share=percent, words=evidence) if line.answers else evidence
    tone = {MasteryLevel.KNOWN: "good", MasteryLevel.LOW: "low", MasteryLevel.FROM_PLACEMENT: "faint"}.get(
        line.level, ""
    )
    low, high = (line.low, line.high) if line.mastery.unaided else (None, None)
    bar, share = charts.bar(line.known_now, low, high, tone), f"{percent} · "
    return (
        f'<div class="tp-skill" role="group" aria-label="{html.escape(label)}"><strong>{html.escape(name)}</strong>'
        f"{bar}<small>{share}{html.escape(evidence)}{_render_next_correct(line, language)}</small>"
        f"{charts.sparkline(line.mastery_history, label)}</div>"
    )


def _render_next_correct(line: SkillOverview, language: str) -> str:
    """Return the chance that the next unaided answer is right, with its range; "" without answers."""
    success = line.success_chance
    if success is None or not line.answers:
        return ""
    shares = {"share": success.probability, "low": success.low, "high": success.high}
    sentence = t(language, "next_right", **{name: format_share(language, share) for name, share in shares.items()})
    return f'<br><span class="soft">{html.escape(sentence)}</span>'


def render_changes(overview: LearnerOverview, names: NamesById, language: str) -> str:
    """Return recent changes, due reviews and current misconceptions."""
    cards = [
        _render_list(
            t(language, "changed_title"), _changed_lines(overview, names, language), t(language, "changed_none")
        ),
        _render_list(
            t(language, "due_title"),
            _due_lines(overview, names, language),
            _nothing_due_line(overview, names, language),
        ),
    ]
    if overview.misconceptions:
        cards.append(
            _render_list(t(language, "misconceptions_title"), _misconception_lines(overview, names, language), "")
        )
    return f'<div class="tp-grid">{"".join(cards)}</div>'


def _render_list(title: str, lines: Sequence[str], none: str) -> str:
    body = "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>" if lines else f"<p>{none}</p>"
    return f'<div class="tp tp-card"><h3>{title}</h3>{body}</div>'


def _changed_lines(overview: LearnerOverview, names: NamesById, language: str) -> list[str]:
    return [
        html.escape(
            t(
                language,
                "changed_line",
                skill=names[line.skill],
                before=format_share(language, line.known_week_ago),
                now=format_share(language, line.known_now),
            )
        )
        for line in overview.changed
    ]


def _due_lines(overview: LearnerOverview, names: NamesById, language: str) -> list[str]:
    return [
        html.escape(t(language, "due_line", skill=names[line.skill], when=_format_due_day(line, overview, language)))
        for line in overview.due
    ]


def _nothing_due_line(overview: LearnerOverview, names: NamesById, language: str) -> str:
    later = [line for line in overview.skills if line.due_at and line.due_at > overview.at]
    sentence = t(language, "due_none")
    if not later:
        return sentence
    first = min(later, key=lambda line: line.due_at or overview.at)
    return f"{sentence} " + html.escape(
        t(language, "due_later", skill=names[first.skill], when=_format_due_day(first, overview, language))
    )


def _format_due_day(line: SkillOverview, overview: LearnerOverview, language: str) -> str:
    moment: datetime = line.due_at or overview.at
    return format_relative_day(moment.date(), overview.at.date(), language)


def _misconception_lines(overview: LearnerOverview, names: NamesById, language: str) -> list[str]:
    """Return the newest misconceptions, each one once even if several items show it."""
    grouped: dict[tuple[str, str], list[ObservedMisconception]] = {}
    for mistake in overview.misconceptions:
        grouped.setdefault((mistake.text, mistake.skill), []).append(mistake)
    return [
        _render_misconception(same, overview, names, language) for same in list(grouped.values())[:MAX_MISCONCEPTIONS]
    ]


def _render_misconception(
    same: Sequence[ObservedMisconception], overview: LearnerOverview, names: NamesById, language: str
) -> str:
    newest, times = same[0], sum(mistake.times for mistake in same)
    last = format_relative_day(newest.last, overview.at.date(), language)
    skill = names.get(newest.skill, newest.skill)
    sentence = html.escape(t(language, "misconceptions_line", text=newest.text, skill=skill, times=times, when=last))
    if newest.passage_id is None:
        return sentence
    return f'<a href="/passage/{quote(newest.passage_id, safe="")}" target="_blank">{sentence}</a>'


def render_activity(overview: LearnerOverview, language: str) -> str:
    """Return unaided and aided work, and the calendar with its table."""
    usage, calendar = _render_help_usage(overview.total, language), _render_calendar(overview, language)
    return f'<div class="tp-grid">{usage}{calendar}</div>'


def _render_help_usage(total: AnswerCounts, language: str) -> str:
    rows = (("help_unaided", total.unaided_rights, total.unaided), ("help_aided", total.aided_rights, total.aided))
    bars = "".join(
        f"<p>{t(language, key)}: {_format_share(rights, answers, language)}</p>"
        f"{charts.bar(rights / answers if answers else 0, tone='good' if key == 'help_unaided' else '')}"
        for key, rights, answers in rows
    )
    why = f'<p class="soft">{t(language, "help_why")}</p>'
    return f'<div class="tp tp-card" id="tp-help"><h3>{t(language, "help_title")}</h3>{bars}{why}</div>'


def _format_share(rights: int, answers: int, language: str) -> str:
    return t(language, "help_share", rights=rights, answers=answers) if answers else t(language, "help_none")


def _render_calendar(overview: LearnerOverview, language: str) -> str:
    title = t(language, "work_title")
    week = t(language, "work_week", this=overview.this_week.answers, last=overview.last_week.answers)
    titles = {
        day: t(language, "work_day", day=format_day(language, day), answers=work.answers, rights=work.rights)
        for day, work in overview.days.items()
    }
    chart = charts.calendar(overview.days, overview.at.date(), titles, f"{title}. {week}")
    head = [t(language, key) for key in ("day", "answers", "rights", "aided")]
    rows = [
        (format_day(language, d), w.answers, w.rights, w.aided) for d, w in sorted(overview.days.items(), reverse=True)
    ]
    table = f"<details><summary>{t(language, 'work_table')}</summary>{charts.table(head, rows)}</details>"
    details_html = table if rows else ""
    return f'<div class="tp tp-card" id="tp-work"><h3>{title}</h3><p>{week}</p>{chart}{details_html}</div>'


def format_statement(observed: ProfileStatement, names: NamesById, today: date, language: str) -> str:
    """Return a statement with its evidence; one without enough evidence is hedged."""
    key = f"statement_{observed.says.value}{'_sure' if observed.is_confident else ''}"
    return t(
        language,
        key,
        skill=names.get(observed.skill or "", observed.skill or ""),
        rights=observed.rights,
        answers=observed.answers,
        when=format_relative_day(observed.last, today, language) if observed.last else "–",
        text=observed.text,
    )


def statement_choices(
    statements: Sequence[ProfileStatement], names: NamesById, today: date, language: str
) -> list[tuple[str, str]]:
    return [(format_statement(one, names, today, language), one.key) for one in statements if one.says in StatementKind]


def render_prompt_block(text: str, language: str, *, model_is_told: bool) -> str:
    """Return the block that prompts include, or why there is none."""
    title = f"<h3>{t(language, 'prompt_block_title')}</h3>"
    content = f"<blockquote>{html.escape(text)}</blockquote>" if text else f"<p>{t(language, 'prompt_block_none')}</p>"
    note = f'<p class="soft">{t(language, "prompt_block_small_model")}</p>' if text and not model_is_told else ""
    return f'<div class="tp">{title}{content}{note}</div>'


def render_export_links(course_id: str, language: str) -> str:
    """Return the links to print and to export."""
    query = f"?course={quote(course_id, safe='')}"
    exports = (
        ("/progress/report", "progress_print"),
        ("/progress/export.json", "export_json"),
        ("/progress/xapi.json", "export_xapi"),
        ("/progress/answers.csv", "export_csv"),
    )
    anchors = "".join(f'<a href="{path}{query}" target="_blank">{t(language, key)}</a>' for path, key in exports)
    anchors += f'<a href="/account/data" target="_blank">{t(language, "data_link")}</a>'
    return f'<div class="tp tp-links">{anchors}</div>'


def render_progress(overview: LearnerOverview, names: NamesById, language: str) -> str:
    """Return all parts below the recommendation."""
    notice = f'<div class="tp"><p role="status">{t(language, "catching_up")}</p></div>' if overview.is_stale else ""
    mastery = notice + render_mastery(overview, names, language)
    return (
        mastery + render_changes(overview, names, language) + render_activity(overview, language)
        if overview.total.answers
        else mastery
    )
