"""Features of an answer: which counts of the course it belongs to, and what they predict for the next answer.

Three kinds: how everybody does on such items (counts), how this learner has been doing (history), and what the latest
answers say about this item (echoes: learners who missed that one also missed this one).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tutor.learner.answer_history import MAX_LATEST, AnswerHistory, ItemHistory, SkillHistory
from tutor.learner.feature_counts import FeatureCounts, FeatureKey
from tutor.learner.logit import logit

TRACING_FEATURES = (
    *("skill", "item", "attempt", "pattern", "run", "after_last", "echo_1", "echo_2", "echo_3", "echo_4"),
    *("echo_sum", "echo_fading", "echo_least", "echo_most"),
    *("answers", "surplus", "surprise_short", "surprise_middle", "surprise_long"),
    *("last_1", "last_2", "last_3", "last_4", "last_5"),
    *("same_skill", "run_length", "run_rights", "skills_seen"),
    *("skill_answers", "skill_rights", "skill_wrongs", "skill_short", "skill_middle", "skill_long"),
    *("skill_gap", "streak", "skill_last_1", "skill_last_2", "skill_last_3", "skill_last_4"),
    *("item_answers", "item_share", "item_last", "item_gap"),
)
ECHO_DECAY = 0.85
PRIOR_STRENGTH = {
    "all": 2.0,
    "skill": 10.0,
    "item": 10.0,
    "attempt": 20.0,
    "pattern": 25.0,
    "run": 25.0,
    "last": 12.0,
    "echo": 15.0,
}
EMPTY_SKILL_HISTORY = SkillHistory()


def count_keys(history: AnswerHistory, item: str, skill: str) -> list[FeatureKey]:
    """Return the keys this answer is counted under, in the order in which `feature_row` uses them."""
    own = history.skills.get(skill, EMPTY_SKILL_HISTORY)
    run = history.run if history.last_skill == skill else ()
    found: list[FeatureKey] = [
        ("all",),
        ("skill", skill),
        ("item", item),
        ("attempt", skill, min(own.answers, 8)),
        ("pattern", skill, own.latest),
        ("run", skill, min(len(run), 4), run[-4:]) if run else ("run", skill, -1, own.latest[-2:]),
        ("last", item, history.latest[0][1] if history.latest else None, bool(run)),
    ]
    found.extend(("echo", item, other, right) for other, right in history.latest)
    return found


def feature_row(
    history: AnswerHistory, item: str, skill: str, counts: FeatureCounts, held_out: FeatureCounts | None = None
) -> list[float]:
    """Return the row that `TRACING_FEATURES` names; `held_out` as in `FeatureCounts.count`."""
    own = history.skills.get(skill, EMPTY_SKILL_HISTORY)
    return [
        *_population_features(history, item, skill, counts, held_out),
        *_learner_features(history, skill),
        *_skill_features(own, history.answers),
        *_item_features(history.items.get(item), history.answers),
    ]


def _population_features(
    history: AnswerHistory, item: str, skill: str, counts: FeatureCounts, held_out: FeatureCounts | None
) -> list[float]:
    found = count_keys(history, item, skill)
    overall = counts.smoothed_rate(found[0], 0.5, PRIOR_STRENGTH["all"], held_out)
    usual = counts.smoothed_rate(found[1], overall, PRIOR_STRENGTH["skill"], held_out)
    base = counts.smoothed_rate(found[2], usual, PRIOR_STRENGTH["item"], held_out)
    attempt = counts.smoothed_rate(found[3], usual, PRIOR_STRENGTH["attempt"], held_out)
    pattern = counts.smoothed_rate(found[4], attempt, PRIOR_STRENGTH["pattern"], held_out)
    run = counts.smoothed_rate(found[5], pattern, PRIOR_STRENGTH["run"], held_out)
    last = counts.smoothed_rate(found[6], base, PRIOR_STRENGTH["last"], held_out)
    level = logit(base)
    echoes = [logit(counts.smoothed_rate(key, base, PRIOR_STRENGTH["echo"], held_out)) - level for key in found[7:]]
    fading = sum(echo * ECHO_DECAY**age for age, echo in enumerate(echoes))
    own = [logit(usual), level, logit(attempt), logit(pattern), logit(run), logit(last)]
    padded = (echoes + [0.0] * 4)[:4]
    return [*own, *padded, sum(echoes), fading, min(echoes, default=0.0), max(echoes, default=0.0)]


def _learner_features(history: AnswerHistory, skill: str) -> list[float]:
    latest = [_sign(right) for _, right in history.latest[:5]]
    same = history.last_skill == skill
    return [
        math.log1p(history.answers),
        history.surplus / (history.answers + 5),
        *history.surprise,
        *_pad(latest, 5),
        float(same),
        float(len(history.run)) if same else 0.0,
        float(sum(history.run[-4:])) if same else -1.0,
        float(len(history.skills)),
    ]


def _skill_features(own: SkillHistory, answers: int) -> list[float]:
    if not own.answers:
        return [0.0] * 12
    counts = (own.answers, own.rights, own.answers - own.rights)
    latest = [_sign(right) for right in reversed(own.latest)]
    gap = math.log1p(answers - own.last_index)
    return [*map(math.log1p, counts), *own.surprise, gap, float(own.streak), *_pad(latest, 4)]


def _item_features(own: ItemHistory | None, answers: int) -> list[float]:
    if own is None:
        return [0.0, -1.0, -1.0, -1.0]
    share = own.rights / own.answers
    return [math.log1p(own.answers), share, float(own.last_right), math.log1p(answers - own.last_index)]


def _sign(right: bool) -> float:
    return 1.0 if right else -1.0


def _pad(values: Sequence[float], length: int) -> list[float]:
    return [*values, *([0.0] * (length - len(values)))]


assert MAX_LATEST >= 4, "four echoes are features of their own"
