"""The routes of the administrators' pages below /admin: each asks the service, which checks that it is one."""

from __future__ import annotations

import os
from collections.abc import Callable
from http import HTTPStatus

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tutor.domain import Person, Role
from tutor.errors import InputRefused, NotFound, TutorError
from tutor.locales import t
from tutor.platform.effective_settings import effective_settings
from tutor.rights.administration import Administration
from tutor.services import Services
from tutor.ui import static_pages
from tutor.ui.admin_html import ADMIN_PATH, render_admin, render_person
from tutor.ui.error_boundary import PERSON_KEY, error_message

MAX_FIELDS = 4
Form = dict[str, str]
Act = Callable[[Request, Person, Form], Response]


def build_routes(services: Services) -> list[Route]:
    """Return the routes."""
    admin: Administration = services.rights.administration

    def show_all(actor: Person, words: str = "", note: str = "", status: int = HTTPStatus.OK) -> Response:
        found, state = admin.find_people(actor, words), admin.server_state(actor)
        settings = effective_settings(services.settings, os.environ)
        page = render_admin(actor, found, words, state, services.engine.info(), settings, note)
        return HTMLResponse(page, int(status))

    def show(request: Request, actor: Person, _form: Form) -> Response:
        return show_all(actor, request.query_params.get("q", "")[:80])

    def show_person(request: Request, actor: Person, _form: Form) -> Response:
        return HTMLResponse(render_person(actor, admin.person(actor, request.path_params["person_id"])))

    def invite(_request: Request, actor: Person, form: Form) -> Response:
        link = admin.invite(actor, form["name"], _role(form))
        person = services.accounts.get_by_name(form["name"].strip())
        return HTMLResponse(render_person(actor, person, link=link))

    def change(request: Request, actor: Person, form: Form) -> Response:
        """Do to an account what its path says, and show it again with what was done."""
        person_id, link = request.path_params["person_id"], ""
        action = request.path_params["action"]
        match action:
            case "link":
                link = admin.issue_link(actor, person_id)
            case "role":
                admin.set_role(actor, person_id, _role(form))
            case "sign-out":
                admin.sign_out(actor, person_id)
            case "pause" | "resume":
                admin.set_paused(actor, person_id, paused=action == "pause")
            case "erase":
                admin.erase(actor, person_id, form["name"])
                return show_all(actor, note=t(actor.language, "admin_erased"))
            case _:
                raise NotFound("there is nothing here", key="nobody_there")
        note = "" if link else t(actor.language, "admin_done")
        return HTMLResponse(render_person(actor, admin.person(actor, person_id), note, link))

    def back_up(_request: Request, actor: Person, _form: Form) -> Response:
        made = admin.make_backup(actor)
        return show_all(actor, note=t(actor.language, "admin_backup_made", name=made.name))

    def verify(_request: Request, actor: Person, _form: Form) -> Response:
        bad = admin.first_bad_audit_row(actor)
        note = t(actor.language, "admin_audit_right") if bad is None else t(actor.language, "admin_audit_bad", row=bad)
        return show_all(actor, note=note)

    def endpoint(act: Act) -> Callable[[Request], object]:
        """Return a handler that answers visitors and everybody but administrators itself, and shows refusals."""

        async def answer(request: Request) -> Response:
            form: Form = {"name": "", "role": ""}
            if request.method == "POST":
                sent = await request.form(max_files=0, max_fields=MAX_FIELDS)
                form |= {key: str(value) for key, value in sent.items()}
            return await to_thread.run_sync(guarded, request, form)

        def guarded(request: Request, form: Form) -> Response:
            actor: Person | None = request.scope[PERSON_KEY]
            if actor is None:
                return RedirectResponse("/", int(HTTPStatus.SEE_OTHER))
            if actor.role is not Role.ADMIN:
                page = static_pages.render_message(actor.language, t(actor.language, "only_administrators"))
                return HTMLResponse(page, int(HTTPStatus.FORBIDDEN))
            try:
                return act(request, actor, form)
            except NotFound as error:
                return show_all(actor, note=error_message(error, actor.language), status=HTTPStatus.NOT_FOUND)
            except TutorError as error:
                return refused(request, actor, error)

        return answer

    def refused(request: Request, actor: Person, error: TutorError) -> Response:
        note, status = error_message(error, actor.language), HTTPStatus.BAD_REQUEST
        if person_id := request.path_params.get("person_id"):
            return HTMLResponse(render_person(actor, admin.person(actor, person_id), note), int(status))
        return show_all(actor, note=note, status=status)

    return [
        Route(ADMIN_PATH, endpoint(show), methods=["GET"]),
        Route(f"{ADMIN_PATH}/invite", endpoint(invite), methods=["POST"]),
        Route(f"{ADMIN_PATH}/backup", endpoint(back_up), methods=["POST"]),
        Route(f"{ADMIN_PATH}/audit", endpoint(verify), methods=["POST"]),
        Route(f"{ADMIN_PATH}/people/{{person_id}}", endpoint(show_person), methods=["GET"]),
        Route(f"{ADMIN_PATH}/people/{{person_id}}/{{action}}", endpoint(change), methods=["POST"]),
    ]


def _role(form: Form) -> Role:
    if form["role"] not in set(Role):
        raise InputRefused("this is no role; choose one of the list", key="no_such_role")
    return Role(form["role"])
