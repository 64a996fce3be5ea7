"""A citation opened over HTTP: the printed page for its learner, and the quote when the document is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import httpx
import pytest
from hostile_files import pdf_with_picture_bomb
from sample_documents import pdf_pages, slides_file

from tutor.domain import Citation, Finished, Person, Turn
from tutor.services import Services

Client = Callable[[], httpx.Client]
SENTENCE = "The folded inner membrane carries the proton pumps of respiration."
QUESTION = "Does the folded inner membrane carry the proton pumps of respiration?"
PDF = pdf_pages([(72, 700, "Mitochondria")], [(72, 700, SENTENCE), (72, 600, "Something else stands here.")])


@pytest.fixture
def add_document(served_app: Services) -> Iterator[Callable[[str, bytes], None]]:
    """Adds files to the course for one test."""
    put = []

    def shelving(name: str, data: bytes) -> None:
        put.append(served_app.documents.ingest(served_app.operator, "biology", name, data))

    yield shelving
    for document in put:
        if document in served_app.library.documents("biology"):
            served_app.documents.remove(served_app.operator, document.id)


def person_of(services: Services, client: httpx.Client) -> Person:
    person = services.accounts.person_for_session(client.cookies["tutor_session"])
    assert person is not None
    return person


def ask_and_get_citation(services: Services, actor: Person, sentence: str = SENTENCE) -> tuple[Turn, Citation]:
    services.engine.reply_text = sentence  # type: ignore[attr-defined]
    *_, last = services.chat.ask(actor, "biology", QUESTION)
    assert isinstance(last, Finished)
    return last.turn, last.turn.citations[0]


def citation_url(turn: Turn, citation: Citation, picture: str = "") -> str:
    query = urlencode({"in": turn.conversation_id, "turn": turn.id, "n": citation.number})
    return f"/passage/{citation.passage_id}{picture}?{query}"


def test_a_cited_page_image_opens_with_the_quote_highlighted(served_app, new_guest, add_document):
    add_document("cells.pdf", PDF)
    client = new_guest()
    turn, citation = ask_and_get_citation(served_app, person_of(served_app, client))
    page = client.get(citation_url(turn, citation)).text
    assert 'class="quote"' in page and "page 2" in page and f"<mark>{SENTENCE}</mark>" in page
    picture = client.get(citation_url(turn, citation, "/page.png"))
    assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert picture.headers["cache-control"] == "no-store"


def test_a_page_image_is_private_to_the_cited_learner(served_app, new_guest, new_visitor, add_document):
    add_document("cells.pdf", PDF)
    alice, bob = new_guest(), new_guest()
    turn, citation = ask_and_get_citation(served_app, person_of(served_app, alice))
    assert bob.get(citation_url(turn, citation, "/page.png")).status_code == 404
    assert new_visitor().get(citation_url(turn, citation, "/page.png")).status_code == 404
    assert alice.get(f"/passage/{citation.passage_id}/page.png").status_code == 404


def test_a_removed_document_is_reported_and_shows_the_quote(served_app, new_guest, add_document):
    add_document("cells.pdf", PDF)
    alice, bob = new_guest(), new_guest()
    turn, citation = ask_and_get_citation(served_app, person_of(served_app, alice))
    assert alice.get(citation_url(turn, citation, "/page.png")).status_code == 200
    served_app.documents.remove(served_app.operator, citation.document_id)
    page = alice.get(citation_url(turn, citation))
    assert page.status_code == 410 and "removed or replaced" in page.text and SENTENCE in page.text
    assert alice.get(citation_url(turn, citation, "/page.png")).status_code == 404
    other = bob.get(citation_url(turn, citation))
    assert other.status_code == 404 and SENTENCE not in other.text


@pytest.mark.slow
def test_a_page_too_slow_to_render_falls_back_to_text_and_is_not_retried(served_app, new_guest, add_document):
    add_document("bomb.pdf", pdf_with_picture_bomb(SENTENCE, times=20))
    client = new_guest()
    turn, citation = ask_and_get_citation(served_app, person_of(served_app, client))
    page = client.get(citation_url(turn, citation), timeout=60)
    assert (
        page.status_code == 200 and "too much time or memory" in page.text and f"<mark>{SENTENCE}</mark>" in page.text
    )
    again = time.monotonic()
    client.get(citation_url(turn, citation))
    assert time.monotonic() - again < 2 and client.get("/healthz").status_code == 200


def test_a_file_that_was_damaged_on_the_disk_is_not_opened(served_app, new_guest, add_document):
    add_document("cells.pdf", PDF + b"\n% another file")
    client = new_guest()
    turn, citation = ask_and_get_citation(served_app, person_of(served_app, client))
    document = served_app.library.document(citation.document_id)
    kept = served_app.data_dir.originals_dir / document.sha256
    kept.write_bytes(kept.read_bytes()[:-5] + b"xxxxx")
    page = client.get(citation_url(turn, citation))
    assert "missing or damaged" in page.text and f"<mark>{SENTENCE}</mark>" in page.text


def _add_slide(presentation) -> None:
    for number in range(1, 4):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = f"Slide about topic {number}"
        slide.placeholders[1].text = SENTENCE if number == 2 else f"Other words number {number} stand here."
        slide.notes_slide.notes_text_frame.text = f"Tell a story here, {number}."


@pytest.mark.parametrize(
    ("name", "data", "shown"),
    [
        (
            "deck.pptx",
            slides_file(_add_slide),
            ("slide 2", 'class="card slide"', "Tell a story here, 2.", f"<mark>{SENTENCE}"),
        ),
        ("book.ipynb", None, ("cell 2", 'class="card cell"', f"<mark>{SENTENCE}</mark>")),
        ("lecture.srt", None, ("01:05", 'class="card second"', f"<mark>{SENTENCE}</mark>")),
        ("table.csv", None, ("row 3", 'class="card row"', "<dt>Fact</dt>")),
    ],
)
def test_slides_cells_timestamps_and_rows_are_shown_in_full(served_app, new_guest, add_document, name, data, shown):
    made = {
        "book.ipynb": '{"cells": [{"cell_type": "markdown", "source": "# Notes on cells\\nFirst cell."},'
        f'{{"cell_type": "markdown", "source": "{SENTENCE}"}}], "nbformat": 4}}',
        "lecture.srt": "1\n00:00:05,000 --> 00:00:09,000\nWelcome to the lecture on cells.\n\n"
        f"2\n00:01:05,000 --> 00:01:09,000\n{SENTENCE}\n",
        "table.csv": f"Fact,Chapter\nA leaf is green in summer,1\n{SENTENCE},2\nRoots drink water,3\n",
    }
    add_document(name, data or made[name].encode())
    client = new_guest()
    turn, citation = ask_and_get_citation(served_app, person_of(served_app, client))
    page = client.get(citation_url(turn, citation)).text
    assert all(piece in page for piece in shown), page
