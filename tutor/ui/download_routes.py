"""Papers: the routes of what is opened beside the page, to print (`sheets`) or to take along
(`tutor.progress.reports`)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tutor.domain import Person
from tutor.errors import NotAllowed, NotFound
from tutor.services import House
from tutor.ui import printable_reports, static_pages
from tutor.ui.error_boundary import PERSON
from tutor.ui.words import preferred, say

Make = Callable[[House, Person, str], Response]


def routes(house: House) -> list[Route]:
    """Return the routes of all papers; each takes ?course=."""
    made: dict[str, Make] = {
        "/progress/report": _own_report,
        "/progress/export.json": _own_data,
        "/progress/xapi.json": _own_xapi,
        "/progress/answers.csv": _own_csv,
        "/class/report": _class_report,
        "/class/skills.csv": _class_csv,
        "/class/xapi.json": _class_xapi,
    }
    return [Route(path, _endpoint(house, make)) for path, make in made.items()]


def _endpoint(house: House, make: Make) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        who: Person | None = request.scope[PERSON]
        language = who.language if who else preferred(request.headers.get("accept-language", ""))
        if who is None:
            return HTMLResponse(static_pages.message(language, say(language, "not_signed_in")), 401)
        try:
            return make(house, who, request.query_params.get("course", ""))
        except (NotFound, NotAllowed) as refusal:
            return HTMLResponse(
                static_pages.message(language, str(refusal)), 404 if isinstance(refusal, NotFound) else 403
            )

    return answer


def _own_report(house: House, who: Person, course_id: str) -> Response:
    return HTMLResponse(printable_reports.own_report(house, who, course_id))


def _class_report(house: House, who: Person, course_id: str) -> Response:
    return HTMLResponse(printable_reports.class_report(house, who, course_id))


def _own_data(house: House, who: Person, course_id: str) -> Response:
    return _json(house.reports.own_data(who, course_id), f"{course_id}-{who.name}.json")


def _own_xapi(house: House, who: Person, course_id: str) -> Response:
    return _json(house.reports.own_statements(who, course_id), f"{course_id}-{who.name}-xapi.json")


def _class_xapi(house: House, who: Person, course_id: str) -> Response:
    return _json(house.reports.class_statements(who, course_id), f"{course_id}-xapi.json")


def _own_csv(house: House, who: Person, course_id: str) -> Response:
    return _csv(house.reports.own_answers(who, course_id), f"{course_id}-{who.name}.csv")


def _class_csv(house: House, who: Person, course_id: str) -> Response:
    return _csv(house.reports.class_skills(who, course_id), f"{course_id}-skills.csv")


def _json(value: Any, name: str) -> Response:
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return _file(text.encode(), "application/json", name)


def _csv(text: str, name: str) -> Response:
    return _file(("\ufeff" + text).encode(), "text/csv; charset=utf-8", name)  # the mark tells Excel that it is UTF-8


def _file(data: bytes, kind: str, name: str) -> Response:
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "_" for c in name)
    return Response(data, media_type=kind, headers={"content-disposition": f'attachment; filename="{safe}"'})
