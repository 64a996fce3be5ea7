"""Sign-in with a provider of accounts: the whole flow against one on this machine, and each way in which it may lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import rsa
from oidc_provider import CLIENT, SECRET, OidcProvider
from pydantic import SecretStr
from starlette.testclient import TestClient

from tutor.accounts import oidc
from tutor.accounts.oidc import OidcSignIn, Provider
from tutor.domain import Role
from tutor.errors import NotAllowed, SetupError
from tutor.platform.settings import Settings
from tutor.ui import static_pages
from tutor.ui.error_boundary import PERSON_KEY
from tutor.ui.http_routes import build_routes_app
from tutor.ui.oidc_routes import START_PATH


@pytest.fixture(scope="module")
def running() -> Iterator[OidcProvider]:
    opened = OidcProvider()
    yield opened
    opened.close()


@pytest.fixture
def provider(running: OidcProvider) -> OidcProvider:
    running.key, running.subject, running.told = running.published, "pupil-7", {}
    running.bend = lambda claims: claims
    running.calls.clear()
    return running


@pytest.fixture
def flow(provider: OidcProvider) -> OidcSignIn:
    return OidcSignIn(Provider(provider.issuer, CLIENT, SECRET), "http://tutor/oidc/callback")


def log_in(flow: OidcSignIn, provider: OidcProvider) -> str:
    state, url = flow.begin()
    back = provider.log_in(url)
    return flow.finish(back["state"], state, back["code"])


def test_the_subject_is_what_the_provider_signed_and_only_its_own_host_is_asked(flow, provider):
    assert log_in(flow, provider) == "pupil-7"
    found = "/.well-known/openid-configuration"
    assert provider.calls == [found, found, "/token", "/keys"]


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"nonce": "old"},
        {"exp": 1_000_000_000},
        {"iat": 4_000_000_000},
        {"sub": ""},
        {"sub": None},
        {"exp": None},
        {"nonce": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(flow, provider, lie):
    provider.bend = lambda claims: {name: value for name, value in (claims | lie).items() if value is not None}
    with pytest.raises(NotAllowed):
        log_in(flow, provider)


def test_a_token_that_another_key_signed_is_refused(flow, provider):
    provider.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(NotAllowed):
        log_in(flow, provider)


def test_a_state_is_good_once_in_the_browser_that_began_and_not_for_long(flow, provider, monkeypatch):
    state, url = flow.begin()
    back = provider.log_in(url)
    for browser in ("", "another", "ü"):
        with pytest.raises(NotAllowed):
            flow.finish(back["state"], browser, back["code"])
    assert flow.finish(back["state"], state, back["code"]) == "pupil-7"
    with pytest.raises(NotAllowed):
        flow.finish(back["state"], state, back["code"])
    state, url = flow.begin()
    monkeypatch.setattr(oidc, "PENDING_S", -1.0)
    with pytest.raises(NotAllowed):
        flow.finish(state, state, provider.log_in(url)["code"])


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "issuer"])
def test_no_host_but_the_issuers_is_contacted_or_shown(flow, provider, name):
    provider.told = {name: "http://169.254.169.254/latest"}
    with pytest.raises(NotAllowed):
        flow.begin()


def test_an_unreachable_or_odd_provider_is_a_sentence(provider):
    for issuer in ("http://127.0.0.1:9", f"{provider.issuer}/nothing"):
        with pytest.raises(NotAllowed, match="try again later"):
            OidcSignIn(Provider(issuer, CLIENT, SECRET), "http://tutor/oidc/callback").begin()


@pytest.mark.parametrize("issuer", ["http://id.example.org", "ftp://x", "https://a@b", "https://x?y=1", "x"])
def test_an_issuer_without_tls_or_with_more_than_an_address_is_refused(issuer):
    with pytest.raises(SetupError):
        Provider(issuer, CLIENT, SECRET)


def test_a_part_of_the_settings_is_refused_and_without_them_it_is_off():
    assert not Settings().oidc_is_on
    with pytest.raises(SetupError, match="or none"):
        _ = Settings(oidc_issuer="https://id.example.org").oidc_is_on
    assert START_PATH not in static_pages.render_welcome("en")
    assert START_PATH in static_pages.render_welcome("zh", sign_in_path=START_PATH)


class Visitors:
    """Our routes, as visitors call them."""

    def __init__(self, services: Any) -> None:
        self._routes = build_routes_app(services)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._routes({**scope, PERSON_KEY: None}, receive, send)


def test_a_pupil_signs_in_twice_to_one_account_that_keeps_nothing_of_the_provider_but_a_keyed_hash(services, provider):
    given = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SecretStr(SECRET),
        "public_url": "http://testserver",
    }
    app = Visitors(replace(services, settings=services.settings.model_copy(update=given)))
    people = []
    for subject in ("pupil-7", "pupil-7", "pupil-8"):
        provider.subject = subject
        client = TestClient(app, follow_redirects=False)
        gone = client.get("/oidc/start")
        assert gone.status_code == 303 and gone.headers["location"].startswith(f"{provider.issuer}/authorize?")
        assert "httponly" in gone.headers["set-cookie"].lower()
        back = client.get("/oidc/callback", params=provider.log_in(gone.headers["location"]))
        assert back.status_code == 303
        people.append(services.accounts.person_for_session(client.cookies["tutor_session"]))
    assert people[0] == people[1] != people[2]
    assert (people[0].role, people[0].guest, people[0].display_name) == (Role.LEARNER, False, "")
    with services.database.read_connection() as connection:
        stored = str(connection.execute(sa.text("SELECT * FROM identities, people")).all())
    assert "pupil-" not in stored and "mira" not in stored
    other = TestClient(app, follow_redirects=False)
    assert other.get("/oidc/callback", params=provider.log_in(gone.headers["location"])).status_code == 403


def test_the_account_is_linked_by_issuer_and_subject_and_erased_with_its_person(services):
    first, _ = services.accounts.sign_in_with_identity("https://a.example", "1")
    assert services.accounts.sign_in_with_identity("https://b.example", "1")[0] != first
    assert services.accounts.sign_in_with_identity("https://a.example", "1")[0] == first
    services.rights.erasure.erase(first.id)
    assert services.accounts.sign_in_with_identity("https://a.example", "1")[0] != first
