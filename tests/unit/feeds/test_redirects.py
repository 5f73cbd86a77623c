"""Where a fetch may go: redirects judged one by one, private addresses refused, names that change their mind."""

from __future__ import annotations

import datetime as dt
import re
import socket
import ssl
from ipaddress import ip_network
from typing import Any

import pytest
import trustme
from aiohttp.abc import AbstractResolver, ResolveResult

from digest.feeds.exchange import Request
from digest.feeds.fetch import fetch

FEED = b"<rss version='2.0'><channel><title>Harbour Bulletin</title></channel></rss>"
AGENT = "Digest/0.1"


class Names(AbstractResolver):
    """A resolver that gives the addresses it was told, one answer after another, the last for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [
            ResolveResult(hostname=host, host=a, port=port, family=socket.AF_INET6 if ":" in a else socket.AF_INET,
                          proto=0, flags=socket.AI_NUMERICHOST)
            for a in addresses
        ]  # fmt: skip

    async def close(self) -> None:
        pass


def test_permanent_redirects_all_along_are_remembered(publisher, get):
    publisher.says("/a", status=301, Location="/b")
    publisher.says("/b", status=308, Location=publisher.url("/c"))
    publisher.says("/c", FEED)
    fetched = get(publisher.url("/a"))
    assert (fetched.body, fetched.final, fetched.moved_to) == (FEED, publisher.url("/c"), publisher.url("/c"))


@pytest.mark.parametrize("status", [302, 303, 307])
def test_one_temporary_redirect_on_the_way_is_enough_to_forget(publisher, get, status):
    publisher.says("/a", status=301, Location="/b")
    publisher.says("/b", status=status, Location="/c")
    publisher.says("/c", FEED)
    fetched = get(publisher.url("/a"))
    assert (fetched.body, fetched.final, fetched.moved_to) == (FEED, publisher.url("/c"), "")


def test_a_move_to_nothing_is_not_remembered(publisher, get):
    publisher.says("/a", status=301, Location="/gone")
    publisher.says("/gone", status=404)
    fetched = get(publisher.url("/a"))
    assert (fetched.error, fetched.moved_to) == ("answered 404: not found", "")


def test_a_move_is_remembered_also_when_nothing_changed(publisher, get, answer):
    publisher.says("/a", status=301, Location="/b")
    publisher.says("/b", status=304)
    fetched = get(publisher.url("/a"), etag='"x"')
    assert (fetched.unchanged, fetched.moved_to) == (True, publisher.url("/b"))


def test_a_loop_ends(publisher, get):
    publisher.says("/a", status=302, Location="/b")
    publisher.says("/b", status=302, Location="/a")
    assert get(publisher.url("/a")).error == "redirects more than 5 times"
    assert len(publisher.seen) == 6


@pytest.mark.parametrize(
    "location",
    ["ftp://example.org/feed", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://[::1/", "data:,x"],
)
def test_a_redirect_to_no_web_address_is_refused(publisher, get, location):
    publisher.says("/a", status=302, Location=location)
    fetched = get(publisher.url("/a"))
    assert fetched.error.startswith("redirects")
    assert fetched.body is None


@pytest.mark.parametrize(
    "target",
    [
        "127.0.0.2",
        "10.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.2]",
        "169.254.169.254",
        "0.0.0.0",
        "[64:ff9b::7f00:2]",
        "[fe80::1]",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(publisher, target):
    publisher.says("/a", status=302, Location=f"http://{target}:{publisher.port}/secret")
    door = (ip_network("127.0.0.1/32"),)
    fetched = fetch(Request(address=publisher.url("/a")), allow=door, agent=AGENT, timeout=5)
    assert re.search(r"; DIGEST_ALLOW_PRIVATE=[0-9a-f.:]+ would permit it$", fetched.error)
    assert [path for path, _ in publisher.seen] == ["/a"]


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f000001", "0177.0.0.1", "017700000001", "①②⑦.0.0.1"])
def test_odd_spellings_of_loopback_are_refused(publisher, host):
    publisher.says("/feed", FEED)
    fetched = fetch(Request(address=f"http://{host}:{publisher.port}/feed"), allow=(), agent=AGENT, timeout=5)
    assert fetched.error
    assert publisher.seen == []


def test_a_name_that_leads_to_a_private_address_is_refused_with_the_address(publisher):
    request = Request(address=f"http://press.example:{publisher.port}/feed")
    for addresses in (["127.0.0.1"], ["127.0.0.1", "::1"], ["10.1.2.3", "192.168.0.1"]):
        fetched = fetch(request, allow=(), agent=AGENT, timeout=5, resolver=Names(addresses))
        assert fetched.error.startswith("press.example is a private address (")
        assert re.search(r"; DIGEST_ALLOW_PRIVATE=[0-9a-f.:]+ would permit it$", fetched.error)
    assert publisher.seen == []


def test_rebinding_gains_nothing(publisher, loopback):
    """The name is innocent when first asked, and private for the redirect to itself."""
    publisher.says("/a", status=302, Location=f"http://press.example:{publisher.port}/secret", Connection="close")
    publisher.says("/secret", b"the key")
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    fetched = fetch(Request(address=f"http://press.example:{publisher.port}/a"), allow=(ip_network("127.0.0.1"),),
                    agent=AGENT, timeout=5, resolver=names)  # fmt: skip
    assert fetched.error.startswith("press.example is a private address (127.0.0.2); DIGEST_ALLOW_PRIVATE=127.0.0.2 ")
    assert fetched.body is None
    assert [path for path, _ in publisher.seen] == ["/a"]


def test_a_name_that_does_not_exist_is_told(publisher):
    fetched = fetch(Request(address="http://nowhere.example/feed"), allow=(), agent=AGENT, resolver=Names([]))
    assert fetched.error == "the name nowhere.example does not exist"


def test_a_closed_port_is_told(get):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert get(f"http://127.0.0.1:{port}/").error == "127.0.0.1 refused the connection"


@pytest.mark.parametrize(
    "address", ["", "feed", "ftp://example.org/", "http://", "http://exa mple.org:99999/", "//example.org/"]
)
def test_what_is_no_web_address_is_not_tried(get, address):
    assert "is not an" in get(address).error


def test_a_password_never_leaves_its_host_and_is_never_told(publisher, get):
    publisher.says("/a", status=301, Location="/b")
    publisher.says("/b", status=302, Location=publisher.url("/c").replace("127.0.0.1", "127.0.0.1."))
    publisher.says("/c", FEED)
    address = publisher.url("/a").replace("//", "//reader:s3cret@")
    fetched = get(address)
    assert [("authorization" in headers) for _, headers in publisher.seen[:2]] == [True, True]
    assert all("authorization" not in headers for _, headers in publisher.seen[2:])
    told = f"{fetched.final} {fetched.error} {fetched.moved_to} {fetched.content_type}"
    assert "s3cret" not in told
    assert "reader" not in told


def _tls(publisher: Any, certificate: trustme.LeafCert) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    publisher.server.socket = context.wrap_socket(publisher.server.socket, server_side=True)


@pytest.mark.parametrize(
    ("name", "expired", "trusted", "words"),
    [
        ("127.0.0.1", False, True, ""),
        ("127.0.0.1", True, True, "its certificate has expired"),
        ("press.example", False, True, "its certificate is for another name"),
        ("127.0.0.1", False, False, "its certificate is signed by nobody this machine knows"),
    ],
)
def test_certificates_are_verified(publisher, loopback, name, expired, trusted, words):
    authority = trustme.CA()
    until = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) if expired else None
    _tls(publisher, authority.issue_cert(name, not_after=until) if until else authority.issue_cert(name))
    publisher.says("/feed", FEED)
    client = ssl.create_default_context()
    if trusted:
        authority.configure_trust(client)
    fetched = fetch(Request(address=publisher.url("/feed").replace("http:", "https:")), allow=loopback, agent=AGENT,
                    timeout=5, tls=client)  # fmt: skip
    assert fetched.error == words
    assert fetched.body == (None if words else FEED)


def test_a_step_down_from_https_is_followed_and_never_remembered(publisher, loopback):
    authority = trustme.CA()
    plain = type(publisher)()
    plain.thread.start()
    _tls(publisher, authority.issue_cert("127.0.0.1"))
    publisher.says("/a", status=301, Location=plain.says("/feed", FEED))
    client = ssl.create_default_context()
    authority.configure_trust(client)
    fetched = fetch(Request(address=publisher.url("/a").replace("http:", "https:")), allow=loopback, agent=AGENT,
                    timeout=5, tls=client)  # fmt: skip
    plain.server.shutdown()
    plain.server.server_close()
    plain.thread.join()
    assert (fetched.body, fetched.moved_to) == (FEED, "")
