"""The offer of a hint in a browser: it waits while the learner writes, gives nothing unasked, and comes once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_idle import wait_until_idle
from test_browser_student import sign_in

from tutor.pedagogy import hint_offers

HINT = ".tutor-rung"


def test_a_silent_learner_is_offered_the_next_hint_once(
    open_page: Callable[..., Any], screenshot: Callable[[Any, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hint_offers, "SILENCE_S", 4)
    page = wait_until_idle(sign_in(open_page(width=390, height=844)))
    page.locator("#tutor-box textarea").fill("Solve 2x + 3 = 9.")
    page.keyboard.press("Enter")
    page.locator(HINT).first.wait_for()
    given, offer = page.locator(HINT).count(), page.locator(".t-offer:not([hidden])")
    for _ in range(10):  # each key starts the wait again
        page.locator("#tutor-box textarea").press("x")
        page.wait_for_timeout(500)
        assert offer.count() == 0
    offer.get_by_text("The next hint is ready").wait_for()
    assert page.locator(HINT).count() == given
    screenshot(page, "hint-offer")
    page.locator("#tutor-box textarea").fill("")
    offer.get_by_role("button", name="Next hint").click()
    page.locator(HINT).nth(given).wait_for()
    wait_until_idle(page)
    page.wait_for_timeout(4_500)
    assert offer.count() == 0
    monkeypatch.setattr(hint_offers, "SILENCE_S", 600)
    page.evaluate("sessionStorage.clear()")  # as in another window
    for number, message in enumerate(("x = 8", "x = 9"), page.locator(HINT).count()):
        page.locator("#tutor-box textarea").fill(message)
        page.keyboard.press("Enter")
        page.locator(HINT).nth(number).wait_for()
    offer.get_by_text("Not there yet?").wait_for()  # after the second failed try
