"""Quizzes: questions with a state, answers that cannot be lost or counted twice, keys that stay on the server."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from tutor.assessment.items import Kind
from tutor.domain import Outcome
from tutor.errors import InputRefused, NotAllowed, NotFound
from tutor.pedagogy.intents import Intent
from tutor.pedagogy.question_lifecycle import IllegalStep, State
from tutor.practice.quiz_hints import hint_text
from tutor.practice.quiz_sessions import JUDGE
from tutor.store.evidence import events
from tutor.store.items import ItemState


def evidence(house, course, who):
    with house.office.database.reading() as connection:
        return [event for _number, event in events(connection, course.id, who.id)]


def key_of(row):
    return row.item.keys[0] if row.item.kind is not Kind.ORDERING else "\n".join(row.item.keys)


def one(house, programs, ada, kind):
    """Pose a question of a kind."""
    sitting = house.practice.start(ada, programs.id, count=50)
    return next(row for row in sitting.questions if row.item.kind is kind)


def test_a_quiz_asks_items_of_every_kind_that_the_course_holds(house, programs, ada):
    kinds = {row.item.kind for row in house.practice.start(ada, programs.id, count=50).questions}
    assert kinds >= {Kind.CHOICE, Kind.TRUE_FALSE, Kind.CLOZE, Kind.NUMBER, Kind.ORDERING, Kind.SHORT_TEXT}


def test_a_whole_quiz_answered_rightly_ends_and_is_evidence_once_a_question(house, programs, ada):
    sitting = house.practice.start(ada, programs.id, count=6)
    while (row := sitting.current) is not None:
        taken = house.practice.answer(ada, row.posed.id, f"s-{row.posed.id}", key_of(row))
        assert taken.row.last.grade.outcome is Outcome.RIGHT
        house.practice.close(ada, row.posed.id)
        sitting = house.practice.sitting(ada, programs.id)
    assert sitting.quiz.ended_at is not None
    recorded = evidence(house, programs, ada)
    assert len(recorded) == 6 and all(event.judge == JUDGE and event.unaided for event in recorded)
    assert {event.grade_id for event in recorded} == {row.last.id for row in sitting.questions}


def test_a_hundred_double_clicks_at_once_are_one_answer_one_grade_and_one_piece_of_evidence(house, programs, ada):
    row = one(house, programs, ada, Kind.CLOZE)
    broken: list[BaseException] = []

    def click() -> None:
        try:
            house.practice.answer(ada, row.posed.id, "the-same", "loop")
        except BaseException as error:  # noqa: BLE001 - whatever a thread raises fails the test
            broken.append(error)

    threads = [threading.Thread(target=click) for _ in range(100)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert broken == []
    after = house.practice.question(ada, row.posed.id)
    assert len(after.given) == 1 and after.posed.state is State.GRADED
    assert len(house.gradebook.history(house.office.operator, after.given[0].id)) == 1
    assert len(evidence(house, programs, ada)) == 1


def test_two_pages_that_answer_at_once_store_two_answers_of_which_the_second_is_aided(house, programs, ada):
    row = one(house, programs, ada, Kind.NUMBER)
    barrier = threading.Barrier(2)

    def send(submission: str) -> None:
        barrier.wait()
        try:
            house.practice.answer(ada, row.posed.id, submission, "1234")
        except IllegalStep:
            refused.append(submission)

    refused: list[str] = []
    threads = [threading.Thread(target=send, args=(name,)) for name in ("one", "two")]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    after = house.practice.question(ada, row.posed.id)
    assert len(after.given) + len(refused) == 2
    assert [given.aided for given in after.given][1:] == [True] * (len(after.given) - 1)
    assert len(evidence(house, programs, ada)) == len(after.given)


def test_an_answer_that_a_crash_left_ungraded_is_graded_at_the_next_look(house, programs, ada, monkeypatch):
    row = one(house, programs, ada, Kind.CLOZE)

    class Crash(BaseException):
        """The process dies between taking the answer in and storing its grade."""

    with monkeypatch.context() as patch:
        patch.setattr(type(house.practice), "_grade", lambda *_: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            house.practice.answer(ada, row.posed.id, "s1", key_of(row))
    assert house.practice.question(ada, row.posed.id).posed.state is State.ANSWERED
    sitting = house.practice.sitting(ada, programs.id)
    after = next(q for q in sitting.questions if q.posed.id == row.posed.id)
    assert after.last.grade.outcome is Outcome.RIGHT and len(evidence(house, programs, ada)) == 1


def test_a_question_typed_instead_of_an_answer_is_not_an_answer(house, programs, ada):
    row = one(house, programs, ada, Kind.CLOZE)
    taken = house.practice.answer(ada, row.posed.id, "s1", "What does that word mean?")
    assert taken.taken_for is Intent.CLARIFY and taken.row.given == ()
    stuck = house.practice.answer(ada, row.posed.id, "s2", "I don't know")
    assert stuck.taken_for is Intent.STUCK and stuck.row.posed.hints == 1 and stuck.row.given == ()
    with pytest.raises(IllegalStep, match="no answer"):
        house.practice.answer(ada, row.posed.id, "s3", "   ")
    assert evidence(house, programs, ada) == []


def test_after_a_hint_an_answer_is_aided(house, programs, ada):
    row = one(house, programs, ada, Kind.CLOZE)
    house.practice.hint(ada, row.posed.id, "h1")
    house.practice.hint(ada, row.posed.id, "h1")
    house.practice.answer(ada, row.posed.id, "s1", key_of(row))
    (event,) = evidence(house, programs, ada)
    assert event.hints == 1 and event.aided


def test_a_choice_is_answered_once_and_a_text_up_to_three_times(house, programs, ada):
    row = one(house, programs, ada, Kind.CHOICE)
    wrong = next(option for option in row.item.options if option not in row.item.keys)
    house.practice.answer(ada, row.posed.id, "s1", wrong)
    with pytest.raises(IllegalStep, match="already"):
        house.practice.answer(ada, row.posed.id, "s2", key_of(row))
    typed = one(house, programs, ada, Kind.CLOZE)
    for n in range(3):
        house.practice.answer(ada, typed.posed.id, f"t{n}", "elephant")
    with pytest.raises(IllegalStep, match="already"):
        house.practice.answer(ada, typed.posed.id, "t4", key_of(typed))


def test_what_the_grader_breaks_on_is_unsure_and_never_right(house, programs, ada, monkeypatch):
    row = one(house, programs, ada, Kind.CLOZE)
    monkeypatch.setattr(type(house.practice.grader), "grade", lambda *_: 1 / 0)
    taken = house.practice.answer(ada, row.posed.id, "s1", key_of(row))
    assert taken.row.last.grade.outcome is Outcome.UNSURE
    assert evidence(house, programs, ada) == []


def test_an_open_question_expires_and_an_answered_one_does_not(house, programs, ada, clock):
    row = one(house, programs, ada, Kind.CLOZE)
    clock.pass_time(timedelta(days=8))
    with pytest.raises(IllegalStep, match="expired"):
        house.practice.answer(ada, row.posed.id, "s1", key_of(row))
    sitting = house.practice.sitting(ada, programs.id)
    assert {question.posed.state for question in sitting.questions} == {State.EXPIRED}


def test_a_new_quiz_ends_the_old_one_and_asks_what_was_not_asked_yet(house, programs, ada):
    first = house.practice.start(ada, programs.id, count=4)
    second = house.practice.start(ada, programs.id, count=4)
    assert {q.posed.state for q in house.practice._sitting(first.quiz.id).questions} == {State.SKIPPED}
    assert not {q.item.id for q in first.questions} & {q.item.id for q in second.questions}


def test_a_question_belongs_to_its_learner(house, programs, ada, bob):
    row = one(house, programs, ada, Kind.CLOZE)
    for act in (
        lambda: house.practice.answer(bob, row.posed.id, "s", "loop"),
        lambda: house.practice.hint(bob, row.posed.id, "s"),
        lambda: house.practice.skip(bob, row.posed.id),
        lambda: house.practice.question(bob, row.posed.id),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_topic_without_questions_is_said(house, programs, ada):
    with pytest.raises(InputRefused, match="no questions about"):
        house.practice.start(ada, programs.id, "the battle of Waterloo")


def test_hints_get_closer_and_hold_no_key(house, programs, ada):
    for row in house.practice.start(ada, programs.id, count=50).questions:
        said = [hint_text(row.item, n, "Terms", "en") for n in (1, 2, 3, 4)]
        assert len(set(said)) == 4
        if row.item.kind in (Kind.CLOZE, Kind.NUMBER, Kind.CHOICE):
            assert not any(key.lower() in hint.lower().split() for key in row.item.keys for hint in said)


def test_an_edited_item_keeps_its_id_and_what_was_posed_keeps_the_old_wording(house, programs, instructor, ada):
    row = one(house, programs, ada, Kind.CLOZE)
    house.questions.edit(instructor, row.item.id, "Fill: a _____ repeats.", ["loop"], [], 0.5)
    assert house.practice.question(ada, row.posed.id).item.prompt == row.item.prompt
    bank = {stored.item.id: stored for stored in house.questions.bank(instructor, programs.id)}
    assert bank[row.item.id].item.prompt == "Fill: a _____ repeats."


def test_a_banned_item_is_never_asked_nor_made_again_and_a_pinned_one_comes_first(house, programs, instructor, ada):
    bank = house.questions.bank(instructor, programs.id)
    banned, pinned = bank[0].item.id, bank[-1].item.id
    house.questions.set_state(instructor, banned, ItemState.BANNED)
    house.questions.set_state(instructor, pinned, ItemState.PINNED)
    house.shelf.add(instructor, programs.id, "more.md", b"# More\n\nA list is a sequence of values that can grow.\n")
    ids = [row.item.id for row in house.practice.start(ada, programs.id, count=1).questions]
    assert ids == [pinned]
    assert banned not in {stored.item.id for stored in house.questions.pool(programs.id)}


def test_items_of_a_removed_document_are_not_asked(house, programs, instructor, ada):
    house.questions.refresh(programs.id)
    for document in house.shelf.documents(instructor, programs.id):
        house.shelf.remove(instructor, document.id)
    with pytest.raises(InputRefused, match="no questions yet"):
        house.practice.start(ada, programs.id)


def test_an_item_whose_own_key_is_not_graded_right_is_refused(house, programs, instructor):
    with pytest.raises(InputRefused, match="not graded right"):
        house.questions.write(instructor, programs.id, Kind.NUMBER, "How many?", ["a few"])
    with pytest.raises(InputRefused, match="the same"):
        house.questions.write(instructor, programs.id, Kind.CHOICE, "Which?", ["a"], ["a", "b", "b"])


@pytest.mark.parametrize("form", ["gift", "qti"])
def test_what_is_exported_comes_back(house, programs, instructor, form):
    text, left_out = house.questions.hand_out(instructor, programs.id, form)
    other = house.courses.create(instructor, "Other", course_id="other")
    count, refused = house.questions.take_in(instructor, other.id, text)
    assert refused == [] and count == len(house.questions.pool(programs.id)) - len(left_out)
    again, _ = house.questions.take_in(instructor, other.id, text)
    assert again == count and len(house.questions.bank(instructor, other.id)) == count


def test_a_learner_cannot_see_or_change_the_bank(house, programs, ada):
    for act in (
        lambda: house.questions.bank(ada, programs.id),
        lambda: house.questions.hand_out(ada, programs.id, "gift"),
        lambda: house.gradebook.entries(ada, programs.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_override_is_seen_with_its_reason_and_the_evidence_follows(house, programs, instructor, ada):
    row = one(house, programs, ada, Kind.CLOZE)
    house.practice.answer(ada, row.posed.id, "s1", "iteration")
    (entry,) = house.gradebook.entries(instructor, programs.id)
    with pytest.raises(InputRefused, match="say why"):
        house.gradebook.override(instructor, entry.given.id, Outcome.RIGHT, "  ")
    house.gradebook.override(instructor, entry.given.id, Outcome.RIGHT, "A synonym of our lecture.")
    seen = house.practice.question(ada, row.posed.id).last
    assert seen.grade.outcome is Outcome.RIGHT and seen.reason == "A synonym of our lecture."
    assert [one.grade.outcome for one in house.gradebook.history(instructor, entry.given.id)] == [
        Outcome.WRONG,
        Outcome.RIGHT,
    ]
    first, second = evidence(house, programs, ada)
    assert second.supersedes == first.id and second.outcome is Outcome.RIGHT


def test_a_decision_on_an_unsure_answer_becomes_its_first_evidence(house, programs, instructor, ada, monkeypatch):
    row = one(house, programs, ada, Kind.CLOZE)
    with monkeypatch.context() as patch:
        patch.setattr(type(house.practice.grader), "grade", lambda *_: 1 / 0)
        house.practice.answer(ada, row.posed.id, "s1", "iteration")
    (entry,) = house.gradebook.entries(instructor, programs.id)
    assert entry.waits
    house.gradebook.override(instructor, entry.given.id, Outcome.WRONG, "Another term.")
    (event,) = evidence(house, programs, ada)
    assert event.outcome is Outcome.WRONG and event.judge == f"person:{instructor.id}"
    assert not house.gradebook.entries(instructor, programs.id)[0].waits


def test_neighbours_are_graded_again_on_request_and_logged(house, programs, instructor, ada, bob):
    mine = one(house, programs, ada, Kind.SHORT_TEXT)
    house.practice.start(bob, programs.id, count=50)
    his = next(q for q in house.practice.sitting(bob, programs.id).questions if q.item.id == mine.item.id)
    said = "It is a thing that goes round until somebody says stop."
    house.practice.answer(ada, mine.posed.id, "s1", said)
    house.practice.answer(bob, his.posed.id, "s2", said)
    entry = next(e for e in house.gradebook.entries(instructor, programs.id) if e.row.posed.learner_id == ada.id)
    house.gradebook.override(instructor, entry.given.id, Outcome.RIGHT, "Good enough.")
    assert len(house.gradebook.neighbours(instructor, entry.given.id)) == 1
    ((_before, changed),) = house.gradebook.regrade(instructor, entry.given.id)
    assert changed.row.posed.learner_id == bob.id and changed.given.grade.outcome is Outcome.RIGHT
    judges = [one.judge for one in house.gradebook.history(instructor, changed.given.id)]
    assert judges == [JUDGE, JUDGE]
    counted = Counter(event.outcome for event in evidence(house, programs, bob))
    assert counted[Outcome.RIGHT] == 1


@pytest.mark.parametrize("form", ["gift", "qti"])
def test_an_export_that_comes_back_unchanged_doubles_no_question(house, programs, instructor, form):
    before = house.questions.bank(instructor, programs.id)
    text, _left_out = house.questions.hand_out(instructor, programs.id, form)
    count, refused = house.questions.take_in(instructor, programs.id, text)
    assert count and refused == []
    assert [one.item for one in house.questions.bank(instructor, programs.id)] == [one.item for one in before]


def test_an_exported_question_that_comes_back_changed_takes_its_own_place(house, programs, instructor):
    one = next(s for s in house.questions.bank(instructor, programs.id) if s.item.kind is Kind.CLOZE)
    house.questions.set_state(instructor, one.item.id, ItemState.PINNED)
    text, _left_out = house.questions.hand_out(instructor, programs.id, "gift")
    block = next(b for b in text.split("\n\n") if one.item.id in b)
    count, _refused = house.questions.take_in(instructor, programs.id, block.replace("{=", "{=the =", 1))
    (after,) = [s for s in house.questions.bank(instructor, programs.id) if s.item.id == one.item.id]
    assert count == 1 and "the" in after.item.keys
    assert (after.state, after.item.source) == (ItemState.PINNED, one.item.source)


@pytest.mark.parametrize(
    ("text", "said"),
    [("<assessmentItem><broken", "XML"), ("\x00\x01 {T}", "needs"), ("::E:: _____ {T}", "words")],
)
def test_a_broken_file_is_refused_with_what_is_wrong_with_it(house, programs, instructor, text, said):
    count, refused = house.questions.take_in(instructor, programs.id, text)
    assert count == 0 and said in str(refused[0])


def test_a_key_that_is_no_option_is_said_in_plain_words(house, programs, instructor):
    with pytest.raises(InputRefused, match="repeats.”: the key is not among its options"):
        house.questions.write(instructor, programs.id, Kind.CHOICE, "Which one repeats?", ["x"], ["a", "b", "c"])


def test_a_question_that_is_there_under_another_id_does_not_come_in_again(house, programs, instructor):
    text, _left_out = house.questions.hand_out(instructor, programs.id, "gift")
    renamed = "\n\n".join(f"::other{n}::{block.split('::', 2)[2]}" for n, block in enumerate(text.split("\n\n")))
    before = len(house.questions.bank(instructor, programs.id))
    _count, refused = house.questions.take_in(instructor, programs.id, renamed)
    assert "item_known" in {one.key for one in refused}
    kinds = {one.item.kind for one in house.questions.bank(instructor, programs.id)[before:]}
    assert Kind.CHOICE not in kinds and Kind.NUMBER not in kinds
