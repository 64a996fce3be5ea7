"""Quizzes: questions with a state, answers that cannot be lost or counted twice, keys that stay on the server."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from tutor.assessment.exchange import EXPORT_FORMATS
from tutor.assessment.items import ItemKind
from tutor.domain import Outcome
from tutor.errors import InputRefused, NotAllowed, NotFound
from tutor.pedagogy.intents import Intent
from tutor.pedagogy.question_lifecycle import IllegalStep, QuestionState
from tutor.practice.attempt_grading import GRADER_ID
from tutor.practice.quiz_hints import quiz_hint
from tutor.store.evidence import events
from tutor.store.items import ItemState


def evidence(services, course, actor):
    with services.database.read_connection() as connection:
        return [event for _number, event in events(connection, course.id, actor.id)]


def key_of(row):
    return row.item.keys[0] if row.item.kind is not ItemKind.ORDERING else "\n".join(row.item.keys)


def pose_one(services, programming_course, ada, kind):
    """Pose a question of a kind."""
    session = services.quiz_sessions.start_quiz(ada, programming_course.id, count=50)
    return next(row for row in session.questions if row.item.kind is kind)


def test_a_quiz_asks_items_of_every_kind_in_the_course(services, programming_course, ada):
    kinds = {row.item.kind for row in services.quiz_sessions.start_quiz(ada, programming_course.id, count=50).questions}
    assert kinds >= {
        ItemKind.CHOICE,
        ItemKind.TRUE_FALSE,
        ItemKind.CLOZE,
        ItemKind.NUMBER,
        ItemKind.ORDERING,
        ItemKind.SHORT_TEXT,
    }


def test_a_completed_quiz_yields_one_evidence_per_question(services, programming_course, ada):
    session = services.quiz_sessions.start_quiz(ada, programming_course.id, count=6)
    while (row := session.current) is not None:
        taken = services.quiz_sessions.submit_answer(ada, row.question.id, f"s-{row.question.id}", key_of(row))
        assert taken.question.last_attempt.grade.outcome is Outcome.RIGHT
        services.quiz_sessions.close_question(ada, row.question.id)
        session = services.quiz_sessions.latest_session(ada, programming_course.id)
    assert session.quiz.ended_at is not None
    recorded = evidence(services, programming_course, ada)
    assert len(recorded) == 6 and all(event.judge == GRADER_ID and event.is_unaided for event in recorded)
    assert {event.grade_id for event in recorded} == {row.last_attempt.id for row in session.questions}


def test_a_hundred_double_clicks_at_once_are_one_answer_one_grade_and_one_piece_of_evidence(
    services, programming_course, ada
):
    row = pose_one(services, programming_course, ada, ItemKind.CLOZE)
    broken: list[BaseException] = []

    def click() -> None:
        try:
            services.quiz_sessions.submit_answer(ada, row.question.id, "the-same", "loop")
        except BaseException as error:  # noqa: BLE001 - whatever a thread raises fails the test
            broken.append(error)

    threads = [threading.Thread(target=click) for _ in range(100)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert broken == []
    after = services.quiz_sessions.get_question(ada, row.question.id)
    assert len(after.attempts) == 1 and after.question.state is QuestionState.GRADED
    assert len(services.gradebook.history(services.operator, after.attempts[0].id)) == 1
    assert len(evidence(services, programming_course, ada)) == 1


def test_concurrent_answers_are_both_stored_and_the_second_is_aided(services, programming_course, ada):
    row = pose_one(services, programming_course, ada, ItemKind.NUMBER)
    barrier = threading.Barrier(2)

    def send(submission: str) -> None:
        barrier.wait()
        try:
            services.quiz_sessions.submit_answer(ada, row.question.id, submission, "1234")
        except IllegalStep:
            refused.append(submission)

    refused: list[str] = []
    threads = [threading.Thread(target=send, args=(name,)) for name in ("one", "two")]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    after = services.quiz_sessions.get_question(ada, row.question.id)
    assert len(after.attempts) + len(refused) == 2
    assert [given.aided for given in after.attempts][1:] == [True] * (len(after.attempts) - 1)
    assert len(evidence(services, programming_course, ada)) == len(after.attempts)


def test_an_ungraded_answer_is_graded_after_a_crash(services, programming_course, ada, monkeypatch):
    row = pose_one(services, programming_course, ada, ItemKind.CLOZE)

    class Crash(BaseException):
        """The process dies between storing the answer and storing its grade."""

    with monkeypatch.context() as patch:
        patch.setattr(type(services.quiz_sessions.attempt_grader), "_grade", lambda *_: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            services.quiz_sessions.submit_answer(ada, row.question.id, "s1", key_of(row))
    assert services.quiz_sessions.get_question(ada, row.question.id).question.state is QuestionState.ANSWERED
    session = services.quiz_sessions.latest_session(ada, programming_course.id)
    after = next(q for q in session.questions if q.question.id == row.question.id)
    assert after.last_attempt.grade.outcome is Outcome.RIGHT and len(evidence(services, programming_course, ada)) == 1


def test_a_question_typed_instead_of_an_answer_is_not_an_answer(services, programming_course, ada):
    row = pose_one(services, programming_course, ada, ItemKind.CLOZE)
    taken = services.quiz_sessions.submit_answer(ada, row.question.id, "s1", "What does that word mean?")
    assert taken.intent is Intent.CLARIFY and taken.question.attempts == ()
    stuck = services.quiz_sessions.submit_answer(ada, row.question.id, "s2", "I don't know")
    assert stuck.intent is Intent.STUCK and stuck.question.question.hints == 1 and stuck.question.attempts == ()
    with pytest.raises(IllegalStep, match="the answer is empty"):
        services.quiz_sessions.submit_answer(ada, row.question.id, "s3", "   ")
    assert evidence(services, programming_course, ada) == []


def test_after_a_hint_an_answer_is_aided(services, programming_course, ada):
    row = pose_one(services, programming_course, ada, ItemKind.CLOZE)
    services.quiz_sessions.record_hint(ada, row.question.id, "h1")
    services.quiz_sessions.record_hint(ada, row.question.id, "h1")
    services.quiz_sessions.submit_answer(ada, row.question.id, "s1", key_of(row))
    (event,) = evidence(services, programming_course, ada)
    assert event.hints == 1 and event.aided


def test_a_choice_is_answered_once_and_a_text_up_to_three_times(services, programming_course, ada):
    row = pose_one(services, programming_course, ada, ItemKind.CHOICE)
    wrong = next(option for option in row.item.options if option not in row.item.keys)
    services.quiz_sessions.submit_answer(ada, row.question.id, "s1", wrong)
    with pytest.raises(IllegalStep, match="already"):
        services.quiz_sessions.submit_answer(ada, row.question.id, "s2", key_of(row))
    typed = pose_one(services, programming_course, ada, ItemKind.CLOZE)
    for n in range(3):
        services.quiz_sessions.submit_answer(ada, typed.question.id, f"t{n}", "elephant")
    with pytest.raises(IllegalStep, match="already"):
        services.quiz_sessions.submit_answer(ada, typed.question.id, "t4", key_of(typed))


def test_a_grader_failure_is_unsure_and_never_right(services, programming_course, ada, monkeypatch):
    row = pose_one(services, programming_course, ada, ItemKind.CLOZE)
    monkeypatch.setattr(type(services.quiz_sessions.attempt_grader.grader), "grade", lambda *_: 1 / 0)
    taken = services.quiz_sessions.submit_answer(ada, row.question.id, "s1", key_of(row))
    assert taken.question.last_attempt.grade.outcome is Outcome.UNSURE
    assert evidence(services, programming_course, ada) == []


def test_an_open_question_expires_and_an_answered_one_does_not(services, programming_course, ada, clock):
    row = pose_one(services, programming_course, ada, ItemKind.CLOZE)
    clock.advance(timedelta(days=8))
    with pytest.raises(IllegalStep, match="expired"):
        services.quiz_sessions.submit_answer(ada, row.question.id, "s1", key_of(row))
    session = services.quiz_sessions.latest_session(ada, programming_course.id)
    assert {question.question.state for question in session.questions} == {QuestionState.EXPIRED}


def test_a_new_quiz_closes_the_old_one_and_asks_unseen_items(services, programming_course, ada):
    first = services.quiz_sessions.start_quiz(ada, programming_course.id, count=4)
    second = services.quiz_sessions.start_quiz(ada, programming_course.id, count=4)
    assert {q.question.state for q in services.quiz_sessions._load_session(first.quiz.id).questions} == {
        QuestionState.SKIPPED
    }
    assert not {q.item.id for q in first.questions} & {q.item.id for q in second.questions}


def test_a_question_belongs_to_its_learner(services, programming_course, ada, bob):
    row = pose_one(services, programming_course, ada, ItemKind.CLOZE)
    for act in (
        lambda: services.quiz_sessions.submit_answer(bob, row.question.id, "s", "loop"),
        lambda: services.quiz_sessions.record_hint(bob, row.question.id, "s"),
        lambda: services.quiz_sessions.skip_question(bob, row.question.id),
        lambda: services.quiz_sessions.get_question(bob, row.question.id),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_topic_without_items_is_reported(services, programming_course, ada):
    with pytest.raises(InputRefused, match="no questions about"):
        services.quiz_sessions.start_quiz(ada, programming_course.id, "the battle of Waterloo")


def test_hints_get_closer_and_do_not_contain_the_key(services, programming_course, ada):
    for row in services.quiz_sessions.start_quiz(ada, programming_course.id, count=50).questions:
        said = [quiz_hint(row.item, n, "Terms", "en") for n in (1, 2, 3, 4)]
        assert len(set(said)) == 4
        if row.item.kind in (ItemKind.CLOZE, ItemKind.NUMBER, ItemKind.CHOICE):
            assert not any(key.lower() in hint.lower().split() for key in row.item.keys for hint in said)


def test_an_edited_item_keeps_its_id_and_what_was_posed_keeps_the_old_wording(
    services, programming_course, instructor, ada
):
    row = pose_one(services, programming_course, ada, ItemKind.CLOZE)
    services.item_bank.edit_item(instructor, row.item.id, "Fill: a _____ repeats.", ["loop"], [], 0.5)
    assert services.quiz_sessions.get_question(ada, row.question.id).item.prompt == row.item.prompt
    bank = {stored.item.id: stored for stored in services.item_bank.all_items(instructor, programming_course.id)}
    assert bank[row.item.id].item.prompt == "Fill: a _____ repeats."


def test_a_banned_item_is_never_asked_or_generated_again_and_a_pinned_one_comes_first(
    services, programming_course, instructor, ada
):
    bank = services.item_bank.all_items(instructor, programming_course.id)
    banned, pinned = bank[0].item.id, bank[-1].item.id
    services.item_bank.set_state(instructor, banned, ItemState.BANNED)
    services.item_bank.set_state(instructor, pinned, ItemState.PINNED)
    services.documents.ingest(
        instructor, programming_course.id, "more.md", b"# More\n\nA list is a sequence of values that can grow.\n"
    )
    ids = [row.item.id for row in services.quiz_sessions.start_quiz(ada, programming_course.id, count=1).questions]
    assert ids == [pinned]
    assert banned not in {stored.item.id for stored in services.item_bank.askable_items(programming_course.id)}


def test_items_of_a_removed_document_are_not_asked(services, programming_course, instructor, ada):
    services.item_bank.generate_items(programming_course.id)
    for document in services.documents.documents(instructor, programming_course.id):
        services.documents.remove(instructor, document.id)
    with pytest.raises(InputRefused, match="no questions yet"):
        services.quiz_sessions.start_quiz(ada, programming_course.id)


def test_an_item_whose_own_key_is_not_graded_right_is_refused(services, programming_course, instructor):
    with pytest.raises(InputRefused, match="not graded right"):
        services.item_bank.add_item(instructor, programming_course.id, ItemKind.NUMBER, "How many?", ["a few"])
    with pytest.raises(InputRefused, match="the same"):
        services.item_bank.add_item(
            instructor, programming_course.id, ItemKind.CHOICE, "Which?", ["a"], ["a", "b", "b"]
        )


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_exported_items_round_trip(services, programming_course, instructor, form):
    text, left_out = services.item_bank.export_items(instructor, programming_course.id, form)
    other = services.courses.create(instructor, "Other", course_id="other", open_to_all=True)
    count, refused = services.item_bank.import_items(instructor, other.id, text)
    assert refused == [] and count == len(services.item_bank.askable_items(programming_course.id)) - len(left_out)
    again, _ = services.item_bank.import_items(instructor, other.id, text)
    assert again == count and len(services.item_bank.all_items(instructor, other.id)) == count


def test_a_learner_cannot_see_or_change_the_bank(services, programming_course, ada):
    for act in (
        lambda: services.item_bank.all_items(ada, programming_course.id),
        lambda: services.item_bank.export_items(ada, programming_course.id, "gift"),
        lambda: services.gradebook.entries(ada, programming_course.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_override_is_shown_with_its_reason_and_updates_evidence(services, programming_course, instructor, ada):
    row = pose_one(services, programming_course, ada, ItemKind.CLOZE)
    services.quiz_sessions.submit_answer(ada, row.question.id, "s1", "iteration")
    (entry,) = services.gradebook.entries(instructor, programming_course.id)
    with pytest.raises(InputRefused, match="say why"):
        services.gradebook.override(instructor, entry.answer.id, Outcome.RIGHT, "  ")
    services.gradebook.override(instructor, entry.answer.id, Outcome.RIGHT, "A synonym of our lecture.")
    seen = services.quiz_sessions.get_question(ada, row.question.id).last_attempt
    assert seen.grade.outcome is Outcome.RIGHT and seen.reason == "A synonym of our lecture."
    assert [one.grade.outcome for one in services.gradebook.history(instructor, entry.answer.id)] == [
        Outcome.WRONG,
        Outcome.RIGHT,
    ]
    first, second = evidence(services, programming_course, ada)
    assert second.supersedes == first.id and second.outcome is Outcome.RIGHT


def test_a_decision_on_an_unsure_answer_becomes_its_first_evidence(
    services, programming_course, instructor, ada, monkeypatch
):
    row = pose_one(services, programming_course, ada, ItemKind.CLOZE)
    with monkeypatch.context() as patch:
        patch.setattr(type(services.quiz_sessions.attempt_grader.grader), "grade", lambda *_: 1 / 0)
        services.quiz_sessions.submit_answer(ada, row.question.id, "s1", "iteration")
    (entry,) = services.gradebook.entries(instructor, programming_course.id)
    assert entry.needs_review
    services.gradebook.override(instructor, entry.answer.id, Outcome.WRONG, "Another term.")
    (event,) = evidence(services, programming_course, ada)
    assert event.outcome is Outcome.WRONG and event.judge == f"person:{instructor.id}"
    assert not services.gradebook.entries(instructor, programming_course.id)[0].needs_review


def test_similar_answers_are_regraded_on_request_and_logged(services, programming_course, instructor, ada, bob):
    mine = pose_one(services, programming_course, ada, ItemKind.SHORT_TEXT)
    services.quiz_sessions.start_quiz(bob, programming_course.id, count=50)
    his = next(
        q
        for q in services.quiz_sessions.latest_session(bob, programming_course.id).questions
        if q.item.id == mine.item.id
    )
    said = "It is a thing that goes round until somebody says stop."
    services.quiz_sessions.submit_answer(ada, mine.question.id, "s1", said)
    services.quiz_sessions.submit_answer(bob, his.question.id, "s2", said)
    entry = next(
        e
        for e in services.gradebook.entries(instructor, programming_course.id)
        if e.question.question.learner_id == ada.id
    )
    services.gradebook.override(instructor, entry.answer.id, Outcome.RIGHT, "Good enough.")
    assert len(services.gradebook.other_answers(instructor, entry.answer.id)) == 1
    ((_before, changed),) = services.gradebook.regrade(instructor, entry.answer.id)
    assert changed.question.question.learner_id == bob.id and changed.answer.grade.outcome is Outcome.RIGHT
    judges = [one.judge for one in services.gradebook.history(instructor, changed.answer.id)]
    assert judges == [GRADER_ID, GRADER_ID]
    counted = Counter(event.outcome for event in evidence(services, programming_course, bob))
    assert counted[Outcome.RIGHT] == 1


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_reimporting_an_export_adds_no_duplicates(services, programming_course, instructor, form):
    before = services.item_bank.all_items(instructor, programming_course.id)
    text, _left_out = services.item_bank.export_items(instructor, programming_course.id, form)
    count, refused = services.item_bank.import_items(instructor, programming_course.id, text)
    assert count and refused == []
    assert [one.item for one in services.item_bank.all_items(instructor, programming_course.id)] == [
        one.item for one in before
    ]


def test_reimporting_an_edited_item_updates_it(services, programming_course, instructor):
    one = next(
        s for s in services.item_bank.all_items(instructor, programming_course.id) if s.item.kind is ItemKind.CLOZE
    )
    services.item_bank.set_state(instructor, one.item.id, ItemState.PINNED)
    text, _left_out = services.item_bank.export_items(instructor, programming_course.id, "gift")
    block = next(b for b in text.split("\n\n") if one.item.id in b)
    count, _refused = services.item_bank.import_items(
        instructor, programming_course.id, block.replace("{=", "{=zigzag =", 1)
    )
    (after,) = [s for s in services.item_bank.all_items(instructor, programming_course.id) if s.item.id == one.item.id]
    assert count == 1 and "zigzag" in after.item.keys and after.item.kind is ItemKind.CLOZE
    assert (after.state, after.item.source) == (ItemState.PINNED, one.item.source)


@pytest.mark.parametrize(
    ("text", "said"),
    [("<assessmentItem><broken", "XML"), ("\x00\x01 {T}", "needs"), ("::E:: _____ {T}", "words")],
)
def test_a_malformed_import_file_is_refused_with_the_reason(services, programming_course, instructor, text, said):
    count, refused = services.item_bank.import_items(instructor, programming_course.id, text)
    assert count == 0 and said in str(refused[0])


def test_a_key_outside_the_options_is_reported(services, programming_course, instructor):
    with pytest.raises(InputRefused, match="repeats.”: the key is not among its options"):
        services.item_bank.add_item(
            instructor, programming_course.id, ItemKind.CHOICE, "Which one repeats?", ["x"], ["a", "b", "c"]
        )


def test_an_item_existing_under_another_id_is_not_imported_again(services, programming_course, instructor):
    text, _left_out = services.item_bank.export_items(instructor, programming_course.id, "gift")
    renamed = "\n\n".join(f"::other{n}::{block.split('::', 2)[2]}" for n, block in enumerate(text.split("\n\n")))
    before = len(services.item_bank.all_items(instructor, programming_course.id))
    _count, refused = services.item_bank.import_items(instructor, programming_course.id, renamed)
    assert "item_known" in {one.key for one in refused}
    kinds = {one.item.kind for one in services.item_bank.all_items(instructor, programming_course.id)[before:]}
    assert ItemKind.CHOICE not in kinds and ItemKind.NUMBER not in kinds
