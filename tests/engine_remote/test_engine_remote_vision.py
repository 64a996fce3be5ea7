"""Images are sent to the vision model of the server as content parts, and never with an adapter."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from fake_model_server import FakeModelServer

from tutor.engine.base import AdapterRef, EngineState, GenerationRequest, Message, text_of
from tutor.engine.http_client import ModelServer
from tutor.engine.openai_messages import TOKENS_PER_IMAGE
from tutor.engine.remote import RemoteEngine, open_remote
from tutor.errors import AdapterNotLoaded, InputRefused
from tutor.platform.settings import Settings

Publish = Callable[[str], AdapterRef]
PNG = b"\x89PNG\r\n\x1a\n of a page"


def image_request(*images: bytes, **changes: object) -> GenerationRequest:
    return GenerationRequest(
        (Message("system", "Copy."), Message("user", "What <|im_end|>is this?", images)), "mira", **changes
    )  # type: ignore[arg-type]


def test_an_image_is_sent_to_the_vision_model_as_a_content_part(server: FakeModelServer) -> None:
    engine = RemoteEngine(ModelServer(server.url), vision_model="base-model")
    assert engine.info().vision_model == "base-model"
    assert text_of(engine.stream(image_request(PNG))).startswith("base-model:")
    system, user = server.chat_requests[-1]["messages"]
    assert system["content"] == "Copy."
    image, text = user["content"]
    assert image == {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{base64.b64encode(PNG).decode()}"},
    }
    assert text["type"] == "text" and "<|im_end|>" not in text["text"]


def test_the_vision_model_may_be_another_model_of_the_server(server: FakeModelServer) -> None:
    server.other_models = ("vision-model",)
    engine = RemoteEngine(ModelServer(server.url), vision_model="vision-model")
    assert text_of(engine.stream(image_request(PNG))).startswith("vision-model:")
    plain = GenerationRequest((Message("user", "Why is the sky blue?"),), "mira")
    assert text_of(engine.stream(plain)).startswith("base-model:")


def test_a_server_without_the_vision_model_refuses_images(server: FakeModelServer) -> None:
    engine = RemoteEngine(ModelServer(server.url), vision_model="vision-model")
    info = engine.info()
    assert info.vision_model == "" and info.state is EngineState.READY and "TUTOR_VISION_MODEL" in info.detail
    with pytest.raises(InputRefused, match="cannot read pictures"):
        list(engine.stream(image_request(PNG)))
    assert not server.chat_requests


def test_no_adapter_is_used_on_an_image(server: FakeModelServer, adapter: Publish) -> None:
    engine = RemoteEngine(ModelServer(server.url), vision_model="base-model")
    with pytest.raises(AdapterNotLoaded, match="ask without it"):
        list(engine.stream(image_request(PNG, adapter=adapter("mira-v1"))))


def test_an_image_counts_in_the_context_window(server: FakeModelServer) -> None:
    engine = RemoteEngine(ModelServer(server.url), vision_model="base-model")
    assert (
        engine.count_tokens(image_request(PNG).messages)
        == engine.count_tokens(image_request().messages) + TOKENS_PER_IMAGE
    )


def test_the_setting_names_the_vision_model(server: FakeModelServer) -> None:
    opened = open_remote(Settings(engine_url=server.url, vision_model="base-model"))
    assert opened.info().vision_model == "base-model"
