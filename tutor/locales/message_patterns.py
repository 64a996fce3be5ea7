"""Reads a formatted message back: the pattern of a message, with a group for each of its values."""

from __future__ import annotations

import re
import string


def message_pattern(message: str) -> re.Pattern[str]:
    """Return the pattern of an unformatted message; a field with the format `d` matches digits, others any text."""
    fragments = []
    for literal, name, spec, _ in string.Formatter().parse(message):
        fragments.append(re.escape(literal))
        if name:
            fragments.append(rf"(?P<{name}>\d+)" if spec == "d" else rf"(?P<{name}>.+)")
    return re.compile("".join(fragments), re.DOTALL)
