"""What a page shows: values in, plain messages and lines out. No Gradio, no requests, no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from knowledge.documents import Document
from knowledge.lexical import terms
from tutor.chat.citations import OWN, without_marks
from tutor.domain import (
    Citation,
    Conversation,
    Feedback,
    Guidance,
    Job,
    JobState,
    Stage,
    Thumb,
    Turn,
    TurnStatus,
)
from tutor.engine.base import EngineInfo, EngineState
from tutor.ui.citation_html import placed
from tutor.ui.sanitizer import JOINER, clean, without_hidden
from tutor.ui.words import WORDS, say

ChatMessage = dict[str, Any]
LIKE, DISLIKE = "Like", "Dislike"  # the two options that the chat shows as thumbs
REASONS = ("reason_wrong", "reason_unclear", "reason_source", "reason_other")
_MARK = re.compile(r"\[(\d{1,2})\](?!\()")
VERY, LIKELY, SOMETHING = 0.85, 0.6, 0.15  # confidences from which on the words for them change
FEW_WORDS, MOST_QUOTED = 12, 240  # of an answer that is shown with its source's sentence; characters of that
ANSWERS = ("answer", "define")  # moves whose reply is one to the question asked
_OWN_SHOWN = f'<span class="tutor-own">{OWN}</span>'
_OWN = re.compile(rf"\[{OWN}\](?!\()")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ENDINGS = {
    TurnStatus.STOPPED: "stopped",
    TurnStatus.INTERRUPTED: "interrupted",
    TurnStatus.FAILED: "failed",
}


def messages(turns: Sequence[Turn], language: str) -> list[ChatMessage]:
    """Return a conversation as chat messages, two a turn; each carries its turn's id."""
    return [message for turn in turns for message in (asked(turn.question, turn.id), answered(turn, language))]


def asked(question: str, turn_id: str = "") -> ChatMessage:
    return {"role": "user", "content": clean(question), "metadata": {"id": turn_id}}


def answered(turn: Turn, language: str) -> ChatMessage:
    """Return the stored answer with its citations as links, its sources, and how it ended."""
    parts = [
        badge(turn, language),
        rung(turn, language),
        cited(turn),
        own_words(turn, language),
        sources(turn, language),
        ending(turn, language),
        " · ".join(filter(None, (sureness(turn, language), origin(turn, language)))),
    ]
    return {"role": "assistant", "content": "\n\n".join(filter(None, parts)), "metadata": {"id": turn.id}}


def streaming(text: str, stage: Stage | None, language: str) -> ChatMessage:
    """Return the answer so far, or what the tutor is doing before its first word."""
    return {"role": "assistant", "content": clean(text) if text.strip() else doing(stage, language)}


def doing(stage: Stage | None, language: str) -> str:
    key = f"stage_{stage.name}" if stage and f"stage_{stage.name}" in WORDS["en"] else "stage_other"
    detail = clean(stage.detail) if stage else ""
    return f'<span class="tutor-doing">{say(language, key, detail=detail)}</span>'


def badge(turn: Turn, language: str) -> str:
    """Return who vouches for the answer, or the decision "not in your course" and in plain words how sure it is."""
    keys = [f"verified_{turn.verified.voice.value}"] if turn.verified and turn.verified.whole else []
    words = {key: say(language, key) for key in keys}
    if turn.covered is False and (turn.guidance is None or _about_material(turn.guidance)):
        sure = say(language, "not_covered_unsure" if (turn.confidence or 0.0) > SOMETHING else "not_covered_sure")
        words["not_covered"] = f"{say(language, 'not_covered')} · {sure}"
    return " ".join(f'<span class="tutor-badge tutor-{key}">{word}</span>' for key, word in words.items())


def _about_material(guidance: Guidance) -> bool:
    """Whether what the course holds decides this move: an answer, or the first hint at an exercise."""
    return guidance.move in (*ANSWERS, "not_covered") or (guidance.move == "hint" and guidance.rung == 1)


def sureness(turn: Turn, language: str) -> str:
    """Return in plain words how sure the library is that the course covers the question."""
    if not turn.covered or turn.confidence is None or (turn.guidance and turn.guidance.move not in ANSWERS):
        return ""
    levels = (("covered_very", VERY), ("covered_likely", LIKELY), ("covered_perhaps", 0.0))
    key = next(key for key, least in levels if turn.confidence >= least)
    return f'<span class="tutor-note">{say(language, key)}</span>'


