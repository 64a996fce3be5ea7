"""Accounts, access, conversations and feedback: whose is what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tutor.accounts import sign_in
from tutor.accounts.permissions import Action, Facts, allowed
from tutor.domain import CorrectionState, Role, Thumb
from tutor.errors import InputRefused, NotAllowed, NotFound


def test_a_guest_is_one_click_away_and_her_session_outlives_a_restart(house):
    guest, token = house.accounts.new_guest("zh")
    assert guest.guest and guest.role is Role.LEARNER and guest.language == "zh"
    assert house.accounts.person_for_session(token) == guest
    assert house.accounts.person_for_session(token + "x") is None


def test_two_guests_are_two_people(house):
    assert house.accounts.new_guest()[0].id != house.accounts.new_guest()[0].id


def test_a_flood_of_guests_is_slowed_down_and_passes(house, clock, monkeypatch):
    monkeypatch.setattr(sign_in, "GUESTS_A_MINUTE", 3)
    for _ in range(3):
        house.accounts.new_guest()
    with pytest.raises(NotAllowed, match="try again in a moment"):
        house.accounts.new_guest()
    assert house.accounts.add("invited", Role.LEARNER)
    clock.pass_time(timedelta(minutes=1))
    assert house.accounts.new_guest()


def test_a_session_ends_when_it_is_ended(house):
    _guest, token = house.accounts.new_guest()
    house.accounts.end_session(token)
    assert house.accounts.person_for_session(token) is None


def test_a_teachers_session_lasts_a_day_of_work_and_a_learners_half_a_year(house, clock, instructor):
    _, learner_token = house.accounts.new_guest()
    _, teacher_token = house.accounts.redeem_link(house.accounts.issue_link(instructor).split("token=")[1])
    clock.pass_time(timedelta(hours=13))
    assert house.accounts.person_for_session(teacher_token) is None
    assert house.accounts.person_for_session(learner_token) is not None
    clock.pass_time(timedelta(days=181))
    assert house.accounts.person_for_session(learner_token) is None


def test_a_link_signs_in_once(house, instructor):
    token = house.accounts.issue_link(instructor).split("token=")[1]
    person, session = house.accounts.redeem_link(token)
    assert person == instructor and house.accounts.person_for_session(session) == instructor
    with pytest.raises(NotAllowed, match="used before"):
        house.accounts.redeem_link(token)


def test_a_link_expires_in_a_week(house, instructor, clock):
    token = house.accounts.issue_link(instructor).split("token=")[1]
    clock.pass_time(timedelta(days=8))
    with pytest.raises(NotAllowed, match="expired"):
        house.accounts.redeem_link(token)


def test_the_first_link_is_given_at_the_first_start_only(house):
    assert "/join?token=" in house.first_link()
    assert house.first_link() is None


def test_no_token_is_stored_in_the_clear(house, settings):
    _guest, token = house.accounts.new_guest()
    link = house.accounts.issue_link(house.office.operator).split("token=")[1]
    stored = b"".join(path.read_bytes() for path in settings.data_dir.glob("tutor.sqlite*"))
    assert token.encode() not in stored and link.encode() not in stored


@pytest.mark.parametrize("name", ["", "a", "Ada", "ada lovelace", "../x", "x" * 41, "ada\n"])
def test_a_name_that_cannot_be_one_is_refused(house, name):
    with pytest.raises(InputRefused, match="cannot be a name"):
        house.accounts.add(name, Role.LEARNER)


def test_a_name_is_given_once(house, ada):
    with pytest.raises(InputRefused, match="already"):
        house.accounts.add("ada", Role.LEARNER)


def test_what_no_rule_allows_is_denied(ada, instructor):
    for action in Action:
        assert not allowed(ada, action, Facts())
    assert not allowed(instructor, Action.TEACH, Facts(enrolled=False))


def test_a_learner_cannot_teach_and_an_instructor_only_her_own_courses(house, course, ada):
    stranger = house.accounts.add("mr-strange", Role.INSTRUCTOR)
    for who in (ada, stranger):
        with pytest.raises(NotAllowed):
            house.shelf.add(who, course.id, "mine.md", b"# Mine\n\nThis is mine now.")
        with pytest.raises(NotAllowed):
            house.shelf.remove(who, house.shelf.documents(who, course.id)[0].id)
    with pytest.raises(NotAllowed):
        house.courses.create(ada, "Ada's course")


def test_only_an_administrator_invites_instructors(house, instructor):
    assert "/join?token=" in house.accounts.invite(instructor, "new-learner", Role.LEARNER)
    with pytest.raises(NotAllowed):
        house.accounts.invite(instructor, "new-boss", Role.ADMIN)


def test_a_conversation_is_its_learners_alone(house, ask, ada, bob, instructor, course):
    turn = ask(ada)
    assert house.conversations.mine(bob, course.id) == []
    for stranger in (bob, instructor, house.office.operator):
        with pytest.raises(NotFound):
            house.conversations.turns(stranger, turn.conversation_id)
        with pytest.raises(NotFound):
            house.conversations.delete(stranger, turn.conversation_id)


def test_a_deleted_conversation_can_be_brought_back(house, ask, ada, course):
    turn = ask(ada)
    house.conversations.delete(ada, turn.conversation_id)
    assert house.conversations.mine(ada, course.id) == []
    house.conversations.restore(ada, turn.conversation_id)
    assert [c.id for c in house.conversations.mine(ada, course.id)] == [turn.conversation_id]


def test_a_second_thumb_replaces_the_first_and_keeps_its_reason(house, ask, ada):
    turn = ask(ada)
    house.feedback.rate(ada, turn.id, Thumb.UP)
    house.feedback.rate(ada, turn.id, Thumb.DOWN, "too long")
    (only,) = house.feedback.ratings(ada, turn.conversation_id).values()
    assert (only.thumb, only.reason) == (Thumb.DOWN, "too long")


def test_nobody_rates_or_corrects_anothers_answer(house, ask, ada, bob):
    turn = ask(ada)
    with pytest.raises(NotFound):
        house.feedback.rate(bob, turn.id, Thumb.UP)
    with pytest.raises(NotFound):
        house.feedback.correct(bob, turn.id, "My answer", consent=True)


def test_a_correction_trains_only_with_consent_and_can_be_withdrawn(house, ask, ada, course):
    turn = ask(ada)
    kept = house.feedback.correct(ada, turn.id, "Because of chlorophyll.", consent=False)
    assert kept.state is CorrectionState.PROPOSED and not house.feedback.consents(ada)
    trained = house.feedback.correct(ada, turn.id, "Chlorophyll reflects green.", consent=True)
    assert trained.may_train(ada.id) and not kept.may_train(ada.id) and house.feedback.consents(ada)
    house.feedback.withdraw(ada, trained.id)
    assert [c.state for c in house.feedback.corrections(ada, course.id)] == [
        CorrectionState.PROPOSED,
        CorrectionState.WITHDRAWN,
    ]


def test_an_instructor_sees_and_decides_the_corrections_of_her_course(house, ask, ada, bob, instructor, course):
    turn = ask(ada)
    correction = house.feedback.correct(ada, turn.id, "Because of chlorophyll.", consent=False)
    (review,) = house.reviews.queue(instructor, course.id)
    assert (review.correction.id, review.turn.id) == (correction.id, turn.id)
    house.reviews.decide(instructor, correction.id, accept=False)
    assert house.feedback.corrections(ada, course.id)[0].state is CorrectionState.DECLINED
    with pytest.raises(NotAllowed):
        house.reviews.decide(bob, correction.id, accept=True)


@pytest.mark.parametrize(("text", "said"), [("  ", "empty"), ("x" * 4001, "4001 characters")])
def test_a_better_answer_that_cannot_be_used_is_refused(house, ask, ada, text, said):
    with pytest.raises(InputRefused, match=said):
        house.feedback.correct(ada, ask(ada).id, text, consent=True)
