"""Opening cited places: few at once, the same one once, and what is kept stays within its bound."""

from __future__ import annotations

import threading
import time

import pytest
from sample_documents import pdf_pages

from knowledge.page_render import PageImage
from tutor.chat import citation_viewer
from tutor.chat.citation_viewer import CitationViewer, SourceViewCache, SourceViewUnavailable

SAID = "The folded inner membrane carries the proton pumps of respiration."


@pytest.fixture
def uploaded_passage(services, course, instructor):
    document = services.documents.ingest(instructor, course.id, "cells.pdf", pdf_pages([(72, 700, SAID)]))
    passage = next(p for p in services.library.catalog.passages(course.id) if p.document_id == document.id)
    return document, passage


def test_concurrent_openings_render_a_page_once_and_overload_is_refused(services, uploaded_passage, monkeypatch):
    drawn = []

    def slowly(*arguments):
        drawn.append(arguments)
        time.sleep(0.3)
        return PageImage(1, 10, 10, b"png", ())

    monkeypatch.setattr(citation_viewer, "render_page", slowly)
    seen: list[object] = []

    def look(quote):
        try:
            seen.append(services.citation_viewer.open_view(*uploaded_passage, quote))
        except SourceViewUnavailable as refusal:
            seen.append(str(refusal))

    threads = [threading.Thread(target=look, args=(SAID,)) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(drawn) <= citation_viewer.MAX_CONCURRENT and len(seen) == 8 and citation_viewer.BUSY_MESSAGE not in seen
    threads = [
        threading.Thread(target=look, args=(f"quote {n}",))
        for n in range(citation_viewer.MAX_CONCURRENT + citation_viewer.MAX_QUEUED + 3)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert seen.count(citation_viewer.BUSY_MESSAGE) >= 1
    assert isinstance(services.citation_viewer.open_view(*uploaded_passage, "later"), PageImage)


def test_the_page_cache_is_bounded_and_evicts_the_oldest():
    kept = SourceViewCache(max_bytes=250)
    for n in range(5):
        kept.put((str(n), "p", "q"), PageImage(1, 1, 1, b"x" * 100, ()))
    assert [kept.get((str(n), "p", "q")) is not None for n in range(5)] == [False, False, False, True, True]


def test_a_missing_source_file_is_reported_with_a_remedy(services, uploaded_passage):
    document, passage = uploaded_passage
    (services.documents.blobs.folder / document.sha256).unlink()
    with pytest.raises(SourceViewUnavailable, match="upload it again"):
        CitationViewer(services.conversations, services.documents.blobs).open_view(document, passage, SAID)
