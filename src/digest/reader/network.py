"""Says from which network a request came, and believes in that nobody but the proxies the newsroom has named."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from django.http import HttpRequest

from digest.audience.proxied import FAR

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NEAR = tuple(
    ipaddress.ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
)
_FARTHEST = 20
"""Entries of X-Forwarded-For that are looked at, from the near end."""


def network(request: HttpRequest, proxies: Sequence[str]) -> str:
    """The network a request came from: its /24 or /48 (RFC 4291), which tells households apart and no person.

    Args:
        request: the request.
        proxies: `site.proxies`: only what they say in X-Forwarded-For is believed.

    Returns:
        Such as "192.0.2.0/24"; empty when it cannot be told, for then all requests seem to come from here.
    """
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    if peer is None:
        return ""
    trusted = _networks(proxies)
    said = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if not _within(peer, trusted):
        return "" if _within(peer, _NEAR) else cut(peer)
    # From the near end: what stands before the first one that is no proxy of ours, anybody can write.
    for entry in reversed(said.split(",")[-_FARTHEST:]):
        found = _address(entry.strip())
        if found is None:
            return ""
        if not _within(found, trusted):
            return cut(found)
    return ""


def standing(request: HttpRequest, proxies: Sequence[str]) -> str:
    """Where whoever speaks to us stands, unless it is a named proxy: the private network, or `FAR`.

    Empty for a named proxy, and where it cannot be told.
    """
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    if peer is None or _within(peer, _networks(proxies)):
        return ""
    return next((str(near) for near in _NEAR if _within(peer, [near])), FAR)


def cut(address: Address) -> str:
    """The network of an address: the first 24 bits, or 48 of IPv6."""
    bits = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def _address(text: str) -> Address | None:
    """An address without port and zone; one of IPv4 written as IPv6 (RFC 4291, 2.5.5.2) is IPv4."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _networks(texts: Sequence[str]) -> list[Network]:
    return [ipaddress.ip_network(text, strict=False) for text in texts]


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in each for each in networks if each.version == address.version)
