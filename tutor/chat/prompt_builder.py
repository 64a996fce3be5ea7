"""Builds the prompts of a turn: instructions, the learner, earlier turns and passages, within the model's window.

What else than selected sentences of one passage a model is given depends on what was measured for its size
(`tutor.engine.size_class`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from knowledge.documents import Hit, SearchResult
from knowledge.languages import detect_language
from knowledge.query_rewriting import rewrite_with_history
from knowledge.sentence_selection import select_sentences
from tutor.answers.course_reading import CourseReading
from tutor.chat import fixed_replies, prompts
from tutor.chat.citations import strip_citation_marks
from tutor.chat.context_window import PromptMaterial, PromptPassage, fit_to_window
from tutor.domain import Turn, TurnStatus
from tutor.engine.base import Engine, Message
from tutor.engine.size_class import Ability, is_able
from tutor.platform.settings import Settings

TOP_K = 4  # passages retrieved; an answer may be supported by one that its prompt does not contain
DescribeLearner = Callable[[str, str, str], str]  # (learner id, course id, language) -> text for the prompt, or ""
QaPair = tuple[str, str]  # a question and its answer


@dataclass(frozen=True, slots=True)
class PromptBuilder:
    """Builds the prompts of a turn."""

    engine: Engine
    describe_learner: DescribeLearner
    settings: Settings
    answer_rules: Callable[[str], Sequence[str]] = lambda _course_id: ()  # what the course's instructor wants
    select_sentences: Callable[[str, Sequence[Hit]], str] = select_sentences  # (question, hits) -> instead of a passage

    def model_may(self, ability: Ability) -> bool:
        """Return whether the engine's model is of a size that does this well."""
        return is_able(self.engine.info().parameters, ability)

    @property
    def writes_from_sentences(self) -> bool:
        """Whether the model writes whole sentences of its own from sentences of the course."""
        return self.model_may(Ability.WRITE_FROM_SENTENCES)

    def rules_for(self, course_id: str) -> tuple[str, ...]:
        """Return the rules of a course that the model is given; a model too small to write sentences is given none."""
        return tuple(self.answer_rules(course_id)) if self.writes_from_sentences else ()

    def rules_block(self, course_id: str, language: str) -> str:
        """Return what the model is told about them, or ""."""
        rules = self.rules_for(course_id)
        if not rules:
            return ""
        ((_, content),) = prompts.load_prompt("course_rules", language).render(rules=rules)
        return content

    def build_answer_prompt(
        self,
        learner_id: str,
        course_id: str,
        question: str,
        found: SearchResult,
        language: str,
        history: Sequence[QaPair] = (),
        reading: CourseReading | None = None,
    ) -> tuple[tuple[Message, ...], tuple[str, ...]]:
        """Return messages that fit the window, and the ids of the passages in them, best first.

        A model that writes whole sentences is given the passages of `reading` in place of those found.
        """
        read = reading.passages if reading is not None and self.writes_from_sentences else ()
        prompt = prompts.load_prompt("answer_from_passages" if read else "answer", language)
        form = {"form": _prompted_form(reading)} if reading is not None and read else {}
        window = self.engine.info().context_tokens
        knows_learner = self.model_may(Ability.KNOW_THE_LEARNER)
        rules_block = self.rules_block(course_id, language)
        learner_block = self.describe_learner(learner_id, course_id, language) if knows_learner else ""

        def build(material: PromptMaterial) -> tuple[Message, ...]:
            rendered = prompt.render(passages=material.passages, question=question, **form)
            system, *rest = [Message(role, content) for role, content in rendered]  # type: ignore[arg-type]
            for block in (_foreign_block(material.passages, language), rules_block, learner_block):
                system = replace(system, content=f"{system.content}\n\n{block}") if block else system
            return (system, *to_messages(material.history), *rest)

        passages = tuple(map(_to_prompt_passage, read)) or self._passages(
            rewrite_with_history(question, [earlier for earlier, _ in history]), found.hits
        )
        budget = window - self.settings.max_answer_tokens
        material = fit_to_window(
            PromptMaterial(history=tuple(history), passages=passages),
            budget,
            lambda candidate: self.engine.count_tokens(build(candidate)),
        )
        return build(material), tuple(passage.id for passage in material.passages)

    def build_hint_prompt(self, exercise: str, hint: str, learner_message: str, language: str) -> tuple[Message, ...]:
        """Return messages that ask the model to reword a hint."""
        pairs = prompts.load_prompt("hint", language).render(
            exercise=exercise, hint=hint, learner_message=learner_message
        )
        return tuple(Message(role, content) for role, content in pairs)  # type: ignore[arg-type]

    def history(self, turns: Sequence[Turn]) -> tuple[QaPair, ...]:
        """Return question and answer of the last turns that the model answered from the course."""
        answered = [turn for turn in turns if turn.status is TurnStatus.COMPLETE and turn.covered and turn.model]
        recent = answered[-self.settings.history_turns :] if self.settings.history_turns else []
        return tuple((turn.question, strip_citation_marks(fixed_replies.strip_notes(turn.answer))) for turn in recent)

    def _passages(self, question: str, hits: Sequence[Hit]) -> tuple[PromptPassage, ...]:
        reads_passages = self.model_may(Ability.READ_PASSAGES)
        limit = self.settings.passages_per_prompt or (TOP_K if reads_passages else 1)
        shown = tuple(_to_prompt_passage(hit) for hit in hits[:limit])
        if not reads_passages and len(shown) == 1:
            return (replace(shown[0], text=self.select_sentences(question, hits)),)
        return shown


def _prompted_form(reading: CourseReading) -> str:
    return "whether" if reading.asked.asks_whether else reading.asked.form.value


def _foreign_block(passages: Sequence[PromptPassage], language: str) -> str:
    """Return what the model is told when the best passage is in another language than the question, else ""."""
    if all(detect_language(passage.text, language) == language for passage in passages[:1]):
        return ""
    ((_, content),) = prompts.load_prompt("foreign_passages", language).render()
    return content


def to_messages(history: Sequence[QaPair]) -> list[Message]:
    """Return the history as messages of learner and tutor."""
    return [
        message for question, answer in history for message in (Message("user", question), Message("assistant", answer))
    ]


def _to_prompt_passage(hit: Hit) -> PromptPassage:
    return PromptPassage(hit.passage.id, hit.document.title, " › ".join(hit.passage.heading), hit.passage.text)
