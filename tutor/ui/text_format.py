"""Text of documents and people, made safe for Markdown or for plain labels."""

from __future__ import annotations

import re

from tutor.ui.sanitizer import WORD_JOINER, sanitize_markdown, strip_hidden

_FORMULA = re.compile(r"\$([^$\s]*[A-Za-z\\][^$\s]*|[^$]*\\[^$]*)\$")  # not a sum of money


def escape_inline(text: str) -> str:
    """Return text as one line of Markdown without any markup."""
    line = " ".join(strip_hidden(text).split())
    return re.sub(
        r"([\\`*_{}\[\]<>#|~$&])", lambda match: WORD_JOINER + match[1] + WORD_JOINER, sanitize_markdown(line)
    )


def to_plain_line(text: str, limit: int = 80) -> str:
    """Return text as one line for a plain label, at most `limit` characters; formulas lose their LaTeX commands."""
    line = " ".join(_FORMULA.sub(_strip_latex, strip_hidden(text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _strip_latex(formula: re.Match[str]) -> str:
    """Return a formula without LaTeX commands: `\\mathbf{w}` becomes w."""
    inside = re.sub(r"\\[A-Za-z]+\{([^{}]*)\}", r"\1", formula[1])
    return re.sub(r"\\([A-Za-z]+)", r"\1", inside)


def strip_joiners(text: str) -> str:
    """Return the text a person typed, without the word joiners added for display."""
    return text.replace(WORD_JOINER, "")
