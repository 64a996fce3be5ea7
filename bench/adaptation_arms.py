"""The seven arms of `bench.adaptation`: what each puts into the prompt, and whose adapter answers. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.records import ChatMessage, TrainingRow
from bench.adaptation_banks import Question
from bench.adaptation_learners import LEARNERS, Learner, base_prompt
from knowledge.embedding import Embedder
from tutor.chat.prompt_builder import to_messages
from tutor.chat.verified_answers import nearest
from tutor.engine.base import Message

BASE, WISH, PROMPT, OWN, MIX, STRANGER, SHUFFLED = ARMS = (
    "base",
    "wish",
    "prompt",
    "own",
    "mix",
    "stranger",
    "shuffled",
)
MOST_SHOWN = 5  # corrections in a prompt: those nearest to the question


@dataclass(frozen=True, slots=True)
class AdapterKey:
    """An adapter, by whose corrections it learnt, how many, and whether their answers were exchanged."""

    kind: str
    count: int
    shuffled: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.count}{'-shuffled' if self.shuffled else ''}"


def adapter_of(arm: str, learner: Learner, count: int) -> AdapterKey | None:
    """Return the adapter that answers in an arm; None for the base."""
    if arm in (OWN, MIX):
        return AdapterKey(learner.kind, count)
    if arm == STRANGER:
        return AdapterKey(stranger_of(learner).kind, count)
    return AdapterKey(learner.kind, count, shuffled=True) if arm == SHUFFLED else None


def stranger_of(learner: Learner) -> Learner:
    """Return the next learner with another wish, one with the same questions if there is one."""
    place = LEARNERS.index(learner)
    others = (*LEARNERS[place + 1 :], *LEARNERS[:place])
    return next((other for other in others if other.bank_name == learner.bank_name), others[0])


def uses_count(arm: str) -> bool:
    """Whether the number of corrections makes a difference in an arm."""
    return arm not in (BASE, WISH)


def prompts_for(
    arm: str, learner: Learner, count: int, asked: Sequence[Question], embedder: Embedder | None
) -> list[tuple[Message, ...]]:
    """Return the prompt of each question in an arm."""
    plain = [base_prompt(question) for question in asked]
    if arm == WISH:
        return [_with_wish(messages, learner.wish) for messages in plain]
    if arm not in (PROMPT, MIX):
        return plain
    assert embedder is not None
    corrected = learner.bank.corrected(count)
    vectors = [encoding.span_vectors[0] for encoding in embedder.encode_queries([q.text for q in corrected])]
    return [
        _with_examples(messages, learner, [corrected[i] for i in nearest(embedder.embed_query(q.text), vectors)])
        for q, messages in zip(asked, plain, strict=True)
    ]


def shuffled_rows(rows: Sequence[TrainingRow]) -> list[TrainingRow]:
    """Return the rows with each other's answers; a single row has no other and stays as it is."""
    order = list(range(len(rows)))
    random.Random(3).shuffle(order)
    answers = {order[i]: rows[order[i - 1]].answer for i in range(len(order))}
    return [
        replace(row, messages=(*row.prompt, ChatMessage("assistant", answers[number])))
        for number, row in enumerate(rows)
    ]


def _with_wish(messages: tuple[Message, ...], wish: str) -> tuple[Message, ...]:
    """Return the prompt with the wish after the instructions, where the product describes the learner."""
    system, *rest = messages
    return (replace(system, content=f'{system.content}\n\nThe learner\'s wish: "{wish}"'), *rest)


def _with_examples(
    messages: tuple[Message, ...], learner: Learner, nearest_first: Sequence[Question]
) -> tuple[Message, ...]:
    """Return the prompt with corrections as earlier exchanges, as the product shows them, the nearest last."""
    system, *rest = messages
    shown = [(question.text, learner.write(question)) for question in nearest_first[:MOST_SHOWN]]
    return (system, *to_messages(shown[::-1]), *rest)
