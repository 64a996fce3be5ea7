"""Pages in the language that the person has chosen; Gradio alone would use the browser's language.

Gradio's script reads `navigator.language` when it starts, so the page sets it before that script. The same pass marks
the page's scripts (`script_nonces`).
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from tutor.locales import web_tag
from tutor.ui.script_nonces import add_nonces

_HEAD_TAG = b"<head>"
_LANGUAGE_SCRIPT = (
    '<script>((chosen) => { for (const [name, value] of [["language", chosen], ["languages", [chosen]]]) '
    "Object.defineProperty(navigator, name, { get: () => value }); "
    'document.documentElement.lang = chosen; })("%s")</script>'
)


def disable_compression(scope: Scope) -> Scope:
    """Return the scope without accept-encoding, so that the page comes uncompressed and can be changed."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": headers}


def inject_language(send: Send, language: str, nonce: str) -> Send:
    """Return a `send` that adds language and nonce to HTML pages and forwards everything else unchanged."""
    pending: list[Message] = []

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            pending.append(message)
            return
        if pending:
            start, body = pending.pop(), message.get("body", b"")
            localised = body.replace(_HEAD_TAG, _HEAD_TAG + (_LANGUAGE_SCRIPT % web_tag(language)).encode(), 1)
            localised = add_nonces(localised, nonce)
            headers = MutableHeaders(scope=start)
            if "content-length" in headers:
                headers["content-length"] = str(int(headers["content-length"]) + len(localised) - len(body))
            await send(start)
            message = {**message, "body": localised}
        await send(message)

    return sending


def _is_html(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
