"""`python -m tutor <verb>`: what people, tests and monitoring do without a page.

Each verb is a function of (arguments, settings): it prints its result to stdout, progress and one clear line of error
to stderr, and returns the exit status. Serving the pages is the only verb that stands elsewhere (`app.main`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from knowledge.documents import Progress
from tutor import diagnosis, environment
from tutor.domain import Citation, Delta, Finished, Person, Role, Turn
from tutor.errors import InputRefused, NotFound
from tutor.house import REFUSALS, House, Office, open_house, open_office
from tutor.settings import Settings
from tutor.store import turns as turn_rows

Verb = Callable[[argparse.Namespace, Settings], int]


def run(arguments: Sequence[str], serve: Callable[[Settings], None]) -> int:
    """Run one verb and return its exit status: 0, 1 with one line on stderr, or 2 for wrong usage."""
    parsed = _parser().parse_args(arguments)
    chosen = {name: getattr(parsed, name) for name in ("data_dir", "host", "port") if hasattr(parsed, name)}
    try:
        environment.settle()
        settings = Settings(**chosen)
        if parsed.verb == "serve":
            serve(settings)
            return 0
        verb: Verb = parsed.run
        return verb(parsed, settings)
    except REFUSALS as error:
        print(f"tutor: {_one_line(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("tutor: stopped", file=sys.stderr)
        return 130


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data-dir",
        type=Path,
        default=argparse.SUPPRESS,
        help="where everything is kept (default TUTOR_DATA_DIR, ./var)",
    )
    parser = argparse.ArgumentParser(prog="python -m tutor", description=__doc__.split("\n")[0], parents=[common])
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def add(name: str, run_it: Verb | None, about: str) -> argparse.ArgumentParser:
        verb = verbs.add_parser(name, help=about, description=about, parents=[common])
        verb.set_defaults(run=run_it)
        return verb

    serve = add("serve", None, "start the pages")
    serve.add_argument("--host", default=argparse.SUPPRESS)
    serve.add_argument("--port", type=int, default=argparse.SUPPRESS)

    ask_verb = add("ask", ask, "ask a question as a learner and print the answer with its citations")
    ask_verb.add_argument("question")
    ask_verb.add_argument("--course", required=True, metavar="ID")
    ask_verb.add_argument("--learner", required=True, metavar="NAME")
    ask_verb.add_argument("--conversation", metavar="ID", help="go on with this conversation")
    ask_verb.add_argument("--json", action="store_true", help="print one JSON object")

    ingest_verb = add("ingest", ingest, "read documents into a course")
    ingest_verb.add_argument("files", nargs="+", type=Path, metavar="FILE")
    ingest_verb.add_argument("--course", required=True, metavar="ID")
    ingest_verb.add_argument("--json", action="store_true", help="print one JSON object a file")

    correct_verb = add("correct", correct, "store a better answer to a turn, in the name of its learner")
    correct_verb.add_argument("text", metavar="BETTER_ANSWER")
    correct_verb.add_argument("--turn", required=True, metavar="ID")
    correct_verb.add_argument("--no-consent", action="store_true", help="keep it, but do not train on it")
    correct_verb.add_argument("--json", action="store_true")

    train_verb = add("train", train, "train a learner's next adapter on her accepted corrections and switch it on")
    train_verb.add_argument("--learner", required=True, metavar="NAME")
    train_verb.add_argument("--course", metavar="ID", help="needed only when she has corrections in several courses")
    train_verb.add_argument("--json", action="store_true")

    adapter_verb = add("adapters", adapters, "list a learner's adapters, switch one on, or switch all off")
    adapter_verb.add_argument("action", choices=["list", "on", "off"])
    adapter_verb.add_argument("--learner", required=True, metavar="NAME")
    adapter_verb.add_argument("--course", required=True, metavar="ID")
    adapter_verb.add_argument("--version", type=int, help="for `on`: which version")
    adapter_verb.add_argument("--json", action="store_true")

    users_verb = add("users", users, "list people, add one, or print a one-time link to sign in")
    users_verb.add_argument("action", choices=["list", "add", "link"])
    users_verb.add_argument("name", nargs="?")
    users_verb.add_argument("--role", choices=[role.value for role in Role], default=Role.LEARNER.value)
    users_verb.add_argument("--language", default="en")
    users_verb.add_argument("--json", action="store_true")

    courses_verb = add("courses", courses, "list courses, or add one")
    courses_verb.add_argument("action", choices=["list", "add"], nargs="?", default="list")
    courses_verb.add_argument("id", nargs="?")
    courses_verb.add_argument("--title")
    courses_verb.add_argument("--language", default="en")
    courses_verb.add_argument("--json", action="store_true")

    doctor_verb = add("doctor", doctor, "check models, data and index, and say what to do about what is wrong")
    doctor_verb.add_argument("--repair", action="store_true", help="rebuild what can be rebuilt")
    doctor_verb.add_argument("--json", action="store_true")
    return parser


@contextmanager
def _office(settings: Settings) -> Iterator[Office]:
    office = open_office(settings)
    try:
        yield office
    finally:
        office.close()


@contextmanager
def _house(settings: Settings) -> Iterator[House]:
    house = open_house(settings)
    try:
        house.furnish(wait=True)
        yield house
    finally:
        house.close()


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def ask(arguments: argparse.Namespace, settings: Settings) -> int:
    """One turn, printed when it is stored."""
    with _house(settings) as house:
        learner = house.accounts.named(arguments.learner)
        house.courses.enter(learner, arguments.course)
        house.wait_until_ready()
        turn = None
        for event in house.turns.ask(
            learner, arguments.course, arguments.question, conversation_id=arguments.conversation
        ):
            if isinstance(event, Delta) and not arguments.json and sys.stderr.isatty():
                print(event.text, end="", file=sys.stderr, flush=True)
            if isinstance(event, Finished):
                turn = event.turn
    assert turn is not None
    _print_json(answer_json(turn)) if arguments.json else print(_answer_text(turn))
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
    where = {citation.place: citation.locator if citation.place == "section" else citation.position}
    return {**shared, **where, "quote": citation.quote, "score": citation.score, "passage": citation.passage_id}


def _answer_text(turn: Turn) -> str:
    lines = [turn.answer, ""]
    lines += [f"[{c.number}] {c.document}, {c.locator}: “{' '.join(c.quote.split())}”" for c in turn.citations]
    lines.append(f"turn {turn.id}, {turn.model or 'no model asked'}, adapter {turn.adapter or 'none'}")
    return "\n".join(lines)


def ingest(arguments: argparse.Namespace, settings: Settings) -> int:
    """Read files in one after another; a file that cannot be read does not stop the others."""
    failed = 0
    with _house(settings) as house:
        operator = house.office.operator
        house.courses.enter(operator, arguments.course)
        for path in arguments.files:
            try:
                document = house.shelf.add(operator, arguments.course, path.name, _read(path), _progress(path.name))
            except REFUSALS as error:
                failed += 1
                _say(f"tutor: {_one_line(error)}")
                continue
            if arguments.json:
                _print_json(asdict(document))
            else:
                notes = " ".join(document.notes)
                print(f"{document.name}: {document.pages} pages, {document.passages} passages. {notes}".rstrip())
    return 1 if failed else 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputRefused(f"{path} cannot be read ({error.strerror}); check the path") from error


def _progress(name: str) -> Callable[[Progress], None]:
    def show(progress: Progress) -> None:
        if sys.stderr.isatty():
            print(f"\r{name}: {progress.stage} {progress.done}/{progress.total}   ", end="", file=sys.stderr)

    return show


def correct(arguments: argparse.Namespace, settings: Settings) -> int:
    """Store a better answer in the name of the turn's learner."""
    with _office(settings) as office:
        with office.database.reading() as connection:
            turn = turn_rows.by_id(connection, arguments.turn)
        if turn is None:
            raise NotFound(f"there is no turn {arguments.turn}; `python -m tutor ask` prints the id of each")
        learner = _by_id(office, turn.learner_id)
        correction = office.feedback.correct(learner, turn.id, arguments.text, consent=not arguments.no_consent)
    if arguments.json:
        _print_json(asdict(correction))
    else:
        print(f"correction {correction.id} of {learner.name} is {correction.state.value}")
    return 0


