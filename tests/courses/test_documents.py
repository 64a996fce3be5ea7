"""Documents come and go: replaced, refused a second time, removed, cancelled, and taken up again after a kill -9."""

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
MOSS_AGAIN = b"# Moss\n\nMosses hold twenty times their weight in water during heavy rain.\n"
BETWEEN = (
    "Who discovered the Calvin cycle?",
    "What does the chloroplast contain?",
    "Which light does a chloroplast need?",
    "How does carbon dioxide enter a leaf?",
)
QUESTION = "How many times their weight in water do mosses hold during heavy rain?"


def uploaded(house, who, course, name, data):
    return wait(house, who, house.shelf.upload(who, course.id, name, data), *ENDED)


def names(house, who, course):
    return sorted(document.name for document in house.shelf.documents(who, course.id))


def test_the_same_bytes_again_change_nothing_and_say_so(house, course, instructor):
    uploaded(house, instructor, course, "moss.md", MOSS)
    before = house.library.catalog.generation(course.id)
    again = uploaded(house, instructor, course, "moss-copy.md", MOSS)
    assert again.state is JobState.DONE
    assert "already as moss.md, byte for byte; nothing was changed" in again.message
    assert house.library.catalog.generation(course.id) == before


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "破.pdf：文件已损坏"), ("en", "破.pdf is not a whole PDF document")]
)
def test_a_refusal_is_said_in_the_language_of_who_uploads(house, course, language, said):
    teacher = house.accounts.add("reads-this", Role.INSTRUCTOR, language)
    house.courses.enrol(house.office.operator, course.id, teacher)
    job = uploaded(house, teacher, course, "破.pdf", b"%PDF-1.7 nothing")
    assert job.state is JobState.FAILED and job.message.startswith(said)


def test_a_new_version_replaces_the_old_one_in_the_very_next_answer(house, course, instructor):
    uploaded(house, instructor, course, "moss.md", MOSS)
    assert not house.library.search(course.id, QUESTION).covered
    job = uploaded(house, instructor, course, "moss.md", MOSS_AGAIN)
    assert "replaces the earlier version" in job.message
    assert names(house, instructor, course) == ["moss.md", "plants.md"]
    found = house.library.search(course.id, QUESTION)
    assert found.covered and "twenty times" in found.hits[0].passage.text
    assert not any("roots" in hit.passage.text for hit in found.hits)


def test_a_document_of_one_course_is_not_found_in_another(house, course, instructor):
    other = house.courses.create(instructor, "Other", course_id="other")
    uploaded(house, instructor, other, "moss.md", MOSS_AGAIN)
    assert house.library.search(other.id, QUESTION).covered
    assert not house.library.search(course.id, QUESTION).covered


def test_a_removed_document_is_gone_from_the_next_answer_and_its_file_after_the_time_to_undo(house, course, instructor):
    job = uploaded(house, instructor, course, "moss.md", MOSS_AGAIN)
    assert job.state is JobState.DONE
    (moss,) = (d for d in house.shelf.documents(instructor, course.id) if d.name == "moss.md")
    house.shelf.remove(instructor, moss.id)
    assert not house.library.search(course.id, QUESTION).covered
    kept = house.shelf.originals.folder / moss.sha256
    house.shelf.sweep()
    assert kept.is_file()
    assert wait(house, instructor, house.shelf.restore(instructor, moss), *ENDED).state is JobState.DONE
    assert house.library.search(course.id, QUESTION).covered
    house.shelf.remove(instructor, moss.id)
    long_ago = time.time() - course_documents.UNDO_S - 1
    os.utime(kept, (long_ago, long_ago))
    house.shelf.sweep()
    assert not kept.exists()
    with pytest.raises(InputRefused, match="upload it again"):
        house.shelf.restore(instructor, moss)


