"""Which addresses are public."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.reach import refusal

CLOSED = [
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.100.100.200", "0.0.0.0", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.0.0.192", "168.63.129.16", "192.88.99.1",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "fe80::1%eth0",
    "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1",
    "3fff::1", "100::1", "5f00::1", "not an address",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::5", "::ffff:8.8.8.8",
          "64:ff9b::8.8.8.8"]  # fmt: skip


@pytest.mark.parametrize("address", CLOSED)
def test_closed(address):
    assert address in refusal(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address):
    assert refusal(address) == ""


def test_the_operator_can_open_a_network_and_no_more():
    allow = (ip_network("10.1.0.0/16"), ip_network("::1/128"))
    assert refusal("10.1.2.3", allow) == ""
    assert refusal("::ffff:10.1.2.3", allow) == ""
    assert refusal("::1", allow) == ""
    assert refusal("10.2.0.1", allow)
    assert refusal("127.0.0.1", allow)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(address: IPv4Address):
    mapped, translated = IPv6Address(f"::ffff:{address}"), IPv6Address(f"64:ff9b::{address}")
    assert bool(refusal(str(address))) == bool(refusal(str(mapped))) == bool(refusal(str(translated)))


@given(st.ip_addresses())
def test_nothing_public_is_private_to_the_standard_library(address):
    if not refusal(str(address)) and address not in ip_network(
        "64:ff9b::/96" if address.version == 6 else "0.0.0.0/32"
    ):
        assert address.is_global
