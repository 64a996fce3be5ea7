"""No tag, link or image comes out of what a person or a model wrote, however the browser reads the code in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from test_browser_student import ask, sign_in

OVERLAY = '<div id="overlay" style="position:fixed;inset:0;z-index:9999;background:#fff">Sign in again</div>'
# What a standard parser reads as code, and the browser does not.
DISAGREEMENTS = {
    "cells of a table": f"`a | {OVERLAY} | b`\n--- | --- | ---\n`c | {OVERLAY} | d`",
    "a tilde before the mark": f"a ~`b` {OVERLAY} `c` ~`d` {OVERLAY}` e",
    "text that is struck out": f"~~a `b~~ {OVERLAY} `",
    "a formula that begins in code": f"`a $$ b` {OVERLAY} `c $$ d` `{OVERLAY}`",
    "a formula that begins before a fence": f"$$ a $ b\n```\n$$ {OVERLAY}\n```",
    "emphasis around two marks": f"*``{OVERLAY}* ``",
    "four pieces of code": f"`{OVERLAY}` or `{OVERLAY}` ~`{OVERLAY}` and ``{OVERLAY}`` | `{OVERLAY}`\n---|---\n",
    "a link that ends in code": "[a [b `] c](https://evil.example) d` [e ``](https://evil.example) f``",
    "an address in a word": "awww.evil.example and bwww.evil.example",
}
FOUND = "#tutor-chat .md :is(#overlay, img, a[href*='evil'])"


def show(page: Any, text: str) -> Any:
    """Send a message and return it as the page shows it."""
    ask(page, text, wait=False)
    page.wait_for_selector("#tutor-box .submit-button")
    message = page.locator("#tutor-chat .message.user .md").last
    message.get_by_text(text.split()[0]).first.wait_for()
    return message


@pytest.mark.parametrize("name", DISAGREEMENTS)
def test_no_overlay_link_or_image_comes_out_of_code(open_page: Callable[..., Any], name: str) -> None:
    page = sign_in(open_page())
    show(page, f"Look: {DISAGREEMENTS[name]}")
    assert page.locator(FOUND).count() == 0


def test_code_of_a_web_course_is_shown_as_it_was_written(open_page: Callable[..., Any]) -> None:
    page = sign_in(open_page())
    message = show(page, "Bold `<b>` is no `<strong>`.\n\n```html\n<p class='x'>a < b</p>\n```\n\nSo it **is**.")
    message.locator("pre code").wait_for()
    codes = message.locator("code").all_text_contents()
    assert [code.strip() for code in codes] == ["<b>", "<strong>", "<p class='x'>a < b</p>"]
