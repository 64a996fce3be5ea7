"""Accounts, access, conversations and feedback: whose is what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tutor.accounts import sign_in
from tutor.accounts.permissions import AccessContext, Action, is_allowed
from tutor.domain import CorrectionState, Role, Thumb
from tutor.errors import InputRefused, NotAllowed, NotFound


def test_a_guest_session_survives_a_restart(services):
    guest, token = services.accounts.create_guest("zh")
    assert guest.guest and guest.role is Role.LEARNER and guest.language == "zh"
    assert services.accounts.person_for_session(token) == guest
    assert services.accounts.person_for_session(token + "x") is None


def test_two_guests_are_two_people(services):
    assert services.accounts.create_guest()[0].id != services.accounts.create_guest()[0].id


def test_guest_sign_in_is_rate_limited(services, clock, monkeypatch):
    monkeypatch.setattr(sign_in, "MAX_GUESTS_PER_MINUTE", 3)
    for _ in range(3):
        services.accounts.create_guest()
    with pytest.raises(NotAllowed, match="try again in a moment"):
        services.accounts.create_guest()
    assert services.accounts.create_account("invited", Role.LEARNER)
    clock.advance(timedelta(minutes=1))
    assert services.accounts.create_guest()


def test_signing_out_ends_the_session(services):
    _guest, token = services.accounts.create_guest()
    services.accounts.end_session(token)
    assert services.accounts.person_for_session(token) is None


def test_session_lifetimes_depend_on_the_role(services, clock, instructor):
    _, learner_token = services.accounts.create_guest()
    _, teacher_token = services.accounts.redeem_sign_in_link(
        services.accounts.issue_sign_in_link(instructor).split("token=")[1]
    )
    clock.advance(timedelta(hours=13))
    assert services.accounts.person_for_session(teacher_token) is None
    assert services.accounts.person_for_session(learner_token) is not None
    clock.advance(timedelta(days=181))
    assert services.accounts.person_for_session(learner_token) is None


def test_a_sign_in_link_works_once(services, instructor):
    token = services.accounts.issue_sign_in_link(instructor).split("token=")[1]
    person, session = services.accounts.redeem_sign_in_link(token)
    assert person == instructor and services.accounts.person_for_session(session) == instructor
    with pytest.raises(NotAllowed, match="used before"):
        services.accounts.redeem_sign_in_link(token)


def test_a_sign_in_link_expires_after_a_week(services, instructor, clock):
    token = services.accounts.issue_sign_in_link(instructor).split("token=")[1]
    clock.advance(timedelta(days=8))
    with pytest.raises(NotAllowed, match="expired"):
        services.accounts.redeem_sign_in_link(token)


def test_the_bootstrap_link_is_issued_at_first_start_only(services):
    assert "/join?token=" in services.bootstrap_instructor_link()
    assert services.bootstrap_instructor_link() is None


def test_tokens_are_stored_hashed(services, settings):
    _guest, token = services.accounts.create_guest()
    link = services.accounts.issue_sign_in_link(services.operator).split("token=")[1]
    stored = b"".join(path.read_bytes() for path in settings.data_dir.glob("tutor.sqlite*"))
    assert token.encode() not in stored and link.encode() not in stored


@pytest.mark.parametrize("name", ["", "a", "Ada", "ada lovelace", "../x", "x" * 41, "ada\n"])
def test_an_invalid_name_is_refused(services, name):
    with pytest.raises(InputRefused, match="cannot be a name"):
        services.accounts.create_account(name, Role.LEARNER)


def test_a_name_is_unique(services, ada):
    with pytest.raises(InputRefused, match="already"):
        services.accounts.create_account("ada", Role.LEARNER)


def test_permissions_default_to_deny(ada, instructor):
    for action in Action:
        assert not is_allowed(ada, action, AccessContext())
    assert not is_allowed(instructor, Action.TEACH, AccessContext(enrolled=False))


def test_instructors_may_teach_only_their_own_courses(services, course, ada):
    stranger = services.accounts.create_account("mr-strange", Role.INSTRUCTOR)
    for actor in (ada, stranger):
        with pytest.raises(NotAllowed):
            services.documents.ingest(actor, course.id, "mine.md", b"# Mine\n\nThis is mine now.")
        with pytest.raises(NotAllowed):
            services.documents.remove(actor, services.documents.documents(actor, course.id)[0].id)
    with pytest.raises(NotAllowed):
        services.courses.create(ada, "Ada's course")


def test_only_an_administrator_invites_instructors(services, instructor):
    assert "/join?token=" in services.accounts.invite(instructor, "new-learner", Role.LEARNER)
    with pytest.raises(NotAllowed):
        services.accounts.invite(instructor, "new-boss", Role.ADMIN)


def test_a_conversation_is_private_to_its_learner(services, ask, ada, bob, instructor, course):
    turn = ask(ada)
    assert services.conversations.list_own(bob, course.id) == []
    for stranger in (bob, instructor, services.operator):
        with pytest.raises(NotFound):
            services.conversations.list_turns(stranger, turn.conversation_id)
        with pytest.raises(NotFound):
            services.conversations.delete(stranger, turn.conversation_id)


def test_a_deleted_conversation_can_be_restored(services, ask, ada, course):
    turn = ask(ada)
    services.conversations.delete(ada, turn.conversation_id)
    assert services.conversations.list_own(ada, course.id) == []
    services.conversations.restore(ada, turn.conversation_id)
    assert [c.id for c in services.conversations.list_own(ada, course.id)] == [turn.conversation_id]


def test_a_second_rating_replaces_the_first_and_keeps_its_reason(services, ask, ada):
    turn = ask(ada)
    services.feedback.rate(ada, turn.id, Thumb.UP)
    services.feedback.rate(ada, turn.id, Thumb.DOWN, "too long")
    (only,) = services.feedback.list_ratings(ada, turn.conversation_id).values()
    assert (only.thumb, only.reason) == (Thumb.DOWN, "too long")


def test_only_the_owner_rates_or_corrects_an_answer(services, ask, ada, bob):
    turn = ask(ada)
    with pytest.raises(NotFound):
        services.feedback.rate(bob, turn.id, Thumb.UP)
    with pytest.raises(NotFound):
        services.feedback.submit_correction(bob, turn.id, "My answer", consent=True)


def test_a_correction_trains_only_with_consent_and_can_be_withdrawn(services, ask, ada, course):
    turn = ask(ada)
    kept = services.feedback.submit_correction(ada, turn.id, "Because of chlorophyll.", consent=False)
    assert kept.state is CorrectionState.PROPOSED and not services.feedback.has_consent(ada)
    trained = services.feedback.submit_correction(ada, turn.id, "Chlorophyll reflects green.", consent=True)
    assert trained.may_train(ada.id) and not kept.may_train(ada.id) and services.feedback.has_consent(ada)
    services.feedback.withdraw_correction(ada, trained.id)
    assert [c.state for c in services.feedback.list_corrections(ada, course.id)] == [
        CorrectionState.PROPOSED,
        CorrectionState.WITHDRAWN,
    ]


def test_an_instructor_reviews_the_corrections_of_their_course(services, ask, ada, bob, instructor, course):
    turn = ask(ada)
    correction = services.feedback.submit_correction(ada, turn.id, "Because of chlorophyll.", consent=False)
    (review,) = services.review_queue.list_reviews(instructor, course.id)
    assert (review.correction.id, review.turn.id) == (correction.id, turn.id)
    services.review_queue.decide(instructor, correction.id, accept=False)
    assert services.feedback.list_corrections(ada, course.id)[0].state is CorrectionState.DECLINED
    with pytest.raises(NotAllowed):
        services.review_queue.decide(bob, correction.id, accept=True)


@pytest.mark.parametrize(("text", "said"), [("  ", "empty"), ("x" * 4001, "4001 characters")])
def test_an_unusable_correction_is_refused(services, ask, ada, text, said):
    with pytest.raises(InputRefused, match=said):
        services.feedback.submit_correction(ada, ask(ada).id, text, consent=True)
