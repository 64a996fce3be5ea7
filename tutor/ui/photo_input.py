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

from tutor.chat.photo_transcription import MAX_BYTES, PhotoTranscriber, photo_too_big
from tutor.domain import Person
from tutor.locales import CATALOGS, t
from tutor.services import Services
from tutor.ui.error_boundary import PERSON_KEY, USER_FACING_ERRORS, browser_language, error_message
from tutor.ui.gradio_i18n import i18n

_SCRIPT = Path(__file__).parent / "assets" / "photo.js"
_SCRIPT_MESSAGES = ("photo_reading", "photo_failed", "photo_too_big")


def build_routes(services: Services) -> list[Route]:
    """Return the route that takes a picture as its body and answers with what was read, or why nothing was."""

    async def photo(request: Request) -> Response:
        actor: Person | None = request.scope[PERSON_KEY]
        if actor is None:
            return _error_response(t(browser_language(request), "not_signed_in"), HTTPStatus.UNAUTHORIZED)
        try:
            data = await _read_body(request)
        except ClientDisconnect:
            return _error_response("", HTTPStatus.BAD_REQUEST)  # nobody hears it
        if len(data) > MAX_BYTES:
            return _error_response(error_message(photo_too_big(), actor.language), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await to_thread.run_sync(_transcribe, services.photos, actor, data)

    return [Route("/photo", photo, methods=["POST"])]


def _transcribe(photos: PhotoTranscriber, actor: Person, data: bytes) -> Response:
    try:
        found = photos.transcribe(actor, data)
    except Exception as error:  # noqa: BLE001 - the edge: it is said, or logged and said
        status = HTTPStatus.OK if isinstance(error, USER_FACING_ERRORS) else HTTPStatus.INTERNAL_SERVER_ERROR
        return _error_response(_to_sentence(error_message(error, actor.language)), status)
    note = t(actor.language, "photo_read" if found.model else "photo_read_ocr")
    return JSONResponse({"text": found.text, "note": note})


async def _read_body(request: Request) -> bytes:
    """Return the body, cut off where it is longer than a picture may be."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > MAX_BYTES:
            break
    return bytes(data)


def _error_response(sentence: str, status: HTTPStatus) -> Response:
    return JSONResponse({"refused": sentence}, int(status))


def _to_sentence(words: str) -> str:
    """Errors begin small, to stand behind others; on the page one stands alone."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "。")) else ".")


def build_buttons(name: str, box: str) -> gr.Row:
    """Put the buttons and the line for what came of a picture where we are; `box` finds the text box on the page."""
    with gr.Row(elem_id=f"tutor-photo-{name}", elem_classes="tutor-photo") as row:
        gr.Button(i18n("photo_attach"), size="sm", min_width=60, elem_classes="tutor-photo-attach")
        gr.Button(i18n("photo_camera"), size="sm", min_width=60, elem_classes="tutor-photo-camera")
        gr.HTML(f'<p class="tutor-photo-note" role="status" data-box="{box}"></p>')
    return row


def build_script() -> str:
    """Return the page's script with the words that it says itself, in every language."""
    words = {
        language: {key: t(language, key, megabytes=MAX_BYTES >> 20) for key in _SCRIPT_MESSAGES}
        for language in CATALOGS
    }
    code = _SCRIPT.read_text("utf-8").replace("MOST_BYTES", str(MAX_BYTES))
    return code.replace("WORDS", json.dumps(words, ensure_ascii=False))
