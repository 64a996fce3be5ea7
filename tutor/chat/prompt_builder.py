"""What a model is told for a turn: instructions, the learner, earlier turns and passages, as much as its window holds.

A small model is told less: measured, it mixes two passages up, answers as well from the sentences that hold the
question's words, and repeats what it is told of the learner (docs/LOG.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from knowledge.documents import Hit, SearchResult
from knowledge.query_rewriting import rewrite_with_history
from knowledge.sentence_selection import select_sentences
from tutor.chat import fixed_replies, prompts
from tutor.chat.citations import strip_citation_marks
from tutor.chat.context_window import PromptMaterial, PromptPassage, fit_to_window
from tutor.domain import Turn, TurnStatus
from tutor.engine.base import Engine, Message
from tutor.platform.settings import Settings

TOP_K = 4  # passages looked for; an answer may be supported by one that its prompt did not hold
SMALL_MODEL_CONTEXT_TOKENS = 2048  # tokens
DescribeLearner = Callable[[str, str, str], str]  # (learner id, course id, language) -> what a prompt is told, or ""
QaPair = tuple[str, str]  # a question and its answer


@dataclass(frozen=True, slots=True)
class PromptBuilder:
    """Writes the prompts of a turn."""

    engine: Engine
    describe_learner: DescribeLearner
    settings: Settings
    select_sentences: Callable[[str, Sequence[Hit]], str] = (
        select_sentences  # what a small model reads of the best passage
    )

    @property
    def is_small_model(self) -> bool:
        """Whether the model is a small one."""
        return self.engine.info().context_tokens <= SMALL_MODEL_CONTEXT_TOKENS

    def build_answer_prompt(
        self,
        learner_id: str,
        course_id: str,
        question: str,
        found: SearchResult,
        language: str,
        history: Sequence[QaPair] = (),
    ) -> tuple[tuple[Message, ...], tuple[str, ...]]:
        """Return the messages that fit the window, and the ids of the passages that they hold, best first."""
        prompt, window = prompts.load_prompt("answer", language), self.engine.info().context_tokens
        about = "" if self.is_small_model else self.describe_learner(learner_id, course_id, language)

        def build(material: PromptMaterial) -> tuple[Message, ...]:
            said = prompt.render(passages=material.passages, question=question)
            system, *rest = [Message(role, content) for role, content in said]  # type: ignore[arg-type]
            system = replace(system, content=f"{system.content}\n\n{about}") if about else system
            return (system, *to_messages(material.history), *rest)

        passages = self._passages(rewrite_with_history(question, [asked for asked, _ in history]), found.hits)
        budget = window - self.settings.max_answer_tokens
        material = fit_to_window(
            PromptMaterial(history=tuple(history), passages=passages),
            budget,
            lambda candidate: self.engine.count_tokens(build(candidate)),
        )
        return build(material), tuple(passage.id for passage in material.passages)

    def build_hint_prompt(self, exercise: str, hint: str, learner_message: str, language: str) -> tuple[Message, ...]:
        """Return the messages that ask for a hint of a rung in better words."""
        pairs = prompts.load_prompt("hint", language).render(exercise=exercise, hint=hint, said=learner_message)
        return tuple(Message(role, content) for role, content in pairs)  # type: ignore[arg-type]

    def history(self, turns: Sequence[Turn]) -> tuple[QaPair, ...]:
        """Return question and answer of the last turns that a prompt may tell of: those that the model answered."""
        told = [past for past in turns if past.status is TurnStatus.COMPLETE and past.covered and past.model]
        recent = told[-self.settings.history_turns :] if self.settings.history_turns else []
        return tuple((past.question, strip_citation_marks(fixed_replies.strip_notes(past.answer))) for past in recent)

    def _passages(self, question: str, hits: Sequence[Hit]) -> tuple[PromptPassage, ...]:
        most = self.settings.passages_per_prompt or (1 if self.is_small_model else TOP_K)
        shown = tuple(_to_prompt_passage(hit) for hit in hits[:most])
        if self.is_small_model and len(shown) == 1:
            return (replace(shown[0], text=self.select_sentences(question, hits)),)
        return shown


def to_messages(history: Sequence[QaPair]) -> list[Message]:
    return [message for asked, answer in history for message in (Message("user", asked), Message("assistant", answer))]


def _to_prompt_passage(hit: Hit) -> PromptPassage:
    return PromptPassage(hit.passage.id, hit.document.title, " › ".join(hit.passage.heading), hit.passage.text)
