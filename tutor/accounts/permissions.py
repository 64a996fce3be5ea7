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
class Facts:
    """What the decision may depend on: whose the thing is, and how the person stands to its course."""

    owner_id: str | None = None
    course: Course | None = None
    enrolled: bool = False


def _studies(who: Person, facts: Facts) -> bool:
    return facts.course is not None and (facts.course.open or facts.enrolled or who.role is Role.ADMIN)


def _owns(who: Person, facts: Facts) -> bool:
    return facts.owner_id == who.id


def _teaches(who: Person, facts: Facts) -> bool:
    return who.role is Role.ADMIN or (who.role is Role.INSTRUCTOR and facts.enrolled)


# Administrators run the house but do not read learners' conversations: those are their owner's.
_RULES: dict[Action, Callable[[Person, Facts], bool]] = {
    Action.STUDY: _studies,
    Action.READ_OWN: _owns,
    Action.CHANGE_OWN: _owns,
    Action.TEACH: _teaches,
    Action.CREATE_COURSE: lambda who, _facts: who.teaches,
    Action.INVITE: lambda who, _facts: who.teaches,
    Action.TRAIN: lambda who, facts: who.role is Role.ADMIN or _owns(who, facts),
}


def allowed(who: Person, action: Action, facts: Facts = Facts()) -> bool:
    """Return whether this person may; what no rule allows is denied."""
    rule = _RULES.get(action)
    return rule is not None and rule(who, facts)


def require(who: Person, action: Action, facts: Facts = Facts()) -> None:
    """Raise NotAllowed unless this person may."""
    if not allowed(who, action, facts):
        raise NotAllowed(f"{who.name} may not {action.value}; ask an instructor of the course")
