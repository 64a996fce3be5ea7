"""Plurals, lists, dates and numbers follow the rules of the language."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tutor.locales import formatting

FORMS = ["odpowiedź", "odpowiedzi (few)", "odpowiedzi (many)", "odpowiedzi (other)"]


@pytest.mark.parametrize(("count", "form"), [(1, 0), (2, 1), (5, 2), (22, 1), ("<5", 3), ("5+", 3)])
def test_a_language_may_have_more_than_two_plural_forms(count: object, form: int) -> None:
    assert formatting.select_plural("pl", count, FORMS) == FORMS[form]


@pytest.mark.parametrize(
    ("language", "count", "form"),
    [("en", 1, "answer"), ("en", 0, "answers"), ("en", "1", "answer"), ("en", "<5", "answers"), ("zh", 1, "answer")],
)
def test_two_forms_are_enough_where_a_language_has_no_more(language: str, count: object, form: str) -> None:
    assert formatting.select_plural(language, count, ["answer", "answers"]) == form


@pytest.mark.parametrize(
    ("language", "names", "day", "moment", "days"),
    [
        ("en", "a, b and c", "3 Dec 2026", "3 Dec 2026, 09:30", ("3 days ago", "in 1 day")),
        ("zh", "a、b和c", "2026年12月3日", "2026年12月3日 09:30", ("3天前", "1天后")),
        ("xx", "a, b and c", "3 Dec 2026", "3 Dec 2026, 09:30", ("3 days ago", "in 1 day")),
    ],
)
def test_lists_and_dates_are_written_as_in_the_language(language, names, day, moment, days) -> None:
    """A language that Babel does not know is formatted as English."""
    assert formatting.join_list(language, iter("abc")) == names
    assert formatting.format_day(language, date(2026, 12, 3)) == day
    assert formatting.format_moment(language, datetime(2026, 12, 3, 9, 30, tzinfo=UTC)) == moment
    assert tuple(formatting.format_days_from_now(language, n) for n in (-3, 1)) == days


def test_numbers_use_the_separators_of_the_language() -> None:
    assert formatting.format_number("en", 1234.56, 1) == "1,234.6"
    assert formatting.format_number("de", 1234.56, 1) == "1.234,6"
    assert (formatting.format_share("en", 0.974), formatting.format_share("de", 0.974)) == ("97%", "97\u00a0%")
