"""A question and its short answer as one statement: "Who found radium?", "Curie." -> "Curie found radium."

A small model answers in a few words of the passage; whether the passage supports them can only be judged for the whole
statement. Pure.
"""

from __future__ import annotations

import re

from knowledge.languages import each, fold, words

MAX_ANSWER_WORDS = 12  # of a short answer; a longer one is a statement already
_WH_QUESTIONS = [re.compile(pattern, re.IGNORECASE) for pattern in each("questions", "WH_QUESTION").values()]
_PERSON_WORDS = words("questions", "PERSON_WORDS")
_DO_AUXILIARIES = words("questions", "DO_AUXILIARIES")
_WORD = re.compile(r"[^\W_]+")


def qa_to_statement(question: str, answer: str) -> str:
    """Return the statement, not always grammatical; "" for a form of question that is not known."""
    bare = question.strip().rstrip("?").strip()
    found = next((match for pattern in _WH_QUESTIONS if (match := pattern.match(bare))), None)
    if found is None:
        return ""
    lead, aux, rest = found["lead"].strip(), (found["aux"] or "").lower(), found["rest"].strip()
    noun = found["noun"].strip() if found["wh"].lower() not in _PERSON_WORDS else ""
    if not aux:
        statement = f"{lead} {answer} {found['noun'].strip()} {rest}"
    elif aux in _DO_AUXILIARIES:
        statement = f"{lead} {rest} {noun} {answer}"
    else:
        statement = f"{lead} {answer} {noun} {aux} {rest}"
    joined = " ".join(statement.split())
    return joined.capitalize() if joined.islower() else joined + "."


def contains_phrase(text: str, phrase: str) -> bool:
    """Whether text contains the words of a short phrase as whole words, one after another."""
    wanted = _words(phrase)
    if not wanted or len(wanted) > MAX_ANSWER_WORDS:
        return False
    found = _words(text)
    return any(found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(fold(text))]
