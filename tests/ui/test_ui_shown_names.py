"""Lists and the empty chat call documents by the names that people know."""

from __future__ import annotations

from tutor.domain import Role
from tutor.ui import chat_updates, chat_view

CHAPTER = b"# Introduction\n\nWelcome.\n\n# Queues\n\nA queue is a list from which the oldest entry is taken first.\n"


def open_course(services):
    teacher = services.accounts.create_account("teacher", Role.INSTRUCTOR)
    course = services.courses.create(teacher, "Data structures", open_to_all=True)
    return teacher, course


def test_an_instructor_sees_the_title_with_the_name_of_the_file(services):
    teacher, course = open_course(services)
    services.documents.ingest(teacher, course.id, "ch02.md", CHAPTER)
    services.documents.ingest(teacher, course.id, "notes.txt", b"A list of words without any heading at all.")
    lines = [line for line, _ in chat_view.document_choices(services.documents.documents(teacher, course.id), "en")]
    assert lines[0].startswith("Chapter 2 · Queues (ch02.md) · 1 page")
    assert lines[1].startswith("notes.txt · 1 page")


def test_an_empty_chat_offers_questions_about_what_the_course_explains(services):
    teacher, course = open_course(services)
    services.documents.ingest(teacher, course.id, "ch02.md", CHAPTER)
    assert chat_updates.render_chat(services, teacher, course.id, None).examples == [{"text": "What is a queue?"}]


def test_a_course_that_defines_nothing_offers_its_documents_by_name(services):
    teacher, course = open_course(services)
    services.documents.ingest(teacher, course.id, "ch03.md", b"# Overview\n\nWelcome.\n\n# Stacks\n\nRead on.\n")
    assert chat_updates.render_chat(services, teacher, course.id, None).examples == [
        {"text": "Tell me about Chapter 3 · Stacks"}
    ]
