"""The circumstances of an answer: what a course's tally counts it under, and what the counts say of the next one.

Three kinds of signals: how such items go for everybody (the tally), how this learner has been doing (the history),
and what her latest answers say about this very item (the echoes: who missed that one also missed this one).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tutor.learner.answer_history import LATEST, History, ItemTrail, SkillTrail
from tutor.learner.feature_counts import Key, Tally
from tutor.learner.logit import logit

CIRCUMSTANCES = (
    *("skill", "item", "attempt", "pattern", "run", "after_last", "echo_1", "echo_2", "echo_3", "echo_4"),
    *("echo_sum", "echo_fading", "echo_least", "echo_most"),
    *("answers", "surplus", "surprise_short", "surprise_middle", "surprise_long"),
    *("last_1", "last_2", "last_3", "last_4", "last_5"),
    *("same_skill", "run_length", "run_rights", "skills_seen"),
    *("skill_answers", "skill_rights", "skill_wrongs", "skill_short", "skill_middle", "skill_long"),
    *("skill_gap", "streak", "skill_last_1", "skill_last_2", "skill_last_3", "skill_last_4"),
    *("item_answers", "item_share", "item_last", "item_gap"),
)
FADING = 0.85
STRENGTH = {
    "all": 2.0,
    "skill": 10.0,
    "item": 10.0,
    "attempt": 20.0,
    "pattern": 25.0,
    "run": 25.0,
    "last": 12.0,
    "echo": 15.0,
}
FRESH_SKILL = SkillTrail()


def keys(history: History, item: str, skill: str) -> list[Key]:
    """Return what the tally counts this answer under, in the order in which `row` reads it."""
    trail = history.skills.get(skill, FRESH_SKILL)
    run = history.run if history.skill == skill else ()
    found: list[Key] = [
        ("all",),
        ("skill", skill),
        ("item", item),
        ("attempt", skill, min(trail.answers, 8)),
        ("pattern", skill, trail.latest),
        ("run", skill, min(len(run), 4), run[-4:]) if run else ("run", skill, -1, trail.latest[-2:]),
        ("last", item, history.latest[0][1] if history.latest else None, bool(run)),
    ]
    found.extend(("echo", item, other, right) for other, right in history.latest)
    return found


def row(history: History, item: str, skill: str, tally: Tally, without: Tally | None = None) -> list[float]:
    """Return the row that `CIRCUMSTANCES` names; `without` as in `Tally.of`."""
    trail = history.skills.get(skill, FRESH_SKILL)
    return [
        *_of_everybody(history, item, skill, tally, without),
        *_of_the_learner(history, skill),
        *_of_the_skill(trail, history.answers),
        *_of_the_item(history.items.get(item), history.answers),
    ]


def _of_everybody(history: History, item: str, skill: str, tally: Tally, without: Tally | None) -> list[float]:
    found = keys(history, item, skill)
    overall = tally.rate(found[0], 0.5, STRENGTH["all"], without)
    usual = tally.rate(found[1], overall, STRENGTH["skill"], without)
    base = tally.rate(found[2], usual, STRENGTH["item"], without)
    attempt = tally.rate(found[3], usual, STRENGTH["attempt"], without)
    pattern = tally.rate(found[4], attempt, STRENGTH["pattern"], without)
    run = tally.rate(found[5], pattern, STRENGTH["run"], without)
    last = tally.rate(found[6], base, STRENGTH["last"], without)
    level = logit(base)
    echoes = [logit(tally.rate(key, base, STRENGTH["echo"], without)) - level for key in found[7:]]
    fading = sum(echo * FADING**age for age, echo in enumerate(echoes))
    own = [logit(usual), level, logit(attempt), logit(pattern), logit(run), logit(last)]
    padded = (echoes + [0.0] * 4)[:4]
    return [*own, *padded, sum(echoes), fading, min(echoes, default=0.0), max(echoes, default=0.0)]


def _of_the_learner(history: History, skill: str) -> list[float]:
    latest = [_sign(right) for _, right in history.latest[:5]]
    same = history.skill == skill
    return [
        math.log1p(history.answers),
        history.surplus / (history.answers + 5),
        *history.surprise,
        *_padded(latest, 5),
        float(same),
        float(len(history.run)) if same else 0.0,
        float(sum(history.run[-4:])) if same else -1.0,
        float(len(history.skills)),
    ]


def _of_the_skill(trail: SkillTrail, answers: int) -> list[float]:
    if not trail.answers:
        return [0.0] * 12
    counts = (trail.answers, trail.rights, trail.answers - trail.rights)
    latest = [_sign(right) for right in reversed(trail.latest)]
    gap = math.log1p(answers - trail.last_at)
    return [*map(math.log1p, counts), *trail.surprise, gap, float(trail.streak), *_padded(latest, 4)]


def _of_the_item(trail: ItemTrail | None, answers: int) -> list[float]:
    if trail is None:
        return [0.0, -1.0, -1.0, -1.0]
    share = trail.rights / trail.answers
    return [math.log1p(trail.answers), share, float(trail.right_last), math.log1p(answers - trail.last_at)]


def _sign(right: bool) -> float:
    return 1.0 if right else -1.0


def _padded(values: Sequence[float], length: int) -> list[float]:
    return [*values, *([0.0] * (length - len(values)))]


assert LATEST >= 4, "four echoes are read one by one"
