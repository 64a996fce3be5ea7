"""Charts as plain HTML and SVG for pages, print and files; every number is also in the text.

No Gradio and no script, so that a report is one self-contained file. Colours come from `assets/progress.css`.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from tutor.learner.activity_log import AnswerCounts

CALENDAR_WEEKS = 13  # shown in the calendar
CELL, GAP = 13, 3
SPARKLINE_WIDTH, SPARKLINE_HEIGHT = 90, 22
COLUMNS_WIDTH, COLUMNS_HEIGHT = 560, 130


def bar(share: float, low: float | None = None, high: float | None = None, tone: str = "") -> str:
    """Return a bar from 0 to 1, with a thin line from `low` to `high`; hidden from screen readers."""
    line = ""
    if low is not None and high is not None:
        line = f'<i style="left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%"></i>'
    fill = f'<b style="width:{100 * share:.1f}%"></b>'
    return f'<span class="tp-bar {tone}" aria-hidden="true">{fill}{line}</span>'


def sparkline(points: Sequence[tuple[date, float]], label: str) -> str:
    """Return a small line chart of a skill's mastery by day; "" for fewer than two days."""
    if len(points) < 2:
        return ""
    width, height = SPARKLINE_WIDTH, SPARKLINE_HEIGHT
    first, last = points[0][0], points[-1][0]
    span = max((last - first).days, 1)
    marks = " ".join(
        f"{1 + (width - 2) * (day - first).days / span:.1f},{1 + (height - 2) * (1 - share):.1f}"
        for day, share in points
    )
    return (
        f'<svg class="tp-sparkline" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{html.escape(label)}"><polyline points="{marks}" fill="none"/></svg>'
    )


def calendar(days: Mapping[date, AnswerCounts], today: date, titles: Mapping[date, str], label: str) -> str:
    """Return a calendar of thirteen weeks, Monday on top; more answers have a stronger colour."""
    start = today - timedelta(days=today.weekday() + 7 * (CALENDAR_WEEKS - 1))
    most = max((work.answers for work in days.values()), default=1)
    cells = []
    for n in range((today - start).days + 1):
        day = start + timedelta(days=n)
        x, y = n // 7 * (CELL + GAP), n % 7 * (CELL + GAP)
        step = _shade(days[day].answers, most) if day in days else 0
        title = f"<title>{html.escape(titles[day])}</title>" if day in titles else ""
        cells.append(f'<rect class="tp-d{step}" x="{x}" y="{y}" width="{CELL}" height="{CELL}" rx="3">{title}</rect>')
    width, height = CALENDAR_WEEKS * (CELL + GAP) - GAP, 7 * (CELL + GAP) - GAP
    return (
        f'<svg class="tp-calendar" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{html.escape(label)}">{"".join(cells)}</svg>'
    )


def _shade(answers: int, most: int) -> int:
    return 1 + min(3, 4 * answers // (most + 1))


def column_chart(values: Sequence[tuple[str, int, int]], label: str) -> str:
    """Return columns of (name, whole, part); the part is the foot of the column."""
    if not values:
        return ""
    width, height = COLUMNS_WIDTH, COLUMNS_HEIGHT
    highest, step = max(max(whole for _, whole, _ in values), 1), width / len(values)
    drawn = []
    for n, (name, whole, part) in enumerate(values):
        x, wide = n * step + step * 0.15, step * 0.7
        for kind, amount in (("whole", whole), ("part", part)):
            tall = (height - 20) * amount / highest
            drawn.append(
                f'<rect class="tp-{kind}" x="{x:.1f}" y="{height - 18 - tall:.1f}" width="{wide:.1f}" '
                f'height="{tall:.1f}" rx="2"><title>{html.escape(f"{name}: {part}/{whole}")}</title></rect>'
            )
        drawn.append(f'<text x="{x + wide / 2:.1f}" y="{height - 4}" text-anchor="middle">{html.escape(name)}</text>')
    return (
        f'<svg class="tp-columns" viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(label)}">'
        f"{''.join(drawn)}</svg>"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; every cell is escaped."""
    top = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="tp-scroll"><table class="tp-table"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