def test_a_file_is_kept_while_another_course_has_it(house, course, instructor):
    other = house.courses.create(instructor, "Other", course_id="other")
    for one in (course, other):
        uploaded(house, instructor, one, "moss.md", MOSS)
    (moss,) = house.shelf.documents(instructor, other.id)
    house.shelf.remove(instructor, moss.id)
    kept = house.shelf.originals.folder / moss.sha256
    os.utime(kept, (1, 1))
    house.shelf.sweep()
    assert kept.is_file()


def test_a_kept_file_that_changed_on_the_disk_is_not_read(house, course, instructor):
    digest = house.shelf.originals.keep(MOSS)
    (house.shelf.originals.folder / digest).write_bytes(MOSS_AGAIN)
    with pytest.raises(OriginalMissing, match=r"moss\.md is missing or damaged"):
        house.shelf.originals.read(digest, "moss.md")


def test_a_waiting_upload_can_be_cancelled_by_another_instructor_of_the_course_only(house, course, instructor, ada):
    go_on = threading.Event()
    house.jobs.start(instructor, course_documents.KIND, course.id, "first.md", lambda _report: str(go_on.wait(20)))
    job = house.shelf.upload(instructor, course.id, "moss.md", MOSS)
    colleague = house.accounts.add("mr-clean", Role.INSTRUCTOR)
    with pytest.raises(NotAllowed):
        house.shelf.cancel(colleague, course.id, job.id)
    house.courses.enrol(instructor, course.id, colleague)
    assert job.id in {one.id for one in house.shelf.uploads(colleague, course.id)}
    house.shelf.cancel(colleague, course.id, job.id)
    go_on.set()
    assert wait(house, instructor, job, *ENDED).state is JobState.CANCELLED
    assert names(house, instructor, course) == ["plants.md"]


