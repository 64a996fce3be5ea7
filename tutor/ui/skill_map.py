"""The skills of a course as a picture: basics on top, what builds on them below, and how far the learner is on each.

No Gradio. The picture is an SVG without a script; a screen reader gets one sentence, since the list below the picture
says the same skill by skill.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.domain import Skill
from tutor.learner.overview import LearnerOverview, MasteryLevel, SkillOverview
from tutor.locales import t
from tutor.ui.progress_html import format_level

MAX_SKILLS = 24  # drawn; a course may have more
COLUMNS = 3
WIDTH, ROW_HEIGHT, TOP, RADIUS = 420, 112, 46, 25
LINE_UNITS = 17  # of a label; a Chinese character takes two
MAX_LABEL_LINES = 2
_SIGNS = {MasteryLevel.KNOWN: "✓", MasteryLevel.FADING: "↻", MasteryLevel.TO_CONFIRM: "●"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the centre of a skill is drawn."""

    x: float
    y: float


def render_skill_map(overview: LearnerOverview, skills: Sequence[Skill], language: str) -> str:
    """Return the card with the picture; "" for a course without skills."""
    if not skills:
        return ""
    lines = {line.skill: line for line in overview.skills}
    shown = select_skills(skills, [s for s, line in lines.items() if is_started(line)], overview.recommendation.skill)
    places = lay_out(shown)
    edges = "".join(_render_edge(places[need], places[one.id]) for one in shown for need in _drawn_needs(one, places))
    next_skill = overview.recommendation.skill
    nodes = "".join(
        _render_node(one, places[one.id], lines.get(one.id), is_next=one.id == next_skill, language=language)
        for one in shown
    )
    height = max(place.y for place in places.values()) + ROW_HEIGHT - RADIUS - 10
    started = sum(is_started(line) for line in lines.values())
    label = html.escape(t(language, "map_label", skills=len(skills), started=started), quote=True)
    drawing = f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{label}">{edges}{nodes}</svg>'
    more = len(skills) - len(shown)
    rest = f'<p class="soft">{t(language, "map_more", count=more)}</p>' if more else ""
    return (
        f'<div class="tp tp-card t-map" id="tp-map"><h3>{t(language, "map_title")}</h3>'
        f'<p class="soft">{t(language, "map_how")}</p>{drawing}{rest}</div>'
    )


def is_started(line: SkillOverview) -> bool:
    return bool(line.answers) or line.is_from_placement


def select_skills(skills: Sequence[Skill], started: Sequence[str], next_skill: str | None) -> list[Skill]:
    """Return at most MAX_SKILLS in the order of the course: what is started and what is next before all others."""
    first = {*started, next_skill}
    ranked = sorted(skills, key=lambda one: one.id not in first)[:MAX_SKILLS]
    chosen = {one.id for one in ranked}
    return [one for one in skills if one.id in chosen]


def lay_out(skills: Sequence[Skill]) -> dict[str, Place]:
    """Return the place of each skill: below all that it builds on, and near the middle of them."""
    depths = skill_depths({one.id: one.prerequisites for one in skills})
    needs = {one.id: one.prerequisites for one in skills}
    places: dict[str, Place] = {}
    row = 0
    for depth in range(max(depths.values()) + 1):
        layer = [one.id for one in skills if depths[one.id] == depth]
        layer.sort(key=lambda skill: _middle([places[need].x for need in needs[skill] if need in places]))
        for start in range(0, len(layer), COLUMNS):
            members = layer[start : start + COLUMNS]
            for at, skill in enumerate(members):
                places[skill] = Place((at + 0.5) * WIDTH / len(members), TOP + row * ROW_HEIGHT)
            row += 1
    return places


