"""Preferred answers become pairs, with consent, and reach the trainer only if the recipe has DPO steps."""

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


def test_a_correction_is_preferred_to_the_answer_it_replaced(tuning: TuningServices) -> None:
    turn = tuning.add_turn(tuning.ann, "Why green?", answer="Because it is so. [1] It glows. [°]")
    tuning.feedback.submit_correction(tuning.ann, turn.id, "Write to ann@example.org.", consent=True)
    assert pairs_of(tuning, tuning.ann.id) == [("Write to [email].", "Because it is so. It glows.")]


def test_of_two_answers_to_one_question_the_one_rated_up_is_preferred(tuning: TuningServices) -> None:
    first = tuning.add_turn(tuning.ann, "Why green?", answer="It glows.")
    again = tuning.add_turn(tuning.ann, "why  green?", answer="Green light is left over.")
    other = tuning.add_turn(tuning.ann, "Why blue?", answer="The sky.")
    tuning.feedback.rate(tuning.ann, first.id, Thumb.DOWN)
    tuning.feedback.rate(tuning.ann, again.id, Thumb.UP)
    tuning.feedback.rate(tuning.ann, other.id, Thumb.UP)
    tuning.feedback.set_consent(tuning.ann, given=True)
    assert pairs_of(tuning, tuning.ann.id) == [("Green light is left over.", "It glows.")]
    assert pairs_of(tuning, None) == [] == pairs_of(tuning, tuning.bob.id)  # ratings are for the learner's own adapter
    tuning.feedback.rate(tuning.ann, first.id, None)
    assert pairs_of(tuning, tuning.ann.id) == []


def test_without_consent_or_after_withdrawal_there_is_no_pair(tuning: TuningServices) -> None:
    turn = tuning.add_turn(tuning.ann, "Why green?", answer="It glows.")
    correction = tuning.feedback.submit_correction(tuning.ann, turn.id, "Green is left over.", consent=True)
    tuning.feedback.set_consent(tuning.ann, given=False)
    assert pairs_of(tuning, tuning.ann.id) == []
    tuning.feedback.set_consent(tuning.ann, given=True)
    assert len(pairs_of(tuning, tuning.ann.id)) == 1
    tuning.feedback.withdraw_correction(tuning.ann, correction.id)
    assert pairs_of(tuning, tuning.ann.id) == []


def test_answers_without_a_model_or_without_a_change_give_no_pair(tuning: TuningServices) -> None:
    without_model = tuning.add_turn(tuning.ann, "Why green?", answer="It glows.", asked_a_model=False)
    unchanged = tuning.add_turn(tuning.ann, "Why blue?", answer="The sky. [1]")
    tuning.feedback.submit_correction(tuning.ann, without_model.id, "Green is left over.", consent=True)
    tuning.feedback.submit_correction(tuning.ann, unchanged.id, "The sky.", consent=True)
    assert pairs_of(tuning, tuning.ann.id) == []


def test_pairs_reach_the_trainer_only_with_dpo_steps(tuning: TuningServices) -> None:
    tuning.add_accepted_corrections(tuning.ann, 3)
    seen: list[tuple[PreferencePair, ...] | None] = []

    def record(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.append(read_pairs(Path(job.pairs_file), job.vault) if job.pairs_file else None)
        return fake_train(job, *rest)

    for steps in (0, 4):
        training = replace(tuning.training, trainer=record, recipe=Recipe(preference_steps=steps))
        training.train(tuning.ann, tuning.ann.id, tuning.course)
    assert seen[0] is None
    assert seen[1] is not None
    assert sorted(pair.chosen for pair in seen[1]) == [f"Better Question {n}?" for n in range(3)]
    assert {pair.rejected for pair in seen[1]} == {"An answer."}
