"""Features of a draft reply that show whether it gives the answer away: how each number is used, and whose it is.

The answer is the key or, without one, the value that the last question asks for. `leak_guard` weighs the features with
a fitted model; the words they look for are in `knowledge/languages`, module `leaks`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Literal

from knowledge.languages import each, either, table, words
from knowledge.languages.sentences import END_MARKS
from tutor.maths.numbers import NumberMention, read_numbers
from tutor.pedagogy.expected_value import expected_names, expected_values

_SENTENCE = re.compile(rf"[^{END_MARKS}\n]*(?:\.(?=\d)[^{END_MARKS}\n]*)*[{END_MARKS}\n]*")
_WORD = re.compile(r"[a-z']+")
_STATEMENT_CUE = re.compile(rf"(?:=|≈|{either('leaks', 'STATES_VALUE')})\W*$", re.IGNORECASE)
_EQUALITY_CUE = re.compile(rf"(?:=|{either('leaks', 'EQUATES')})\W*$", re.IGNORECASE)
_NEGATION_CUE = re.compile(rf"(?:{either('leaks', 'NEGATES')})\W*(?:\w+\W+){{0,2}}$", re.IGNORECASE)
_LEADING_QUESTION = re.compile(either("leaks", "LEADING_QUESTION"), re.IGNORECASE)
_CLAUSE_BOUNDARY = re.compile(r"[,;:]\s|\s[-–—]\s")
_OPERATOR_AFTER = re.compile(rf"^\s*(?:[-+*/×÷x·^]\s*[\d($]|{either('leaks', 'OPERATOR_AFTER')})")
_OPERATOR_BEFORE = re.compile(rf"(?:[-+*/×÷·^]\s*\$?|{either('leaks', 'OPERATOR_BEFORE')})$", re.IGNORECASE)
_COUNTED_AFTER_ONE = re.compile(either("leaks", "COUNTED_AFTER_ONE"))
_CUES = each("leaks", "CUES").values()
_CUE_PATTERNS = {name: "|".join(found[name] for found in _CUES if name in found) for name in table("leaks", "CUES")}
_CONCLUSION = re.compile(_CUE_PATTERNS["so_total"])
_STOP_WORDS = words("leaks", "STOP_WORDS")
_CLAUSE_CHARS_BEFORE, _CLAUSE_CHARS_AFTER = 70, 40  # what counts as the clause around a number
_CUE_CHARS = 80  # on either side of a number, in which the words stand that say how it is used
_NEAR = 3  # numbers on either side that may be parts of one equation


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message of the dialogue before the draft."""

    speaker: Literal["tutor", "learner"]
    text: str


def extract_leak_features(draft: str, lines: Sequence[Utterance], keys: Sequence[str] = ()) -> dict[str, float]:
    """Return the features of a draft by name, each about in [0, 1]; the names are those of the fitted model."""
    key_values = {value for key in keys for value in _values(_last_number(key))}
    wanted = key_values or expected_values([(line.speaker, line.text) for line in lines])
    mentioned = {
        speaker: set[Fraction]().union(*(_values(line.text) for line in lines if line.speaker == speaker))
        for speaker in ("tutor", "learner")
    }
    last = _values(lines[-1].text) if lines else set[Fraction]()
    uses, topic = _number_uses(draft), _topic_words(lines)
    row = {"known": float(bool(wanted)), "given": float(bool(keys)), "echoed_key": float(bool(wanted & last))}
    for use in uses:
        role = _dialogue_role(use, wanted, last, mentioned)
        if role:
            row |= {f"{role}_{cue}".rstrip("_"): 1.0 for cue in ("", *use.cues)}
        if role.startswith("key_"):
            row |= {f"key_{cue}".rstrip("_"): 1.0 for cue in ("", *use.cues)}
            if "told" in use.cues:
                row["key_topic"] = max(row.get("key_topic", 0.0), len(use.clause_words & topic) / 3)
                row["key_contrast"] = max(row.get("key_contrast", 0.0), float(bool(use.negated_values & last)))
                row["key_concludes"] = max(row.get("key_concludes", 0.0), float(use.is_conclusion))
    row["key_is_last"] = float(bool(uses) and bool(uses[-1].values & wanted))
    new = {value for use in uses for value in use.values} - mentioned["tutor"] - mentioned["learner"]
    row["new_count"] = min(1.0, len(new) / 3)
    return row | _style_features(draft) | _text_features(draft, lines, keys)


