"""A question posed in the chat: asked on request, answered in the next message, graded like any other.

It uses the stored state machine of a quiz; only the wording around it differs. An answer that is repeated word for
word is the same submission, so a retried turn is not graded twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from knowledge.errors import DocumentNotFound
from knowledge.languages import detect_language, each
from knowledge.library import Library
from tutor.assessment.items import Item
from tutor.assessment.question_types.registry import question_type
from tutor.chat.quiz_interface import QuizReply
from tutor.domain import Guidance, Outcome, Person
from tutor.locales import t
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.intents import Intent, classify_intent
from tutor.pedagogy.question_lifecycle import IllegalStep
from tutor.practice.quiz_hints import MAX_HINTS, quiz_hint
from tutor.practice.quiz_sessions import Practice
from tutor.store.posed_questions import PosedQuestionRecord

MAX_QUOTE_CHARS = 300
_FULL_STOPS = "".join(each("text", "FULL_STOP").values())


@dataclass(frozen=True, slots=True)
class ChatQuiz:
    """Poses questions in the chat and reads the next message as an answer, a request or something else."""

    practice: Practice
    library: Library

    def pose(self, actor: Person, course_id: str, topic: str, language: str, *, harder: bool = False) -> QuizReply:
        """Ask a question about the topic, or about anything in the course where there is none on the topic."""
        move = Move.HARDER if harder else Move.QUIZ
        row = self.practice.pose_question(actor, course_id, topic, harder=harder) or self.practice.pose_question(
            actor, course_id
        )
        if row is None:
            return QuizReply(t(language, "quiz_none"), Guidance(move.value, "there is nothing to ask"))
        guidance = Guidance(move.value, "the learner asked for it", posed=row.question.id)
        return QuizReply(_question_text(row.item, language), guidance)

    def respond(self, actor: Person, posed_id: str, turn_id: str, text: str) -> QuizReply | None:
        """Respond to a message while a question is open; None where the message is about something else."""
        try:
            row = self.practice.get_question(actor, posed_id)
            language = detect_language(row.item.prompt, actor.language)
            return self._handle_intent(actor, row, turn_id, text, language)
        except IllegalStep:
            return None  # the question has ended elsewhere

    def _handle_intent(
        self, actor: Person, row: PosedQuestionRecord, turn_id: str, text: str, language: str
    ) -> QuizReply | None:
        posed_id = row.question.id
        match classify_intent(text, question_open=True):
            case Intent.STUCK | Intent.TELL_ME | Intent.EASIER:
                return self._give_hint(actor, row, turn_id, language)
            case Intent.SKIP:
                self.practice.skip_question(actor, posed_id)
                reply = f"{t(language, 'quiz_skipped')} {_solution_text(row.item, language)}"
                return QuizReply(reply, Guidance(Move.SKIP.value, "the learner wants to move on"))
            case Intent.CLARIFY:
                if classify_intent(text, question_open=False) is Intent.DEFINITION:
                    return None
                guidance = Guidance(Move.EXPLAIN_TASK.value, "a question is not an answer", posed=posed_id)
                return QuizReply(_question_text(row.item, language), guidance)
            case Intent.ANSWER:
                return self._handle_answer(actor, row, text, language)
        return None

    def _give_hint(self, actor: Person, row: PosedQuestionRecord, turn_id: str, language: str) -> QuizReply:
        posed_id = row.question.id
        hints = self.practice.record_hint(actor, posed_id, turn_id).question.hints
        hint = quiz_hint(row.item, hints, self._source_location(row), language)
        reply = t(language, "quiz_hinted", number=min(hints, MAX_HINTS), most=MAX_HINTS, text=hint)
        return QuizReply(reply, Guidance(Move.HINT.value, "help comes one rung a turn", posed=posed_id))

    def _handle_answer(self, actor: Person, row: PosedQuestionRecord, text: str, language: str) -> QuizReply:
        posed_id = row.question.id
        submission_id = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:24]
        result = self.practice.submit_answer(actor, posed_id, submission_id, text)
        if result.intent is Intent.EMPTY:
            guidance = Guidance(
                Move.EXPLAIN_TASK.value, "the message does not have the form of an answer", posed=posed_id
            )
            return QuizReply(t(language, "quiz_unread", how=_instruction(row.item, language)), guidance)
        after = result.question
        assert after.last_attempt is not None and after.last_attempt.grade is not None
        outcome = after.last_attempt.grade.outcome
        outcome_text = t(language, f"quiz_{outcome.value}")
        if self.practice.may_retry(after):
            move = Move.COMPLETE if outcome is Outcome.PARTIAL else Move.HINT
            tries = len(after.attempts)  # none of them was right
            guidance = Guidance(move.value, "a wrong answer may be tried again", wrong=tries, posed=posed_id)
            return QuizReply(f"{outcome_text} {t(language, 'quiz_retry')}", guidance)
        self.practice.close_question(actor, posed_id)
        if outcome is Outcome.UNSURE:
            return QuizReply(outcome_text, Guidance(Move.REFER.value, "the grade is unsure, nothing is scored"))
        move = Move.CONFIRM if outcome is Outcome.RIGHT else Move.REPAIR
        return QuizReply(
            f"{outcome_text} {_solution_text(after.item, language)}", Guidance(move.value, "the question is over")
        )

    def _source_location(self, row: PosedQuestionRecord) -> str:
        if row.item.source is None:
            return ""
        try:
            return self.library.place_name(row.item.source.passage_id)
        except DocumentNotFound:
            return ""


def _question_text(item: Item, language: str) -> str:
    """Return the prompt with its lettered options and how to answer."""
    lines = [f"- {chr(97 + n)}) {option}" for n, option in enumerate(item.options)]
    return "\n".join([f"**{item.prompt}**", "", *lines, *([""] if lines else []), _instruction(item, language)])


def _instruction(item: Item, language: str) -> str:
    return t(language, question_type(item.kind).instruction)


def _solution_text(item: Item, language: str) -> str:
    """Return the key and the sentence of the course that shows it."""
    view = question_type(item.kind).view(item)
    wordings = ((view.option(key).wording, key) for key in item.keys)
    keys = "; ".join(t(language, wording) if wording else key for wording, key in wordings)
    solution = t(language, "quiz_key", answer=keys.rstrip(_FULL_STOPS))
    if item.source is None:
        return solution
    return f"{solution} {t(language, 'quiz_source', quote=item.source.quote[:MAX_QUOTE_CHARS])}"