def _by_id(office: Office, person_id: str) -> Person:
    return next(person for person in office.accounts.everyone() if person.id == person_id)


def train(arguments: argparse.Namespace, settings: Settings) -> int:
    """Train, check and switch on the learner's next adapter."""
    with _house(settings) as house:
        learner = house.accounts.named(arguments.learner)
        course_id = arguments.course or house.tuning.course_with_corrections(learner.id)
        version = house.tuning.train(learner, learner.id, course_id, _say_progress)
    if arguments.json:
        _print_json(asdict(version))
    else:
        print(f"{version.name} is {version.state.value}; {learner.name}'s next answers in {course_id} use it")
    return 0


def _say_progress(stage: str, done: int, total: int) -> None:
    print(f"{stage} {done}/{total}", file=sys.stderr, flush=True)


def adapters(arguments: argparse.Namespace, settings: Settings) -> int:
    """List, switch on or switch off."""
    with _house(settings) as house:
        learner = house.accounts.named(arguments.learner)
        course = house.courses.enter(learner, arguments.course)
        versions = house.tuning.versions(learner, learner.id, course.id)
        if arguments.action == "on":
            wanted = [v for v in versions if arguments.version in (None, v.version)]
            if not wanted:
                raise NotFound(f"{learner.name} has no adapter version {arguments.version or ''} in {course.id}")
            house.tuning.activate(learner, wanted[0].id)
        elif arguments.action == "off":
            house.tuning.switch_off(learner, learner.id, course.id)
        versions = house.tuning.versions(learner, learner.id, course.id)
    if arguments.json:
        _print_json([asdict(version) for version in versions])
    else:
        for version in versions:
            print(f"{version.name}\t{version.state.value}\t{version.created_at:%Y-%m-%d %H:%M}")
    return 0


