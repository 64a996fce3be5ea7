"""After a change of the embedder, courses are embedded again in jobs, and can be searched all the while."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from knowledge import library as library_module
from knowledge.embedding import HashingEmbedder
from knowledge.errors import IngestCancelled
from tests.conftest import PLANTS, FakeClock
from tutor.courses.index_upgrades import REEMBED_JOB
from tutor.domain import JobState, Person, Role
from tutor.engine.scripted import ScriptedEngine
from tutor.platform.settings import Settings
from tutor.services import Services, open_services

QUESTION = "What does chlorophyll absorb?"


@pytest.fixture(autouse=True)
def every_course_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_module, "MAX_EMBEDDED_IN_SEARCH", 0)


@pytest.fixture
def teacher(settings: Settings, clock: FakeClock) -> Person:
    """The instructor of a course that was embedded with 64 dimensions."""
    before = open_services(settings, engine=ScriptedEngine([]), embedder=HashingEmbedder(64), clock=clock)
    teacher = before.accounts.create_account("ms-frizzle", Role.INSTRUCTOR)
    before.courses.create(teacher, "Biology", course_id="biology", open_to_all=True)
    before.documents.ingest(teacher, "biology", "plants.md", PLANTS)
    before.close()
    return teacher


@pytest.fixture
def after(settings: Settings, teacher: Person, clock: FakeClock) -> Iterator[Services]:
    """The services with an embedder of 128 dimensions."""
    opened = open_services(settings, engine=ScriptedEngine([]), embedder=HashingEmbedder(128), clock=clock)
    yield opened
    opened.close()


def wait_for_job(services: Services) -> JobState:
    for _ in range(600):
        (job,) = services.jobs.list_for_course("biology", REEMBED_JOB)
        if job.state not in (JobState.QUEUED, JobState.RUNNING):
            return job.state
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def test_a_course_of_another_embedder_is_found_by_words_until_it_is_embedded_again(after: Services):
    assert after.library.search("biology", QUESTION).hits[0].passage.text.startswith("Chlorophyll")
    assert after.library.has_other_embedder("biology")


def test_the_new_embedding_is_a_job_that_the_materials_page_shows(after: Services, teacher: Person):
    after.recover_interrupted_work()
    assert wait_for_job(after) is JobState.DONE
    (job, *_) = after.documents.upload_jobs(teacher, "biology")
    assert (job.kind, job.subject) == (REEMBED_JOB, "Biology")
    assert job.message.startswith("embedded again")
    assert not after.library.has_other_embedder("biology")
    assert after.library.check_index("biology") == []
    assert after.library.search("biology", QUESTION).hits[0].passage.text.startswith("Chlorophyll")


def test_a_course_of_the_embedder_in_use_needs_no_job(after: Services):
    after.library.embed_again("biology")
    assert after.index_upgrades.start(after.operator) == []


def test_a_cancelled_embedding_leaves_the_old_index_and_says_what_was_not_done(after: Services):
    with pytest.raises(IngestCancelled, match="biology was not embedded again: cancelled"):
        after.library.embed_again("biology", cancelled=lambda: True)
    assert after.library.has_other_embedder("biology")
    assert after.library.search("biology", QUESTION).hits[0].passage.text.startswith("Chlorophyll")


def test_doctor_names_the_embedder_of_an_old_index(after: Services):
    assert after.library.check_index("biology") == ["the index was built with hashing-64, but hashing-128 is in use"]
