"""Finds what a question asks about where no pattern names its place: the words that do not only frame a question. Pure.

The vocabulary of the fitted model of question forms (`tutor.pedagogy.intent_model`) holds the words of questions
("keep", "mixing", "differ"); a run of other words is a subject. A script without spaces has no such runs.
"""

from __future__ import annotations

import re

from tutor.pedagogy.intent_model import Situation, load_intent_model

MAX_TERMS = 4
MAX_TERM_WORDS = 5
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_GAP = re.compile(r"\s*[\"“”'`*]*\s*")  # between two words of one term


def subject_terms(question: str) -> tuple[str, ...]:
    """Return the runs of words that are no frame of a question, in order, at most MAX_TERMS."""
    frame = load_intent_model(Situation.FORM).vocabulary
    runs: list[tuple[int, int]] = []
    for match in _WORD.finditer(question):
        if match.group().casefold().replace("’", "'") in frame:
            continue
        if runs and _GAP.fullmatch(question[runs[-1][1] : match.start()]):
            runs[-1] = (runs[-1][0], match.end())
        else:
            runs.append(match.span())
    terms = (question[start:end] for start, end in runs)
    return tuple(dict.fromkeys(term for term in terms if len(term.split()) <= MAX_TERM_WORDS))[:MAX_TERMS]
