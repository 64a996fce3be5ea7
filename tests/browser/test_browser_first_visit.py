"""The first ten minutes in a browser: a new instructor's first course, and coming back where one left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from page_idle import wait_until_idle
from page_server import COVERED, PLANTS
from test_browser_student import CITATION, ask, sign_in

from tutor.domain import Role
from tutor.services import Services

OpenPage = Callable[..., Any]
GZIPPED_PAGE_BYTES = 600_000


def tab(page: Any, name: str) -> Any:
    return page.locator(f"[role=tab][data-tab-id={name}]")


def selected_tab(page: Any) -> str:
    return str(page.locator("[data-tab-id][aria-selected=true]").first.get_attribute("data-tab-id"))


def new_instructor(open_page: OpenPage, services: Services, **size: int) -> Any:
    instructor = services.accounts.create_account("mr-new", Role.INSTRUCTOR)
    page = open_page(services.accounts.issue_sign_in_link(instructor), **size)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#tutor-course-title").wait_for()
    return wait_until_idle(page)


def test_a_new_instructor_is_led_from_the_name_of_a_course_to_an_answered_question(
    open_page: OpenPage, served_app: Services, screenshot: Callable[[Any, str], None]
) -> None:
    page = new_instructor(open_page, served_app)
    page.get_by_text("Welcome, mr-new").wait_for()
    page.locator("#tutor-course-title :is(input, textarea)").fill("Botany")
    page.locator("#tutor-create").click()
    page.locator("#tutor-upload-course").get_by_text("Botany").wait_for()
    page.locator("#tutor-first-steps").get_by_text("1 of 5 done").wait_for()
    screenshot(page, "first-steps")
    files = [{"name": "plants.md", "mimeType": "text/markdown", "buffer": PLANTS}]
    page.set_input_files("#tutor-upload input[type=file]", files)
    page.get_by_role("link", name="Try it").click()
    page.locator("#tutor-chat").get_by_text("What would you like to understand?").wait_for()
    assert page.locator("#tutor-course input").input_value() == "Botany"
    ask(page, COVERED)
    wait_until_idle(page).locator(".tutor-account").get_by_role("link", name="Teach").click()
    page.locator("#tutor-first-steps").get_by_text("3 of 5 done").wait_for()
    page.get_by_role("button", name="Choose skills").click()
    assert selected_tab(page) == "skills"
    wait_until_idle(page).reload()
    page.locator("#tutor-first-steps").get_by_text("Botany").first.wait_for()
    wait_until_idle(page)
    assert page.locator("#tutor-course input").input_value() == "Botany" and selected_tab(page) == "skills"


def test_a_reload_returns_to_the_course_the_conversation_and_the_tab(open_page: OpenPage, served_app: Services) -> None:
    """A regression: it led to the first course, and learners believed that their work was lost."""
    other = served_app.courses.create(served_app.operator, "Algebra", course_id="algebra", open_to_all=True)
    served_app.documents.ingest(served_app.operator, other.id, "plants.md", PLANTS)
    page = wait_until_idle(sign_in(open_page()))
    shown = page.locator("#tutor-course input").input_value()
    left = next(title for title in ("Algebra", "Biology") if title != shown)
    page.locator("#tutor-course input").click()
    page.get_by_role("option", name=left).click()
    ask(wait_until_idle(page), COVERED)
    page.locator(CITATION).first.wait_for()
    wait_until_idle(page).reload()
    page.locator(CITATION).first.wait_for()
    assert page.locator("#tutor-course input").input_value() == left
    tab(wait_until_idle(page), "progress").click()
    wait_until_idle(page).goto(served_app.settings.url)  # without what the address said
    page.locator("#tutor-next").wait_for()
    wait_until_idle(page)
    assert selected_tab(page) == "progress" and page.locator("#tutor-course input").input_value() == left


def test_an_unfinished_quiz_is_there_after_a_reload_and_offered_above_the_chat(
    open_page: OpenPage, served_app: Services
) -> None:
    served_app.item_bank.import_items(
        served_app.operator, "biology", "::1::Name a colour {=green =red}\n\n::2::Name a gem {=beryl =ruby}"
    )
    page = wait_until_idle(sign_in(open_page()))
    tab(page, "practice").click()
    wait_until_idle(page).locator("#tutor-practice-start-button").click()
    asked = page.locator("#tutor-practice-prompt")
    asked.get_by_text("Name a").wait_for()
    question = asked.inner_text()
    wait_until_idle(page).reload()
    asked.get_by_text("Name a").wait_for()
    assert asked.inner_text() == question
    tab(wait_until_idle(page), "chat").click()
    page.locator("#tutor-greeting").get_by_text("You have begun a quiz").wait_for()
    page.locator("#tutor-greeting").get_by_role("button", name="Continue").click()
    assert selected_tab(page) == "practice"


def test_every_destination_is_one_tap_away_on_a_phone(open_page: OpenPage, served_app: Services) -> None:
    """A regression: five of the seven tabs of the instructor's page were behind "…"."""
    teacher, student = (
        new_instructor(open_page, served_app, width=390, height=844),
        wait_until_idle(sign_in(open_page(width=390, height=844))),
    )
    for page, count in ((teacher, 7), (student, 4)):
        tabs = page.locator("[role=tab][data-tab-id]:visible")
        assert tabs.count() >= count and not page.locator(".overflow-menu").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for box in (tabs.nth(n).bounding_box() for n in range(tabs.count())):
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] >= 40


def test_without_a_network_the_page_says_so_and_keeps_what_was_typed(open_page: OpenPage) -> None:
    page = wait_until_idle(sign_in(open_page()))
    page.fill("#tutor-box textarea", "Why do leaves look green?")
    page.context.set_offline(True)
    page.get_by_text("You are offline.").wait_for()
    page.context.set_offline(False)
    page.get_by_text("You are offline.").wait_for(state="detached")
    assert page.locator("#tutor-box textarea").input_value() == "Why do leaves look green?"


def test_a_cold_page_weighs_at_most_600_kb(open_page: OpenPage, served_app: Services) -> None:
    """A regression: 754 kB, most of it messages that no page shows, sent uncompressed."""
    page, received = open_page(), []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    wait_until_idle(sign_in(page))
    assert 100_000 < sum(received) <= GZIPPED_PAGE_BYTES
