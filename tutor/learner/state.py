"""The state of one learner in one course: everything that her answers have made known, moved on by one answer at a
time.

A pure function of her events: `rebuild` gives what `learn` gave step by step. A skill's memory begins when the skill
becomes known; what comes before is learning, and forgetting it is seen in the answers themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tutor.learner.answer_history import AnswerHistory, append_answer
from tutor.learner.bayesian_knowledge_tracing import (
    MASTERY_THRESHOLD,
    BktParams,
    Mastery,
    initial_mastery,
    update_mastery,
)
from tutor.learner.evidence import AnswerEvent
from tutor.learner.logit import logit
from tutor.learner.spaced_repetition import (
    ForgettingModel,
    MemoryState,
    initial_forgetting_model,
    new_memory,
    retained_share,
    update_memory,
)


@dataclass(frozen=True, slots=True)
class LearnerState:
    """What is known of one learner in one course."""

    history: AnswerHistory = field(default_factory=AnswerHistory)
    masteries: Mapping[str, Mastery] = field(default_factory=dict)
    memories: Mapping[str, MemoryState] = field(default_factory=dict)
    forgetting: ForgettingModel = field(default_factory=initial_forgetting_model)
    placement_estimates: Mapping[str, float] = field(default_factory=dict)  # what the placement inferred

    def retained_shares(self, at: datetime) -> Mapping[str, float]:
        """Return for every skill that was once known the share that is still there."""
        return {skill: retained_share(memory, self.forgetting, at) for skill, memory in self.memories.items()}


def apply_placement(state: LearnerState, skill_probabilities: Mapping[str, float], at: datetime) -> LearnerState:
    """Return the state after a placement; what it is sure of was learnt before the course and fades from now on."""
    brought = {
        skill: new_memory(at, is_long_known=True)
        for skill, share in skill_probabilities.items()
        if share >= MASTERY_THRESHOLD
    }
    own = {skill: memory for skill, memory in state.memories.items() if skill in state.masteries}
    return replace(state, placement_estimates=dict(skill_probabilities), memories={**brought, **own})


def update_state(state: LearnerState, answer: AnswerEvent, params: BktParams) -> LearnerState:
    """Return the state after one answer.

    How hard the item was is read from the answer itself, so that no other learner's answers are needed.
    """
    if answer.is_unaided:
        history = append_answer(state.history, answer.item_id, answer.skills[0], answer.expected, right=answer.is_right)
        state = replace(state, history=history)
    for skill in answer.skills:
        state = _update_skill(state, skill, answer, params)
    return state


def _update_skill(state: LearnerState, skill: str, answer: AnswerEvent, params: BktParams) -> LearnerState:
    before = state.masteries.get(skill, initial_mastery(params, state.placement_estimates.get(skill)))
    memory = state.memories.get(skill)
    kept = retained_share(memory, state.forgetting, answer.at) if memory else 1.0
    ease = logit(answer.expected) - logit(answer.usual)
    after = update_mastery(before, answer, params, kept, ease)
    state = _with_updated_memory(state, skill, memory, answer, is_known=after.probability >= MASTERY_THRESHOLD)
    return replace(state, masteries={**state.masteries, skill: after})


def _with_updated_memory(
    state: LearnerState, skill: str, memory: MemoryState | None, answer: AnswerEvent, *, is_known: bool
) -> LearnerState:
    if not answer.is_unaided:
        return state
    if memory is not None:
        memory, habit = update_memory(memory, state.forgetting, recalled=answer.is_right, at=answer.at)
        return replace(state, memories={**state.memories, skill: memory}, forgetting=habit)
    if not is_known:
        return state
    return replace(state, memories={**state.memories, skill: new_memory(answer.at)})
