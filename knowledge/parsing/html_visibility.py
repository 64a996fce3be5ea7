"""What a reader sees of an HTML page: hidden elements, navigation, and raised or lowered text.

Decided by what an element is and how it is shown. A class name alone never hides anything; it only counts together with
what the element consists of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from knowledge.parsing.css_rules import Declarations, StyleSheet, hides, parse_declarations, shift_of
from knowledge.parsing.runs import is_note_mark

_NAVIGATION_ROLES = frozenset(("navigation", "contentinfo", "search", "menu", "menubar", "doc-toc", "doc-pagelist"))
_CHROME_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navbox|breadcrumbs?|sidebar|toc|headerlink|skip-?link|footer|menu)(?:$|[\s_-])"
)
_CONTAINERS = frozenset(("div", "section", "header", "table", "td", "ul", "ol"))
_BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre")
_MATHS_SCRIPT = "math/tex"
_MIN_REPORTED = 12  # characters: shorter hidden text is a label or an icon


@dataclass(slots=True)
class PageStyle:
    """The style sheet of a page, and how much text it hides."""

    sheet: StyleSheet = field(default_factory=StyleSheet)
    interactive: bool = False  # scripts may show what the style sheet hides
    hidden_characters: int = 0

    @classmethod
    def of(cls, root: Any, sheets: tuple[str, ...] = ()) -> PageStyle:
        """Read the style elements of a page, after the given sheets that it links to."""
        style = cls()
        for text in (*sheets, *(element.text or "" for element in root.iter("style"))):
            style.sheet.add(text)
        scripts = any(_MATHS_SCRIPT not in script.get("type", "") for script in root.iter("script"))
        style.interactive = scripts or bool(root.xpath("boolean(//@onclick)"))
        return style

    def is_hidden(self, element: Any) -> bool:
        """Whether a reader does not see the element, or sees it as part of the page's navigation."""
        if _is_navigation(element):
            return True
        own = parse_declarations(element.get("style", ""))
        if self._is_invisible(element, own):
            text = "".join(element.itertext()).strip()
            self.hidden_characters += len(text) if len(text) >= _MIN_REPORTED else 0
            return True
        return element.get("aria-hidden") == "true" and not any(
            element.find(f".//{tag}") is not None for tag in _BLOCKS
        )

    def _is_invisible(self, element: Any, own: Declarations) -> bool:
        if (element.get("hidden") or "").lower() != "until-found" and element.get("hidden") is not None:
            return True
        if element.tag == "dialog" and element.get("open") is None:
            return True
        if hides(own):
            return True
        return not self.interactive and hides(self._from_sheet(element) | own)

    def shift(self, element: Any) -> int:
        """Return 1 for an element that raises its text, -1 for one that lowers it, 0 for others."""
        if element.tag in ("sup", "sub"):
            return 1 if element.tag == "sup" else -1
        return shift_of(self._from_sheet(element) | parse_declarations(element.get("style", "")))

    def list_style(self, element: Any) -> str:
        """Return the kind of numbers of a list, as CSS names it; "" where nothing is said."""
        style = self._from_sheet(element) | parse_declarations(element.get("style", ""))
        return style.get("list-style-type") or style.get("list-style", "").partition(" ")[0]

    def _from_sheet(self, element: Any) -> Declarations:
        return self.sheet.lookup(element.tag, element.get("class", ""), element.get("id", ""))

    def notes(self) -> tuple[str, ...]:
        """Return a sentence for the instructor if text was hidden."""
        return ("Text that is hidden on the page was left out.",) if self.hidden_characters else ()


def is_note_reference(element: Any, style: PageStyle) -> bool:
    """Whether a link or a raised element is the mark of a note, as its target or its role says."""
    text = element.text_content()
    if len(text) > 12 or not is_note_mark(text):
        return False
    if element.get("role") == "doc-noteref" or "noteref" in element.get("epub:type", ""):
        return True
    links = [element] if element.tag == "a" else element.findall(".//a")
    raised = style.shift(element) > 0 or element.find(".//sup") is not None
    return raised and any("#" in link.get("href", "") for link in links)


def is_back_link(element: Any) -> bool:
    """Whether a link only leads back from a note, or to the heading that it stands in."""
    return "#" in element.get("href", "") and element.text_content().strip(" \ufe0e\ufe0f") in (
        "↩",
        "↑",
        "^",
        "¶",
        "#",
        "§",
    )


def _is_navigation(element: Any) -> bool:
    if element.tag == "nav" or element.get("role") in _NAVIGATION_ROLES:
        return True
    if element.get("role") == "banner":
        return element.find(".//h1") is None
    if element.tag == "footer":
        return element.getparent() is not None and element.getparent().tag == "body"
    named = element.tag in _CONTAINERS and _CHROME_NAMES.search(element.get("class", "").lower()) is not None
    return (named or element.tag == "aside") and link_share(element) > 0.6


def link_share(element: Any) -> float:
    """Return the share of an element's text that is in links."""
    whole = len("".join(element.itertext()).strip())
    if not whole:
        return 0.0
    return sum(len("".join(link.itertext()).strip()) for link in element.iter("a")) / whole


def is_contents_list(element: Any) -> bool:
    """Whether a list only repeats the headings of its own page, as links to them."""
    links = list(element.iter("a"))
    inside = bool(links) and all(link.get("href", "").startswith("#") for link in links)
    return inside and len(links) > 1 and link_share(element) > 0.9
