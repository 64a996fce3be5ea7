"""Accounts: guests, sign-in links, sessions and permissions."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from knowledge import languages
from tutor.accounts import sign_in
from tutor.accounts.permissions import AccessContext, Action, is_allowed
from tutor.domain import Role
from tutor.errors import InputRefused, NotAllowed
from tutor.services import open_core_services


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


def new_session(services, person) -> str:
    return services.accounts.redeem_sign_in_link(services.accounts.issue_sign_in_link(person).split("token=")[1])[1]


def test_session_lifetimes_depend_on_the_role(services, clock, instructor):
    (_, learner_token), teacher_token = services.accounts.create_guest(), new_session(services, instructor)
    clock.advance(timedelta(days=9))
    assert services.accounts.person_for_session(teacher_token) is None
    assert services.accounts.person_for_session(learner_token) is not None


def test_a_session_that_is_used_lasts_until_its_lifetime_is_over(services, clock):
    _, token = services.accounts.create_guest()
    for _ in range(8):
        clock.advance(timedelta(days=20))
        assert services.accounts.person_for_session(token) is not None
    clock.advance(timedelta(days=20, hours=1))
    assert services.accounts.person_for_session(token) is None


def test_a_session_that_is_not_used_ends(services, clock):
    """A regression: a browser that nobody had used for five months was still signed in."""
    _, token = services.accounts.create_guest()
    clock.advance(timedelta(days=31))
    assert services.accounts.person_for_session(token) is None
    assert services.accounts.person_for_session(token) is None  # to ask is not to use it


def test_the_limits_of_sessions_are_settings(settings, tmp_path, clock):
    chosen = settings.model_copy(update={"learner_idle_days": 1, "staff_idle_hours": 2, "staff_session_hours": 4})
    with closing(open_core_services(chosen, clock=clock)) as core:
        _, learner = core.accounts.create_guest()
        teacher = new_session(core, core.accounts.create_account("ms-frizzle", Role.INSTRUCTOR))
        for expected in (True, True, False):  # used every hour and a half: the lifetime ends it
            clock.advance(timedelta(hours=1, minutes=30))
            assert (core.accounts.person_for_session(teacher) is not None) is expected
        clock.advance(timedelta(hours=20))
        assert core.accounts.person_for_session(learner) is None


def test_instructors_stay_signed_in_longer_than_learners_where_the_settings_say_so(settings, clock):
    """A regression: somebody's sign-in deleted the sessions that were unused for the lifetime of a learner's."""
    chosen = settings.model_copy(update={"learner_session_days": 1})
    with closing(open_core_services(chosen, clock=clock)) as core:
        teacher = new_session(core, core.accounts.create_account("ms-frizzle", Role.INSTRUCTOR))
        clock.advance(timedelta(days=3))
        core.accounts.create_guest()
        assert core.accounts.person_for_session(teacher) is not None


def test_signing_in_ends_the_session_that_the_browser_had(services, instructor):
    _, old = services.accounts.create_guest()
    link = services.accounts.issue_sign_in_link(instructor).split("token=")[1]
    _, new = services.accounts.redeem_sign_in_link(link, replaces=old)
    assert services.accounts.person_for_session(old) is None and services.accounts.person_for_session(new)


def test_signing_out_everywhere_ends_the_sessions_of_one_person(services, ada, bob):
    tokens, others = [new_session(services, ada) for _ in range(3)], new_session(services, bob)
    services.accounts.end_all_sessions(ada)
    assert [services.accounts.person_for_session(token) for token in tokens] == [None] * 3
    assert services.accounts.person_for_session(others) == bob


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
    assert not is_allowed(instructor, Action.TEACH, AccessContext(enrolled=True))


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


def test_an_account_has_a_language_that_has_a_folder(services, ada):
    for code in languages.codes():
        services.accounts.set_language(ada, code)
        assert services.accounts.get_by_name("ada").language == code
    with pytest.raises(InputRefused, match="not 'xx'"):
        services.accounts.create_account("xavier", Role.LEARNER, "xx")
