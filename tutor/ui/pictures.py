"""Our own illustrations: decoration without a text, in the colours of the page."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote

from tutor.ui.styles import ASSETS, read_styles

FOLDER = ASSETS / "pictures"
_VARIABLE = re.compile(r"var\((--[a-z-]+)\)")


@cache
def picture(name: str) -> str:
    """Return an illustration as inline SVG; raises FileNotFoundError for an unknown name."""
    return (FOLDER / f"{name}.svg").read_text("utf-8").strip()


def picture_css(selector: str, name: str) -> str:
    """Return a rule that makes an illustration the background of an element, in the light and in the dark.

    A background cannot see the colours of the page, so they are written into it.
    """
    return "".join(
        f'{prefix}{selector} {{ background-image: url("{_data_url(name, colours(scheme))}"); }}'
        for prefix, scheme in (("", ":root"), (".dark ", ".dark"))
    )


@cache
def colours(scheme: str) -> dict[str, str]:
    """Return the colours of `assets/colours.css` by name, for the scheme ":root" or ".dark"."""
    rules = re.search(rf"^{re.escape(scheme)} \{{(.*?)\}}", read_styles("colours.css"), re.M | re.S)
    assert rules is not None
    return dict(re.findall(r"(--t-[a-z-]+): (#[0-9a-f]{6});", rules[1]))


def _data_url(name: str, known: dict[str, str]) -> str:
    drawing = _VARIABLE.sub(lambda variable: known[variable[1]], picture(name))
    return "data:image/svg+xml," + quote(drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
