"""Ask our own routes for anything, as visitors, learners and instructors: no request may end in an error of the server.

    python -m bench.fuzz_routes                      20,000 requests, with their seed
    python -m bench.fuzz_routes --requests 500 --seed 7

Requests pass the middleware of the product: paths, methods, queries, forms, headers and cookies are drawn from what the
routes know, from hostile strings and from random bytes. The last line is one JSON object; a status of 500 or more is
printed with its request, and ends the program with 1.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from knowledge.embedding import HashingEmbedder
from tutor.domain import Role
from tutor.engine.scripted import ScriptedEngine
from tutor.platform.settings import Settings
from tutor.services import Services, open_services
from tutor.ui.auth_middleware import AuthMiddleware
from tutor.ui.http_routes import SESSION_COOKIE, build_routes_app

METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE")
HOSTILE = (
    "", "0", "-1", "9" * 40, "null", "../../etc/passwd", "%00", "\x00", "a" * 5000, "' OR 1=1 --", "{{7*7}}",
    "<script>alert(1)</script>", "\ud7ff", "\U0001f600" * 50, "\u202eabc", "=cmd|' /C calc'!A0", "\r\nX-Evil: 1",
    "%ff%fe", "http://127.0.0.1/", "1e309", "NaN", "é", "课程",
)  # fmt: skip
ENDING = ("/logout", "/account/delete")  # they end sessions: asked with one of their own
QUERY_NAMES = ("course", "token", "next", "in", "turn", "n", "code", "deep_link", "x")
FORM_NAMES = ("name", "code", "token", "language", "everywhere", "course", "x")
TYPES = (
    "application/json",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "text/plain",
    "image/png",
    "x" * 300,
)
MARKDOWN = b"# Plants\n\nChlorophyll absorbs red and blue light and reflects green light.\n"


@dataclass(frozen=True, slots=True)
class DrawnRequest:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes
    who: str


@dataclass(slots=True)
class Outcome:
    """How often each status came, and the requests that ended in an error of the server."""

    statuses: Counter[int] = field(default_factory=Counter)
    failed: list[DrawnRequest] = field(default_factory=list)


def open_target(folder: Path) -> tuple[Services, dict[str, str], list[str]]:
    """Return services with a course, a session of each kind of person, and ids that exist."""
    settings = Settings(data_dir=folder, sample_course=False, guests_per_minute=1_000_000)
    services = open_services(settings, engine=ScriptedEngine(["Green."]), embedder=HashingEmbedder())
    teacher = services.accounts.create_account("teacher", Role.INSTRUCTOR)
    course = services.courses.create(teacher, "Plants", course_id="plants", open_to_all=True)
    document = services.documents.ingest(teacher, course.id, "plants.md", MARKDOWN)
    learner, session = services.accounts.create_guest()
    *_, last = services.chat.ask(learner, course.id, "Why are leaves green?")
    link = services.accounts.issue_sign_in_link(teacher).split("token=")[1]
    sessions = {"visitor": "", "learner": session, "instructor": services.accounts.redeem_sign_in_link(link)[1]}
    passage = services.library.search(course.id, "light", 1).hits[0].passage.id
    code = services.enrolment.show(teacher, course.id).join_code or ""
    ids = [course.id, document.id, passage, code, learner.id, learner.name]
    return services, sessions, [*ids, last.turn.id, last.turn.conversation_id]  # type: ignore[union-attr]


class Fuzzer:
    """Draws requests and sends them through the middleware."""

    def __init__(self, services: Services, sessions: dict[str, str], ids: Sequence[str], seed: int) -> None:
        async def gradio(scope: Any, receive: Any, send: Any) -> None:
            """Stands for Gradio, which is behind the middleware."""
            await PlainTextResponse("page")(scope, receive, send)

        self._client = TestClient(
            AuthMiddleware(gradio, services),
            base_url=services.settings.url,
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        routes = build_routes_app(services).routes
        self._paths: list[tuple[str, str]] = [
            (method, route.path)  # type: ignore[attr-defined]
            for route in routes
            for method in sorted(route.methods)  # type: ignore[attr-defined]
        ]
        self._services = services
        self._sessions, self._ids, self._chance = sessions, list(ids), random.Random(seed)

    def run(self, requests: int) -> Outcome:
        outcome = Outcome()
        for _ in range(requests):
            drawn = self.draw()
            status = self._send(drawn)
            outcome.statuses[status] += 1
            if status >= 500:
                outcome.failed.append(drawn)
        return outcome

    def draw(self) -> DrawnRequest:
        chance = self._chance
        who = chance.choice(list(self._sessions))
        headers = {"accept-language": self._word(), "x-forwarded-for": self._word(), "range": self._word()}
        headers = {name: value for name, value in headers.items() if chance.random() < 0.3}
        if chance.random() < 0.7:
            content, kind = self._form(), "application/x-www-form-urlencoded"
        else:
            content, kind = chance.randbytes(chance.choice((0, 3, 200, 4000))), chance.choice(TYPES)
        method, path = chance.choice(self._paths)
        return DrawnRequest(
            method if chance.random() < 0.9 else chance.choice(METHODS),
            self._path(path),
            {name: _header(value) for name, value in {"content-type": kind, **headers}.items()},
            content,
            who,
        )

    def _send(self, drawn: DrawnRequest) -> int:
        token = self._sessions[drawn.who] if self._chance.random() < 0.95 else _header(self._word())
        if drawn.path.startswith(ENDING):
            token = self._services.accounts.create_guest()[1]
        headers = drawn.headers | ({"cookie": f"{SESSION_COOKIE}={token}"} if token else {})
        self._client.cookies.clear()
        return self._client.request(drawn.method, drawn.path, headers=headers, content=drawn.content).status_code

    def _path(self, path: str) -> str:
        chance = self._chance
        while "{" in path:
            name = path[path.index("{") : path.index("}") + 1]
            path = path.replace(name, quote(self._word(), safe="" if chance.random() < 0.9 else "/"))
        pairs = [(chance.choice(QUERY_NAMES), self._word()) for _ in range(chance.randrange(4))]
        return path + "?" + "&".join(f"{name}={quote(value)}" for name, value in pairs)

    def _form(self) -> bytes:
        pairs = [(self._chance.choice(FORM_NAMES), self._word()) for _ in range(self._chance.randrange(8))]
        return "&".join(f"{name}={quote(value)}" for name, value in pairs).encode()

    def _word(self) -> str:
        chance = self._chance
        if chance.random() < 0.4:
            return chance.choice(self._ids)
        if chance.random() < 0.7:
            return chance.choice(HOSTILE)
        return "".join(chr(chance.choice((chance.randrange(32, 127), chance.randrange(160, 0xD800)))) for _ in range(9))


def _header(value: str) -> str:
    """Return what may stand in a header at all."""
    return "".join(letter for letter in value if " " <= letter <= "~")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=18)
    arguments = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        services, sessions, ids = open_target(Path(folder) / "var")
        outcome = Fuzzer(services, sessions, ids, arguments.seed).run(arguments.requests)
        services.close()
    for request in outcome.failed[:20]:
        print(request)
    statuses = {str(status): count for status, count in sorted(outcome.statuses.items())}
    report = {
        "requests": arguments.requests,
        "seed": arguments.seed,
        "statuses": statuses,
        "failed": len(outcome.failed),
    }
    print(json.dumps(report | {"seconds": round(time.perf_counter() - started, 1)}))
    return int(bool(outcome.failed))


if __name__ == "__main__":
    sys.exit(main())
