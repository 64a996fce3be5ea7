"""Questions, feedback and results of practice as Markdown. No Gradio."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from tutor.assessment.question_types.base import AnswerControl, QuestionView
from tutor.assessment.question_types.registry import question_type
from tutor.domain import Outcome
from tutor.locales import t
from tutor.locales.grading_reasons import translate_grading_reason
from tutor.pedagogy.question_lifecycle import QuestionState
from tutor.practice.quiz_sessions import QuizSession, placement_length
from tutor.store.posed_questions import PosedQuestionRecord, StoredAttempt
from tutor.ui import text_format

Choice = tuple[str, str]


def topic_choices(counted: Sequence[tuple[str, int]], language: str) -> list[Choice]:
    """Return the topics; "" is the whole course."""
    named = [
        (t(language, "practice_count", name=text_format.to_plain_line(name, 60), count=count), name)
        for name, count in counted
    ]
    return [(t(language, "practice_all"), ""), *named]


def format_question_number(session: QuizSession, row: PosedQuestionRecord, language: str) -> str:
    """Return the number of the question and a bar of how many are behind; a placement may end earlier, so has none."""
    if row.is_placement:
        return f"<p>{t(language, 'placement_number', number=row.number + 1, most=placement_length(row))}</p>"
    count = len(session.questions)
    number = t(language, "practice_number", number=row.number + 1, count=count)
    done = sum(one.question.is_final or one.question.state is QuestionState.GRADED for one in session.questions)
    return f'<p>{number}</p><progress value="{done}" max="{count}" aria-hidden="true"></progress>'


def format_prompt(row: PosedQuestionRecord) -> str:
    return f"### {text_format.escape_inline(row.item.prompt)}"


def question_view(row: PosedQuestionRecord) -> QuestionView:
    """Return what the page shows of a question, without its key."""
    return question_type(row.item.kind).view(row.item)


def option_choices(row: PosedQuestionRecord, language: str) -> list[Choice]:
    """Return the options with their labels."""
    return [
        (t(language, option.label) if option.label else text_format.to_plain_line(option.value, 160), option.value)
        for option in question_view(row).options
    ]


def format_last_order(row: PosedQuestionRecord, language: str, *, over: bool) -> str:
    """Return the order that the learner submitted last, where the question asks for one."""
    if row.last_attempt is None or question_view(row).control is not AnswerControl.ARRANGE:
        return ""
    return format_order(
        row.last_attempt.text.splitlines(), language, "practice_arranged" if over else "practice_arranged_before"
    )


def format_order(steps: Sequence[str], language: str, key: str = "practice_arranged") -> str:
    """Return steps as a numbered list; "" if there are none."""
    if not steps:
        return ""
    lines = [f"{n}. {text_format.escape_inline(step)}" for n, step in enumerate(steps, 1)]
    return "\n".join([t(language, key), "", *lines])


def format_hints(texts: Sequence[str], language: str) -> str:
    """Return the hints given so far, the latest last."""
    lines = [
        f"- **{t(language, 'practice_hinted', number=n)}** · {text_format.escape_inline(text)}"
        for n, text in enumerate(texts, 1)
    ]
    return "\n".join(lines)


def format_feedback(row: PosedQuestionRecord, place: str, language: str, *, over: bool, retry: bool) -> str:
    """Return the grade of the last answer with reasons; the key and its passage only when the question is over."""
    parts = []
    if row.last_attempt is not None and row.last_attempt.grade is not None:
        parts.append(format_outcome(row.last_attempt, language))
        if retry:
            parts.append(t(language, "practice_retry"))
    if over:
        parts += [
            t(
                language,
                "practice_key",
                answer=text_format.escape_inline("; ".join(format_answer(row, key, language) for key in row.item.keys)),
            ),
            format_source_passage(row, place, language),
        ]
    return "\n\n".join(filter(None, parts))


def format_outcome(attempt: StoredAttempt, language: str) -> str:
    """Return the outcome with its reasons; decisions of an instructor and regrading are marked."""
    assert attempt.grade is not None
    outcome = f"**{t(language, f'outcome_{attempt.grade.outcome.value}')}**"
    if attempt.reason and attempt.is_by_person:
        return f"{outcome} · {t(language, 'practice_by_teacher', reason=format_reason(attempt.reason, language))}"
    reasons = [attempt.reason, *attempt.grade.reasons] if attempt.reason else attempt.grade.reasons
    return f"{outcome} · {'; '.join(format_reason(one, language) for one in reasons)}"


def format_answer(row: PosedQuestionRecord, answer: str, language: str) -> str:
    """Return an answer or a key as shown to the learner: true and false in their language."""
    if label := question_view(row).option(answer).label:
        return t(language, label)
    return ", ".join(answer.splitlines())


def format_reason(text: str, language: str) -> str:
    return text_format.escape_inline(translate_grading_reason(text, language))


def format_source_passage(row: PosedQuestionRecord, place: str, language: str) -> str:
    """Return the source passage of an item with a link."""
    source = row.item.source
    if source is None:
        return ""
    link = f"/passage/{quote(source.passage_id, safe='')}"
    text = re.sub(
        r"^(\d+)([.)])", r"\1\\\2", text_format.escape_inline(source.quote[:400])
    )  # "1. Turn the key" must not become a list
    quoted = f"> {text}"
    return f"{quoted}\n>\n> [{text_format.escape_inline(place) or t(language, 'practice_passage')}]({link})"


def format_result(session: QuizSession, language: str) -> str:
    """Return the summary of a finished quiz: the score, and each question with its outcome."""
    counted = [
        row.last_attempt.grade.outcome for row in session.questions if row.last_attempt and row.last_attempt.grade
    ]
    waiting = counted.count(Outcome.UNSURE)
    score = t(
        language,
        "practice_score",
        right=counted.count(Outcome.RIGHT),
        count=len(session.questions),
        waiting=t(language, "practice_waiting", count=waiting) if waiting else "",
    )
    placed = any(row.is_placement for row in session.questions)
    return "\n".join(
        [
            f"### {t(language, 'placement_result' if placed else 'practice_result')}",
            "",
            f"{score} {t(language, 'placement_map')}" if placed else score,
            "",
            *(_format_result_line(r, language) for r in session.questions),
        ]
    )


def _format_result_line(row: PosedQuestionRecord, language: str) -> str:
    prompt = text_format.escape_inline(text_format.to_plain_line(row.item.prompt, 110))
    if row.last_attempt is None or row.last_attempt.grade is None:
        return f"- {prompt} — *{t(language, 'practice_skipped')}*"
    answer = t(
        language,
        "practice_your_answer",
        text=text_format.escape_inline(
            text_format.to_plain_line(format_answer(row, row.last_attempt.text, language), 80)
        ),
    )
    aided = f" ({t(language, 'practice_aided')})" if row.last_attempt.aided else ""
    return f"- {format_outcome(row.last_attempt, language)}{aided}  \n  {prompt}  \n  {answer}"
