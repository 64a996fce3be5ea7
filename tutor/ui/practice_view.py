"""What practice shows: questions, feedback and results as plain lines. Values in, words out; no Gradio."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from tutor.assessment.items import Kind
from tutor.domain import Outcome
from tutor.learner.placement import QUESTIONS
from tutor.practice.quiz_sessions import Sitting
from tutor.store.posed_questions import PLACEMENT, Given, PosedRow
from tutor.ui import chat_view
from tutor.ui.words import say
from tutor.ui.words.reasons import in_chinese

Choice = tuple[str, str]


def topics(counted: Sequence[tuple[str, int]], language: str) -> list[Choice]:
    """Return the topics to choose from; "" is the whole course."""
    named = [
        (say(language, "practice_count", name=chat_view.plain(name, 60), count=count), name) for name, count in counted
    ]
    return [(say(language, "practice_all"), ""), *named]


def number(sitting: Sitting, row: PosedRow, language: str) -> str:
    """Return which question this is; how many a placement asks is not known before its end."""
    if row.purpose == PLACEMENT:
        return say(language, "placement_number", number=row.number + 1, most=QUESTIONS)
    return say(language, "practice_number", number=row.number + 1, count=len(sitting.questions))


def prompt(row: PosedRow) -> str:
    return f"### {chat_view.inline(row.item.prompt)}"


def options(row: PosedRow, language: str) -> list[Choice]:
    """Return what can be chosen: the options, or true and false."""
    if row.item.kind is Kind.TRUE_FALSE:
        return [(say(language, "practice_true"), "true"), (say(language, "practice_false"), "false")]
    return [(chat_view.plain(option, 160), option) for option in row.item.options]


def ordered_before(row: PosedRow, language: str, *, over: bool) -> str:
    """Return the order that she has handed in last, if it was one that was asked for."""
    if row.last is None or row.item.kind is not Kind.ORDERING:
        return ""
    return arranged(row.last.text.splitlines(), language, "practice_arranged" if over else "practice_arranged_before")


def arranged(steps: Sequence[str], language: str, key: str = "practice_arranged") -> str:
    """Return steps as a numbered list; nothing where there are none."""
    if not steps:
        return ""
    lines = [f"{n}. {chat_view.inline(step)}" for n, step in enumerate(steps, 1)]
    return "\n".join([say(language, key), "", *lines])


def hints(texts: Sequence[str], language: str) -> str:
    """Return the hints given so far, the latest last."""
    lines = [
        f"- **{say(language, 'practice_hinted', number=n)}** · {chat_view.inline(text)}"
        for n, text in enumerate(texts, 1)
    ]
    return "\n".join(lines)


def feedback(row: PosedRow, place: str, language: str, *, over: bool, retry: bool) -> str:
    """Return what the last answer was worth and why; the key and its passage only when nothing more can count."""
    parts = []
    if row.last is not None and row.last.grade is not None:
        parts.append(verdict(row.last, language))
        if retry:
            parts.append(say(language, "practice_retry"))
    if over:
        parts += [
            say(
                language,
                "practice_key",
                answer=chat_view.inline("; ".join(spoken(row, key, language) for key in row.item.keys)),
            ),
            why(row, place, language),
        ]
    return "\n\n".join(filter(None, parts))


def verdict(given: Given, language: str) -> str:
    """Return the outcome with its reasons; an instructor's decision says so, and so does a grade given anew."""
    assert given.grade is not None
    outcome = f"**{say(language, f'outcome_{given.grade.outcome.value}')}**"
    if given.reason and given.by_person:
        return f"{outcome} · {say(language, 'practice_by_teacher', reason=reason(given.reason, language))}"
    reasons = [given.reason, *given.grade.reasons] if given.reason else given.grade.reasons
    return f"{outcome} · {'; '.join(reason(one, language) for one in reasons)}"


def spoken(row: PosedRow, answer: str, language: str) -> str:
    """Return an answer or a key as it is read: true and false in the learner's language."""
    if row.item.kind is Kind.TRUE_FALSE and answer in ("true", "false"):
        return say(language, f"practice_{answer}")
    return ", ".join(answer.splitlines())


def reason(text: str, language: str) -> str:
    return chat_view.inline(in_chinese(text) if language == "zh" else text)


def why(row: PosedRow, place: str, language: str) -> str:
    """Return the passage that the item was made from, with the link to it."""
    source = row.item.source
    if source is None:
        return ""
    link = f"/passage/{quote(source.passage_id, safe='')}"
    words = re.sub(
        r"^(\d+)([.)])", r"\1\\\2", chat_view.inline(source.quote[:400])
    )  # "1. Turn the key" is no list here
    quoted = f"> {words}"
    return f"{quoted}\n>\n> [{chat_view.inline(place) or say(language, 'practice_passage')}]({link})"


def result(sitting: Sitting, language: str) -> str:
    """Return the summary of a quiz that has ended: the score, and each question with what came of it."""
    counted = [row.last.grade.outcome for row in sitting.questions if row.last and row.last.grade]
    waiting = counted.count(Outcome.UNSURE)
    score = say(
        language,
        "practice_score",
        right=counted.count(Outcome.RIGHT),
        count=len(sitting.questions),
        waiting=say(language, "practice_waiting", count=waiting) if waiting else "",
    )
    return "\n".join(
        [f"### {say(language, 'practice_result')}", "", score, "", *(_line(r, language) for r in sitting.questions)]
    )


def _line(row: PosedRow, language: str) -> str:
    asked = chat_view.inline(chat_view.plain(row.item.prompt, 110))
    if row.last is None or row.last.grade is None:
        return f"- {asked} — *{say(language, 'practice_skipped')}*"
    said = say(
        language, "practice_your", text=chat_view.inline(chat_view.plain(spoken(row, row.last.text, language), 80))
    )
    aided = f" ({say(language, 'practice_aided')})" if row.last.aided else ""
    return f"- {verdict(row.last, language)}{aided}  \n  {asked}  \n  {said}"
