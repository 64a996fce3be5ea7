"""A hostile file gives a document or a refusal, never a crash, a hang or exhausted memory."""

from __future__ import annotations

import random

import pytest
from hostile_files import hostile_files, pdf_with_long_content
from sample_documents import pdf_pages, slides_file, word_file

from knowledge.documents import ParsedDocument
from knowledge.errors import DocumentRefused, DocumentTooLarge
from knowledge.parsing.limits import ParseLimits
from knowledge.parsing.sandbox import parse_with_report

LIMITS = ParseLimits(stall_s=60)
BOMBS = hostile_files()
SLOW = {"content.pdf", "forms.pdf", "wide.html", "stars.md", "signs.txt"}


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in BOMBS])
def test_a_hostile_file_is_parsed_or_refused_with_a_reason(name):
    report = parse_with_report(name, BOMBS[name], LIMITS)
    assert report.peak_mb < 1_536
    if not isinstance(report.result, ParsedDocument):
        assert isinstance(report.result, DocumentRefused)
        assert str(report.result).startswith(name)
        assert str(report.result).endswith(".")


def test_exceeding_the_memory_limit_is_too_large():
    report = parse_with_report("words.pdf", pdf_with_long_content(20_000_000), ParseLimits(memory_bytes=300 * 2**20))
    assert isinstance(report.result, DocumentTooLarge)


def samples() -> dict[str, bytes]:
    def slides(presentation):
        presentation.slides.add_slide(presentation.slide_layouts[1]).shapes.title.text = "Enzymes"

    return {
        "a.pdf": pdf_pages([(72, 700, "Some text about cells.")]),
        "a.docx": word_file(lambda d: d.add_paragraph("Some text about cells.")),
        "a.pptx": slides_file(slides),
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.pptx"])
def test_a_corrupted_file_is_parsed_or_refused(name):
    whole, dice = samples()[name], random.Random(7)
    for _ in range(12):
        data = bytearray(whole[: dice.randrange(len(whole) // 2, len(whole) + 1)])
        for _ in range(dice.randrange(1, 40)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        outcome = parse_with_report(name, bytes(data), LIMITS).result
        assert isinstance(outcome, ParsedDocument | DocumentRefused)
