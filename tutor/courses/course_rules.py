"""The rules that can change what a learner is told; those that did are stored with the turn as `FiredRule`."""

from __future__ import annotations

from enum import StrEnum


class RuleKind(StrEnum):
    """A rule that an instructor sets for a course, or that holds in every course."""

    PAUSED_COURSE = "paused_course"
    PAUSED_LEARNER = "paused_learner"
    TOPIC = "topic"  # detail: the blocked topic
    CONCERN = "concern"  # a message that may need a person; detail: what kind
    WITHHELD = "withheld"  # the filter of answers stopped what the model wrote
    HELP_LEVEL = "help_level"  # detail: how far hints may go in the course
    ANSWER_RULE = "answer_rule"  # detail: a rule for answers that the model was given
    GUARDED = "guarded"  # the model's draft gave an open exercise's answer away
    STRICTNESS = "strictness"  # the course was not found to cover the question; detail: how sure it must be
