"""HTTP client for model servers: JSON calls and event streams, with a deadline on every read and typed errors.

Uses the standard library's client, where the socket timeout can be set before each read. Error messages never quote a
reply in full, since servers echo what people wrote.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tutor.errors import GenerationTimeout, RemoteEngineFailed, SetupError

Json = dict[str, Any]
MAX_LINE_BYTES = 2**20
MAX_REPLY_BYTES = 2**24


class ServerTimeout(RemoteEngineFailed):
    """The server accepted the connection and then sent nothing for too long."""


class ServerHttpError(RemoteEngineFailed):
    """The server answered with a status other than 2xx; `reason` is the server's short message."""

    def __init__(self, server: str, path: str, status: int, reason: str) -> None:
        super().__init__(f"the model server {server} refused {path} with HTTP {status}; see its log")
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ModelServer:
    """Address and timeouts of a model server; `read_timeout_s` is the longest pause allowed in a stream."""

    url: str
    api_key: str | None = field(default=None, repr=False)
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 60.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
            raise SetupError("TUTOR_ENGINE_URL must look like http://host:8000; put the key into TUTOR_ENGINE_KEY")

    def call(self, method: str, path: str, body: Json | None = None, *, timeout_s: float = 10.0) -> Json:
        """Return the JSON object of the reply, {} if it has none. Raises ServerHttpError, RemoteEngineFailed."""
        with self._open_response(method, path, body, time.monotonic() + timeout_s) as (response, _wait):
            try:
                value = json.loads(response.read(MAX_REPLY_BYTES) or b"{}")
            except ValueError:  # vLLM answers some calls with plain text or nothing
                return {}
        return value if isinstance(value, dict) else {}

    def stream_events(self, path: str, body: Json, *, timeout_s: float) -> Generator[Json, None, None]:
        """Yield the objects of a server-sent event stream up to [DONE]; closing the generator closes the connection.

        Raises GenerationTimeout after `timeout_s`, and RemoteEngineFailed when the server goes silent or disconnects.
        """
        deadline = time.monotonic() + timeout_s
        try:
            with self._open_response("POST", path, body, deadline) as (response, wait):
                while (data := self._data_line(response, wait)) != b"[DONE]":
                    if data is not None:
                        yield self._parse_event(data)
        except ServerTimeout as silent:
            if time.monotonic() < deadline:
                raise
            raise GenerationTimeout(
                f"the answer took longer than {timeout_s:g} s and was stopped; ask again"
            ) from silent

    def _data_line(self, response: http.client.HTTPResponse, wait: ReadDeadline) -> bytes | None:
        """Read one line; return what follows `data:`, or None for empty lines, comments and other fields."""
        wait()
        line = response.readline(MAX_LINE_BYTES)
        if not line:
            raise RemoteEngineFailed(f"the model server {self.url} disconnected in the middle of an answer; ask again")
        if not line.endswith(b"\n"):
            raise RemoteEngineFailed(
                f"the model server {self.url} disconnected, or sent a line of more than {MAX_LINE_BYTES} bytes"
            )
        return line[5:].strip() if line.startswith(b"data:") else None

    def _parse_event(self, data: bytes) -> Json:
        try:
            event = json.loads(data)
        except ValueError as error:
            raise RemoteEngineFailed(f"the model server {self.url} sent an event that is not JSON") from error
        if not isinstance(event, dict) or "error" in event:
            raise RemoteEngineFailed(f"the model server {self.url} failed in the middle of an answer; see its log")
        return event

    @contextmanager
    def _open_response(
        self, method: str, path: str, body: Json | None, deadline: float
    ) -> Iterator[tuple[http.client.HTTPResponse, ReadDeadline]]:
        """Send a request; yield the response and the function to call before each read."""
        connection = self._connection()
        try:
            connection.connect()
            wait = ReadDeadline(connection.sock, deadline, self.read_timeout_s)
            wait()
            connection.request(method, self._path(path), None if body is None else json.dumps(body), self._headers())
            with connection.getresponse() as response:
                wait()
                if not 200 <= response.status < 300:
                    raise ServerHttpError(
                        self.url, path, response.status, _error_message(response.read(MAX_REPLY_BYTES))
                    )
                yield response, wait
        except TimeoutError as error:
            raise ServerTimeout(
                f"the model server {self.url} does not answer {path}; check that it is running"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise RemoteEngineFailed(
                f"the model server {self.url} cannot be reached or disconnected; check that it is running"
            ) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, parts.port, timeout=self.connect_timeout_s, context=context)
        return http.client.HTTPConnection(host, parts.port, timeout=self.connect_timeout_s)

    def _path(self, path: str) -> str:
        return urlsplit(self.url).path.rstrip("/").removesuffix("/v1") + path

    def _headers(self) -> Mapping[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        return {**headers, "Authorization": f"Bearer {self.api_key}"} if self.api_key else headers


@dataclass(frozen=True, slots=True)
class ReadDeadline:
    """Called before each read: limits it to the deadline and to `read_timeout_s`. Raises TimeoutError."""

    sock: socket.socket
    deadline: float
    read_timeout_s: float

    def __call__(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(min(left, self.read_timeout_s))


def _error_message(body: bytes) -> str:
    """Return the message of an OpenAI-style error, at most 300 characters; "" if there is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(value, dict):
        return ""
    error = value.get("error", value)
    message = error.get("message") or error.get("error_message") if isinstance(error, dict) else error
    return str(message or "")[:300]
