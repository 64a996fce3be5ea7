"""Opening cited places: few at once, the same one once, and what is kept stays within its bound."""

from __future__ import annotations

import threading
import time

import pytest
from sample_documents import pdf_pages

from knowledge.page_render import Picture
from tutor.chat import citation_viewer
from tutor.chat.citation_viewer import Kept, NotShown, Sources

SAID = "The folded inner membrane carries the proton pumps of respiration."


@pytest.fixture
def cells(house, course, instructor):
    document = house.shelf.add(instructor, course.id, "cells.pdf", pdf_pages([(72, 700, SAID)]))
    passage = next(p for p in house.library.catalog.passages(course.id) if p.document_id == document.id)
    return document, passage


def test_a_class_that_opens_one_page_at_once_does_not_draw_it_for_each_and_crowds_are_told_to_come_back(
    house, cells, monkeypatch
):
    drawn = []

    def slowly(*arguments):
        drawn.append(arguments)
        time.sleep(0.3)
        return Picture(1, 10, 10, b"png", ())

    monkeypatch.setattr(citation_viewer, "draw", slowly)
    seen: list[object] = []

    def look(quote):
        try:
            seen.append(house.sources.sight(*cells, quote))
        except NotShown as refusal:
            seen.append(str(refusal))

    threads = [threading.Thread(target=look, args=(SAID,)) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(drawn) <= citation_viewer.AT_ONCE and len(seen) == 8 and citation_viewer.BUSY not in seen
    threads = [
        threading.Thread(target=look, args=(f"quote {n}",))
        for n in range(citation_viewer.AT_ONCE + citation_viewer.WAITING + 3)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert seen.count(citation_viewer.BUSY) >= 1
    assert isinstance(house.sources.sight(*cells, "later"), Picture)


def test_what_is_kept_stays_within_its_bytes_and_the_oldest_goes_first():
    kept = Kept(most_bytes=250)
    for n in range(5):
        kept.put((str(n), "p", "q"), Picture(1, 1, 1, b"x" * 100, ()))
    assert [kept.get((str(n), "p", "q")) is not None for n in range(5)] == [False, False, False, True, True]


def test_a_document_whose_file_is_gone_says_what_to_do(house, cells):
    document, passage = cells
    (house.shelf.originals.folder / document.sha256).unlink()
    with pytest.raises(NotShown, match="upload it again"):
        Sources(house.conversations, house.shelf.originals).sight(document, passage, SAID)
