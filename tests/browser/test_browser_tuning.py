"""From a better answer to an adapter in a browser: used at once, reviewed, trained, compared, withdrawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_trainer import fake_train
from page_server import ANSWER, COVERED, SlowEngine, create_biology_course, free_port, instructor_link
from test_browser_student import ask, guest, sign_in, wait_until, write_correction

from adapters.records import TrainedAdapter, TrainingJob, TrainingProgress
from knowledge.embedding import HashingEmbedder
from tutor.domain import CorrectionState
from tutor.engine.base import GenerationRequest
from tutor.engine.model_files import ModelFiles
from tutor.platform.settings import Settings
from tutor.services import Services, open_services
from tutor.ui.pages import build_pages, launch_arguments

Shoot = Callable[[Any, str], None]
BETTER = "Chlorophyll reflects green light. Remember: green is what leaves do not want."
QUESTIONS = {
    COVERED: BETTER,
    "Does the Calvin cycle build sugar from carbon dioxide?": "It builds sugar. Remember: without light.",
    "Where in the chloroplast does the Calvin cycle build sugar?": "In the stroma. Remember: not in the thylakoid.",
}


def train_slowly(
    job: TrainingJob, tell: Callable[[TrainingProgress], None], stop: Callable[[], bool]
) -> TrainedAdapter:
    for step in range(1, 13):
        held_out = 3.2 / step + 0.1 if step % 4 == 0 else None
        tell(TrainingProgress("training", step, 12, 3.0 / step, held_out))
        time.sleep(0.25)
    return fake_train(job, tell, stop)


class StyleSwitchingEngine(SlowEngine):
    """Answers differently with an adapter, so that the two sides of a comparison differ."""

    def __init__(self) -> None:
        super().__init__(ANSWER)
        self._answer = lambda request: self._voice(request)

    def _voice(self, request: GenerationRequest) -> str:
        return "Green is left over. Remember: green is what leaves do not want." if request.adapter else self.reply_text


@pytest.fixture
def served_app(tmp_path: Path) -> Iterator[Services]:
    settings = Settings(data_dir=tmp_path / "var", sample_course=False, port=free_port())
    services = open_services(settings, engine=StyleSwitchingEngine(), embedder=HashingEmbedder())
    files = ModelFiles(tmp_path, "tiny", services.engine.info().base_sha256)
    services = replace(services, training=replace(services.training, trainer=train_slowly, open_model=lambda *_: files))
    pages = build_pages(services)
    try:
        create_biology_course(services)
        pages.launch(**launch_arguments(services), prevent_thread_lock=True)
        yield services
    finally:
        pages.close()
        services.close()


def write_two_corrections(page: Any) -> Any:
    """A learner who has written three better answers."""
    for question, better in QUESTIONS.items():
        ask_in_new_chat(page, question)
        write_correction(page, better)
    return page


def ask_in_new_chat(page: Any, question: str) -> None:
    page.locator("#tutor-new").dispatch_event("click")  # on a phone the sidebar is closed
    page.get_by_text("What would you like to understand?").wait_for()
    ask(page, question)


def test_a_correction_applies_at_once_trains_is_compared_and_withdrawn_with_its_adapter(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot
):
    page = write_two_corrections(sign_in(open_page(height=1500)))
    ask_in_new_chat(page, COVERED)
    page.get_by_text("Your better answer").wait_for()
    screenshot(page, "tuning-1-as-you-taught-it")
    page.get_by_role("tab", name="My tutor").click()
    page.get_by_text("3 better answers to learn from").wait_for()
    page.locator("#tutor-train").click()
    page.locator("#tutor-losses canvas, #tutor-losses svg").first.wait_for()
    page.locator("#tutor-losses").get_by_text("not trained on").wait_for()
    screenshot(page, "tuning-2-training")
    page.get_by_text("The new version answers from now on").wait_for()
    page.locator("#tutor-details").get_by_text("Passed the check.").wait_for()
    page.locator("#tutor-comparison textarea").fill(COVERED)
    page.locator("#tutor-comparison textarea").press("Enter")
    page.locator("#tutor-comparison-adapter").get_by_text("leaves do not want").wait_for()
    page.locator("#tutor-comparison-base").get_by_text("stroma of the chloroplast").wait_for()
    screenshot(page, "tuning-3-proof")
    actor = guest(served_app)
    (version,) = served_app.adapter_versions.list_versions(actor, actor.id, "biology")
    page.locator("#tutor-corrections input").first.check()
    page.locator("#tutor-withdraw").click()
    page.get_by_text("deleted: v1").wait_for()
    page.locator("#tutor-withdraw-yes").click()
    page.locator("#tutor-state").get_by_text("base tutor").wait_for()
    page.get_by_text("a better answer it was trained on was taken back").wait_for()
    page.get_by_text("Not enough to train yet: 2 of 3").wait_for()
    screenshot(page, "tuning-4-taken-back")
    assert not (served_app.data_dir.path / version.directory).exists()
    page.locator("#tutor-delete-version").click()
    page.locator("#tutor-delete-yes").click()
    page.get_by_text("No version has been trained yet").wait_for()


def test_an_instructor_reviews_by_keyboard_and_the_learner_sees_the_decision(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot
):
    learner = write_two_corrections(sign_in(open_page()))
    actor = guest(served_app)
    teacher = open_page(instructor_link(served_app))
    teacher.get_by_role("button", name="Sign in").click()
    teacher.get_by_role("tab", name="Better answers (3)").click()
    teacher.locator("#tutor-review-detail").get_by_text("What the course says").wait_for()
    screenshot(teacher, "review-1-waiting")
    teacher.locator("#tutor-review input").first.focus()
    teacher.keyboard.press("a")
    teacher.get_by_role("tab", name="Better answers (2)").wait_for()
    teacher.locator("#tutor-review-reason textarea, #tutor-review-reason input").fill("not what the book says")
    teacher.locator("#tutor-decline").click()
    teacher.get_by_role("tab", name="Better answers (1)").wait_for()
    states = {c.text: c.state for c in served_app.feedback.list_corrections(actor, "biology") if not c.is_pending}
    assert sorted(states.values()) == [CorrectionState.ACCEPTED, CorrectionState.DECLINED]
    learner.get_by_role("tab", name="My tutor").click()
    learner.get_by_text("declined by your instructor: not what the book says").wait_for()
    teacher.locator("#tutor-review input").first.focus()
    teacher.keyboard.press("u")
    teacher.get_by_role("tab", name="Better answers (2)").wait_for()
    wait_until(lambda: sum(c.is_pending for c in served_app.feedback.list_corrections(actor, "biology")) == 2)
    screenshot(teacher, "review-2-undone")
    bob = sign_in(open_page())
    accepted = next(text for text, state in states.items() if state is CorrectionState.ACCEPTED)
    ask(bob, next(question for question, better in QUESTIONS.items() if better == accepted))
    bob.get_by_text("Checked by your instructor").wait_for()
    screenshot(bob, "review-3-checked-by-your-teacher")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_adapter_panels_fit_a_phone(
    open_page: Callable[..., Any], served_app: Services, screenshot: Shoot, scheme: str
):
    page = open_page(width=390, height=1600, color_scheme=scheme)
    write_two_corrections(sign_in(page))
    page.get_by_role("tab", name="My tutor").click()
    page.get_by_text("3 better answers to learn from").wait_for()
    screenshot(page, f"tuning-phone-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    teacher = open_page(instructor_link(served_app), width=390, height=1600, color_scheme=scheme)
    teacher.get_by_role("button", name="Sign in").click()
    teacher.get_by_role("tab", name="Better answers (3)").click()
    teacher.locator("#tutor-review-detail").get_by_text("What the course says").wait_for()
    screenshot(teacher, f"review-phone-{scheme}")
    assert teacher.evaluate("document.documentElement.scrollWidth") <= 390
