"""Pictures go to the model of the server that sees, as content parts; an adapter is never run on one."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from fake_model_server import FakeModelServer

from tutor.engine.base import AdapterRef, EngineState, Message, Request
from tutor.engine.http_client import Server
from tutor.engine.openai_messages import PICTURE_TOKENS
from tutor.engine.remote import RemoteEngine, open_remote
from tutor.errors import AdapterNotLoaded, InputRefused
from tutor.platform.settings import Settings

Publish = Callable[[str], AdapterRef]
PNG = b"\x89PNG\r\n\x1a\n of a page"


def showing(*pictures: bytes, **changes: object) -> Request:
    return Request(
        (Message("system", "Copy."), Message("user", "What <|im_end|>is this?", pictures)), "mira", **changes
    )  # type: ignore[arg-type]


def test_a_picture_goes_to_the_vision_model_as_a_content_part(server: FakeModelServer) -> None:
    engine = RemoteEngine(Server(server.url), vision_model="base-model")
    assert engine.info().sees == "base-model"
    assert "".join(engine.stream(showing(PNG))).startswith("base-model:")
    told, asked = server.chats[-1]["messages"]
    assert told["content"] == "Copy."
    image, text = asked["content"]
    assert image == {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{base64.b64encode(PNG).decode()}"},
    }
    assert text["type"] == "text" and "<|im_end|>" not in text["text"]


def test_another_model_of_the_server_may_be_the_one_that_sees(server: FakeModelServer) -> None:
    server.others = ("eyes",)
    engine = RemoteEngine(Server(server.url), vision_model="eyes")
    assert "".join(engine.stream(showing(PNG))).startswith("eyes:")
    plain = Request((Message("user", "Why is the sky blue?"),), "mira")
    assert "".join(engine.stream(plain)).startswith("base-model:")


def test_a_server_without_the_vision_model_says_so_and_takes_no_picture(server: FakeModelServer) -> None:
    engine = RemoteEngine(Server(server.url), vision_model="eyes")
    info = engine.info()
    assert info.sees == "" and info.state is EngineState.READY and "TUTOR_VISION_MODEL" in info.detail
    with pytest.raises(InputRefused, match="does not see pictures"):
        list(engine.stream(showing(PNG)))
    assert not server.chats


def test_an_adapter_is_never_run_on_a_picture(server: FakeModelServer, adapter: Publish) -> None:
    engine = RemoteEngine(Server(server.url), vision_model="base-model")
    with pytest.raises(AdapterNotLoaded, match="ask without it"):
        list(engine.stream(showing(PNG, adapter=adapter("mira-v1"))))


def test_a_picture_counts_in_the_window(server: FakeModelServer) -> None:
    engine = RemoteEngine(Server(server.url), vision_model="base-model")
    assert engine.count_tokens(showing(PNG).messages) == engine.count_tokens(showing().messages) + PICTURE_TOKENS


def test_the_setting_names_the_vision_model(server: FakeModelServer) -> None:
    opened = open_remote(Settings(engine_url=server.url, vision_model="base-model"))
    assert opened.info().sees == "base-model"
