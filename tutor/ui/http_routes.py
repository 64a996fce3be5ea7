"""Our own routes, answered at the gate: health, guests, one-time links, sign-out, language, cited places (`cited`)
and pictures (`photo`)."""

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
from tutor.services import House
from tutor.ui import citation_routes, download_routes, photo_input, static_pages
from tutor.ui.error_boundary import PERSON, language_of, spoken

PATHS = re.compile(
    r"/healthz|/guest|/join|/logout|/language|/photo|/passage/[^/]+(?:/page\.png)?"
    r"|/(?:progress|class)/[a-z]+(?:\.[a-z]+)?"
)
COOKIE = "tutor_session"
SECURE_COOKIE = "__Host-tutor_session"  # a browser takes it from this very host only, over TLS only
COOKIE_SECONDS = 180 * 24 * 3600


def doors(house: House) -> Starlette:
    """Return the small application behind our own routes."""

    def health(_request: Request) -> Response:
        info = house.engine.info()
        status = HTTPStatus.SERVICE_UNAVAILABLE if info.state is EngineState.FAILED else HTTPStatus.OK
        return JSONResponse(
            {"model": info.model, "quantization": info.quantization, "state": info.state.value}, int(status)
        )

    def guest(request: Request) -> Response:
        if request.scope[PERSON] is not None:  # a second click makes no second account
            return _to("/")
        try:
            _, token = house.accounts.new_guest(language_of(request))
        except NotAllowed as refusal:
            return _refused(request, refusal, HTTPStatus.TOO_MANY_REQUESTS)
        return _signed_in(request, token, "/")

    def link(request: Request) -> Response:
        return HTMLResponse(static_pages.join(language_of(request), request.query_params.get("token", "")))

    async def redeem(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        try:
            who, token = await to_thread.run_sync(house.accounts.redeem_link, str(form.get("token", "")))
        except NotAllowed as refusal:
            return _refused(request, refusal, HTTPStatus.FORBIDDEN)
        return _signed_in(request, token, "/teach" if who.teaches else "/")

    def leave(request: Request) -> Response:
        name = SECURE_COOKIE if is_secure(request.scope) else COOKIE
        if token := request.cookies.get(name):
            house.accounts.end_session(token)
        response = _to("/")
        response.delete_cookie(name, path="/", secure=is_secure(request.scope), httponly=True)
        return response

    async def language(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=4)
        if (who := request.scope[PERSON]) is not None:
            try:
                await to_thread.run_sync(house.accounts.set_language, who, str(form.get("language", "")))
            except InputRefused as refusal:
                return _refused(request, refusal, HTTPStatus.BAD_REQUEST)
        return _to("/teach" if request.query_params.get("next") == "/teach" else "/")

    return Starlette(
        routes=[
            Route("/healthz", health),
            Route("/guest", guest, methods=["POST"]),
            Route("/join", link, methods=["GET"]),
            Route("/join", redeem, methods=["POST"]),
            Route("/logout", leave, methods=["POST"]),
            *photo_input.routes(house),
            Route("/language", language, methods=["POST"]),
            *citation_routes.routes(house),
            *download_routes.routes(house),
        ]
    )


def _refused(request: Request, refusal: TutorError, status: HTTPStatus) -> Response:
    who = request.scope[PERSON]
    language = who.language if who else language_of(request)
    return HTMLResponse(static_pages.message(language, spoken(refusal, language)), int(status))


def is_secure(scope: Scope) -> bool:
    """Whether the visitor's browser speaks TLS, to us or to the proxy before us."""
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "")
    return (forwarded.split(",")[0].strip() or scope["scheme"]) == "https"


def _signed_in(request: Request, token: str, target: str) -> Response:
    """Set the session cookie and go on.

    On a Space the page stands in a frame of another site, where only a partitioned SameSite=None cookie is kept;
    the gate's check of the Origin stands in for what SameSite would have refused.
    """
    secure = is_secure(request.scope)
    framed = secure and "SPACE_ID" in os.environ
    response = _to(target)
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        token,
        max_age=COOKIE_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="none" if framed else "lax",
    )
    if framed:
        response.headers["set-cookie"] += "; Partitioned"
    return response


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, int(HTTPStatus.SEE_OTHER))
