"""Grading formulas: expressions, equations and sets of solutions that are equal however they are written.

Fails closed: what cannot be read is unsure, never right; so is what is right in another reading of the notation only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.languages import either
from tutor.assessment.items import Grade, partial_grade, right_grade, unsure_grade, wrong_grade
from tutor.assessment.relations import Relation, parse_relation
from tutor.assessment.symbolic import Equivalence, agrees_at_samples, check_equivalence
from tutor.domain import Outcome
from tutor.maths.algebra import (
    MAX_CHARS,
    Apply,
    NotAFormula,
    Number,
    Tree,
    Variable,
    is_same_rational,
    parse,
    rename,
    to_rational,
    variables,
)
from tutor.maths.formula_readings import may_be_complex, other_readings, separated_values
from tutor.maths.notation import plain_characters

_LEAD_IN = re.compile(rf"^(?:(?:{either('answers', 'NUMBER_LEAD_IN')})\b[\s,:]*|[≈=~:]\s*)+", re.IGNORECASE)
_FUNCTION_OF_ONE = re.compile(r"\s*([A-Za-z])\([A-Za-z]\)\s*")
_CALL = re.compile(r"(?<![\\\w])(?!π)([^\W\d_])\s?(?:\(\s?[^\W\d_]\s?\)|(?<=[ΓζΒΦΨ])\()")
_DEFINED_CALL = re.compile(r"^\s*[A-Za-z]\([A-Za-z]\)\s*=")
_MARKED_LETTER = re.compile(r"[À-ÖØ-öø-ɏḀ-ỿ\u0300-\u036f]")  # a dot for "by time", a bar for a mean
_SOLUTION_SEPARATOR = re.compile(rf"\s*(?:[,;]|{either('answers', 'SOLUTION_SEPARATORS')})\s*", re.IGNORECASE)
_SOLUTION_WORD = re.compile(either("answers", "SOLUTION_SEPARATORS"), re.IGNORECASE)
_PLUS_MINUS = re.compile(r"±|\\pm(?![A-Za-z])|\+/-")
_SET_BRACES = re.compile(r"^\s*\\?\{(.*?)\\?\}\s*$")
_MAX_SOLUTIONS = 8
_ORDER = (Outcome.RIGHT, Outcome.PARTIAL, Outcome.UNSURE, Outcome.WRONG)
_INTEGRATION_CONSTANTS = frozenset({"C", "c", "K", "k"})
_ROUNDING_GAP = 5e-3  # relative difference that rounded coefficients can make
_DECIMALS = re.compile(r"\d[.,]\d")


@dataclass(frozen=True, slots=True)
class _Formula:
    """A parsed answer: `equation` is left minus right of an equation, `name` the name that it defines ("y = ...")."""

    tree: Tree
    equation: Tree | None
    name: str | None


def grade_formula(answer: str, keys: tuple[str, ...]) -> Grade:
    """Grade a formula against each key; the best grade wins."""
    if len(answer) > MAX_CHARS:
        return unsure_grade("formula_too_long", count=len(answer), most=MAX_CHARS)
    whole = plain_characters(answer).strip()
    text = _LEAD_IN.sub("", whole).rstrip(".?")
    grades = [_grade_text(text, plain_characters(key).strip()) for key in keys]
    if any(_is_same_text(whole, plain_characters(key)) for key in keys):
        return right_grade("formula_equal")  # "Ca(OH)2", which does not say "circa"
    return min(grades, key=lambda grade: _ORDER.index(grade.outcome))


def _grade_text(text: str, key_text: str) -> Grade:
    if _is_same_text(text, key_text):
        return right_grade("formula_equal")  # the key itself, also one that is not understood: "det(A)", "H2O"
    relation, key_relation = parse_relation(text), parse_relation(key_text)
    if relation or key_relation:
        return _grade_relation(relation, key_relation)
    if _calls(text) != _calls(key_text):
        return unsure_grade("two_readings")
    given, key = _parse_solutions(text), _parse_solutions(key_text)
    if key is None:
        return unsure_grade("formula_bad_key")
    if given is None:
        return unsure_grade("no_formula")
    if len(given) > 1 or len(key) > 1:
        grade = _grade_solutions(given, key)
        return unsure_grade("two_readings") if _are_solutions_in_commas(text, key_text, grade) else grade
    grade = _grade_parsed(given[0], key[0])
    if grade.outcome is Outcome.WRONG and _may_be_meant(text, key_text, given[0], key[0]):
        return unsure_grade("two_readings")
    return grade


def _is_same_text(text: str, key_text: str) -> bool:
    return "".join(text.split()) == "".join(key_text.split()) != ""


def _calls(text: str) -> set[str]:
    """Return the letters of a formula that may be functions of what is in the bracket behind them: "v(t)", "Γ(n+1)".

    The name that an equation defines is none of them: "f(x) = 2x".
    """
    return set(_CALL.findall(_DEFINED_CALL.sub("", text)))


def _grade_relation(given: Relation | None, key: Relation | None) -> Grade:
    if key is None:
        return unsure_grade("formula_bad_key")
    if given is None:
        return unsure_grade("no_formula")
    same = given.is_same(key)
    return (
        unsure_grade("formula_undecided")
        if same is None
        else _to_grade(Equivalence.SAME if same else Equivalence.DIFFERENT)
    )


def _parse_solutions(text: str) -> list[_Formula] | None:
    """Return the formulas of "x = 2 or x = -2", "{2, -2}" or "x = ±2"; None where one cannot be read."""
    braces = _SET_BRACES.match(text)
    single = None if braces or _SOLUTION_WORD.search(text) else _parse_formula(text)
    if single is not None:
        return [single]
    parts = _SOLUTION_SEPARATOR.split(braces[1] if braces else text)
    if len(parts) > _MAX_SOLUTIONS or (len(parts) == 1 and not _PLUS_MINUS.search(text) and not braces):
        return None
    found = [_parse_formula(one) for part in parts for one in _both_signs(part)]
    sound = [one for one in found if one is not None]
    return sound if len(sound) == len(found) else None


def _both_signs(part: str) -> Iterator[str]:
    if len(_PLUS_MINUS.findall(part)) != 1:
        yield part
        return
    yield _PLUS_MINUS.sub("+", part)
    yield _PLUS_MINUS.sub("-", part)


def _are_solutions_in_commas(text: str, key_text: str, grade: Grade) -> bool:
    """Whether solutions are all right where a comma between digits separates two of them: "x=2,5"."""
    if grade.outcome is Outcome.RIGHT:
        return False
    for one, other in {(separated_values(text), key_text), (text, separated_values(key_text))} - {(text, key_text)}:
        given, key = _parse_solutions(one), _parse_solutions(other)
        if given and key and _grade_solutions(given, key).outcome is Outcome.RIGHT:
            return True
    return False


def _grade_solutions(given: list[_Formula], key: list[_Formula]) -> Grade:
    """Grade solutions in any order. Values that fit several names, or other names than the key's, are unsure."""
    mine, its = _names(given), _names(key)
    if mine <= its or len((mine | its) - {""}) < 2:
        return _grade_set(given, key)
    bare = _grade_set([_without_name(one) for one in given], [_without_name(one) for one in key])
    return bare if bare.outcome is Outcome.WRONG else unsure_grade("two_readings")


