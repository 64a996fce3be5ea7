"""The name that a person chooses to be called by: cleaned, short, and never the only one that an instructor sees."""

from __future__ import annotations

import unicodedata

from tutor.errors import InputRefused

MAX_NAME_CHARS = 40
MAX_MARKS = 2  # combining marks on one letter: enough for every script, too few to draw over other lines


def clean_display_name(text: str) -> str:
    """Return a typed name without control and direction characters, its spaces tidied; "" for none.

    Raises InputRefused for one that is too long or has no letter.
    """
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", text[: 20 * MAX_NAME_CHARS]):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind.startswith("M") else 0
        if kind.startswith("Z") or letter in "\t\r\n":
            kept.append(" ")
        elif not kind.startswith("C") and marks <= MAX_MARKS:
            kept.append(letter)
    name = " ".join("".join(kept).split())
    if len(name) > MAX_NAME_CHARS or (name and not any(letter.isalpha() for letter in name)):
        raise InputRefused(
            f"a name has a letter and at most {MAX_NAME_CHARS} characters; shorten it, or leave it empty",
            key="display_name_wrong",
            most=MAX_NAME_CHARS,
        )
    return name