def _dialogue_role(
    use: _NumberUse, wanted: set[Fraction], last: set[Fraction], mentioned: dict[str, set[Fraction]]
) -> str:
    """Return the role of a number in the dialogue: the key (and who mentioned it), an echo, new, or ""."""
    if use.values & wanted:
        if use.values & mentioned["learner"]:
            return "key_learner"
        return "key_tutor" if use.values & mentioned["tutor"] else "key_fresh"
    if use.values & last:
        return "echo"
    return "" if use.values & (mentioned["tutor"] | mentioned["learner"]) else "new"


@dataclass(frozen=True, slots=True)
class _NumberUse:
    """A number of the draft and how it is used there."""

    values: frozenset[Fraction]
    cues: tuple[str, ...]
    clause_words: frozenset[str]  # without stop words
    negated_values: frozenset[Fraction]  # numbers negated in its sentence: 12 in "16, not 12"
    is_conclusion: bool  # after a word like "so", and no other number follows in the sentence


def _number_uses(draft: str) -> list[_NumberUse]:
    uses = []
    for sentence in _SENTENCE.findall(draft):
        mentions = [m for m in read_numbers(sentence) if not _is_pronoun(m, sentence)]
        clauses = _Clauses.of(sentence)
        cues = [_number_cues(mentions, n, sentence, clauses) for n in range(len(mentions))]
        negated = frozenset(
            v for m, names in zip(mentions, cues, strict=True) if "denied" in names for v in _possible_values(m)
        )
        last_told = max((n for n, names in enumerate(cues) if "denied" not in names), default=-1)
        for n, mention in enumerate(mentions):
            clause = sentence[max(0, mention.start - _CLAUSE_CHARS_BEFORE) : mention.end + _CLAUSE_CHARS_AFTER].lower()
            concludes = n >= last_told and bool(_CONCLUSION.search(sentence[: mention.start].lower()))
            clause_words = frozenset(_WORD.findall(clause)) - _STOP_WORDS
            values = frozenset(_possible_values(mention))
            uses.append(_NumberUse(values, cues[n], clause_words, negated, concludes))
    return uses


@dataclass(frozen=True, slots=True)
class _Clauses:
    """Where a sentence, read once, turns into a question."""

    asks: bool
    leading_from: int  # the end of the words of a leading question
    last_boundary: int  # the start of the last mark between clauses, -1 without one

    @classmethod
    def of(cls, sentence: str) -> _Clauses:
        leading = _LEADING_QUESTION.search(sentence)
        boundaries = [found.start() for found in _CLAUSE_BOUNDARY.finditer(sentence)]
        return cls(
            sentence.rstrip().endswith("?"),
            leading.end() if leading else len(sentence) + 1,
            boundaries[-1] if boundaries else -1,
        )

    def is_question_at(self, mention: NumberMention) -> bool:
        """Whether the number is in the clause that asks; in "shouldn't that be 4?" it is not."""
        return self.asks and self.leading_from > mention.start and self.last_boundary < mention.end


def _number_cues(mentions: Sequence[NumberMention], n: int, sentence: str, clauses: _Clauses) -> tuple[str, ...]:
    mention = mentions[n]
    before = sentence[max(0, mention.start - _CUE_CHARS) : mention.start]
    after = sentence[mention.end : mention.end + _CUE_CHARS]
    is_true = _in_true_equation(mentions, n)
    if _NEGATION_CUE.search(before):
        return ("denied",)
    if clauses.is_question_at(mention):
        return ("asked", "asked_true") if is_true else ("asked",)
    operand = _OPERATOR_AFTER.match(after) or _OPERATOR_BEFORE.search(before)
    cues = ["operand" if operand else "told"]
    cues += ["true"] if is_true else []
    cues += ["equals"] if _EQUALITY_CUE.search(before) and not operand else []
    cues += ["says"] if _STATEMENT_CUE.search(before) and not operand else []
    return tuple(cues)


