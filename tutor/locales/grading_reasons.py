"""Reasons of grades: stored in English, shown in the reader's language.

A stored sentence is recognised by the English message that made it, earlier wordings included. What an instructor
wrote is no such sentence and is shown as it is.
"""

from __future__ import annotations

import re
from functools import cache

from tutor.locales import CATALOGS, DEFAULT, t
from tutor.locales.en.grading_reasons import RETIRED
from tutor.locales.message_patterns import message_pattern

PREFIX = "grade_reason_"


def grading_reason(name: str, **values: object) -> str:
    """Return the sentence to store for a reason."""
    return t(DEFAULT, f"{PREFIX}{name}", **values)


def translate_grading_reason(reason: str, language: str) -> str:
    """Return a stored reason in `language`, or as it is where no message made it."""
    for pattern, key in _patterns():
        if found := pattern.fullmatch(reason):
            values = {name: int(value) if value.isdecimal() else value for name, value in found.groupdict().items()}
            return t(language, key, **values)
    return reason


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return each English message as a pattern, with its key."""
    current = [(message, key) for key, message in CATALOGS[DEFAULT].items() if key.startswith(PREFIX)]
    return tuple((message_pattern(message), key) for message, key in [*current, *RETIRED.items()])
