"""The edge of every handler: who asks comes from the request alone, and an error becomes a sentence on the page."""

from __future__ import annotations

import html
import inspect
import logging
import secrets
from collections.abc import Callable, Generator, Sequence
from functools import wraps
from typing import Any

import gradio as gr
from starlette.requests import Request

from adapters.errors import AdapterError
from knowledge.errors import LibraryError
from tutor.domain import Person
from tutor.errors import NotAllowed, TutorError
from tutor.locales import CATALOGS, DEFAULT, negotiate_language, t, translate_error

log = logging.getLogger(__name__)
PERSON_KEY = "tutor.person"  # where the gate puts the signed-in person in the request's scope
# What every event is wired with. Values come as the browser sends them: the choices that Gradio would compare them
# with are kept in memory a session, so a restart would refuse what is right; use cases check what they are given.
EVENT_OPTIONS: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "preprocess": False}
# A value that the server keeps (a file, a State) has to pass through Gradio.
STATE_EVENT_OPTIONS: dict[str, Any] = EVENT_OPTIONS | {"preprocess": True}
Updates = tuple[Any, ...]  # what a handler returns, in the order of its outputs
USER_FACING_ERRORS = (TutorError, LibraryError, AdapterError)  # their messages are written for people


def current_person(request: gr.Request) -> Person:
    """Return who is signed in; the gate has looked it up from the session cookie of this very request."""
    found = request.request.scope.get(PERSON_KEY) if request.request else None
    if not isinstance(found, Person):
        raise NotAllowed(t(negotiate_language(str(request.headers.get("accept-language", ""))), "not_signed_in"))
    return found


def browser_language(request: Request) -> str:
    """Return the language that a visitor's browser asks for."""
    return negotiate_language(request.headers.get("accept-language", ""))


def show_info(message: str) -> None:
    """Show a passing note; whatever it quotes stays text."""
    gr.Info(html.escape(message))


def show_warning(message: str) -> None:
    gr.Warning(html.escape(message), duration=15)


def error_message(error: BaseException, language: str = DEFAULT) -> str:
    """Return the sentence for an error; one that was not foreseen is logged and named by a reference."""
    if isinstance(error, USER_FACING_ERRORS):
        return translate_error(error, language)
    reference = secrets.token_hex(4)
    log.error("page handler failed (reference %s)", reference, exc_info=error)
    return t(language, "internal_error", reference=reference)


def handle_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what a handler raises into a message on the page."""
    if inspect.isgeneratorfunction(function):

        @wraps(function)
        def streaming(*args: Any, **kwargs: Any) -> Generator[Any, None, None]:
            try:
                yield from function(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - the edge: it is shown, or logged and shown
                raise _to_gradio_error(error, args) from None

        return streaming

    @wraps(function)
    def plain(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the edge: it is shown, or logged and shown
            raise _to_gradio_error(error, args) from None

    return plain


def _to_gradio_error(error: Exception, arguments: Sequence[Any]) -> gr.Error:
    if isinstance(error, gr.Error):
        return error
    return gr.Error(html.escape(error_message(error, _request_language(arguments))), duration=15, print_exception=False)


def _request_language(arguments: Sequence[Any]) -> str:
    """Return the language of whoever made the request among a handler's arguments."""
    scopes = [one.request.scope for one in arguments if isinstance(one, gr.Request) and one.request]
    actor = next((scope.get(PERSON_KEY) for scope in scopes), None)
    return actor.language if isinstance(actor, Person) and actor.language in CATALOGS else DEFAULT
