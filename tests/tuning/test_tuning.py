"""From corrections to the active adapter, with a trainer that writes a small but genuine adapter at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

import tutor.store.adapters as rows
import tutor.store.turns as turn_rows
from adapters.dataset import content_hash, read_rows
from adapters.errors import AdapterDamaged, AdapterError, TrainerDied, TrainingBusy, TrainingRefused
from adapters.files import CONFIG, WEIGHTS, sha256_of, write_manifest
from adapters.records import Manifest, TrainedAdapter, TrainingJob, TrainingProgress
from tutor.accounts import Accounts
from tutor.conversations import Conversations
from tutor.courses import Courses
from tutor.domain import AdapterState, JobState, Person, Role, Turn, TurnStatus
from tutor.engine.models import ModelFiles
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import NotAllowed, NotFound, TrainingFailed, TutorError
from tutor.feedback import FeedbackDesk
from tutor.jobs import Jobs
from tutor.moments import new_id
from tutor.settings import Settings
from tutor.store.database import Database, open_database
from tutor.tuning import KIND, Tuning, version_name

BASE = ScriptedEngine(["."]).info().base_sha256
CARD = {"held_out": 0.0, "loss_before": 3.0, "loss_after": 0.1, "general_before": 2.0, "general_after": 2.0}
LAYER = "base_model.model.model.layers.0.self_attn.q_proj"


def write_at_once(
    job: TrainingJob, on_progress: Callable[[TrainingProgress], None], cancelled: Callable[[], bool]
) -> TrainedAdapter:
    """The trivial twin of the trainer: a valid adapter whose one number is the number of rows."""
    training_rows = read_rows(Path(job.rows_file))
    on_progress(TrainingProgress("training", 1, 1, 0.5))
    folder = Path(job.directory) / "adapter"
    folder.mkdir()
    pair = {f"{LAYER}.lora_A.weight": torch.full((1, 2), float(len(training_rows)))}
    save_file(pair | {f"{LAYER}.lora_B.weight": torch.ones(2, 1)}, folder / WEIGHTS)
    plain = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "bias": "none", "r": 1, "target_modules": ["q_proj"]}
    (folder / CONFIG).write_text(json.dumps(plain))
    sums = (sha256_of(folder / WEIGHTS), sha256_of(folder / CONFIG))
    data = content_hash(training_rows)
    write_manifest(folder, Manifest(job.name, BASE, data, *sums, len(training_rows), {}, {}, CARD))
    return TrainedAdapter(job.name, str(folder), sums[0], BASE, CARD)


class Rooms:
    """What a training needs around it, and a learner who has studied."""

    def __init__(self, path: Path, clock: Any) -> None:
        self.path, self.clock = path, clock
        self.database: Database = open_database(path / "tutor.sqlite")
        self.accounts = Accounts(self.database, clock, "http://localhost")
        self.courses = Courses(self.database, clock)
        self.conversations = Conversations(self.database, clock)
        self.desk = FeedbackDesk(self.database, self.courses, clock)
        self.jobs = Jobs(self.database, clock, (TutorError, AdapterError))
        self.teacher = self.accounts.add("teacher", Role.INSTRUCTOR)
        self.course = self.courses.create(self.teacher, "Plants", course_id="plants").id
        self.ann = self.accounts.add("ann", Role.LEARNER)
        self.bob = self.accounts.add("bob", Role.LEARNER)
        self.tuning = Tuning(
            database=self.database,
            courses=self.courses,
            jobs=self.jobs,
            engine=ScriptedEngine(["."]),
            settings=Settings(data_dir=path, sample_course=False),
            adapters_dir=path / "adapters",
            clock=clock,
            trainer=write_at_once,
            open_model=lambda spec, folder: ModelFiles(path, "tiny", BASE),
        )

    def turn(self, who: Person, question: str, *, asked_a_model: bool = True) -> Turn:
        """Store a finished turn as `tutor.turn` does."""
        conversation = self.conversations.start(who, self.course, question)
        prompt = (("system", "Be kind."), ("user", question)) if asked_a_model else None
        turn = Turn(
            new_id(), conversation.id, who.id, self.course, question, "An answer.", TurnStatus.RUNNING, True, 0.9, (),
            (), None, None, None, None, None, None, self.clock(),
        )  # fmt: skip
        with self.database.writing() as connection:
            turn_rows.add(connection, turn)
            turn_rows.finish(connection, replace(turn, status=TurnStatus.COMPLETE), prompt)
        return turn

    def corrected(self, who: Person, count: int) -> list[str]:
        """Store `count` accepted corrections and return their ids."""
        turns = [self.turn(who, f"Question {n}?") for n in range(count)]
        return [self.desk.correct(who, t.id, f"Better {t.question}", consent=True).id for t in turns]

    def train(self, who: Person) -> Any:
        return self.tuning.train(who, who.id, self.course)


@pytest.fixture
def rooms(tmp_path: Path, clock: Any) -> Iterator[Rooms]:
    opened = Rooms(tmp_path, clock)
    yield opened
    opened.jobs.close()
    opened.database.close()


def test_a_trained_version_answers_its_learner_and_nobody_else(rooms: Rooms) -> None:
    corrections = rooms.corrected(rooms.ann, 3)
    version = rooms.train(rooms.ann)
    ref = rooms.tuning.active_ref(rooms.ann.id, rooms.course)
    assert ref is not None
    assert (ref.name, ref.sha256, ref.base_sha256) == (version.name, version.sha256, BASE)
    assert (ref.directory / WEIGHTS).is_file()
    assert version.state is AdapterState.ACTIVE
    assert sorted(rooms.tuning.trained_on(rooms.ann, version.id)) == sorted(corrections)
    assert rooms.tuning.active_ref(rooms.bob.id, rooms.course) is None


def test_the_model_learns_the_prompt_that_it_was_given(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    seen = []

    def look(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.extend(read_rows(Path(job.rows_file)))
        return write_at_once(job, *rest)

    replace(rooms.tuning, trainer=look).train(rooms.ann, rooms.ann.id, rooms.course)
    assert [[(m.role, m.content) for m in row.messages] for row in seen] == [
        [("system", "Be kind."), ("user", f"Question {n}?"), ("assistant", f"Better Question {n}?")] for n in range(3)
    ]


def test_personal_data_is_not_learnt(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 2)
    turn = rooms.turn(rooms.ann, "I am ann@example.org, what is light?")
    rooms.desk.correct(rooms.ann, turn.id, "Ask +49 30 1234567 about it.", consent=True)
    seen: list[str] = []

    def look(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        seen.append(Path(job.rows_file).read_text())
        return write_at_once(job, *rest)

    replace(rooms.tuning, trainer=look).train(rooms.ann, rooms.ann.id, rooms.course)
    assert "I am [email], what is light?" in seen[0]
    assert "Ask [phone] about it." in seen[0]


def test_the_second_version_replaces_the_first_and_one_can_go_back(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    first, second = rooms.train(rooms.ann), rooms.train(rooms.ann)
    states = {v.version: v.state for v in rooms.tuning.versions(rooms.ann, rooms.ann.id, rooms.course)}
    assert states == {1: AdapterState.RETIRED, 2: AdapterState.ACTIVE}
    assert rooms.tuning.activate(rooms.ann, first.id).state is AdapterState.ACTIVE
    active = rooms.tuning.active(rooms.ann, rooms.ann.id, rooms.course)
    assert active is not None
    assert (active.id, second.name != first.name) == (first.id, True)


def test_switched_off_is_the_base(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    rooms.train(rooms.ann)
    rooms.tuning.switch_off(rooms.ann, rooms.ann.id, rooms.course)
    assert rooms.tuning.active_ref(rooms.ann.id, rooms.course) is None


def test_too_few_corrections_are_counted(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 2)
    with pytest.raises(TrainingRefused, match="not enough to train: 2 of 3 corrections"):
        rooms.train(rooms.ann)
    with pytest.raises(TrainingRefused, match="not enough to train: 2 of 3 corrections"):
        rooms.tuning.start(rooms.ann, rooms.ann.id, rooms.course)


def test_without_consent_nothing_is_trained(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    rooms.desk.set_consent(rooms.ann, given=False)
    with pytest.raises(TrainingRefused, match="has not consented"):
        rooms.train(rooms.ann)


def test_withdrawn_declined_and_unconsented_corrections_are_not_learnt(rooms: Rooms) -> None:
    ids = rooms.corrected(rooms.ann, 5)
    rooms.desk.withdraw(rooms.ann, ids[0])
    rooms.desk.decide(rooms.teacher, ids[1], accept=False)
    alone = rooms.desk.correct(rooms.ann, rooms.turn(rooms.ann, "Mine?").id, "Keep it to yourself.", consent=False)
    version = rooms.train(rooms.ann)
    assert set(rooms.tuning.trained_on(rooms.ann, version.id)) == set(ids[2:]) - {alone.id}


def test_of_two_corrections_of_one_answer_the_later_holds(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 2)
    turn = rooms.turn(rooms.ann, "What?")
    before = rooms.desk.correct(rooms.ann, turn.id, "First thought.", consent=True)
    after = rooms.desk.correct(rooms.ann, turn.id, "Second thought.", consent=True)
    learnt = rooms.tuning.trained_on(rooms.ann, rooms.train(rooms.ann).id)
    assert after.id in learnt
    assert before.id not in learnt


def test_an_answer_that_no_model_gave_is_not_trained(rooms: Rooms) -> None:
    ids = rooms.corrected(rooms.ann, 3)
    rooms.desk.correct(rooms.ann, rooms.turn(rooms.ann, "Off?", asked_a_model=False).id, "It is.", consent=True)
    assert set(rooms.tuning.trained_on(rooms.ann, rooms.train(rooms.ann).id)) == set(ids)


def test_nobody_trains_sees_or_switches_anothers_adapter(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    version = rooms.train(rooms.ann)
    for attempt in (
        lambda: rooms.tuning.train(rooms.bob, rooms.ann.id, rooms.course),
        lambda: rooms.tuning.start(rooms.bob, rooms.ann.id, rooms.course),
        lambda: rooms.tuning.versions(rooms.bob, rooms.ann.id, rooms.course),
        lambda: rooms.tuning.active(rooms.bob, rooms.ann.id, rooms.course),
        lambda: rooms.tuning.switch_off(rooms.bob, rooms.ann.id, rooms.course),
        lambda: rooms.tuning.activate(rooms.bob, version.id),
        lambda: rooms.tuning.trained_on(rooms.bob, version.id),
        lambda: rooms.tuning.delete(rooms.bob, version.id),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            attempt()
    assert rooms.tuning.active_ref(rooms.ann.id, rooms.course) is not None


def test_two_trainings_of_one_learner_at_once_are_one_too_many(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)

    def meanwhile(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        with pytest.raises(TrainingBusy, match="is being trained already"):
            rooms.train(rooms.ann)
        return write_at_once(job, *rest)

    assert replace(rooms.tuning, trainer=meanwhile).train(rooms.ann, rooms.ann.id, rooms.course).version == 1


def test_a_correction_withdrawn_during_the_training_is_not_published(rooms: Rooms) -> None:
    ids = rooms.corrected(rooms.ann, 3)

    def withdraw_first(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        rooms.desk.withdraw(rooms.ann, ids[0])
        return write_at_once(job, *rest)

    with pytest.raises(TrainingFailed, match="withdrawn while"):
        replace(rooms.tuning, trainer=withdraw_first).train(rooms.ann, rooms.ann.id, rooms.course)
    assert rooms.tuning.active_ref(rooms.ann.id, rooms.course) is None
    assert not list((rooms.path / "adapters").glob("ann-*"))


def test_a_failed_training_leaves_the_version_in_use_and_none_of_its_rows(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    before = rooms.train(rooms.ann)

    def die(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        raise TrainerDied("the trainer ended without a result")

    with pytest.raises(TrainerDied):
        replace(rooms.tuning, trainer=die).train(rooms.ann, rooms.ann.id, rooms.course)
    ref = rooms.tuning.active_ref(rooms.ann.id, rooms.course)
    assert ref is not None
    assert ref.name == before.name
    assert not list((rooms.path / "adapters" / ".work").glob("*/*"))


@pytest.mark.parametrize(
    ("measured", "reason"),
    [({"loss_after": 3.0}, "no measurable change"), ({"general_after": 9.0}, "general text is told worse by 350.0%")],
)
def test_a_candidate_that_fails_the_gate_stays_out(rooms: Rooms, measured: dict[str, float], reason: str) -> None:
    rooms.corrected(rooms.ann, 3)
    before = rooms.train(rooms.ann)

    def worse(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        return replace(write_at_once(job, *rest), metrics=CARD | measured)

    with pytest.raises(TrainingFailed, match=reason):
        replace(rooms.tuning, trainer=worse).train(rooms.ann, rooms.ann.id, rooms.course)
    active = rooms.tuning.active(rooms.ann, rooms.ann.id, rooms.course)
    assert active is not None
    assert active.id == before.id


def test_a_damaged_version_cannot_be_switched_on(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    first = rooms.train(rooms.ann)
    second = rooms.train(rooms.ann)
    (rooms.path / first.directory / WEIGHTS).write_bytes(b"broken")
    with pytest.raises(AdapterDamaged):
        rooms.tuning.activate(rooms.ann, first.id)
    active = rooms.tuning.active(rooms.ann, rooms.ann.id, rooms.course)
    assert active is not None
    assert active.id == second.id


def test_another_model_than_the_one_that_answers_is_not_trained(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    other = replace(rooms.tuning, open_model=lambda spec, folder: ModelFiles(rooms.path, "other", "c" * 64))
    with pytest.raises(TrainingFailed, match="use one model for both"):
        other.train(rooms.ann, rooms.ann.id, rooms.course)


def test_a_deleted_version_is_gone_from_disk_and_table(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    version = rooms.train(rooms.ann)
    rooms.tuning.delete(rooms.ann, version.id)
    assert rooms.tuning.active_ref(rooms.ann.id, rooms.course) is None
    assert not (rooms.path / version.directory).exists()
    with rooms.database.reading() as connection:
        assert rows.by_id(connection, version.id) is None


def test_a_training_beside_the_page_ends_with_its_sentence(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    job = rooms.tuning.start(rooms.ann, rooms.ann.id, rooms.course)
    deadline = time.monotonic() + 20
    while (now := rooms.jobs.get(rooms.ann, job.id)).state in (JobState.QUEUED, JobState.RUNNING):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert now.state is JobState.DONE
    assert now.message.endswith("answers from now on")


def test_a_second_start_while_one_is_waiting_is_refused(rooms: Rooms) -> None:
    rooms.corrected(rooms.ann, 3)
    go = threading.Event()

    def wait(job: TrainingJob, *rest: Any) -> TrainedAdapter:
        go.wait(20)
        return write_at_once(job, *rest)

    slow = replace(rooms.tuning, trainer=wait)
    slow.start(rooms.ann, rooms.ann.id, rooms.course)
    try:
        with pytest.raises(TrainingBusy):
            slow.start(rooms.ann, rooms.ann.id, rooms.course)
    finally:
        go.set()
    assert KIND == "train"


def test_the_course_is_found_when_there_is_one(rooms: Rooms) -> None:
    with pytest.raises(TrainingRefused, match="has none yet"):
        rooms.tuning.course_with_corrections(rooms.ann.id)
    rooms.corrected(rooms.ann, 1)
    assert rooms.tuning.course_with_corrections(rooms.ann.id) == rooms.course


@pytest.mark.parametrize("name", ["quiet-heron-421", "小明", "../../etc", "A b\0c", "x" * 300])
def test_a_version_name_is_a_plain_folder_name(name: str) -> None:
    named = version_name(name, "plants", 3)
    assert Path(named).name == named
    assert named.isascii()
    assert len(named) < 120
    assert version_name(name, "plants", 3) != named
