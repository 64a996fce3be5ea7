"""The text of a chat: values in, Markdown out. No Gradio, no requests, no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote, urlencode

from knowledge.documents import Document
from knowledge.languages import detect_language
from knowledge.languages import language as language_of
from knowledge.lexical import tokenize
from tutor.chat.answer_support import AnswerSupport, answer_support
from tutor.chat.citations import OWN_WORDS_MARK, strip_citation_marks
from tutor.domain import (
    Citation,
    Conversation,
    Feedback,
    Guidance,
    Queued,
    Stage,
    Thumb,
    Turn,
    TurnStatus,
)
from tutor.engine.base import EngineInfo, EngineState
from tutor.engine.load_progress import Fallback, LoadProgress, LoadStage
from tutor.locales import CATALOGS, DEFAULT, t, translate_error
from tutor.locales.formatting import format_number
from tutor.ui.citation_html import format_place
from tutor.ui.sanitizer import sanitize_markdown
from tutor.ui.text_format import escape_inline, to_plain_line

ChatMessage = dict[str, Any]
LIKE, DISLIKE = "Like", "Dislike"  # Gradio shows these two options as thumbs
FEEDBACK_REASONS = ("reason_wrong", "reason_unclear", "reason_source", "reason_other")
_CITATION_MARK = re.compile(r"\[(\d{1,2})\](?!\()")
# The least confidence of each wording.
CONFIDENCE_VERY = 0.85
CONFIDENCE_LIKELY = 0.6
CONFIDENCE_UNSURE = 0.15  # above it, an uncovered answer is called "not certain"
SHORT_ANSWER_TERMS = 12  # an answer of at most so many terms is shown with its cited sentence
MAX_QUOTE_CHARS = 240
STARTER_QUESTIONS = 4
ANSWER_PATH = "/answer"
ANSWER_MOVES = ("answer", "define")  # moves that answer the question itself
_UNSUPPORTED_HTML = f'<span class="tutor-unsupported">{OWN_WORDS_MARK}</span>'
_UNSUPPORTED_MARK = re.compile(rf"\[{OWN_WORDS_MARK}\](?!\()")
_STATUS_KEYS = {
    TurnStatus.STOPPED: "stopped",
    TurnStatus.INTERRUPTED: "interrupted",
    TurnStatus.FAILED: "failed",
}


def to_chat_messages(turns: Sequence[Turn], language: str) -> list[ChatMessage]:
    """Return a conversation as chat messages, two per turn; each carries its turn's id."""
    return [
        message
        for turn in turns
        for message in (to_question_message(turn.question, turn.id), to_answer_message(turn, language))
    ]


def to_question_message(question: str, turn_id: str = "") -> ChatMessage:
    return {"role": "user", "content": sanitize_markdown(question), "metadata": {"id": turn_id}}


def to_answer_message(turn: Turn, language: str) -> ChatMessage:
    """Return the stored answer with linked citations, sources and status."""
    parts = [
        format_badge(turn, language),
        format_hint_rung(turn, language),
        link_citations(turn),
        format_unsupported_legend(turn, language),
        format_sources(turn, language),
        format_turn_status(turn, language),
        _format_basis(turn, language),
    ]
    return {"role": "assistant", "content": "\n\n".join(filter(None, parts)), "metadata": {"id": turn.id}}


def _format_basis(turn: Turn, language: str) -> str:
    """Return the line below an answer: how sure it is, what wrote it, and the link to how it came about."""
    link = f"[{t(language, 'came_about')}]({provenance_url(turn)})" if turn.status is not TurnStatus.RUNNING else ""
    parts = (format_confidence(turn, language), format_provenance(turn, language), link)
    return " · ".join(filter(None, parts))


def provenance_url(turn: Turn) -> str:
    """Return the address of the page that says how an answer came about."""
    return f"{ANSWER_PATH}/{quote(turn.id, safe='')}?{urlencode({'in': turn.conversation_id})}"


def to_partial_message(text: str, stage: Stage | Queued | None, language: str) -> ChatMessage:
    """Return the answer so far, or the current stage before its first word."""
    return {"role": "assistant", "content": sanitize_markdown(text) if text.strip() else format_stage(stage, language)}


def format_stage(stage: Stage | Queued | None, language: str) -> str:
    """Return what the tutor is doing, or the place in the queue."""
    match stage:
        case Queued(place=place) if place:
            words = t(language, "stage_queued", place=place)
        case Queued():
            words = t(language, "stage_thinking")
        case Stage(name=name) if f"stage_{name}" in CATALOGS[DEFAULT]:
            words = t(language, f"stage_{name}")
        case _:
            words = t(language, "stage_other")
    return f'<span class="tutor-stage">{words}</span>'


