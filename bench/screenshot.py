"""Take docs/screenshot.png: a guest asks questions at a running server, and the page is captured.

    python -m bench.screenshot http://127.0.0.1:7860 docs/screenshot.png "What do the light reactions produce?" \\
        "Solve 3x + 5 = 20"

A minute.
"""

from __future__ import annotations

import argparse
import json
import shutil

from playwright.sync_api import sync_playwright


def take(url: str, questions: list[str], out: str, timeout_s: float) -> str:
    """Take the picture and return the text of the chat in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1000}, locale="en-US")
        page.set_default_timeout(timeout_s * 1000)
        page.goto(url)
        page.get_by_role("button", name="Start as a guest").click()
        page.locator("#tutor-chat .placeholder").wait_for()
        for number, question in enumerate(questions, start=1):
            page.fill("#tutor-box textarea", question)
            page.press("#tutor-box textarea", "Enter")
            page.locator('#tutor-chat [data-testid="bot"]').nth(number - 1).wait_for()
            page.locator("#tutor-box .stop-button").wait_for(state="hidden")
        page.wait_for_timeout(1000)
        page.screenshot(path=out)
        answer = page.locator("#tutor-chat").inner_text()
        browser.close()
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("out")
    parser.add_argument("questions", nargs="+")
    parser.add_argument("--timeout", type=float, default=300.0, metavar="SECONDS")
    given = parser.parse_args()
    answer = take(given.url, given.questions, given.out, given.timeout)
    print(answer)
    print(json.dumps({"questions": given.questions, "picture": given.out, "characters": len(answer)}))


if __name__ == "__main__":
    main()
