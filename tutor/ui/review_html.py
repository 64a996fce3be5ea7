"""What the instructor's desk shows of better answers: values in, escaped HTML and lines out. No Gradio."""

from __future__ import annotations

import html
from collections.abc import Sequence

from tutor.chat.citations import without_marks
from tutor.corrections.review_flags import MANY, Flag, FlagKind
from tutor.corrections.review_queue import Review
from tutor.domain import Correction
from tutor.ui.chat_view import plain
from tutor.ui.words import say


def tab_label(waiting: int, language: str) -> str:
    return say(language, "review_count", count=waiting) if waiting else say(language, "review")


def how_many(total: int, waiting: int, language: str) -> str:
    if not total:
        return say(language, "no_review")
    return say(language, "review_waiting", count=waiting) if waiting else say(language, "review_done")


def choices(queue: Sequence[Review], language: str) -> list[tuple[str, str]]:
    """Return a line for each better answer: what was asked, by whom, where it stands, whether it has flags."""
    return [(_line(review, language), review.correction.id) for review in queue]


def _line(review: Review, language: str) -> str:
    mark = "⚑ " if review.flags and review.correction.waits else ""
    return (
        f"{mark}{plain(review.turn.question, 60)} · {plain(review.author, 30)} · {state(review.correction, language)}"
    )


def state(correction: Correction, language: str) -> str:
    return say(language, "review_state_waits" if correction.waits else f"review_state_{correction.state.value}")


def side_by_side(review: Review | None, language: str) -> str:
    """Return question, answer, better answer, passage and flags as a grid; every text of a person is escaped."""
    if review is None:
        return ""
    correction, turn = review.correction, review.turn
    passages = "\n\n".join(review.passages) or say(language, "review_no_passage")
    better = say(language, "review_better", name=review.author)
    consent = say(language, "review_trains" if correction.consent else "review_no_consent")
    boxes = (
        _box(say(language, "review_question"), turn.question, "wide"),
        _box(say(language, "review_answer"), without_marks(turn.answer)),
        _box(better, correction.text, "better"),
        _flags(review.flags, language),
        _box(say(language, "review_passages"), passages, "wide passage"),
    )
    foot = f'<p class="foot">{html.escape(state(correction, language))}. {html.escape(consent)}</p>'
    return f'<div class="tutor-review-grid">{"".join(boxes)}{foot}</div>'


def _box(title: str, words: str, kind: str = "") -> str:
    return (
        f'<section class="{kind}"><h4 class="name">{html.escape(title)}</h4><div>{html.escape(words)}</div></section>'
    )


def _flags(flags: Sequence[Flag], language: str) -> str:
    if not flags:
        return f'<p class="wide quiet">✓ {html.escape(say(language, "no_flags"))}</p>'
    items = "".join(f"<li>{html.escape(flag_line(flag, language))}</li>" for flag in flags)
    return f'<ul class="wide flags">{items}</ul>'


def flag_line(flag: Flag, language: str) -> str:
    """Say why a better answer deserves a second look."""
    campaign = flag.kind is FlagKind.REPEATS and flag.count >= MANY
    key = "flag_many" if campaign else f"flag_{flag.kind.value}"
    return say(language, key, said=plain(flag.said, 160), source=plain(flag.source, 160), count=flag.count)
