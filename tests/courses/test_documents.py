"""Documents are replaced, refused a second time, removed, restored, cancelled, and resumed after a kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from page_server import free_port
from waiting import ENDED, wait

from tutor.courses import documents as course_documents
from tutor.domain import JobState, Role, Strictness
from tutor.errors import InputRefused, NotAllowed, OriginalMissing
from tutor.platform.settings import Settings

REPO = Path(__file__).resolve().parents[2]
MOSS = b"# Moss\n\nMosses are small plants without roots; they drink through their leaves.\n"
MOSS_V2 = b"# Moss\n\nMosses hold twenty times their weight in water during heavy rain.\n"
BETWEEN = (
    "Who discovered the Calvin cycle?",
    "What does the chloroplast contain?",
    "Which light does a chloroplast need?",
    "How does carbon dioxide enter a leaf?",
)
QUESTION = "How many times their weight in water do mosses hold during heavy rain?"


def upload_and_wait(services, actor, course, name, data):
    return wait(services, actor, services.documents.upload(actor, course.id, name, data), *ENDED)


def document_names(services, actor, course):
    return sorted(document.name for document in services.documents.documents(actor, course.id))


def test_uploading_the_same_bytes_again_is_a_reported_no_op(services, course, instructor):
    upload_and_wait(services, instructor, course, "moss.md", MOSS)
    before = services.library.catalog.generation(course.id)
    again = upload_and_wait(services, instructor, course, "moss-copy.md", MOSS)
    assert again.state is JobState.DONE
    assert "already in this course as moss.md. Nothing was changed." in again.message
    assert services.library.catalog.generation(course.id) == before


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "破.pdf：文件已损坏"), ("en", "破.pdf is not a complete PDF document")]
)
def test_a_refusal_is_in_the_uploaders_language(services, course, language, said):
    teacher = services.accounts.create_account("reads-this", Role.INSTRUCTOR, language)
    services.courses.enrol(services.operator, course.id, teacher)
    job = upload_and_wait(services, teacher, course, "破.pdf", b"%PDF-1.7 nothing")
    assert job.state is JobState.FAILED and job.message.startswith(said)


def test_a_new_version_is_used_by_the_next_answer(services, course, instructor):
    upload_and_wait(services, instructor, course, "moss.md", MOSS)
    assert not services.library.search(course.id, QUESTION).covered
    job = upload_and_wait(services, instructor, course, "moss.md", MOSS_V2)
    assert "replaces the earlier version" in job.message
    assert document_names(services, instructor, course) == ["moss.md", "plants.md"]
    found = services.library.search(course.id, QUESTION)
    assert found.covered and "twenty times" in found.hits[0].passage.text
    assert not any("roots" in hit.passage.text for hit in found.hits)


def test_a_document_of_one_course_is_not_found_in_another(services, course, instructor):
    other = services.courses.create(instructor, "Other", course_id="other", open_to_all=True)
    upload_and_wait(services, instructor, other, "moss.md", MOSS_V2)
    assert services.library.search(other.id, QUESTION).covered
    assert not services.library.search(course.id, QUESTION).covered


def test_a_removed_document_is_gone_from_the_next_answer_and_its_file_after_the_undo_period(
    services, course, instructor
):
    job = upload_and_wait(services, instructor, course, "moss.md", MOSS_V2)
    assert job.state is JobState.DONE
    (moss,) = (d for d in services.documents.documents(instructor, course.id) if d.name == "moss.md")
    services.documents.remove(instructor, moss.id)
    assert not services.library.search(course.id, QUESTION).covered
    stored = services.documents.blobs.folder / moss.sha256
    services.documents.delete_unused_blobs()
    assert stored.is_file()
    assert wait(services, instructor, services.documents.restore(instructor, moss), *ENDED).state is JobState.DONE
    assert services.library.search(course.id, QUESTION).covered
    services.documents.remove(instructor, moss.id)
    long_ago = time.time() - course_documents.UNDO_WINDOW_S - 1
    os.utime(stored, (long_ago, long_ago))
    services.documents.delete_unused_blobs()
    assert not stored.exists()
    with pytest.raises(InputRefused, match="upload it again"):
        services.documents.restore(instructor, moss)


def test_a_file_stays_while_another_course_has_it(services, course, instructor):
    other = services.courses.create(instructor, "Other", course_id="other", open_to_all=True)
    for one in (course, other):
        upload_and_wait(services, instructor, one, "moss.md", MOSS)
    (moss,) = services.documents.documents(instructor, other.id)
    services.documents.remove(instructor, moss.id)
    stored = services.documents.blobs.folder / moss.sha256
    os.utime(stored, (1, 1))
    services.documents.delete_unused_blobs()
    assert stored.is_file()


def test_a_stored_file_that_changed_on_disk_is_not_read(services, course, instructor):
    digest = services.documents.blobs.put(MOSS)
    (services.documents.blobs.folder / digest).write_bytes(MOSS_V2)
    with pytest.raises(OriginalMissing, match=r"moss\.md is missing or damaged"):
        services.documents.blobs.read(digest, "moss.md")


def test_a_waiting_upload_can_be_cancelled_by_another_instructor_of_the_course_only(services, course, instructor, ada):
    go_on = threading.Event()
    services.jobs.start(
        instructor, course_documents.INGEST_JOB, course.id, "first.md", lambda _report: str(go_on.wait(20))
    )
    job = services.documents.upload(instructor, course.id, "moss.md", MOSS)
    colleague = services.accounts.create_account("mr-clean", Role.INSTRUCTOR)
    with pytest.raises(NotAllowed):
        services.documents.cancel_upload(colleague, course.id, job.id)
    services.courses.enrol(instructor, course.id, colleague)
    assert job.id in {one.id for one in services.documents.upload_jobs(colleague, course.id)}
    services.documents.cancel_upload(colleague, course.id, job.id)
    go_on.set()
    assert wait(services, instructor, job, *ENDED).state is JobState.CANCELLED
    assert document_names(services, instructor, course) == ["plants.md"]


def test_concurrent_upload_and_removal_leave_a_consistent_state(services, course, instructor):
    colleague = services.accounts.create_account("mr-clean", Role.INSTRUCTOR)
    services.courses.enrol(instructor, course.id, colleague)
    jobs = [(actor, services.documents.upload(actor, course.id, "moss.md", MOSS)) for actor in (instructor, colleague)]
    assert all(wait(services, actor, job, *ENDED).state is JobState.DONE for actor, job in jobs)
    assert document_names(services, instructor, course) == ["moss.md", "plants.md"]
    (moss,) = (d for d in services.documents.documents(instructor, course.id) if d.name == "moss.md")
    outcomes = []

    def remove(actor):
        try:
            services.documents.remove(actor, moss.id)
            outcomes.append("removed")
        except services.jobs.user_facing_errors as refusal:
            outcomes.append(str(refusal))

    threads = [threading.Thread(target=remove, args=(actor,)) for actor in (instructor, colleague)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert "removed" in outcomes and document_names(services, instructor, course) == ["plants.md"]
    assert services.library.check_index(course.id) == []


def test_an_upload_survives_a_server_stop(services, course, instructor):
    begun = threading.Event()

    def work(report):
        begun.set()
        while not report.is_cancelled():
            time.sleep(0.01)
        raise InputRefused("stopped")

    job = services.jobs.start(instructor, course_documents.INGEST_JOB, course.id, "moss.md", work)
    begun.wait(10)
    services.jobs.close()
    assert services.jobs.get(instructor, job.id).state is JobState.QUEUED


def test_an_upload_is_abandoned_after_the_server_stopped_three_times(services, course, instructor, monkeypatch):
    monkeypatch.setattr(type(services.jobs), "run", lambda *_: None)  # the server dies before it ends
    job = services.documents.upload(instructor, course.id, "moss.md", MOSS)
    for _ in range(course_documents.MAX_ATTEMPTS):
        services.jobs.finish(job.id, JobState.RUNNING, "")
        services.documents.resume_uploads()
    ended = services.jobs.get(instructor, job.id)
    assert ended.state is JobState.FAILED and "it gave up" in ended.message


def test_the_time_estimate_follows_the_current_stage(services, course, instructor, clock):
    from tutor.ui.upload_html import seconds_left

    shown = []

    def work(report):
        report("reading", 200, 200)
        clock.advance(timedelta(seconds=100))
        report("embedding", 1, 40)
        clock.advance(timedelta(seconds=5))
        time.sleep(0.25)
        report("embedding", 10, 40)
        shown.append(services.jobs.get(instructor, job.id))
        return "done"

    gate = threading.Event()
    job = services.jobs.start(instructor, "slow", course.id, "x.pdf", lambda report: str(gate.wait(9)) and work(report))
    gate.set()
    wait(services, instructor, job, *ENDED)
    assert seconds_left(shown[0]) == pytest.approx(15, abs=0.1)


@pytest.mark.parametrize(("level", "answered"), [(Strictness.STRICT, False), (Strictness.GENEROUS, True)])
def test_the_strictness_level_decides_before_generation(
    services, course, instructor, ask, ada, engine, level, answered
):
    """A question between the levels is covered at the generous one, not at the strict one."""
    from knowledge.ranking import COVERAGE_THRESHOLD

    assert Strictness.USUAL.threshold == COVERAGE_THRESHOLD
    between = next(
        question for question in BETWEEN if 0.25 <= services.library.search(course.id, question).confidence < 0.75
    )
    services.strictness.set_strictness(instructor, course.id, level)
    turn = ask(ada, between)
    assert turn.covered is answered and (turn.model is not None) is answered
    preview = services.strictness.preview(instructor, course.id)
    assert (preview.current, preview.questions, preview.answered[level]) == (level, 1, int(answered))
    with pytest.raises(NotAllowed):
        services.strictness.set_strictness(ada, course.id, Strictness.USUAL)


@pytest.mark.slow
def test_an_upload_interrupted_by_kill_9_is_recovered(tmp_path):
    """A real server is killed while it embeds; the next one reads the whole document under the same job."""
    from tutor.services import open_services

    var = tmp_path / "var"
    settings = Settings(data_dir=var, model="scripted", sample_course=False)
    services = open_services(settings)
    actor = services.accounts.create_account("ms-frizzle", Role.INSTRUCTOR)
    course = services.courses.create(actor, "Biology", course_id="biology", open_to_all=True)
    text = "\n\n".join(
        f"## Part {n}\n\n" + f"Moss number {n} drinks rain through its leaf {n}. " * 12 for n in range(50)
    )
    digest = services.documents.blobs.put(text.encode())
    payload = {"name": "moss.md", "sha256": digest, "language": "en", "attempts": "0"}
    object.__setattr__(services.jobs, "_workers", {course_documents.INGEST_JOB: _DiscardingExecutor()})
    job = services.jobs.start(actor, course_documents.INGEST_JOB, course.id, "moss.md", lambda _report: "", payload)
    server = _serve(var)
    try:
        _wait_until(lambda: services.jobs.get(actor, job.id).stage == "embedding", "the server never began to embed")
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        assert services.jobs.get(actor, job.id).state is JobState.RUNNING
        assert services.library.documents(course.id) == [] and services.library.check_index(course.id) == []
        server = _serve(var)
        _wait_until(lambda: services.jobs.get(actor, job.id).state in ENDED, "the next server did not finish it")
        assert services.jobs.get(actor, job.id).state is JobState.DONE
        assert [d.name for d in services.library.documents(course.id)] == ["moss.md"]
        assert services.library.check_index(course.id) == []
    finally:
        server.kill()
        server.wait()
        services.close()


class _DiscardingExecutor:
    """An executor that never runs the job, so that another process has to."""

    def submit(self, *_arguments):
        return None

    def shutdown(self, **_arguments):
        """Nothing runs here."""


def _serve(var):
    return subprocess.Popen(
        [sys.executable, "-m", "tutor", "serve", "--data-dir", str(var), "--port", str(free_port())],
        cwd=REPO,
        env={**os.environ, "TUTOR_MODEL": "scripted", "TUTOR_SAMPLE_COURSE": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait_until(true, otherwise, seconds=180):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
