"""The wording of generated questions: written in the language of the course text, and read back."""

from __future__ import annotations

import re
from functools import cache

from knowledge.languages import DEFAULT, detect_language
from tutor.locales import CATALOGS, find_message, t
from tutor.locales.message_patterns import message_pattern


def item_prompt(name: str, text: str, **values: str) -> str:
    """Return the prompt `name` in the language of `text`."""
    return t(detect_language(text, DEFAULT), f"item_prompt_{name}", **values)


def parse_item_prompt(name: str, prompt: str) -> dict[str, str] | None:
    """Return the values that a prompt was made from, in any language; None where it is another prompt."""
    matches = (pattern.fullmatch(prompt) for pattern in _patterns(name))
    return next((match.groupdict() for match in matches if match), None)


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    messages = (find_message(language, f"item_prompt_{name}") for language in CATALOGS)
    return tuple(message_pattern(message) for message in messages if message)
