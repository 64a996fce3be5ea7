"""Ratings and corrections of answers: who may give them, what they change, how they are withdrawn."""

from __future__ import annotations

import pytest

from tutor.domain import CorrectionState, Thumb
from tutor.errors import InputRefused, NotAllowed, NotFound


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
    untrained = services.feedback.submit_correction(ada, turn.id, "Because of chlorophyll.", consent=False)
    assert untrained.state is CorrectionState.PROPOSED and not services.feedback.has_consent(ada)
    trained = services.feedback.submit_correction(ada, turn.id, "Chlorophyll reflects green.", consent=True)
    assert trained.may_train(ada.id) and not untrained.may_train(ada.id) and services.feedback.has_consent(ada)
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


@pytest.mark.parametrize(("text", "problem"), [("  ", "empty"), ("x" * 4001, "4001 characters")])
def test_an_unusable_correction_is_refused(services, ask, ada, text, problem):
    with pytest.raises(InputRefused, match=problem):
        services.feedback.submit_correction(ada, ask(ada).id, text, consent=True)
