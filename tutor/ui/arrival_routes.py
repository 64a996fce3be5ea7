"""The routes of a learner's arrival: the first page in a course, and the page of the name that people are called by."""

from __future__ import annotations

from http import HTTPStatus

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tutor.domain import Person
from tutor.errors import InputRefused
from tutor.services import Services
from tutor.ui.arrival_html import (
    NAME_PATH,
    PLACEMENT,
    START_PATH,
    course_url,
    render_change_name,
    render_start,
)
from tutor.ui.chat_updates import restored_course_id
from tutor.ui.error_boundary import PERSON_KEY, error_message

MAX_FIELDS = 4


def arrival_target(services: Services, actor: Person, course_id: str | None = None) -> str:
    """Return where somebody who joined or signed in goes on: a new learner is met, others go to the course."""
    chosen = restored_course_id(services, actor, course_id)
    if chosen is None:
        return "/"
    return f"{START_PATH}?course={chosen}" if _is_new(services, actor, chosen) else course_url(chosen)


def _is_new(services: Services, actor: Person, course_id: str) -> bool:
    """Whether this is a learner who has neither a name of their own, nor asked or practised anything."""
    if actor.is_staff or actor.display_name or services.conversations.latest_course_id(actor):
        return False
    return services.quiz_sessions.latest_session(actor, course_id) is None


def build_routes(services: Services) -> list[Route]:
    """Return the routes."""

    def show_start(request: Request) -> Response:
        return start_page(request.scope[PERSON_KEY], request.query_params.get("course"))

    def start_page(actor: Person | None, wanted: str | None, refusal: str = "") -> Response:
        course_id = restored_course_id(services, actor, wanted) if actor else None
        if actor is None or course_id is None:
            return _redirect("/")
        course = services.courses.authorize(actor, course_id)
        can_place = services.quiz_sessions.has_short_placement(actor, course_id)
        page = render_start(actor, course_id, course.title, refusal, can_place=can_place)
        return HTMLResponse(page, int(HTTPStatus.BAD_REQUEST if refusal else HTTPStatus.OK))

    async def start(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=MAX_FIELDS)
        fields = {key: str(form.get(key, "")) for key in ("name", "course", "next")}
        return await to_thread.run_sync(begin, request.scope[PERSON_KEY], fields)

    def begin(actor: Person | None, fields: dict[str, str]) -> Response:
        """Store the name, and begin with what was chosen."""
        course_id = restored_course_id(services, actor, fields["course"]) if actor else None
        if actor is None or course_id is None:
            return _redirect("/")
        try:
            services.accounts.set_display_name(actor, fields["name"])
            if fields["next"] != PLACEMENT:
                return _redirect(course_url(course_id))
            services.quiz_sessions.start_placement(actor, course_id, short=True)
        except InputRefused as error:
            return start_page(actor, course_id, error_message(error, actor.language))
        return _redirect(course_url(course_id, "practice"))

    def show_name(request: Request) -> Response:
        actor = request.scope[PERSON_KEY]
        return HTMLResponse(render_change_name(actor)) if actor else _redirect("/")

    async def save_name(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=MAX_FIELDS)
        return await to_thread.run_sync(rename, request.scope[PERSON_KEY], str(form.get("name", "")))

    def rename(actor: Person | None, name: str) -> Response:
        if actor is None:
            return _redirect("/")
        try:
            services.accounts.set_display_name(actor, name)
        except InputRefused as error:
            page = render_change_name(actor, error_message(error, actor.language))
            return HTMLResponse(page, int(HTTPStatus.BAD_REQUEST))
        return _redirect("/")

    return [
        Route(START_PATH, show_start, methods=["GET"]),
        Route(START_PATH, start, methods=["POST"]),
        Route(NAME_PATH, show_name, methods=["GET"]),
        Route(NAME_PATH, save_name, methods=["POST"]),
    ]


def _redirect(path: str) -> RedirectResponse:
    return RedirectResponse(path, int(HTTPStatus.SEE_OTHER))
