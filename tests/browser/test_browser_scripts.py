"""A page runs the scripts of its own server and no other, also when markup got past the sanitiser."""

from __future__ import annotations

from typing import Any

from page_server import instructor_link

INJECT = """() => {
    window.ran = [];
    const add = (markup) => document.body.insertAdjacentHTML("beforeend", markup);
    add('<img src="data:," onerror="window.ran.push(1)">');
    add('<svg onload="window.ran.push(2)"></svg>');
    add('<iframe srcdoc="<script>parent.ran.push(3)</script>"></iframe>');
    const script = document.createElement("script");
    script.textContent = "window.ran.push(4)";
    document.body.append(script);
    const link = document.createElement("a");
    link.href = "javascript:window.ran.push(5)";
    document.body.append(link);
    link.click();
}"""


def test_markup_that_was_smuggled_in_runs_nothing(browser: Any, served_app: Any):
    page = browser.new_page()
    for path in ("/", "/teach"):
        page.goto(served_app.settings.url + "/join?token=" + _token(served_app, path))
        page.get_by_role("button").first.click()
        page.goto(served_app.settings.url + path)
        page.locator("#tutor-box, #tutor-upload").first.wait_for()
        page.evaluate(INJECT)
        page.wait_for_timeout(500)
        assert page.evaluate("window.ran") == []
    page.close()


def _token(services: Any, name: str) -> str:
    return str(instructor_link(services, f"ms-{name.strip('/') or 'chat'}").split("token=")[1])