def rung(turn: Turn, language: str) -> str:
    """Return where the learner stands on the hint ladder after a hint, or that her exercise is done."""
    guidance = turn.guidance
    if guidance is None or not guidance.exercise:
        return ""
    if guidance.move == "confirm" and guidance.closed:
        return f'<span class="tutor-rung">{say(language, "exercise_done")}</span>'
    if guidance.move != "hint":
        return ""
    key = "rung_answer" if guidance.closed else "rung_sharper" if guidance.sharpness else "rung"
    return f'<span class="tutor-rung">{say(language, key, rung=guidance.rung, top=guidance.top)}</span>'


def cited(turn: Turn) -> str:
    """Return the cleaned answer; a mark [n] that has a citation becomes the link to its passage."""
    links = {citation.number: passage_link(turn, citation) for citation in turn.citations}

    def link(match: re.Match[str]) -> str:
        number = int(match[1])
        return f"[[{number}]]({links[number]})" if number in links else match[0]

    return clean(turn.answer, lambda plain: _OWN.sub(_OWN_SHOWN, _MARK.sub(link, plain)))


def own_words(turn: Turn, language: str) -> str:
    """Return the legend of the mark that unsupported sentences carry; "" where none does."""
    return (
        f'{_OWN_SHOWN} <span class="tutor-note">{say(language, "own_words")}</span>' if _OWN.search(turn.answer) else ""
    )


def sources(turn: Turn, language: str) -> str:
    if not turn.citations:
        return ""
    lines = [
        f"- [[{c.number}]]({passage_link(turn, c)}) {inline(c.document)} · "
        + inline(placed(language, c.place, c.position, c.locator))
        + sentence_of(turn, c)
        for c in turn.citations
    ]
    return "\n".join([f"**{say(language, 'sources')}**", "", *lines])


def sentence_of(turn: Turn, citation: Citation) -> str:
    """Return the course's own sentence beside an answer of a few words, so that it can be read in its place."""
    guided = turn.guidance is not None and turn.guidance.move not in ANSWERS
    if guided or not turn.model or len(terms(without_marks(turn.answer))) > FEW_WORDS:
        return ""
    return f": “{inline(plain(citation.quote, MOST_QUOTED))}”"


def passage_link(turn: Turn, citation: Citation) -> str:
    query = urlencode({"in": turn.conversation_id, "turn": turn.id, "n": citation.number})
    return f"/passage/{quote(citation.passage_id, safe='')}?{query}"


def ending(turn: Turn, language: str) -> str:
    key = _ENDINGS.get(turn.status)
    return f'<span class="tutor-ending">{say(language, key)}</span>' if key else ""


def origin(turn: Turn, language: str) -> str:
    """Return the line that says which model, in which form and under which adapter, gave the answer."""
    if turn.verified and turn.verified.whole:
        return f'<span class="tutor-origin">{say(language, "verified_why")}</span>'
    if not turn.model:
        return ""
    parts = [model_name(turn.model, turn.quantization)]
    if turn.adapter:
        parts.append(say(language, "with_adapter", adapter=inline(turn.adapter)))
    if turn.verified:
        parts.append(say(language, f"example_{turn.verified.voice.value}"))
    if turn.timings:
        parts.append(say(language, "seconds", seconds=f"{turn.timings.total_s:.1f}"))
    return f'<span class="tutor-origin">{" · ".join(parts)}</span>'


def model_name(model: str, quantization: str | None) -> str:
    """Return the model with the form that it runs in."""
    form = "" if quantization in (None, "none", "") else f" ({quantization.upper()})"
    return inline(model) + form


def inline(text: str) -> str:
    """Return text from a document or a person as plain words inside a line of Markdown."""
    line = " ".join(without_hidden(text).split())
    return re.sub(r"([\\`*_{}\[\]<>#|~$&])", lambda match: JOINER + match[1] + JOINER, clean(line))


