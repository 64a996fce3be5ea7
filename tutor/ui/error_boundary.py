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
from tutor.ui.words import WORDS, preferred, say
from tutor.ui.words.refusals import refusal

log = logging.getLogger(__name__)
PERSON = "tutor.person"  # where the gate puts the signed-in person in the request's scope
# What every event is wired with. Values come as the browser sends them: the choices that Gradio would compare them
# with are kept in memory a session, so a restart would refuse what is right; use cases check what they are given.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "preprocess": False}
SPOKEN = (TutorError, LibraryError, AdapterError)  # their messages are written for people


def person(request: gr.Request) -> Person:
    """Return who is signed in; the gate has looked it up from the session cookie of this very request."""
    found = request.request.scope.get(PERSON) if request.request else None
    if not isinstance(found, Person):
        raise NotAllowed(say(preferred(str(request.headers.get("accept-language", ""))), "not_signed_in"))
    return found


def language_of(request: Request) -> str:
    """Return the language that a visitor's browser asks for."""
    return preferred(request.headers.get("accept-language", ""))


def tell(message: str) -> None:
    """Show a passing note; whatever it quotes stays text."""
    gr.Info(html.escape(message))


def warn(message: str) -> None:
    gr.Warning(html.escape(message), duration=15)


def spoken(error: BaseException, language: str = "en") -> str:
    """Return the sentence for an error; one that was not foreseen is logged and named by a reference."""
    if isinstance(error, SPOKEN):
        return refusal(error, language)
    reference = secrets.token_hex(4)
    log.error("page handler failed (reference %s)", reference, exc_info=error)
    return say(language, "broken", reference=reference)


def handler(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what a handler raises into a message on the page."""
    if inspect.isgeneratorfunction(function):

        @wraps(function)
        def streaming(*args: Any, **kwargs: Any) -> Generator[Any, None, None]:
            try:
                yield from function(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - the edge: it is shown, or logged and shown
                raise _shown(error, args) from None

        return streaming

    @wraps(function)
    def plain(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the edge: it is shown, or logged and shown
            raise _shown(error, args) from None

    return plain


def _shown(error: Exception, arguments: Sequence[Any]) -> gr.Error:
    if isinstance(error, gr.Error):
        return error
    return gr.Error(html.escape(spoken(error, _language(arguments))), duration=15, print_exception=False)


def _language(arguments: Sequence[Any]) -> str:
    """Return the language of whoever made the request among a handler's arguments."""
    scopes = [one.request.scope for one in arguments if isinstance(one, gr.Request) and one.request]
    who = next((scope.get(PERSON) for scope in scopes), None)
    return who.language if isinstance(who, Person) and who.language in WORDS else "en"
