"""ONE student turn, from question to stored answer.

1. check the question and who asks; 2. store the turn as running; 3. find passages; 4. choose the move (`planner.py`);
5. what needs no model is said at once; 6. else render a prompt that fits the window and stream the answer through the
learner's active adapter, while an exercise stands open only after the leak guard has passed it; 7. cite; 8. store. A
turn that breaks off stores what was said, marked. Nothing here knows pages, SQL text or models.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import tutor.store.conversations as conversation_store
import tutor.store.turns as turn_store
from knowledge import figures
from knowledge.documents import Document, Hit, Passage, Quote, SearchResult
from knowledge.languages import detect_language
from knowledge.library import Library
from tutor.chat import extracts, fixed_replies, planner, prompts
from tutor.chat.citations import add_citations, add_citations_to_verified, strip_citation_marks
from tutor.chat.conversations import Conversations
from tutor.chat.planner import ChatQuizzer, ParsedMessage, QuizReply, TurnPlan
from tutor.chat.prompt_builder import TOP_K, DescribeLearner, PromptBuilder, to_messages
from tutor.chat.question_matching import is_echo
from tutor.chat.running_turn import RunningTurn, new_turn
from tutor.chat.verified_answers import VerifiedAnswer, VerifiedAnswers
from tutor.courses.courses import Courses
from tutor.domain import Citation, Course, Finished, Person, Queued, Stage, Started, Token, Turn, TurnEvent, TurnStatus
from tutor.engine.base import AdapterRef, Engine, GenerationRequest, Message
from tutor.errors import InputRefused, NotFound
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.intents import Intent
from tutor.platform.clock import Clock, new_id
from tutor.platform.settings import Settings
from tutor.store.database import Database

QUESTION_INTENTS = (Intent.QUESTION, Intent.DEFINITION)
FindActiveAdapter = Callable[[str, str], AdapterRef | None]  # (learner id, course id)
RenderPage = Callable[[Document, Passage], bytes | None]
FindQuotes = Callable[[str, Sequence[Hit], str], Sequence[Quote]]  # (answer, hits, question)


@dataclass(frozen=True, slots=True)
class ChatService:
    """Answers questions."""

    database: Database
    courses: Courses
    conversations: Conversations
    library: Library
    engine: Engine
    find_quotes: FindQuotes
    find_active_adapter: FindActiveAdapter
    describe_learner: DescribeLearner
    quizmaster: ChatQuizzer
    verified_answers: VerifiedAnswers
    render_page: RenderPage
    settings: Settings
    clock: Clock

    @property
    def prompt_builder(self) -> PromptBuilder:
        return PromptBuilder(self.engine, self.describe_learner, self.settings)

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

        `replaces` names the turn of the same conversation that this one retries (same text) or edits.
        Raises InputRefused, NotFound, NotAllowed before the turn is stored, EngineError after.
        """
        question = self._clean_question(text)
        course = self.courses.authorize(actor, course_id)
        turn, history = self._start_turn(actor, course, question, conversation_id, replaces_turn_id)
        running = RunningTurn(turn)
        try:
            yield Started(turn)
            yield from self._run_turn(actor, course, history, running)
        except GeneratorExit:
            self._finish_turn(running.finish(TurnStatus.STOPPED), running)
            raise
        except BaseException:
            self._finish_turn(running.finish(TurnStatus.FAILED), running)
            raise

    def preview_prompt(self, actor: Person, course_id: str, text: str) -> tuple[Message, ...]:
        """Return the messages that a new conversation would give the model; nothing is stored.

        Raises InputRefused, also when the course does not cover the question.
        """
        question, course = self._clean_question(text), self.courses.authorize(actor, course_id)
        found = self.library.search(course.id, question, TOP_K, threshold=course.strictness.threshold)
        if not found.covered:
            raise InputRefused("the course does not cover this question; ask another one", key="proof_uncovered")
        language = detect_language(question, actor.language)
        return self.prompt_builder.build_answer_prompt(actor.id, course.id, question, found, language)[0]

    def _run_turn(
        self, actor: Person, course: Course, history: list[Turn], running: RunningTurn
    ) -> Generator[TurnEvent, None, None]:
        turn = running.turn
        language = detect_language(turn.question, actor.language)
        yield Stage("searching")
        if fixed_replies.is_greeting(turn.question):
            yield from self._reply(running, fixed_replies.greeting(language, self._document_titles(course)))
            return
        lesson = planner.parse_message(course, history, turn.question, language)
        if said := self._run_quiz(actor, course, history, lesson, turn):
            running.turn = replace(turn, guidance=said.guidance)
            yield from self._reply(running, said.text)
            return
        figure = figures.find_figure_number(turn.question) if lesson.intent in QUESTION_INTENTS else ""
        found = self._retrieve(course, history, lesson, figure)
        plan = planner.plan_turn(lesson, found)
        guidance = replace(plan.guidance, posed=planner.open_question_id(history))  # an aside leaves the question open
        running.turn = replace(turn, covered=found.covered, confidence=round(found.confidence, 4), guidance=guidance)
        if figure and not found.covered:
            yield from self._reply(
                running, fixed_replies.figure_not_found(language, figure, self.library.figure_numbers(course.id))
            )
        elif known := self._find_verified_answer(running.turn, plan):
            yield from self._reply_verified(known, found, language, running)
        elif plan.move is Move.NOT_COVERED:
            crosses = self.library.embedder.languages >= {"en", "zh"}
            yield from self._reply(
                running, fixed_replies.not_covered(language, self._document_titles(course), is_cross_lingual=crosses)
            )
        elif plan.reply is not None and not self._prefers_model(plan, turn):
            if plan.has_definition:
                self._record_prompt(found, language, running)
            yield from self._reply(running, plan.reply.text, plan.reply.citations)
        else:
            yield Stage("thinking")
            yield from self._generate_answer(found, history, language, running, plan)

    def _retrieve(self, course: Course, history: list[Turn], message: ParsedMessage, figure: str) -> SearchResult:
        """Look for passages; a figure is looked up by its caption, and what does not name it is no substitute."""
        if figure:
            hits = self.library.figure_hits(course.id, figure)[:TOP_K]
            return SearchResult(hits, bool(hits), float(bool(hits)))
        past = [turn.question for turn in history] if message.search_query == message.text else []
        query = message.search_query or message.text
        most = TOP_K if message.exercise is None else 2 * TOP_K  # the exercise itself may be among them
        return self.library.search(course.id, query, most, history=past, threshold=course.strictness.threshold)

    def _run_quiz(
        self, actor: Person, course: Course, history: list[Turn], message: ParsedMessage, turn: Turn
    ) -> QuizReply | None:
        """Take the message as said to the question that stands open, or pose one where it asks for one."""
        posed = planner.open_question_id(history)
        if posed and (said := self.quizmaster.respond(actor, posed, turn.id, turn.question)):
            return said
        if not planner.is_quiz_request(message):
            return None
        harder = message.intent is Intent.HARDER
        return self.quizmaster.pose(actor, course.id, message.search_query, message.language, harder=harder)

    def _find_verified_answer(self, turn: Turn, plan: TurnPlan) -> VerifiedAnswer | None:
        """Return the verified answer to a plain question; a retry asks the model, a guided one is not told."""
        if turn.replaces or plan.guarded or (plan.reply is not None and not plan.has_definition):
            return None
        return self.verified_answers.find_same_question(turn.learner_id, turn.course_id, turn.question)

    def _reply_verified(
        self, verified_answer: VerifiedAnswer, found: SearchResult, language: str, running: RunningTurn
    ) -> Generator[TurnEvent, None, None]:
        """Give a verified answer as it stands, with the passages that it agrees with."""
        running.turn = replace(running.turn, verified=verified_answer.ref)
        hits = found.hits if found.covered else ()
        if hits:
            self._record_prompt(found, language, running)
        quotes = self.find_quotes(verified_answer.answer, hits, running.turn.question) if hits else ()
        yield from self._reply(running, *add_citations_to_verified(verified_answer.answer, quotes, hits))

    def _record_prompt(self, found: SearchResult, language: str, running: RunningTurn) -> None:
        """Keep what a model would be told, so that a better answer to what was said without one can be learnt."""
        turn = running.turn
        messages, shown = self.prompt_builder.build_answer_prompt(
            turn.learner_id, turn.course_id, turn.question, found, language
        )
        running.prompt = tuple((message.role, message.content) for message in messages)
        running.turn = replace(turn, passages=shown, prompt_sha256=prompts.fingerprint(running.prompt))

    def _generate_answer(
        self, found: SearchResult, history: list[Turn], language: str, running: RunningTurn, plan: TurnPlan
    ) -> Generator[TurnEvent, None, None]:
        turn = running.turn
        messages: tuple[Message, ...]
        shown: tuple[str, ...]
        example = None if plan.guarded or plan.is_rewritable_hint else self._find_related_example(turn, found)
        if plan.is_rewritable_hint:
            assert plan.reply is not None
            messages, shown = (
                self.prompt_builder.build_hint_prompt(plan.exercise, plan.reply.text, turn.question, language),
                (),
            )
        else:
            past = [*([(example.question, example.answer)] if example else []), *self.prompt_builder.history(history)]
            messages, shown = self.prompt_builder.build_answer_prompt(
                turn.learner_id, turn.course_id, turn.question, found, language, past
            )
        info, adapter = self.engine.info(), self.find_active_adapter(turn.learner_id, turn.course_id)
        if picture := self._render_figure_page(turn.question, found, info.vision_model):
            messages = (*messages[:-1], replace(messages[-1], images=(picture,)))
            info, adapter = replace(info, model=info.vision_model), None  # adapters were trained on words alone
        running.prompt = tuple((message.role, message.content) for message in messages)
        running.turn = replace(
            turn,
            passages=shown,
            prompt_sha256=prompts.fingerprint(running.prompt),
            model=info.model,
            quantization=info.quantization,
            adapter=adapter.name if adapter else None,
            verified=replace(example.ref, whole=False) if example else None,
        )
        request = self._build_request(running.turn, messages, adapter)
        stream = self._stream_guarded(request, plan) if plan.guarded else self.engine.stream(request)
        try:
            for event in stream:
                if isinstance(event, Token):
                    running.append(event.text)
                yield event
        finally:
            stream.close()
        answer = _replace_echo(strip_citation_marks("".join(running.chunks)), turn.question, found, language)
        if plan.is_rewritable_hint or answer == plan.fallback_text:
            cited, citations = answer, plan.reply.citations if plan.reply else ()
        else:
            cited, citations = add_citations(
                answer, self.find_quotes(answer, found.hits, turn.question), found.hits, language
            )
            if found.hits and figures.find_figure_number(turn.question) and not picture:
                cited = f"{cited}\n\n{fixed_replies.unseen_figure_note(language)}"
        running.turn = replace(running.turn, answer=cited, citations=citations)
        finished = self._finish_turn(running.finish(TurnStatus.COMPLETE), running)
        self.engine.prefetch_prefix(
            (messages[0], *to_messages(self.prompt_builder.history([*history, finished]))), adapter
        )
        yield Finished(finished)

    def _render_figure_page(self, question: str, found: SearchResult, vision_model: str) -> bytes | None:
        """Return the page with the figure that is asked about, for a model that takes pictures."""
        if not vision_model or not found.hits or not figures.find_figure_number(question):
            return None
        return self.render_page(found.hits[0].document, found.hits[0].passage)

    def _stream_guarded(self, request: GenerationRequest, plan: TurnPlan) -> Generator[Token | Queued, None, None]:
        """Yield the draft as one token once the leak guard has passed it; a leaking draft is redrawn, then replaced.

        While the draft is written, empty tokens are yielded, so that it can be stopped like any answer.
        """
        for attempt in (request, replace(request, temperature=0.7, top_p=0.9, seed=request.seed + 1)):
            draft = ""
            with closing(self.engine.stream(attempt)) as stream:
                for event in stream:
                    if isinstance(event, Token):
                        draft += event.text
                        event = Token("")
                    yield event
            if draft.strip() and not plan.leaks(draft):
                yield Token(draft)
                return
        yield Token(plan.fallback_text)

    def _prefers_model(self, plan: TurnPlan, turn: Turn) -> bool:
        """A small model says a hint worse than the rung's own words (measured: docs/LOG.md), and a definition worse
        than the course; a larger one better. A retry asks the model, and so does an adapter that learnt her way."""
        large = not self.prompt_builder.is_small_model
        asked = plan.has_definition and bool(turn.replaces or self.find_active_adapter(turn.learner_id, turn.course_id))
        return asked or (large and (plan.has_definition or plan.is_rewritable_hint))

    def _reply(
        self, running: RunningTurn, text: str, citations: tuple[Citation, ...] = ()
    ) -> Generator[TurnEvent, None, None]:
        running.append(text)
        running.turn = replace(running.turn, citations=citations)
        yield Token(text)
        yield Finished(self._finish_turn(running.finish(TurnStatus.COMPLETE), running))

    def _clean_question(self, text: str) -> str:
        question = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
        question = "".join(c for c in question if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
        if not any(unicodedata.category(c)[0] in "LNS" for c in question):
            raise InputRefused("there is no question in this message; write one in words", key="question_empty")
        if len(question) > self.settings.max_question_chars:
            raise InputRefused(
                f"the message has {len(question):,} characters; at most {self.settings.max_question_chars:,} can be "
                "read. Shorten it, or ask your instructor to upload it as a document",
                key="question_too_long",
                count=len(question),
                most=self.settings.max_question_chars,
            )
        return question

    def _start_turn(
        self, actor: Person, course: Course, question: str, conversation_id: str | None, replaces: str | None
    ) -> tuple[Turn, list[Turn]]:
        """Store the running turn; return it and the shown turns before it."""
        if conversation_id is None:
            conversation = self.conversations.start(actor, course.id, question)
        else:
            conversation = self.conversations.get_own(actor, conversation_id)
        if conversation.course_id != course.id:
            raise NotFound(f"this conversation is not in the course {course.id!r}", key="conversation_elsewhere")
        before = self.conversations.list_turns(actor, conversation.id)
        if replaces is not None:
            position = next((i for i, turn in enumerate(before) if turn.id == replaces), None)
            if position is None:
                raise NotFound("the turn to replace is not in this conversation any more", key="turn_gone")
            before = before[:position]
        turn = new_turn(new_id(), conversation.id, actor.id, course.id, question, replaces, self.clock)
        with self.database.write_transaction() as connection:
            turn_store.add(connection, turn)
            conversation_store.update(connection, conversation.id, now=turn.created_at)
        return turn, before

    def _find_related_example(self, turn: Turn, found: SearchResult) -> VerifiedAnswer | None:
        """Return a verified answer to a related question; a small model would say it back instead of answering."""
        if self.prompt_builder.is_small_model:
            return None
        return self.verified_answers.find_related(
            turn.learner_id, turn.course_id, turn.question, [h.passage.id for h in found.hits]
        )

    def _build_request(
        self, turn: Turn, messages: tuple[Message, ...], adapter: AdapterRef | None
    ) -> GenerationRequest:
        """Greedy, except that a retry of the same question draws another answer."""
        tries = self._count_retries(turn)
        return GenerationRequest(
            messages=messages,
            learner=turn.learner_id,
            conversation=turn.conversation_id,
            adapter=adapter,
            max_tokens=self.settings.max_answer_tokens,
            temperature=0.7 if tries else 0.0,
            top_p=0.9 if tries else 1.0,
            seed=tries,
            time_limit_s=self.settings.answer_time_limit_s,
        )

    def _count_retries(self, turn: Turn) -> int:
        """How often this same question was answered before in its place."""
        tries = 0
        with self.database.read_connection() as connection:
            before = turn_store.by_id(connection, turn.replaces) if turn.replaces else None
            while before is not None and before.question == turn.question:
                tries += 1
                before = turn_store.by_id(connection, before.replaces) if before.replaces else None
        return tries

    def _document_titles(self, course: Course) -> list[str]:
        return [document.title for document in self.library.documents(course.id)]

    def _finish_turn(self, turn: Turn, running: RunningTurn) -> Turn:
        with self.database.write_transaction() as connection:
            turn_store.finish(connection, turn, running.prompt)
        return turn


def _replace_echo(answer: str, question: str, found: SearchResult, language: str) -> str:
    """Return the answer; for one that only says the question back, the course's sentence that is nearest to it."""
    sentence = extracts.nearest_sentence(question, found.hits[:1]) if is_echo(answer, question) else ""
    return fixed_replies.quote_from_course(language, sentence) if sentence else answer
