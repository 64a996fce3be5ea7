"""A small OpenID Connect provider on this machine, whose answers a test can bend."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "tutor", "correct horse"


class OidcProvider:
    """Signs tokens for `subject`; `bend` changes claims, `told` the discovery document, `key` what signs."""

    def __init__(self) -> None:
        self.key = self.published = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.subject, self.calls, self.challenges = "pupil-7", [], {}  # type: ignore[var-annotated]
        self.bend: Callable[[dict[str, Any]], Any] = lambda claims: claims
        self.told: dict[str, Any] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                provider.answer(self, {name: value[0] for name, value in parse_qs(body).items()})

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        self.calls.append(request.path)
        value = {"/.well-known/openid-configuration": self._document, "/token": lambda: self._token(request, form)}
        value["/keys"] = self._keys
        data = json.dumps(value.get(request.path, lambda: None)()).encode()
        request.send_response(200)
        request.send_header("content-length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def log_in(self, url: str) -> dict[str, str]:
        """Do what the provider's own page does after a password: return what the browser is sent back with."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(url).query).items()}
        assert asked["client_id"] == CLIENT and asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.challenges)}"
        self.challenges[code] = asked
        return {"code": code, "state": asked["state"]}

    def _document(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer} | {name: f"{self.issuer}/{at}" for name, at in places.items()} | self.told

    def _token(self, request: BaseHTTPRequestHandler, form: dict[str, str]) -> dict[str, Any]:
        given = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        asked = self.challenges.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if given != f"{CLIENT}:{SECRET.replace(' ', '+')}" or not asked or asked["code_challenge"] != challenge:
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300}
        bent = self.bend(claims | {"nonce": asked["nonce"], "email": "mira@example.org"})
        return {"id_token": jwt.encode(bent, self.key, algorithm="RS256", headers={"kid": "k1"})}

    def _keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.published.public_key()))
        return {"keys": [public | {"kid": "k1", "use": "sig"}]}
