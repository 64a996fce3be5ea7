"""The state of one learner in one course, updated one answer at a time.

A pure function of the learner's events. A skill's memory begins when the skill becomes known; before that, forgetting
shows in the answers themselves.
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
    """What is known about one learner in one course."""

    history: AnswerHistory = field(default_factory=AnswerHistory)
    masteries: Mapping[str, Mastery] = field(default_factory=dict)
    memories: Mapping[str, MemoryState] = field(default_factory=dict)
    forgetting: ForgettingModel = field(default_factory=initial_forgetting_model)
    placement_estimates: Mapping[str, float] = field(default_factory=dict)  # from the placement

    def retained_shares(self, at: datetime) -> Mapping[str, float]:
        """Return the retained share of every skill that was once known."""
        return {skill: retained_share(memory, self.forgetting, at) for skill, memory in self.memories.items()}


def apply_placement(state: LearnerState, skill_probabilities: Mapping[str, float], at: datetime) -> LearnerState:
    """Return the state after a placement; skills it is sure of were known before the course and fade from now on."""
    known_before = {
        skill: new_memory(at, is_long_known=True)
        for skill, share in skill_probabilities.items()
        if share >= MASTERY_THRESHOLD
    }
    own = {skill: memory for skill, memory in state.memories.items() if skill in state.masteries}
    return replace(state, placement_estimates=dict(skill_probabilities), memories={**known_before, **own})


def update_state(state: LearnerState, answer: AnswerEvent, params: BktParams) -> LearnerState:
    """Return the state after one answer.

    How hard the item is comes with the answer, so that no other learner's answers are needed.
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
    retained = retained_share(memory, state.forgetting, answer.at) if memory else 1.0
    ease = logit(answer.expected) - logit(answer.usual)
    after = update_mastery(before, answer, params, retained, ease)
    state = _with_updated_memory(state, skill, memory, answer, is_known=after.probability >= MASTERY_THRESHOLD)
    return replace(state, masteries={**state.masteries, skill: after})


def _with_updated_memory(
    state: LearnerState, skill: str, memory: MemoryState | None, answer: AnswerEvent, *, is_known: bool
) -> LearnerState:
    if not answer.is_unaided:
        return state
    if memory is not None:
        memory, forgetting = update_memory(memory, state.forgetting, recalled=answer.is_right, at=answer.at)
        return replace(state, memories={**state.memories, skill: memory}, forgetting=forgetting)
    if not is_known:
        return state
    return replace(state, memories={**state.memories, skill: new_memory(answer.at)})
