"""The table and the JSON object of `bench.tutoring`. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.tutoring_courses import Asked
from bench.tutoring_scoring import FORMS, Score, Verdict, share
from knowledge.languages import detect_language

_HEADER = f"{'':24}{'count':>6}{'right':>8}{'partly':>8}{'wrong':>8}{'refused':>9}"
_HEADER += f"{'supported':>11}{'median s':>10}{'p90 s':>8}"


def summarize(asked: Sequence[Asked], model: str) -> dict[str, Any]:
    """Return the shares of verdicts in all, by form, by source and by language, and the seconds.

    `drafts` are the verdicts on what the model wrote before it was checked. `covered_refused` and `uncovered_answered`
    are shares of the questions that the course covers, and of those that it does not.
    """
    covered = [one for one in asked if one.row.covered]
    uncovered = [one for one in asked if not one.row.covered]
    return {
        "count": len(asked),
        **_figures(asked),
        "covered_refused": share(_verdicts(covered), Verdict.REFUSED),
        "uncovered_answered": share(_verdicts(uncovered), Verdict.WRONG),
        "by_form": {form: _figures(some) for form, some in _by_form(asked).items()},
        "by_source": {source: _figures(some) for source, some in _by_source(asked).items()},
        "drafts": _draft_figures(asked),
        "by_language": {code: _figures(some) for code, some in _by_language(asked).items()},
        "by_course": {name: _figures([o for o in asked if o.row.course == name]) for name in _courses(asked)},
        "model": model,
    }


def table(asked: Sequence[Asked]) -> str:
    """Return a line for each form, source, language and course, and one for all."""
    groups: list[tuple[str, Sequence[Asked]]] = [*_by_form(asked).items()]
    groups += [("", ()), *((f"answers, {source}", some) for source, some in _by_source(asked).items())]
    groups += [("answers, final", asked), ("", ())]
    groups += [(f"language {code}", some) for code, some in _by_language(asked).items()]
    groups += [("follow-ups", [one for one in asked if one.row.after])]
    groups += [("not covered", [one for one in asked if not one.row.covered])]
    lines = [_HEADER, *(_line(name, some) for name, some in groups)]
    if drafts := _draft_figures(asked):
        lines.append(f"{'model drafts, unchecked':24}{drafts['count']:6}" + "".join(_percent(drafts)))
    return "\n".join(lines)


def answer_json(number: int, one: Asked) -> dict[str, Any]:
    """Return the line of the file of answers for one question."""
    return {
        "number": number,
        "verdict": one.score.verdict.value,
        "missing": one.score.missing,
        "said": one.score.said,
        **asdict(one.row),
        "answer": one.answer,
        "source": one.source,
        "draft": one.draft,
        "draft_verdict": one.draft_score.verdict.value if one.draft_score else None,
        "supported": one.supported,
        "move": one.move,
        "confidence": one.confidence,
        "seconds": one.seconds,
        "quotes": one.quotes,
        "error": one.error,
    }


def _figures(asked: Sequence[Asked]) -> dict[str, Any]:
    supported = [one.supported for one in asked if one.supported is not None]
    seconds = sorted(one.seconds for one in asked)
    return {
        "questions": len(asked),
        **{verdict.value: share(_verdicts(asked), verdict) for verdict in Verdict},
        "supported": round(statistics.fmean(supported), 4) if supported else None,
        "median_s": round(statistics.median(seconds), 2) if seconds else None,
        "p90_s": seconds[math.ceil(0.9 * len(seconds)) - 1] if seconds else None,
    }


def _draft_figures(asked: Sequence[Asked]) -> dict[str, Any]:
    scores = [one.draft_score for one in asked if one.draft_score]
    verdicts = [_verdict(score) for score in scores]
    return {"count": len(scores), **{v.value: share(verdicts, v) for v in Verdict}} if scores else {}


def _line(name: str, some: Sequence[Asked]) -> str:
    if not some:
        return name
    figures = _figures(some)
    supported = "-" if figures["supported"] is None else f"{100 * figures['supported']:.0f}%"
    times = f"{supported:>11}{figures['median_s']:10.1f}{figures['p90_s']:8.1f}"
    return f"{name:24}{len(some):6}{''.join(_percent(figures))}{times}"


def _percent(figures: dict[str, Any]) -> list[str]:
    widths = {Verdict.REFUSED: 9}
    return [f"{100 * figures[v.value]:{widths.get(v, 8) - 1}.0f}%" for v in Verdict]


def _verdict(score: Score) -> Verdict:
    return score.verdict


def _verdicts(asked: Sequence[Asked]) -> list[Verdict]:
    return [one.score.verdict for one in asked]


def _by_form(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    forms = [*FORMS, *sorted({one.row.form for one in asked} - set(FORMS))]
    groups = {form: [one for one in asked if one.row.form == form] for form in forms}
    return {form: some for form, some in groups.items() if some}


def _by_source(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    return {source: [one for one in asked if one.source == source] for source in ("lifted", "model")}


def _by_language(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    codes = [detect_language(one.row.question, "en") for one in asked]
    return {code: [o for o, c in zip(asked, codes, strict=True) if c == code] for code in sorted(set(codes))}


def _courses(asked: Sequence[Asked]) -> list[str]:
    return sorted({one.row.course for one in asked})
