"""A citation opened over HTTP: the printed page for the learner it was given to, and what is left when it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import httpx
import pytest
from hostile_files import pdf_with_picture_bomb
from sample_documents import pdf_pages, slides_file

from tutor.domain import Citation, Finished, Person, Turn
from tutor.services import House

Client = Callable[[], httpx.Client]
SAID = "The folded inner membrane carries the proton pumps of respiration."
QUESTION = "Does the folded inner membrane carry the proton pumps of respiration?"
PDF = pdf_pages([(72, 700, "Mitochondria")], [(72, 700, SAID), (72, 600, "Something else stands here.")])


@pytest.fixture
def shelve(served: House) -> Iterator[Callable[[str, bytes], None]]:
    """Puts files into the course for one test."""
    put = []

    def shelving(name: str, data: bytes) -> None:
        put.append(served.shelf.add(served.office.operator, "biology", name, data))

    yield shelving
    for document in put:
        if document in served.library.documents("biology"):
            served.shelf.remove(served.office.operator, document.id)


def person_of(house: House, client: httpx.Client) -> Person:
    person = house.accounts.person_for_session(client.cookies["tutor_session"])
    assert person is not None
    return person


def cited(house: House, who: Person, sentence: str = SAID) -> tuple[Turn, Citation]:
    house.engine.says = sentence  # type: ignore[attr-defined]
    *_, last = house.turns.ask(who, "biology", QUESTION)
    assert isinstance(last, Finished)
    return last.turn, last.turn.citations[0]


def address(turn: Turn, citation: Citation, picture: str = "") -> str:
    query = urlencode({"in": turn.conversation_id, "turn": turn.id, "n": citation.number})
    return f"/passage/{citation.passage_id}{picture}?{query}"


def test_a_cited_page_opens_as_it_is_printed_with_the_quote_marked(served, guest, shelve):
    shelve("cells.pdf", PDF)
    client = guest()
    turn, citation = cited(served, person_of(served, client))
    page = client.get(address(turn, citation)).text
    assert 'class="quote"' in page and "page 2" in page and f"<mark>{SAID}</mark>" in page
    picture = client.get(address(turn, citation, "/page.png"))
    assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert picture.headers["cache-control"] == "no-store"


def test_the_picture_is_shown_to_nobody_but_the_learner_whose_answer_cites_it(served, guest, visitor, shelve):
    shelve("cells.pdf", PDF)
    alice, bob = guest(), guest()
    turn, citation = cited(served, person_of(served, alice))
    assert bob.get(address(turn, citation, "/page.png")).status_code == 404
    assert visitor().get(address(turn, citation, "/page.png")).status_code == 404
    assert alice.get(f"/passage/{citation.passage_id}/page.png").status_code == 404


def test_a_document_that_was_removed_meanwhile_says_so_and_shows_what_was_quoted(served, guest, shelve):
    shelve("cells.pdf", PDF)
    alice, bob = guest(), guest()
    turn, citation = cited(served, person_of(served, alice))
    assert alice.get(address(turn, citation, "/page.png")).status_code == 200
    served.shelf.remove(served.office.operator, citation.document_id)
    page = alice.get(address(turn, citation))
    assert page.status_code == 410 and "removed or replaced" in page.text and SAID in page.text
    assert alice.get(address(turn, citation, "/page.png")).status_code == 404
    other = bob.get(address(turn, citation))
    assert other.status_code == 404 and SAID not in other.text


@pytest.mark.slow
def test_a_page_that_would_unfold_for_minutes_is_shown_as_text_and_tried_once(served, guest, shelve):
    shelve("bomb.pdf", pdf_with_picture_bomb(SAID, times=20))
    client = guest()
    turn, citation = cited(served, person_of(served, client))
    page = client.get(address(turn, citation), timeout=60)
    assert page.status_code == 200 and "too much time or memory" in page.text and f"<mark>{SAID}</mark>" in page.text
    again = time.monotonic()
    client.get(address(turn, citation))
    assert time.monotonic() - again < 2 and client.get("/healthz").status_code == 200


def test_a_file_that_was_damaged_on_the_disk_is_not_opened(served, guest, shelve):
    shelve("cells.pdf", PDF + b"\n% another file")
    client = guest()
    turn, citation = cited(served, person_of(served, client))
    document = served.library.document(citation.document_id)
    kept = served.office.root.originals / document.sha256
    kept.write_bytes(kept.read_bytes()[:-5] + b"xxxxx")
    page = client.get(address(turn, citation))
    assert "missing or damaged" in page.text and f"<mark>{SAID}</mark>" in page.text


def _deck(presentation) -> None:
    for number in range(1, 4):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = f"Slide about topic {number}"
        slide.placeholders[1].text = SAID if number == 2 else f"Other words number {number} stand here."
        slide.notes_slide.notes_text_frame.text = f"Tell a story here, {number}."


@pytest.mark.parametrize(
    ("name", "data", "shown"),
    [
        ("deck.pptx", slides_file(_deck), ("slide 2", 'class="card slide"', "Tell a story here, 2.", f"<mark>{SAID}")),
        ("book.ipynb", None, ("cell 2", 'class="card cell"', f"<mark>{SAID}</mark>")),
        ("lecture.srt", None, ("01:05", 'class="card second"', f"<mark>{SAID}</mark>")),
        ("table.csv", None, ("row 3", 'class="card row"', "<dt>Fact</dt>")),
    ],
)
def test_a_slide_a_cell_a_second_and_a_row_are_shown_whole(served, guest, shelve, name, data, shown):
    made = {
        "book.ipynb": '{"cells": [{"cell_type": "markdown", "source": "# Notes on cells\\nFirst cell."},'
        f'{{"cell_type": "markdown", "source": "{SAID}"}}], "nbformat": 4}}',
        "lecture.srt": "1\n00:00:05,000 --> 00:00:09,000\nWelcome to the lecture on cells.\n\n"
        f"2\n00:01:05,000 --> 00:01:09,000\n{SAID}\n",
        "table.csv": f"Fact,Chapter\nA leaf is green in summer,1\n{SAID},2\nRoots drink water,3\n",
    }
    shelve(name, data or made[name].encode())
    client = guest()
    turn, citation = cited(served, person_of(served, client))
    page = client.get(address(turn, citation)).text
    assert all(piece in page for piece in shown), page
