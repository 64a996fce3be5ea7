"""Finds the reply of a turn that needs no model: a greeting, a missing figure, a verified or a planned answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from knowledge.documents import SearchResult
from knowledge.library import Library
from tutor.chat import fixed_replies
from tutor.chat.citations import add_citations_to_verified
from tutor.chat.draft_check import FindQuotes
from tutor.chat.follow_ups import reply_from_turns
from tutor.chat.message_parsing import ParsedMessage
from tutor.chat.plan_replies import Reply
from tutor.chat.planner import TurnPlan
from tutor.chat.prompt_builder import PromptBuilder
from tutor.chat.running_turn import RunningTurn
from tutor.chat.verified_answers import VerifiedAnswer, VerifiedAnswers
from tutor.domain import Course, Turn
from tutor.errors import EngineNotReady
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.intents import Intent


@dataclass(frozen=True, slots=True)
class DirectReplies:
    """Builds the replies that no model writes."""

    library: Library
    verified_answers: VerifiedAnswers
    prompt_builder: PromptBuilder
    find_quotes: FindQuotes

    def talk_reply(self, course: Course, message: ParsedMessage, history: Sequence[Turn]) -> Reply | None:
        """Return the reply to a message that needs no search: a greeting, thanks, a question about the conversation."""
        if message.intent is Intent.GREETING:
            return Reply(fixed_replies.greeting(message.language, self._document_titles(course)))
        return reply_from_turns(message.intent, history, message.language)

    def find_reply(
        self, running: RunningTurn, course: Course, message: ParsedMessage, found: SearchResult, plan: TurnPlan
    ) -> Reply | None:
        """Return the reply about a missing figure or an uncovered question, or a verified answer; otherwise None."""
        if message.asked_figure and not found.covered:
            known = self.library.figure_numbers(course.id)
            return Reply(fixed_replies.figure_not_found(message.language, message.asked_figure, known))
        if verified_answer := self._find_verified_answer(running.turn, plan):
            return self._verified_reply(running, message, found, verified_answer)
        if plan.move is Move.NOT_COVERED:
            titles = self._document_titles(course)
            languages = self.library.embedder.languages
            return Reply(fixed_replies.not_covered(message.language, titles, searched_languages=languages))
        return None

    def planned_reply(
        self, running: RunningTurn, message: ParsedMessage, found: SearchResult, plan: TurnPlan
    ) -> Reply | None:
        """Return the reply of the plan; a definition is stored with the prompt that a model would have had."""
        if plan.has_definition:
            self.record_prompt(running, message, found)
        return plan.reply

    def _find_verified_answer(self, turn: Turn, plan: TurnPlan) -> VerifiedAnswer | None:
        """Return the verified answer to a plain question; none for a retry, and none while an exercise is guarded."""
        is_plain = not plan.guarded and plan.move in (Move.ANSWER, Move.DEFINE, Move.NOT_COVERED)
        if turn.replaces or not is_plain:
            return None
        return self.verified_answers.find_same_question(turn.learner_id, turn.course_id, turn.question)

    def _verified_reply(
        self, running: RunningTurn, message: ParsedMessage, found: SearchResult, verified_answer: VerifiedAnswer
    ) -> Reply:
        """Return a verified answer unchanged, with the passages that support it."""
        running.turn = replace(running.turn, verified=verified_answer.ref)
        hits = found.hits if found.covered else ()
        if hits:
            self.record_prompt(running, message, found)
        quotes = self.find_quotes(verified_answer.answer, hits, message.text) if hits else ()
        return Reply(*add_citations_to_verified(verified_answer.answer, quotes, hits))

    def record_prompt(self, running: RunningTurn, message: ParsedMessage, found: SearchResult) -> None:
        """Store the prompt that a model would have had; none while the model that counts its tokens is not there."""
        turn = running.turn
        with suppress(EngineNotReady):
            running.record_prompt(
                *self.prompt_builder.build_answer_prompt(
                    turn.learner_id, turn.course_id, message.text, found, message.language
                )
            )

    def _document_titles(self, course: Course) -> list[str]:
        return [document.title for document in self.library.documents(course.id)]
