"""Two learners who have a row in every table about people."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import tutor.store.adapters as adapter_store
import tutor.store.alerts as alert_store
import tutor.store.identities as identity_store
from knowledge.embedding import HashingEmbedder
from tutor.domain import AdapterState, AdapterVersion, Finished, JobState, Outcome, Person, Role, Thumb
from tutor.engine.scripted import ScriptedEngine
from tutor.platform.settings import Settings
from tutor.services import Services, open_services

PLANTS = b"# Plants\n\nChlorophyll absorbs red and blue light and reflects green light, so leaves look green to us.\n"


def live(services: Services, course: Any, instructor: Person, who: Person, mark: str) -> None:
    """Let somebody sign in, join, chat, rate, correct, practise, train and be paused; `mark` is in all they write."""
    link = services.accounts.issue_sign_in_link(who)
    services.accounts.redeem_sign_in_link(link.split("token=")[1])
    with services.database.write_transaction() as connection:
        identity_store.add(connection, "https://id.example.org", mark, who.id, services.clock())
    services.courses.enrol(instructor, course.id, who)
    *_, last = services.chat.ask(who, course.id, f"Why do leaves look green, {mark}question?")
    assert isinstance(last, Finished)
    turn = last.turn
    services.feedback.rate(who, turn.id, Thumb.UP, f"{mark}reason")
    correction = services.feedback.submit_correction(who, turn.id, f"{mark}better", consent=True)
    services.review_queue.decide(instructor, correction.id, accept=True, reason="good")
    services.profiles.update(who, course.id, {"goals": f"{mark}goal"})
    quiz = services.quiz_sessions.start_quiz(who, course.id)
    assert quiz.current is not None
    question = quiz.current.question.id
    services.quiz_sessions.submit_answer(who, question, "one", f"{mark}answer")
    attempt = services.quiz_sessions.get_question(who, question).last_attempt
    assert attempt is not None
    services.gradebook.override(instructor, attempt.id, Outcome.WRONG, f"{mark}grade")
    services.progress.own_overview(who, course.id)
    job = services.jobs.start(who, "train", course.id, who.name, lambda report: "done")
    services.jobs.finish(job.id, JobState.DONE, "done")
    with services.database.write_transaction() as connection:
        version = AdapterVersion(
            f"v-{mark}", f"{who.name}-v1", who.id, course.id, 1, AdapterState.RETIRED, "b", "s", "adapters/x",
            {"loss": 1.0}, services.clock(),
        )  # fmt: skip
        adapter_store.add(connection, version, [correction.id])
        alert_store.add(connection, f"a-{mark}", course.id, who.id, turn.id, ("cheating", "notice"), services.clock())
        adapter_store.save_loss(connection, job.id, adapter_store.LossPoint(1, 2.0))
    services.supervision.pause(instructor, course.id, who.id)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Ada, Bob and Cyd with their marks, for all tests of a module."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("rights") / "var", sample_course=False)
    services = open_services(settings, engine=ScriptedEngine(["It is green."]), embedder=HashingEmbedder())
    instructor = services.accounts.create_account("ms-frizzle", Role.INSTRUCTOR)
    course = services.courses.create(instructor, "Biology", course_id="biology", open_to_all=True)
    services.documents.ingest(instructor, course.id, "plants.md", PLANTS)
    services.item_bank.import_items(instructor, course.id, "The green colour is named {=chlorophyll}")
    people = {}
    for name, mark in (("ada", "zirconic"), ("bob", "boracic"), ("cyd", "cobaltic")):
        people[name] = services.accounts.create_account(name, Role.LEARNER)
        live(services, course, instructor, people[name], mark)
    yield SimpleNamespace(services=services, course=course, instructor=instructor, **people)
    services.close()