def _names(formulas: list[_Formula]) -> set[str]:
    """Return the names that formulas define, and "" for a value without one."""
    return {one.name or "" for one in formulas if one.name or one.equation is None}


def _without_name(formula: _Formula) -> _Formula:
    return formula if formula.name is None else replace(formula, equation=None, name=None)


def _grade_set(given: list[_Formula], key: list[_Formula]) -> Grade:
    """Grade formulas in any order: all and no others are right, some of them are partial."""
    table = [[_grade_parsed(one, other).outcome for other in key] for one in given]
    if any(outcome is Outcome.UNSURE for row in table for outcome in row):
        return unsure_grade("formula_undecided")
    hits = [any(row[n] is Outcome.RIGHT for row in table) for n in range(len(key))]
    surplus = [row for row in table if Outcome.RIGHT not in row]
    if all(hits) and not surplus:
        return right_grade("all_elements")
    return partial_grade("some_solutions") if any(hits) else wrong_grade("no_elements")


def _parse_formula(text: str) -> _Formula | None:
    sides = text.split("=")
    if len(sides) > 2:
        return None
    try:
        trees = [parse(_call_to_name(side)) for side in sides]
    except NotAFormula:
        return None
    if len(trees) == 1:
        return _Formula(trees[0], None, None)
    name = trees[0].name if isinstance(trees[0], Variable) and trees[0].name not in variables(trees[1]) else None
    return _Formula(trees[1], Apply("+", (trees[0], Apply("neg", (trees[1],)))), name)


