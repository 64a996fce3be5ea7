"""Authorisation of every request before Gradio sees it: denied unless a rule here allows it.

ASGI middleware. It puts the signed-in `Person` into the request's scope, answers our own routes (`http_routes`), binds
Gradio's client-chosen session hash to the person who used it first, refuses requests under a foreign name or from other
sites, Gradio routes that are not used here, the instructors' handlers to learners and more than one's share
(`fair_use`), and adds the security headers.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.domain import Person
from tutor.locales import negotiate_language, t
from tutor.locales.sentences import as_sentence
from tutor.services import Services
from tutor.ui import page_scripts, static_pages
from tutor.ui.error_boundary import PERSON_KEY
from tutor.ui.fair_use import OpenRequests, refuse_event
from tutor.ui.http_routes import OWN_PATHS, SECURE_SESSION_COOKIE, SESSION_COOKIE, build_routes_app, is_secure
from tutor.ui.locale_middleware import disable_compression, inject_language
from tutor.ui.oidc_routes import START_PATH
from tutor.ui.request_origin import AllowedHosts
from tutor.ui.script_nonces import hash_sources, new_nonce

GRADIO_API_PREFIX = "/gradio_api"
MAX_EVENT_BYTES = 4 * 2**20  # of one page event: a question that is too long still gets its error message
MAX_SESSIONS = 20_000
_NONCE_KEY = "tutor.nonce"

_PUBLIC_PATHS = re.compile(r"/(?:assets|svelte|static)/[^\x00]*|/(?:gradio_api/)?theme\.css|/favicon\.ico|/robots\.txt")
_OPEN_WHILE_PAUSED = re.compile(r"/healthz|/logout|/language|/account/(?:delete|data|data\.json|adapter\.zip)")
_STARTUP_PATH = f"{GRADIO_API_PREFIX}/startup-events"  # Gradio itself calls it when it starts
_PAGE_PATHS = re.compile(r"/|/teach")
_TEACH_PATH, _TEACH_PAGE = "/teach", "teach"  # the path, and what Gradio calls the page
_EVENT_PATHS = re.compile(rf"{GRADIO_API_PREFIX}/(?:(?P<join>queue/join)|(?P<read>run/predict)|cancel)/?")
_STREAM_PATHS = re.compile(rf"{GRADIO_API_PREFIX}/queue/data|{GRADIO_API_PREFIX}/heartbeat/(?P<hash>[A-Za-z0-9_-]+)")
_SESSIONLESS_PATHS = re.compile(rf"/config/?|{GRADIO_API_PREFIX}/(?:app_id|reset|queue/status)/?")
_UPLOAD_PATHS = re.compile(rf"{GRADIO_API_PREFIX}/upload(?:_progress)?/?")

# Gradio's components are made with `new Function`, which needs 'unsafe-eval'.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'{head} 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self' https://huggingface.co"
)
SECURITY_HEADERS = {
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
        self._hosts = AllowedHosts(services.settings, os.environ)
        self._open_requests = OpenRequests()
        self._sign_in_path = START_PATH if services.settings.oidc_is_on else ""
        self._session_owners: OrderedDict[str, str] = OrderedDict()  # session hash -> person id, oldest first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        scope[_NONCE_KEY] = nonce = new_nonce()
        send = _add_security_headers(send, nonce, cacheable=bool(_PUBLIC_PATHS.fullmatch(scope["path"])))
        if not self._hosts.has(Headers(scope=scope).get("host", "")):
            return await _wrong_host_response(scope, self._services.settings.url)(scope, receive, send)
        if is_cross_site(scope, self._services.settings.url, self._hosts):
            return await _error_response(403, "requests from other sites are refused")(scope, receive, send)
        if _PUBLIC_PATHS.fullmatch(scope["path"]) or scope["path"] == _STARTUP_PATH:
            return await self._app(scope, receive, send)
        scope[PERSON_KEY] = actor = await self._find_person(scope)
        if actor is not None and actor.is_paused and not _OPEN_WHILE_PAUSED.fullmatch(scope["path"]):
            return await _paused_response(scope, actor)(scope, receive, send)
        if OWN_PATHS.fullmatch(scope["path"]):
            return await self._routes(scope, receive, send)
        if actor is None:
            return await _anonymous_response(scope, self._sign_in_path)(scope, receive, send)
        await self._forward_signed_in(scope, receive, send, actor)

    async def _forward_signed_in(self, scope: Scope, receive: Receive, send: Send, actor: Person) -> None:
        """Forward a signed-in person's request if they may use this route of Gradio."""
        path: str = scope["path"]
        if event_path := _EVENT_PATHS.fullmatch(path):
            return await self._forward_event(scope, receive, send, actor, event_path.lastgroup)
        if stream := _STREAM_PATHS.fullmatch(path):
            session = stream["hash"] or _query_params(scope).get("session_hash", "")
            if not self._claim_session(actor, session):
                return await _error_response(403, "this session is somebody else's")(scope, receive, send)
            return await self._forward_counted(scope, receive, send, actor, "heartbeat" if stream["hash"] else "data")
        if path == _TEACH_PATH and not actor.is_staff:
            page = static_pages.render_message(actor.language, t(actor.language, "only_instructors"))
            return await HTMLResponse(page, 403)(scope, receive, send)
        allowed = (
            _PAGE_PATHS.fullmatch(path)
            or _SESSIONLESS_PATHS.fullmatch(path)
            or (actor.is_staff and _UPLOAD_PATHS.fullmatch(path))
        )
        if not allowed or "deep_link" in _query_params(scope):
            return await _error_response(404, "there is nothing here")(scope, receive, send)
        if _PAGE_PATHS.fullmatch(path):
            scope, send = disable_compression(scope), inject_language(send, actor.language, scope[_NONCE_KEY])
        await self._app(scope, receive, send)

    async def _forward_event(self, scope: Scope, receive: Receive, send: Send, actor: Person, kind: str | None) -> None:
        """Forward a page event if its session and its handler are this person's; the body is read once and replayed."""
        body = await _read_body(receive, MAX_EVENT_BYTES)
        if body is None:
            return await _error_response(413, "this message is too long to be read")(scope, receive, send)
        event = _parse_event(body)
        if not self._claim_session(actor, event.session):
            return await _error_response(403, "this session is somebody else's")(scope, receive, send)
        pages = scope["app"].get_blocks()
        if not _may_call(pages, event, actor):
            return await _error_response(403, "this is for instructors")(scope, receive, send)
        if kind == "join" and (refusal := refuse_event(pages, event.function, self._is_session_of(actor))):
            key, count = refusal
            return await _error_response(429, t(actor.language, key, count=count))(scope, receive, send)
        replayed = _replay_body(body, receive)
        if kind == "read":
            return await self._forward_counted(scope, replayed, send, actor, kind)
        await self._app(scope, replayed, send)

    async def _forward_counted(self, scope: Scope, receive: Receive, send: Send, actor: Person, kind: str) -> None:
        """Forward a request if this person has not too many of its kind open."""
        with self._open_requests.opened(kind, actor.id) as has_place:
            if not has_place:
                return await _error_response(429, t(actor.language, "too_many_open"))(scope, receive, send)
            await self._app(scope, receive, send)

    def _is_session_of(self, actor: Person) -> Callable[[str], bool]:
        return lambda session: self._session_owners.get(session) == actor.id

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


