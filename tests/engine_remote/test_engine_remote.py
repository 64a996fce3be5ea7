"""The remote engine keeps the guarantees of `Engine`, even when the server misbehaves."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_model_server import FakeModelServer, Handler
from hypothesis import given
from hypothesis import strategies as st

from tutor.domain import Token
from tutor.engine.base import AdapterRef, EngineState, GenerationRequest, Message, text_of
from tutor.engine.http_client import ModelServer
from tutor.engine.remote import RemoteEngine, open_remote
from tutor.engine.server_adapters import server_adapter_name
from tutor.errors import (
    AdapterNotLoaded,
    EngineBusy,
    EngineNotReady,
    GenerationTimeout,
    InputRefused,
    PromptTooLong,
    RemoteEngineFailed,
    SetupError,
)
from tutor.platform.settings import Settings

Publish = Callable[[str], AdapterRef]


def ask(text: str = "Why is the sky blue?", **changes: object) -> GenerationRequest:
    return GenerationRequest(**{"messages": (Message("user", text),), "learner": "mira", **changes})  # type: ignore[arg-type]


def answer_of(engine: RemoteEngine, **changes: object) -> str:
    return text_of(engine.stream(ask(**changes)))  # type: ignore[arg-type]


# -- answers -----------------------------------------------------------------------------------------------------------


def test_an_answer_streams_in_pieces(server: FakeModelServer, engine: RemoteEngine) -> None:
    pieces = ["base-model:", " word0", " word1", " word2", " word3"]
    assert list(engine.stream(ask())) == [Token(piece) for piece in pieces]


def test_the_request_is_sent_with_its_parameters(server: FakeModelServer, engine: RemoteEngine) -> None:
    answer_of(engine, max_tokens=3, temperature=0.7, top_p=0.9, seed=5, stop=("\n\n",))
    (chat,) = server.chat_requests
    assert chat["messages"] == [{"role": "user", "content": "Why is the sky blue?"}]
    asked = {name: chat[name] for name in ("max_tokens", "temperature", "top_p", "seed", "stop", "stream")}
    assert asked == {
        "max_tokens": 3, "temperature": 0.7, "top_p": 0.9, "seed": 5, "stop": ["\n\n"], "stream": True,
    }  # fmt: skip


def test_info_names_the_serving_model(server: FakeModelServer, engine: RemoteEngine) -> None:
    info = engine.info()
    assert (info.model, info.quantization, info.state) == ("base-model", "remote", EngineState.READY)
    assert info.context_tokens == 2048


def test_tokens_are_counted_by_the_server(server: FakeModelServer, engine: RemoteEngine) -> None:
    assert engine.count_tokens([Message("user", "one two three")]) == 7


def test_an_old_server_counts_tokens_by_answering(server: FakeModelServer, engine: RemoteEngine) -> None:
    server.can_tokenize = False
    assert engine.count_tokens([Message("user", "one two three")]) == 7


def test_max_tokens_is_clipped_to_the_window(server: FakeModelServer, engine: RemoteEngine) -> None:
    answer_of(engine, max_tokens=1_000_000)
    assert server.chat_requests[-1]["max_tokens"] == 2048 - 9


def test_a_prompt_over_the_window_is_too_long(server: FakeModelServer, engine: RemoteEngine) -> None:
    with pytest.raises(PromptTooLong):
        answer_of(engine, text="word " * 3000, max_tokens=1000)


def test_an_empty_prompt_and_an_answer_of_no_tokens_are_refused(engine: RemoteEngine) -> None:
    with pytest.raises(InputRefused, match="empty"):
        answer_of(engine, text=" \n")
    with pytest.raises(InputRefused, match="at least 1"):
        answer_of(engine, max_tokens=0)


# Parts of role markers; `<|` and `|>` may come from two places and still join.
fragments = st.sampled_from(
    ["<|im_start|>", "<|", "|>", "im_end", "<s>", "[INST]", "<|eot_id|>", "<", " ", "assistant", "光"]
)


@given(st.lists(fragments, max_size=12).map("".join).filter(str.strip))
def test_learner_text_never_contains_a_role_marker(text: str) -> None:
    with FakeModelServer(answer_words=0) as server:
        answer_of(RemoteEngine(ModelServer(server.url)), text=text)
        sent = server.chat_requests[0]["messages"][0]["content"]
    assert not any(marker in sent for marker in ("<|im_start|>", "<|eot_id|>", "<|im_end|>", "<s>", "[INST]"))
    assert sent.replace(" ", "") == text.replace(" ", "")


# -- adapters ----------------------------------------------------------------------------------------------------------


def test_each_learner_gets_their_own_adapter(server: FakeModelServer, engine: RemoteEngine, adapter: Publish) -> None:
    mira, anna = adapter("mira-v1"), adapter("anna-v1")
    for ref in (mira, anna, mira):
        assert answer_of(engine, adapter=ref).startswith(f"{server_adapter_name(ref)}:")
    assert answer_of(engine).startswith("base-model:")
    assert server.adapter_calls == [("load", server_adapter_name(mira)), ("load", server_adapter_name(anna))]


def test_a_new_version_has_a_new_name_on_the_server(
    server: FakeModelServer, engine: RemoteEngine, adapter: Publish
) -> None:
    """Reloading under an old name makes vLLM answer from the old version's cache (vLLM issue 42125)."""
    first, second = adapter("mira-v1"), adapter("mira-v2")
    answer_of(engine, adapter=first)
    answer_of(engine, adapter=second)
    assert len({name for _what, name in server.adapter_calls}) == 2


