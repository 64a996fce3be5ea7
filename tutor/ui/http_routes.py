"""Our own routes: health, guests, one-time links, sign-out, language, citations, photos, downloads."""

from __future__ import annotations

import os
import re
from http import HTTPStatus

from anyio import to_thread
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from tutor.engine.base import EngineState
from tutor.errors import InputRefused, NotAllowed, TutorError
from tutor.services import Services
from tutor.ui import citation_routes, download_routes, photo_input, static_pages
from tutor.ui.error_boundary import PERSON_KEY, browser_language, error_message

OWN_PATHS = re.compile(
    r"/healthz|/guest|/join|/logout|/language|/photo|/passage/[^/]+(?:/page\.png)?"
    r"|/(?:progress|class)/[a-z]+(?:\.[a-z]+)?"
)
SESSION_COOKIE = "tutor_session"
SECURE_SESSION_COOKIE = "__Host-tutor_session"  # browsers accept it only from this host and over TLS
SESSION_MAX_AGE_S = 180 * 24 * 3600


def build_routes_app(services: Services) -> Starlette:
    """Return the application of our own routes."""

    def health(_request: Request) -> Response:
        info = services.engine.info()
        status = HTTPStatus.SERVICE_UNAVAILABLE if info.state is EngineState.FAILED else HTTPStatus.OK
        report = {
            "model": info.model,
            "quantization": info.quantization,
            "kernel": info.kernel,
            "state": info.state.value,
            "detail": info.detail,
        }
        return JSONResponse(report, int(status))

    def create_guest(request: Request) -> Response:
        if request.scope[PERSON_KEY] is not None:  # a second click creates no second account
            return _redirect("/")
        try:
            _, token = services.accounts.create_guest(browser_language(request))
        except NotAllowed as error:
            return _error_page(request, error, HTTPStatus.TOO_MANY_REQUESTS)
        return _sign_in_response(request, token, "/")

    def join_page(request: Request) -> Response:
        return HTMLResponse(static_pages.render_join(browser_language(request), request.query_params.get("token", "")))

    async def redeem_link(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        try:
            actor, token = await to_thread.run_sync(services.accounts.redeem_sign_in_link, str(form.get("token", "")))
        except NotAllowed as error:
            return _error_page(request, error, HTTPStatus.FORBIDDEN)
        return _sign_in_response(request, token, "/teach" if actor.is_staff else "/")

    def sign_out(request: Request) -> Response:
        name = SECURE_SESSION_COOKIE if is_secure(request.scope) else SESSION_COOKIE
        if token := request.cookies.get(name):
            services.accounts.end_session(token)
        response = _redirect("/")
        response.delete_cookie(name, path="/", secure=is_secure(request.scope), httponly=True)
        return response

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
            Route("/join", redeem_link, methods=["POST"]),
            Route("/logout", sign_out, methods=["POST"]),
            *photo_input.build_routes(services),
            Route("/language", set_language, methods=["POST"]),
            *citation_routes.build_routes(services),
            *download_routes.build_routes(services),
        ]
    )


def _error_page(request: Request, error: TutorError, status: HTTPStatus) -> Response:
    actor = request.scope[PERSON_KEY]
    language = actor.language if actor else browser_language(request)
    return HTMLResponse(static_pages.render_message(language, error_message(error, language)), int(status))


def is_secure(scope: Scope) -> bool:
    """Whether the browser uses TLS, to us or to a proxy in front of us."""
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "")
    return (forwarded.split(",")[0].strip() or scope["scheme"]) == "https"


def _sign_in_response(request: Request, token: str, target: str) -> Response:
    """Set the session cookie and redirect to `target`.

    On a Space the page is in a frame of another site, where browsers keep only a partitioned SameSite=None cookie;
    the middleware's check of the Origin replaces the protection of SameSite.
    """
    secure = is_secure(request.scope)
    framed = secure and "SPACE_ID" in os.environ
    response = _redirect(target)
    response.set_cookie(
        SECURE_SESSION_COOKIE if secure else SESSION_COOKIE,
        token,
        max_age=SESSION_MAX_AGE_S,
        path="/",
        secure=secure,
        httponly=True,
        samesite="none" if framed else "lax",
    )
    if framed:
        response.headers["set-cookie"] += "; Partitioned"
    return response


def _redirect(path: str) -> RedirectResponse:
    return RedirectResponse(path, int(HTTPStatus.SEE_OTHER))
