"""Join codes of courses: eight letters and digits that nobody mixes up, read as people type them.

A code is a secret of 39 random bits, shared by a class. It lets its holder into one course as a learner, nothing more.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0, 1, I, L and O
LENGTH = 8


def random_join_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def format_join_code(code: str) -> str:
    """Return the code as it is shown and printed: "K7QM-3XPD"."""
    return f"{code[:4]}-{code[4:]}"


def parse_join_code(text: str) -> str | None:
    """Return the code that somebody typed, whatever its case, spaces and dashes; None if it cannot be one."""
    shown = unicodedata.normalize("NFKC", text[: 4 * LENGTH]).upper()
    code = "".join(letter for letter in shown if letter.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
