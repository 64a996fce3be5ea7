"""A picture of one's work on the page: the buttons beside a text box, the route that reads it, the script between.

The picture goes from the browser straight to `/photo` and nowhere else; what was read comes back into the text box, and
nothing is sent by that.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path

import gradio as gr
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tutor.chat.photo_transcription import MOST_BYTES, Photos, too_big
from tutor.domain import Person
from tutor.services import House
from tutor.ui.error_boundary import PERSON, SPOKEN, language_of, spoken
from tutor.ui.gradio_i18n import text
from tutor.ui.words import WORDS, say

_SCRIPT = Path(__file__).parent / "assets" / "photo.js"
_SAID_BY_THE_PAGE = ("photo_reading", "photo_failed", "photo_too_big")


def routes(house: House) -> list[Route]:
    """Return the route that takes a picture as its body and answers with what was read, or why nothing was."""

    async def photo(request: Request) -> Response:
        who: Person | None = request.scope[PERSON]
        if who is None:
            return _refused(say(language_of(request), "not_signed_in"), HTTPStatus.UNAUTHORIZED)
        try:
            data = await _body(request)
        except ClientDisconnect:
            return _refused("", HTTPStatus.BAD_REQUEST)  # nobody hears it
        if len(data) > MOST_BYTES:
            return _refused(spoken(too_big(), who.language), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await to_thread.run_sync(_read, house.photos, who, data)

    return [Route("/photo", photo, methods=["POST"])]


def _read(photos: Photos, who: Person, data: bytes) -> Response:
    try:
        found = photos.read(who, data)
    except Exception as error:  # noqa: BLE001 - the edge: it is said, or logged and said
        status = HTTPStatus.OK if isinstance(error, SPOKEN) else HTTPStatus.INTERNAL_SERVER_ERROR
        return _refused(_sentence(spoken(error, who.language)), status)
    note = say(who.language, "photo_read" if found.model else "photo_read_ocr")
    return JSONResponse({"text": found.text, "note": note})


async def _body(request: Request) -> bytes:
    """Return the body, cut off where it is longer than a picture may be."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > MOST_BYTES:
            break
    return bytes(data)


def _refused(sentence: str, status: HTTPStatus) -> Response:
    return JSONResponse({"refused": sentence}, int(status))


def _sentence(words: str) -> str:
    """Errors begin small, to stand behind others; on the page one stands alone."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "。")) else ".")


def buttons(name: str, box: str) -> gr.Row:
    """Put the buttons and the line for what came of a picture where we are; `box` finds the text box on the page."""
    with gr.Row(elem_id=f"tutor-photo-{name}", elem_classes="tutor-photo") as row:
        gr.Button(text("photo_attach"), size="sm", min_width=60, elem_classes="tutor-photo-attach")
        gr.Button(text("photo_camera"), size="sm", min_width=60, elem_classes="tutor-photo-camera")
        gr.HTML(f'<p class="tutor-photo-note" role="status" data-box="{box}"></p>')
    return row


def script() -> str:
    """Return the page's script with the words that it says itself, in every language."""
    words = {
        language: {key: say(language, key, megabytes=MOST_BYTES >> 20) for key in _SAID_BY_THE_PAGE}
        for language in WORDS
    }
    code = _SCRIPT.read_text("utf-8").replace("MOST_BYTES", str(MOST_BYTES))
    return code.replace("WORDS", json.dumps(words, ensure_ascii=False))
