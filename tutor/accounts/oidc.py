"""Sign-in with an OpenID Connect provider: the code flow with PKCE, state and nonce, and the check of the ID token.

Only the issuer's own host is ever contacted, over TLS unless it is this machine. Of the token only the subject is used:
no name, no address.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import jwt

from tutor.errors import NotAllowed, SetupError

ALGORITHMS = ("RS256", "PS256", "ES256")  # none of them with a shared secret
MAX_REPLY_BYTES = 2**18
TIMEOUT_S = 10.0
PENDING_S = 600.0  # how long somebody may take at the provider
MAX_PENDING = 5_000
LEEWAY_S = 60  # between the two clocks
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider of the settings."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not is_safe or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise SetupError("TUTOR_OIDC_ISSUER must look like https://id.example.org")


@dataclass(frozen=True, slots=True)
class _Pending:
    """A sign-in that somebody began: what only this server knows of it."""

    nonce: str
    verifier: str
    begun: float


@dataclass(slots=True)
class OidcSignIn:
    """Begins and finishes sign-ins at one provider."""

    provider: Provider
    redirect_uri: str
    _pending: OrderedDict[str, _Pending] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> tuple[str, str]:
        """Return (state, address of the provider to go to); the browser must bring the state back.

        Raises NotAllowed where the provider cannot be reached.
        """
        endpoint = self._discover()["authorization_endpoint"]
        state, pending = (
            secrets.token_urlsafe(32),
            _Pending(secrets.token_urlsafe(32), secrets.token_urlsafe(48), time.monotonic()),
        )
        with self._lock:
            self._pending[state] = pending
            while len(self._pending) > MAX_PENDING:
                self._pending.popitem(last=False)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(pending.verifier.encode()).digest()).rstrip(b"=").decode()
        query = urlencode(
            {
                "response_type": "code",
                "scope": "openid",
                "client_id": self.provider.client_id,
                "redirect_uri": self.redirect_uri,
                "state": state,
                "nonce": pending.nonce,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            }
        )
        return state, f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"

    def finish(self, state: str, browser_state: str, code: str) -> str:
        """Return the subject that the provider vouches for. A state is good once, in the browser that began with it.

        Raises NotAllowed.
        """
        with self._lock:
            pending = (
                self._pending.pop(state, None)
                if secrets.compare_digest(state.encode(), browser_state.encode())
                else None
            )
        if pending is None or time.monotonic() - pending.begun > PENDING_S or not code:
            raise _refused()
        endpoints = self._discover()
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": pending.verifier,
        }
        token = self._call(endpoints["token_endpoint"], body).get("id_token")
        if not isinstance(token, str):
            raise _refused()
        return self._subject(token, pending.nonce, self._call(endpoints["jwks_uri"]))

    def _subject(self, token: str, nonce: str, keys: Mapping[str, Any]) -> str:
        """Return the subject of an ID token whose signature, issuer, audience, times and nonce are right."""
        try:
            header = jwt.get_unverified_header(token)
            known = [key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if key.key_id == header.get("kid")]
            claims = jwt.decode(
                token,
                known[0].key,
                algorithms=list(ALGORITHMS),
                audience=self.provider.client_id,
                issuer=self.provider.issuer,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except (jwt.PyJWTError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise _refused() from error
        party = claims.get("azp", self.provider.client_id)
        is_ours = party == self.provider.client_id and secrets.compare_digest(
            str(claims.get("nonce", "")).encode(), nonce.encode()
        )
        subject = claims["sub"]
        if not is_ours or not isinstance(subject, str) or not subject:
            raise _refused()
        return subject

    def _discover(self) -> dict[str, str]:
        """Return the provider's endpoints, all at the issuer's own host."""
        issuer = self.provider.issuer
        told = self._call(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        found = {name: str(told.get(name, "")) for name in names}
        if told.get("issuer") != issuer or not all(self._is_at_issuer(url) for url in found.values()):
            raise _unavailable()
        return found

    def _is_at_issuer(self, url: str) -> bool:
        one, other = urlsplit(url), urlsplit(self.provider.issuer)
        return (one.scheme, one.netloc) == (other.scheme, other.netloc)

    def _call(self, url: str, form: Mapping[str, str] | None = None) -> Json:
        """Return the JSON object at an address of the issuer; redirects are not followed. Raises NotAllowed."""
        parts = urlsplit(url)
        headers = {"accept": "application/json"}
        if form is not None:
            pair = f"{quote_plus(self.provider.client_id)}:{quote_plus(self.provider.client_secret)}"
            headers |= {
                "authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
                "content-type": "application/x-www-form-urlencoded",
            }
        host, port = str(parts.hostname), parts.port
        connection = (
            http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        )
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        try:
            connection.request("GET" if form is None else "POST", path, urlencode(form) if form else None, headers)
            response = connection.getresponse()
            value = json.loads(response.read(MAX_REPLY_BYTES)) if response.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _unavailable() from error
        finally:
            connection.close()
        if not isinstance(value, dict):
            raise _unavailable()
        return value


def _refused() -> NotAllowed:
    return NotAllowed("the sign-in was not finished or took too long; please begin again", key="oidc_refused")


def _unavailable() -> NotAllowed:
    return NotAllowed("the sign-in service cannot be used now; please try again later", key="oidc_unavailable")
