"""Our own routes: health, guests, one-time links, leaving, language, citations, photos, downloads."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from http import HTTPStatus

from anyio import to_thread
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from tutor.accounts.sign_in import GUESTS_MANY, too_many_guests
from tutor.domain import Person
from tutor.engine.base import EngineState
from tutor.errors import InputRefused, NotAllowed, NotFound, TutorError
from tutor.locales import t
from tutor.platform.throttle import Throttle
from tutor.services import Services
from tutor.ui import (
    admin_routes,
    arrival_routes,
    citation_routes,
    download_routes,
    oidc_routes,
    photo_input,
    provenance_routes,
    static_pages,
)
from tutor.ui.account_panel import ERASE_PATH
from tutor.ui.error_boundary import PERSON_KEY, browser_language, error_message
from tutor.ui.request_origin import client_address

OWN_PATHS = re.compile(
    r"/healthz|/guest|/join(?:/[^/]+)?|/logout|/start|/account/(?:delete|data|data\.json|adapter\.zip|name)|/language|/photo"
    r"|/oidc/(?:start|callback)|/answer/[^/]+|/admin(?:/(?:invite|backup|audit|people/[^/]+(?:/[^/]+)?))?|/passage/[^/]+(?:/page\.png)?"
    r"|/(?:progress|class)/[a-z]+(?:\.[a-z]+)?"
)
SESSION_COOKIE = "tutor_session"
SECURE_SESSION_COOKIE = "__Host-tutor_session"  # browsers accept it only from this host and over TLS
GUESTS_PER_COURSE = 1_000  # a minute, with its code: a whole school year joins from one address


def build_routes_app(services: Services) -> Starlette:
    """Return the application of our own routes."""
    new_guests = GuestThrottles(services)

    def health(_request: Request) -> Response:
        info = services.engine.info()
        status = HTTPStatus.SERVICE_UNAVAILABLE if info.state is EngineState.FAILED else HTTPStatus.OK
        report = {
            "model": info.model,
            "quantization": info.quantization,
            "kernel": info.kernel,
            "state": info.state.value,
            "detail": info.detail,
            "embedder": services.embedder.name,
            "embedder_state": "ready" if services.embedder.is_ready else "not loaded",
        }
        return JSONResponse(report, int(status))

    def create_guest(request: Request) -> Response:
        if request.scope[PERSON_KEY] is not None:  # a second click creates no second account
            return _redirect("/")
        try:
            new_guests.require_by_address(request.scope)
            _, token = services.accounts.create_guest(browser_language(request))
        except NotAllowed as error:
            return _error_page(request, error, HTTPStatus.TOO_MANY_REQUESTS)
        return sign_in(request, token, "/")

    def join_page(request: Request) -> Response:
        language = _language(request)
        if "token" in request.query_params:
            return HTMLResponse(static_pages.render_join(language, request.query_params["token"]))
        return HTMLResponse(static_pages.render_join_code(language))

    def course_page(request: Request) -> Response:
        """Show which course a link is for; only its button enrols."""
        code = request.path_params["code"]
        try:
            course = services.enrolment.find_course(code)
        except NotFound as error:
            return _wrong_code(request, error)
        return HTMLResponse(static_pages.render_join_course(_language(request), course.title, code))

    async def join(request: Request) -> Response:
        """Redeem the one-time link, or join the course, that the form names."""
        form = await request.form(max_files=0, max_fields=4)
        handle = redeem_link if "token" in form else join_course
        return await to_thread.run_sync(handle, request, str(form.get("token") or form.get("code") or ""))

    def redeem_link(request: Request, token: str) -> Response:
        try:
            actor, session = services.accounts.redeem_sign_in_link(token, replaces=_session_cookie(request))
        except NotAllowed as error:
            return _error_page(request, error, HTTPStatus.FORBIDDEN)
        return sign_in_person(request, actor, session)

    def join_course(request: Request, code: str) -> Response:
        """Enrol whoever holds the code; who is not signed in becomes a guest first."""
        actor, session = request.scope[PERSON_KEY], None
        try:
            course = services.enrolment.find_course(code)
            if actor is None:
                new_guests.require_by_course(course.id)
                actor, session = services.accounts.create_guest(browser_language(request))
            services.enrolment.join(actor, code)
        except NotFound as error:
            return _wrong_code(request, error)
        except NotAllowed as error:
            status = HTTPStatus.TOO_MANY_REQUESTS if error.key == GUESTS_MANY else HTTPStatus.FORBIDDEN
            return _error_page(request, error, status)
        target = arrival_routes.arrival_target(services, actor, course.id)
        return sign_in(request, session, target) if session else _redirect(target)

    def sign_in(request: Request, token: str, target: str) -> Response:
        return _sign_in_response(request, token, target, services.accounts.limits.longest)

    def sign_in_person(request: Request, actor: Person, token: str) -> Response:
        return sign_in(request, token, "/teach" if actor.is_staff else arrival_routes.arrival_target(services, actor))

    async def sign_out(request: Request) -> Response:
        """End this session, or all of this person's."""
        form = await request.form(max_files=0, max_fields=4)
        await to_thread.run_sync(end_sessions, request, "everywhere" in form)
        return _signed_out(request, _redirect("/"))

    def end_sessions(request: Request, everywhere: bool) -> None:
        if everywhere and (actor := request.scope[PERSON_KEY]) is not None:
            services.accounts.end_all_sessions(actor)
        elif token := _session_cookie(request):
            services.accounts.end_session(token)

    def erase_account_page(request: Request) -> Response:
        actor = request.scope[PERSON_KEY]
        if actor is None:
            return _redirect("/")
        return HTMLResponse(static_pages.render_erase_account(actor.language, actor.name))

    async def erase_account(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        return await to_thread.run_sync(erase, request, str(form.get("name", "")))

    def erase(request: Request, typed_name: str) -> Response:
        """Erase the account of whoever asks, once its name is typed; all their sessions end with it."""
        actor = request.scope[PERSON_KEY]
        if actor is None:
            return _redirect("/")
        try:
            services.rights.erasure.erase_own(actor, typed_name)
        except InputRefused as error:
            refusal = error_message(error, actor.language)
            page = static_pages.render_erase_account(actor.language, actor.name, refusal)
            return HTMLResponse(page, int(HTTPStatus.BAD_REQUEST))
        erased = static_pages.render_message(actor.language, t(actor.language, "account_erased"))
        return _signed_out(request, HTMLResponse(erased))

    async def set_language(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        if (actor := request.scope[PERSON_KEY]) is not None:
            try:
                await to_thread.run_sync(services.accounts.set_language, actor, str(form.get("language", "")))
            except InputRefused as error:
                return _error_page(request, error, HTTPStatus.BAD_REQUEST)
        return _redirect("/teach" if request.query_params.get("next") == "/teach" else "/")

    return Starlette(
        routes=[
            Route("/healthz", health),
            Route("/guest", create_guest, methods=["POST"]),
            Route("/join", join_page, methods=["GET"]),
            Route("/join", join, methods=["POST"]),
            Route("/join/{code}", course_page, methods=["GET"]),
            Route("/logout", sign_out, methods=["POST"]),
            Route(ERASE_PATH, erase_account_page, methods=["GET"]),
            Route(ERASE_PATH, erase_account, methods=["POST"]),
            *oidc_routes.build_routes(services, sign_in_person, _session_cookie, is_secure),
            *photo_input.build_routes(services),
            Route("/language", set_language, methods=["POST"]),
            *admin_routes.build_routes(services),
            *arrival_routes.build_routes(services),
            *citation_routes.build_routes(services),
            *provenance_routes.build_routes(services),
            *download_routes.build_routes(services),
        ]
    )


class GuestThrottles:
    """How many guests one address may create; who holds a course's code counts for the course instead.

    So a school behind one address is not locked out of a course, and an address without a code fills nothing.
    """

    def __init__(self, services: Services) -> None:
        self._behind_proxy = services.settings.is_behind_proxy
        self._by_address = Throttle(services.settings.guests_per_minute, 60)
        self._by_course = Throttle(GUESTS_PER_COURSE, 60)

    def require_by_address(self, scope: Scope) -> None:
        """Raise NotAllowed when this address has created too many guests in the last minute."""
        self._require(self._by_address, client_address(scope, behind_proxy=self._behind_proxy))

    def require_by_course(self, course_id: str) -> None:
        self._require(self._by_course, course_id)

    @staticmethod
    def _require(throttle: Throttle, key: str) -> None:
        if not throttle.take(key):
            raise too_many_guests()


def _language(request: Request) -> str:
    actor = request.scope[PERSON_KEY]
    return actor.language if actor else browser_language(request)


def _wrong_code(request: Request, error: TutorError) -> Response:
    language = _language(request)
    page = static_pages.render_join_code(language, error_message(error, language))
    return HTMLResponse(page, int(HTTPStatus.NOT_FOUND))


def _error_page(request: Request, error: TutorError, status: HTTPStatus) -> Response:
    language = _language(request)
    return HTMLResponse(static_pages.render_message(language, error_message(error, language)), int(status))


def is_secure(scope: Scope) -> bool:
    """Whether the browser uses TLS, to us or to a proxy in front of us."""
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "")
    return (forwarded.split(",")[0].strip() or scope["scheme"]) == "https"


def _cookie_name(scope: Scope) -> str:
    return SECURE_SESSION_COOKIE if is_secure(scope) else SESSION_COOKIE


def _session_cookie(request: Request) -> str | None:
    return request.cookies.get(_cookie_name(request.scope))


def _sign_in_response(request: Request, token: str, target: str, lifetime: timedelta) -> Response:
    """Set the session cookie, which the browser keeps for `lifetime`, and redirect to `target`.

    On a Space the page is in a frame of another site, where browsers keep only a partitioned SameSite=None cookie;
    the middleware's check of the Origin replaces the protection of SameSite.
    """
    secure = is_secure(request.scope)
    framed = secure and "SPACE_ID" in os.environ
    response = _redirect(target)
    response.set_cookie(
        _cookie_name(request.scope),
        token,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="none" if framed else "lax",
    )
    if framed:
        response.headers["set-cookie"] += "; Partitioned"
    return response


def _signed_out(request: Request, response: Response) -> Response:
    """Take the session's cookie from the browser."""
    secure = is_secure(request.scope)
    response.delete_cookie(_cookie_name(request.scope), path="/", secure=secure, httponly=True)
    return response


def _redirect(path: str) -> RedirectResponse:
    return RedirectResponse(path, int(HTTPStatus.SEE_OTHER))