def _call_to_name(side: str) -> str:
    """Return "f" for a side that is only "f(x)": it is a name, not f times x."""
    match = _FUNCTION_OF_ONE.fullmatch(side)
    return match[1] if match else side


def _grade_parsed(given: _Formula, key: _Formula) -> Grade:
    if given.equation is None or key.equation is None:
        if (given.equation is None) != (key.equation is None) and not (given.name or key.name):
            return wrong_grade("equation_or_expression")
        return _to_grade(check_equivalence(given.tree, key.tree))
    if given.name is not None and given.name == key.name:
        return _to_grade(check_equivalence(given.tree, key.tree))
    return _to_grade(_compare_equations(given.equation, key.equation))


def _may_be_meant(text: str, key_text: str, given: _Formula, key: _Formula) -> bool:
    """Whether a different formula is the key in another notation, with another name, or with rounded numbers."""
    if given.name and key.name and given.name != key.name and agrees_at_samples(given.tree, key.tree):
        return True
    if bool(_MARKED_LETTER.search(text)) != bool(_MARKED_LETTER.search(key_text)):
        return True
    mine, its = variables(given.tree), variables(key.tree)
    if may_be_complex(text) != may_be_complex(key_text):
        return True
    if len(mine - its) == len(its - mine) == 1 and (mine ^ its) <= _INTEGRATION_CONSTANTS:
        renamed = rename(given.tree, next(iter(mine - its)), next(iter(its - mine)))
        if agrees_at_samples(renamed, key.tree):
            return True
    if _DECIMALS.search(text + " " + key_text) and agrees_at_samples(given.tree, key.tree, _ROUNDING_GAP):
        return True
    pairs = [(other, key_text) for other in other_readings(text)]
    pairs += [(text, other) for other in other_readings(key_text)]
    return any(_agree(one, two) for one, two in pairs)


def _agree(text: str, key_text: str) -> bool:
    given, key = _parse_formula(text), _parse_formula(key_text)
    return given is not None and key is not None and agrees_at_samples(given.tree, key.tree)


def _compare_equations(left: Tree, right: Tree) -> Equivalence:
    """Two equations are equal when left minus right of one is a constant multiple of that of the other."""
    one, two = to_rational(left), to_rational(right)
    if one is None or two is None or not one[0] or not two[0]:
        return Equivalence.UNKNOWN
    if set(one[0]) != set(two[0]):
        return Equivalence.DIFFERENT if set(one[1]) == set(two[1]) == {()} else Equivalence.UNKNOWN
    term = next(iter(one[0]))
    scaled = Apply("*", (Number(two[0][term] / one[0][term]), left))
    same = is_same_rational(scaled, right)
    if same is False and set(one[1]) != set(two[1]):
        return Equivalence.UNKNOWN  # perhaps equal, solved for another variable
    return {True: Equivalence.SAME, False: Equivalence.DIFFERENT, None: Equivalence.UNKNOWN}[same]


def _to_grade(sameness: Equivalence) -> Grade:
    match sameness:
        case Equivalence.SAME:
            return right_grade("formula_equal")
        case Equivalence.DIFFERENT:
            return wrong_grade("formula_different")
        case _:
            return unsure_grade("formula_undecided")
