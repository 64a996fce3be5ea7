"""Whether a text is an answer: it says more than the question, has enough content and breaks off nowhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.languages import DEFAULT, data, detect_language, either
from knowledge.languages.scripts import has_han
from knowledge.languages.sentences import ends_sentence, split_sentences
from knowledge.lexical import tokenize
from tutor.answers.question_form import AnswerForm, asks_whether

# New content words that each form needs at least, and of an answer that repeats what was asked.
MIN_NEW_TERMS = {
    AnswerForm.DEFINITION: 3,
    AnswerForm.CAUSE: 3,
    AnswerForm.PROCESS: 3,
    AnswerForm.COMPARISON: 4,
    AnswerForm.LIST: 2,
    AnswerForm.STEPS: 3,
}
MIN_NEW_AFTER_REPEATING = {
    AnswerForm.DEFINITION: 2,
    AnswerForm.COMPARISON: 2,
    AnswerForm.LIST: 2,
    AnswerForm.STEPS: 2,
}
MIN_NEW_BESIDES_YES = 1  # of an answer to a question for yes or no: "Yes" and the question again give no ground
REPEATED_SHARE = 0.5  # of the question's content words, from which an answer repeats it
TERMS_OF_A_HAN_WORD = 4  # a Chinese word of two characters is indexed as these and their neighbours
MIN_SENTENCE_WORDS, MIN_SENTENCE_CHARACTERS = 4, 6  # of a whole sentence
MIN_WORDS_WITH_NUMBER = 3  # "int(5.9) produces 5."
MIN_ITEMS = 2
_WORD = re.compile(r"\w+")
_JOINS = re.compile(either("answer_forms", "JOINS_ITEMS"), re.IGNORECASE)
_ITEM_LINE = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])(?:\s|$)|\s{2,}\S")
_COMPLETE_WITHOUT_MARK = ("```", "$", "|", "$)", "$）")


def is_an_answer(answer: str, question: str, form: AnswerForm) -> bool:
    """Return whether a draft answers: it adds what the form needs to the question's words and breaks off nowhere."""
    if not is_whole_sentence(answer) or _is_broken_list(answer) or (form is AnswerForm.LIST and not _lists(answer)):
        return False
    if asks_count(question) and not _has_count(answer):
        return False
    said, asked = set(tokenize(answer)), set(tokenize(question))
    if asks_whether(question):
        said = set(tokenize(without_yes_or_no(answer)))
        return _count_words(said - asked) >= MIN_NEW_BESIDES_YES
    needed = MIN_NEW_TERMS.get(form, 1)
    if len(said & asked) >= REPEATED_SHARE * len(asked):
        needed = min(needed, MIN_NEW_AFTER_REPEATING.get(form, 1))
    return _count_words(said - asked) >= needed or _names_items(answer, question) or _chooses(answer, question)


def asks_count(question: str) -> bool:
    """Return whether a question asks how many there are of something."""
    return _matches(question, "ASKS_COUNT")


def _has_count(answer: str) -> bool:
    return any(letter.isdigit() for letter in answer) or _matches(answer, "COUNT")


def _matches(text: str, name: str) -> bool:
    pattern = data(detect_language(text, DEFAULT), "answer_forms", name, r"(?!)")
    return re.search(pattern, text, re.IGNORECASE) is not None


def without_yes_or_no(answer: str) -> str:
    """Return an answer without a "Yes," or "No," that it begins with."""
    pattern = data(detect_language(answer, DEFAULT), "answer_forms", "YES_OR_NO", r"(?!)")
    return re.sub(pattern, "", answer, count=1, flags=re.IGNORECASE)


def _lists(answer: str) -> bool:
    """Return whether an answer names several things: in lines, or joined by a comma or a word such as "and"."""
    return len(answer.strip().splitlines()) > 1 or _JOINS.search(answer) is not None


def _is_broken_list(answer: str) -> bool:
    """Return whether an answer announces a list and has no more than its first item."""
    lines = [line for line in answer.splitlines() if line.strip()]
    items = [at for at, line in enumerate(lines) if _ITEM_LINE.match(line)]
    announced = [line.rstrip().endswith((":", "：")) for line in lines]
    return any(announced) and (announced[-1] or (len(items) == 1 and items[0] > 0 and announced[items[0] - 1]))


