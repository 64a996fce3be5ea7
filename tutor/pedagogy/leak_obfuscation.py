"""Find obfuscated answers: spelled letter by letter, backwards, in Roman numerals, or as a small calculation.

Learners ask a language model for these when it does not give the plain answer. Rules over words and numbers; the words
of each language are in `knowledge/languages`, module `leaks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from knowledge.languages import each, either
from knowledge.languages.sentences import END_MARKS
from knowledge.languages.spelling import has_swapped_letters, is_one_letter_apart
from tutor.maths.numbers import read_numbers

MIN_WORD_LENGTH = 6  # in letters; a shorter word is too easily found by chance
_LEET = str.maketrans("013457@$", "oieastas")
_SPACED_LETTERS = re.compile(r"(?<!\w)(?:\w[\s.\-·_*]{1,2}){2,}\w(?!\w)")
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_JOINING_WORDS = re.compile(either("leaks", "JOINS_LETTERS"))
_RHYME = re.compile(either("leaks", "RHYMES"), re.IGNORECASE)
_SPELLING_CUE = re.compile(either("leaks", "SPELLS"), re.IGNORECASE)
_CIRCLED_DIGITS = {chr(0x2460 + n): n + 1 for n in range(20)}
_SENTENCE = re.compile(rf"[^{END_MARKS}\n]+[{END_MARKS}]?")
_QUESTION_MARKS = tuple(each("text", "QUESTION_MARK").values())
_DIGITS = r"(?<!\d)\d{1,15}(?!\d)"  # nobody calculates with longer numbers in the head
_A, _B = rf"(?P<a>{_DIGITS}(?:\.{_DIGITS})?)", rf"(?P<b>{_DIGITS}(?:\.{_DIGITS})?)"
_COMPARISONS = [template.format(a=_A, b=_B) for found in each("leaks", "COMPARISONS").values() for template in found]
_CALCULATIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_A}\s*(?P<plus>\+|{either('leaks', 'PLUS')})\s*{_B}",
        rf"{_A}\s*(?P<minus>[-−–]|{either('leaks', 'MINUS')})\s*{_B}",
        rf"{_A}\s*(?P<times>[*×·]|{either('leaks', 'TIMES')})\s*{_B}",
        rf"{_A}\s*(?P<over>÷|{either('leaks', 'DIVIDED_BY')})\s*{_B}",
        rf"{_A}\s*(?P<power>\^)\s*{_B}",
        *_COMPARISONS,
    )
)
_MULTIPLES = (
    (re.compile(rf"(?:{either('leaks', 'HALF_OF')})({_DIGITS})", re.IGNORECASE), Fraction(1, 2)),
    (re.compile(rf"(?:{either('leaks', 'DOUBLE')})({_DIGITS})", re.IGNORECASE), Fraction(2)),
)
_ROOT = re.compile(rf"(?:{either('leaks', 'ROOT_OF')})({_DIGITS})", re.IGNORECASE)
_SQUARE = re.compile(rf"({_DIGITS})(?:²|{either('leaks', 'SQUARED')})", re.IGNORECASE)
_MAX_EXPONENT = 9


def is_word_obfuscated(draft: str, key: str, dialogue: str) -> bool:
    """Whether a draft contains a word of the key with its letters apart, in digits, backwards or with one typo."""
    for word in re.findall(r"[a-z]+", key.lower()):
        if len(word) < MIN_WORD_LENGTH or word in dialogue.lower():
            continue
        for form in {draft.lower(), draft.lower().translate(_LEET), draft.lower().replace("1", "l")}:
            letters = re.sub(r"[^a-z*]", "", _JOINING_WORDS.sub("", form))
            if word in letters or word[::-1] in letters or _is_starred_out(word, form):
                return True
        if any(
            is_one_letter_apart(one, word) or has_swapped_letters(one, word)
            for one in re.findall(r"[a-z]+", draft.lower())
        ):
            return True
    return False


def find_obfuscated_number(draft: str, value: Fraction, dialogue: str) -> Iterator[str]:
    """Yield the ways in which a draft gives a number away without writing it."""
    plain = _words_to_digits(draft)
    if value.denominator == 1 and any(_roman_to_int(one) == value for one in re.findall(r"\b[IVXLCDM]{2,}\b", draft)):
        yield "writes the number in Roman numerals"
    if any(_CIRCLED_DIGITS.get(char) == value for char in draft):
        yield "writes the number in a circle"
    spaced = "".join(re.sub(r"\W|_", "", match[0]) + " " for match in _SPACED_LETTERS.finditer(draft))
    if any(m.spelled_out and m.value == value for m in read_numbers(spaced)):
        yield "spells the number"
    if _RHYME.search(draft) or _SPELLING_CUE.search(draft):
        yield "gives letters of the number"
    given = {abs(m.value) for m in read_numbers(dialogue)}
    for sentence in _SENTENCE.findall(plain):
        if not sentence.rstrip().endswith(_QUESTION_MARKS) and any(
            result == value and not set(parts) <= given for result, parts in _small_calculations(sentence)
        ):
            yield "is a calculation that gives the number"
            return


def _small_calculations(text: str) -> Iterator[tuple[Fraction, tuple[Fraction, ...]]]:
    """Yield the result of each small calculation in a text, with the numbers it consists of."""
    for pattern in _CALCULATIONS:
        for match in pattern.finditer(text):
            a, b = Fraction(match["a"]), Fraction(match["b"])
            name = next(name for name, found in match.groupdict().items() if found and name not in "ab")
            if name == "power" and b <= _MAX_EXPONENT and b.denominator == 1:
                yield a ** int(b), (a, b)
            elif name != "power" and not (name == "over" and b == 0):
                yield _calculate(name, a, b), (a, b)
    for pattern, factor in _MULTIPLES:
        yield from ((Fraction(m[1]) * factor, (Fraction(m[1]),)) for m in pattern.finditer(text))
    for match in _ROOT.finditer(text):
        root = round(int(match[1]) ** 0.5)
        if root * root == int(match[1]):
            yield Fraction(root), (Fraction(match[1]),)
    yield from ((Fraction(m[1]) ** 2, (Fraction(m[1]), Fraction(-1))) for m in _SQUARE.finditer(text))


def _calculate(name: str, a: Fraction, b: Fraction) -> Fraction:
    match name:
        case "plus":
            return a + b
        case "minus":
            return a - b
        case "less":
            return b - a
        case "times":
            return a * b
    return a / b


def _words_to_digits(text: str) -> str:
    """Return the text with numbers in words replaced by digits."""
    for mention in reversed(read_numbers(text)):
        if mention.spelled_out and mention.value.denominator == 1:
            text = f"{text[: mention.start]}{mention.value}{text[mention.end :]}"
    return text


def _roman_to_int(numeral: str) -> int:
    values = [_ROMAN[char] for char in numeral]
    return sum(-v if n + 1 < len(values) and v < values[n + 1] else v for n, v in enumerate(values))


def _is_starred_out(word: str, text: str) -> bool:
    """Whether a token of the text is the word with some letters replaced by stars."""
    tokens = [token for token in re.findall(r"[a-z*]+", text) if "*" in token.strip("*") and len(token) == len(word)]
    return any(all(a in (b, "*") for a, b in zip(token, word, strict=True)) for token in tokens)
