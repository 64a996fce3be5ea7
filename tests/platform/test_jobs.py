"""Long tasks beside the page."""

from __future__ import annotations

import threading
import time

import pytest
from waiting import ENDED, wait

from tutor.domain import JobState
from tutor.errors import InputRefused, NotFound


def test_a_job_tells_its_progress_and_its_result(house, course, instructor):
    go_on = threading.Event()

    def work(report):
        report("reading", 3, 7)
        go_on.wait(10)
        return "all read"

    job = house.jobs.start(instructor, "ingest", course.id, "x.pdf", work)
    seen = wait(house, instructor, job, JobState.RUNNING)
    while (seen := house.jobs.get(instructor, job.id)).stage != "reading":
        time.sleep(0.01)
    assert (seen.done, seen.total) == (3, 7)
    go_on.set()
    assert wait(house, instructor, job, *ENDED).message == "all read"


def test_a_refusal_is_told_in_its_own_words_and_a_fault_only_by_its_number(house, course, instructor):
    def refuse(_report):
        raise InputRefused("x.pdf is locked; remove its password")

    def fail(_report):
        raise ZeroDivisionError("secret details")

    refused = house.jobs.start(instructor, "ingest", course.id, "x.pdf", refuse)
    failed = house.jobs.start(instructor, "ingest", course.id, "y.pdf", fail)
    assert wait(house, instructor, refused, *ENDED).message == "x.pdf is locked; remove its password"
    assert "secret" not in wait(house, instructor, failed, *ENDED).message


def test_jobs_are_seen_by_their_owner_only(house, course, instructor, ada):
    job = house.jobs.start(instructor, "ingest", course.id, "x.pdf", lambda _report: "done")
    with pytest.raises(NotFound):
        house.jobs.get(ada, job.id)
    wait(house, instructor, job, *ENDED)


def test_a_cancelled_job_ends_as_cancelled(house, course, instructor):
    def work(report):
        while not report.cancelled():
            time.sleep(0.01)
        raise InputRefused("stopped")

    job = house.jobs.start(instructor, "ingest", course.id, "x.pdf", work)
    wait(house, instructor, job, JobState.RUNNING)
    house.jobs.cancel(instructor, job.id)
    assert wait(house, instructor, job, *ENDED).state is JobState.CANCELLED


def test_an_upload_that_a_dead_server_left_open_is_taken_up_again(house, course, instructor, monkeypatch):
    monkeypatch.setattr(type(house.jobs), "run", lambda *_: None)  # the server dies before it begins
    job = house.shelf.upload(instructor, course.id, "more.md", b"# More\n\nMosses are small plants without roots.")
    monkeypatch.undo()
    house.take_up()
    assert wait(house, instructor, job, *ENDED).state is JobState.DONE
    assert "more.md" in [document.name for document in house.shelf.documents(instructor, course.id)]