def format_badge(turn: Turn, language: str) -> str:
    """Return who checked the answer, or "not in your course" with how certain that is."""
    keys = [f"verified_{turn.verified.voice.value}"] if turn.verified and turn.verified.whole else []
    words = {key: t(language, key) for key in keys}
    if turn.covered is False and (turn.guidance is None or _depends_on_coverage(turn.guidance)):
        sure = t(language, "not_covered_unsure" if (turn.confidence or 0.0) > CONFIDENCE_UNSURE else "not_covered_sure")
        words["not_covered"] = f"{t(language, 'not_covered')} · {sure}"
    return " ".join(f'<span class="tutor-badge tutor-{key}">{word}</span>' for key, word in words.items())


def _depends_on_coverage(guidance: Guidance) -> bool:
    """Whether this move depends on what the course covers: an answer, or the first hint for an exercise."""
    return guidance.move in (*ANSWER_MOVES, "not_covered") or (guidance.move == "hint" and guidance.rung == 1)


def format_confidence(turn: Turn, language: str) -> str:
    """Return whether the course covers the question, and whether it supports the answer.

    An answer that it does not support gets no word about how likely the course covers the question.
    """
    if not turn.covered or turn.confidence is None or (turn.guidance and turn.guidance.move not in ANSWER_MOVES):
        return ""
    support = "" if turn.verified and turn.verified.whole else t(language, f"support_{answer_support(turn).value}")
    if support and answer_support(turn) in (AnswerSupport.PARTLY, AnswerSupport.NONE):
        return f'<span class="tutor-note">{support}</span>'
    levels = (("covered_very", CONFIDENCE_VERY), ("covered_likely", CONFIDENCE_LIKELY), ("covered_possibly", 0.0))
    key = next(key for key, least in levels if turn.confidence >= least)
    words = language_of(language).sentence_space.join(filter(None, (t(language, key), support)))
    return f'<span class="tutor-note">{words}</span>'


def format_hint_rung(turn: Turn, language: str) -> str:
    """Return the rung of the hint ladder after a hint, or that the exercise is solved."""
    guidance = turn.guidance
    if guidance is None or not guidance.exercise:
        return ""
    if guidance.move == "confirm" and guidance.closed:
        return f'<span class="tutor-rung">{t(language, "exercise_done")}</span>'
    if guidance.move != "hint":
        return ""
    key = "hint_rung_solution" if guidance.closed else "hint_rung_sharper" if guidance.sharpness else "hint_rung"
    return f'<span class="tutor-rung">{t(language, key, rung=guidance.rung, top=guidance.top)}</span>'


def link_citations(turn: Turn) -> str:
    """Return the sanitised answer; a mark [n] with a citation becomes a link to its passage."""
    links = {citation.number: passage_url(turn, citation) for citation in turn.citations}

    def link(match: re.Match[str]) -> str:
        number = int(match[1])
        return f"[[{number}]]({links[number]})" if number in links else match[0]

    return sanitize_markdown(
        turn.answer, lambda plain: _UNSUPPORTED_MARK.sub(_UNSUPPORTED_HTML, _CITATION_MARK.sub(link, plain))
    )


def format_unsupported_legend(turn: Turn, language: str) -> str:
    """Return the legend for the mark of unsupported sentences; "" if there are none."""
    return (
        f'{_UNSUPPORTED_HTML} <span class="tutor-note">{t(language, "unsupported_legend")}</span>'
        if _UNSUPPORTED_MARK.search(turn.answer)
        else ""
    )


def format_sources(turn: Turn, language: str) -> str:
    if not turn.citations:
        return ""
    lines = [
        f"- [[{c.number}]]({passage_url(turn, c)}) {escape_inline(c.document)} · "
        + escape_inline(format_place(language, c.place, c.position, c.locator))
        + format_source_sentence(turn, c)
        for c in turn.citations
    ]
    return "\n".join([f"**{t(language, 'sources')}**", "", *lines])


def format_source_sentence(turn: Turn, citation: Citation) -> str:
    """Return the cited sentence for an answer of only a few words."""
    guided = turn.guidance is not None and turn.guidance.move not in ANSWER_MOVES
    if guided or not turn.model or len(tokenize(strip_citation_marks(turn.answer))) > SHORT_ANSWER_TERMS:
        return ""
    return f": “{escape_inline(to_plain_line(citation.quote, MAX_QUOTE_CHARS))}”"


def passage_url(turn: Turn, citation: Citation) -> str:
    query = urlencode({"in": turn.conversation_id, "turn": turn.id, "n": citation.number})
    return f"/passage/{quote(citation.passage_id, safe='')}?{query}"


def format_turn_status(turn: Turn, language: str) -> str:
    key = _STATUS_KEYS.get(turn.status)
    return f'<span class="tutor-turn-status">{t(language, key)}</span>' if key else ""


