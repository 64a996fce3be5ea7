"""EPUB books: a ZIP of XHTML, read in the order of its spine."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from lxml import etree

from knowledge.documents import Block, ParsedDocument
from knowledge.errors import DocumentDamaged, DocumentLocked
from knowledge.parsing.archive import open_archive
from knowledge.parsing.decoding import decode
from knowledge.parsing.html_reader import extract_html_blocks, parse_html
from knowledge.parsing.html_visibility import PageStyle
from knowledge.parsing.section_tracker import SectionTracker
from knowledge.parsing.source_file import SourceFile
from knowledge.parsing.text_cleaning import clean_line

_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def read(source: SourceFile) -> ParsedDocument:
    """Read the chapters of the spine; their headings become the sections."""
    with open_archive(source) as archive:
        _refuse_drm(source, archive)
        package_path = _package_path(source, archive)
        package = _parse_xml(source, archive, package_path)
        chapters = _spine_paths(package, posixpath.dirname(package_path))
        source.check_page_count(len(chapters), "chapters")
        blocks, notes = _read_chapters(source, archive, chapters)
    title = next((clean_line(e.text or "") for e in package.iter("{*}title") if e.text), "")
    return ParsedDocument(title or source.stem, source.media_type, tuple(blocks), max(1, len(chapters)), tuple(notes))


def _read_chapters(source: SourceFile, archive: zipfile.ZipFile, paths: list[str]) -> tuple[list[Block], list[str]]:
    sections = SectionTracker()
    blocks: list[Block] = []
    missing, hidden = 0, tuple[str, ...]()
    names = set(archive.namelist())
    for done, path in enumerate(paths, 1):
        text = decode(archive.read(path)) if path in names else None
        root = parse_html(text) if text else None
        missing += text is None
        if root is not None:
            style = PageStyle.of(root, tuple(_linked_sheets(archive, names, root, posixpath.dirname(path))))
            blocks += extract_html_blocks(root, sections, style)
            hidden = hidden or style.notes()
        source.report(done, len(paths))
    gaps = [f"{missing} of {len(paths)} chapters are missing in the file."] if missing else []
    return blocks, [*gaps, *hidden]


def _linked_sheets(archive: zipfile.ZipFile, names: set[str], root: Any, base: str) -> Iterator[str]:
    """Yield the style sheets to which a chapter links."""
    for link in root.iter("link"):
        path = posixpath.normpath(posixpath.join(base, unquote(link.get("href") or "")))
        if "stylesheet" in (link.get("rel") or "") and path in names:
            yield decode(archive.read(path)) or ""


def _refuse_drm(source: SourceFile, archive: zipfile.ZipFile) -> None:
    """Raise DocumentLocked for copy protection; obfuscated fonts alone are allowed."""
    if "META-INF/encryption.xml" not in archive.namelist():
        return
    methods = _parse_xml(source, archive, "META-INF/encryption.xml").iter("{*}EncryptionMethod")
    if any(method.get("Algorithm") not in _FONT_OBFUSCATION for method in methods):
        raise DocumentLocked(f"{source.name} is copy-protected; upload an edition without DRM.")


def _package_path(source: SourceFile, archive: zipfile.ZipFile) -> str:
    container = _parse_xml(source, archive, "META-INF/container.xml")
    path = next((root.get("full-path", "") for root in container.iter("{*}rootfile")), "")
    if not path:
        raise DocumentDamaged(f"{source.name} does not say where its chapters are; convert it to EPUB again.")
    return path


def _parse_xml(source: SourceFile, archive: zipfile.ZipFile, path: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(archive.read(path), parser)
    except (KeyError, etree.XMLSyntaxError) as error:
        raise DocumentDamaged(f"{source.name} lacks a readable {path[:60]}; convert it to EPUB again.") from error


def _spine_paths(package: Any, base: str) -> list[str]:
    """Return the paths of the chapters in the archive, in reading order, without the table of contents."""
    files = {}
    for item in package.iter("{*}item"):
        if "html" in item.get("media-type", "") and "nav" not in item.get("properties", "").split():
            files[item.get("id")] = posixpath.normpath(posixpath.join(base, unquote(item.get("href", ""))))
    return [files[ref.get("idref")] for ref in package.iter("{*}itemref") if ref.get("idref") in files]
