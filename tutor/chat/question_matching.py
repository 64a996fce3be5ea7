"""Whether two questions ask the same thing: strict rules over their words. Pure.

They do when they are of the same kind (why, where, how many ...), have the same numbers and negation, and the same
content words, in the same order where order matters. A near miss ("first law" for "second law") is another question:
an answer shown for it would be wrong, while a paraphrase that is not recognised only costs a verified answer.

The rules of each language are in `knowledge/languages/<code>/question_forms.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge import languages
from knowledge.languages import either, fold, script_share
from knowledge.lexical import tokenize

MIN_SCRIPT_SHARE = 0.3  # of a question's letters, from which the rules of that script's language apply
Rules = tuple[tuple[str, re.Pattern[str]], ...]

_NEVER = re.compile(r"(?!)")
_LETTERS = re.compile(r"[^\W_]+")
_MUST_MATCH = re.compile(rf"\d+(?:[.,]\d+)*|{either('question_forms', 'MUST_MATCH')}", re.IGNORECASE)
_NEGATION = re.compile(either("question_forms", "NEGATION"), re.IGNORECASE)
_ANAPHORA = re.compile(either("question_forms", "ANAPHORA"), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """A question as what it asks for."""

    kind: str
    content: tuple[str, ...]  # stems, or characters where words have no spaces; sorted where order does not matter
    must_match: tuple[str, ...]  # numbers, ordinals, names of variables, before and after: never left out
    negated: bool


@dataclass(frozen=True, slots=True)
class _LanguageRules:
    """The rules of one language."""

    has_spaces: bool
    canonical_forms: Rules
    kinds: Rules
    kind_by_stem: Mapping[str, str]
    ignored_phrases: re.Pattern[str]
    ignored_phrases_by_kind: Mapping[str, re.Pattern[str]]
    ignored_stems: frozenset[str]
    ignored_stems_by_kind: Mapping[str, frozenset[str]]
    synonyms: Mapping[str, str]
    order_free: re.Pattern[str]

    def content(self, kind: str, rest: str) -> tuple[str, ...]:
        """Return the content words of a question without the words that tell its kind."""
        rest = self.ignored_phrases.sub("", rest)
        rest = self.ignored_phrases_by_kind.get(kind, _NEVER).sub("", rest)
        if not self.has_spaces:
            return tuple(character for character in rest if character.isalnum())
        ignored = self.ignored_stems | self.ignored_stems_by_kind.get(kind, frozenset())
        stems = [self.synonyms.get(stem, stem) for stem in tokenize(rest) if stem not in ignored]
        return tuple(sorted(stems) if self.order_free.search(rest) else stems)


def is_echo(answer: str, question: str) -> bool:
    """Return whether an answer only repeats the question."""
    answered, asked = ("".join(_LETTERS.findall(text)).casefold() for text in (answer, question))
    return bool(answered) and answered == asked


def is_same_question(left: str, right: str) -> bool:
    """Return whether two questions ask the same thing; when in doubt they do not."""
    first, second = parse_question(left), parse_question(right)
    return first == second and bool(first.content)


def is_self_contained(question: str) -> bool:
    """Return whether a question can be understood without the conversation before it."""
    return not _ANAPHORA.search(fold(question)) and bool(parse_question(question).content)


def parse_question(question: str) -> QuestionForm:
    """Return what a question asks for."""
    question = fold(question)
    rules = _load_rules(_rules_language(question))
    text = " ".join(question.split()) if rules.has_spaces else question
    for replacement, pattern in rules.canonical_forms:
        text = pattern.sub(replacement, text)
    kind, rest = _split_kind(text, rules.kinds)
    content = rules.content(kind, rest)
    if kind in ("what", "how"):
        kind = next((rules.kind_by_stem[stem] for stem in content if stem in rules.kind_by_stem), kind)
    must_match = sorted(word.lower() for word in _MUST_MATCH.findall(rest))
    return QuestionForm(kind, content, tuple(must_match), len(_NEGATION.findall(question)) % 2 == 1)


def _rules_language(question: str) -> str:
    """Return the language whose rules read a question: the one in whose own script it is written, or the default."""
    own_scripts = ((code, languages.language(code).script) for code, _pattern in languages.detection_order())
    return next(
        (code for code, script in own_scripts if script_share(question, script) >= MIN_SCRIPT_SHARE), languages.DEFAULT
    )


@cache
def _load_rules(code: str) -> _LanguageRules:
    def data(name: str) -> dict[str, str]:
        found: dict[str, str] = languages.data(code, "question_forms", name, {})
        return found

    def stems(name: str) -> frozenset[str]:
        return frozenset(languages.data(code, "question_forms", name, "").split())

    return _LanguageRules(
        has_spaces=languages.language(code).has_spaces,
        canonical_forms=_compile_rules(code, "CANONICAL_FORMS"),
        kinds=_compile_rules(code, "KINDS"),
        kind_by_stem=data("KIND_BY_STEM"),
        ignored_phrases=_compile(languages.data(code, "question_forms", "IGNORED_PHRASES", "")),
        ignored_phrases_by_kind={kind: _compile(phrases) for kind, phrases in data("IGNORED_PHRASES_BY_KIND").items()},
        ignored_stems=stems("IGNORED_STEMS"),
        ignored_stems_by_kind={kind: frozenset(words.split()) for kind, words in data("IGNORED_STEMS_BY_KIND").items()},
        synonyms=data("SYNONYMS"),
        order_free=_compile(languages.data(code, "question_forms", "ORDER_FREE", "")),
    )


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE) if pattern else _NEVER


def _compile_rules(code: str, name: str) -> Rules:
    pairs = languages.data(code, "question_forms", name, ())
    return tuple((outcome, _compile(pattern)) for outcome, pattern in pairs)


def _split_kind(text: str, kinds: Rules) -> tuple[str, str]:
    """Return the kind of a question, and the question without the words that tell it."""
    for kind, pattern in kinds:
        if match := pattern.search(text):
            return kind, text[: match.start()] + " " + text[match.end() :]
    return "what", text
