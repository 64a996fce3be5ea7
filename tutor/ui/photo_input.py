"""Photos of a learner's work: the buttons next to a text box, and the route that transcribes a photo.

The browser sends the photo only to `/photo` and puts the transcript into the text box; the learner sends the message.
"""

from __future__ import annotations

from http import HTTPStatus

import gradio as gr
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tutor.chat.photo_transcription import MAX_BYTES, PhotoTranscriber, photo_too_big
from tutor.domain import Person
from tutor.locales import t
from tutor.services import Services
from tutor.ui.error_boundary import PERSON_KEY, USER_FACING_ERRORS, browser_language, error_message
from tutor.ui.gradio_i18n import i18n


def build_routes(services: Services) -> list[Route]:
    """Return the route that takes a photo as its body and returns its transcript, or why there is none."""

    async def photo(request: Request) -> Response:
        actor: Person | None = request.scope[PERSON_KEY]
        if actor is None:
            return _error_response(t(browser_language(request), "not_signed_in"), HTTPStatus.UNAUTHORIZED)
        try:
            data = await _read_body(request)
        except ClientDisconnect:
            return _error_response("", HTTPStatus.BAD_REQUEST)  # the client is gone
        if len(data) > MAX_BYTES:
            return _error_response(error_message(photo_too_big(), actor.language), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await to_thread.run_sync(_transcribe, services.photos, actor, data)

    return [Route("/photo", photo, methods=["POST"])]


def _transcribe(photos: PhotoTranscriber, actor: Person, data: bytes) -> Response:
    try:
        transcript = photos.transcribe(actor, data)
    except Exception as error:  # noqa: BLE001 - the boundary: the error is shown, or logged and shown
        status = HTTPStatus.OK if isinstance(error, USER_FACING_ERRORS) else HTTPStatus.INTERNAL_SERVER_ERROR
        return _error_response(error_message(error, actor.language), status)
    note = t(actor.language, "photo_read" if transcript.model else "photo_read_ocr")
    return JSONResponse({"text": transcript.text, "note": note})


async def _read_body(request: Request) -> bytes:
    """Return the body, cut off soon after the largest allowed size."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > MAX_BYTES:
            break
    return bytes(data)


def _error_response(sentence: str, status: HTTPStatus) -> Response:
    return JSONResponse({"refused": sentence}, int(status))


def build_buttons(name: str, box: str) -> gr.Row:
    """Add the buttons and a line for the result; `box` is the CSS selector of the text box."""
    with gr.Row(elem_id=f"tutor-photo-{name}", elem_classes="tutor-photo") as row:
        gr.Button(i18n("photo_attach"), size="sm", min_width=60, elem_classes="tutor-photo-attach")
        gr.Button(i18n("photo_camera"), size="sm", min_width=60, elem_classes="tutor-photo-camera")
        gr.HTML(f'<p class="tutor-photo-note" role="status" data-box="{box}"></p>')
    return row
