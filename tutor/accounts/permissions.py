"""Who may do what: one pure function over facts, default deny. Use cases ask it before they read or write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tutor.domain import Course, Person, Role
from tutor.errors import NotAllowed


class Action(StrEnum):
    """Everything that needs leave."""

    STUDY = "study this course"
    READ_OWN = "read this"
    CHANGE_OWN = "change this"
    TEACH = "change this course"
    CREATE_COURSE = "create a course"
    INVITE = "invite people"
    TRAIN = "train this adapter"


@dataclass(frozen=True, slots=True)
class AccessContext:
    """What the decision may depend on: whose the thing is, and how the person stands to its course."""

    owner_id: str | None = None
    course: Course | None = None
    enrolled: bool = False


def _may_study(actor: Person, facts: AccessContext) -> bool:
    return facts.course is not None and (facts.course.open or facts.enrolled or actor.role is Role.ADMIN)


def _is_owner(actor: Person, facts: AccessContext) -> bool:
    return facts.owner_id == actor.id


def _may_teach(actor: Person, facts: AccessContext) -> bool:
    return actor.role is Role.ADMIN or (actor.role is Role.INSTRUCTOR and facts.enrolled)


# Administrators run the house but do not read learners' conversations: those are their owner's.
_RULES: dict[Action, Callable[[Person, AccessContext], bool]] = {
    Action.STUDY: _may_study,
    Action.READ_OWN: _is_owner,
    Action.CHANGE_OWN: _is_owner,
    Action.TEACH: _may_teach,
    Action.CREATE_COURSE: lambda actor, _facts: actor.is_staff,
    Action.INVITE: lambda actor, _facts: actor.is_staff,
    Action.TRAIN: lambda actor, facts: actor.role is Role.ADMIN or _is_owner(actor, facts),
}


def is_allowed(actor: Person, action: Action, facts: AccessContext = AccessContext()) -> bool:
    """Return whether this person may; what no rule allows is denied."""
    rule = _RULES.get(action)
    return rule is not None and rule(actor, facts)


def require_allowed(actor: Person, action: Action, facts: AccessContext = AccessContext()) -> None:
    """Raise NotAllowed unless this person may."""
    if not is_allowed(actor, action, facts):
        raise NotAllowed(f"{actor.name} may not {action.value}; ask an instructor of the course")