def test_two_deployments_on_one_server_do_not_share_adapter_names() -> None:
    one, other = (AdapterRef("quiet-heron-v3", Path("/a"), sha * 32, "base") for sha in ("ab", "cd"))
    assert server_adapter_name(one) != server_adapter_name(other)


def test_sglang_uses_its_own_routes_and_model_names(adapter: Publish) -> None:
    ref = adapter("mira-v1")
    with FakeModelServer(vendor="sglang") as server:
        assert answer_of(RemoteEngine(ModelServer(server.url)), adapter=ref).startswith(
            f"base-model:{server_adapter_name(ref)}:"
        )


def test_an_adapter_whose_file_has_changed_is_never_used(
    server: FakeModelServer, engine: RemoteEngine, adapter: Publish
) -> None:
    ref = adapter("mira-v1")
    (ref.directory / "adapter_model.safetensors").write_bytes(b"other weights")
    with pytest.raises(AdapterNotLoaded, match="not the file that was published"):
        answer_of(engine, adapter=ref)
    assert not server.chat_requests, "the base model was asked instead"


def test_an_adapter_the_server_cannot_load_is_an_error_and_not_the_base(
    server: FakeModelServer, engine: RemoteEngine, adapter: Publish
) -> None:
    server.accepts_adapters = False
    with pytest.raises(AdapterNotLoaded, match="mira-v1"):
        answer_of(engine, adapter=adapter("mira-v1"))
    assert not server.chat_requests


def test_a_restarted_server_gets_the_adapter_again(
    server: FakeModelServer, engine: RemoteEngine, adapter: Publish
) -> None:
    ref = adapter("mira-v1")
    answer_of(engine, adapter=ref)
    server.adapters.clear()
    assert answer_of(engine, adapter=ref).startswith(server_adapter_name(ref))


def test_a_second_process_reuses_the_loaded_adapter(server: FakeModelServer, adapter: Publish) -> None:
    ref = adapter("mira-v1")
    for _process in range(2):
        assert answer_of(RemoteEngine(ModelServer(server.url)), adapter=ref).startswith(server_adapter_name(ref))
    assert server.adapter_calls == [("load", server_adapter_name(ref))]


def test_the_least_recently_used_adapter_is_unloaded(server: FakeModelServer, adapter: Publish) -> None:
    engine = RemoteEngine(ModelServer(server.url), max_adapters=2)
    one, two, three = (adapter(f"learner{n}-v1") for n in (1, 2, 3))
    for ref in (one, two, one, three):
        answer_of(engine, adapter=ref)
    assert set(server.adapters) == {server_adapter_name(one), server_adapter_name(three)}