def _is_pronoun(mention: NumberMention, sentence: str) -> bool:
    if not (mention.spelled_out and mention.value == 1):
        return False
    return not _COUNTED_AFTER_ONE.match(sentence[mention.end :])


def _in_true_equation(mentions: Sequence[NumberMention], n: int) -> bool:
    """Whether number `n` and two others near it in its sentence are a true sum, difference, product or quotient."""
    around = (*mentions[max(0, n - _NEAR) : n], *mentions[n + 1 : n + 1 + _NEAR])
    near = [value for m in around if (value := _as_simple(m.value))]
    value = _as_simple(mentions[n].value)
    return any(
        value in (a + b, abs(a - b), a * b) or a == value * b or b == value * a for a, b in combinations(near, 2)
    )


def _as_simple(value: Fraction) -> Fraction | int:
    """Return a whole number as an int, which is calculated with much faster."""
    return value.numerator if value.denominator == 1 else value


def _topic_words(lines: Sequence[Utterance]) -> frozenset[str]:
    """Return the content words of the tutor's first two questions."""
    asked = [q for line in lines if line.speaker == "tutor" for q in re.findall(r"[^.?!:]*\?", line.text.lower())]
    return frozenset(_WORD.findall(" ".join(asked[:1] + asked[1:2]))) - _STOP_WORDS


def _style_features(draft: str) -> dict[str, float]:
    lowered = draft.lower()
    row = {f"cue_{name}": float(bool(re.search(pattern, lowered))) for name, pattern in _CUE_PATTERNS.items()}
    sentences = [s for s in _SENTENCE.findall(draft) if s.strip()]
    row["ends_asking"] = float(bool(sentences) and sentences[-1].strip().endswith("?"))
    row["asks"] = min(1.0, draft.count("?") / 2)
    row["length"] = min(1.5, math.log1p(len(draft.split())) / 4)
    return row


def _last_number(key: str) -> str:
    mentions = read_numbers(key)
    return key[mentions[-1].start : mentions[-1].end] if mentions else ""


def _possible_values(mention: NumberMention) -> set[Fraction]:
    """Return the sizes that a number may mean: a percentage is also the number before the percent sign."""
    size = abs(mention.value)
    return {size, size * 100} if mention.is_percent else {size}


def _values(text: str) -> set[Fraction]:
    return {value for m in read_numbers(text) if not (m.spelled_out and m.value == 1) for value in _possible_values(m)}


def _text_features(draft: str, lines: Sequence[Utterance], keys: Sequence[str]) -> dict[str, float]:
    mentioned = {word for line in lines for word in _WORD.findall(line.text.lower())}
    quoted = {
        w for q in re.findall(r"[\"'“‘*]+([A-Za-z][A-Za-z -]{2,30})[\"'”’*]+", draft) for w in _WORD.findall(q.lower())
    }
    key_words = [set(_WORD.findall(key.lower())) - _STOP_WORDS for key in keys if not read_numbers(key)]
    drafted = set(_WORD.findall(draft.lower()))
    names = expected_names([(line.speaker, line.text) for line in lines])
    named = bool(names & (drafted | {word.rstrip("s") for word in drafted}))
    return {
        "key_words": max((len(w & drafted - mentioned) / len(w) for w in key_words if w), default=0.0),
        **(dict.fromkeys(("known", "key", "key_told", "key_fresh", "key_fresh_told"), 1.0) if named else {}),
        "new_quoted": float(bool(quoted - mentioned - _STOP_WORDS)),
    }
