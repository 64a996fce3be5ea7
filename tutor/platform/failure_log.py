"""Describes an unexpected error for the log without its message, which may quote what somebody wrote."""

from __future__ import annotations

import traceback


def describe_failure(error: BaseException) -> str:
    """Return kind and place of an error and of those that led to it, the first one first."""
    leading = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{describe_failure(leading)}\nthen " if leading else ""
    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    return f"{before}{type(error).__module__}.{type(error).__qualname__} at\n{frames}".rstrip()