def users(arguments: argparse.Namespace, settings: Settings) -> int:
    """List, add or link people."""
    with _office(settings) as office:
        if arguments.action == "list":
            people = office.accounts.everyone()
            if arguments.json:
                _print_json([asdict(person) for person in people])
            else:
                for person in people:
                    print(f"{person.name}\t{person.role.value}{' (guest)' if person.guest else ''}")
            return 0
        if not arguments.name:
            raise InputRefused(f"`users {arguments.action}` needs a name")
        if arguments.action == "add":
            person = office.accounts.add(arguments.name, Role(arguments.role), arguments.language)
        else:
            person = office.accounts.named(arguments.name)
        link = office.accounts.issue_link(person)
    if arguments.json:
        _print_json({**asdict(person), "link": link})
    else:
        print(f"{person.name} ({person.role.value}) signs in once within 7 days at\n{link}")
    return 0


def courses(arguments: argparse.Namespace, settings: Settings) -> int:
    """List courses or add one."""
    with _office(settings) as office:
        if arguments.action == "add":
            title = arguments.title or arguments.id or ""
            office.courses.create(office.operator, title, arguments.language, course_id=arguments.id)
        listed = office.courses.visible_to(office.operator)
    if arguments.json:
        _print_json([asdict(course) for course in listed])
    else:
        for course in listed:
            print(f"{course.id}\t{course.title}")
    return 0


def doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print one line a check; the exit status tells whether all is well."""
    findings = diagnosis.examine(settings, repair=arguments.repair)
    if arguments.json:
        _print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{'ok ' if finding.well else 'BAD'}  {finding.what}: {finding.detail}")
    return 0 if all(finding.well for finding in findings) else 1
