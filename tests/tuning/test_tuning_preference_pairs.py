"""Preferred answers become pairs, with consent, and reach the trainer only when that step is switched on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tuning_services import TuningServices, fake_train

from adapters.dataset import read_pairs
from adapters.records import PreferencePair, Recipe, TrainedAdapter, TrainingJob
from tutor.domain import Thumb
from tutor.tuning.preference_pairs import PreferencePairSource


def pairs_of(tuning: TuningServices, learner: str | None) -> list[tuple[str, str]]:
    found = PreferencePairSource(tuning.database, tuning.training.training_rows).for_owner(learner, tuning.course)
    return [(pair.chosen, pair.rejected) for pair in found]


def test_an_edited_answer_is_preferred_to_the_one_it_replaced(tuning: TuningServices) -> None:
    turn = tuning.add_turn(tuning.ann, "Why green?", answer="Because it is so. [1] It glows. [°]")
    tuning.desk.submit_correction(tuning.ann, turn.id, "Write to ann@example.org.", consent=True)
    assert pairs_of(tuning, tuning.ann.id) == [("Write to [email].", "Because it is so. It glows.")]


def test_of_two_answers_to_one_question_the_liked_one_is_preferred(tuning: TuningServices) -> None:
    first = tuning.add_turn(tuning.ann, "Why green?", answer="It glows.")
    again = tuning.add_turn(tuning.ann, "why  green?", answer="Green light is left over.")
    other = tuning.add_turn(tuning.ann, "Why blue?", answer="The sky.")
    tuning.desk.rate(tuning.ann, first.id, Thumb.DOWN)
    tuning.desk.rate(tuning.ann, again.id, Thumb.UP)
    tuning.desk.rate(tuning.ann, other.id, Thumb.UP)
    tuning.desk.set_consent(tuning.ann, given=True)
    assert pairs_of(tuning, tuning.ann.id) == [("Green light is left over.", "It glows.")]
    assert pairs_of(tuning, None) == [] == pairs_of(tuning, tuning.bob.id)  # nobody else's adapter learns from a thumb
    tuning.desk.rate(tuning.ann, first.id, None)
    assert pairs_of(tuning, tuning.ann.id) == []


def test_without_consent_or_after_withdrawal_there_is_no_pair(tuning: TuningServices) -> None:
    turn = tuning.add_turn(tuning.ann, "Why green?", answer="It glows.")
    correction = tuning.desk.submit_correction(tuning.ann, turn.id, "Green is left over.", consent=True)
    tuning.desk.set_consent(tuning.ann, given=False)
    assert pairs_of(tuning, tuning.ann.id) == []
    tuning.desk.set_consent(tuning.ann, given=True)
    assert len(pairs_of(tuning, tuning.ann.id)) == 1
    tuning.desk.withdraw_correction(tuning.ann, correction.id)
    assert pairs_of(tuning, tuning.ann.id) == []


def test_unmodelled_or_unchanged_answers_give_no_pair(tuning: TuningServices) -> None:
    recited = tuning.add_turn(tuning.ann, "Why green?", answer="It glows.", asked_a_model=False)
    same = tuning.add_turn(tuning.ann, "Why blue?", answer="The sky. [1]")
    tuning.desk.submit_correction(tuning.ann, recited.id, "Green is left over.", consent=True)
    tuning.desk.submit_correction(tuning.ann, same.id, "The sky.", consent=True)
    assert pairs_of(tuning, tuning.ann.id) == []


def test_pairs_reach_the_trainer_only_when_the_step_is_switched_on(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    seen: list[tuple[PreferencePair, ...] | None] = []

    def look(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.append(read_pairs(Path(job.pairs_file)) if job.pairs_file else None)
        return fake_train(job, *rest)

    for steps in (0, 4):
        training = replace(tuning.training, trainer=look, recipe=Recipe(preference_steps=steps))
        training.train(tuning.ann, tuning.ann.id, tuning.course)
    assert seen[0] is None
    assert seen[1] is not None
    assert sorted(pair.chosen for pair in seen[1]) == [f"Better Question {n}?" for n in range(3)]
    assert {pair.rejected for pair in seen[1]} == {"An answer."}
