"""What the runs of `bench.adaptation` say: paired differences with intervals, and who has won. Pure.

The rule of victory, written before the first run. At a number of corrections k, with at least MIN_QUESTIONS held-out
questions a learner:
- an adapter (alone, or with the prompt's examples: `mix`) wins a kind of wish if the 95 % interval of its paired
  difference to the prompt arm lies above 0, and loses it if the interval lies below 0;
- adapters win at k if one of the two wins at least KINDS_TO_WIN kinds and loses none; another learner's adapter and
  that of shuffled answers are no better than the base beyond their interval; and no adapter's loss on general text
  rises by more than MOST_FORGETTING.
A difference is of two answers to the same question, each 1 if the learner's rule is met, else 0. The intervals of one
learner draw questions; those over all learners draw learners, then their questions.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.eval_report import Interval, bootstrap_interval
from bench.adaptation_arms import ARMS, BASE, MIX, OWN, PROMPT, SHUFFLED, STRANGER, WISH

MIN_QUESTIONS = 8
KINDS_TO_WIN = 4
MOST_FORGETTING = 0.02
RESAMPLES = 2000

Met = Mapping[str, Sequence[int]]  # of one learner: whether each question was met, by arm


def difference(met: Met, new: str, old: str) -> list[int] | None:
    """Return the paired differences of two arms of one learner; None if one of them has not been run."""
    if new not in met or old not in met:
        return None
    return [a - b for a, b in zip(met[new], met[old], strict=True)]


def pooled_interval(differences: Sequence[Sequence[float]]) -> Interval | None:
    """Return the mean over learners with its 95 % interval, which draws learners and then their questions."""
    if not differences:
        return None
    rng = random.Random(len(differences))

    def drawn_mean() -> float:
        learners = rng.choices(differences, k=len(differences))
        return _mean([_mean(rng.choices(values, k=len(values))) for values in learners])

    means = sorted(drawn_mean() for _ in range(RESAMPLES))
    low, high = means[round(0.025 * RESAMPLES)], means[round(0.975 * RESAMPLES) - 1]
    mean = _mean([_mean(values) for values in differences])
    return Interval(mean, min(low, mean), max(high, mean))


def summarize(learners: Mapping[str, Met], trainings: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Return the figures at one number of corrections. `trainings` are those of the learners' own adapters."""
    result: dict[str, Any] = {"learners": len(learners)}
    result["met"] = {arm: _rounded(_share_met(learners, arm)) for arm in ARMS if _share_met(learners, arm) is not None}
    result["win_rate"] = _rounded(_win_rate(learners))
    for new, old in ((OWN, PROMPT), (MIX, PROMPT), (OWN, WISH), (PROMPT, BASE), (STRANGER, BASE), (SHUFFLED, BASE)):
        found = [values for met in learners.values() if (values := difference(met, new, old)) is not None]
        result[f"{new}_minus_{old}"] = _as_json(pooled_interval(found))
    own, mix = (_kinds(learners, arm) for arm in (OWN, MIX))
    result |= {"kinds_above": own["above"], "kinds_below": own["below"], "kinds": own["intervals"]}
    result |= {"mix_kinds_above": mix["above"], "mix_kinds_below": mix["below"], "mix_kinds": mix["intervals"]}
    result["forgetting"] = _rounded(max((training["forgetting"] for training in trainings), default=None))
    result["seconds"] = _rounded(_mean([training["seconds"] for training in trainings]), 1)
    result["victory"] = is_victory(result)
    return result


def is_victory(result: Mapping[str, Any]) -> bool | None:
    """Return whether adapters win by the rule above; None while an arm that decides is missing."""
    controls = [result[f"{arm}_minus_base"] for arm in (STRANGER, SHUFFLED)]
    if result["own_minus_prompt"] is None or result["forgetting"] is None or None in controls:
        return None
    wins = any(
        len(result[f"{prefix}kinds_above"]) >= KINDS_TO_WIN and not result[f"{prefix}kinds_below"]
        for prefix in ("", "mix_")
    )
    return wins and all(control["low"] <= 0 for control in controls) and result["forgetting"] <= MOST_FORGETTING


def _kinds(learners: Mapping[str, Met], arm: str) -> dict[str, Any]:
    """Return the kinds whose interval of `arm` minus the prompt arm lies above or below 0, and all intervals."""
    found = {kind: values for kind, met in learners.items() if (values := difference(met, arm, PROMPT)) is not None}
    intervals = {kind: bootstrap_interval(values) for kind, values in found.items()}
    counted = [kind for kind, values in found.items() if len(values) >= MIN_QUESTIONS]
    return {
        "above": [kind for kind in counted if intervals[kind].low > 0],
        "below": [kind for kind in counted if intervals[kind].high < 0],
        "intervals": {kind: _as_json(interval) for kind, interval in intervals.items()},
    }


def _win_rate(learners: Mapping[str, Met]) -> float | None:
    """Return the mean share of questions that the own adapter meets and the base does not."""
    shares = [
        _mean([float(new > old) for new, old in zip(met[OWN], met[BASE], strict=True)])
        for met in learners.values()
        if OWN in met and BASE in met
    ]
    return _mean(shares)


def _share_met(learners: Mapping[str, Met], arm: str) -> float | None:
    return _mean([_mean(met[arm]) for met in learners.values() if arm in met])


def _mean(values: Sequence[float]) -> Any:
    return sum(values) / len(values) if values else None


def _rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)


def _as_json(interval: Interval | None) -> dict[str, float] | None:
    if interval is None:
        return None
    return {"mean": round(interval.mean, 3), "low": round(interval.low, 3), "high": round(interval.high, 3)}
