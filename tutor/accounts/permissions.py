"""Permissions: what a person may do, decided by one pure function with default deny.

Use cases ask it before they read or write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tutor.domain import Course, Person, Role
from tutor.errors import NotAllowed


class Action(StrEnum):
    """Everything that needs permission; the value completes the sentence "ada may not ..."."""

    STUDY = "study this course"
    READ_OWN = "read this"  # and change it: conversations and jobs are their owner's alone
    GIVE_FEEDBACK = "give feedback on this answer"
    WITHDRAW_CORRECTION = "withdraw this correction"
    TEACH = "change this course"
    CREATE_COURSE = "create a course"
    INVITE = "invite people"
    INVITE_STAFF = "invite instructors"
    TRAIN = "train this adapter"
    ADMINISTER = "run this server"


@dataclass(frozen=True, slots=True)
class AccessContext:
    """What a decision depends on: who owns the thing, and whether the person is in its course, or teaches it.

    Who was taken out of it (`removed`) may not study it, also where it is open to all others.
    """

    owner_id: str | None = None
    course: Course | None = None
    enrolled: bool = False
    removed: bool = False
    teaches: bool = False


def _is_admin(actor: Person, _context: AccessContext) -> bool:
    return actor.role is Role.ADMIN


def _is_staff(actor: Person, _context: AccessContext) -> bool:
    return actor.is_staff


def _is_owner(actor: Person, context: AccessContext) -> bool:
    return context.owner_id == actor.id


def _is_owner_or_admin(actor: Person, context: AccessContext) -> bool:
    return _is_owner(actor, context) or _is_admin(actor, context)


def _may_study(actor: Person, context: AccessContext) -> bool:
    course = context.course
    if course is None or _is_admin(actor, context):
        return course is not None
    return not context.removed and (course.open or context.enrolled)


def _may_teach(actor: Person, context: AccessContext) -> bool:
    return _is_admin(actor, context) or (actor.role is Role.INSTRUCTOR and context.teaches)


# Administrators run the server but do not read learners' conversations: those are their owner's alone.
_RULES: dict[Action, Callable[[Person, AccessContext], bool]] = {
    Action.STUDY: _may_study,
    Action.READ_OWN: _is_owner,
    Action.GIVE_FEEDBACK: _is_owner_or_admin,
    Action.WITHDRAW_CORRECTION: _is_owner_or_admin,
    Action.TEACH: _may_teach,
    Action.CREATE_COURSE: _is_staff,
    Action.INVITE: _is_staff,
    Action.INVITE_STAFF: _is_admin,
    Action.TRAIN: _is_owner_or_admin,
    Action.ADMINISTER: _is_admin,
}


def is_allowed(actor: Person, action: Action, context: AccessContext = AccessContext()) -> bool:
    """Return whether this person may do that; what no rule allows is denied."""
    rule = _RULES.get(action)
    return rule is not None and rule(actor, context)


def require_allowed(actor: Person, action: Action, context: AccessContext = AccessContext()) -> None:
    """Raise NotAllowed unless this person may do that."""
    if not is_allowed(actor, action, context):
        raise NotAllowed(f"{actor.name} may not {action.value}; ask an instructor of the course")
