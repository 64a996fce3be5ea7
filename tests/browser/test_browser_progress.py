"""Progress in a browser: the learner's tab and profile, the instructor's class, on a desktop and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from page_idle import wait_until_idle
from page_server import instructor_link

from tutor.assessment.items import ItemKind
from tutor.domain import Outcome, Person, Role, Skill
from tutor.progress.evidence_log import GradedAnswer
from tutor.services import Services

COURSE = "biology"
Shoot = Callable[[Any, str], None]


@pytest.fixture
def class_of_learners(served_app: Services) -> list[Person]:
    """Six learners with answers on two skills; the last three know neither."""
    operator = served_app.operator
    skills = [Skill("light", COURSE, "Light"), Skill("sugar", COURSE, "Sugar", prerequisites=("light",))]
    served_app.courses.declare_skills(operator, COURSE, skills)
    made = [served_app.accounts.create_account(f"pupil-{n}", Role.LEARNER) for n in range(6)]
    for n, actor in enumerate(made):
        for m in range(8):
            right = Outcome.RIGHT if n < 3 else Outcome.WRONG
            shows = None if n < 3 else "plants eat soil"
            judged = GradedAnswer(
                COURSE, f"i{m}", (("light", "sugar")[m % 2],), right, "t", f"{n}-{m}", misconception=shows
            )
            served_app.evidence_log.record(actor, judged)
    return made


def sign_in_and_open_progress(page: Any) -> Any:
    page.locator("form button").click()
    page.get_by_role("link", name="Skip this").click()
    page.wait_for_selector("#tutor-box textarea")
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_learner_sees_progress_edits_the_profile_and_deletes_a_statement(
    open_page, served_app, class_of_learners, screenshot, width, scheme
):
    page = sign_in_and_open_progress(
        open_page(served_app.accounts.issue_sign_in_link(class_of_learners[4]), width=width, color_scheme=scheme)
    )
    page.get_by_role("tab", name="Progress", exact=True).click()
    page.locator("#tp-mastery .tp-skill").nth(1).wait_for()
    assert "0 of 4 right on your own" in page.locator("#tp-mastery").inner_text()
    assert "0 of 8 right" in page.locator("#tp-help").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, f"progress-{width}-{scheme}")
    page.locator("#tutor-profile button").first.click()
    page.locator("#tutor-profile-save").wait_for()
    wait_until_idle(page).fill("#tutor-goals input, #tutor-goals textarea", "pass in May")
    page.locator("#tutor-profile-save").click()
    page.locator("#tutor-prompt-block blockquote", has_text="pass in May").wait_for()
    page.locator("#tutor-statements label", has_text="Sugar").first.click()
    page.locator("#tutor-statement-delete").click()
    page.locator("#tutor-prompt-block blockquote").filter(has_not_text="Sugar").wait_for()
    wait_until_idle(page).locator("#tutor-statement-undo").click()
    page.locator("#tutor-prompt-block blockquote", has_text="Sugar").wait_for()
    page.locator("#tutor-statements label", has_text="Sugar").first.click()
    wait_until_idle(page).locator("#tutor-statement-delete").click()
    page.locator("#tutor-prompt-block blockquote").filter(has_not_text="Sugar").wait_for()
    screenshot(page, f"profile-{width}-{scheme}")
    assert served_app.profiles.own_profile(class_of_learners[4], COURSE).stored.self_reported == {
        "goals": "pass in May"
    }


@pytest.mark.parametrize(
    ("button", "number"),
    [("#tutor-placement-start", "question 1 of at most 15"), ("#tutor-practise-skill", "Question 1 of 1")],
)
def test_the_progress_buttons_start_placement_or_recommended_practice(
    open_page, served_app, class_of_learners, button, number
):
    author, new = served_app.operator, served_app.accounts.create_account("new-here", Role.LEARNER)
    served_app.item_bank.add_item(author, COURSE, ItemKind.TRUE_FALSE, "Light matters to plants.", ["true"])
    page = sign_in_and_open_progress(open_page(served_app.accounts.issue_sign_in_link(new)))
    page.get_by_role("tab", name="Progress", exact=True).click()
    page.locator(button).click()
    page.get_by_text("Light matters to plants.").wait_for()
    assert number in page.locator("#tutor-practice-number").inner_text()
    assert page.get_by_role("tab", name="Practice", exact=True).get_attribute("aria-selected") == "true"


def test_an_instructor_sees_the_class_and_the_printed_report_is_anonymous(
    open_page, served_app, class_of_learners, screenshot
):
    page = open_page(instructor_link(served_app))
    page.locator("form button").click()
    page.get_by_role("tab", name="Class", exact=True).click()
    page.locator("#tp-map tbody tr").nth(5).wait_for()
    assert "plants eat soil" in page.locator("#tp-beliefs").inner_text()
    page.locator("#tp-stuck summary").first.click()
    assert "pupil-5" in page.locator("#tp-stuck").inner_text()
    screenshot(page, "class")
    wait_until_idle(page).goto(f"{served_app.settings.url}/class/report?course={COURSE}")
    assert "<5" in page.locator("#tp-skills").inner_text()
    assert "pupil-" not in page.content()
    screenshot(page, "class-report")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_wide_class_map_scrolls_on_mobile_with_a_fade(open_page, served_app, class_of_learners, screenshot, scheme):
    """A regression: nothing showed that the map scrolls, and the learners' names scrolled out of sight."""
    more = [Skill(f"more{n}", COURSE, f"Another skill {n}") for n in range(6)]
    old = served_app.courses.skills(served_app.operator, COURSE)
    served_app.courses.declare_skills(served_app.operator, COURSE, [*old, *more])
    page = open_page(instructor_link(served_app), width=390, color_scheme=scheme)
    page.locator("form button").click()
    page.get_by_role("tab", name="Class").click()
    page.locator("#tp-map tbody tr").nth(5).wait_for()
    scroller, name = page.locator("#tp-map .tp-scroll"), page.locator("#tp-map tbody th").first
    fade = "e => getComputedStyle(e).getPropertyValue('--tp-fade')"
    left = name.bounding_box()["x"]
    assert scroller.evaluate(fade) == "48px"
    assert page.locator("#tp-stuck .tp-scroll").first.evaluate(fade) == "0px"
    screenshot(page, f"class-map-390-{scheme}")
    scroller.evaluate("e => e.scrollTo(e.scrollWidth, 0)")
    page.wait_for_function(
        "getComputedStyle(document.querySelector('#tp-map .tp-scroll')).getPropertyValue('--tp-fade') === '0px'"
    )
    assert abs(name.bounding_box()["x"] - left) <= 2
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_learner_cannot_open_instructor_pages(open_page, served_app, class_of_learners):
    page = sign_in_and_open_progress(open_page(served_app.accounts.issue_sign_in_link(class_of_learners[0])))
    for path in ("/class/report", "/class/skills.csv", "/class/xapi.json"):
        assert page.request.get(f"{served_app.settings.url}{path}?course={COURSE}").status == 403
    mine = page.request.get(f"{served_app.settings.url}/progress/xapi.json?course={COURSE}")
    assert mine.status == 200 and len(mine.json()) == 8


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", "en"), (390, "dark", "zh")])
def test_an_instructor_imports_xapi_statements(
    open_page, served_app, class_of_learners, screenshot, tmp_path, width, scheme, language
):
    """A regression: an unreadable line of the roster lost the file, and the next try failed."""
    told = {
        "id": "one",
        "actor": {"mbox": "mailto:p1@uni.example"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "https://lms.example/quiz/1"},
        "result": {"success": True},
        "timestamp": "2026-01-05T09:00:00Z",
    }
    file = tmp_path / "statements.json"
    file.write_text(json.dumps([told, {**told, "id": "two", "actor": {"name": "nobody"}}]))
    link = instructor_link(served_app)
    served_app.accounts.set_language(served_app.accounts.get_by_name("ms-frizzle"), language)
    page = open_page(link, color_scheme=scheme)
    page.locator("form button").click()
    page.get_by_role("tab", name="班级" if language == "zh" else "Class", exact=True).click()
    page.locator("#tp-map tbody tr").nth(5).wait_for()
    page.locator("#tutor-import button").first.click()
    page.locator("#tutor-import-button").wait_for()
    page.locator("#tutor-import textarea").fill("pupil-1")
    page.locator("#tutor-import input[type=file]").set_input_files(str(file))
    page.locator("#tutor-import .file-preview", has_text="statements").wait_for()  # uploaded, not on its way
    wait_until_idle(page).locator("#tutor-import-button").click()
    page.locator("#tutor-import-result [role=alert]").wait_for()
    page.locator("#tutor-import textarea").fill("p1@uni.example, pupil-1")
    wait_until_idle(page).locator("#tutor-import-button").click()
    page.locator("#tutor-import-result td", has_text="nobody").wait_for()
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("#tutor-import-result").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    screenshot(page, f"intake-{width}-{scheme}-{language}")
    assert served_app.progress.learner_overview(class_of_learners[1].id, COURSE).total.answers == 9


def test_who_deletes_their_account_is_signed_out_and_finds_nothing_again(open_page, served_app, screenshot):
    pupil = served_app.accounts.create_account("moving-on", Role.LEARNER)
    page = sign_in_and_open_progress(open_page(served_app.accounts.issue_sign_in_link(pupil)))
    page.get_by_role("tab", name="Progress", exact=True).click()
    page.locator("#tutor-erase-account").click()
    page.get_by_label("Type moving-on, the name of your account").fill("somebody-else")
    page.get_by_role("button", name="Delete my account").click()
    page.get_by_role("alert").get_by_text("nothing was deleted").wait_for()
    screenshot(page, "account-erasure")
    page.get_by_label("Type moving-on, the name of your account").fill("moving-on")
    page.get_by_role("button", name="Delete my account").click()
    page.get_by_text("everything about you are deleted").wait_for()
    page.get_by_role("link", name="To the start page").click()
    page.locator("form[action^='/guest'] button").first.wait_for()
    assert pupil.name not in [person.name for person in served_app.accounts.list_people()]
