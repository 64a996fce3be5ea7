"""The state of one learner in one course: everything that her answers have made known, moved on by one answer at a
time.

A pure function of her events: `rebuild` gives what `learn` gave step by step. A skill's memory begins when the skill
becomes known; what comes before is learning, and forgetting it is seen in the answers themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tutor.learner.answer_history import History, advance
from tutor.learner.bayesian_knowledge_tracing import KNOWN, Knowing, Mastery, fresh, update
from tutor.learner.evidence import Answered
from tutor.learner.logit import logit
from tutor.learner.spaced_repetition import Habit, Memory, begin, chance, fresh_habit, retained, review


@dataclass(frozen=True, slots=True)
class LearnerState:
    """What is known of one learner in one course."""

    history: History = field(default_factory=History)
    masteries: Mapping[str, Mastery] = field(default_factory=dict)
    memories: Mapping[str, Memory] = field(default_factory=dict)
    habit: Habit = field(default_factory=fresh_habit)
    assumed: Mapping[str, float] = field(default_factory=dict)  # what the placement inferred

    def retained(self, at: datetime) -> Mapping[str, float]:
        """Return for every skill that was once known the share that is still there."""
        return {skill: retained(memory, self.habit, at) for skill, memory in self.memories.items()}

    def recall(self, at: datetime) -> Mapping[str, float]:
        """Return for every skill that was once known the chance that it is recalled now."""
        return {skill: chance(memory, self.habit, at) for skill, memory in self.memories.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one answer changed on one skill: the line that explains the state."""

    answer_id: str
    skill: str
    before: float
    after: float
    expected: float  # how likely anybody had been to be right


def placed(state: LearnerState, known: Mapping[str, float], at: datetime) -> LearnerState:
    """Return the state after a placement; what it is sure of was learnt before the course and fades from now on."""
    brought = {skill: begin(at, long_known=True) for skill, share in known.items() if share >= KNOWN}
    own = {skill: memory for skill, memory in state.memories.items() if skill in state.masteries}
    return replace(state, assumed=dict(known), memories={**brought, **own})


def learn(state: LearnerState, answer: Answered, knowing: Knowing) -> tuple[LearnerState, tuple[Entry, ...]]:
    """Return the state after one answer and, for each of its skills, what changed.

    How hard the item was is read from the answer itself, so that no other learner's answers are needed.
    """
    if answer.unaided:
        history = advance(state.history, answer.item_id, answer.skills[0], answer.expected, right=answer.right)
        state = replace(state, history=history)
    entries = []
    for skill in answer.skills:
        state, entry = _on_skill(state, skill, answer, knowing)
        entries.append(entry)
    return state, tuple(entries)


def rebuild(answers: Iterable[Answered], knowing: Knowing, start: LearnerState | None = None) -> LearnerState:
    """Return the state that the answers, oldest first, lead to."""
    state = start or LearnerState()
    for answer in answers:
        state, _ = learn(state, answer, knowing)
    return state


def _on_skill(state: LearnerState, skill: str, answer: Answered, knowing: Knowing) -> tuple[LearnerState, Entry]:
    before = state.masteries.get(skill, fresh(knowing, state.assumed.get(skill)))
    memory = state.memories.get(skill)
    kept = retained(memory, state.habit, answer.at) if memory else 1.0
    ease = logit(answer.expected) - logit(answer.usual)
    after = update(before, answer, knowing, kept, ease)
    state = _with_memory(state, skill, memory, answer, learnt=after.known >= KNOWN)
    entry = Entry(answer.id, skill, before.known * kept, after.known, answer.expected)
    return replace(state, masteries={**state.masteries, skill: after}), entry


def _with_memory(
    state: LearnerState, skill: str, memory: Memory | None, answer: Answered, *, learnt: bool
) -> LearnerState:
    if not answer.unaided:
        return state
    if memory is not None:
        memory, habit, _ = review(memory, state.habit, recalled=answer.right, at=answer.at)
        return replace(state, memories={**state.memories, skill: memory}, habit=habit)
    if not learnt:
        return state
    return replace(state, memories={**state.memories, skill: begin(answer.at)})
