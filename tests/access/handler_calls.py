"""Calls every handler of the pages as Gradio would, for a given person and with given ids in place of its inputs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.helpers import special_args
from starlette.requests import Request

from tutor.domain import Person
from tutor.ui.error_boundary import PERSON_KEY

MAX_UPDATES = 50


class AnyEvent(dict[str, Any]):
    """The data of an event in which every field names the same object."""

    def __init__(self, chosen: str) -> None:
        super().__init__(index=0, value={"text": chosen, "option": chosen}, liked=True, previous_value=chosen)
        self._chosen = chosen

    def __contains__(self, _key: object) -> bool:
        return True

    def __missing__(self, _key: str) -> str:
        return self._chosen


def page_handlers(pages: gr.Blocks) -> list[Any]:
    """Return the functions of all events; some events only run scripts."""
    return [function for function in pages.fns.values() if function.fn is not None]


def call_handler(function: Any, actor: Person, course_id: str, chosen: str) -> str:
    """Return everything that a handler sends to the page, or its error, as text."""
    inputs = [_input_value(component, course_id, chosen) for component in function.inputs]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b"", PERSON_KEY: actor}
    request = gr.Request(request=Request(scope), session_hash="matrix")
    event = gr.EventData(None, AnyEvent(chosen))
    arguments, *_ = special_args(function.fn, inputs, request=request, event_data=event)
    try:
        return "\n".join(map(_text, _updates(function.fn(*arguments))))
    except Exception as error:  # noqa: BLE001 - what a handler refuses is told to the page
        return str(error)


def _updates(result: Any) -> Iterator[Any]:
    return itertools.islice(result, MAX_UPDATES) if isinstance(result, Iterator) else iter([result])


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "\n".join(map(_text, value))
    if isinstance(value, gr.blocks.Block):
        return repr(value.constructor_args)
    return repr(value)


def _input_value(component: Any, course_id: str, chosen: str) -> Any:
    """Return the course for its picker, a choice where the page offers fixed ones, and else the id that is tried."""
    if component.elem_id == "tutor-course":
        return course_id
    if isinstance(component, gr.Checkbox):
        return True
    if isinstance(component, gr.File):
        return None
    choices = getattr(component, "choices", None)
    return choices[0][1] if choices else chosen
