"""The style sheets of `assets/`, as they are written into pages."""

from __future__ import annotations

import re
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DARK_RULES = re.compile(r"^( *)\.dark (\{.*?\})", re.DOTALL | re.MULTILINE)
_SYSTEM_DARK = r"\1@media screen and (prefers-color-scheme: dark) { :root \2 }"


def read_styles(*names: str) -> str:
    """Return the sheets one after the other, without their comments."""
    return "".join(_COMMENT.sub("", (ASSETS / name).read_text("utf-8")) for name in names)


def follow_system_scheme(css: str) -> str:
    """Return styles whose rules for Gradio's dark mode apply where the system is dark: outside it no script tells."""
    return _DARK_RULES.sub(_SYSTEM_DARK, css)
