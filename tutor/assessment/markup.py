"""Plain text from the HTML and XML inside questions of other systems: raised digits stay raised, feedback is left out.

A picture or another object that the question needs is refused: without it nobody could answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lxml.etree import LxmlError
from lxml.html import HTMLParser, fragment_fromstring

from tutor.errors import InputRefused

MAX_DEPTH = 60
BLOCKS = frozenset(
    "p div br li ul ol table tr td th h1 h2 h3 h4 h5 h6 blockquote pre section article prompt dd dt hr".split()
)
HIDDEN = frozenset(
    "script style head template feedbackInline feedbackBlock modalFeedback rubricBlock stylesheet annotation "
    "annotation-xml".split()
)
NOT_SHOWN_HERE = frozenset("img object video audio iframe svg canvas picture embed graphic".split())
_PARSER = HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
_NOT_XML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]"
    "|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));",
    re.IGNORECASE,
)
_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_RAISABLE = re.compile(r"[0-9+\-−()n]+")
_LOWERABLE = re.compile(r"[0-9+\-−()]+")
_NESTED_MATHS = frozenset({"mfrac", "msup", "msub", "msubsup", "msqrt", "mroot"})

Replace = Callable[[Any], str | None]


class NeedsPicture(InputRefused):
    """The text has a picture, a recording or a drawing in it, which cannot be imported."""


class TooDeep(InputRefused):
    """Elements are nested more deeply than any question is."""


def html_text(html: str) -> str:
    """Return the text of HTML as a reader sees it, on one line. Raises NeedsPicture and TooDeep."""
    try:
        root = fragment_fromstring(_NOT_XML.sub("", html), create_parent="div", parser=_PARSER)
    except (LxmlError, ValueError, AssertionError) as error:  # lxml asserts that HTML has a body, a frameset has none
        raise TooDeep(f"the HTML cannot be read: {html[:40]!r}", key="item_incomplete", prompt=html[:40]) from error
    return element_text(root, hides=True)


def element_text(element: Any, replace: Replace | None = None, *, hides: bool = False) -> str:
    """Return the text inside an element, on one line.

    `replace` may return the text to use for an element in place of its own; what a style hides is left out where it
    `hides`. Raises NeedsPicture and TooDeep.
    """

    def given(child: Any) -> str | None:
        if hides and _is_hidden(child.attrib):
            return ""
        return replace(child) if replace else None

    return " ".join("".join(_render(element, given, 0)).split())


def local_name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _render(element: Any, replace: Replace, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        raise TooDeep(f"elements are nested deeper than {MAX_DEPTH}", key="markup_too_deep", most=MAX_DEPTH)
    yield element.text or ""
    for child in element:
        yield _child_text(child, replace, depth + 1)
        yield child.tail or ""


def _child_text(child: Any, replace: Replace, depth: int) -> str:
    name = local_name(child)
    if not isinstance(child.tag, str) or name in HIDDEN:
        return ""
    if (given := replace(child)) is not None:
        return given
    if name in NOT_SHOWN_HERE:
        shown = str(child.get("alt") or child.get("src") or name)[:60]
        raise NeedsPicture(
            f"the question needs a picture or another file ({shown}), which cannot be imported",
            key="item_needs_picture",
            name=shown,
        )
    if name in _NESTED_MATHS:
        return _maths_text(child, replace, depth)
    inner = "".join(_render(child, replace, depth))
    if name == "sup":
        return raised(inner)
    if name == "sub":
        return lowered(inner)
    return f"\n{inner}\n" if name in BLOCKS else inner


def raised(text: str) -> str:
    """Return text as an exponent: ³ or ^(a+b)."""
    plain = text.strip()
    if not plain:
        return ""
    return plain.translate(_RAISED) if _RAISABLE.fullmatch(plain) else "^" + _bracketed(plain)


def lowered(text: str) -> str:
    """Return text as an index: ₂ or _(max)."""
    plain = text.strip()
    if not plain:
        return ""
    return plain.translate(_LOWERED) if _LOWERABLE.fullmatch(plain) else "_" + _bracketed(plain)


def _maths_text(element: Any, replace: Replace, depth: int) -> str:
    """Return MathML's two-dimensional elements in one line: (a+b)/2, √(x), x²."""
    if depth > MAX_DEPTH:
        raise TooDeep(f"elements are nested deeper than {MAX_DEPTH}", key="markup_too_deep", most=MAX_DEPTH)
    parts = [_child_text(child, replace, depth + 1).strip() for child in element]
    match local_name(element), parts:
        case "mfrac", [top, bottom]:
            return f"{_bracketed(top)}/{_bracketed(bottom)}"
        case "msup", [base, power]:
            return base + raised(power)
        case "msub", [base, index]:
            return base + lowered(index)
        case "msubsup", [base, index, power]:
            return base + lowered(index) + raised(power)
        case "mroot", [base, index]:
            return f"{_bracketed(base)}^(1/{index})"
    return f"√{_bracketed(' '.join(parts))}"


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) and len(text) == 1 or text.isdigit() else f"({text})"


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    style = attributes.get("style", "").replace(" ", "").lower()
    return "hidden" in attributes or "display:none" in style or "visibility:hidden" in style
