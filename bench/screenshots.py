"""Take the pictures of the documentation: a server of its own is started, and a student and an instructor use it.

    python -m bench.screenshots docs/pictures

The language model is the one that `TUTOR_MODEL` names. Three to ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ("What do the light reactions produce?", "Solve 3x + 5 = 20")
DOCUMENT = ROOT / "examples" / "sample_course" / "photosynthesis.md"
TIMEOUT_MS = 300_000.0
DESKTOP = {"width": 1280, "height": 860}
TALL = {"width": 1280, "height": 1120}  # shows a question with its answer and an exercise whole
WEBP_QUALITY = 82


@dataclass(frozen=True, slots=True)
class Photographer:
    """Takes pictures of pages into a folder."""

    folder: Path

    def take(self, page: Any, name: str) -> None:
        page.wait_for_timeout(1500)
        page.wait_for_function("!document.querySelector('.toast-body')")  # messages lie over the page
        picture = Image.open(io.BytesIO(page.screenshot()))
        picture.convert("RGB").save(self.folder / f"{name}.webp", quality=WEBP_QUALITY, method=6)


@contextmanager
def serve(folder: Path) -> Iterator[tuple[str, str]]:
    """Start the tutor on a free port; yield its address and the first instructor's sign-in link."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "TUTOR_DATA_DIR": str(folder), "TUTOR_PORT": str(port)}
    command = [sys.executable, str(ROOT / "app.py")]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            link = next(line for line in iter(server.stdout.readline, "") if "/join?token=" in line).split()[-1]
            yield f"http://127.0.0.1:{port}", link
        finally:
            server.send_signal(signal.SIGTERM)


def photograph_student(page: Any, url: str, camera: Photographer) -> None:
    page.goto(url)
    camera.take(page, "welcome")
    page.get_by_role("button", name="Start as a guest").click()
    page.locator("#tutor-chat .example").first.wait_for()
    camera.take(page, "first-question")
    for question in QUESTIONS:
        ask(page, question)
    page.set_viewport_size(TALL)
    camera.take(page, "answer")
    page.set_viewport_size(DESKTOP)
    page.locator('#tutor-chat a[href*="/passage/"]').first.click()
    page.locator("dialog mark").wait_for()
    camera.take(page, "source")
    page.keyboard.press("Escape")
    open_tab(page, "practice")
    page.locator("#tutor-practice-start-button").click()
    page.locator("#tutor-practice-prompt").wait_for()
    camera.take(page, "practice")
    open_tab(page, "progress")
    page.locator("#tutor-map svg").wait_for()
    camera.take(page, "progress")


def photograph_instructor(page: Any, link: str, camera: Photographer) -> None:
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#tutor-course-title").wait_for()
    page.locator("#tutor-course-title :is(input, textarea)").fill("Biology 9b")
    page.locator("#tutor-create").click()
    page.locator("#tutor-first-steps").get_by_text("1 of 5 done").wait_for()
    page.set_input_files("#tutor-upload input[type=file]", str(DOCUMENT))
    page.locator("#tutor-first-steps").get_by_text("2 of 5 done").wait_for()
    camera.take(page, "first-steps")
    open_tab(page, "skills")
    page.locator("#tutor-proposals label").first.wait_for()
    page.locator("#tutor-proposals").scroll_into_view_if_needed()
    camera.take(page, "skills")
    open_tab(page, "people")
    page.locator("#tutor-join-qr svg").wait_for()
    page.locator("#tutor-join-qr").scroll_into_view_if_needed()
    camera.take(page, "class-link")


def ask(page: Any, question: str) -> None:
    answers = page.locator('#tutor-chat [data-testid="bot"]')
    before = answers.count()
    page.fill("#tutor-box textarea", question)
    page.press("#tutor-box textarea", "Enter")
    answers.nth(before).wait_for()
    page.locator("#tutor-box .submit-button").wait_for()


def open_tab(page: Any, name: str) -> None:
    page.locator(f"[role=tab][data-tab-id={name}]").click()


def take_all(folder: Path) -> list[str]:
    """Take every picture; return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, serve(Path(data)) as (url, link), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        for photograph, address in ((photograph_instructor, link), (photograph_student, url)):
            page = browser.new_page(viewport=DESKTOP, locale="en-US")
            page.set_default_timeout(TIMEOUT_MS)
            photograph(page, address, Photographer(folder))
        browser.close()
    return sorted(path.name for path in folder.glob("*.webp"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    print(json.dumps({"pictures": take_all(parser.parse_args().folder)}))


if __name__ == "__main__":
    main()
