"""The look of the pages: text can be read on everything behind it, in the light and in the dark."""

from __future__ import annotations

import re

import pytest

from tutor.ui import page_scripts, static_pages
from tutor.ui.pictures import FOLDER, colours, picture, picture_css
from tutor.ui.theme import GREEN, PAPER, build_theme

TEXT_ON = (
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "warm-soft"),
    ("soft", "paper"),
    ("soft", "card"),
    ("link", "paper"),
    ("link", "card"),
    ("error", "card"),
    ("error", "paper"),
    ("warm", "warm-soft"),
    ("main-strong", "main-soft"),
    ("main-strong", "paper"),
    ("on-main", "main"),
    ("on-mark", "mark"),
)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [":root", ".dark"])
@pytest.mark.parametrize(("text", "behind"), TEXT_ON)
def test_text_has_the_contrast_that_wcag_asks_for(scheme: str, text: str, behind: str) -> None:
    known = colours(scheme)
    assert contrast(known[f"--t-{text}"], known[f"--t-{behind}"]) >= 4.5


def test_our_own_parts_have_the_colours_of_the_theme() -> None:
    light, dark, theme = colours(":root"), colours(".dark"), build_theme()
    assert (light["--t-main"], light["--t-paper"], light["--t-ink"]) == (GREEN.c600, PAPER.c50, PAPER.c900)
    assert (dark["--t-paper"], dark["--t-card"]) == (PAPER.c950, PAPER.c900)
    assert theme.body_background_fill == "*neutral_50" and theme.button_primary_background_fill == "*primary_600"


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.svg")))
def test_a_picture_is_small_decoration_in_the_colours_of_the_page(name: str) -> None:
    drawing = picture(name)
    assert 'aria-hidden="true"' in drawing and len(drawing) < 1_500
    assert set(re.findall(r"var\((--[a-z-]+)\)", drawing)) <= set(colours(":root"))
    assert "http" not in drawing and "var(" not in picture_css("#x", name)


def test_pages_without_gradio_follow_the_dark_mode_of_the_system() -> None:
    assert "@media screen and (prefers-color-scheme: dark) { :root { --t-paper: #131c19" in static_pages.PAGE_CSS
    assert ".dark {" not in static_pages.PAGE_CSS.replace(":root, .dark {", "")


def test_styles_respect_wishes_for_contrast_and_calm() -> None:
    styles = page_scripts.render_head()
    assert "prefers-contrast: more" in styles and "prefers-reduced-motion: reduce" in styles
