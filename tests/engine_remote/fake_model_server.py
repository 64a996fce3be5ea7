"""A fake model server with real sockets and the routes of vLLM and SGLang, which can also misbehave on purpose.

An answer begins with the name of the model that was asked, so a test sees which adapter was used.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass
class FakeModelServer:
    """`misbehave` replaces a chat answer; it gets the handler and may write, sleep or disconnect."""

    vendor: str = "vllm"
    base: str = "base-model"
    root: str = ""  # what the base is named outside this server
    other_models: tuple[str, ...] = ()  # further base models of the same server
    context: int | None = 2048
    answer_words: int = 4
    pause_s: float = 0.0
    key: str | None = None
    can_tokenize: bool = True
    accepts_adapters: bool = True
    misbehave: Callable[[Handler], None] | None = None
    adapters: dict[str, str] = field(default_factory=dict)
    chat_requests: list[Json] = field(default_factory=list)
    adapter_calls: list[tuple[str, str]] = field(default_factory=list)  # ("load" | "unload", name) in order
    client_disconnected: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def __enter__(self) -> FakeModelServer:
        handler = type("BoundHandler", (Handler,), {"fake": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def model_of(self, asked: str) -> str | None:
        """Return the name of the model that answers; None when there is no such model."""
        adapter = asked.removeprefix(f"{self.base}:") if self.vendor == "sglang" else asked
        return asked if asked in (self.base, *self.other_models) or adapter in self.adapters else None


class Handler(BaseHTTPRequestHandler):
    fake: FakeModelServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_details: object) -> None:
        """Log nothing."""

    def do_GET(self) -> None:
        if self.path == "/health":
            self.reply(200, None)
        elif self.path == "/v1/models":
            base = {
                "id": self.fake.base,
                "owned_by": self.fake.vendor,
                "parent": None,
                "root": self.fake.root,
                "max_model_len": self.fake.context,
            }
            adapters = [{"id": name, "parent": self.fake.base, "root": at} for name, at in self.fake.adapters.items()]
            self.reply(
                200,
                {
                    "object": "list",
                    "data": [*adapters, base, *({**base, "id": name} for name in self.fake.other_models)],
                },
            )
        else:
            self.reply(404, {"detail": "Not Found"})

    def do_POST(self) -> None:
        body: Json = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.fake.key and self.headers.get("Authorization") != f"Bearer {self.fake.key}":
            return self.reply(401, {"error": "Unauthorized"})
        prefix = "" if self.fake.vendor == "sglang" else "/v1"
        routes = {
            f"{prefix}/load_lora_adapter": self.load,
            f"{prefix}/unload_lora_adapter": self.unload,
            "/v1/chat/completions": self.chat,
            "/tokenize": self.tokenize,
        }
        routes.get(self.path, lambda _body: self.reply(404, {"detail": "Not Found"}))(body)

    def load(self, body: Json) -> None:
        name = body["lora_name"]
        if not self.fake.accepts_adapters:
            return self.reply(400, {"error": {"message": f"no adapter at {body['lora_path']}"}})
        if name in self.fake.adapters:
            return self.reply(400, {"error": {"message": f"The lora adapter '{name}' has already been loaded."}})
        self.fake.adapters[name] = body["lora_path"]
        self.fake.adapter_calls.append(("load", name))
        self.reply(200, None)

    def unload(self, body: Json) -> None:
        known = self.fake.adapters.pop(body["lora_name"], None)
        self.fake.adapter_calls.append(("unload", body["lora_name"]))
        self.reply(200 if known else 404, None)

    def tokenize(self, body: Json) -> None:
        if not self.fake.can_tokenize:
            return self.reply(404, {"detail": "Not Found"})
        self.reply(200, {"count": count_tokens(body), "max_model_len": self.fake.context})

    def chat(self, body: Json) -> None:
        self.fake.chat_requests.append(body)
        model = self.fake.model_of(body["model"])
        if model is None:
            return self.reply(404, {"error": {"message": f"The model `{body['model']}` does not exist."}})
        if not body.get("stream"):
            return self.reply(200, {"usage": {"prompt_tokens": count_tokens(body)}})
        if self.fake.misbehave:
            self.close_connection = True
            return self.fake.misbehave(self)
        self.begin_stream()
        try:
            for piece in [f"{model}:", *(f" word{n}" for n in range(self.fake.answer_words))][: body["max_tokens"]]:
                self.piece(piece)
                time.sleep(self.fake.pause_s)
            self.event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
            self.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            self.fake.client_disconnected.set()

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def piece(self, text: str) -> None:
        self.event({"choices": [{"delta": {"content": text}, "finish_reason": None}]})

    def event(self, value: object) -> None:
        self.write(b"data: " + json.dumps(value).encode() + b"\n\n")

    def write(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def reply(self, status: int, value: Json | None) -> None:
        data = b"Success" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def count_tokens(body: Json) -> int:
    return sum(len(message["content"].split()) + 4 for message in body["messages"])
