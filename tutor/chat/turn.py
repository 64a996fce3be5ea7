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

import tutor.store.turns as turn_store
from knowledge import figures
from knowledge.documents import Document, Hit, Passage, Quote, SearchResult
from knowledge.languages.detection import language_of
from knowledge.library import Library
from tutor.chat import extracts, fixed_replies, planner, prompts
from tutor.chat.citations import cite, cite_verified, without_marks
from tutor.chat.conversations import Conversations
from tutor.chat.planner import Lesson, Plan, Quizmaster, Said
from tutor.chat.prompt_builder import FOUND, AboutLearner, Briefing, as_messages
from tutor.chat.question_matching import is_echo
from tutor.chat.running_turn import Answering, new_turn
from tutor.chat.verified_answers import Example, VerifiedAnswers
from tutor.courses.courses import Courses
from tutor.domain import Citation, Course, Delta, Finished, Person, Stage, Turn, TurnEvent, TurnStatus
from tutor.engine.base import AdapterRef, Engine, Message, Request, Waiting
from tutor.errors import InputRefused, NotFound
from tutor.pedagogy.dialogue_moves import Move
from tutor.pedagogy.intents import Intent
from tutor.platform.clock import Clock, new_id
from tutor.platform.settings import Settings
from tutor.store.database import Database

ASKING = (Intent.QUESTION, Intent.DEFINITION)
ActiveAdapter = Callable[[str, str], AdapterRef | None]  # (learner id, course id)
PagePicture = Callable[[Document, Passage], bytes | None]
FindQuotes = Callable[[str, Sequence[Hit], str], Sequence[Quote]]  # (answer, hits, question)


