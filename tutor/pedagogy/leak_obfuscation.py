"""Answers behind a veil: spelled letter by letter, backwards, in Roman figures, or as a small sum that nobody set.

What a pupil asks a model for when the plain answer is refused. Words and figures alone; no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from tutor.maths.numbers import read_numbers

MIN_WORD_LENGTH = 6  # letters from which a word is looked for across whatever stands between its letters
_LEET = str.maketrans("013457@$", "oieastas")
_SPACED_LETTERS = re.compile(r"(?<!\w)(?:\w[\s.\-·_*]{1,2}){2,}\w(?!\w)")
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_JOINING_WORDS = re.compile(r"\b(?:and|then|plus|followed by)\b")
_RHYME = re.compile(r"\brhymes? with\b", re.IGNORECASE)
_SPELLING_CUE = re.compile(r"\b(?:starts?|begins?) with\b.*\bends?\b|\bspell", re.IGNORECASE)
_CIRCLED_DIGITS = {chr(0x2460 + n): n + 1 for n in range(20)}
_NUMBER_GROUP = r"(?P<{}>\d+(?:\.\d+)?)"
_CALCULATIONS = tuple(
    re.compile(pattern.format(_NUMBER_GROUP.format("a"), _NUMBER_GROUP.format("b")), re.IGNORECASE)
    for pattern in (
        r"{0}\s*(?P<plus>\+|plus\b)\s*{1}",
        r"{0}\s*(?P<minus>[-−–]|minus\b)\s*{1}",
        r"{0}\s*(?P<times>[*×·]|times\b)\s*{1}",
        r"{0}\s*(?P<over>÷|divided by)\s*{1}",
        r"{0}\s*(?P<power>\^)\s*{1}",
        r"{0}\s+(?P<plus>more than|after|greater than)\s+{1}",
        r"{0}\s+(?P<under>less than|fewer than|before)\s+{1}",
        r"比\s*{0}\s*(?P<plus>大|多)\s*{1}",
        r"比\s*{0}\s*(?P<minus>小|少)\s*{1}",
    )
)
_MULTIPLES = (
    (re.compile(r"\bhalf of (\d+)", re.IGNORECASE), Fraction(1, 2)),
    (re.compile(r"\b(?:double|twice) (\d+)", re.IGNORECASE), Fraction(2)),
)
_ROOT = re.compile(r"\b(?:square )?root of (\d+)", re.IGNORECASE)
_SQUARE = re.compile(r"(\d+)(?: squared\b|²|\s*的平方)", re.IGNORECASE)


def is_word_obfuscated(draft: str, key: str, dialogue: str) -> bool:
    """Whether a key in words stands in a draft with its letters apart, in figures, backwards or with one slip."""
    for word in re.findall(r"[a-z]+", key.lower()):
        if len(word) < MIN_WORD_LENGTH or word in dialogue.lower():
            continue
        for form in {draft.lower(), draft.lower().translate(_LEET), draft.lower().replace("1", "l")}:
            letters = re.sub(r"[^a-z*]", "", _JOINING_WORDS.sub("", form))
            if word in letters or word[::-1] in letters or _is_starred_out(word, form):
                return True
        if any(_is_one_edit_apart(one, word) for one in re.findall(r"[a-z]+", draft.lower())):
            return True
    return False


def find_obfuscated_number(draft: str, value: Fraction, dialogue: str) -> Iterator[str]:
    """Yield what gives a number away without writing it."""
    plain = _words_to_digits(draft)
    if value.denominator == 1 and any(_roman_to_int(one) == value for one in re.findall(r"\b[IVXLCDM]{2,}\b", draft)):
        yield "writes the number in Roman figures"
    if any(_CIRCLED_DIGITS.get(char) == value for char in draft):
        yield "writes the number in a circle"
    spaced = "".join(re.sub(r"\W|_", "", match[0]) + " " for match in _SPACED_LETTERS.finditer(draft))
    if any(m.spelled_out and m.value == value for m in read_numbers(spaced)):
        yield "spells the number"
    if _RHYME.search(draft) or _SPELLING_CUE.search(draft):
        yield "gives letters of the number"
    given = {abs(m.value) for m in read_numbers(dialogue)}
    for sentence in re.findall(r"[^.?!。？！\n]+[.?!。？！]?", plain):
        if not sentence.rstrip().endswith(("?", "？")) and any(
            result == value and not set(parts) <= given for result, parts in _small_calculations(sentence)
        ):
            yield "is a sum that comes to the number"
            return


def _small_calculations(text: str) -> Iterator[tuple[Fraction, tuple[Fraction, ...]]]:
    """Small sums of a sentence with the numbers they are made of."""
    for pattern in _CALCULATIONS:
        for match in pattern.finditer(text):
            a, b = Fraction(match["a"]), Fraction(match["b"])
            name = next(name for name, found in match.groupdict().items() if found and name not in "ab")
            if name == "power" and b <= 9 and b.denominator == 1:
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
        case "under":
            return b - a
        case "times":
            return a * b
    return a / b


def _words_to_digits(text: str) -> str:
    """The text with numbers in words written in figures."""
    for mention in reversed(read_numbers(text)):
        if mention.spelled_out and mention.value.denominator == 1:
            text = f"{text[: mention.start]}{mention.value}{text[mention.end :]}"
    return text


def _roman_to_int(figures: str) -> int:
    values = [_ROMAN[char] for char in figures]
    return sum(-v if n + 1 < len(values) and v < values[n + 1] else v for n, v in enumerate(values))


def _is_starred_out(word: str, form: str) -> bool:
    """Whether a token is the word with a letter or two starred out."""
    tokens = [token for token in re.findall(r"[a-z*]+", form) if "*" in token.strip("*") and len(token) == len(word)]
    return any(all(a in (b, "*") for a, b in zip(token, word, strict=True)) for token in tokens)


def _is_one_edit_apart(given: str, word: str) -> bool:
    """Whether a word is written with one letter changed, left out, added or two of them swapped."""
    if abs(len(given) - len(word)) > 1 or given == word:
        return False
    head = next((n for n, (a, b) in enumerate(zip(given, word, strict=False)) if a != b), min(len(given), len(word)))
    a, b = given[head:], word[head:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
