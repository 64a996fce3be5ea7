"""A question posed in the chat: asked on a tap, answered in the next message, graded like any other.

The same stored state machine as in a quiz; only the words around it differ. An answer repeated word for word is the
same submission, so a retried turn is not graded twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from knowledge.errors import DocumentNotFound
from knowledge.languages.detection import language_of
from knowledge.library import Library
from tutor.assessment.items import Kind
from tutor.chat.planner import Said
from tutor.domain import Guidance, Outcome, Person
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.intents import Intent, read_intent
from tutor.pedagogy.question_lifecycle import IllegalStep
from tutor.practice.quiz_hints import MOST, hint_text
from tutor.practice.quiz_sessions import Practice
from tutor.store.posed_questions import PosedRow

_WORDS = {
    "en": {
        "answer_it": "Answer in your next message, or ask for a hint.",
        "choose": "Answer with the letter.",
        "truth": "Answer true or false.",
        "order": "Answer with the letters in order, for example b, a, c.",
        "number": "Answer with a number, or ask for a hint.",
        "unread": "I can read no answer to this question in that, so nothing is graded. {how}",
        "none": "The course has no questions about this yet. Ask me something instead.",
        "right": "Right.",
        "partial": "Partly right.",
        "wrong": "Not right.",
        "unsure": "I am not sure about this answer; your instructor will decide, and you will see it under Practice.",
        "retry": "Try again, or ask for a hint.",
        "key": "The answer is: {key}.",
        "source": "The course says: “{quote}”",
        "hint": "Hint {number} of {most}: {text}",
        "skip": "We leave this one.",
        "true": "true",
        "false": "false",
    },
    "zh": {
        "answer_it": "请在下一条消息里回答，或者要一个提示。",
        "choose": "请回答字母。",
        "truth": "请回答“对”或“错”。",
        "order": "请按顺序回答字母，例如 b, a, c。",
        "number": "请用一个数回答，或者要一个提示。",
        "unread": "我在这句话里读不出对这道题的回答，所以没有评分。{how}",
        "none": "课程里还没有这方面的题目。可以先问我一个问题。",
        "right": "对。",
        "partial": "部分正确。",
        "wrong": "不对。",
        "unsure": "这个回答我没有把握，由教师决定，结果会显示在“练习”里。",
        "retry": "再试一次，或者要一个提示。",
        "key": "答案是：{key}。",
        "source": "课程里说：“{quote}”",
        "hint": "提示 {number}/{most}：{text}",
        "skip": "这一题先放下。",
        "true": "对",
        "false": "错",
    },
}


_HOW = {Kind.CHOICE: "choose", Kind.TRUE_FALSE: "truth", Kind.ORDERING: "order", Kind.NUMBER: "number"}


@dataclass(frozen=True, slots=True)
class ChatQuiz:
    """Poses questions in the chat and takes the next message as what it is."""

    practice: Practice
    library: Library

    def pose(self, who: Person, course_id: str, topic: str, language: str, *, harder: bool = False) -> Said:
        """Ask a question about the topic, or about anything of the course when there is none."""
        move = Move.HARDER if harder else Move.QUIZ
        row = self.practice.pose(who, course_id, topic, harder=harder) or self.practice.pose(who, course_id)
        if row is None:
            return Said(_WORDS[language]["none"], Guidance(move.value, "there is nothing to ask"))
        return Said(_asked(row, language), Guidance(move.value, "she asked for it", posed=row.posed.id))

    def take(self, who: Person, posed_id: str, turn_id: str, text: str) -> Said | None:
        """Take a message while a question stands open; None when it is about something else."""
        try:
            row = self.practice.question(who, posed_id)
            language = language_of(row.item.prompt, who.language)
            return self._take(who, row, turn_id, text, language)
        except IllegalStep:
            return None  # it has ended elsewhere

    def _take(self, who: Person, row: PosedRow, turn_id: str, text: str, language: str) -> Said | None:
        words, posed_id = _WORDS[language], row.posed.id
        match read_intent(text, question_open=True):
            case Intent.STUCK | Intent.TELL_ME | Intent.EASIER:
                hinted = self.practice.hint(who, posed_id, turn_id)
                number = min(hinted.posed.hints, MOST)
                told = hint_text(row.item, hinted.posed.hints, self._place(row), language)
                said = words["hint"].format(number=number, most=MOST, text=told)
                return Said(said, Guidance(Move.HINT.value, "help comes one rung a turn", posed=posed_id))
            case Intent.SKIP:
                self.practice.skip(who, posed_id)
                said = f"{words['skip']} {_told(row, language)}"
                return Said(said, Guidance(Move.SKIP.value, "she wants to move on"))
            case Intent.CLARIFY:
                if read_intent(text, question_open=False) is Intent.DEFINITION:
                    return None
                guidance = Guidance(Move.EXPLAIN_TASK.value, "a question is not an answer", posed=posed_id)
                return Said(_asked(row, language), guidance)
            case Intent.ANSWER:
                return self._answer(who, row, text, language)
        return None

    def _answer(self, who: Person, row: PosedRow, text: str, language: str) -> Said:
        words = _WORDS[language]
        digest = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:24]
        taken = self.practice.answer(who, row.posed.id, digest, text)
        if taken.taken_for is Intent.EMPTY:
            guidance = Guidance(Move.EXPLAIN_TASK.value, "this has not the form of an answer", posed=row.posed.id)
            return Said(words["unread"].format(how=_how(row, language)), guidance)
        after = taken.row
        assert after.last is not None and after.last.grade is not None
        outcome = after.last.grade.outcome
        if self.practice.may_retry(after):
            said = f"{words[outcome.value]} {words['retry']}"
            move = Move.COMPLETE if outcome is Outcome.PARTIAL else Move.HINT
            return Said(said, Guidance(move.value, "a wrong answer may be tried again", posed=row.posed.id))
        self.practice.close(who, row.posed.id)
        if outcome is Outcome.UNSURE:
            return Said(words["unsure"], Guidance(Move.REFER.value, "the grade is unsure, nothing is scored"))
        move = Move.CONFIRM if outcome is Outcome.RIGHT else Move.REPAIR
        return Said(f"{words[outcome.value]} {_told(after, language)}", Guidance(move.value, "the question is over"))

    def _place(self, row: PosedRow) -> str:
        if row.item.source is None:
            return ""
        try:
            passage = self.library.passage(row.item.source.passage_id)
        except DocumentNotFound:
            return ""
        return " › ".join(passage.heading[-2:]) or passage.locator.label


def _asked(row: PosedRow, language: str) -> str:
    item = row.item
    lines = [f"- {chr(97 + n)}) {option}" for n, option in enumerate(item.options)]
    return "\n".join([f"**{item.prompt}**", "", *lines, *([""] if lines else []), _how(row, language)])


def _how(row: PosedRow, language: str) -> str:
    """Return what an answer to this question looks like."""
    return _WORDS[language][_HOW.get(row.item.kind, "answer_it")]


def _told(row: PosedRow, language: str) -> str:
    words, item = _WORDS[language], row.item
    said = [words.get(key, key) if item.kind is Kind.TRUE_FALSE else key for key in item.keys]
    key = words["key"].format(key="; ".join(said).rstrip(".。"))
    return f"{key} {words['source'].format(quote=item.source.quote[:300])}" if item.source else key
