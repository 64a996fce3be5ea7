"""Replies to what a learner says about the conversation, read from its turns: sources, doubt, recall, a recap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.languages.sentences import split_sentences
from tutor.chat.last_answer import LastAnswer, find_last_answer, is_answered, is_topic, plain_answer
from tutor.chat.plan_replies import Reply
from tutor.domain import Citation, Turn
from tutor.locales import t
from tutor.pedagogy.intents import Intent

MAX_RECALLED = 12  # questions that are listed
MAX_QUOTED = 3
_SOCIAL_REPLIES = {
    Intent.SOCIAL: "reply_thanks",
    Intent.FAREWELL: "reply_farewell",
    Intent.ACKNOWLEDGE: "reply_acknowledge",
}


def reply_from_turns(intent: Intent, turns: Sequence[Turn], language: str) -> Reply | None:
    """Return the reply to a question about the conversation; None for any other message."""
    if intent in _SOCIAL_REPLIES:
        return Reply(t(language, _SOCIAL_REPLIES[intent]))
    match intent:
        case Intent.SOURCE | Intent.DOUBT:
            return _sources(intent, find_last_answer(turns), language)
        case Intent.RECALL:
            return _recall([turn.question for turn in turns], language)
        case Intent.RECAP:
            return _recap(turns, language)
        case Intent.TRANSLATE if find_last_answer(turns) is None:
            return Reply(t(language, "follow_up_language_set"))
    return None


def _sources(intent: Intent, last: LastAnswer | None, language: str) -> Reply:
    if last is None:
        return Reply(t(language, "follow_up_nothing_said"))
    quoted = last.citations[:MAX_QUOTED]
    if not quoted:
        return Reply(t(language, "follow_up_no_source"))
    intro = "follow_up_doubt" if intent is Intent.DOUBT else "follow_up_source"
    lines = [
        t(
            language,
            "follow_up_quote",
            quote=" ".join(one.quote.split()),
            number=n,
            document=one.document,
            place=one.locator,
        )
        for n, one in enumerate(quoted, start=1)
    ]
    citations = tuple(_renumbered(one, n) for n, one in enumerate(quoted, start=1))
    return Reply("\n".join([t(language, intro), "", *(f"- {line}" for line in lines)]), citations)


def _recall(questions: Sequence[str], language: str) -> Reply:
    if not questions:
        return Reply(t(language, "follow_up_first_message"))
    first = t(language, "follow_up_first_question", question=questions[0])
    if len(questions) == 1:
        return Reply(first)
    skipped = len(questions) - MAX_RECALLED
    lines = [f"{n}. {question}" for n, question in enumerate(questions, start=1) if n == 1 or n > skipped]
    return Reply("\n".join([first, "", t(language, "follow_up_questions"), "", *lines]))


def _recap(turns: Sequence[Turn], language: str) -> Reply:
    """Return each question with the first sentence of its answer."""
    answered = [turn for turn in turns if is_answered(turn) and is_topic(turn)]
    if not answered:
        return Reply(t(language, "follow_up_nothing_said"))
    lines: list[str] = []
    citations: list[Citation] = []
    for turn in answered[-MAX_RECALLED:]:
        sentence = next((plain_answer(turn)[start:end] for start, end in split_sentences(plain_answer(turn))), "")
        line = t(language, "follow_up_recap_line", question=turn.question, answer=sentence.strip())
        if turn.citations:
            citations.append(_renumbered(turn.citations[0], len(citations) + 1))
            line = f"{line} [{len(citations)}]"
        lines.append(f"- {line}")
    return Reply("\n".join([t(language, "follow_up_recap"), "", *lines]), tuple(citations))


def _renumbered(citation: Citation, number: int) -> Citation:
    return replace(citation, number=number)
