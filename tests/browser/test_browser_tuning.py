"""From a better answer to a proven adapter in a real browser: at once, reviewed, trained, compared, taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_trainer import write_at_once
from page_server import ANSWER, COVERED, SlowEngine, biology, free_port, instructor_link
from test_browser_student import ask, guest, sign_in, until, write_better

from adapters.records import TrainedAdapter, TrainingJob, TrainingProgress
from knowledge.embedding import HashingEmbedder
from tutor.domain import CorrectionState
from tutor.engine.base import Request
from tutor.engine.model_files import ModelFiles
from tutor.platform.settings import Settings
from tutor.services import House, open_house
from tutor.ui.pages import build_pages, launch_arguments

Shoot = Callable[[Any, str], None]
Tell = Callable[[TrainingProgress], None]
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
    return write_at_once(job, tell, stop)


class TwoVoices(SlowEngine):
    """Says something else under an adapter, so that the sides of a comparison differ."""

    def __init__(self) -> None:
        super().__init__(ANSWER)
        self._answer = lambda request: self._voice(request)

    def _voice(self, request: Request) -> str:
        return "Green is left over. Remember: green is what leaves do not want." if request.adapter else self.says


@pytest.fixture
def served(tmp_path: Path) -> Iterator[House]:
    settings = Settings(data_dir=tmp_path / "var", sample_course=False, port=free_port())
    house = open_house(settings, engine=TwoVoices(), embedder=HashingEmbedder())
    files = ModelFiles(tmp_path, "tiny", house.engine.info().base_sha256)
    house = replace(house, training=replace(house.training, trainer=train_slowly, open_model=lambda *_: files))
    pages = build_pages(house)
    try:
        biology(house)
        pages.launch(**launch_arguments(house), prevent_thread_lock=True)
        yield house
    finally:
        pages.close()
        house.close()


def taught(page: Any) -> Any:
    """A learner who has written three better answers."""
    for question, better in QUESTIONS.items():
        ask_anew(page, question)
        write_better(page, better)
    return page


def ask_anew(page: Any, question: str) -> None:
    page.locator("#tutor-new").dispatch_event("click")  # on a phone the sidebar is closed
    page.get_by_text("What would you like to understand?").wait_for()
    ask(page, question)


def test_a_better_answer_works_at_once_trains_is_compared_and_is_taken_back_with_its_adapter(
    open_page: Callable[..., Any], served: House, shoot: Shoot
):
    page = taught(sign_in(open_page(height=1500)))
    ask_anew(page, COVERED)
    page.get_by_text("As you taught it").wait_for()
    shoot(page, "tuning-1-as-you-taught-it")
    page.get_by_role("tab", name="My tutor").click()
    page.get_by_text("3 better answers to learn from").wait_for()
    page.locator("#tutor-train").click()
    page.locator("#tutor-losses canvas, #tutor-losses svg").first.wait_for()
    page.locator("#tutor-losses").get_by_text("held out").wait_for()
    shoot(page, "tuning-2-training")
    page.get_by_text("it answers from now on").wait_for()
    page.locator("#tutor-details").get_by_text("Let in.").wait_for()
    page.locator("#tutor-proof textarea").fill(COVERED)
    page.locator("#tutor-proof textarea").press("Enter")
    page.locator("#tutor-proof-adapter").get_by_text("leaves do not want").wait_for()
    page.locator("#tutor-proof-base").get_by_text("stroma of the chloroplast").wait_for()
    shoot(page, "tuning-3-proof")
    who = guest(served)
    (version,) = served.versions.of(who, who.id, "biology")
    page.locator("#tutor-corrections input").first.check()
    page.locator("#tutor-withdraw").click()
    page.get_by_text("deleted at once: v1").wait_for()
    page.locator("#tutor-withdraw-yes").click()
    page.locator("#tutor-state").get_by_text("base tutor").wait_for()
    page.get_by_text("something it learnt was taken back").wait_for()
    page.get_by_text("Not enough to train: 2 of 3").wait_for()
    shoot(page, "tuning-4-taken-back")
    assert not (served.office.root.path / version.directory).exists()
    page.locator("#tutor-delete-version").click()
    page.locator("#tutor-delete-yes").click()
    page.get_by_text("No version has been trained yet").wait_for()


def test_a_teacher_decides_by_keyboard_and_the_learner_sees_it(
    open_page: Callable[..., Any], served: House, shoot: Shoot
):
    learner = taught(sign_in(open_page()))
    who = guest(served)
    teacher = open_page(instructor_link(served))
    teacher.get_by_role("button", name="Sign in").click()
    teacher.get_by_role("tab", name="Better answers (3)").click()
    teacher.locator("#tutor-review-detail").get_by_text("What the course says").wait_for()
    shoot(teacher, "review-1-waiting")
    teacher.locator("#tutor-review input").first.focus()
    teacher.keyboard.press("a")
    teacher.get_by_role("tab", name="Better answers (2)").wait_for()
    teacher.locator("#tutor-review-reason textarea, #tutor-review-reason input").fill("not what the book says")
    teacher.locator("#tutor-decline").click()
    teacher.get_by_role("tab", name="Better answers (1)").wait_for()
    states = {c.text: c.state for c in served.feedback.corrections(who, "biology") if not c.waits}
    assert sorted(states.values()) == [CorrectionState.ACCEPTED, CorrectionState.DECLINED]
    learner.get_by_role("tab", name="My tutor").click()
    learner.get_by_text("declined by your teacher: not what the book says").wait_for()
    teacher.locator("#tutor-review input").first.focus()
    teacher.keyboard.press("u")
    teacher.get_by_role("tab", name="Better answers (2)").wait_for()
    until(lambda: sum(c.waits for c in served.feedback.corrections(who, "biology")) == 2)
    shoot(teacher, "review-2-undone")
    bob = sign_in(open_page())
    accepted = next(text for text, state in states.items() if state is CorrectionState.ACCEPTED)
    ask(bob, next(question for question, better in QUESTIONS.items() if better == accepted))
    bob.get_by_text("Checked by your teacher").wait_for()
    shoot(bob, "review-3-checked-by-your-teacher")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_both_panels_stay_inside(open_page: Callable[..., Any], served: House, shoot: Shoot, scheme: str):
    page = open_page(width=390, height=1600, color_scheme=scheme)
    taught(sign_in(page))
    page.get_by_role("tab", name="My tutor").click()
    page.get_by_text("3 better answers to learn from").wait_for()
    shoot(page, f"tuning-phone-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    teacher = open_page(instructor_link(served), width=390, height=1600, color_scheme=scheme)
    teacher.get_by_role("button", name="Sign in").click()
    teacher.get_by_role("tab", name="Better answers (3)").click()
    teacher.locator("#tutor-review-detail").get_by_text("What the course says").wait_for()
    shoot(teacher, f"review-phone-{scheme}")
    assert teacher.evaluate("document.documentElement.scrollWidth") <= 390
