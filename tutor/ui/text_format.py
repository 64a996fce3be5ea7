"""Text of documents and people as plain words on a page."""

from __future__ import annotations

import re

from tutor.ui.sanitizer import WORD_JOINER, sanitize_markdown, strip_hidden

_FORMULA = re.compile(r"\$([^$\s]*[A-Za-z\\][^$\s]*|[^$]*\\[^$]*)\$")  # no sum of money


def escape_inline(text: str) -> str:
    """Return text from a document or a person as plain words inside a line of Markdown."""
    line = " ".join(strip_hidden(text).split())
    return re.sub(
        r"([\\`*_{}\[\]<>#|~$&])", lambda match: WORD_JOINER + match[1] + WORD_JOINER, sanitize_markdown(line)
    )


def to_plain_line(text: str, limit: int = 80) -> str:
    """Return one line of text for a component that shows text as it is; formulas without their LaTeX."""
    line = " ".join(_FORMULA.sub(_strip_latex, strip_hidden(text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _strip_latex(formula: re.Match[str]) -> str:
    """Return a formula as plain letters: `\\mathbf{w}` is w."""
    inside = re.sub(r"\\[A-Za-z]+\{([^{}]*)\}", r"\1", formula[1])
    return re.sub(r"\\([A-Za-z]+)", r"\1", inside)


def strip_joiners(text: str) -> str:
    """Return what a person typed, without the joiners that the page showed her question with."""
    return text.replace(WORD_JOINER, "")
