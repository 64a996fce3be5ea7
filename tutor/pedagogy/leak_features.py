"""Signs that a draft reply tells the answer: each number of it, whose it is and how it is said, as named features.

Reads against the key or, without a key, against what the last question asks. Weighing them is `leak_guard.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tutor.maths.numbers import NumberMention, read_numbers
from tutor.pedagogy.expected_value import expected_names, expected_values

_SENTENCE = re.compile(r"[^.!?。！？\n]*(?:\.(?=\d)[^.!?。！？\n]*)*[.!?。！？\n]*")
_WORD = re.compile(r"[a-z']+")
_STATEMENT_CUE = re.compile(
    r"(?:=|≈|\b(?:is|are|was|be|equals?|equal to|gives?|give us|gets?|got|makes?|means?|leaves?|leaving|giving|have|has"
    r"|left|answer|total(?:s|ed)?(?: to| of)?|actually|simply|just|only|exactly|to|at|of|or|as|do|did|by))\W*$",
    re.IGNORECASE,
)
_EQUALITY_CUE = re.compile(
    r"(?:=|\bequals?(?: to)?|\bis|\bgives?(?: us| you)?|\bget|\bgot|\bbe|\bare|\bmakes)\W*$", re.IGNORECASE
)
_NEGATION_CUE = re.compile(
    r"(?:\bnot|n't|\binstead of|\brather than|\bno longer|\bis incorrect)\W*(?:\w+\W+){0,2}$", re.IGNORECASE
)
_LEADING_QUESTION = re.compile(r"(?:would|should|could|does|is|are|do|did|wo)n't", re.IGNORECASE)
_CLAUSE_BOUNDARY = re.compile(r"[,;:]\s|\s[-–—]\s")
_OPERATOR_AFTER = re.compile(
    r"^\s*(?:[-+*/×÷x·^]\s*[\d($]|times\b|plus\b|minus\b|divided\b|multiplied\b|groups? of\b|percent of\b)"
)
_OPERATOR_BEFORE = re.compile(
    r"(?:[-+*/×÷·^]\s*\$?|\b(?:times|plus|minus|by|and|from|groups of|than)\s+)$", re.IGNORECASE
)
_CUE_PATTERNS = {
    "actually": r"\bactually\b",
    "answer_is": r"\b(?:the|correct|right|final) (?:\w+ )?(?:answer|result|value|total|product|sum|difference|quotient)"
    r" (?:is|should be|would be|equals)\b",
    "so_total": r"\b(?:so|therefore|thus|hence|which (?:is|gives|means|equals|makes)|giving|in total|leaving)\b",
    "try": r"\b(?:try|can you|could you|what do you|how (?:many|much|did|would)|"
    r"what (?:is|would|happens|do))\b",
    "next": r"\b(?:another (?:one|problem|question|example)|next (?:problem|question)|keep (?:up|practicing))\b",
    "should": r"\b(?:should|would|must|needs? to) be\b",
    "called": r"\b(?:called|known as|named|spelled|stands for|means)\b",
    "praise": r"\b(?:great job|correct|exactly|that's right|well done|excellent|you got it|absolutely right)\b",
    "remember": r"\b(?:remember|think about|consider|look at|check|notice)\b",
}
_STOP_WORDS = frozenset(
    "a an the and or but of to in on at is are was were be it its this that these those you your we our us i me my he "
    "she they them his her their for with as by from so if then than not no yes do does did can could will would "
    "should let let's lets what which who how when where why there here have has had one all any some more most just "
    "also very about".split()
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing said before the draft."""

    speaker: Literal["tutor", "learner"]
    text: str


def extract_leak_features(draft: str, lines: Sequence[Utterance], keys: Sequence[str] = ()) -> dict[str, float]:
    """Describe a draft as numbers, about in [0, 1]; the names are those of the fitted model."""
    given = {value for key in keys for value in _values(_last_number(key))}
    wanted = given or expected_values([(line.speaker, line.text) for line in lines])
    heard = {
        speaker: set[Fraction]().union(*(_values(line.text) for line in lines if line.speaker == speaker))
        for speaker in ("tutor", "learner")
    }
    last = _values(lines[-1].text) if lines else set[Fraction]()
    marks, topic = _number_uses(draft), _topic_words(lines)
    row = {"known": float(bool(wanted)), "given": float(bool(keys)), "echoed_key": float(bool(wanted & last))}
    for mark in marks:
        role = _dialogue_role(mark, wanted, last, heard)
        if role:
            row |= {f"{role}_{sign}".rstrip("_"): 1.0 for sign in ("", *mark.cues)}
        if role.startswith("key_"):
            row |= {f"key_{sign}".rstrip("_"): 1.0 for sign in ("", *mark.cues)}
            if "told" in mark.cues:
                row["key_topic"] = max(row.get("key_topic", 0.0), len(mark.clause_words & topic) / 3)
                row["key_contrast"] = max(row.get("key_contrast", 0.0), float(bool(mark.negated_values & last)))
                row["key_concludes"] = max(row.get("key_concludes", 0.0), float(mark.is_conclusion))
    row["key_is_last"] = float(bool(marks) and bool(marks[-1].values & wanted))
    new = {m for mark in marks for m in mark.values} - heard["tutor"] - heard["learner"]
    row["new_count"] = min(1.0, len(new) / 3)
    return row | _style_features(draft) | _text_features(draft, lines, keys)


