"""Generates an answer with the model: builds the prompt, streams the answer past the leak guard, cites it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from knowledge.documents import Document, Passage, SearchResult
from tutor.answers.course_reading import CourseReading
from tutor.answers.question_form import AnswerForm
from tutor.chat import extracts, fixed_replies
from tutor.chat.checked_stream import CheckedStream
from tutor.chat.citations import add_citations, strip_citation_marks
from tutor.chat.draft_check import DraftCheck, FindQuotes
from tutor.chat.held_stream import HeldStream, MustHold
from tutor.chat.message_parsing import ParsedMessage
from tutor.chat.planner import TurnPlan
from tutor.chat.prompt_builder import PromptBuilder, to_messages
from tutor.chat.question_matching import is_echo
from tutor.chat.running_turn import RunningTurn
from tutor.chat.verified_answers import VerifiedAnswer, VerifiedAnswers
from tutor.courses.course_rules import RuleKind
from tutor.domain import Queued, Token, Turn
from tutor.engine.base import AdapterRef, Engine, EngineInfo, GenerationRequest, Message
from tutor.engine.size_class import Ability
from tutor.pedagogy.dialogue_moves import Move
from tutor.platform.settings import Settings

FindActiveAdapter = Callable[[str, str, str], AdapterRef | None]  # (learner id, course id, SHA-256 of the base)
RenderPage = Callable[[Document, Passage], bytes | None]
SURE_CONFIDENCE = 0.8  # of the search, below which two failed drafts mean that the course has no answer
MAX_SENTENCES, MAX_SENTENCES_COMPARING = 3, 5  # of an answer at first; the learner can ask for more
SAMPLED_TEMPERATURE, SAMPLED_TOP_P = 0.7, 0.9  # of a retry, and of the second draft after one that leaked


@dataclass(frozen=True, slots=True)
class PreparedPrompt:
    """The messages of a turn, and what they were built from."""

    messages: tuple[Message, ...]
    kept: tuple[Message, ...]  # what is stored of them: without a learner's other better answers
    passage_ids: tuple[str, ...]
    model: str
    quantization: str
    adapter: AdapterRef | None
    example: VerifiedAnswer | None
    shows_page: bool  # a vision model is shown the page with the figure


@dataclass(frozen=True, slots=True)
class AnswerGenerator:
    """Writes the answers that need a model."""

    engine: Engine
    prompt_builder: PromptBuilder
    verified_answers: VerifiedAnswers
    find_quotes: FindQuotes
    find_active_adapter: FindActiveAdapter
    render_page: RenderPage
    settings: Settings

    def generate(
        self,
        running: RunningTurn,
        message: ParsedMessage,
        found: SearchResult,
        history: Sequence[Turn],
        plan: TurnPlan,
        reading: CourseReading | None,
        *,
        retries: int,
        must_hold: MustHold | None = None,
    ) -> Generator[Token | Queued, None, PreparedPrompt]:
        """Stream an answer and leave it, with its citations, in `running`; closing the generator stops the model.

        The first answer to a question is greedy, each of its `retries` is sampled with another seed. `reading` is what
        the course says about the question; what is written from it is checked before it is shown, except by an adapter
        or from an example, which may know from a learner's better answer what the course does not say. What `must_hold`
        names is not streamed.
        """
        prompt = self._prepare_prompt(running.turn, message, found, history, plan, reading)
        self._record(prompt, running)
        for rule in self.prompt_builder.rules_for(running.turn.course_id):
            running.record_rule(RuleKind.ANSWER_RULE, rule)
        request = self._build_request(running.turn, prompt, retries)
        is_sure = found.confidence >= SURE_CONFIDENCE or (reading is not None and reading.is_sure)
        checked = self._checked_stream(request, reading, plan, prompt, message.language, is_surely_covered=is_sure)
        shown = HeldStream(must_hold)
        with closing(shown.stream(self._open_stream(request, plan, checked))) as stream:
            for event in stream:
                if isinstance(event, Token) and event.text:
                    running.append(event.text)
                yield event
        if checked and checked.quote:
            running.turn = replace(running.turn, answer=checked.quote.text, citations=checked.quote.citations)
            if checked.is_declined:
                running.turn = decline(running.turn)
        else:
            text = checked.answer if checked and checked.answer else running.text + shown.held
            self._set_cited_answer(running, text, message, found, plan, prompt, checked)
        return prompt

    def prefers_model(self, plan: TurnPlan, turn: Turn) -> bool:
        """Return whether a model answers although the plan has a reply.

        It rewords a hint, or writes a definition that the course has, where models of its size do that better. For a
        definition, a retry and a learner with an active adapter ask the model too.
        """
        may = self.prompt_builder.model_may
        if not plan.has_definition:
            return plan.is_rewritable_hint and may(Ability.WORD_HINTS)
        asks_model = bool(turn.replaces) or self.has_adapter(turn)
        return asks_model or may(Ability.WRITE_DEFINITIONS)

    def has_adapter(self, turn: Turn) -> bool:
        """Return whether an adapter answers the learner of a turn: their own, or the course's."""
        return self._find_adapter(turn, self.engine.info()) is not None

    def prefetch_next(self, prompt: PreparedPrompt, history: Sequence[Turn]) -> None:
        """Let the engine read the prefix of the next prompt; `history` ends with the turn of this prompt."""
        past = to_messages(self.prompt_builder.history(history))
        self.engine.prefetch_prefix((prompt.messages[0], *past), prompt.adapter)

    def _prepare_prompt(
        self,
        turn: Turn,
        message: ParsedMessage,
        found: SearchResult,
        history: Sequence[Turn],
        plan: TurnPlan,
        reading: CourseReading | None,
    ) -> PreparedPrompt:
        info = self.engine.info()
        adapter = self._find_adapter(turn, info)
        examples: list[VerifiedAnswer] = []
        if plan.is_rewritable_hint:
            assert plan.reply is not None
            messages = self.prompt_builder.build_hint_prompt(
                plan.exercise, plan.reply.text, message.text, message.language
            )
            passage_ids: tuple[str, ...] = ()
        else:
            examples = [] if plan.guarded else self._find_examples(turn, found, adapter)
            shown = [(example.question, example.answer) for example in examples]
            messages, passage_ids = self.prompt_builder.build_answer_prompt(
                turn.learner_id,
                turn.course_id,
                message.text,
                found,
                message.language,
                [*shown, *self.prompt_builder.history(history)],
                reading,
            )
        kept = _without_examples(messages, examples) if adapter else messages
        model = info.model
        page = self._render_figure_page(message, found) if info.vision_model else None
        if page:
            messages = (*messages[:-1], replace(messages[-1], images=(page,)))
            model, adapter = info.vision_model, None  # adapters are trained on text alone
        example = examples[-1] if examples else None
        return PreparedPrompt(messages, kept, passage_ids, model, info.quantization, adapter, example, page is not None)

    def _checked_stream(
        self,
        request: GenerationRequest,
        reading: CourseReading | None,
        plan: TurnPlan,
        prompt: PreparedPrompt,
        language: str,
        *,
        is_surely_covered: bool,
    ) -> CheckedStream | None:
        """Return the stream that checks the answer; None where its words may come from elsewhere than the course."""
        if reading is None or plan.guarded or prompt.adapter or prompt.example or prompt.shows_page:
            return None
        check = DraftCheck(reading, self.find_quotes)
        limit = _max_sentences(reading.asked.form)
        may_rewrite = self.prompt_builder.writes_from_sentences
        return CheckedStream(self.engine, request, check, language, may_rewrite, is_surely_covered, limit)

    def _open_stream(
        self, request: GenerationRequest, plan: TurnPlan, checked: CheckedStream | None
    ) -> Generator[Token | Queued, None, None]:
        if plan.guarded:
            return self._stream_guarded(request, plan)
        return checked.stream() if checked else self.engine.stream(request)

    def _find_adapter(self, turn: Turn, info: EngineInfo) -> AdapterRef | None:
        return self.find_active_adapter(turn.learner_id, turn.course_id, info.base_sha256)

    def _record(self, prompt: PreparedPrompt, running: RunningTurn) -> None:
        running.record_prompt(prompt.kept, prompt.passage_ids)
        running.turn = replace(
            running.turn,
            model=prompt.model,
            quantization=prompt.quantization,
            adapter=prompt.adapter.name if prompt.adapter else None,
            verified=replace(prompt.example.ref, whole=False) if prompt.example else None,
        )

    def _find_examples(self, turn: Turn, found: SearchResult, adapter: AdapterRef | None) -> list[VerifiedAnswer]:
        """Return better answers to show as earlier exchanges: beside an adapter the learner's own, else a related one.

        None for a model of a size that would only repeat them.
        """
        may = self.prompt_builder.model_may
        if adapter and may(Ability.FOLLOW_OWN_EXAMPLES):
            return self.verified_answers.find_own_examples(turn.learner_id, turn.course_id, turn.question)
        if not may(Ability.FOLLOW_EXAMPLES):
            return []
        passage_ids = [hit.passage.id for hit in found.hits]
        related = self.verified_answers.find_related(turn.learner_id, turn.course_id, turn.question, passage_ids)
        return [related] if related else []

    def _render_figure_page(self, message: ParsedMessage, found: SearchResult) -> bytes | None:
        """Return the page with the figure that the message names, as a PNG."""
        if not message.figure_number or not found.hits:
            return None
        return self.render_page(found.hits[0].document, found.hits[0].passage) or None

    def _build_request(self, turn: Turn, prompt: PreparedPrompt, retries: int) -> GenerationRequest:
        return GenerationRequest(
            messages=prompt.messages,
            learner=turn.learner_id,
            adapter=prompt.adapter,
            max_tokens=self.settings.max_answer_tokens,
            temperature=SAMPLED_TEMPERATURE if retries else 0.0,
            top_p=SAMPLED_TOP_P if retries else 1.0,
            seed=retries,
            time_limit_s=self.settings.answer_time_limit_s,
        )

    def _stream_guarded(self, request: GenerationRequest, plan: TurnPlan) -> Generator[Token | Queued, None, None]:
        """Yield the draft as one token once the leak guard has passed it.

        A draft that leaks is drawn again once, then replaced by the plan's fallback. While a draft is written, empty
        tokens are yielded, so that it can be stopped like any answer.
        """
        second = replace(request, temperature=SAMPLED_TEMPERATURE, top_p=SAMPLED_TOP_P, seed=request.seed + 1)
        for attempt in (request, second):
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

    def _set_cited_answer(
        self,
        running: RunningTurn,
        text: str,
        message: ParsedMessage,
        found: SearchResult,
        plan: TurnPlan,
        prompt: PreparedPrompt,
        checked: CheckedStream | None,
    ) -> None:
        """Set the turn's answer and citations from the text that was streamed."""
        answer = _replace_echo(strip_citation_marks(text), message, found)
        if plan.guarded and answer == plan.fallback_text:
            running.record_rule(RuleKind.GUARDED)
        if plan.is_rewritable_hint or answer == plan.fallback_text:
            citations = plan.reply.citations if plan.reply else ()
        else:
            quotes = checked.check.quotes(answer) if checked else self.find_quotes(answer, found.hits, message.text)
            answer, citations = add_citations(answer, quotes, found.hits, message.language)
            if found.hits and message.figure_number and not prompt.shows_page:
                answer = f"{answer}\n\n{fixed_replies.unseen_figure_note(message.language)}"
        running.turn = replace(running.turn, answer=answer, citations=citations)