def is_cross_site(scope: Scope, own_url: str, allowed: AllowedHosts) -> bool:
    """Whether a browser reports that another site made this request; other clients send no such headers."""
    headers = Headers(scope=scope)
    if headers.get("sec-fetch-site") == "cross-site" and scope["method"] not in ("GET", "HEAD"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    named = (headers.get("host", ""), headers.get("x-forwarded-host", ""))
    hosts = {urlsplit(own_url).netloc, *(host for host in named if allowed.has(host))}
    return urlsplit(origin).netloc not in hosts


def session_token(scope: Scope) -> str | None:
    """Return the session token of the request's cookie."""
    try:
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return None
    morsel = cookies.get(SECURE_SESSION_COOKIE if is_secure(scope) else SESSION_COOKIE)
    return morsel.value if morsel else None


def _anonymous_response(scope: Scope, sign_in_path: str) -> Response:
    """Return the welcome page, or 401 for other paths."""
    if scope["method"] in ("GET", "HEAD") and _PAGE_PATHS.fullmatch(scope["path"]):
        return HTMLResponse(
            static_pages.render_welcome(
                negotiate_language(Headers(scope=scope).get("accept-language", "")), sign_in_path=sign_in_path
            )
        )
    return _error_response(401, "sign in first")


def _paused_response(scope: Scope, actor: Person) -> Response:
    """Return the page that says so, from which an account's owner can still get or delete their data."""
    if scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(GRADIO_API_PREFIX):
        return _error_response(403, t(actor.language, "account_is_paused"))
    return HTMLResponse(static_pages.render_paused(actor.language), 403)


def _error_response(status: int, reason: str) -> Response:
    """Return a refusal; Gradio's page shows one or the other of its two names as a note."""
    said = as_sentence(reason)
    return JSONResponse({"detail": said, "error": said}, status)


def _wrong_host_response(scope: Scope, url: str) -> Response:
    language = negotiate_language(Headers(scope=scope).get("accept-language", ""))
    said = html.escape(t(language, "wrong_host"))
    link = f'<p><a class="button" href="{html.escape(url)}">{html.escape(url)}</a></p>'
    return HTMLResponse(static_pages.render_page(language, t(language, "title"), f"<p>{said}</p>{link}"), 421)


def _query_params(scope: Scope) -> dict[str, str]:
    parsed = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {name: values[-1] for name, values in parsed.items()}


@dataclass(frozen=True, slots=True)
class _PageEvent:
    """What the body of a page event names; "" and -1 where it does not, or not in the form that the page uses."""

    session: str = ""
    function: int = -1


def _parse_event(body: bytes) -> _PageEvent:
    try:
        value: Any = json.loads(body)
    except ValueError:
        return _PageEvent()
    if not isinstance(value, dict):
        return _PageEvent()
    session, function = value.get("session_hash"), value.get("fn_index")
    return _PageEvent(
        session if isinstance(session, str) else "",
        function if type(function) is int else -1,
    )


def _may_call(pages: Any, event: _PageEvent, actor: Person) -> bool:
    """Whether a person may call a handler: one of the page for learners, or any that there is for staff."""
    function = pages.fns.get(event.function)
    return function is not None and (actor.is_staff or function.page != _TEACH_PAGE)


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


@cache
def _head_sources() -> str:
    return hash_sources(page_scripts.render_head())


def _add_security_headers(send: Send, nonce: str, *, cacheable: bool) -> Send:
    head = _head_sources()

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["content-security-policy"] = CONTENT_SECURITY_POLICY.format(nonce=nonce, head=head)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            if not cacheable:
                headers["cache-control"] = "no-store"
        await send(message)

    return sending