def skill_depths(prerequisites: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many skills are below each on the longest way; what is not in the mapping does not count."""
    depths: dict[str, int] = {}
    waiting = list(prerequisites)
    while waiting:
        ready = [one for one in waiting if all(n in depths for n in prerequisites[one] if n in prerequisites)]
        for one in ready or waiting:  # a circle, which the course does not allow, is drawn in one row
            depths[one] = max((depths[n] + 1 for n in prerequisites[one] if n in depths), default=0)
        waiting = [one for one in waiting if one not in depths]
    return depths


def wrap_label(name: str) -> list[str]:
    """Return a name as at most MAX_LABEL_LINES short lines, broken between words or Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(name):
        if line and text_units(line + piece) > LINE_UNITS:
            lines.append(line.strip())
            line = ""
        line += piece
    lines.append(line.strip())
    kept = lines[:MAX_LABEL_LINES]
    if len(lines) > MAX_LABEL_LINES:
        kept[-1] = f"{kept[-1]}…"
    return [_clip(one) for one in kept]


def text_units(text: str) -> int:
    """Return the width of a text: 1 for a narrow character, 2 for a wide one."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _pieces(name: str) -> list[str]:
    pieces: list[str] = []
    for character in " ".join(name.split()):
        wide = text_units(character) == 2
        if pieces and not wide and not pieces[-1].endswith(" ") and text_units(pieces[-1][-1]) == 1:
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _clip(line: str) -> str:
    while text_units(line) > LINE_UNITS + 1:
        line = line.rstrip("…")[:-1] + "…"
    return line


def _middle(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else WIDTH / 2


def _drawn_needs(skill: Skill, places: Mapping[str, Place]) -> list[str]:
    return [need for need in skill.prerequisites if need in places]


def _render_edge(start: Place, end: Place) -> str:
    top, bottom = start.y + RADIUS, end.y - RADIUS
    bend = (bottom - top) / 2
    curve = f"C{start.x:.0f} {top + bend:.0f} {end.x:.0f} {bottom - bend:.0f} {end.x:.0f} {bottom:.0f}"
    return f'<path class="edge" d="M{start.x:.0f} {top:.0f} {curve}"/>'


def _render_node(skill: Skill, place: Place, line: SkillOverview | None, *, is_next: bool, language: str) -> str:
    level = line.level.value if line and is_started(line) else "none"
    said = format_level(line, language) if line and is_started(line) else t(language, "map_not_started")
    circle = f'cx="{place.x:.0f}" cy="{place.y:.0f}" r="{RADIUS}"'
    ring = f'<circle class="disc" {circle}/>'
    if line and is_started(line):
        share = 100 * line.known_now
        turned = f'transform="rotate(-90 {place.x:.0f} {place.y:.0f})"'
        ring += f'<circle class="ring" {circle} pathLength="100" stroke-dasharray="{share:.0f} 100" {turned}/>'
    sign = _sign(line, is_next=is_next)
    text = f'<text class="sign" x="{place.x:.0f}" y="{place.y + 6:.0f}">{sign}</text>'
    flag = _render_flag(place, language) if is_next else ""
    labels = "".join(
        f'<text x="{place.x:.0f}" y="{place.y + RADIUS + 17 + 16 * at:.0f}">{html.escape(part)}</text>'
        for at, part in enumerate(wrap_label(skill.name))
    )
    title = html.escape(t(language, "map_skill", skill=skill.name, level=said))
    following = " next" if is_next else ""
    return f'<g class="node {level}{following}"><title>{title}</title>{ring}{text}{flag}{labels}</g>'


def _sign(line: SkillOverview | None, *, is_next: bool) -> str:
    if line is None or not is_started(line):
        return "★" if is_next else ""
    return _SIGNS.get(line.level, f"{100 * line.known_now:.0f}")


def _render_flag(place: Place, language: str) -> str:
    words = t(language, "map_start_here")
    width = 7 * text_units(words) + 16
    left, top = place.x - width / 2, place.y - RADIUS - 20
    return (
        f'<g class="flag"><rect x="{left:.0f}" y="{top:.0f}" width="{width}" height="18" rx="9"/>'
        f'<text x="{place.x:.0f}" y="{top + 13:.0f}">{html.escape(words)}</text></g>'
    )
