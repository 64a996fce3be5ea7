"""Passage roles: whether a text teaches, or sets or solves tasks, says what will be learnt, or lists sources.

What does not teach is no source for answers, definitions or starters. Decided by the headings above the text
(`languages/<code>/headings.py`) and by the shape of its lines; no model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from knowledge.languages import characters, each, either


class PassageRole(StrEnum):
    """What a passage is for."""

    TEACHING = "teaching"
    OBJECTIVES = "objectives"
    EXERCISES = "exercises"
    ANSWERS = "answers"
    REFERENCES = "references"


_QUESTION_MARKS = tuple(each("text", "QUESTION_MARK").values())
_MAX_HEADING_CHARS = 80
_MAX_LINES = 60  # of a text that are looked at
_NUMBERING = re.compile(rf"^(?:{either('headings', 'NUMBERING')})+", re.IGNORECASE)
_NUMBERED = r" ?\d.{0,60}"  # "Exercise 5: sorting"
_SECTIONS = tuple(
    (role, re.compile(rf"(?:{either('headings', name)})(?:{_NUMBERED})?\W?", re.IGNORECASE))
    for role, name in (
        (PassageRole.ANSWERS, "ANSWER_SECTION"),
        (PassageRole.EXERCISES, "EXERCISE_SECTION"),
        (PassageRole.OBJECTIVES, "OBJECTIVE_SECTION"),
        (PassageRole.REFERENCES, "REFERENCE_SECTION"),
    )
)
_NUMBER = rf"(?:\d{{1,3}}[.){characters('headings', 'ITEM_MARKS')}]|\(\d{{1,3}}\))"
_OPTION = re.compile(r"\s*(?:[-*]\s+)?(?:[a-hA-H][.)]|\([a-hA-H]\))\s*\S")
_NUMBERED_QUESTION = re.compile(rf"\s*{_NUMBER}\s*.*\?\s*$")
_TASK = re.compile(rf"\W*(?:{either('headings', 'TASK_OPENING')})")
_OBJECTIVE_OPENING = re.compile(rf"\W*(?:{either('headings', 'OBJECTIVE_OPENING')})", re.IGNORECASE)
_KEY_LINE = re.compile(
    rf"\s*(?:{_NUMBER}|\d{{1,3}})\s*\(?(?:{either('headings', 'KEY_OF_QUESTION')})\)?\W*$", re.IGNORECASE
)
_ITEM = re.compile(rf"(?:[-*•–]|{_NUMBER})\s*\S")
_MIN_PROSE_CHARS = 200  # of what is no objective
_MIN_KEY_LINES, _MIN_OPTIONS = 3, 3


def passage_role(heading: Sequence[str], text: str) -> PassageRole:
    """Return what a text under these headings (outermost first) is for; below a question stands its answer."""
    if heading and heading[-1].rstrip().endswith(_QUESTION_MARKS):
        return _role_of_text(text)
    for title in reversed(heading):
        role = heading_role(title)
        if role and not (role is PassageRole.OBJECTIVES and _is_prose(text)):
            return role
    return _role_of_text(text)


def teaches(heading: Sequence[str], text: str) -> bool:
    """Whether a text explains something, so that answers and starters may be taken from it."""
    return passage_role(heading, text) is PassageRole.TEACHING


def heading_role(title: str) -> PassageRole | None:
    """Return what a heading says that its section is for; None where it names a subject."""
    if len(title) > _MAX_HEADING_CHARS:
        return None
    name = _NUMBERING.sub("", " ".join(title.split())).strip()
    return next((role for role, pattern in _SECTIONS if pattern.fullmatch(name)), None)


def announces_objectives(text: str) -> bool:
    """Whether a text begins by saying that it lists what will be learnt."""
    return _OBJECTIVE_OPENING.match(text) is not None


def is_list(text: str) -> bool:
    """Whether every line of a text is an item of a list."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return bool(lines) and all(_ITEM.match(line) for line in lines)


def _is_prose(text: str) -> bool:
    """Whether most of a text is no list: what stands below the objectives of a section without a heading of its own."""
    lines = [line.strip() for line in text.splitlines()]
    listed = sum(len(line) for line in lines if _ITEM.match(line) or line.endswith((":", "：")))
    return len(text) >= _MIN_PROSE_CHARS and 2 * listed < sum(map(len, lines))


def _role_of_text(text: str) -> PassageRole:
    text = unicodedata.normalize("NFKC", text)  # full-width marks are read as plain ones
    lines = [line for line in text.splitlines()[:_MAX_LINES] if line.strip()]
    if not lines or text.startswith(("|", "```")):
        return PassageRole.TEACHING
    if announces_objectives(text) and not _is_prose(text):
        return PassageRole.OBJECTIVES
    keys = sum(bool(_KEY_LINE.match(line)) for line in lines)
    if keys >= _MIN_KEY_LINES and 2 * keys > len(lines):
        return PassageRole.ANSWERS
    if _TASK.match(text):
        return PassageRole.EXERCISES
    questions = sum(bool(_NUMBERED_QUESTION.match(line)) for line in lines)
    options = sum(bool(_OPTION.match(line)) for line in lines)
    asks = any("?" in line or "__" in line for line in lines)
    posed = questions + (options if options >= _MIN_OPTIONS and asks else 0)
    return PassageRole.EXERCISES if posed and 2 * posed >= len(lines) else PassageRole.TEACHING
