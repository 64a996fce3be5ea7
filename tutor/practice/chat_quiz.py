"""A question posed in the chat: asked on a tap, answered in the next message, graded like any other.

The same stored state machine as in a quiz; only the words around it differ. An answer repeated word for word is the
same submission, so a retried turn is not graded twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from knowledge.errors import DocumentNotFound
from knowledge.languages import detect_language
from knowledge.library import Library
from tutor.assessment.items import ItemKind
from tutor.chat.planner import QuizReply
from tutor.domain import Guidance, Outcome, Person
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.intents import Intent, classify_intent
from tutor.pedagogy.question_lifecycle import IllegalStep
from tutor.practice.quiz_hints import MAX_HINTS, quiz_hint
from tutor.practice.quiz_sessions import Practice
from tutor.store.posed_questions import PosedQuestionRecord

_TEXTS = {
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


_INSTRUCTION_KEYS = {
    ItemKind.CHOICE: "choose",
    ItemKind.TRUE_FALSE: "truth",
    ItemKind.ORDERING: "order",
    ItemKind.NUMBER: "number",
}


@dataclass(frozen=True, slots=True)
class ChatQuiz:
    """Poses questions in the chat and takes the next message as what it is."""

    practice: Practice
    library: Library

    def pose(self, actor: Person, course_id: str, topic: str, language: str, *, harder: bool = False) -> QuizReply:
        """Ask a question about the topic, or about anything of the course when there is none."""
        move = Move.HARDER if harder else Move.QUIZ
        row = self.practice.pose_question(actor, course_id, topic, harder=harder) or self.practice.pose_question(
            actor, course_id
        )
        if row is None:
            return QuizReply(_TEXTS[language]["none"], Guidance(move.value, "there is nothing to ask"))
        return QuizReply(_question_text(row, language), Guidance(move.value, "she asked for it", posed=row.question.id))

    def respond(self, actor: Person, posed_id: str, turn_id: str, text: str) -> QuizReply | None:
        """Take a message while a question stands open; None when it is about something else."""
        try:
            row = self.practice.get_question(actor, posed_id)
            language = detect_language(row.item.prompt, actor.language)
            return self._handle_intent(actor, row, turn_id, text, language)
        except IllegalStep:
            return None  # it has ended elsewhere

    def _handle_intent(
        self, actor: Person, row: PosedQuestionRecord, turn_id: str, text: str, language: str
    ) -> QuizReply | None:
        words, posed_id = _TEXTS[language], row.question.id
        match classify_intent(text, question_open=True):
            case Intent.STUCK | Intent.TELL_ME | Intent.EASIER:
                hinted = self.practice.record_hint(actor, posed_id, turn_id)
                number = min(hinted.question.hints, MAX_HINTS)
                told = quiz_hint(row.item, hinted.question.hints, self._source_location(row), language)
                said = words["hint"].format(number=number, most=MAX_HINTS, text=told)
                return QuizReply(said, Guidance(Move.HINT.value, "help comes one rung a turn", posed=posed_id))
            case Intent.SKIP:
                self.practice.skip_question(actor, posed_id)
                said = f"{words['skip']} {_solution_text(row, language)}"
                return QuizReply(said, Guidance(Move.SKIP.value, "she wants to move on"))
            case Intent.CLARIFY:
                if classify_intent(text, question_open=False) is Intent.DEFINITION:
                    return None
                guidance = Guidance(Move.EXPLAIN_TASK.value, "a question is not an answer", posed=posed_id)
                return QuizReply(_question_text(row, language), guidance)
            case Intent.ANSWER:
                return self._handle_answer(actor, row, text, language)
        return None

    def _handle_answer(self, actor: Person, row: PosedQuestionRecord, text: str, language: str) -> QuizReply:
        words = _TEXTS[language]
        digest = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:24]
        taken = self.practice.submit_answer(actor, row.question.id, digest, text)
        if taken.intent is Intent.EMPTY:
            guidance = Guidance(Move.EXPLAIN_TASK.value, "this has not the form of an answer", posed=row.question.id)
            return QuizReply(words["unread"].format(how=_answer_instruction(row, language)), guidance)
        after = taken.question
        assert after.last_attempt is not None and after.last_attempt.grade is not None
        outcome = after.last_attempt.grade.outcome
        if self.practice.may_retry(after):
            said = f"{words[outcome.value]} {words['retry']}"
            move = Move.COMPLETE if outcome is Outcome.PARTIAL else Move.HINT
            return QuizReply(said, Guidance(move.value, "a wrong answer may be tried again", posed=row.question.id))
        self.practice.close_question(actor, row.question.id)
        if outcome is Outcome.UNSURE:
            return QuizReply(words["unsure"], Guidance(Move.REFER.value, "the grade is unsure, nothing is scored"))
        move = Move.CONFIRM if outcome is Outcome.RIGHT else Move.REPAIR
        return QuizReply(
            f"{words[outcome.value]} {_solution_text(after, language)}", Guidance(move.value, "the question is over")
        )

    def _source_location(self, row: PosedQuestionRecord) -> str:
        if row.item.source is None:
            return ""
        try:
            passage = self.library.passage(row.item.source.passage_id)
        except DocumentNotFound:
            return ""
        return " › ".join(passage.heading[-2:]) or passage.locator.label


def _question_text(row: PosedQuestionRecord, language: str) -> str:
    item = row.item
    lines = [f"- {chr(97 + n)}) {option}" for n, option in enumerate(item.options)]
    return "\n".join([f"**{item.prompt}**", "", *lines, *([""] if lines else []), _answer_instruction(row, language)])


def _answer_instruction(row: PosedQuestionRecord, language: str) -> str:
    """Return what an answer to this question looks like."""
    return _TEXTS[language][_INSTRUCTION_KEYS.get(row.item.kind, "answer_it")]


def _solution_text(row: PosedQuestionRecord, language: str) -> str:
    words, item = _TEXTS[language], row.item
    said = [words.get(key, key) if item.kind is ItemKind.TRUE_FALSE else key for key in item.keys]
    key = words["key"].format(key="; ".join(said).rstrip(".。"))
    return f"{key} {words['source'].format(quote=item.source.quote[:300])}" if item.source else key
