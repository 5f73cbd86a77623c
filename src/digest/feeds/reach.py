"""Says which network addresses a fetch may reach: the public internet, and what the operator allows.

The rule is applied to the address that is about to be connected to, so a name that changes its mind
between the look-up and the connection gains nothing.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Allow = tuple[IPv4Network | IPv6Network, ...]
"""Networks that fetches may reach although they are not public."""

# IANA's special-purpose address registries (RFC 6890 and its updates), and one cloud's metadata host.
_CLOSED_V4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "a private address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a carrier's private address"),
        ("127.0.0.0/8", "a private address"),
        ("168.63.129.16/32", "a cloud's metadata address"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "a documentation address"),
        ("192.88.99.0/24", "a reserved address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a test network's address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)
_CLOSED_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), name)
    for network, name in (
        ("::/127", "a private address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("ff00::/8", "a multicast address"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "a documentation address"),
        ("2002::/16", "a 6to4 address"),
        ("3fff::/20", "a documentation address"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def refusal(address: str, allow: Allow = ()) -> str:
    """Say in words why this IP address may not be connected to; the empty string when it may.

    Addresses that carry an IPv4 address inside (IPv4-mapped, NAT64) are judged by what they carry; 6to4 and
    Teredo are refused, since nothing public answers there any more.

    Args:
        address: an IPv4 or IPv6 address, as a socket gives it (a zone after `%` is ignored).
        allow: networks the operator permits.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return f"is no address that can be connected to ({address})"
    inner = _carried(ip)
    if any(_within(one, network) for one in (ip, inner) for network in allow):
        return ""
    kind = _closed(inner)
    return f"is {kind} ({address}); DIGEST_ALLOW_PRIVATE={inner} would permit it" if kind else ""


def _carried(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address inside an IPv4-mapped or NAT64 address (RFC 4291, RFC 6052), else the address itself."""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def _within(ip: IPv4Address | IPv6Address, network: IPv4Network | IPv6Network) -> bool:
    """Say whether an address lies in a network of its own family."""
    return ip.version == network.version and ip in network


def _closed(ip: IPv4Address | IPv6Address) -> str:
    """Name the closed range an address lies in; empty for a public address."""
    if isinstance(ip, IPv4Address):
        return next((name for network, name in _CLOSED_V4 if ip in network), "")
    named = next((name for network, name in _CLOSED_V6 if ip in network), "")
    return named or ("" if ip in _GLOBAL_V6 else "a reserved address")
