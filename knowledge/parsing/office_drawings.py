"""Drawings in Office documents: the text of charts and diagrams (SmartArt), and descriptions of pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from knowledge.parsing.text_cleaning import clean_line, format_table

_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
# Not a person's description: what programs put in its place.
_GENERATED = re.compile(
    r"automatically generated|^(?:picture|image|photo|bild|grafik)\s*\d*$|\.(?:png|jpe?g|gif|bmp|svg|[ew]mf|tiff?)$",
    re.IGNORECASE,
)
_MAX_DEPTH = 60


def drawing_texts(frame: Any, part: Any) -> Iterator[str]:
    """Yield the texts of the charts and diagrams below an element; `part` is the part of the package that it is in."""
    for element in frame.iter(f"{_CHART}chart", f"{_DIAGRAM}relIds"):
        is_chart = element.tag.startswith(_CHART)
        identifier = element.get(f"{_RELATIONS}id" if is_chart else f"{_RELATIONS}dm")
        if identifier in part.rels and not part.rels[identifier].is_external:
            blob = part.rels[identifier].target_part.blob
            yield from _chart_texts(blob) if is_chart else _diagram_texts(blob)


def description(properties: Any) -> str:
    """Return a picture's description by its `docPr` or `cNvPr` element, "" if no person wrote one."""
    text = clean_line(properties.get("descr") or "")
    decorative = any(str(one.tag).endswith("}decorative") and one.get("val") == "1" for one in properties.iter())
    return "" if decorative or _GENERATED.search(text) else text


def _chart_texts(blob: bytes) -> Iterator[str]:
    """Yield the title of a chart and its data as a table."""
    from pptx.chart.chart import Chart
    from pptx.oxml import parse_xml

    chart = Chart(parse_xml(blob), None)
    if chart.has_title and chart.chart_title.has_text_frame:
        yield clean_line(chart.chart_title.text_frame.text)
    for plot in chart.plots:
        names = [str(category) for category in plot.categories]
        rows = [[series.name or "", *map(_format_number, series.values)] for series in plot.series]
        yield format_table([["", *names], *rows])


def _format_number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _diagram_texts(blob: bytes) -> Iterator[str]:
    """Yield the points of a diagram as one list, each below the point that it belongs to."""
    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    texts = {point.get("modelId"): _point_text(point) for point in root.iter(f"{_DIAGRAM}pt")}
    below: dict[str, list[tuple[int, str]]] = {}
    for link in root.iter(f"{_DIAGRAM}cxn"):
        if link.get("type", "parOf") == "parOf":
            order = link.get("srcOrd", "0")
            below.setdefault(link.get("srcId"), []).append((int(order) if order.isdigit() else 0, link.get("destId")))
    inner = {target for targets in below.values() for _, target in targets}
    lines: list[str] = []
    seen: set[str] = set()
    for top in (point for point in texts if point not in inner):
        _add_points(top, texts, below, lines, seen, 0)
    if lines:
        yield "\n".join(lines)


def _add_points(
    point: str,
    texts: dict[str, str],
    below: dict[str, list[tuple[int, str]]],
    lines: list[str],
    seen: set[str],
    depth: int,
) -> None:
    if point in seen or depth > _MAX_DEPTH:
        return
    seen.add(point)
    text = texts.get(point, "")
    if text:
        lines.append(f"{'  ' * depth}- {text}")
    for _, child in sorted(below.get(point, ())):
        _add_points(child, texts, below, lines, seen, depth + 1 if text else depth)


def _point_text(point: Any) -> str:
    """Return the text of a point; those that only lay out others have none of their own."""
    if point.get("type") in ("pres", "parTrans", "sibTrans"):
        return ""
    paragraphs = ("".join(text.text or "" for text in p.iter(f"{_DRAWING}t")) for p in point.iter(f"{_DRAWING}p"))
    return clean_line("\n".join(paragraphs))