def _without_examples(messages: tuple[Message, ...], examples: Sequence[VerifiedAnswer]) -> tuple[Message, ...]:
    """Return a prompt without the examples after its instructions.

    A correction of the answer would else train on others of the learner, which could then not be taken back alone.
    """
    shown = {(example.question, example.answer) for example in examples}
    system, *rest = messages
    while len(rest) > 2 and (rest[0].content, rest[1].content) in shown:
        rest = rest[2:]
    return (system, *rest)


def _max_sentences(form: AnswerForm) -> int:
    """Return after how many sentences a draft is stopped; 0 for never, since a list has as many items as it has."""
    if form in (AnswerForm.LIST, AnswerForm.STEPS):
        return 0
    return MAX_SENTENCES_COMPARING if form is AnswerForm.COMPARISON else MAX_SENTENCES


def decline(turn: Turn) -> Turn:
    """Return a turn as one that the course does not answer, whatever the search thought."""
    guidance = turn.guidance and replace(turn.guidance, move=Move.NOT_COVERED)
    return replace(turn, covered=False, guidance=guidance)


def _replace_echo(answer: str, message: ParsedMessage, found: SearchResult) -> str:
    """Return the answer; for one that only repeats the question, the sentence of the course nearest to it."""
    sentence = extracts.nearest_sentence(message.text, found.hits[:1]) if is_echo(answer, message.text) else ""
    return fixed_replies.quote_from_course(message.language, sentence) if sentence else answer