def test_an_adapter_in_use_is_not_unloaded(server: FakeModelServer, adapter: Publish) -> None:
    engine = RemoteEngine(ModelServer(server.url), max_adapters=1)
    busy, other = adapter("busy-v1"), adapter("other-v1")
    answer = engine.stream(ask(adapter=busy))
    next(answer)
    answer_of(engine, adapter=other)
    assert server_adapter_name(busy) in server.adapters
    assert text_of(answer).endswith("word3")


def test_closing_the_engine_unloads_what_it_loaded(
    server: FakeModelServer, engine: RemoteEngine, adapter: Publish
) -> None:
    answer_of(engine, adapter=adapter("mira-v1"))
    engine.close()
    assert not server.adapters


# -- a server that misbehaves ------------------------------------------------------------------------------------------


def is_silent(_handler: Handler) -> None:
    time.sleep(3)


def goes_silent(handler: Handler) -> None:
    handler.begin_stream()
    handler.piece("half")
    time.sleep(3)


def disconnects(handler: Handler) -> None:
    handler.begin_stream()
    handler.piece("half")


def reports_an_error(handler: Handler) -> None:
    handler.begin_stream()
    handler.piece("half")
    handler.event({"error": {"message": "out of memory at question WHY IS THE SKY", "code": 500}})


def sends_invalid_json(handler: Handler) -> None:
    handler.begin_stream()
    handler.write(b"data: {half an obj\n\n")


def ends_without_finishing(handler: Handler) -> None:
    handler.begin_stream()
    handler.piece("half")
    handler.write(b"data: [DONE]\n\n")


def never_ends_its_line(handler: Handler) -> None:
    handler.begin_stream()
    handler.write(b"data: " + b"x" * (2**20 + 1))


def answers_500(handler: Handler) -> None:
    handler.reply(500, {"error": {"message": "Internal error at WHY IS THE SKY"}})


def answers_404(handler: Handler) -> None:
    handler.reply(404, {"error": {"message": "WHY IS THE SKY"}})


def is_not_http(handler: Handler) -> None:
    handler.write(b"SSH-2.0-OpenSSH_9.2\r\n")


faults = [
    is_silent, goes_silent, disconnects, reports_an_error, sends_invalid_json, ends_without_finishing,
    never_ends_its_line, answers_500, answers_404, is_not_http,
]  # fmt: skip


@pytest.mark.parametrize("fault", faults, ids=lambda fault: fault.__name__)
def test_a_server_fault_is_a_typed_error_and_the_next_request_works(
    fault: Callable[[Handler], None], server: FakeModelServer
) -> None:
    engine = RemoteEngine(ModelServer(server.url, read_timeout_s=0.4), max_concurrent=1)
    server.misbehave = fault
    started = time.monotonic()
    with pytest.raises(RemoteEngineFailed) as caught:
        answer_of(engine, text="WHY IS THE SKY BLUE")
    assert time.monotonic() - started < 2
    assert "SKY" not in str(caught.value), "an error must not quote what a learner wrote"
    server.misbehave = None
    assert answer_of(engine).startswith("base-model:"), "the slot was not freed"


@pytest.mark.parametrize("fault", faults, ids=lambda fault: fault.__name__)
def test_a_fault_of_one_request_does_not_affect_another(
    fault: Callable[[Handler], None], server: FakeModelServer
) -> None:
    engine = RemoteEngine(ModelServer(server.url, read_timeout_s=0.4))
    running = engine.stream(ask())
    first = next(running)
    server.misbehave = fault
    with pytest.raises(RemoteEngineFailed):
        answer_of(engine)
    assert text_of([first, *running]) == "base-model: word0 word1 word2 word3"


def test_an_abandoned_request_frees_its_slot(server: FakeModelServer) -> None:
    engine = RemoteEngine(ModelServer(server.url), max_concurrent=1)
    next(engine.stream(ask()))  # the generator is dropped
    assert answer_of(engine)


