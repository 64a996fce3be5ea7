"""Preferred answers become pairs, with consent, and reach the trainer only when that step is switched on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tuning_services import Rooms, write_at_once

from adapters.dataset import read_pairs
from adapters.records import PreferenceRow, Recipe, TrainedAdapter, TrainingJob
from tutor.domain import Thumb
from tutor.tuning.preference_pairs import Pairs


def pairs_of(rooms: Rooms, learner: str | None) -> list[tuple[str, str]]:
    found = Pairs(rooms.database, rooms.training.rows).of(learner, rooms.course)
    return [(pair.chosen, pair.rejected) for pair in found]


def test_an_edited_answer_is_preferred_to_the_one_it_replaced(rooms: Rooms) -> None:
    turn = rooms.turn(rooms.ann, "Why green?", answer="Because it is so. [1] It glows. [°]")
    rooms.desk.correct(rooms.ann, turn.id, "Write to ann@example.org.", consent=True)
    assert pairs_of(rooms, rooms.ann.id) == [("Write to [email].", "Because it is so. It glows.")]


def test_of_two_answers_to_one_question_the_liked_one_is_preferred(rooms: Rooms) -> None:
    first = rooms.turn(rooms.ann, "Why green?", answer="It glows.")
    again = rooms.turn(rooms.ann, "why  green?", answer="Green light is left over.")
    other = rooms.turn(rooms.ann, "Why blue?", answer="The sky.")
    rooms.desk.rate(rooms.ann, first.id, Thumb.DOWN)
    rooms.desk.rate(rooms.ann, again.id, Thumb.UP)
    rooms.desk.rate(rooms.ann, other.id, Thumb.UP)
    rooms.desk.set_consent(rooms.ann, given=True)
    assert pairs_of(rooms, rooms.ann.id) == [("Green light is left over.", "It glows.")]
    assert pairs_of(rooms, None) == [] == pairs_of(rooms, rooms.bob.id)  # nobody else's adapter learns from a thumb
    rooms.desk.rate(rooms.ann, first.id, None)
    assert pairs_of(rooms, rooms.ann.id) == []


def test_without_consent_or_after_taking_back_there_is_no_pair(rooms: Rooms) -> None:
    turn = rooms.turn(rooms.ann, "Why green?", answer="It glows.")
    correction = rooms.desk.correct(rooms.ann, turn.id, "Green is left over.", consent=True)
    rooms.desk.set_consent(rooms.ann, given=False)
    assert pairs_of(rooms, rooms.ann.id) == []
    rooms.desk.set_consent(rooms.ann, given=True)
    assert len(pairs_of(rooms, rooms.ann.id)) == 1
    rooms.desk.withdraw(rooms.ann, correction.id)
    assert pairs_of(rooms, rooms.ann.id) == []


def test_an_answer_no_model_gave_and_one_that_was_left_as_it_was_are_no_pairs(rooms: Rooms) -> None:
    recited = rooms.turn(rooms.ann, "Why green?", answer="It glows.", asked_a_model=False)
    same = rooms.turn(rooms.ann, "Why blue?", answer="The sky. [1]")
    rooms.desk.correct(rooms.ann, recited.id, "Green is left over.", consent=True)
    rooms.desk.correct(rooms.ann, same.id, "The sky.", consent=True)
    assert pairs_of(rooms, rooms.ann.id) == []


def test_pairs_reach_the_trainer_only_when_the_step_is_switched_on(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    seen: list[tuple[PreferenceRow, ...] | None] = []

    def look(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.append(read_pairs(Path(job.pairs_file)) if job.pairs_file else None)
        return write_at_once(job, *rest)

    for steps in (0, 4):
        training = replace(rooms.training, trainer=look, recipe=Recipe(preference_steps=steps))
        training.train(rooms.ann, rooms.ann.id, rooms.course)
    assert seen[0] is None
    assert seen[1] is not None
    assert sorted(pair.chosen for pair in seen[1]) == [f"Better Question {n}?" for n in range(3)]
    assert {pair.rejected for pair in seen[1]} == {"An answer."}
