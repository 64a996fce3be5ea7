"""The whole product with the bundled models in a browser: ask, write better answers, train, ask again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from page_server import free_port
from test_browser_student import BOX, sign_in, write_correction

from tutor.platform.settings import Settings
from tutor.services import Services, open_services
from tutor.ui.pages import build_pages, launch_arguments

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(1800)]
FINISHED = "How this answer came about"  # the link below every answer, quoted or written
MODEL_MS = 300_000  # for a small, shared machine
TRAINING_MS = 900_000
BETTER = {
    "Why do plants look green?": "Plants look green because chlorophyll reflects green light. Remember: green is the "
    "light that leaves do not want.",
    "What happens in the light reactions?": "In the light reactions water is split and oxygen is set free. Remember: "
    "light first, sugar later.",
    "What is the Calvin cycle?": "The Calvin cycle builds sugar from carbon dioxide. Remember: it is not lit.",
}


@pytest.fixture
def served_app(tmp_path: Path) -> Iterator[Services]:
    """The bundled models and the sample course, as `make run` opens them."""
    services = open_services(Settings(data_dir=tmp_path / "var", model="bundled", embedder="bundled", port=free_port()))
    services.seed_sample_course(wait=True)
    services.wait_until_ready()
    pages = build_pages(services)
    try:
        pages.launch(**launch_arguments(services), prevent_thread_lock=True)
        yield services
    finally:
        pages.close()
        services.close()
        shutil.rmtree(tmp_path, ignore_errors=True)


def answer_to(page: Any, question: str) -> str:
    """Ask in a new chat and return the answer that the page shows."""
    page.locator("#tutor-new").click()
    page.get_by_text("What would you like to understand?").wait_for()
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    page.locator("#tutor-chat").get_by_text(FINISHED).wait_for(timeout=MODEL_MS)
    page.wait_for_selector("#tutor-box .submit-button")
    return str(page.locator("#tutor-chat .message.bot, #tutor-chat .bot").last.inner_text())


def test_corrections_train_the_learners_own_adapter_only(
    open_page: Callable[..., Any], served_app: Services, screenshot: Callable[[Any, str], None]
):
    question = next(iter(BETTER))
    ada, bob = sign_in(open_page()), sign_in(open_page())
    before = answer_to(bob, question)
    for asked, better in BETTER.items():
        answer_to(ada, asked)
        write_correction(ada, better)
    ada.get_by_role("tab", name="My tutor").click()
    ada.locator("#tutor-train").click()
    ada.locator("#tutor-training").get_by_text("%").wait_for()
    screenshot(ada, "real-1-training")
    ada.locator("#tutor-training").get_by_text("answers from now on").wait_for(timeout=TRAINING_MS)
    screenshot(ada, "real-2-trained")
    ada.get_by_role("tab", name="Chat").click()
    after = answer_to(ada, question)
    screenshot(ada, "real-3-answer")
    assert "with your tutor" in after and "Remember" in after
    assert _words(answer_to(bob, question)) == _words(before)
    ada.get_by_role("tab", name="My tutor").click()
    ada.locator("#tutor-off").click()
    ada.locator("#tutor-state").get_by_text("base tutor").wait_for()
    ada.get_by_role("tab", name="Chat").click()
    assert _words(answer_to(ada, question)) == _words(before)


def _words(shown: str) -> str:
    """Return an answer without the line with its seconds."""
    return "\n".join(line for line in shown.splitlines() if FINISHED not in line)
