"""The rules by which simulated learners of `bench.adaptation` judge answers. Pure.

An answer is met if it has the wished form and keeps what is true: most of its long words come from text, question or
correction, and it has half of the words that make up the plain answer (a short one a third, a hint less than half).
"""

from __future__ import annotations

import re

from bench.adaptation_banks import Question

MOST_WORDS = 8  # of the learner who wants short answers
MOST_HINT_WORDS = 25
FROM_TEXT, HAS_ANSWER, HAS_SHORT_ANSWER = 0.7, 0.5, 0.33  # shares of words
TEACHERS_WORDS = {"slope": "steepness", "intercept": "start value", "unknown": "missing number"}
SYMBOLS = {"slope": "m", "intercept": "c", "unknown": "x"}
_TEXTBOOK_WORDS = {
    "slope": r"\b(slope|gradient)\b",
    "intercept": r"\bintercept\b",
    "unknown": r"\b(unknown|variable)\b",
}
_LONG_WORD = re.compile(r"[a-z]{4,}")
_STEM = 5  # letters by which two forms of a word are the same
_NUMBER_WORDS = {"two": "2", "three": "3", "four": "4", "six": "6"}


def keeps_to_text(question: Question, answer: str, more: str = "") -> bool:
    """Whether most long words of an answer, or all but one, are of the passage, question, plain answer or `more`."""
    known = _stems(f"{question.passage} {question.text} {question.answer} {more}")
    said = _LONG_WORD.findall(answer.lower())
    return sum(word[:_STEM] not in known for word in said) <= max(1, (1 - FROM_TEXT) * len(said))


def answer_share(question: Question, answer: str) -> float:
    """Return which share of the words that make up the plain answer is in `answer`."""
    needed = _stems(question.answer) - _stems(question.text) or _stems(question.answer)
    return len(needed & _stems(answer)) / len(needed)


def is_true(question: Question, answer: str, more: str = "") -> bool:
    return keeps_to_text(question, answer, more) and answer_share(question, answer) >= HAS_ANSWER


def has_gloss(question: Question, answer: str) -> bool:
    """Whether the answer has a Chinese word in brackets that shares a character with the term's."""
    found = re.findall(r"[(\uff08]([\u4e00-\u9fff]{1,8})[)\uff09]", answer)
    return any(set(word) & set(question.chinese) for word in found) and is_true(question, answer)


def is_short(question: Question, answer: str) -> bool:
    if not 0 < len(answer.split()) <= MOST_WORDS:
        return False
    return keeps_to_text(question, answer) and answer_share(question, answer) >= HAS_SHORT_ANSWER


def has_two_lines(question: Question, answer: str) -> bool:
    """Whether the answer has a line with the answer and a line from the text, and no other."""
    lines = [line.strip() for line in answer.strip().splitlines() if line.strip()]
    if len(lines) != 2 or not (lines[0].startswith("Answer:") and lines[1].startswith("From the text:")):
        return False
    return is_true(question, lines[0], "answer") and keeps_to_text(question, lines[1], "from text")


def is_hint(question: Question, answer: str) -> bool:
    """Whether the answer is a short hint that does not tell what was asked."""
    if not answer.startswith("Hint:") or len(answer.split()) > MOST_HINT_WORDS:
        return False
    return answer_share(question, answer) < HAS_ANSWER


def has_notation(question: Question, answer: str) -> bool:
    return f"${SYMBOLS[question.term]}={question.result}$" in answer.replace(" ", "")


def is_worked(question: Question, answer: str) -> bool:
    """Whether work, result and check follow each other, and the result is right."""
    parts = re.search(r"Work:(.+)Result:(.+)Check:(.+)", answer, re.DOTALL)
    if not parts or not all(re.search(r"\d", part) for part in (parts[1], parts[3])):
        return False
    return re.findall(r"-?\d+", parts[2])[-1:] == [str(question.result)]


def has_teachers_word(question: Question, answer: str) -> bool:
    """Whether the teacher's word stands in place of the textbook's, and the number is right."""
    said = answer.lower()
    if TEACHERS_WORDS[question.term] not in said or re.search(_TEXTBOOK_WORDS[question.term], said):
        return False
    return str(question.result) in re.findall(r"\d+", answer)


def has_new_fact(question: Question, answer: str) -> bool:
    """Whether the answer says what the learner corrected, and not what the text says; for other facts, the truth."""
    if not question.outdated:
        return is_true(question, answer)
    said = _with_digits(answer)
    new, old = (re.compile(rf"\b{re.escape(_with_digits(text))}") for text in (question.term, question.outdated))
    return bool(new.search(said)) and not old.search(said)


def is_okay_so(question: Question, answer: str) -> bool:
    return answer.startswith("Okay, so ") and is_true(question, answer, "okay simple")


def _with_digits(text: str) -> str:
    return re.sub(r"[a-z]+", lambda word: _NUMBER_WORDS.get(word[0], word[0]), text.lower())


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _LONG_WORD.findall(text.lower())}
