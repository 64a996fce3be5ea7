"""The log says what failed and where, and never what somebody wrote."""

from __future__ import annotations

from tutor.platform.failure_log import describe_failure


def parse(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise KeyError(text) from error


def test_kind_place_and_cause_are_told_without_the_messages():
    try:
        parse("quokka")
    except KeyError as error:
        told = describe_failure(error)
    assert "quokka" not in told.replace('parse("quokka")', "")
    assert told.index("ValueError") < told.index("builtins.KeyError") and "in parse" in told


def test_an_error_that_hides_what_led_to_it_is_told_alone():
    try:
        try:
            int("quokka")
        except ValueError:
            raise KeyError from None
    except KeyError as error:
        assert "ValueError" not in describe_failure(error).replace("except ValueError", "")
