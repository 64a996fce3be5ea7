"""The review of better answers as text and escaped HTML. No Gradio."""

from __future__ import annotations

import html
from collections.abc import Sequence

from tutor.chat.citations import strip_citation_marks
from tutor.corrections.review_flags import CAMPAIGN_SIZE, ReviewFlag, ReviewFlagKind
from tutor.corrections.review_queue import CorrectionReview
from tutor.domain import Correction
from tutor.locales import t
from tutor.ui.text_format import to_plain_line


def format_tab_label(waiting: int, language: str) -> str:
    return t(language, "review_count", count=waiting) if waiting else t(language, "review")


def format_queue_count(total: int, waiting: int, language: str) -> str:
    if not total:
        return t(language, "no_review")
    return t(language, "review_waiting", count=waiting) if waiting else t(language, "review_done")


def review_choices(queue: Sequence[CorrectionReview], language: str) -> list[tuple[str, str]]:
    """Return a line for each better answer: question, author, status, and whether it has flags."""
    return [(_format_review(review, language), review.correction.id) for review in queue]


def _format_review(review: CorrectionReview, language: str) -> str:
    mark = "⚑ " if review.flags and review.correction.is_pending else ""
    question, author = to_plain_line(review.turn.question, 60), to_plain_line(review.author_name, 30)
    return f"{mark}{question} · {author} · {format_review_state(review.correction, language)}"


def format_review_state(correction: Correction, language: str) -> str:
    return t(language, "review_state_waits" if correction.is_pending else f"review_state_{correction.state.value}")


def render_review(review: CorrectionReview | None, language: str) -> str:
    """Return question, answer, better answer, passages and flags as a grid; all text is escaped."""
    if review is None:
        return ""
    correction, turn = review.correction, review.turn
    passages = "\n\n".join(review.passages) or t(language, "review_no_passage")
    better = t(language, "review_better", name=review.author_name)
    consent = t(language, "review_trains" if correction.consent else "review_no_consent")
    boxes = (
        _render_box(t(language, "review_question"), turn.question, "wide"),
        _render_box(t(language, "review_answer"), strip_citation_marks(turn.answer)),
        _render_box(better, correction.text, "better"),
        _render_flags(review.flags, language),
        _render_box(t(language, "review_passages"), passages, "wide passage"),
    )
    foot = f'<p class="foot">{html.escape(format_review_state(correction, language))}. {html.escape(consent)}</p>'
    return f'<div class="tutor-review-grid">{"".join(boxes)}{foot}</div>'


def _render_box(title: str, words: str, kind: str = "") -> str:
    return (
        f'<section class="{kind}"><h4 class="name">{html.escape(title)}</h4><div>{html.escape(words)}</div></section>'
    )


def _render_flags(flags: Sequence[ReviewFlag], language: str) -> str:
    if not flags:
        return f'<p class="wide quiet">✓ {html.escape(t(language, "no_flags"))}</p>'
    items = "".join(f"<li>{html.escape(format_flag(flag, language))}</li>" for flag in flags)
    return f'<ul class="wide flags">{items}</ul>'


def format_flag(flag: ReviewFlag, language: str) -> str:
    """Return why a better answer needs a closer look."""
    campaign = flag.kind is ReviewFlagKind.NEAR_DUPLICATE and flag.count >= CAMPAIGN_SIZE
    key = "flag_many" if campaign else f"flag_{flag.kind.value}"
    return t(
        language, key, said=to_plain_line(flag.text, 160), source=to_plain_line(flag.source, 160), count=flag.count
    )
