"""Cited places are opened few at a time and each once; the cache of views is bounded."""

from __future__ import annotations

import threading
import time

import pytest
from sample_documents import pdf_pages

from knowledge.page_render import PageImage
from tutor.chat import citation_viewer
from tutor.chat.citation_viewer import CitationViewer, SourceViewCache, SourceViewUnavailable

SENTENCE = "The folded inner membrane carries the proton pumps of respiration."


@pytest.fixture
def uploaded_passage(services, course, instructor):
    document = services.documents.ingest(instructor, course.id, "cells.pdf", pdf_pages([(72, 700, SENTENCE)]))
    passage = next(p for p in services.library.catalog.passages(course.id) if p.document_id == document.id)
    return document, passage


def test_concurrent_openings_render_a_page_once_and_overload_is_refused(services, uploaded_passage, monkeypatch):
    rendered = []

    def render_slowly(*arguments):
        rendered.append(arguments)
        time.sleep(0.3)
        return PageImage(1, 10, 10, b"png", ())

    monkeypatch.setattr(citation_viewer, "render_page", render_slowly)
    views: list[object] = []

    def open_view(quote):
        try:
            views.append(services.citation_viewer.open_view(*uploaded_passage, quote))
        except SourceViewUnavailable as refusal:
            views.append(str(refusal))

    threads = [threading.Thread(target=open_view, args=(SENTENCE,)) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(rendered) <= citation_viewer.MAX_CONCURRENT
    assert len(views) == 8 and citation_viewer.BUSY_MESSAGE not in views
    threads = [
        threading.Thread(target=open_view, args=(f"quote {n}",))
        for n in range(citation_viewer.MAX_CONCURRENT + citation_viewer.MAX_QUEUED + 3)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert views.count(citation_viewer.BUSY_MESSAGE) >= 1
    assert isinstance(services.citation_viewer.open_view(*uploaded_passage, "later"), PageImage)


def test_the_page_cache_is_bounded_and_evicts_the_oldest():
    cache = SourceViewCache(max_bytes=250)
    for n in range(5):
        cache.put((str(n), "p", "q"), PageImage(1, 1, 1, b"x" * 100, ()))
    assert [cache.get((str(n), "p", "q")) is not None for n in range(5)] == [False, False, False, True, True]


def test_a_missing_source_file_is_reported_with_a_remedy(services, uploaded_passage):
    document, passage = uploaded_passage
    (services.documents.blobs.folder / document.sha256).unlink()
    with pytest.raises(SourceViewUnavailable, match="upload it again"):
        CitationViewer(services.conversations, services.documents.blobs).open_view(document, passage, SENTENCE)
