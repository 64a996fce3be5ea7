"""The verbs `ask` and `correct`: ask a question, and store a better answer."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Any

from tutor.chat.question_input import clean_question
from tutor.cli.common import AddCommand, core_services_session, print_json, print_note, services_session
from tutor.domain import Citation, Finished, Person, Token, Turn
from tutor.errors import NotFound
from tutor.platform.settings import Settings
from tutor.services import CoreServices
from tutor.store import turns as turn_store


def add_commands(add: AddCommand) -> None:
    ask_verb = add("ask", ask, "ask a question as a learner and print the answer with its citations")
    ask_verb.add_argument("question")
    ask_verb.add_argument("--course", required=True, metavar="ID")
    ask_verb.add_argument("--learner", required=True, metavar="NAME")
    ask_verb.add_argument("--conversation", metavar="ID", help="continue this conversation")
    ask_verb.add_argument("--json", action="store_true", help="print one JSON object")

    correct_verb = add("correct", correct, "store a better answer to a turn on behalf of its learner")
    correct_verb.add_argument("text", metavar="BETTER_ANSWER")
    correct_verb.add_argument("--turn", required=True, metavar="ID")
    correct_verb.add_argument("--no-consent", action="store_true", help="store it, but do not train on it")
    correct_verb.add_argument("--json", action="store_true")


def ask(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run one turn and print it when it is stored."""
    with services_session(settings) as services:
        learner = services.accounts.get_by_name(arguments.learner)
        services.courses.authorize(learner, arguments.course)
        clean_question(arguments.question, settings.max_question_chars)  # refused before the model is waited for
        services.wait_until_ready(print_note)
        turn = None
        for event in services.chat.ask(
            learner, arguments.course, arguments.question, conversation_id=arguments.conversation
        ):
            if isinstance(event, Token) and not arguments.json and sys.stderr.isatty():
                print(event.text, end="", file=sys.stderr, flush=True)
            if isinstance(event, Finished):
                turn = event.turn
    assert turn is not None
    print_json(answer_json(turn)) if arguments.json else print(_answer_text(turn))
    return 0


def answer_json(turn: Turn) -> dict[str, Any]:
    """Return what `ask --json` prints."""
    return {
        "answer": turn.answer,
        "covered": bool(turn.covered),
        "confidence": turn.confidence,
        "citations": [_citation_json(citation) for citation in turn.citations],
        "model": turn.model,
        "quantization": turn.quantization,
        "adapter": turn.adapter,
        "turn": turn.id,
        "conversation": turn.conversation_id,
        "timings": asdict(turn.timings) if turn.timings else None,
    }


def _citation_json(citation: Citation) -> dict[str, Any]:
    shared = {"number": citation.number, "document": citation.document, "locator": citation.locator}
    location = {citation.place: citation.locator if citation.place == "section" else citation.position}
    return {**shared, **location, "quote": citation.quote, "score": citation.score, "passage": citation.passage_id}


def _answer_text(turn: Turn) -> str:
    lines = [turn.answer, ""]
    lines += [f"[{c.number}] {c.document}, {c.locator}: “{' '.join(c.quote.split())}”" for c in turn.citations]
    if turn.verified:
        lines.append(f"verified answer: {turn.verified.voice.value}")
    lines.append(f"turn {turn.id}, {turn.model or 'no model asked'}, adapter {turn.adapter or 'none'}")
    return "\n".join(lines)


def correct(arguments: argparse.Namespace, settings: Settings) -> int:
    """Store a better answer on behalf of the turn's learner."""
    with core_services_session(settings) as core:
        with core.database.read_connection() as connection:
            turn = turn_store.by_id(connection, arguments.turn)
        if turn is None:
            raise NotFound(f"there is no turn {arguments.turn}; `python -m tutor ask` prints the id of each turn")
        learner = _person_by_id(core, turn.learner_id)
        correction = core.feedback.submit_correction(learner, turn.id, arguments.text, consent=not arguments.no_consent)
    if arguments.json:
        print_json(asdict(correction))
    else:
        print(f"correction {correction.id} of {learner.name} is {correction.state.value}")
    return 0


def _person_by_id(core: CoreServices, person_id: str) -> Person:
    return next(person for person in core.accounts.list_people() if person.id == person_id)
