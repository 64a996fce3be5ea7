"""What a model is told for a turn: instructions, the learner, earlier turns and passages, as much as its window holds.

A small model is told less: measured, it mixes two passages up, answers as well from the sentences that hold the
question's words, and repeats what it is told of the learner (docs/LOG.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from knowledge.documents import Hit, SearchResult
from knowledge.query_rewriting import with_history
from knowledge.sentence_selection import selected
from tutor.chat import fixed_replies, prompts
from tutor.chat.citations import without_marks
from tutor.chat.context_window import Material, PassageText, fit
from tutor.domain import Turn, TurnStatus
from tutor.engine.base import Engine, Message
from tutor.platform.settings import Settings

FOUND = 4  # passages looked for; an answer may be supported by one that its prompt did not hold
SMALL_WINDOW = 2048  # tokens
AboutLearner = Callable[[str, str, str], str]  # (learner id, course id, language) -> what a prompt is told, or ""
Asked = tuple[str, str]  # a question and its answer


@dataclass(frozen=True, slots=True)
class Briefing:
    """Writes the prompts of a turn."""

    engine: Engine
    about_learner: AboutLearner
    settings: Settings
    select: Callable[[str, Sequence[Hit]], str] = selected  # what a small model reads of the best passage

    @property
    def small(self) -> bool:
        """Whether the model is a small one."""
        return self.engine.info().context_tokens <= SMALL_WINDOW

    def about_course(
        self,
        learner_id: str,
        course_id: str,
        question: str,
        found: SearchResult,
        language: str,
        past: Sequence[Asked] = (),
    ) -> tuple[tuple[Message, ...], tuple[str, ...]]:
        """Return the messages that fit the window, and the ids of the passages that they hold, best first."""
        prompt, window = prompts.load(f"answer.{language}"), self.engine.info().context_tokens
        about = "" if self.small else self.about_learner(learner_id, course_id, language)

        def build(material: Material) -> tuple[Message, ...]:
            said = prompt.render(passages=material.passages, question=question)
            system, *rest = [Message(role, content) for role, content in said]  # type: ignore[arg-type]
            system = replace(system, content=f"{system.content}\n\n{about}") if about else system
            return (system, *as_messages(material.history), *rest)

        passages = self._passages(with_history(question, [asked for asked, _ in past]), found.hits)
        budget = window - self.settings.max_answer_tokens
        material = fit(
            Material(history=tuple(past), passages=passages),
            budget,
            lambda candidate: self.engine.count_tokens(build(candidate)),
        )
        return build(material), tuple(passage.id for passage in material.passages)

    def about_hint(self, exercise: str, hint: str, said: str, language: str) -> tuple[Message, ...]:
        """Return the messages that ask for a hint of a rung in better words."""
        pairs = prompts.load(f"hint.{language}").render(exercise=exercise, hint=hint, said=said)
        return tuple(Message(role, content) for role, content in pairs)  # type: ignore[arg-type]

    def told(self, turns: Sequence[Turn]) -> tuple[Asked, ...]:
        """Return question and answer of the last turns that a prompt may tell of: those that the model answered."""
        told = [past for past in turns if past.status is TurnStatus.COMPLETE and past.covered and past.model]
        recent = told[-self.settings.history_turns :] if self.settings.history_turns else []
        return tuple((past.question, without_marks(fixed_replies.without_own_words(past.answer))) for past in recent)

    def _passages(self, question: str, hits: Sequence[Hit]) -> tuple[PassageText, ...]:
        most = self.settings.passages_per_prompt or (1 if self.small else FOUND)
        shown = tuple(_passage_text(hit) for hit in hits[:most])
        if self.small and len(shown) == 1:
            return (replace(shown[0], text=self.select(question, hits)),)
        return shown


def as_messages(past: Sequence[Asked]) -> list[Message]:
    return [message for asked, answer in past for message in (Message("user", asked), Message("assistant", answer))]


def _passage_text(hit: Hit) -> PassageText:
    return PassageText(hit.passage.id, hit.document.title, " › ".join(hit.passage.heading), hit.passage.text)
