"""Authorisation of every request before Gradio sees it: denied unless a rule here allows it.

ASGI middleware. It puts the signed-in `Person` into the request's scope, answers our own routes (`http_routes`), binds
Gradio's client-chosen session hash to the person who used it first, refuses requests from other sites and Gradio routes
that are not used here, and adds the security headers.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.domain import Person
from tutor.locales import negotiate_language
from tutor.services import Services
from tutor.ui import static_pages
from tutor.ui.error_boundary import PERSON_KEY
from tutor.ui.http_routes import OWN_PATHS, SECURE_SESSION_COOKIE, SESSION_COOKIE, build_routes_app, is_secure
from tutor.ui.locale_middleware import disable_compression, inject_language

GRADIO_API_PREFIX = "/gradio_api"
MAX_EVENT_BYTES = 4 * 2**20  # of one page event: a question that is too long still gets its error message
MAX_SESSIONS = 20_000

_PUBLIC_PATHS = re.compile(r"/(?:assets|svelte|static)/[^\x00]*|/(?:gradio_api/)?theme\.css|/favicon\.ico|/robots\.txt")
_STARTUP_PATH = f"{GRADIO_API_PREFIX}/startup-events"  # Gradio itself calls it when it starts
_PAGE_PATHS = re.compile(r"/|/teach")
_EVENT_PATHS = re.compile(rf"{GRADIO_API_PREFIX}/(?:queue/join|run/predict|cancel)/?")
_STREAM_PATHS = re.compile(rf"{GRADIO_API_PREFIX}/queue/data|{GRADIO_API_PREFIX}/heartbeat/(?P<hash>[A-Za-z0-9_-]+)")
_SESSIONLESS_PATHS = re.compile(rf"/config/?|{GRADIO_API_PREFIX}/(?:app_id|reset|queue/status)/?")
_UPLOAD_PATHS = re.compile(rf"{GRADIO_API_PREFIX}/upload(?:_progress)?/?")

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'self' https://huggingface.co"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
}


class AuthMiddleware:
    """Checks every request to the pages of `services`."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services
        self._routes = build_routes_app(services)
        self._session_owners: OrderedDict[str, str] = OrderedDict()  # session hash -> person id, oldest first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        send = _add_security_headers(send, cacheable=bool(_PUBLIC_PATHS.fullmatch(scope["path"])))
        if is_cross_site(scope, self._services.settings.url):
            return await _error_response(403, "requests from other sites are refused")(scope, receive, send)
        if _PUBLIC_PATHS.fullmatch(scope["path"]) or scope["path"] == _STARTUP_PATH:
            return await self._app(scope, receive, send)
        scope[PERSON_KEY] = actor = await self._find_person(scope)
        if OWN_PATHS.fullmatch(scope["path"]):
            return await self._routes(scope, receive, send)
        if actor is None:
            return await _anonymous_response(scope)(scope, receive, send)
        await self._forward_signed_in(scope, receive, send, actor)

    async def _forward_signed_in(self, scope: Scope, receive: Receive, send: Send, actor: Person) -> None:
        """Forward a signed-in person's request if they may use this route of Gradio."""
        path: str = scope["path"]
        if _EVENT_PATHS.fullmatch(path):
            return await self._forward_event(scope, receive, send, actor)
        if stream := _STREAM_PATHS.fullmatch(path):
            session = stream["hash"] or _query_params(scope).get("session_hash", "")
            if not self._claim_session(actor, session):
                return await _error_response(403, "this session is somebody else's")(scope, receive, send)
            return await self._app(scope, receive, send)
        allowed = (
            _PAGE_PATHS.fullmatch(path)
            or _SESSIONLESS_PATHS.fullmatch(path)
            or (actor.is_staff and _UPLOAD_PATHS.fullmatch(path))
        )
        if not allowed or "deep_link" in _query_params(scope):
            return await _error_response(404, "there is nothing here")(scope, receive, send)
        if _PAGE_PATHS.fullmatch(path):
            scope, send = disable_compression(scope), inject_language(send, actor.language)
        await self._app(scope, receive, send)

    async def _forward_event(self, scope: Scope, receive: Receive, send: Send, actor: Person) -> None:
        """Forward a page event if its session belongs to this person; the body is read once and replayed."""
        body = await _read_body(receive, MAX_EVENT_BYTES)
        if body is None:
            return await _error_response(413, "this message is too long to be read")(scope, receive, send)
        if not self._claim_session(actor, _session_hash(body)):
            return await _error_response(403, "this session is somebody else's")(scope, receive, send)
        await self._app(scope, _replay_body(body, receive), send)

    async def _find_person(self, scope: Scope) -> Person | None:
        token = session_token(scope)
        return await to_thread.run_sync(self._services.accounts.person_for_session, token) if token else None

    def _claim_session(self, actor: Person, session: str) -> bool:
        """Bind a session hash to the person who used it first; return False for anybody else."""
        if not session or len(session) > 64:
            return False
        owner = self._session_owners.setdefault(session, actor.id)
        self._session_owners.move_to_end(session)
        if len(self._session_owners) > MAX_SESSIONS:
            self._session_owners.popitem(last=False)
        return owner == actor.id


def is_cross_site(scope: Scope, own_url: str) -> bool:
    """Whether a browser reports that another site made this request; other clients send no such headers."""
    headers = Headers(scope=scope)
    if headers.get("sec-fetch-site") == "cross-site" and scope["method"] not in ("GET", "HEAD"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    hosts = {headers.get("host", ""), headers.get("x-forwarded-host", ""), urlsplit(own_url).netloc}
    return urlsplit(origin).netloc not in hosts - {""}


def session_token(scope: Scope) -> str | None:
    """Return the session token of the request's cookie."""
    try:
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return None
    morsel = cookies.get(SECURE_SESSION_COOKIE if is_secure(scope) else SESSION_COOKIE)
    return morsel.value if morsel else None


def _anonymous_response(scope: Scope) -> Response:
    """Return the welcome page, or 401 for other paths."""
    if scope["method"] in ("GET", "HEAD") and _PAGE_PATHS.fullmatch(scope["path"]):
        return HTMLResponse(
            static_pages.render_welcome(negotiate_language(Headers(scope=scope).get("accept-language", "")))
        )
    return _error_response(401, "sign in first")


def _error_response(status: int, reason: str) -> Response:
    return JSONResponse({"detail": reason}, status)


def _query_params(scope: Scope) -> dict[str, str]:
    parsed = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {name: values[-1] for name, values in parsed.items()}


def _session_hash(body: bytes) -> str:
    try:
        value: Any = json.loads(body)
    except ValueError:
        return ""
    session = value.get("session_hash") if isinstance(value, dict) else None
    return session if isinstance(session, str) else ""


async def _read_body(receive: Receive, limit: int) -> bytes | None:
    """Return the whole body, or None when it is longer than the limit."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return bytes(body)


def _replay_body(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _add_security_headers(send: Send, *, cacheable: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            if not cacheable:
                headers["cache-control"] = "no-store"
        await send(message)

    return sending
