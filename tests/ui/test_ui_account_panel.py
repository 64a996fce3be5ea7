"""Deleting one's account on the page."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from starlette.requests import Request

from tutor.domain import Person
from tutor.errors import InputRefused, NotFound
from tutor.locales import translate_error
from tutor.ui.account_panel import AccountHandlers
from tutor.ui.error_boundary import PERSON_KEY


def request_of(person: Person) -> gr.Request:
    return gr.Request(request=Request({"type": "http", "headers": [], PERSON_KEY: person}))


def test_who_types_their_name_is_erased_and_signed_out(services: Any):
    guest, token = services.accounts.create_guest()
    assert AccountHandlers(services).erase_account(guest.name, request_of(guest)) == ""
    assert services.accounts.person_for_session(token) is None
    with pytest.raises(NotFound):
        services.accounts.get_by_name(guest.name)


def test_another_name_erases_nobody(services: Any, ada: Person, bob: Person):
    with pytest.raises(InputRefused) as refused:
        AccountHandlers(services).erase_account("bob", request_of(ada))
    assert "ada" in translate_error(refused.value, "zh")
    assert {services.accounts.get_by_name(name).id for name in ("ada", "bob")} == {ada.id, bob.id}
