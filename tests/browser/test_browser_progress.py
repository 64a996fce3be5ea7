"""Progress in a real browser: the learner's tab and profile, the instructor's class, on a desk and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from page_idle import settle
from page_server import instructor_link

from tutor.assessment.items import Kind
from tutor.domain import Outcome, Person, Role, Skill
from tutor.progress.evidence_log import Judged
from tutor.services import House

COURSE = "biology"
Shoot = Callable[[Any, str], None]


@pytest.fixture
def pupils(served: House) -> list[Person]:
    """Six learners with answers on two skills; the last three know neither."""
    operator = served.office.operator
    skills = [Skill("light", COURSE, "Light"), Skill("sugar", COURSE, "Sugar", needs=("light",))]
    served.courses.declare_skills(operator, COURSE, skills)
    made = [served.accounts.add(f"pupil-{n}", Role.LEARNER) for n in range(6)]
    for n, who in enumerate(made):
        for m in range(8):
            right = Outcome.RIGHT if n < 3 else Outcome.WRONG
            shows = None if n < 3 else "plants eat soil"
            judged = Judged(COURSE, f"i{m}", (("light", "sugar")[m % 2],), right, "t", f"{n}-{m}", misconception=shows)
            served.evidence.record(who, judged)
    return made


def enter(page: Any) -> Any:
    page.locator("form button").click()
    page.wait_for_selector("#tutor-box textarea")
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_learner_sees_what_she_knows_changes_her_profile_and_deletes_a_statement(
    open_page, served, pupils, shoot, width, scheme
):
    page = enter(open_page(served.accounts.issue_link(pupils[4]), width=width, color_scheme=scheme))
    page.get_by_role("tab", name="Progress", exact=True).click()
    page.locator("#tp-know .tp-skill").nth(1).wait_for()
    assert "0 of 4 right on your own" in page.locator("#tp-know").inner_text()
    assert "0 of 8 right" in page.locator("#tp-help").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shoot(page, f"progress-{width}-{scheme}")
    page.locator("#tutor-profile button").first.click()
    page.locator("#tutor-profile-save").wait_for()
    settle(page).fill("#tutor-goals input, #tutor-goals textarea", "pass in May")
    page.locator("#tutor-profile-save").click()
    page.locator("#tutor-block blockquote", has_text="pass in May").wait_for()
    page.locator("#tutor-says label", has_text="Sugar").first.click()
    page.locator("#tutor-says-drop").click()
    page.locator("#tutor-block blockquote").filter(has_not_text="Sugar").wait_for()
    settle(page).locator("#tutor-says-undo").click()
    page.locator("#tutor-block blockquote", has_text="Sugar").wait_for()
    page.locator("#tutor-says label", has_text="Sugar").first.click()
    settle(page).locator("#tutor-says-drop").click()
    page.locator("#tutor-block blockquote").filter(has_not_text="Sugar").wait_for()
    shoot(page, f"profile-{width}-{scheme}")
    assert served.profiles.of(pupils[4], COURSE).said.said == {"goals": "pass in May"}


@pytest.mark.parametrize(
    ("button", "number"), [("#tutor-place", "question 1 of at most 15"), ("#tutor-begin", "Question 1 of 1")]
)
def test_a_placement_or_the_recommended_practice_begins_where_the_button_leads(
    open_page, served, pupils, button, number
):
    author, new = served.office.operator, served.accounts.add("new-here", Role.LEARNER)
    served.questions.write(author, COURSE, Kind.TRUE_FALSE, "Light matters to plants.", ["true"])
    page = enter(open_page(served.accounts.issue_link(new)))
    page.get_by_role("tab", name="Progress", exact=True).click()
    page.locator(button).click()
    page.get_by_text("Light matters to plants.").wait_for()
    assert number in page.locator("#tutor-practice-number").inner_text()
    assert page.get_by_role("tab", name="Practice", exact=True).get_attribute("aria-selected") == "true"


def test_an_instructor_sees_her_class_and_the_printed_report_names_nobody(open_page, served, pupils, shoot):
    page = open_page(instructor_link(served))
    page.locator("form button").click()
    page.get_by_role("tab", name="Class", exact=True).click()
    page.locator("#tp-map tbody tr").nth(5).wait_for()
    assert "plants eat soil" in page.locator("#tp-beliefs").inner_text()
    page.locator("#tp-stuck summary").first.click()
    assert "pupil-5" in page.locator("#tp-stuck").inner_text()
    shoot(page, "class")
    settle(page).goto(f"{served.settings.url}/class/report?course={COURSE}")
    assert "<5" in page.locator("#tp-skills").inner_text()
    assert "pupil-" not in page.content()
    shoot(page, "class-report")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_class_map_wider_than_a_phone_fades_at_its_edge_until_its_end(open_page, served, pupils, shoot, scheme):
    """It once scrolled sideways with nothing to say so, and the learners' names went out of sight."""
    more = [Skill(f"more{n}", COURSE, f"Another skill {n}") for n in range(6)]
    old = served.courses.skills(served.office.operator, COURSE)
    served.courses.declare_skills(served.office.operator, COURSE, [*old, *more])
    page = open_page(instructor_link(served), width=390, color_scheme=scheme)
    page.locator("form button").click()
    page.locator(".overflow-menu > button").click()
    page.locator(".overflow-dropdown button", has_text="Class").click()
    page.locator("#tp-map tbody tr").nth(5).wait_for()
    scroller, name = page.locator("#tp-map .tp-scroll"), page.locator("#tp-map tbody th").first
    fade = "e => getComputedStyle(e).getPropertyValue('--tp-fade')"
    left = name.bounding_box()["x"]
    assert scroller.evaluate(fade) == "48px"
    assert page.locator("#tp-stuck .tp-scroll").first.evaluate(fade) == "0px"
    shoot(page, f"class-map-390-{scheme}")
    scroller.evaluate("e => e.scrollTo(e.scrollWidth, 0)")
    page.wait_for_function(
        "getComputedStyle(document.querySelector('#tp-map .tp-scroll')).getPropertyValue('--tp-fade') === '0px'"
    )
    assert abs(name.bounding_box()["x"] - left) <= 2
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_learner_cannot_open_what_is_her_instructors(open_page, served, pupils):
    page = enter(open_page(served.accounts.issue_link(pupils[0])))
    for path in ("/class/report", "/class/skills.csv", "/class/xapi.json"):
        assert page.request.get(f"{served.settings.url}{path}?course={COURSE}").status == 403
    mine = page.request.get(f"{served.settings.url}/progress/xapi.json?course={COURSE}")
    assert mine.status == 200 and len(mine.json()) == 8


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", "en"), (390, "dark", "zh")])
def test_an_instructor_takes_in_answers_of_another_system(
    open_page, served, pupils, shoot, tmp_path, width, scheme, language
):
    """A line of the roster that cannot be read once lost the file, and the next try broke."""
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
    link = instructor_link(served)
    served.accounts.set_language(served.accounts.named("ms-frizzle"), language)
    page = open_page(link, color_scheme=scheme)
    page.locator("form button").click()
    page.get_by_role("tab", name="班级" if language == "zh" else "Class", exact=True).click()
    page.locator("#tp-map tbody tr").nth(5).wait_for()
    page.locator("#tutor-intake button").first.click()
    page.locator("#tutor-intake-take").wait_for()
    page.locator("#tutor-intake textarea").fill("pupil-1")
    page.locator("#tutor-intake input[type=file]").set_input_files(str(file))
    page.get_by_text("statements.json").first.wait_for()
    settle(page).locator("#tutor-intake-take").click()
    page.locator("#tutor-intake-came [role=alert]").wait_for()
    page.locator("#tutor-intake textarea").fill("p1@uni.example, pupil-1")
    settle(page).locator("#tutor-intake-take").click()
    page.locator("#tutor-intake-came td", has_text="nobody").wait_for()
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("#tutor-intake-came").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shoot(page, f"intake-{width}-{scheme}-{language}")
    assert served.progress.overview_of(pupils[1].id, COURSE).total.answers == 9
