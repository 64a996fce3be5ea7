"""One student turn, from the question to the stored answer.

1. Check the question and who asks. 2. Store the turn as running. 3. Find passages. 4. Choose the move
(`tutor.chat.planner`). 5. Reply at once where no model is needed. 6. Otherwise build a prompt that fits the window and
stream the answer with the learner's active adapter; while an exercise is open, only after the leak guard has passed it.
7. Cite. 8. Store. A turn that breaks off is stored with the answer so far. No page, SQL or model is known here.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from knowledge.documents import SearchResult
from knowledge.languages import detect_language
from knowledge.library import Library
from knowledge.query_rewriting import points_back, rewrite_with_history
from tutor.answers.course_reading import CourseReader, CourseReading
from tutor.answers.language_preference import LOOKED_AT, prefer_language
from tutor.chat.answer_generation import AnswerGenerator
from tutor.chat.direct_replies import DirectReplies
from tutor.chat.follow_up_writer import FollowUpWriter
from tutor.chat.foreign_answers import ForeignAnswers
from tutor.chat.held_stream import MustHold
from tutor.chat.message_parsing import QUESTION_INTENTS, ParsedMessage, parse_message
from tutor.chat.plan_replies import Reply
from tutor.chat.planner import TurnPlan, plan_turn
from tutor.chat.prompt_builder import TOP_K, PromptBuilder
from tutor.chat.question_input import clean_question
from tutor.chat.quiz_interface import ChatQuizzer, QuizReply
from tutor.chat.running_turn import RunningTurn
from tutor.chat.told_results import read_as_question
from tutor.chat.turn_recorder import TurnRecorder
from tutor.courses.blocked_topics import find_blocked_topic
from tutor.courses.course_rules import RuleKind
from tutor.courses.courses import Courses
from tutor.courses.message_alerts import MessageAlerts
from tutor.courses.supervision import Notice, Supervision
from tutor.domain import Course, Finished, Guidance, Person, Stage, Started, Token, Turn, TurnEvent, TurnStatus
from tutor.engine.base import Message
from tutor.errors import InputRefused
from tutor.locales import t
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.intents import Intent
from tutor.platform.settings import Settings

PAUSE_SEEN_WITHIN_S = 1.0
CONCERN_MOVE = "concern"  # of a turn that points to people who can help


@dataclass(frozen=True, slots=True)
class ChatService:
    """Answers the messages of learners."""

    courses: Courses
    supervision: Supervision
    alerts: MessageAlerts
    library: Library
    recorder: TurnRecorder
    quizzer: ChatQuizzer
    direct_replies: DirectReplies
    generator: AnswerGenerator
    settings: Settings

    @property
    def prompt_builder(self) -> PromptBuilder:
        return self.generator.prompt_builder

    @property
    def foreign_answers(self) -> ForeignAnswers:
        return ForeignAnswers(self.library, self.generator)

    @property
    def follow_up_writer(self) -> FollowUpWriter:
        return FollowUpWriter(self.generator)

    def ask(
        self,
        actor: Person,
        course_id: str,
        text: str,
        *,
        conversation_id: str | None = None,
        replaces_turn_id: str | None = None,
    ) -> Generator[TurnEvent, None, None]:
        """Yield `Started`, then progress and tokens, then `Finished`; closing the generator keeps the answer so far.

        `replaces_turn_id` names the turn of the same conversation that this one retries (same text) or edits.
        Raises InputRefused, NotFound, NotAllowed before the turn is stored, EngineError after.
        """
        question = clean_question(text, self.settings.max_question_chars)
        course = self.courses.authorize(actor, course_id)
        turn, history = self.recorder.start(actor, course, question, conversation_id, replaces_turn_id)
        running = RunningTurn(turn)
        with self.recorder.recording(running):
            yield Started(turn)
            if notice := self.supervision.pause_notice(actor, course.id):
                message = parse_message(course, history, question, actor.language)
                help_reply = self._help_reply(course, message, running)
                yield from self._reply(running, help_reply) if help_reply else self._refuse(running, notice)
                return
            yield from self._run_until_paused(actor, course, running, self._run_turn(actor, course, history, running))

    def preview_prompt(self, actor: Person, course_id: str, text: str) -> tuple[Message, ...]:
        """Return the messages that the first question of a conversation would give the model; nothing is stored.

        Raises InputRefused, also when the course does not cover the question, is paused or keeps the topic out.
        """
        question = clean_question(text, self.settings.max_question_chars)
        course = self.courses.authorize(actor, course_id)
        topics = self.supervision.topic_notice(course.id, [question], actor.language)
        if self.supervision.pause_notice(actor, course.id) or topics:
            raise InputRefused(
                "your instructor has paused the tutor or keeps this topic out of the course", key="comparison_ruled_out"
            )
        found = self.library.search(course.id, question, TOP_K, threshold=course.strictness.threshold)
        if not found.covered:
            raise InputRefused("the course does not cover this question; ask another one", key="comparison_uncovered")
        language = detect_language(question, actor.language)
        reading = CourseReader(self.library).read(course.id, question, found, language)
        builder = self.prompt_builder
        return builder.build_answer_prompt(actor.id, course.id, question, found, language, reading=reading)[0]

    def _run_until_paused(
        self, actor: Person, course: Course, running: RunningTurn, events: Generator[TurnEvent, None, None]
    ) -> Generator[TurnEvent, None, None]:
        """Yield the events of a turn; where an instructor pauses the tutor meanwhile, end it as stopped."""
        looked_at = time.monotonic()
        with closing(events):
            for event in events:
                now = time.monotonic()
                if not isinstance(event, Finished) and now - looked_at >= PAUSE_SEEN_WITHIN_S:
                    looked_at = now
                    if notice := self.supervision.pause_notice(actor, course.id):
                        break
                yield event
            else:
                return
        running.record_rule(notice.rule)
        running.append(f"\n\n{notice.text}")
        yield Finished(self.recorder.finish(running, TurnStatus.STOPPED))

    def _run_turn(
        self, actor: Person, course: Course, history: list[Turn], running: RunningTurn
    ) -> Generator[TurnEvent, None, None]:
        question = running.turn.question
        yield Stage("searching")
        message = parse_message(course, history, question, actor.language)
        if reply := self._help_reply(course, message, running):
            yield from self._reply(running, reply)
            return
        readings = (question, message.text, message.search_query)
        if notice := self.supervision.topic_notice(course.id, readings, message.language):
            yield from self._refuse(running, notice)
            return
        if quiz_reply := self._run_quiz(actor, course, message, running.turn):
            running.turn = replace(running.turn, guidance=quiz_reply.guidance)
            yield from self._reply(running, Reply(quiz_reply.text))
            return
        if talk := self.direct_replies.talk_reply(course, message, history):
            running.turn = replace(running.turn, guidance=plan_turn(message, SearchResult((), True, 0.0)).guidance)
            yield from self._reply(running, talk)
            return
        found = self._retrieve(course, history, message)
        message = read_as_question(message, found.hits)
        if language := self.foreign_answers.course_language(running.turn, message, found):
            yield from self._answer_from_foreign_course(course, history, running, message, language)
            return
        reading = self._read_course(course, history, message, found)
        if reading is not None:
            covered = found.covered or reading.is_sure
            found = SearchResult(reading.hits, covered, max(found.confidence, course.strictness.threshold * covered))
        plan = plan_turn(message, found, reading)
        self._record_plan(running, course, found, plan)
        if self.follow_up_writer.can_write(message, found):
            yield Stage("thinking")
            yield from self.follow_up_writer.write(running, message, found, plan, self.must_hold(course.id))
            yield Finished(self._finish_written(running, message))
            return
        reply = self.direct_replies.find_reply(running, course, message, found, plan)
        if reply is None and not self.generator.prefers_model(plan, running.turn):
            reply = self.direct_replies.planned_reply(running, message, found, plan)
        if reply is not None:
            yield from self._reply_unless_blocked(running, message, reply)
            return
        yield Stage("thinking")
        retries = self.recorder.count_retries(running.turn)
        prompt = yield from self.generator.generate(
            running, message, found, history, plan, reading, retries=retries, must_hold=self.must_hold(course.id)
        )
        finished = self._finish_written(running, message)
        self.generator.prefetch_next(prompt, [*history, finished])
        yield Finished(finished)

    def _help_reply(self, course: Course, message: ParsedMessage, running: RunningTurn) -> Reply | None:
        """Alert the instructor to a message that needs a person; return what the learner is told.

        None for any other message, and where it is not sure and about what the course teaches, or answers a question.
        """
        concern = self.alerts.find(running.turn.question)
        if concern is None:
            return None
        self.alerts.raise_alert(running.turn, concern)
        running.record_rule(RuleKind.CONCERN, concern.kind.value)
        if not concern.is_sure:
            found = self.library.search(course.id, message.text, TOP_K, threshold=course.strictness.threshold)
            if found.covered or message.open_question_id:
                return None
        running.turn = replace(running.turn, guidance=Guidance(CONCERN_MOVE, concern.kind.value))
        return Reply(self.alerts.reply(course.id, concern, message.language))

    def _finish_written(self, running: RunningTurn, message: ParsedMessage) -> Turn:
        """Store what a model wrote; what nobody should read is replaced before it is kept."""
        if self.alerts.must_withhold(running.turn.answer or running.text):
            held = t(message.language, "answer_withheld")
            guidance = Guidance(CONCERN_MOVE, "answer")
            running.record_rule(RuleKind.WITHHELD)
            running.turn = replace(running.turn, answer=held, citations=(), guidance=guidance)
        elif notice := self._topic_in_answer(running, message):
            running.record_rule(notice.rule, notice.detail)
            running.turn = replace(running.turn, answer=notice.text, citations=())
        return self.recorder.finish(running, TurnStatus.COMPLETE)

    def _topic_in_answer(self, running: RunningTurn, message: ParsedMessage) -> Notice | None:
        answer = running.turn.answer or running.text
        return self.supervision.topic_notice(running.turn.course_id, [answer], message.language)

    def must_hold(self, course_id: str) -> MustHold | None:
        """Return what tells the sentences of a model that are not shown before the whole answer was looked at."""
        topics = self.supervision.blocked_topics(course_id)
        if not topics and not self.alerts.can_find:
            return None
        return lambda sentence: bool(find_blocked_topic(sentence, topics)) or self.alerts.is_harmful(sentence)

    def _answer_from_foreign_course(
        self, course: Course, history: Sequence[Turn], running: RunningTurn, message: ParsedMessage, language: str
    ) -> Generator[TurnEvent, None, None]:
        """Answer a question, or in a language, that is not that of the course."""
        yield Stage("thinking")
        earlier = [turn.question for turn in history]
        foreign = yield from self.foreign_answers.read(running.turn, course, message, earlier, language)
        if notice := self.supervision.topic_notice(course.id, [foreign.question], message.language):
            yield from self._refuse(running, notice)
            return
        found = foreign.found
        plan = plan_turn(message, found)
        self._record_plan(running, course, found, plan)
        reply = self.direct_replies.find_reply(running, course, message, found, plan)
        if reply is not None:
            yield from self._reply_unless_blocked(running, message, reply)
            return
        self.direct_replies.record_prompt(running, message, found)
        yield from self.foreign_answers.write(running, message, foreign)
        yield Finished(self._finish_written(running, message))

    def _retrieve(self, course: Course, history: Sequence[Turn], message: ParsedMessage) -> SearchResult:
        """Find passages; a figure is looked up by its caption, and a passage that does not name it is no substitute."""
        if message.asked_figure:
            hits = self.library.figure_hits(course.id, message.asked_figure)[:TOP_K]
            return SearchResult(hits, bool(hits), float(bool(hits)))
        past = [turn.question for turn in history] if message.search_query == message.text else []
        limit = TOP_K if message.exercise is None else 2 * TOP_K  # the exercise itself may be among them
        found = self.library.search(
            course.id,
            message.search_query or message.text,
            LOOKED_AT,
            history=past,
            threshold=course.strictness.threshold,
        )
        return replace(found, hits=prefer_language(found.hits, message.language, limit))

    def _read_course(
        self, course: Course, history: Sequence[Turn], message: ParsedMessage, found: SearchResult
    ) -> CourseReading | None:
        """Read the course for a question about the material; None while an exercise is open, and for a figure."""
        is_plain = message.intent in QUESTION_INTENTS and message.exercise is None and not message.asked_figure
        if not is_plain or not found.hits or message.is_to_be_translated:
            return None
        question = message.search_query or message.text
        past = [turn.question for turn in history] if question == message.text else []
        about = rewrite_with_history(question, past).removeprefix(question).strip() if points_back(question) else ""
        return CourseReader(self.library).read(course.id, question, found, message.language, about=about)

    def _run_quiz(self, actor: Person, course: Course, message: ParsedMessage, turn: Turn) -> QuizReply | None:
        """Respond to a message about the open question, or pose one where the message asks for it."""
        if message.open_question_id:
            reply = self.quizzer.respond(actor, message.open_question_id, turn.id, message.text)
            if reply:
                return reply
        if not message.is_quiz_request:
            return None
        is_harder = message.intent is Intent.HARDER
        return self.quizzer.pose(actor, course.id, message.search_query, message.language, harder=is_harder)

    def _reply_unless_blocked(
        self, running: RunningTurn, message: ParsedMessage, reply: Reply
    ) -> Generator[TurnEvent, None, None]:
        """Give a reply, unless what it quotes from the course is about a topic that the course does not talk about."""
        topics = [reply.text] if reply.citations else []
        notice = self.supervision.topic_notice(running.turn.course_id, topics, message.language)
        yield from self._refuse(running, notice) if notice else self._reply(running, reply)

    def _refuse(self, running: RunningTurn, notice: Notice) -> Generator[TurnEvent, None, None]:
        """Tell what a rule of the course says in place of an answer."""
        running.record_rule(notice.rule, notice.detail)
        yield from self._reply(running, Reply(notice.text))

    def _record_plan(self, running: RunningTurn, course: Course, found: SearchResult, plan: TurnPlan) -> None:
        """Note what was found and planned, and which of the course's levels decided it."""
        running.turn = replace(
            running.turn, covered=found.covered, confidence=round(found.confidence, 4), guidance=plan.guidance
        )
        running.record_read(found.hits)
        if plan.move is Move.NOT_COVERED:
            running.record_rule(RuleKind.STRICTNESS, course.strictness.value)
        if plan.guidance.exercise and plan.guidance.top:
            running.record_rule(RuleKind.HELP_LEVEL, course.help_level.value)

    def _reply(self, running: RunningTurn, reply: Reply) -> Generator[TurnEvent, None, None]:
        """Give a reply that no model wrote, and store the turn."""
        running.append(reply.text)
        running.turn = replace(running.turn, citations=reply.citations)
        yield Token(reply.text)
        yield Finished(self.recorder.finish(running, TurnStatus.COMPLETE))
