"""What is lost from each format: the share of a file's words that are still there after reading, by format.

    python -m bench.text_recall DIR [DIR ...] [--out bench/results/text_recall.json]

The reference is a crude dump of each file: all text elements of its XML but formulas, all characters that pdfium finds,
all text of a page outside scripts. It also has what we leave out on purpose (navigation, headers that recur, hidden and
deleted text), so 1 is not the aim of every file; the words that are lost most are printed to be looked at. Seconds a
file.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from lxml import etree, html
from markdown_it import MarkdownIt

from bench.documents import commit, hardware, list_files
from bench.office_files import powerpoint_file, word_file
from knowledge.documents import ParsedDocument
from knowledge.languages.scripts import UNSPACED_CJK
from knowledge.parsing.decoding import decode
from knowledge.parsing.limits import ParseLimits
from knowledge.parsing.sandbox import parse_with_report

_OFFICE_PARTS = re.compile(r"(?:word/(?:document|footnotes|endnotes|comments)|ppt/(?:slides|notesSlides)/\w+)\.xml$")
_DELETED = ("Fallback", "del", "moveFrom")
_MARKDOWN_MARKUP = re.compile(r"\]\([^)\s]*\)|```\w*|\{[#.][^}]*\}|<[^>]{1,200}>|:\w{3,12}:`[^`]*`")
_NOT_COUNTED = re.compile(r"[_^{}⁻−-]")  # ways to write what is raised or lowered, and hyphens
_WORD = re.compile(rf"[{UNSPACED_CJK}]|[^\W_{UNSPACED_CJK}]+")
_INLINE_TAG = re.compile(r"</?(?:a|b|code|em|i|span|strong|sub|sup)\b[^<>]{0,1000}>", re.IGNORECASE)
_BOOK = {
    "META-INF/container.xml": '<container><rootfiles><rootfile full-path="a.opf"/></rootfiles></container>',
    "a.opf": '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="a"/></spine></package>',
}
_SHOWN = 12  # lost words


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.text_recall", description="Words lost, by format.")
    parser.add_argument("directories", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, help="also write the result to this file")
    options = parser.parse_args(arguments)
    found: dict[str, list[tuple[Counter[str], Counter[str]]]] = defaultdict(list)
    for path in list_files(options.directories):
        for name, data in with_conversions(path):
            pair = compare(name, data)
            if pair is not None:
                found[Path(name).suffix.lower()].append(pair)
                print(f"{_recall([pair]):.4f}  {name}")
    formats = {suffix: summarize(pairs) for suffix, pairs in sorted(found.items())}
    result = {"hardware": hardware(), "commit": commit(), "formats": formats}
    if options.out:
        options.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(result, ensure_ascii=False))
    return 0


def with_conversions(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the file, and a Markdown file also as a web page, a book, a Word file and a presentation."""
    yield path.name, path.read_bytes()
    if path.suffix == ".md":
        body = MarkdownIt("commonmark").enable("table").render(path.read_text("utf-8"))
        page = f"<html><body>{body}</body></html>"
        yield f"{path.stem}.html", f'<meta charset="utf-8">{page}'.encode()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, text in (*_BOOK.items(), ("a.xhtml", page)):
                archive.writestr(name, text)
        yield f"{path.stem}.epub", buffer.getvalue()
        yield f"{path.stem}.docx", word_file(page)
        yield f"{path.stem}.pptx", powerpoint_file(page)


def compare(name: str, data: bytes) -> tuple[Counter[str], Counter[str]] | None:
    """Return the words of the reference and of our text; None for files without a reference or that are refused."""
    reference = REFERENCES.get(Path(name).suffix.lower())
    document = parse_with_report(name, data, ParseLimits()).result
    if reference is None or not isinstance(document, ParsedDocument):
        return None
    paths = [(), *(block.heading for block in document.blocks)]
    opened = (title for before, path in pairwise(paths) for title in path[_shared(before, path) :])
    ours = "\n".join([document.title, *opened, *(block.text for block in document.blocks)])
    expected = count_words(reference(data))
    return (expected, count_words(ours)) if expected else None


def _shared(before: tuple[str, ...], path: tuple[str, ...]) -> int:
    """Return how many headings from the outermost on are the same."""
    return next((at for at, (one, other) in enumerate(zip(before, path, strict=False)) if one != other), len(before))


def summarize(pairs: Sequence[tuple[Counter[str], Counter[str]]]) -> dict[str, Any]:
    """Return files, words, recall and the words that are lost most."""
    lost: Counter[str] = Counter()
    for expected, ours in pairs:
        lost += expected - ours
    words = sum(expected.total() for expected, _ in pairs)
    most = [word for word, _ in lost.most_common(_SHOWN)]
    return {"files": len(pairs), "words": words, "recall": round(_recall(pairs), 4), "lost_most": most}


def _recall(pairs: Sequence[tuple[Counter[str], Counter[str]]]) -> float:
    kept = sum((expected & ours).total() for expected, ours in pairs)
    return kept / sum(expected.total() for expected, _ in pairs)


def count_words(text: str) -> Counter[str]:
    """Count words, Chinese ones by character; raised and lowered ones count like those on the line."""
    plain = unicodedata.normalize("NFKD", _NOT_COUNTED.sub("", text))
    return Counter(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c)).casefold()))


def _office(data: bytes) -> str:
    """Return the text elements of the main parts, a line for each paragraph."""
    lines: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in filter(_OFFICE_PARTS.search, archive.namelist()):
            root = etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, no_network=True))
            for paragraph in (e for e in root.iter() if _name(e) == "p"):
                texts = (
                    e
                    for e in paragraph.iter()
                    if _name(e) == "t" and "/math" not in e.tag and _nearest(e, "p") is paragraph
                )
                lines.append("".join(e.text or "" for e in texts if not _is_deleted(e)))
    return "\n".join(lines)


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _nearest(element: Any, name: str) -> Any:
    return next((e for e in element.iterancestors() if _name(e) == name), None)


def _is_deleted(element: Any) -> bool:
    return any(_name(e) in _DELETED for e in element.iterancestors())


def _pdf(data: bytes) -> str:
    """Return the characters that pdfium finds, with words that a line end divides joined."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(data)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return re.sub(r"[\ufffe\x02\xad]\s*|-\r?\n", "", text)


def _html(data: bytes) -> str:
    root = html.document_fromstring(_INLINE_TAG.sub("", decode(data) or ""))
    main = root.findall(".//main")
    shown = (main[0] if len(main) == 1 else root).xpath(
        ".//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]"
    )
    return " ".join(shown)


def _epub(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xhtml", ".html"))]
        return " ".join(_html(archive.read(name)) for name in names)


def _markdown(data: bytes) -> str:
    return _MARKDOWN_MARKUP.sub(" ", decode(data) or "")


def _plain(data: bytes) -> str:
    return decode(data) or ""


REFERENCES: dict[str, Callable[[bytes], str]] = {
    ".docx": _office,
    ".pptx": _office,
    ".pdf": _pdf,
    ".html": _html,
    ".htm": _html,
    ".epub": _epub,
    ".md": _markdown,
    ".csv": _plain,
    ".txt": _plain,
}

if __name__ == "__main__":
    raise SystemExit(main())
