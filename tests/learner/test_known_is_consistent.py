"""A skill is known on a learner's page exactly where the class map and its counts say so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rebuilt_records import rebuild_record

from tutor.domain import Outcome
from tutor.learner.bayesian_knowledge_tracing import MASTERY_THRESHOLD
from tutor.learner.class_overview import build_class_overview
from tutor.learner.evidence import AnswerEvent
from tutor.learner.overview import REVIEW_THRESHOLD, MasteryLevel
from tutor.learner.skill_graph import build_graph
from tutor.locales import t
from tutor.ui import class_html, progress_html

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
COURSE, NAMES = build_graph("ab", []), {"a": "Light", "b": "Sugar"}
LEARNERS = {"ada": "ada", "bob": "bob", "cho": "cho"}
lived = st.lists(
    st.tuples(
        st.sampled_from(sorted(LEARNERS)),
        st.sampled_from("ab"),
        st.sampled_from([True, True, True, False]),  # right
        st.sampled_from([False, False, False, True]),  # helped
        st.sampled_from([0, 0, 1, 5]),  # days later
    ),
    max_size=40,
)


def seen_after(steps, later: float):
    at, events = START, {learner: [] for learner in LEARNERS}
    for n, (learner, skill, right, helped, days) in enumerate(steps):
        at += timedelta(days=days, minutes=1)
        outcome = Outcome.RIGHT if right else Outcome.WRONG
        one = AnswerEvent(
            f"e{n}", learner, "c", f"i{n % 9}", (skill,), outcome, hints=0, aided=helped, at=at, judge="t"
        )
        events[learner].append(one)
    records = {learner: rebuild_record(found, COURSE) for learner, found in events.items() if found}
    return build_class_overview(records, COURSE, at + timedelta(days=later))


@pytest.mark.parametrize("language", ["en", "zh"])
@settings(deadline=None, max_examples=25)
@given(lived, st.sampled_from([0, 3, 30]))
def test_learner_page_and_class_page_agree_on_known_skills(language, steps, later):
    seen = seen_after(steps, later)
    page = class_html.render_class_page(seen, LEARNERS, NAMES, {}, language)
    rows = re.findall(r'<tr><th scope="row">(\w+)</th>(.*?)</tr>', page)
    on_map = {(actor, skill) for actor, row in rows for skill, cell in zip("ab", row.split("</td>"), strict=False)
              if f'title="{t(language, "level_known")}"' in cell and "✓" in cell}  # fmt: skip
    own = set()
    for actor, view in seen.learners.items():
        for skill, name in NAMES.items():
            lines = re.findall(rf"<strong>{name}</strong>.*?<small>\d+% · (.*?)(?: · |<)",
                               progress_html.render_mastery(view, NAMES, language))  # fmt: skip
            own |= {(actor, skill) for said in lines if said == t(language, "level_known")}
    assert on_map == own
    for line in seen.skills:
        assert line.known == sum(skill == line.skill for _, skill in own)


@settings(deadline=None, max_examples=50)
@given(lived, st.sampled_from([0, 3, 30]))
def test_a_learner_is_counted_once_per_skill(steps, later):
    seen = seen_after(steps, later)
    for line in seen.skills:
        assert min(line.known, line.learning, line.stuck, line.unmet) >= 0
        assert line.met + line.unmet == len(seen.learners)
    for skill, count in seen.digest.newly_known:
        assert count <= next(line.known for line in seen.skills if line.skill == skill)
    for skill, count in seen.digest.newly_stuck:
        assert count <= next(line.stuck for line in seen.skills if line.skill == skill)


def test_mastery_of_0_8_is_not_known():
    """The class counted a skill as known from .8; the learner's page, recommendations and reviews from .95."""
    steps = [("ada", "a", True, False, 0)]
    while (line := seen_after(steps, 0).learners["ada"].skills[0]).known_now < 0.8:
        steps.append(steps[0])
    assert 0.8 <= line.known_now < MASTERY_THRESHOLD and line.level is MasteryLevel.HIGH
    assert seen_after(steps, 0).skills[0].known == 0


def test_relearning_is_not_counted_as_newly_known():
    steps = [("ada", "a", True, False, 0)] * 6
    learnt = seen_after(steps, 0)
    assert learnt.digest.newly_known == (("a", 1),) and learnt.skills[0].known == 1
    faded = seen_after(steps, 200)
    line = faded.learners["ada"].skills[0]
    assert line.known_now < REVIEW_THRESHOLD and line.level is MasteryLevel.FADING and faded.skills[0].known == 0
    later = [("bob", "b", True, False, 198), *[steps[0]] * 3]
    again = seen_after([*steps, *later], 0)
    assert again.skills[0].known == 1 and again.digest.newly_known == ()