def test_two_instructors_who_upload_and_remove_the_same_at_once_leave_one_truth(house, course, instructor):
    colleague = house.accounts.add("mr-clean", Role.INSTRUCTOR)
    house.courses.enrol(instructor, course.id, colleague)
    jobs = [(who, house.shelf.upload(who, course.id, "moss.md", MOSS)) for who in (instructor, colleague)]
    assert all(wait(house, who, job, *ENDED).state is JobState.DONE for who, job in jobs)
    assert names(house, instructor, course) == ["moss.md", "plants.md"]
    (moss,) = (d for d in house.shelf.documents(instructor, course.id) if d.name == "moss.md")
    outcomes = []

    def remove(who):
        try:
            house.shelf.remove(who, moss.id)
            outcomes.append("removed")
        except house.jobs.refusals as refusal:
            outcomes.append(str(refusal))

    threads = [threading.Thread(target=remove, args=(who,)) for who in (instructor, colleague)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert "removed" in outcomes and names(house, instructor, course) == ["plants.md"]
    assert house.library.check(course.id) == []


def test_a_stopping_server_leaves_its_upload_to_the_next_one(house, course, instructor):
    begun = threading.Event()

    def work(report):
        begun.set()
        while not report.cancelled():
            time.sleep(0.01)
        raise InputRefused("stopped")

    job = house.jobs.start(instructor, course_documents.KIND, course.id, "moss.md", work)
    begun.wait(10)
    house.jobs.close()
    assert house.jobs.get(instructor, job.id).state is JobState.QUEUED


def test_a_file_that_ended_the_server_three_times_is_put_aside(house, course, instructor, monkeypatch):
    monkeypatch.setattr(type(house.jobs), "run", lambda *_: None)  # the server dies before it ends
    job = house.shelf.upload(instructor, course.id, "moss.md", MOSS)
    for _ in range(course_documents.MOST_ATTEMPTS):
        house.jobs.end(job.id, JobState.RUNNING, "")
        house.shelf.resume()
    ended = house.jobs.get(instructor, job.id)
    assert ended.state is JobState.FAILED and "put aside" in ended.message


def test_the_estimate_follows_the_pace_of_the_present_stage(house, course, instructor, clock):
    from tutor.ui.upload_html import seconds_left

    shown = []

    def work(report):
        report("reading", 200, 200)
        clock.pass_time(timedelta(seconds=100))
        report("embedding", 1, 40)
        clock.pass_time(timedelta(seconds=5))
        time.sleep(0.25)
        report("embedding", 10, 40)
        shown.append(house.jobs.get(instructor, job.id))
        return "done"

    gate = threading.Event()
    job = house.jobs.start(instructor, "slow", course.id, "x.pdf", lambda report: str(gate.wait(9)) and work(report))
    gate.set()
    wait(house, instructor, job, *ENDED)
    assert seconds_left(shown[0]) == pytest.approx(15, abs=0.1)


@pytest.mark.parametrize(("level", "answered"), [(Strictness.STRICT, False), (Strictness.GENEROUS, True)])
def test_the_instructors_level_decides_before_anything_is_generated(
    house, course, instructor, ask, ada, engine, level, answered
):
    """A question in between: covered at the generous level, not at the strict one."""
    from knowledge.ranking import COVERED

    assert Strictness.USUAL.threshold == COVERED
    between = next(
        question for question in BETWEEN if 0.25 <= house.library.search(course.id, question).confidence < 0.75
    )
    house.coverage.choose(instructor, course.id, level)
    turn = ask(ada, between)
    assert turn.covered is answered and (turn.model is not None) is answered
    preview = house.coverage.preview(instructor, course.id)
    assert (preview.chosen, preview.asked, preview.answered[level]) == (level, 1, int(answered))
    with pytest.raises(NotAllowed):
        house.coverage.choose(ada, course.id, Strictness.USUAL)


@pytest.mark.slow
def test_an_upload_that_a_kill_9_interrupts_is_taken_up_by_the_next_server(tmp_path):
    """A real server is killed while it embeds; the next one reads the document in, whole, under the same job."""
    from tutor.services import open_house

    var = tmp_path / "var"
    settings = Settings(data_dir=var, model="scripted", sample_course=False)
    house = open_house(settings)
    who = house.accounts.add("ms-frizzle", Role.INSTRUCTOR)
    course = house.courses.create(who, "Biology", course_id="biology")
    text = "\n\n".join(
        f"## Part {n}\n\n" + f"Moss number {n} drinks rain through its leaf {n}. " * 12 for n in range(50)
    )
    digest = house.shelf.originals.keep(text.encode())
    payload = {"name": "moss.md", "sha256": digest, "language": "en", "attempts": "0"}
    object.__setattr__(house.jobs, "_workers", {course_documents.KIND: _Nobody()})
    job = house.jobs.start(who, course_documents.KIND, course.id, "moss.md", lambda _report: "", payload)
    server = _serve(var)
    try:
        _until(lambda: house.jobs.get(who, job.id).stage == "embedding", "the server never began to embed")
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        assert house.jobs.get(who, job.id).state is JobState.RUNNING
        assert house.library.documents(course.id) == [] and house.library.check(course.id) == []
        server = _serve(var)
        _until(lambda: house.jobs.get(who, job.id).state in ENDED, "the next server did not finish it")
        assert house.jobs.get(who, job.id).state is JobState.DONE
        assert [d.name for d in house.library.documents(course.id)] == ["moss.md"]
        assert house.library.check(course.id) == []
    finally:
        server.kill()
        server.wait()
        house.office.close()


class _Nobody:
    """A worker that never begins: the job is left to another process."""

    def submit(self, *_arguments):
        return None


def _serve(var):
    return subprocess.Popen(
        [sys.executable, "-m", "tutor", "serve", "--data-dir", str(var), "--port", str(free_port())],
        cwd=REPO,
        env={**os.environ, "TUTOR_MODEL": "scripted", "TUTOR_SAMPLE_COURSE": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _until(true, otherwise, seconds=180):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
