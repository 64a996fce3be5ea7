"""Find answers in a draft by rule: the key in words, the same formula rearranged, a number between two others.

Each finding is a phrase that does not contain the answer. The words of each language are in `knowledge/languages`,
module `leaks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

from knowledge.languages import either, words
from tutor.maths.algebra import Apply, NotAFormula, Number, Tree, is_same_rational, parse, to_rational, variables
from tutor.maths.numbers import parse_number, read_numbers
from tutor.pedagogy.leak_obfuscation import find_obfuscated_number, is_word_obfuscated

_FORMULA_LIKE = re.compile(
    r"(?<![A-Za-z])[A-Za-z0-9.(\\√π$][A-Za-z0-9.()+\-−–*/×÷·^²³√π\\{}$ ]*(?:=[A-Za-z0-9.()+\-−–*/×÷·^²³√π\\{}$ ]+)?"
)
_STATEMENT_CUE = re.compile(rf"{either('leaks', 'STATES_WORD')}|[:=\"'“‘]", re.IGNORECASE)
_LETTERS = "[\"'“‘]?([a-z]{1,12})\\b"
_STARTS_WITH = re.compile(rf"(?:{either('leaks', 'STARTS_WITH')}){_LETTERS}", re.IGNORECASE)
_ENDS_WITH = re.compile(rf"(?:{either('leaks', 'ENDS_WITH')}){_LETTERS}", re.IGNORECASE)
_RHYMES = re.compile(either("leaks", "RHYMES"), re.IGNORECASE)
_BETWEEN = re.compile(either("leaks", "BETWEEN"), re.IGNORECASE)
_DIGIT_CUE = re.compile(either("leaks", "LISTS_DIGITS"), re.IGNORECASE)
_STOP_WORDS = words("leaks", "KEY_STOP_WORDS")
_MAX_FORMULAS = 30  # of a text; no hint has more


def find_leaks(draft: str, key: str, dialogue: str) -> Iterator[str]:
    """Yield the ways in which `draft` gives `key` away; `dialogue` is the text of all messages before it."""
    number = parse_number(key)
    if number is not None:
        yield from _number_leaks(draft, abs(number.value))
        yield from find_obfuscated_number(draft, abs(number.value), dialogue)
        return
    formula = _parse_formula(key)
    if formula is not None:
        yield from _formula_leaks(draft, formula, dialogue)
        return
    yield from _text_leaks(draft, key, dialogue)


def _number_leaks(draft: str, value: Fraction) -> Iterator[str]:
    found = [abs(m.value) for m in read_numbers(draft)]
    pairs = list(zip(found, found[1:], strict=False))
    if _BETWEEN.search(draft) and any(
        low < value < high and high - low <= max(Fraction(2), value / 20) for low, high in pairs
    ):
        yield "puts the number between two others"
    digits = [int(d) for d in str(value.numerator)] if value.denominator == 1 and value > 9 else []
    runs = [found[i : i + len(digits)] for i in range(len(found))]
    if digits and _DIGIT_CUE.search(draft) and any(run == digits for run in runs):
        yield "spells the digits"


def _text_leaks(draft: str, key: str, dialogue: str) -> Iterator[str]:
    key_words = [w for w in re.findall(r"\w+", key.lower()) if w not in _STOP_WORDS]
    if is_word_obfuscated(draft, key, dialogue):
        yield "spells the answer"
        return
    drafted = re.findall(r"\w+", draft.lower())
    fresh = [w for w in key_words if w not in re.findall(r"\w+", dialogue.lower())]
    if key_words and key.lower() in draft.lower() and (fresh or _is_stated_as_answer(draft, key)):
        yield "states the answer"
    elif len(fresh) >= 2 and set(fresh) <= set(drafted):
        yield "contains every word of the answer"
    elif fresh and any(_hyphenate(w) in draft.lower() for w in fresh if len(w) > 2):
        yield "spells the answer"
    for pattern, ends in ((_STARTS_WITH, str.startswith), (_ENDS_WITH, str.endswith)):
        if any(ends(key.lower(), hint.lower()) for hint in pattern.findall(draft)):
            yield "gives letters of the answer"
    if _RHYMES.search(draft):
        yield "gives a rhyme of the answer"


def _is_stated_as_answer(draft: str, key: str) -> bool:
    """Whether a word of the dialogue is now stated as the answer; a question about it is not."""
    at = draft.lower().index(key.lower())
    sentence = re.split(r"(?<=[.!?])\s", draft[at:])[0]
    return not sentence.endswith("?") and bool(_STATEMENT_CUE.search(draft[max(0, at - 20) : at]))


def _hyphenate(word: str) -> str:
    return "-".join(word)


def _formula_leaks(draft: str, key: Tree, dialogue: str) -> Iterator[str]:
    old = list(islice(_find_formulas(dialogue), _MAX_FORMULAS))
    for number, tree in enumerate(_find_formulas(draft)):
        if number == _MAX_FORMULAS:
            yield "has too many formulas to be checked"
            return
        if not variables(tree) & variables(key):
            continue
        if any(is_same_rational(tree, other) for other in old):
            if _summands(tree) == _summands(key) and not any(_summands(other) == _summands(key) for other in old):
                yield "writes the answer"  # the task was to multiply out or to rearrange
                return
            continue
        if is_same_rational(tree, key) or _is_proportional(tree, key):
            yield "writes the answer, perhaps rearranged"
            return


def _summands(tree: Tree) -> frozenset[str]:
    """Return the summands, in any order."""
    parts = tree.args if isinstance(tree, Apply) and tree.name == "+" else (tree,)
    return frozenset(str(part) for part in parts)


def _find_formulas(text: str) -> Iterator[Tree]:
    """Yield the formulas of a text, each once."""
    seen: set[str] = set()
    for match in _FORMULA_LIKE.finditer(text.replace("?", " ")):
        for piece in _formula_candidates(match.group()):
            if piece in seen:
                continue
            seen.add(piece)
            tree = _parse_formula(piece)
            if tree is not None and isinstance(tree, Apply):
                yield tree


def _formula_candidates(text: str) -> Iterator[str]:
    """Yield the match without the prose around it, whole and each side of "="."""
    tokens = text.split()
    while tokens and re.fullmatch(r"[A-Za-z]{2,}[.,]?", tokens[0]) and tokens[0] not in ("sin", "cos", "tan", "sqrt"):
        tokens.pop(0)
    cut = next((i for i, t in enumerate(tokens) if re.fullmatch(r"[A-Za-z]{3,}[.,]?", t)), len(tokens))
    formula = " ".join(tokens[:cut]).rstrip(".,;: ")
    if formula:
        yield formula
        if "=" in formula:
            yield from formula.split("=")


def _parse_formula(text: str) -> Tree | None:
    """Return the tree of an expression, of left minus right for an equation; None for other text."""
    sides = text.split("=")
    if len(sides) > 2 or not re.search(r"[\d+\-*/^√=()]", text):
        return None
    try:
        trees = [parse(side) for side in sides]
    except NotAFormula:
        return None
    return trees[0] if len(trees) == 1 else Apply("+", (trees[0], Apply("neg", (trees[1],))))


def _is_proportional(left: Tree, right: Tree) -> bool:
    """Whether one polynomial is a constant times the other: the same equation, rearranged."""
    one, two = to_rational(left), to_rational(right)
    if one is None or two is None or not one[0] or set(one[0]) != set(two[0]) or len(one[0]) < 2:
        return False
    factor = next(two[0][term] / value for term, value in one[0].items())
    return bool(is_same_rational(Apply("*", (Number(factor), left)), right))
