"""Equations in Office MathML and web MathML as one line of LaTeX that people can read too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

_MAX_DEPTH = 60
_NARY = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∬": r"\iint", "∮": r"\oint", "⋃": r"\bigcup", "⋂": r"\bigcap"}
_ACCENTS = {
    "\u0302": "hat",
    "\u0303": "tilde",
    "\u0304": "bar",
    "\u0305": "bar",
    "\u0307": "dot",
    "\u20d7": "vec",
    "^": "hat",
}
_ACCENTS |= {"→": "vec", "¯": "bar", "~": "tilde", "˙": "dot", "\u0308": "ddot", "⃗": "vec", "‾": "bar"}
_FUNCTIONS = frozenset(
    "sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan log ln lg exp lim max min sup inf det gcd dim ker "
    "arg".split()
)
_FUNCTION = re.compile(rf"(?<![A-Za-z\\])({'|'.join(sorted(_FUNCTIONS, key=len, reverse=True))})(?![A-Za-z])")
_MARKUP = re.compile(r"[%#&${}]")  # characters that mean something else in LaTeX
_BRACES = {"{": r"\{", "}": r"\}", "‖": r"\|", "∥": r"\|"}


def from_omml(element: Any) -> str:
    """Return an `m:oMath` element as LaTeX between dollar signs; "" when it is empty."""
    body = " ".join(_omml(element, 0).split())
    return f"${body}$" if body else ""


def from_mathml(element: Any) -> str:
    """Return a `math` element as LaTeX: its TeX annotation if it has one."""
    for annotation in element.iter():
        if _name(annotation) == "annotation" and "tex" in annotation.get("encoding", "").lower():
            return f"${(annotation.text or '').strip()}$"
    body = " ".join(_mathml(element, 0).split()) or element.get("alttext", "")
    return f"${body}$" if body else ""


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: Any, path: tuple[str, ...], default: str = "") -> str:
    """Return the m:val attribute at the end of a path of child names."""
    for name in path:
        element = next((child for child in element if _name(child) == name), None)
        if element is None:
            return default
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "val"), default)


def _part(element: Any, name: str, depth: int) -> str:
    child = next((child for child in element if _name(child) == name), None)
    return "" if child is None else _omml(child, depth + 1).strip()


def _parts(element: Any, name: str, depth: int) -> list[str]:
    return [_omml(child, depth + 1).strip() for child in element if _name(child) == name]


def _escaped(text: str | None) -> str:
    return _MARKUP.sub(lambda sign: f"\\{sign.group()}", text or "")


def _grouped(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _omml(element: Any, depth: int) -> str:
    if depth > _MAX_DEPTH:
        raise RecursionError
    name = _name(element)
    if name == "t":
        return _FUNCTION.sub(r"\\\1 ", _escaped(element.text))
    if name.endswith("Pr"):
        return ""
    rule = _OMML.get(name)
    if rule is not None:
        return rule(element, depth)
    return "".join(_omml(child, depth + 1) for child in element)


def _fraction(e: Any, depth: int) -> str:
    above, below = _part(e, "num", depth), _part(e, "den", depth)
    if _value(e, ("fPr", "type")) == "noBar":
        return rf"\binom{{{above}}}{{{below}}}"
    return rf"\frac{{{above}}}{{{below}}}"


def _script(e: Any, depth: int) -> str:
    below, above = _part(e, "sub", depth), _part(e, "sup", depth)
    base = _part(e, "e", depth)
    return base + (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")


def _radical(e: Any, depth: int) -> str:
    degree = _part(e, "deg", depth)
    root = rf"\sqrt[{degree}]" if degree else r"\sqrt"
    return f"{root}{{{_part(e, 'e', depth)}}}"


def _nary(e: Any, depth: int) -> str:
    sign = _value(e, ("naryPr", "chr"), "∫")
    below, above = _part(e, "sub", depth), _part(e, "sup", depth)
    limits = (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")
    return f"{_NARY.get(sign, sign)}{limits} {_part(e, 'e', depth)}"


def _delimited(e: Any, depth: int) -> str:
    left, right = _value(e, ("dPr", "begChr"), "("), _value(e, ("dPr", "endChr"), ")")
    inner = [child for child in e if _name(child) == "e"]
    rows = next((child for one in inner for child in one if _name(child) == "eqArr"), None)
    if left == "{" and not right and len(inner) == 1 and rows is not None:
        return rf"\begin{{cases}} {_rows_of(rows, depth + 1)} \end{{cases}}"
    parts = _value(e, ("dPr", "sepChr"), "|").join(_parts(e, "e", depth))
    return _BRACES.get(left, left) + parts + _BRACES.get(right, right)


def _function(e: Any, depth: int) -> str:
    return f"{_part(e, 'fName', depth)} {_part(e, 'e', depth)}"


def _matrix(e: Any, depth: int) -> str:
    rows = (" & ".join(_parts(row, "e", depth)) for row in e if _name(row) == "mr")
    return _rows(rows)


def _rows(rows: Iterable[str]) -> str:
    lines = r" \\ ".join(rows)
    return rf"\begin{{matrix}} {lines} \end{{matrix}}"


def _array(e: Any, depth: int) -> str:
    return rf"\begin{{aligned}} {_rows_of(e, depth)} \end{{aligned}}"


def _rows_of(e: Any, depth: int) -> str:
    return r" \\ ".join(part.replace(r"\&", "&") for part in _parts(e, "e", depth))


def _accent(e: Any, depth: int) -> str:
    sign = _value(e, ("accPr", "chr"), "\u0302")
    command = _ACCENTS.get(sign, "hat")
    return rf"\{command}{{{_part(e, 'e', depth)}}}"


def _bar(e: Any, depth: int) -> str:
    command = "overline" if _value(e, ("barPr", "pos"), "bot") == "top" else "underline"
    return rf"\{command}{{{_part(e, 'e', depth)}}}"


def _limit_below(e: Any, depth: int) -> str:
    return f"{_part(e, 'e', depth)}_{_grouped(_part(e, 'lim', depth))}"


def _limit_above(e: Any, depth: int) -> str:
    return f"{_part(e, 'e', depth)}^{_grouped(_part(e, 'lim', depth))}"


_Rule = Callable[[Any, int], str]
_OMML: dict[str, _Rule] = {
    "f": _fraction,
    "sSub": _script,
    "sSup": _script,
    "sSubSup": _script,
    "sPre": _script,
    "rad": _radical,
    "nary": _nary,
    "d": _delimited,
    "func": _function,
    "m": _matrix,
    "eqArr": _array,
    "acc": _accent,
    "bar": _bar,
    "limLow": _limit_below,
    "limUpp": _limit_above,
}


def _mathml(element: Any, depth: int) -> str:
    if depth > _MAX_DEPTH:
        raise RecursionError
    children = [_mathml(child, depth + 1) for child in element if isinstance(child.tag, str)]
    match _name(element), children:
        case "mfrac", [above, below] if element.get("linethickness") in ("0", "0pt", "0px"):
            return rf"\binom{{{above}}}{{{below}}}"
        case "mfrac", [above, below]:
            return rf"\frac{{{above}}}{{{below}}}"
        case "mover", [base, above] if above.strip() in _ACCENTS:
            return rf"\{_ACCENTS[above.strip()]}{{{base}}}"
        case "msup" | "mover", [base, above]:
            return f"{base.rstrip()}^{_grouped(above)}"
        case "msub" | "munder", [base, below]:
            return f"{base.rstrip()}_{_grouped(below)}"
        case "msubsup" | "munderover", [base, below, above]:
            return f"{base.rstrip()}_{_grouped(below)}^{_grouped(above)}"
        case "msqrt", _:
            return rf"\sqrt{{{''.join(children)}}}"
        case "mroot", [base, degree]:
            return rf"\sqrt[{degree}]{{{base}}}"
        case "mtable", _:
            return _rows(children)
        case "mtr", _:
            return " & ".join(children)
        case "mfenced", _:
            left, right = str(element.get("open", "(")), str(element.get("close", ")"))
            separator = str(element.get("separators", ","))[:1]
            return _BRACES.get(left, left) + separator.join(children) + _BRACES.get(right, right)
        case "mtext", []:
            text = re.sub(r"\s+", " ", _escaped(element.text))
            return rf"\text{{{text}}}" if any(map(str.isalpha, text)) else text.strip()
        case "mi" | "mo", []:
            return _operator((element.text or "").strip())
        case "annotation" | "annotation-xml" | "mphantom", _:
            return ""
    return _escaped(element.text).strip() + "".join(children)


def _operator(text: str) -> str:
    """Return a letter, an operator or the name of a function."""
    if text in _FUNCTIONS:
        return rf"\{text} "
    return f"{_NARY[text]} " if text in _NARY else _escaped(text)
