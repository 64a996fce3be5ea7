"""Style sheets: what their simple rules say about being hidden, raised or lowered, and about list numbers.

Only rules for a tag, a class or an id are read, and only those that hold on every screen: what converters write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_BRACE = re.compile(r"[{}]")
_SIMPLE_SELECTOR = re.compile(r"(?:[a-z][a-z0-9]*)?[.#]?[\w-]*")
_ALWAYS_APPLIES = re.compile(r"@(?:media\s+(?:only\s+)?(?:screen|all)|layer[\w\s.-]*|supports\b[^{]*)")
_MAX_SHEET_CHARACTERS = 1_000_000
_MAX_NESTING = 20
_OFF_THE_PAGE = -500.0  # pixels
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|ex|cm|mm|in|vw|vh|%)?$")
_PIXELS = {"em": 16.0, "rem": 16.0, "ex": 8.0, "cm": 38.0, "mm": 3.8, "in": 96.0, "vw": 10.0, "vh": 10.0, "%": 10.0}
_NOTHING_LEFT = re.compile(r"rect\(\s*(?:0|1px)[^)]*\)|inset\(\s*(?:50|100)%.*\)")

Declarations = dict[str, str]


@dataclass(slots=True)
class StyleSheet:
    """The declarations of all simple rules, by selector."""

    rules: dict[str, Declarations] = field(default_factory=dict)

    def add(self, text: str) -> None:
        """Add the rules of a style sheet; later ones win."""
        for selectors, declarations in _rules(_without_comments(text[:_MAX_SHEET_CHARACTERS]).lower()):
            found = parse_declarations(declarations)
            for selector in map(str.strip, selectors.split(",")):
                if selector and _SIMPLE_SELECTOR.fullmatch(selector):
                    self.rules.setdefault(selector, {}).update(found)

    def lookup(self, tag: str, classes: str, identifier: str) -> Declarations:
        """Return what the rules say about an element."""
        if not self.rules:
            return {}
        found: Declarations = dict(self.rules.get(tag, {}))
        for name in classes.lower().split():
            found |= self.rules.get(f".{name}", {}) | self.rules.get(f"{tag}.{name}", {})
        key = identifier.lower()
        return found | self.rules.get(f"#{key}", {}) | self.rules.get(f"{tag}#{key}", {}) if key else found


def parse_declarations(text: str) -> Declarations:
    """Return the properties of a `style` attribute or of a rule's body, in lower case."""
    pairs = (part.partition(":") for part in text.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs if value}


def hides(style: Declarations) -> bool:
    """Whether an element with these declarations cannot be seen."""
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if _number(style.get("font-size")) == 0 or _number(style.get("opacity")) == 0:
        return True
    if _has_no_colour(style):
        return True
    if _NOTHING_LEFT.match(style.get("clip", "") + style.get("clip-path", "")):
        return True
    placed = ("left", "top", "right", "margin-left") if style.get("position") in ("absolute", "fixed") else ()
    return any(_pixels(style.get(name)) < _OFF_THE_PAGE for name in (*placed, "text-indent"))


def shift_of(style: Declarations) -> int:
    """Return 1 for raised text, -1 for lowered text, 0 for other text."""
    align = style.get("vertical-align", "")
    if align in ("super", "sub"):
        return 1 if align == "super" else -1
    height = _pixels(align)
    return (height > 2) - (height < -2)


def _without_comments(text: str) -> str:
    first, *rest = text.split("/*")
    return first + "".join(part.partition("*/")[2] for part in rest)


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations of the rules that hold on every screen."""
    open_blocks: list[str] = []
    at = 0
    for brace in _BRACE.finditer(text):
        part = text[at : brace.start()].rpartition(";" if brace.group() == "{" else "\x00")[2]
        at = brace.end()
        if len(open_blocks) > _MAX_NESTING:
            return
        if brace.group() == "{":
            open_blocks.append(part.strip())
        elif open_blocks:
            selector = open_blocks.pop()
            if not selector.startswith("@") and all(map(_ALWAYS_APPLIES.fullmatch, open_blocks)):
                yield selector, part


def _number(value: str | None) -> float | None:
    found = _LENGTH.match(value or "")
    return float(found.group(1)) if found else None


def _pixels(value: str | None) -> float:
    """Return a length in about so many pixels, 0 for anything else."""
    found = _LENGTH.match(value or "")
    return float(found.group(1)) * _PIXELS.get(found.group(2) or "", 1.0) if found else 0.0


def _has_no_colour(style: Declarations) -> bool:
    """Whether text is transparent or in the colour of its ground, and no picture is behind it or fills its letters."""
    color, ground = style.get("color", ""), style.get("background-color") or style.get("background", "")
    picture = any("url(" in value or "gradient(" in value for name, value in style.items() if "background" in name)
    if color == "transparent":
        return not (picture and "text" in (style.get("background-clip"), style.get("-webkit-background-clip")))
    return bool(color and ground) and not picture and _color(color) == _color(ground.split()[0])


_NAMES = {"white": "#ffffff", "black": "#000000", "red": "#ff0000", "yellow": "#ffff00"}


def _color(value: str) -> str:
    """Return a colour in one spelling for all."""
    if re.fullmatch(r"#[0-9a-f]{3}", value):
        return "#" + "".join(2 * digit for digit in value[1:])
    if parts := re.fullmatch(r"rgb\((\d+),\s*(\d+),\s*(\d+)\)", value):
        return "#" + "".join(f"{min(255, int(part)):02x}" for part in parts.groups())
    return _NAMES.get(value, value)