def test_the_time_limit_ends_a_slow_stream(server: FakeModelServer) -> None:
    server.answer_words, server.pause_s = 1000, 0.1
    engine = RemoteEngine(ModelServer(server.url))
    started = time.monotonic()
    with pytest.raises(GenerationTimeout):
        answer_of(engine, time_limit_s=0.5)
    assert time.monotonic() - started < 1


def test_the_time_limit_holds_for_a_silent_server(server: FakeModelServer) -> None:
    server.misbehave = goes_silent
    started = time.monotonic()
    with pytest.raises(GenerationTimeout):
        answer_of(RemoteEngine(ModelServer(server.url, read_timeout_s=60)), time_limit_s=0.5)
    assert time.monotonic() - started < 1


def test_closing_the_stream_closes_the_connection(server: FakeModelServer, engine: RemoteEngine) -> None:
    """vLLM stops generating when the client disconnects, which is how an answer is cancelled."""
    server.answer_words, server.pause_s = 10_000, 0.005
    answer = engine.stream(ask())
    next(answer)
    answer.close()
    assert server.client_disconnected.wait(2)


def test_an_unreachable_server_is_reported() -> None:
    engine = RemoteEngine(ModelServer("http://127.0.0.1:9"))
    assert engine.info().state is EngineState.FAILED
    with pytest.raises(EngineNotReady, match="cannot be reached"):
        answer_of(engine)


def test_a_recovered_server_is_used_again() -> None:
    with FakeModelServer() as server:
        engine = RemoteEngine(ModelServer(server.url), health_ttl_s=0)
        assert engine.info().state is EngineState.READY
    assert engine.info().state is EngineState.FAILED
    with FakeModelServer(port=server.port):
        assert answer_of(engine).startswith("base-model:")


def test_requests_over_the_limit_receive_their_queue_position(server: FakeModelServer) -> None:
    engine = RemoteEngine(ModelServer(server.url), max_concurrent=1)
    answer = engine.stream(ask())
    next(answer)
    with pytest.raises(EngineBusy, match="number 1"):
        answer_of(engine)
    answer.close()
    assert answer_of(engine)


# -- set-up -----------------------------------------------------------------------------------------------------------


def test_the_key_is_sent_and_never_shown(server: FakeModelServer) -> None:
    server.key = "secret-key"
    engine = open_remote(Settings(engine_url=f"{server.url}/v1", engine_key="secret-key"))
    assert answer_of(engine).startswith("base-model:")
    assert "secret-key" not in repr(ModelServer(server.url, "secret-key"))
    with pytest.raises(RemoteEngineFailed, match="401"):
        answer_of(RemoteEngine(ModelServer(server.url)))


@pytest.mark.parametrize("url", ["gpu:8000", "ftp://gpu", "http://", "http://me:pw@gpu:8000", "http://gpu/?key=1"])
def test_an_address_that_cannot_be_used_is_refused_at_once(url: str) -> None:
    with pytest.raises(SetupError, match="TUTOR_ENGINE_URL"):
        open_remote(Settings(engine_url=url))


# -- the size of the model ---------------------------------------------------------------------------------------------


def test_the_size_of_the_servers_model_is_read_from_its_name(server: FakeModelServer, engine: RemoteEngine) -> None:
    assert engine.info().parameters == 0
    server.base = "Qwen/Qwen2.5-7B-Instruct"
    assert RemoteEngine(ModelServer(server.url)).info().parameters == 7_000_000_000


def test_the_size_of_a_model_under_another_name_is_that_of_its_root(server: FakeModelServer) -> None:
    server.base, server.root = "tutor", "/models/Qwen2.5-7B-Instruct"
    assert RemoteEngine(ModelServer(server.url)).info().parameters == 7_000_000_000


def test_the_operator_may_set_the_size_of_the_servers_model(server: FakeModelServer) -> None:
    server.base = "tutor-1B"
    opened = open_remote(Settings(engine_url=server.url, engine_parameters_b=14))
    assert opened.info().parameters == 14_000_000_000
