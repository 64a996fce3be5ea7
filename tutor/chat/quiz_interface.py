"""What the chat asks of whatever poses stored questions in it; `tutor.practice.chat_quiz` implements it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tutor.domain import Guidance, Person


@dataclass(frozen=True, slots=True)
class QuizReply:
    """A reply that needs neither passages nor a model, and the guidance to store with the turn."""

    text: str
    guidance: Guidance


class ChatQuizzer(Protocol):
    """Poses stored questions in the chat and grades the answers."""

    def pose(self, actor: Person, course_id: str, topic: str, language: str, *, harder: bool = False) -> QuizReply:
        """Pose a question about a topic, or about anything in the course where the topic has none."""
        ...

    def respond(self, actor: Person, posed_id: str, turn_id: str, text: str) -> QuizReply | None:
        """Respond to a message while a question is open; None when the message is about something else."""
        ...