def format_provenance(turn: Turn, language: str) -> str:
    """Return which model, quantization and adapter gave the answer."""
    if turn.verified and turn.verified.whole:
        return f'<span class="tutor-provenance">{t(language, "verified_why")}</span>'
    if not turn.model:
        return ""
    parts = [format_model_name(turn.model, turn.quantization)]
    if turn.adapter:
        parts.append(t(language, "with_adapter", adapter=escape_inline(turn.adapter)))
    if turn.verified:
        parts.append(t(language, f"example_{turn.verified.voice.value}"))
    if turn.timings:
        parts.append(t(language, "seconds", seconds=format_number(language, turn.timings.total_s, 1)))
    return f'<span class="tutor-provenance">{" · ".join(parts)}</span>'


def format_model_name(model: str, quantization: str | None) -> str:
    """Return the model with its quantization."""
    form = "" if quantization in (None, "none", "") else f" ({quantization.upper()})"
    return escape_inline(model) + form


def feedback_values(turns: Sequence[Turn], ratings: Mapping[str, Feedback], language: str) -> list[str | None]:
    """Return the selected feedback of each answer, in the order of the answers."""
    return [_feedback_value(ratings.get(turn.id), language) for turn in turns]


def _feedback_value(rating: Feedback | None, language: str) -> str | None:
    if rating is None:
        return None
    if rating.reason in FEEDBACK_REASONS:
        return t(language, rating.reason)
    return {Thumb.UP: LIKE, Thumb.DOWN: DISLIKE, None: None}[rating.thumb]


def feedback_options(language: str) -> list[str]:
    return [LIKE, DISLIKE, *(t(language, reason) for reason in FEEDBACK_REASONS)]


def parse_feedback(choice: bool | str, language: str) -> tuple[Thumb, str | None]:
    """Return thumb and reason of a choice; the chat sends True, False or the label of the option."""
    if isinstance(choice, bool):
        return (Thumb.UP if choice else Thumb.DOWN), None
    reasons = {t(language, reason): reason for reason in FEEDBACK_REASONS}
    if choice in (LIKE, DISLIKE):
        return parse_feedback(choice == LIKE, language)
    return Thumb.DOWN, reasons.get(choice)


def turn_at(turns: Sequence[Turn], index: int | tuple[int, ...] | None) -> Turn | None:
    """Return the turn of a chat message's index; every turn has two messages."""
    number = index[0] if isinstance(index, tuple) else index
    return turns[number // 2] if number is not None and 0 <= number < 2 * len(turns) else None


def conversation_choices(conversations: Sequence[Conversation]) -> list[tuple[str, str]]:
    return [(to_plain_line(conversation.title, 60) or "…", conversation.id) for conversation in conversations]


def format_model_status(info: EngineInfo, language: str) -> str:
    """Return what the page says about the model: how far loading is, why it failed, or which one answers."""
    if info.state is EngineState.LOADING:
        return _format_load_progress(info.progress, language)
    if info.state is EngineState.FAILED:
        return t(language, "model_failed", detail=escape_inline(info.detail))
    line = " · ".join((format_model_name(info.model, info.quantization), info.device))
    detail = _format_fallback(info.fallback, language) if info.fallback else info.detail
    return f"{line} · {escape_inline(detail)}" if detail else line


def _format_load_progress(progress: LoadProgress | None, language: str) -> str:
    if progress is None or progress.stage is LoadStage.LOADING:
        return t(language, "model_loading")
    return t(language, f"model_{progress.stage.value}", **progress.megabytes)


def _format_fallback(fallback: Fallback, language: str) -> str:
    reasons = [translate_error(reason, language) for reason in fallback.reasons]
    return t(language, "model_fallback", reasons="; ".join(reasons), model=fallback.model)


def starter_questions(topics: Sequence[str], language: str) -> list[ChatMessage]:
    """Return starter questions about the topics, in the reader's language if any topic is in it."""
    lines = list(dict.fromkeys(to_plain_line(topic, 60) for topic in topics))
    spoken = [line for line in lines if detect_language(line, language) == language]
    return [{"text": t(language, "starter", topic=line)} for line in (spoken or lines)[:STARTER_QUESTIONS]]


def format_empty_chat(course: str | None, has_documents: bool, language: str, *, is_reading: bool = False) -> str:
    """Return the text of an empty chat."""
    if course is None:
        return t(language, "no_courses")
    if not has_documents:
        return t(language, "documents_being_read" if is_reading else "no_documents", course=escape_inline(course))
    return f"## {t(language, 'empty_chat_title')}\n{t(language, 'empty_chat_lead', course=escape_inline(course))}"


def document_choices(documents: Sequence[Document], language: str) -> list[tuple[str, str]]:
    return [(_document_line(document, language), document.id) for document in documents]


def _document_name(document: Document) -> str:
    """Return the title that learners see, with the name of the file where the title does not tell it."""
    if document.title in ("", document.name, PurePath(document.name).stem):
        return document.name
    return f"{document.title} ({document.name})"


def _document_line(document: Document, language: str) -> str:
    line = t(
        language,
        "document_line",
        name=to_plain_line(_document_name(document), 100),
        pages=document.pages,
        passages=document.passages,
    )
    return " · ".join([line, *(to_plain_line(note, 120) for note in document.notes)])
