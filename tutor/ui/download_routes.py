"""The routes of printable reports and of data exports."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from adapters.errors import AdapterDamaged
from tutor.domain import Person
from tutor.errors import NotAllowed, NotFound
from tutor.locales import negotiate_language, t
from tutor.services import Services
from tutor.ui import person_data_html, printable_reports, static_pages
from tutor.ui.error_boundary import PERSON_KEY, error_message

DownloadBuilder = Callable[[Services, Person, str], Response]


def build_routes(services: Services) -> list[Route]:
    """Return the routes of all downloads; each takes ?course=, but for those about a person in all courses."""
    builders: dict[str, DownloadBuilder] = {
        "/progress/report": _learner_report,
        "/progress/export.json": _learner_data,
        "/progress/xapi.json": _learner_xapi,
        "/progress/answers.csv": _learner_csv,
        "/class/report": _class_report,
        "/class/skills.csv": _class_csv,
        "/class/xapi.json": _class_xapi,
        "/class/research.json": _class_research,
    }
    builders |= {person_data_html.PAGE_PATH: _person_page, person_data_html.FILE_PATH: _person_file}
    routes = [Route(path, _endpoint(services, make, "course")) for path, make in builders.items()]
    return [*routes, Route(person_data_html.ADAPTER_PATH, _endpoint(services, _adapter_files, "version"))]


def _endpoint(services: Services, build: DownloadBuilder, parameter: str) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        actor: Person | None = request.scope[PERSON_KEY]
        language = actor.language if actor else negotiate_language(request.headers.get("accept-language", ""))
        if actor is None:
            return HTMLResponse(static_pages.render_message(language, t(language, "not_signed_in")), 401)
        try:
            return build(services, actor, request.query_params.get(parameter, ""))
        except (NotFound, NotAllowed, AdapterDamaged) as error:
            return HTMLResponse(
                static_pages.render_message(language, error_message(error, language)),
                404 if isinstance(error, NotFound) else 403 if isinstance(error, NotAllowed) else 409,
            )

    return answer


def _learner_report(services: Services, actor: Person, course_id: str) -> Response:
    return HTMLResponse(printable_reports.render_learner_report(services, actor, course_id))


def _class_report(services: Services, actor: Person, course_id: str) -> Response:
    return HTMLResponse(printable_reports.render_class_report(services, actor, course_id))


def _learner_data(services: Services, actor: Person, course_id: str) -> Response:
    return _json_download(services.reports.own_data(actor, course_id), f"{course_id}-{actor.name}.json")


def _person_page(services: Services, actor: Person, _course_id: str) -> Response:
    exported = services.rights.person_export.own(actor)
    adapters = services.adapter_export.list_own(actor)
    return HTMLResponse(person_data_html.render_person_data(exported, actor.language, adapters))


def _person_file(services: Services, actor: Person, _course_id: str) -> Response:
    files = [
        {"adapter": version.name, "sha256": version.sha256, "files": person_data_html.adapter_url(version)}
        for version in services.adapter_export.list_own(actor)
    ]
    exported = services.rights.person_export.own(actor) | {"adapter_files": files}
    return _json_download(exported, f"{actor.name}-all.json")


def _adapter_files(services: Services, actor: Person, version_id: str) -> Response:
    name, packed = services.adapter_export.pack(actor, version_id)
    return _download(packed, "application/zip", f"{name}.zip")


def _learner_xapi(services: Services, actor: Person, course_id: str) -> Response:
    return _json_download(services.reports.own_xapi_statements(actor, course_id), f"{course_id}-{actor.name}-xapi.json")


def _class_xapi(services: Services, actor: Person, course_id: str) -> Response:
    return _json_download(services.reports.class_xapi_statements(actor, course_id), f"{course_id}-xapi.json")


def _class_research(services: Services, actor: Person, course_id: str) -> Response:
    return _json_download(services.research.of_course(actor, course_id), f"{course_id}-research.json")


def _learner_csv(services: Services, actor: Person, course_id: str) -> Response:
    return _csv_download(services.reports.own_answers_csv(actor, course_id), f"{course_id}-{actor.name}.csv")


def _class_csv(services: Services, actor: Person, course_id: str) -> Response:
    return _csv_download(services.reports.class_skills_csv(actor, course_id), f"{course_id}-skills.csv")


def _json_download(value: Any, name: str) -> Response:
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return _download(text.encode(), "application/json", name)


def _csv_download(text: str, name: str) -> Response:
    return _download(
        ("\ufeff" + text).encode(), "text/csv; charset=utf-8", name
    )  # the byte order mark tells Excel that it is UTF-8


def _download(data: bytes, kind: str, name: str) -> Response:
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "_" for c in name)
    return Response(data, media_type=kind, headers={"content-disposition": f'attachment; filename="{safe}"'})
