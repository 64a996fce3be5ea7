"""How an answer came about, over HTTP: one link below each answer, for its learner only."""

from __future__ import annotations

import re

from tutor.domain import Finished


def test_the_link_below_an_answer_opens_how_it_came_about_for_its_learner_only(served_app, new_guest, new_visitor):
    from tutor.ui.chat_view import to_answer_message

    alice, bob = new_guest(), new_guest()
    actor = served_app.accounts.person_for_session(alice.cookies["tutor_session"])
    *_, last = served_app.chat.ask(actor, "biology", "Why do leaves look green?")
    assert isinstance(last, Finished)
    for language, title in (("en", "How this answer came about"), ("zh", "这个回答是怎样产生的")):
        shown = to_answer_message(last.turn, language)["content"]
        (url,) = re.findall(r"\]\((/answer/[^)]+)\)", shown)
        assert f"[{title}]" in shown
    page = alice.get(url)
    assert page.status_code == 200 and "section Colour" in page.text and "Which rules applied" in page.text
    part = alice.get(f"{url}&part=1").text
    assert part.startswith("<article>") and "<html" not in part
    assert bob.get(url).status_code == 404 and new_visitor().get(url).status_code == 401
