"""Has the model tell the last answer in another way: simpler, shorter, longer, with an example, in another language."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace

from knowledge.documents import SearchResult
from knowledge.languages import characters, detect_language
from knowledge.languages.sentences import split_sentences
from tutor.chat import prompts
from tutor.chat.answer_generation import AnswerGenerator
from tutor.chat.citations import add_citations, strip_citation_marks
from tutor.chat.held_stream import HeldStream, MustHold
from tutor.chat.message_parsing import ParsedMessage
from tutor.chat.plan_replies import Reply
from tutor.chat.planner import TurnPlan
from tutor.chat.question_matching import is_echo
from tutor.chat.running_turn import RunningTurn
from tutor.courses.course_rules import RuleKind
from tutor.domain import Citation, Queued, Token, Turn
from tutor.engine.base import GenerationRequest, Message
from tutor.engine.size_class import Ability
from tutor.pedagogy.intents import Intent

MAX_PASSAGES, MAX_PASSAGE_CHARS = 2, 900  # that the model is shown
MAX_ANSWER_CHARS = 1_500  # of the last answer that the model is shown
_WITHOUT_PASSAGES = (Intent.SHORTER, Intent.TRANSLATE)  # these say what was said, and nothing else
_ENDS = tuple((characters("text", "SENTENCE_ENDS") + characters("text", "CLOSING_MARKS")).replace("\\", ""))


@dataclass(frozen=True, slots=True)
class FollowUpWriter:
    """Writes the replies to follow-ups with the model of an answer generator."""

    generator: AnswerGenerator

    def can_write(self, message: ParsedMessage, found: SearchResult) -> bool:
        """Whether the model, by its size, can tell this in another way, and there is something to tell."""
        has_text = message.last_answer is not None or (bool(message.own_topic) and found.covered)
        may_write = self.generator.prompt_builder.model_may(Ability.WRITE_FROM_SENTENCES)
        return message.is_rewording and has_text and may_write

    def write(
        self,
        running: RunningTurn,
        message: ParsedMessage,
        found: SearchResult,
        plan: TurnPlan,
        must_hold: MustHold | None = None,
    ) -> Generator[Token | Queued, None, None]:
        """Stream the reply and leave it, with its citations, in `running`.

        One that says nothing, or the last answer again, is replaced by the plan's reply, which is the course's text,
        where that is in the language of the reply.
        """
        hits = found.hits[:MAX_PASSAGES] if found.covered else ()
        messages = self._build_prompt(message, [hit.passage.text[:MAX_PASSAGE_CHARS] for hit in hits])
        builder = self.generator.prompt_builder
        if block := builder.rules_block(running.turn.course_id, message.language):
            messages = (replace(messages[0], content=f"{messages[0].content}\n\n{block}"), *messages[1:])
            for rule in builder.rules_for(running.turn.course_id):
                running.record_rule(RuleKind.ANSWER_RULE, rule)
        running.record_prompt(messages, tuple(hit.passage.id for hit in hits))
        engine = self.generator.engine
        info = engine.info()
        running.turn = replace(running.turn, model=info.model, quantization=info.quantization)
        shown = HeldStream(must_hold)
        with closing(shown.stream(engine.stream(self._request(running.turn, messages)))) as stream:
            for event in stream:
                if isinstance(event, Token):
                    running.append(event.text)
                yield event
        self._set_answer(running, running.text + shown.held, message, found, plan)

    def _build_prompt(self, message: ParsedMessage, passages: list[str]) -> tuple[Message, ...]:
        last = message.last_answer
        pairs = prompts.load_prompt("follow_up", message.language).render(
            passages=[] if last and message.intent in _WITHOUT_PASSAGES else passages,
            topic=last.topic if last else message.own_topic,
            answer=last.answer[:MAX_ANSWER_CHARS] if last else "",
            wish=message.intent.value,
        )
        return tuple(Message(role, content) for role, content in pairs)  # type: ignore[arg-type]

    def _request(self, turn: Turn, messages: tuple[Message, ...]) -> GenerationRequest:
        settings = self.generator.settings
        return GenerationRequest(
            messages=messages,
            learner=turn.learner_id,
            adapter=None,  # adapters learn answers, not ways to say one again
            max_tokens=settings.max_answer_tokens,
            time_limit_s=settings.answer_time_limit_s,
        )

    def _set_answer(
        self, running: RunningTurn, text: str, message: ParsedMessage, found: SearchResult, plan: TurnPlan
    ) -> None:
        answer = _finished(strip_citation_marks(text))
        last = message.last_answer
        says_nothing_new = not answer or (last is not None and is_echo(answer, last.answer))
        if says_nothing_new and plan.reply is not None and (not answer or _quotes_in(plan.reply, message.language)):
            running.turn = replace(running.turn, answer=plan.reply.text, citations=plan.reply.citations)
            return
        citations: tuple[Citation, ...] = ()
        if message.intent in _WITHOUT_PASSAGES and last is not None and last.citations:
            answer, citations = f"{answer} [1]", (replace(last.citations[0], number=1),)
        elif found.hits:
            quotes = self.generator.find_quotes(answer, found.hits, message.search_query)
            answer, citations = add_citations(answer, quotes, found.hits, message.language)
        running.turn = replace(running.turn, answer=answer, citations=citations)


def _quotes_in(reply: Reply, language: str) -> bool:
    """Whether a reply quotes the course in this language; a quote in another one explains nothing more simply."""
    return all(detect_language(citation.quote, language) == language for citation in reply.citations)


def _finished(answer: str) -> str:
    """Return an answer without a last sentence that breaks off, unless it has no other."""
    spans = split_sentences(answer)
    if len(spans) > 1 and not answer.rstrip().endswith(_ENDS):
        return answer[: spans[-1][0]].rstrip()
    return answer.strip()
