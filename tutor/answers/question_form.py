"""The form of the answer that a question asks for, and the terms that it asks about. Pure.

The patterns of each language are in `knowledge/languages/<code>/answer_forms.py`; the first that is found decides. A
question in other words ("I always mix up A and B, which is which?") is read by a fitted model
(`tutor.pedagogy.intent_model`), and its terms are the words that do not only frame a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from knowledge.languages import DEFAULT, data, detect_language, fold
from tutor.answers.asked_terms import subject_terms
from tutor.pedagogy.intent_model import Situation, load_intent_model

MAX_TERM_CHARS = 60
MAX_TERM_WORDS = 6
MIN_FORM_CHANCE = 0.6  # of the fitted model


class AnswerForm(StrEnum):
    """What an answer must consist of."""

    DEFINITION = "definition"
    LIST = "list"
    STEPS = "steps"
    COMPARISON = "comparison"
    CAUSE = "cause"  # why
    PROCESS = "process"  # how
    FACT = "fact"
    CALCULATION = "calculation"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with the form of its answer.

    `terms` are what it asks about: two for a comparison; for a definition the one, or those that it may be; none if
    unknown.
    """

    text: str
    form: AnswerForm
    terms: tuple[str, ...] = ()
    language: str = DEFAULT
    about: str = ""  # the question before it, of one that cannot be understood alone

    @property
    def asks_whether(self) -> bool:
        """Whether the answer is yes or no."""
        return asks_whether(self.text)


def asks_whether(question: str) -> bool:
    """Return whether a question is to be answered with yes or no, and offers nothing to choose from."""
    pattern = data(detect_language(question, DEFAULT), "answer_forms", "ASKS_WHETHER", r"(?!)")
    return re.search(pattern, question, re.IGNORECASE) is not None


_EDGES = " \t\n\"'“”‘’「」《》*_`?？.。!！,，"


def read_question(question: str) -> AskedQuestion:
    """Return what a question asks for; FACT where no other form is recognised."""
    code = detect_language(question, DEFAULT)
    rules = _rules(code)
    plain = rules.lead_in.sub("", " ".join(fold(question).split()).strip(), count=1).strip()
    plain = rules.tail.sub("", plain)
    for form, pattern in rules.forms:
        match = pattern.search(plain)
        if match is None:
            continue
        groups = match.groupdict()
        terms = tuple(
            term.strip(_EDGES) for name in ("term", "other") if (term := groups.get(name) or "").strip(_EDGES)
        )
        if form is AnswerForm.DEFINITION and not _is_term(terms[0] if terms else "", rules):
            continue
        if form is AnswerForm.COMPARISON and len(terms) < 2:
            continue
        if form is AnswerForm.PROCESS:  # "how" begins questions of many forms
            break
        return AskedQuestion(question, form, terms, code)
    return _read_by_model(question, plain, code, AnswerForm.PROCESS if match else AnswerForm.FACT)


def _read_by_model(question: str, plain: str, code: str, default: AnswerForm) -> AskedQuestion:
    chances = load_intent_model(Situation.FORM).probabilities(question)
    likeliest = max(chances, key=lambda name: chances[name])
    form = AnswerForm(likeliest) if chances[likeliest] >= MIN_FORM_CHANCE else default
    terms = subject_terms(plain) if form in (AnswerForm.DEFINITION, AnswerForm.COMPARISON) else ()
    if form is AnswerForm.COMPARISON:
        terms = terms[:2]
    if len(terms) < _NEEDED_TERMS.get(form, 0):
        return AskedQuestion(question, default, (), code)
    return AskedQuestion(question, form, terms, code)


_NEEDED_TERMS = {AnswerForm.DEFINITION: 1, AnswerForm.COMPARISON: 2}


def shorter_terms(term: str, language: str) -> tuple[str, ...]:
    """Return a term and, where it ends in a place ("a dictionary in Python"), the term without it."""
    bare = _rules(language).term_tail.sub("", term).strip()
    return (term,) if bare in ("", term) else (term, bare)


def purpose_query(asked: AskedQuestion) -> str:
    """Return what to look for: the question, with the one that it follows up on, or with words that state a purpose."""
    if asked.about:
        return f"{asked.text}\n{asked.about}"
    asks_purpose = data(asked.language, "answer_forms", "ASKS_PURPOSE", r"(?!)")
    if asked.form is not AnswerForm.CAUSE or not re.search(asks_purpose, asked.text, re.IGNORECASE):
        return asked.text
    return f"{asked.text} {data(asked.language, 'answer_forms', 'PURPOSE_WORDS', '')}"


@dataclass(frozen=True, slots=True)
class _FormRules:
    lead_in: re.Pattern[str]
    tail: re.Pattern[str]
    forms: tuple[tuple[AnswerForm, re.Pattern[str]], ...]
    not_a_term: re.Pattern[str]
    term_tail: re.Pattern[str]


@cache
def _rules(code: str) -> _FormRules:
    def pattern(name: str) -> re.Pattern[str]:
        return re.compile(data(code, "answer_forms", name, r"(?!)"), re.IGNORECASE)

    forms = data(code, "answer_forms", "FORMS", ())
    return _FormRules(
        pattern("LEAD_IN"),
        pattern("TAIL"),
        tuple((AnswerForm(form), re.compile(text, re.IGNORECASE)) for form, text in forms),
        pattern("NOT_A_TERM"),
        pattern("TERM_TAIL"),
    )


def _is_term(term: str, rules: _FormRules) -> bool:
    is_short = bool(term) and len(term) <= MAX_TERM_CHARS and len(term.split()) <= MAX_TERM_WORDS
    return is_short and rules.not_a_term.search(term) is None
