"""The name that people choose to be called by: cleaned, short, shown to their instructor beside the account's own."""

from __future__ import annotations

import pytest

from tutor.accounts.display_names import MAX_NAME_CHARS, clean_display_name
from tutor.domain import Course, Person
from tutor.errors import InputRefused
from tutor.services import Services
from tutor.store import people


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Mia\n  Müller ", "Mia Müller"),
        ("小明", "小明"),
        ("Zoe\u202e\u200b\x00", "Zoe"),
        ("A" + "\u0301" * 30 + "va", "Á\u0301\u0301va"),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_a_name_loses_what_is_not_seen_and_what_draws_over_other_lines(typed: str, name: str):
    assert clean_display_name(typed) == name


@pytest.mark.parametrize("typed", ["x" * (MAX_NAME_CHARS + 1), "12 34", "🙂", "<>"])
def test_a_name_that_is_too_long_or_has_no_letter_is_refused(typed: str):
    with pytest.raises(InputRefused, match="at most 40 characters"):
        clean_display_name(typed)


def test_an_instructor_sees_the_chosen_name_with_the_accounts_own_and_training_rows_lose_both(
    services: Services, course: Course, instructor: Person
):
    guest, session = services.accounts.create_guest()
    services.enrolment.join(guest, services.enrolment.show(instructor, course.id).join_code or "")
    services.accounts.set_display_name(guest, "Mia")
    found = services.accounts.person_for_session(session)
    assert found is not None and (found.called, found.listed_as) == ("Mia", f"Mia · {guest.name}")
    assert [one.name for one in services.enrolment.show(instructor, course.id).learners] == [found.listed_as]
    with services.database.read_connection() as connection:
        assert {"Mia", guest.name} <= set(people.enrolled_names(connection, course.id))
    services.accounts.set_display_name(guest, "")
    again = services.accounts.person_for_session(session)
    assert again is not None and again.called == guest.name == again.listed_as


def test_the_chosen_name_is_sealed_in_the_database(services: Services, ada: Person):
    services.accounts.set_display_name(ada, "Wilhelmine")
    with services.database.read_connection() as connection:
        stored = connection.exec_driver_sql("SELECT display_name FROM people WHERE display_name IS NOT NULL").scalars()
        assert all("Wilhelmine" not in value and value.startswith("s1:") for value in stored)
    assert services.accounts.get_by_name("ada").display_name == "Wilhelmine"