@dataclass(frozen=True, slots=True)
class Turns:
    """Answers questions."""

    database: Database
    courses: Courses
    conversations: Conversations
    library: Library
    engine: Engine
    find_quotes: FindQuotes
    active_adapter: ActiveAdapter
    about_learner: AboutLearner
    quizmaster: Quizmaster
    verified: VerifiedAnswers
    page_picture: PagePicture
    settings: Settings
    clock: Clock

    @property
    def briefing(self) -> Briefing:
        return Briefing(self.engine, self.about_learner, self.settings)

    def ask(
        self, who: Person, course_id: str, text: str, *, conversation_id: str | None = None, replaces: str | None = None
    ) -> Generator[TurnEvent, None, None]:
        """Yield what happens until the answer is stored; closing the generator stops the answer and keeps its start.

        `replaces` names the turn of the same conversation that this one retries (same text) or edits.
        Raises InputRefused, NotFound, NotAllowed before the turn is stored, EngineError after.
        """
        question = self._checked(text)
        course = self.courses.enter(who, course_id)
        turn, history = self._begin(who, course, question, conversation_id, replaces)
        answering = Answering(turn)
        try:
            yield from self._answer(who, course, history, answering)
        except GeneratorExit:
            self._store(answering.ended(TurnStatus.STOPPED), answering)
            raise
        except BaseException:
            self._store(answering.ended(TurnStatus.FAILED), answering)
            raise

    def prompt_for(self, who: Person, course_id: str, text: str) -> tuple[Message, ...]:
        """Return the messages that a new conversation would give the model; nothing is stored.

        Raises InputRefused, also when the course does not cover the question.
        """
        question, course = self._checked(text), self.courses.enter(who, course_id)
        found = self.library.search(course.id, question, FOUND, threshold=course.strictness.threshold)
        if not found.covered:
            raise InputRefused("the course does not cover this question; ask another one", key="proof_uncovered")
        language = language_of(question, who.language)
        return self.briefing.about_course(who.id, course.id, question, found, language)[0]

    def _answer(
        self, who: Person, course: Course, history: list[Turn], answering: Answering
    ) -> Generator[TurnEvent, None, None]:
        turn = answering.turn
        language = language_of(turn.question, who.language)
        yield Stage("searching")
        if fixed_replies.is_greeting(turn.question):
            yield from self._say(answering, fixed_replies.hello(language, self._titles(course)))
            return
        lesson = planner.read(course, history, turn.question, language)
        if said := self._quizzed(who, course, history, lesson, turn):
            answering.turn = replace(turn, guidance=said.guidance)
            yield from self._say(answering, said.text)
            return
        figure = figures.asked(turn.question) if lesson.intent in ASKING else ""
        found = self._found(course, history, lesson, figure)
        plan = planner.plan(lesson, found)
        guidance = replace(plan.guidance, posed=planner.open_question(history))  # an aside leaves the question open
        answering.turn = replace(turn, covered=found.covered, confidence=round(found.confidence, 4), guidance=guidance)
        if figure and not found.covered:
            yield from self._say(answering, fixed_replies.no_figure(language, figure, self.library.figures(course.id)))
        elif known := self._known(answering.turn, plan):
            yield from self._recite(known, found, language, answering)
        elif plan.move is Move.NOT_COVERED:
            crosses = self.library.embedder.languages >= {"en", "zh"}
            yield from self._say(answering, fixed_replies.not_covered(language, self._titles(course), crosses=crosses))
        elif plan.reply is not None and not self._rewrites(plan, turn):
            if plan.defines:
                self._keep_prompt(found, language, answering)
            yield from self._say(answering, plan.reply.text, plan.reply.citations)
        else:
            yield Stage("thinking")
            yield from self._generate(found, history, language, answering, plan)

    def _found(self, course: Course, history: list[Turn], lesson: Lesson, figure: str) -> SearchResult:
        """Look for passages; a figure is looked up by its caption, and what does not name it is no substitute."""
        if figure:
            hits = self.library.figure(course.id, figure)[:FOUND]
            return SearchResult(hits, bool(hits), float(bool(hits)))
        past = [turn.question for turn in history] if lesson.query == lesson.text else []
        query = lesson.query or lesson.text
        most = FOUND if lesson.exercise is None else 2 * FOUND  # the exercise itself may be among them
        return self.library.search(course.id, query, most, history=past, threshold=course.strictness.threshold)

    def _quizzed(self, who: Person, course: Course, history: list[Turn], lesson: Lesson, turn: Turn) -> Said | None:
        """Take the message as said to the question that stands open, or pose one where it asks for one."""
        posed = planner.open_question(history)
        if posed and (said := self.quizmaster.take(who, posed, turn.id, turn.question)):
            return said
        if not planner.wants_question(lesson):
            return None
        harder = lesson.intent is Intent.HARDER
        return self.quizmaster.pose(who, course.id, lesson.query, lesson.language, harder=harder)

    def _known(self, turn: Turn, plan: Plan) -> Example | None:
        """Return the verified answer to a plain question; a retry asks the model, a guided one is not told."""
        if turn.replaces or plan.guarded or (plan.reply is not None and not plan.defines):
            return None
        return self.verified.same(turn.learner_id, turn.course_id, turn.question)

    def _recite(
        self, known: Example, found: SearchResult, language: str, answering: Answering
    ) -> Generator[TurnEvent, None, None]:
        """Give a verified answer as it stands, with the passages that it agrees with."""
        answering.turn = replace(answering.turn, verified=known.verified)
        hits = found.hits if found.covered else ()
        if hits:
            self._keep_prompt(found, language, answering)
        quotes = self.find_quotes(known.answer, hits, answering.turn.question) if hits else ()
        yield from self._say(answering, *cite_verified(known.answer, quotes, hits))

    def _keep_prompt(self, found: SearchResult, language: str, answering: Answering) -> None:
        """Keep what a model would be told, so that a better answer to what was said without one can be learnt."""
        turn = answering.turn
        messages, shown = self.briefing.about_course(turn.learner_id, turn.course_id, turn.question, found, language)
        answering.prompt = tuple((message.role, message.content) for message in messages)
        answering.turn = replace(turn, passages=shown, prompt_sha256=prompts.fingerprint(answering.prompt))

    def _generate(
        self, found: SearchResult, history: list[Turn], language: str, answering: Answering, plan: Plan
    ) -> Generator[TurnEvent, None, None]:
        turn = answering.turn
        messages: tuple[Message, ...]
        shown: tuple[str, ...]
        example = None if plan.guarded or plan.rewritable else self._example(turn, found)
        if plan.rewritable:
            assert plan.reply is not None
            messages, shown = self.briefing.about_hint(plan.exercise, plan.reply.text, turn.question, language), ()
        else:
            past = [*([(example.question, example.answer)] if example else []), *self.briefing.told(history)]
            messages, shown = self.briefing.about_course(
                turn.learner_id, turn.course_id, turn.question, found, language, past
            )
        info, adapter = self.engine.info(), self.active_adapter(turn.learner_id, turn.course_id)
        if picture := self._page_of_figure(turn.question, found, info.sees):
            messages = (*messages[:-1], replace(messages[-1], pictures=(picture,)))
            info, adapter = replace(info, model=info.sees), None  # adapters were trained on words alone
        answering.prompt = tuple((message.role, message.content) for message in messages)
        answering.turn = replace(
            turn,
            passages=shown,
            prompt_sha256=prompts.fingerprint(answering.prompt),
            model=info.model,
            quantization=info.quantization,
            adapter=adapter.name if adapter else None,
            verified=replace(example.verified, whole=False) if example else None,
        )
        request = self._request(answering.turn, messages, adapter)
        stream = self._guarded(request, plan) if plan.guarded else self.engine.stream(request)
        try:
            for piece in stream:
                if isinstance(piece, Waiting):
                    yield Stage("queued", str(piece.place)) if piece.place else Stage("thinking")
                    continue
                answering.hear(piece)
                yield Delta(piece)
        finally:
            stream.close()
        answer = _more_than_an_echo(without_marks("".join(answering.pieces)), turn.question, found, language)
        if plan.rewritable or answer == plan.instead:
            cited, citations = answer, plan.reply.citations if plan.reply else ()
        else:
            cited, citations = cite(answer, self.find_quotes(answer, found.hits, turn.question), found.hits, language)
            if found.hits and figures.asked(turn.question) and not picture:
                cited = f"{cited}\n\n{fixed_replies.unseen_figure(language)}"
        answering.turn = replace(answering.turn, answer=cited, citations=citations)
        finished = self._store(answering.ended(TurnStatus.COMPLETE), answering)
        self.engine.prepare((messages[0], *as_messages(self.briefing.told([*history, finished]))), adapter)
        yield Finished(finished)

    def _page_of_figure(self, question: str, found: SearchResult, sees: str) -> bytes | None:
        """Return the page with the figure that is asked about, for a model that takes pictures."""
        if not sees or not found.hits or not figures.asked(question):
            return None
        return self.page_picture(found.hits[0].document, found.hits[0].passage)

    def _guarded(self, request: Request, plan: Plan) -> Generator[str | Waiting, None, None]:
        """The draft in one piece, behind the leak guard: drawn once more when it leaks, then replaced.

        While it is drafted, empty pieces are yielded, so that it can be stopped like any answer.
        """
        for attempt in (request, replace(request, temperature=0.7, top_p=0.9, seed=request.seed + 1)):
            draft = ""
            with closing(self.engine.stream(attempt)) as stream:
                for piece in stream:
                    draft += piece if isinstance(piece, str) else ""
                    yield "" if isinstance(piece, str) else piece
            if draft.strip() and not plan.leaks(draft):
                yield draft
                return
        yield plan.instead

    def _rewrites(self, plan: Plan, turn: Turn) -> bool:
        """A small model says a hint worse than the rung's own words (measured: docs/LOG.md), and a definition worse
        than the course; a larger one better. A retry asks the model, and so does an adapter that learnt her way."""
        large = not self.briefing.small
        asked = plan.defines and bool(turn.replaces or self.active_adapter(turn.learner_id, turn.course_id))
        return asked or (large and (plan.defines or plan.rewritable))

    def _say(
        self, answering: Answering, sentence: str, citations: tuple[Citation, ...] = ()
    ) -> Generator[TurnEvent, None, None]:
        answering.hear(sentence)
        answering.turn = replace(answering.turn, citations=citations)
        yield Delta(sentence)
        yield Finished(self._store(answering.ended(TurnStatus.COMPLETE), answering))

    def _checked(self, text: str) -> str:
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

    def _begin(
        self, who: Person, course: Course, question: str, conversation_id: str | None, replaces: str | None
    ) -> tuple[Turn, list[Turn]]:
        """Store the running turn; return it and the shown turns before it."""
        if conversation_id is None:
            conversation = self.conversations.start(who, course.id, question)
        else:
            conversation = self.conversations.owned(who, conversation_id)
        if conversation.course_id != course.id:
            raise NotFound(f"this conversation is not in the course {course.id!r}", key="conversation_elsewhere")
        before = self.conversations.turns(who, conversation.id)
        if replaces is not None:
            position = next((i for i, turn in enumerate(before) if turn.id == replaces), None)
            if position is None:
                raise NotFound("the turn to replace is not in this conversation any more", key="turn_gone")
            before = before[:position]
        turn = new_turn(new_id(), conversation.id, who.id, course.id, question, replaces, self.clock)
        with self.database.writing() as connection:
            turn_store.add(connection, turn)
            turn_store.update_conversation(connection, conversation.id, now=turn.created_at)
        return turn, before

    def _example(self, turn: Turn, found: SearchResult) -> Example | None:
        """Return a verified answer to a related question; a small model would say it back instead of answering."""
        if self.briefing.small:
            return None
        return self.verified.related(turn.learner_id, turn.course_id, turn.question, [h.passage.id for h in found.hits])

    def _request(self, turn: Turn, messages: tuple[Message, ...], adapter: AdapterRef | None) -> Request:
        """Greedy, except that a retry of the same question draws another answer."""
        tries = self._tries(turn)
        return Request(
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

    def _tries(self, turn: Turn) -> int:
        """How often this same question was answered before in its place."""
        tries = 0
        with self.database.reading() as connection:
            before = turn_store.by_id(connection, turn.replaces) if turn.replaces else None
            while before is not None and before.question == turn.question:
                tries += 1
                before = turn_store.by_id(connection, before.replaces) if before.replaces else None
        return tries

    def _titles(self, course: Course) -> list[str]:
        return [document.title for document in self.library.documents(course.id)]

    def _store(self, turn: Turn, answering: Answering) -> Turn:
        with self.database.writing() as connection:
            turn_store.finish(connection, turn, answering.prompt)
        return turn


def _more_than_an_echo(answer: str, question: str, found: SearchResult, language: str) -> str:
    """Return the answer; for one that only says the question back, the course's sentence that is nearest to it."""
    sentence = extracts.nearest(question, found.hits[:1]) if is_echo(answer, question) else ""
    return fixed_replies.from_course(language, sentence) if sentence else answer