def plain(text: str, limit: int = 80) -> str:
    """Return one line of text for a component that shows text as it is; formulas without their LaTeX."""
    line = " ".join(_FORMULA.sub(_unmarked, without_hidden(text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


_FORMULA = re.compile(r"\$([^$\s]*[A-Za-z\\][^$\s]*|[^$]*\\[^$]*)\$")  # no sum of money


def _unmarked(formula: re.Match[str]) -> str:
    """Return a formula as plain letters: `\\mathbf{w}` is w."""
    inside = re.sub(r"\\[A-Za-z]+\{([^{}]*)\}", r"\1", formula[1])
    return re.sub(r"\\([A-Za-z]+)", r"\1", inside)


def typed(text: str) -> str:
    """Return what a person typed, without the joiners that the page showed her question with."""
    return text.replace(JOINER, "")


def votes(turns: Sequence[Turn], ratings: Mapping[str, Feedback], language: str) -> list[str | None]:
    """Return what was chosen under each answer, in the order of the answers."""
    return [_vote(ratings.get(turn.id), language) for turn in turns]


def _vote(rating: Feedback | None, language: str) -> str | None:
    if rating is None:
        return None
    if rating.reason in REASONS:
        return say(language, rating.reason)
    return {Thumb.UP: LIKE, Thumb.DOWN: DISLIKE, None: None}[rating.thumb]


def vote_options(language: str) -> list[str]:
    return [LIKE, DISLIKE, *(say(language, reason) for reason in REASONS)]


def rating_from(choice: bool | str, language: str) -> tuple[Thumb, str | None]:
    """Return the thumb and the reason that a tap means; the chat tells True, False or the option's words."""
    if isinstance(choice, bool):
        return (Thumb.UP if choice else Thumb.DOWN), None
    reasons = {say(language, reason): reason for reason in REASONS}
    if choice in (LIKE, DISLIKE):
        return rating_from(choice == LIKE, language)
    return Thumb.DOWN, reasons.get(choice)


def turn_at(turns: Sequence[Turn], index: int | tuple[int, ...] | None) -> Turn | None:
    """Return the turn of a chat message's index: every turn shows two messages."""
    number = index[0] if isinstance(index, tuple) else index
    return turns[number // 2] if number is not None and 0 <= number < 2 * len(turns) else None


def conversation_choices(conversations: Sequence[Conversation]) -> list[tuple[str, str]]:
    return [(plain(conversation.title, 60) or "…", conversation.id) for conversation in conversations]


def model_line(info: EngineInfo, language: str) -> str:
    if info.state is EngineState.LOADING:
        return say(language, "model_loading")
    if info.state is EngineState.FAILED:
        return say(language, "model_failed", detail=inline(info.detail))
    line = " · ".join((model_name(info.model, info.quantization), info.device))
    return f"{line} · {inline(info.detail)}" if info.detail else line


def starters(topics: Sequence[str], language: str, count: int = 4) -> list[ChatMessage]:
    """Return questions to begin with, about what the course declares or has, in her own language where there is any."""
    lines = list(dict.fromkeys(plain(topic, 60) for topic in topics))
    spoken = [line for line in lines if bool(_HAN.search(line)) == (language == "zh")]
    return [{"text": say(language, "starter", topic=line)} for line in (spoken or lines)[:count]]


def hello(course: str | None, has_documents: bool, language: str) -> str:
    """Return what stands in an empty chat."""
    if course is None:
        return say(language, "no_courses")
    if not has_documents:
        return say(language, "no_documents", course=inline(course))
    return f"## {say(language, 'hello')}\n{say(language, 'hello_more', course=inline(course))}"


def jobs_list(jobs: Sequence[Job], language: str) -> str:
    """Return the progress of long tasks as Markdown, the latest first."""
    return "\n".join(f"- {job_line(job, language)}" for job in jobs)


def job_line(job: Job, language: str) -> str:
    state = say(language, f"job_{job.state.value}")
    if job.state is JobState.RUNNING:
        share = min(1.0, job.done / job.total) if job.total > 0 else 0.0
        key = f"stage_{job.stage}"
        stage = say(language, key, detail="") if key in WORDS["en"] else inline(job.stage)
        return f"**{inline(job.subject)}** {bar(share)} {share:.0%} · {stage}"
    return f"**{inline(job.subject)}** {state}. {inline(job.message)}".rstrip()


def bar(share: float, width: int = 16) -> str:
    full = round(share * width)
    return "▰" * full + "▱" * (width - full)


def is_open(job: Job) -> bool:
    return job.state in (JobState.QUEUED, JobState.RUNNING)


def document_choices(documents: Sequence[Document], language: str) -> list[tuple[str, str]]:
    return [(_document_line(document, language), document.id) for document in documents]


def _document_line(document: Document, language: str) -> str:
    line = say(
        language,
        "document_line",
        name=plain(document.name, 60),
        pages=document.pages,
        passages=document.passages,
    )
    return " · ".join([line, *(plain(note, 120) for note in document.notes)])
