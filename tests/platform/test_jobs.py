"""Jobs: progress, errors, cancelling, recovery."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from waiting import ENDED, wait

import tutor.store.courses as course_store
from tutor.domain import JobState
from tutor.errors import InputRefused, NotFound


def test_a_job_reports_progress_and_result(services, course, instructor):
    go_on = threading.Event()

    def work(report):
        report("reading", 3, 7)
        go_on.wait(10)
        return "all read"

    job = services.jobs.start(instructor, "ingest", course.id, "x.pdf", work)
    seen = wait(services, instructor, job, JobState.RUNNING)
    while (seen := services.jobs.get(instructor, job.id)).stage != "reading":
        time.sleep(0.01)
    assert (seen.done, seen.total) == (3, 7)
    go_on.set()
    assert wait(services, instructor, job, *ENDED).message == "all read"


def test_expected_errors_show_their_message_and_faults_only_a_reference(services, course, instructor):
    def refuse(_report):
        raise InputRefused("x.pdf is locked; remove its password")

    def fail(_report):
        raise ZeroDivisionError("secret details")

    refused = services.jobs.start(instructor, "ingest", course.id, "x.pdf", refuse)
    failed = services.jobs.start(instructor, "ingest", course.id, "y.pdf", fail)
    assert wait(services, instructor, refused, *ENDED).message == "x.pdf is locked; remove its password"
    assert "secret" not in wait(services, instructor, failed, *ENDED).message


def test_jobs_are_visible_to_their_owner_only(services, course, instructor, ada):
    job = services.jobs.start(instructor, "ingest", course.id, "x.pdf", lambda _report: "done")
    with pytest.raises(NotFound):
        services.jobs.get(ada, job.id)
    wait(services, instructor, job, *ENDED)


def test_a_cancelled_job_ends_as_cancelled(services, course, instructor):
    def work(report):
        while not report.is_cancelled():
            time.sleep(0.01)
        raise InputRefused("stopped")

    job = services.jobs.start(instructor, "ingest", course.id, "x.pdf", work)
    wait(services, instructor, job, JobState.RUNNING)
    services.jobs.cancel(instructor, job.id)
    assert wait(services, instructor, job, *ENDED).state is JobState.CANCELLED


def test_an_interrupted_upload_job_is_recovered(services, course, instructor, monkeypatch):
    monkeypatch.setattr(type(services.jobs), "run", lambda *_: None)  # the server dies before it begins
    job = services.documents.upload(
        instructor, course.id, "more.md", b"# More\n\nMosses are small plants without roots."
    )
    monkeypatch.undo()
    services.recover_interrupted_work()
    assert wait(services, instructor, job, *ENDED).state is JobState.DONE
    assert "more.md" in [document.name for document in services.documents.documents(instructor, course.id)]


def test_the_files_of_the_sample_course_wait_behind_a_teachers_first_file(services, course, instructor):
    started, go_on, order = threading.Event(), threading.Event(), []

    def work(name):
        def run(_report):
            order.append(name)
            started.set()
            go_on.wait(10)
            return name

        return run

    sample = services.jobs.last_course
    places = [(sample, "sample 1"), (sample, "sample 2"), (course.id, "mine")]
    with services.database.write_transaction() as connection:
        if course_store.by_id(connection, sample) is None:
            course_store.add(connection, replace(course, id=sample))
    jobs = []
    for course_id, name in places:
        jobs.append(services.jobs.start(instructor, "ingest", course_id, name, work(name)))
        started.wait(10)
    go_on.set()
    for job in jobs:
        wait(services, instructor, job, *ENDED)
    assert order == ["sample 1", "mine", "sample 2"]
