"""Which Host headers are ours, and whose address a request has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tutor.platform.settings import Settings
from tutor.ui.request_origin import AllowedHosts, client_address

SPACE = {"SPACE_ID": "ada/tutor", "SPACE_HOST": "ada-tutor.hf.space"}


def settings(**chosen: Any) -> Settings:
    return Settings(data_dir=Path("unused"), **chosen)


@pytest.mark.parametrize(
    ("chosen", "environment", "hosts"),
    [
        ({}, {}, ["127.0.0.1:7860", "localhost:7860", "LOCALHOST", "[::1]:7860"]),
        ({"public_url": "https://tutor.school.example"}, {}, ["tutor.school.example", "Tutor.School.Example:443"]),
        ({"hosts": "tutor.lan, tutor2.lan"}, {}, ["tutor.lan", "tutor2.lan:7860"]),
        ({"host": "0.0.0.0"}, {}, ["192.168.1.20:7860", "[fd00::5]:7860", "localhost"]),
        ({"host": "0.0.0.0"}, SPACE, ["ada-tutor.hf.space", "ada-tutor--abc.hf.space", "10.1.2.3:7860"]),
        ({"hosts": "*"}, {}, ["anything.example"]),
    ],
)
def test_our_own_hosts_are_answered(chosen: Any, environment: Any, hosts: list[str]):
    allowed = AllowedHosts(settings(**chosen), environment)
    assert [host for host in hosts if not allowed.has(host)] == []


@pytest.mark.parametrize("chosen", [{}, {"host": "0.0.0.0"}, {"public_url": "https://tutor.school.example"}])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7860",
        "localhost.evil.example",
        "tutor.school.example.evil.example",
        "evil-hf.space",
        "ada-tutor.hf.space",
        "",
        "[",
        "a@evil.example",
        "localhost@evil.example",
        "evil.example/localhost",
    ],
)
def test_other_hosts_are_refused(chosen: Any, host: str):
    assert not AllowedHosts(settings(**chosen), {}).has(host)


def test_a_server_of_one_address_does_not_answer_to_others():
    assert not AllowedHosts(settings(host="192.168.1.20"), {}).has("192.168.1.21:7860")


def scope(peer: str, forwarded: str = "") -> dict[str, Any]:
    return {"type": "http", "client": (peer, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}


@pytest.mark.parametrize(
    ("peer", "forwarded", "behind_proxy", "expected"),
    [
        ("203.0.113.9", "8.8.8.8", False, "203.0.113.9"),
        ("10.0.0.1", "8.8.8.8", True, "8.8.8.8"),
        ("10.0.0.1", "1.1.1.1, 8.8.8.8, 10.0.0.7", True, "8.8.8.8"),  # the client wrote the first itself
        ("10.0.0.1", "192.168.1.4", True, "192.168.1.4"),
        ("10.0.0.1", "nonsense", True, "10.0.0.1"),
        ("10.0.0.1", "", True, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", False, "2001:db8:1:2::/64"),
    ],
)
def test_the_address_is_the_one_that_the_client_cannot_choose(
    peer: str, forwarded: str, behind_proxy: bool, expected: str
):
    assert client_address(scope(peer, forwarded), behind_proxy=behind_proxy) == expected
