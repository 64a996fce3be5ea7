"""The remote engine with a real vLLM on this machine's CPU: `make test-vllm` installs it and runs these tests.

The model is the bundled one; the adapters are random and strong enough to change every answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest
from safetensors.numpy import save_file

from tutor.engine.base import AdapterRef, EngineState, GenerationRequest, Message, text_of
from tutor.engine.chat_template import ChatTemplate
from tutor.engine.http_client import ModelServer
from tutor.engine.model_files import ModelFiles, resolve_model_files
from tutor.engine.remote import RemoteEngine
from tutor.engine.server_adapters import server_adapter_name
from tutor.errors import AdapterNotLoaded, PromptTooLong

VLLM = Path(os.environ.get("TUTOR_TEST_VLLM", Path(__file__).parents[2] / ".venv-vllm/bin/vllm"))
WINDOW = 1024
SERVE = (
    "--served-model-name", "smol", "--host", "127.0.0.1", "--dtype", "bfloat16", "--max-model-len", str(WINDOW),
    "--max-num-seqs", "4", "--enforce-eager", "--enable-lora", "--max-lora-rank", "8", "--max-loras", "2",
    "--max-cpu-loras", "4",
)  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.real,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not VLLM.exists(), reason="needs vLLM in a separate venv: `make test-vllm`"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelFiles:
    return resolve_model_files("bundled", tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def url(model: ModelFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1"}
    environment = {**os.environ, **quiet, "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True"}
    log = tmp_path_factory.mktemp("vllm") / "log"
    command = [str(VLLM), "serve", str(model.directory), "--port", str(port), *SERVE]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_for(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    engine = RemoteEngine(ModelServer(url), health_ttl_s=0)
    deadline = time.monotonic() + 400
    while engine.info().state is not EngineState.READY:
        assert process.poll() is None, f"vLLM exited: {log.read_text(errors='replace')[-2000:]}"
        assert time.monotonic() < deadline, "vLLM did not start within 400 s"
        time.sleep(1)


@pytest.fixture
def engine(url: str) -> Iterator[RemoteEngine]:
    engine = RemoteEngine(ModelServer(url))
    yield engine
    engine.close()


def publish(directory: Path, name: str, seed: int, model: ModelFiles) -> AdapterRef:
    """Write a random rank-4 adapter of the query and value projections, in PEFT's format."""
    shape = json.loads((model.directory / "config.json").read_text())
    hidden, head = shape["hidden_size"], shape["hidden_size"] // shape["num_attention_heads"]
    outputs = {"q_proj": hidden, "v_proj": head * shape["num_key_value_heads"]}
    draw = np.random.default_rng(seed)
    tensors = {}
    for layer in range(shape["num_hidden_layers"]):
        for target, size in outputs.items():
            prefix = f"base_model.model.model.layers.{layer}.self_attn.{target}"
            tensors[f"{prefix}.lora_A.weight"] = draw.normal(0, 0.2, (4, hidden)).astype(np.float32)
            tensors[f"{prefix}.lora_B.weight"] = draw.normal(0, 0.2, (size, 4)).astype(np.float32)
    folder = directory / name
    folder.mkdir()
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 4, "lora_alpha": 8, "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps({**config, "target_modules": sorted(outputs)}))
    return _ref(name, folder)


def _ref(name: str, folder: Path) -> AdapterRef:
    return AdapterRef(name, folder, hashlib.sha256((folder / "adapter_model.safetensors").read_bytes()).hexdigest(), "")


def ask(
    engine: RemoteEngine, adapter: AdapterRef | None = None, text: str = "Why is the sky blue?", n: int = 12
) -> str:
    messages = (Message("user", text),)
    return text_of(engine.stream(GenerationRequest(messages, "mira", adapter=adapter, max_tokens=n)))


def test_vllm_answers_and_names_its_model(engine: RemoteEngine) -> None:
    assert ask(engine) == ask(engine) != ""
    info = engine.info()
    assert (info.model, info.state, info.context_tokens) == ("smol", EngineState.READY, WINDOW)


def test_vllm_counts_prompt_tokens(engine: RemoteEngine, model: ModelFiles) -> None:
    from transformers import AutoTokenizer

    messages = [Message("system", "Answer briefly."), Message("user", "What is 光合作用?")]
    ours = ChatTemplate(AutoTokenizer.from_pretrained(model.directory)).encode(messages)
    assert engine.count_tokens(messages) == len(ours)


def test_each_learner_has_their_own_adapter_and_the_base_is_unchanged(
    engine: RemoteEngine, model: ModelFiles, tmp_path: Path
) -> None:
    base = ask(engine)
    mira, anna = publish(tmp_path, "mira-v1", 1, model), publish(tmp_path, "anna-v1", 2, model)
    answers = [ask(engine, mira), ask(engine, anna)]
    assert len({base, *answers}) == 3
    assert [ask(engine, mira), ask(engine, anna), ask(engine)] == [*answers, base]


def test_a_new_version_answers_from_its_own_weights(engine: RemoteEngine, model: ModelFiles, tmp_path: Path) -> None:
    first, second = publish(tmp_path, "mira-v1", 3, model), publish(tmp_path, "mira-v2", 4, model)
    assert ask(engine, first) != ask(engine, second)


def test_an_invalid_adapter_is_an_error_and_the_server_continues(engine: RemoteEngine, tmp_path: Path) -> None:
    folder = tmp_path / "broken-v1"
    folder.mkdir()
    (folder / "adapter_model.safetensors").write_bytes(b"not a tensor")
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(AdapterNotLoaded, match="broken-v1"):
        ask(engine, _ref("broken-v1", folder))
    assert ask(engine)


def test_an_adapter_missing_in_vllm_is_reloaded(
    engine: RemoteEngine, url: str, model: ModelFiles, tmp_path: Path
) -> None:
    ref = publish(tmp_path, "mira-v1", 5, model)
    before = ask(engine, ref)
    ModelServer(url).call("POST", "/v1/unload_lora_adapter", {"lora_name": server_adapter_name(ref)})
    assert ask(engine, ref) == before


def test_the_number_of_loaded_adapters_is_bounded(url: str, model: ModelFiles, tmp_path: Path) -> None:
    engine = RemoteEngine(ModelServer(url), max_adapters=1)
    refs = [publish(tmp_path, f"learner{n}-v1", 10 + n, model) for n in range(3)]
    for ref in refs:
        ask(engine, ref, n=1)
    listed = {entry["id"] for entry in ModelServer(url).call("GET", "/v1/models")["data"]}
    assert listed == {"smol", server_adapter_name(refs[-1])}
    engine.close()


def test_disconnecting_stops_the_generation(engine: RemoteEngine, url: str) -> None:
    answer = engine.stream(GenerationRequest((Message("user", "Count to a thousand."),), "mira", max_tokens=250))
    next(answer)
    assert _running(url) == 1
    answer.close()
    deadline = time.monotonic() + 5
    while _running(url) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _running(url) == 0


def _running(url: str) -> float:
    with urlopen(f"{url}/metrics", timeout=10) as reply:
        lines = reply.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("vllm:num_requests_running{"))


def test_a_prompt_over_the_window_is_refused_and_max_tokens_is_clipped(engine: RemoteEngine) -> None:
    with pytest.raises(PromptTooLong):
        ask(engine, text="word " * 2 * WINDOW)
    stream = engine.stream(GenerationRequest((Message("user", "Say hello."),), "mira", max_tokens=10**6))
    assert next(stream)
    stream.close()
