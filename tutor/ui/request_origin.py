"""Where a request comes from and where it goes: the client's address, and whether its Host is one of ours.

A Host that is not ours is refused, so that another name that points to this server (DNS rebinding) cannot use it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from tutor.platform.settings import Settings

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
WILDCARDS = frozenset({"0.0.0.0", "::"})
IPV6_CLIENT_PREFIX = 64  # what a provider gives to one household


class AllowedHosts:
    """The host names that this server answers to.

    They are those of the public URL, of the address that it listens on, of this machine, of the settings, and on a
    Hugging Face Space the Space's. A server that listens on all addresses also answers to each of its addresses: a
    number cannot be pointed elsewhere as a name can.
    """

    def __init__(self, settings: Settings, environment: Mapping[str, str]) -> None:
        names = {urlsplit(settings.url).hostname or "", settings.host, *settings.hosts.split(",")}
        if "SPACE_ID" in environment:
            names |= {environment.get("SPACE_HOST", ""), ".hf.space"}
        self._names = LOCAL_NAMES | {name.strip().lower() for name in names} - {"", *WILDCARDS}
        self._takes_addresses = settings.host in WILDCARDS

    def has(self, host: str) -> bool:
        """Whether a Host header, with or without a port, is one of ours."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if "*" in self._names or name in self._names:
            return bool(name)
        if any(one.startswith(".") and name.endswith(one) for one in self._names):
            return True
        return self._takes_addresses and _parse_address(name) is not None


def client_address(scope: Scope, *, behind_proxy: bool) -> str:
    """Return the address of the client, of IPv6 the network.

    Behind a proxy it is the last public address that was added to X-Forwarded-For: what stands before it, the client
    may have written itself.
    """
    address = (scope.get("client") or ("", 0))[0]
    if behind_proxy:
        hops = [_parse_address(hop.strip()) for hop in Headers(scope=scope).get("x-forwarded-for", "").split(",")]
        known = [hop for hop in hops if hop is not None]
        public = [hop for hop in known if hop.is_global]
        address = str((public or known[-1:])[-1]) if known else address
    parsed = _parse_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, IPV6_CLIENT_PREFIX), strict=False))
    return address


def _parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
