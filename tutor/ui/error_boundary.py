"""The boundary of every handler: the person comes from the request, and an error becomes a message on the page."""

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
from tutor.locales.sentences import as_sentence
from tutor.platform.failure_log import describe_failure

log = logging.getLogger(__name__)
PERSON_KEY = "tutor.person"  # the key of the signed-in person in the request's scope
# The options of every event. Gradio's preprocessing would compare values with choices that it keeps in memory for each
# session, and so refuse valid ones after a restart; services check what they get.
EVENT_OPTIONS: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "preprocess": False}
# What only reads is answered by its own request. Gradio's page loses events of its queue, or calls them a broken
# connection, when some begin while others end (6.31: a late end of one stream closes the next), as when a page opens.
READ_EVENT_OPTIONS: dict[str, Any] = EVENT_OPTIONS | {"queue": False}
# A value that the server keeps (a file, a State) has to pass through Gradio.
STATE_EVENT_OPTIONS: dict[str, Any] = EVENT_OPTIONS | {"preprocess": True}
Updates = tuple[Any, ...]  # what a handler returns, in the order of its outputs
USER_FACING_ERRORS = (TutorError, LibraryError, AdapterError)  # their messages are written for people


def current_person(request: gr.Request) -> Person:
    """Return the signed-in person of a request. Raises NotAllowed if nobody is signed in."""
    found = request.request.scope.get(PERSON_KEY) if request.request else None
    if not isinstance(found, Person):
        raise NotAllowed(t(negotiate_language(str(request.headers.get("accept-language", ""))), "not_signed_in"))
    return found


def browser_language(request: Request) -> str:
    """Return the first supported language that a browser accepts."""
    return negotiate_language(request.headers.get("accept-language", ""))


def show_info(message: str) -> None:
    """Show a passing note; the message is escaped."""
    gr.Info(html.escape(message))


def show_warning(message: str) -> None:
    gr.Warning(html.escape(message), duration=15)


def error_message(error: BaseException, language: str = DEFAULT) -> str:
    """Return the message of an error as a sentence; an unexpected one is logged and shown as a reference only."""
    if isinstance(error, USER_FACING_ERRORS):
        return as_sentence(translate_error(error, language))
    reference = secrets.token_hex(4)
    log.error("page handler failed (reference %s): %s", reference, describe_failure(error))
    return t(language, "internal_error", reference=reference)


def handle_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a handler so that its exceptions become messages on the page."""
    if inspect.isgeneratorfunction(function):

        @wraps(function)
        def streaming(*args: Any, **kwargs: Any) -> Generator[Any, None, None]:
            try:
                yield from function(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - the boundary: the error is shown, or logged and shown
                raise _to_gradio_error(error, args) from None

        return streaming

    @wraps(function)
    def plain(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the boundary: the error is shown, or logged and shown
            raise _to_gradio_error(error, args) from None

    return plain


def _to_gradio_error(error: Exception, arguments: Sequence[Any]) -> gr.Error:
    if isinstance(error, gr.Error):
        return error
    return gr.Error(html.escape(error_message(error, _request_language(arguments))), duration=15, print_exception=False)


def _request_language(arguments: Sequence[Any]) -> str:
    """Return the language of the person whose request is among a handler's arguments."""
    scopes = [one.request.scope for one in arguments if isinstance(one, gr.Request) and one.request]
    actor = next((scope.get(PERSON_KEY) for scope in scopes), None)
    return actor.language if isinstance(actor, Person) and actor.language in CATALOGS else DEFAULT