def _count_words(terms: set[str]) -> float:
    """Return how many words index terms come from, about."""
    return sum(1 / TERMS_OF_A_HAN_WORD if has_han(term) else 1 for term in terms)


def _names_items(answer: str, question: str) -> bool:
    """Return whether two new words follow a colon, however small: "three operators: and, or, and not"."""
    _before, _colon, items = answer.replace("：", ":").partition(": ")
    return len({*_WORD.findall(items.lower())} - {*_WORD.findall(question.lower())}) >= MIN_ITEMS


def _chooses(answer: str, question: str) -> bool:
    """Return whether an answer takes one of the things that a question offers: "left or right?"."""
    pattern = data(detect_language(question, DEFAULT), "answer_forms", "OFFERS", r"(?!)")
    offered = re.search(pattern, question, re.IGNORECASE)
    if offered is None:
        return False
    one, other = (set(tokenize(offered[name])) for name in ("one", "other"))
    said = set(tokenize(answer))
    return bool(one - other) and bool(other - one) and ((one - other) <= said) != ((other - one) <= said)


def names_both(answer: str, terms: Sequence[str]) -> bool:
    """Return whether an answer has of each thing compared a word that the others lack, or a sign such as "=="."""
    words = [set(tokenize(term)) for term in terms]
    said = set(tokenize(answer))
    for at, (term, own) in enumerate(zip(terms, words, strict=True)):
        only = own - set().union(*(other for place, other in enumerate(words) if place != at))
        if not (only & said if only else term.casefold() in answer.casefold()):
            return False
    return True


def count_prose_sentences(text: str) -> int:
    """Return the number of sentences; those in the items of a list do not count."""
    return sum(_ITEM_LINE.match(_line_of(text, start)) is None for start, _end in split_sentences(text))


def is_in_list(text: str) -> bool:
    """Return whether a text ends with an item of a list or with a colon, behind which one may follow."""
    text = text.rstrip()
    return text.endswith((":", "：")) or _ITEM_LINE.match(_line_of(text, len(text))) is not None


def _line_of(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 :]


def declines(draft: str) -> bool:
    """Return whether a draft begins by saying that the course text does not say what was asked."""
    pattern = data(detect_language(draft, DEFAULT), "answer_forms", "DECLINES", r"(?!)")
    return re.match(pattern, draft.strip(), re.IGNORECASE) is not None


def is_whole_sentence(answer: str) -> bool:
    """Return whether a text is more than a few words, and ends like a sentence, a formula or a list."""
    text = answer.strip()
    if has_han(text):
        return len(text) >= MIN_SENTENCE_CHARACTERS and _is_ended(text)
    has_number = any(letter.isdigit() for letter in text)
    least = MIN_WORDS_WITH_NUMBER if has_number else MIN_SENTENCE_WORDS
    return len(text.split()) >= least and _is_ended(text)


def is_fragment(sentence: str) -> bool:
    """Return whether a sentence of prose is too few words to say something: "Passing electrons on."

    Items of a list, code and formulas are none, nor is what is written without spaces.
    """
    text = sentence.strip()
    is_prose = bool(re.fullmatch(r"[A-Z][^\d$`|*=<>]*\.", text)) and not has_han(text)
    return is_prose and len(text.split()) < MIN_SENTENCE_WORDS


def drop_unfinished(answer: str) -> str:
    """Return an answer without a last sentence that breaks off; "" where nothing else is there."""
    text = answer.rstrip()
    if _is_ended(text):
        return text
    spans = split_sentences(text)
    return text[: spans[-1][0]].rstrip() if spans else ""


def _is_ended(text: str) -> bool:
    last = text.rstrip().splitlines()[-1].strip() if text.strip() else ""
    is_item = last.startswith(("-", "*", "•")) or last[:1].isdigit()
    return ends_sentence(text.rstrip("*_` ")) or text.rstrip().endswith(_COMPLETE_WITHOUT_MARK) or is_item
