"""The gate: every request passes it before Gradio sees it, and is denied unless a rule here lets it through.

A pure ASGI middleware. It looks up who is signed in and puts the `Person` into the request's scope, answers our own
routes (`doors`), binds Gradio's client-chosen session hash to the person who used it first, refuses foreign origins
and the Gradio routes that nobody here needs, and adds the security headers.
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
from tutor.services import House
from tutor.ui import static_pages
from tutor.ui.error_boundary import PERSON
from tutor.ui.http_routes import COOKIE, PATHS, SECURE_COOKIE, doors, is_secure
from tutor.ui.locale_middleware import speaking, unpacked
from tutor.ui.words import preferred

API = "/gradio_api"
MAX_EVENT_BYTES = 4 * 2**20  # of one page event: a long question still gets its sentence, a flood does not
MAX_SESSIONS = 20_000

_OPEN = re.compile(r"/(?:assets|svelte|static)/[^\x00]*|/(?:gradio_api/)?theme\.css|/favicon\.ico|/robots\.txt")
_WAKING = f"{API}/startup-events"  # Gradio calls it itself when it starts
_PAGES = re.compile(r"/|/teach")
_EVENTS = re.compile(rf"{API}/(?:queue/join|cancel)/?")
_STREAMS = re.compile(rf"{API}/queue/data|{API}/heartbeat/(?P<hash>[A-Za-z0-9_-]+)")
_PLAIN = re.compile(rf"/config/?|{API}/(?:app_id|reset|queue/status)/?")
_UPLOADS = re.compile(rf"{API}/upload(?:_progress)?/?")

HEADERS = {
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


class Gate:
    """Stands between the network and the pages of one house."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self._app = app
        self._house = house
        self._doors = doors(house)
        self._owners: OrderedDict[str, str] = OrderedDict()  # session hash -> person id, oldest first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        send = _with_headers(send, cacheable=bool(_OPEN.fullmatch(scope["path"])))
        if foreign(scope, self._house.settings.url):
            return await _refusal(403, "requests from other sites are refused")(scope, receive, send)
        if _OPEN.fullmatch(scope["path"]) or scope["path"] == _WAKING:
            return await self._app(scope, receive, send)
        scope[PERSON] = who = await self._signed_in(scope)
        if PATHS.fullmatch(scope["path"]):
            return await self._doors(scope, receive, send)
        if who is None:
            return await _strangers(scope)(scope, receive, send)
        await self._inside(scope, receive, send, who)

    async def _inside(self, scope: Scope, receive: Receive, send: Send, who: Person) -> None:
        """Let a signed-in person through to what she may use of Gradio."""
        path: str = scope["path"]
        if _EVENTS.fullmatch(path):
            return await self._event(scope, receive, send, who)
        if stream := _STREAMS.fullmatch(path):
            session = stream["hash"] or _query(scope).get("session_hash", "")
            if not self._owns(who, session):
                return await _refusal(403, "this session is somebody else's")(scope, receive, send)
            return await self._app(scope, receive, send)
        allowed = _PAGES.fullmatch(path) or _PLAIN.fullmatch(path) or (who.teaches and _UPLOADS.fullmatch(path))
        if not allowed or "deep_link" in _query(scope):
            return await _refusal(404, "there is nothing here")(scope, receive, send)
        if _PAGES.fullmatch(path):
            scope, send = unpacked(scope), speaking(send, who.language)
        await self._app(scope, receive, send)

    async def _event(self, scope: Scope, receive: Receive, send: Send, who: Person) -> None:
        """Pass a page event on if its session belongs to this person; the body is read once and replayed."""
        body = await _read(receive, MAX_EVENT_BYTES)
        if body is None:
            return await _refusal(413, "this message is too long to be read")(scope, receive, send)
        if not self._owns(who, _session_of(body)):
            return await _refusal(403, "this session is somebody else's")(scope, receive, send)
        await self._app(scope, _replay(body, receive), send)

    async def _signed_in(self, scope: Scope) -> Person | None:
        token = session_token(scope)
        return await to_thread.run_sync(self._house.accounts.person_for_session, token) if token else None

    def _owns(self, who: Person, session: str) -> bool:
        """Bind a session hash to who used it first; nobody else may use it afterwards."""
        if not session or len(session) > 64:
            return False
        owner = self._owners.setdefault(session, who.id)
        self._owners.move_to_end(session)
        if len(self._owners) > MAX_SESSIONS:
            self._owners.popitem(last=False)
        return owner == who.id


def foreign(scope: Scope, own_url: str) -> bool:
    """Whether a browser says that another site made this request; tools that are no browsers say nothing."""
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
    morsel = cookies.get(SECURE_COOKIE if is_secure(scope) else COOKIE)
    return morsel.value if morsel else None


def _strangers(scope: Scope) -> Response:
    """What those who are not signed in get: the welcome page, or a refusal."""
    if scope["method"] in ("GET", "HEAD") and _PAGES.fullmatch(scope["path"]):
        return HTMLResponse(static_pages.welcome(preferred(Headers(scope=scope).get("accept-language", ""))))
    return _refusal(401, "sign in first")


def _refusal(status: int, reason: str) -> Response:
    return JSONResponse({"detail": reason}, status)


def _query(scope: Scope) -> dict[str, str]:
    parsed = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {name: values[-1] for name, values in parsed.items()}


def _session_of(body: bytes) -> str:
    try:
        value: Any = json.loads(body)
    except ValueError:
        return ""
    session = value.get("session_hash") if isinstance(value, dict) else None
    return session if isinstance(session, str) else ""


async def _read(receive: Receive, limit: int) -> bytes | None:
    """Return the whole body, or None when it is longer than the limit."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _with_headers(send: Send, *, cacheable: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if not cacheable:
                headers["cache-control"] = "no-store"
        await send(message)

    return sending