def _dialogue_role(
    mark: _NumberUse, wanted: set[Fraction], last: set[Fraction], heard: dict[str, set[Fraction]]
) -> str:
    """What a number of the draft is to the dialogue: the key (fresh, or heard from whom), an echo, new, or ""."""
    if mark.values & wanted:
        if mark.values & heard["learner"]:
            return "key_learner"
        return "key_tutor" if mark.values & heard["tutor"] else "key_fresh"
    if mark.values & last:
        return "echo"
    return "" if mark.values & (heard["tutor"] | heard["learner"]) else "new"


@dataclass(frozen=True, slots=True)
class _NumberUse:
    """A number of the draft and the signs of how it is said."""

    values: frozenset[Fraction]
    cues: tuple[str, ...]
    clause_words: frozenset[str]  # of its clause
    negated_values: frozenset[Fraction]  # numbers denied in its sentence: "16, not 12"
    is_conclusion: bool  # no other number follows it in the sentence and a conclusion comes before it


def _number_uses(draft: str) -> list[_NumberUse]:
    marks = []
    for sentence in _SENTENCE.findall(draft):
        mentions = [m for m in read_numbers(sentence) if not _is_pronoun(m, sentence)]
        signs = [_number_cues(mentions, n, sentence) for n in range(len(mentions))]
        denied = frozenset(
            v for m, names in zip(mentions, signs, strict=True) if "denied" in names for v in _possible_values(m)
        )
        for n, mention in enumerate(mentions):
            clause = sentence[max(0, mention.start - 70) : mention.end + 40].lower()
            concludes = bool(re.search(_CUE_PATTERNS["so_total"], sentence[: mention.start].lower())) and all(
                "denied" in s for s in signs[n + 1 :]
            )
            words = frozenset(_WORD.findall(clause)) - _STOP_WORDS
            marks.append(_NumberUse(frozenset(_possible_values(mention)), signs[n], words, denied, concludes))
    return marks


def _number_cues(mentions: Sequence[NumberMention], n: int, sentence: str) -> tuple[str, ...]:
    mention = mentions[n]
    before, after = sentence[: mention.start], sentence[mention.end :]
    true = _in_true_equation(mentions, n)
    if _NEGATION_CUE.search(before):
        return ("denied",)
    if _is_in_question(sentence, mention):
        return ("asked", "asked_true") if true else ("asked",)
    operand = _OPERATOR_AFTER.match(after) or _OPERATOR_BEFORE.search(before)
    signs = ["operand" if operand else "told"]
    signs += ["true"] if true else []
    signs += ["equals"] if _EQUALITY_CUE.search(before) and not operand else []
    signs += ["says"] if _STATEMENT_CUE.search(before) and not operand else []
    return tuple(signs)


def _is_in_question(sentence: str, mention: NumberMention) -> bool:
    """Whether the number stands in the asking clause; "shouldn't that be 4?" tells more than it asks."""
    if not sentence.rstrip().endswith("?") or _LEADING_QUESTION.search(sentence[: mention.start]):
        return False
    return not _CLAUSE_BOUNDARY.search(sentence[mention.end :])


def _is_pronoun(mention: NumberMention, sentence: str) -> bool:
    if not (mention.spelled_out and mention.value == 1):
        return False
    return not re.match(r"\s+(?:times?|hours?|days?|group)\b", sentence[mention.end :])


def _in_true_equation(mentions: Sequence[NumberMention], n: int) -> bool:
    """Whether number `n` and two others near it in its sentence are a true sum, difference, product or quotient."""
    near = [m.value for i, m in enumerate(mentions) if i != n and abs(i - n) <= 3]
    value = mentions[n].value
    pairs = [(a, b) for i, a in enumerate(near) for b in near[i + 1 :]]
    return any(value in (a + b, abs(a - b), a * b) or a == value * b or b == value * a for a, b in pairs if a and b)


def _topic_words(lines: Sequence[Utterance]) -> frozenset[str]:
    """Content words of what the tutor last asked for, or of the question in the exercise."""
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
    """The sizes a number may be meant as: a percentage is also the number before its sign."""
    size = abs(mention.value)
    return {size, size * 100} if mention.is_percent else {size}


def _values(text: str) -> set[Fraction]:
    return {value for m in read_numbers(text) if not (m.spelled_out and m.value == 1) for value in _possible_values(m)}


def _text_features(draft: str, lines: Sequence[Utterance], keys: Sequence[str]) -> dict[str, float]:
    heard = {word for line in lines for word in _WORD.findall(line.text.lower())}
    quoted = {
        w for q in re.findall(r"[\"'“‘*]+([A-Za-z][A-Za-z -]{2,30})[\"'”’*]+", draft) for w in _WORD.findall(q.lower())
    }
    words = [set(_WORD.findall(key.lower())) - _STOP_WORDS for key in keys if not read_numbers(key)]
    spoken = set(_WORD.findall(draft.lower()))
    names = expected_names([(line.speaker, line.text) for line in lines])
    named = bool(names & (spoken | {word.rstrip("s") for word in spoken}))
    return {
        "key_words": max((len(w & spoken - heard) / len(w) for w in words if w), default=0.0),
        **(dict.fromkeys(("known", "key", "key_told", "key_fresh", "key_fresh_told"), 1.0) if named else {}),
        "new_quoted": float(bool(quoted - heard - _STOP_WORDS)),
    }
