"""A page in the language that its reader has chosen: Gradio itself would ask the browser which words to show.

Gradio's script reads `navigator.language` when it starts, so the choice has to stand in the page before it.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from tutor.locales import web_tag

_HEAD_TAG = b"<head>"
_LANGUAGE_SCRIPT = (
    '<script>((chosen) => { for (const [name, value] of [["language", chosen], ["languages", [chosen]]]) '
    "Object.defineProperty(navigator, name, { get: () => value }); "
    'document.documentElement.lang = chosen; })("%s")</script>'
)


def disable_compression(scope: Scope) -> Scope:
    """Return the request for a page that is not compressed, so that it can be written into."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": headers}


def inject_language(send: Send, language: str) -> Send:
    """Return a way to send a page that says its language; what is no page passes as it is."""
    pending: list[Message] = []

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            pending.append(message)
            return
        if pending:
            start, body = pending.pop(), message.get("body", b"")
            chosen = body.replace(_HEAD_TAG, _HEAD_TAG + (_LANGUAGE_SCRIPT % web_tag(language)).encode(), 1)
            headers = MutableHeaders(scope=start)
            if "content-length" in headers:
                headers["content-length"] = str(int(headers["content-length"]) + len(chosen) - len(body))
            await send(start)
            message = {**message, "body": chosen}
        await send(message)

    return sending


def _is_html(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
