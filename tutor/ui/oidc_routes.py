"""The routes of sign-in with a provider of accounts; where none is set there is nothing here."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from tutor.accounts.oidc import PENDING_S, OidcSignIn, Provider
from tutor.domain import Person
from tutor.errors import NotAllowed
from tutor.locales import t
from tutor.platform.settings import Settings
from tutor.services import Services
from tutor.ui import static_pages
from tutor.ui.error_boundary import browser_language, error_message

START_PATH, CALLBACK_PATH = "/oidc/start", "/oidc/callback"
STATE_COOKIE = "tutor_oidc"

SignIn = Callable[[Request, Person, str], Response]  # (request, who, new session token)


def build_routes(
    services: Services,
    sign_in: SignIn,
    session_cookie: Callable[[Request], str | None],
    secure: Callable[[Scope], bool],
) -> list[Route]:
    """Return the two routes; `sign_in` answers with the cookie of a new session."""
    provider = provider_of(services.settings)
    flow = OidcSignIn(provider, f"{services.settings.url}{CALLBACK_PATH}") if provider else None

    def start(request: Request) -> Response:
        if flow is None:
            return _message(request, "page_missing", HTTPStatus.NOT_FOUND)
        try:
            state, url = flow.begin()
        except NotAllowed as error:
            return _error(request, error)
        response = RedirectResponse(url, int(HTTPStatus.SEE_OTHER))
        response.set_cookie(
            STATE_COOKIE,
            state,
            max_age=int(PENDING_S),
            path="/oidc",
            secure=secure(request.scope),
            httponly=True,
            samesite="lax",  # the provider sends the browser back by a link
        )
        return response

    def callback(request: Request) -> Response:
        if flow is None or provider is None:
            return _message(request, "page_missing", HTTPStatus.NOT_FOUND)
        query = request.query_params
        try:
            subject = flow.finish(query.get("state", ""), request.cookies.get(STATE_COOKIE, ""), query.get("code", ""))
            actor, token = services.accounts.sign_in_with_identity(
                provider.issuer, subject, browser_language(request), replaces=session_cookie(request)
            )
        except NotAllowed as error:
            return _error(request, error)
        response = sign_in(request, actor, token)
        response.delete_cookie(STATE_COOKIE, path="/oidc")
        return response

    return [Route(START_PATH, start, methods=["GET"]), Route(CALLBACK_PATH, callback, methods=["GET"])]


def provider_of(settings: Settings) -> Provider | None:
    """Return the provider of the settings; None where none is set."""
    if not settings.oidc_is_on:
        return None
    assert settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.get_secret_value())


def _error(request: Request, error: NotAllowed) -> Response:
    language = browser_language(request)
    page = static_pages.render_message(language, error_message(error, language))
    return HTMLResponse(page, int(HTTPStatus.FORBIDDEN))


def _message(request: Request, key: str, status: HTTPStatus) -> Response:
    language = browser_language(request)
    return HTMLResponse(static_pages.render_message(language, t(language, key)), int(status))
