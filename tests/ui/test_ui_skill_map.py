"""The picture of a course's skills: where each is drawn, and what it says."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.domain import Skill
from tutor.learner.overview import build_overview
from tutor.learner.record import LearnerRecord
from tutor.learner.skill_graph import PrerequisiteEdge, build_graph
from tutor.ui.skill_map import (
    LINE_UNITS,
    MAX_LABEL_LINES,
    MAX_SKILLS,
    RADIUS,
    WIDTH,
    lay_out,
    render_skill_map,
    select_skills,
    text_units,
    wrap_label,
)

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def skill(name: str, *needs: str) -> Skill:
    return Skill(name, "biology", name, needs)


@st.composite
def courses(draw: st.DrawFn) -> list[Skill]:
    count = draw(st.integers(1, 30))
    return [
        skill(str(n), *draw(st.sets(st.sampled_from([str(m) for m in range(n)]), max_size=3) if n else st.just(())))
        for n in range(count)
    ]


@given(courses())
def test_a_skill_is_below_what_it_builds_on_and_nothing_overlaps(skills: list[Skill]) -> None:
    places = lay_out(skills)
    assert set(places) == {one.id for one in skills}
    assert all(places[need].y + 2 * RADIUS < places[one.id].y for one in skills for need in one.prerequisites)
    assert all(RADIUS <= place.x <= WIDTH - RADIUS for place in places.values())
    for one, other in combinations(places.values(), 2):
        assert abs(one.x - other.x) > 2 * RADIUS or abs(one.y - other.y) > 2 * RADIUS


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80))
def test_a_label_stays_within_its_lines(name: str) -> None:
    lines = wrap_label(name)
    assert len(lines) <= MAX_LABEL_LINES
    assert all(text_units(line) <= LINE_UNITS + 1 for line in lines)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("The Calvin cycle", ["The Calvin cycle"]),
        ("Parts of a chloroplast", ["Parts of a", "chloroplast"]),
        ("光反应与暗反应的区别和联系", ["光反应与暗反应的", "区别和联系"]),
    ],
)
def test_a_label_breaks_between_words_or_chinese_characters(name: str, lines: list[str]) -> None:
    assert wrap_label(name) == lines


def test_what_is_started_and_what_is_next_are_drawn_first_in_a_long_course() -> None:
    skills = [skill(str(n)) for n in range(100)]
    drawn = [one.id for one in select_skills(skills, ["98"], "99")]
    assert len(drawn) == MAX_SKILLS and drawn[-2:] == ["98", "99"] and drawn[0] == "0"


def test_on_the_first_day_the_map_shows_where_to_start() -> None:
    skills = [skill("light & leaves"), skill("calvin", "light & leaves")]
    graph = build_graph(["light & leaves", "calvin"], [PrerequisiteEdge("calvin", "light & leaves")])
    drawing = render_skill_map(build_overview(LearnerRecord(), graph, NOW), skills, "en")
    assert drawing.count('class="node none') == 2 and drawing.count("Start here") == 1
    assert "light &amp; leaves: not started" in drawing and 'class="edge"' in drawing
    assert 'role="img" aria-label="Map of 2 skills, 0 started.' in drawing


def test_a_course_without_skills_has_no_map() -> None:
    graph = build_graph([])
    assert render_skill_map(build_overview(LearnerRecord(), graph, NOW), [], "en") == ""
