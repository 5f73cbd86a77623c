"""What Amazon SNS signed for a topic of ours is known from everything else."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network

import amazon
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from digest.reader import signers, sns

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=3)
PEM = amazon.certificate(SINCE)
KINDS = ("Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation")


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("more", [{}, {"Subject": "Amazon SES\nsays"}, {"Message": 'naïve\n\n{"a": "\\u00e9"}'}])
def test_what_amazon_signs_is_taken(kind, version, more):
    message = amazon.signed(amazon.message(kind, **more), version=version)
    assert sns.certificate_address(message, [amazon.TOPIC]) == amazon.CERTIFICATE
    sns.check(message, PEM, now=NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_each_field_is_covered(kind):
    message = amazon.signed(amazon.message(kind, Subject="A bounce"))
    fields = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
    for name in [*fields, "Subject"] if kind == "Notification" else [*fields, "SubscribeURL", "Token"]:
        for altered in (message[name] + " ", message[name][1:], 7, None, ["x"]):
            with pytest.raises(sns.NotSigned):
                sns.check({**message, name: altered}, PEM, now=NOW)


@pytest.mark.parametrize("altered", [
    {"SignatureVersion": "2"}, {"SignatureVersion": "3"}, {"SignatureVersion": None}, {"SignatureVersion": ""},
    {"Signature": ""}, {"Signature": "AAAA"}, {"Signature": "ä"}, {"Signature": None}, {"Message": "\ud800"},
])  # fmt: skip
def test_what_is_altered_is_refused(altered):
    with pytest.raises(sns.NotSigned):
        sns.check({**amazon.signed(amazon.message()), **altered}, PEM, now=NOW)


@pytest.mark.parametrize(("pem", "words"), [
    (amazon.certificate(SINCE, days=1), "not valid at this time"),
    (amazon.certificate(NOW + timedelta(days=1)), "not valid at this time"),
    (amazon.certificate(SINCE, name="sns.else.example"), "not that of Amazon"),
    (amazon.certificate(SINCE, name="sns.amazonaws.com.else.example"), "not that of Amazon"),
    (amazon.certificate(SINCE, which=1), "does not match"), (b"", "no certificate"), (b"<Error/>", "no certificate"),
])  # fmt: skip
def test_another_certificate_proves_nothing(pem, words):
    with pytest.raises(sns.NotSigned, match=words):
        sns.check(amazon.signed(amazon.message()), pem, now=NOW)


@pytest.mark.parametrize("name", ["sns.amazonaws.com", "sns-cn-north-1.amazonaws.com.cn", "sns.eu-west-1.amazonaws.com",
                                  "sns-signing.me-south-1.amazonaws.com"])  # fmt: skip
def test_the_names_that_amazon_signs_under(name):
    sns.check(amazon.signed(amazon.message()), amazon.certificate(SINCE, name=name), now=NOW)


@pytest.mark.parametrize("address", [
    "http://sns.eu-west-1.amazonaws.com/x.pem", "https://sns.eu-west-1.amazonaws.com.else.example/x.pem",
    "https://else.example/sns.eu-west-1.amazonaws.com/x.pem", "https://sns.eu-west-1.amazonaws.com:8443/x.pem",
    "https://sns.eu-west-1.amazonaws.com@else.example/x.pem", "https://s3.eu-west-1.amazonaws.com/x.pem",
    "https://sns.eu-west-1.amazonaws.com/bucket/x.pem", "https://sns.eu-west-1.amazonaws.com/x.pem?y",
    "https://sns.eu-west-1.amazonaws.com/x.pem\n", "https://sns.us-east-1.amazonaws.com/x.pem",
    "https://evil.sns.eu-west-1.amazonaws.com/x.pem", "https://sns.eu-west-1.amazonaws.com/x.pem#.pem", "", None, 7,
])  # fmt: skip
def test_a_certificate_elsewhere_is_not_even_fetched(address):
    with pytest.raises(sns.NotSigned, match="certificate does not stand"):
        sns.certificate_address(amazon.message(SigningCertURL=address), [amazon.TOPIC])


def test_china_has_its_own_domain():
    topic = "arn:aws-cn:sns:cn-north-1:123456789012:letters"
    address = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-1.pem"
    message = amazon.message(TopicArn=topic, SigningCertURL=address)
    assert sns.certificate_address(message, [topic]) == address


@pytest.mark.parametrize("topic", [amazon.TOPIC + "x", amazon.TOPIC.replace("1234", "4321"), "", None, [amazon.TOPIC]])
def test_anothers_topic_says_nothing(topic):
    with pytest.raises(sns.NotSigned, match="its topic"):
        sns.certificate_address(amazon.message(TopicArn=topic), [amazon.TOPIC])


@given(st.dictionaries(st.sampled_from(sorted(amazon.message("SubscriptionConfirmation"))), st.text() | st.none()))
def test_whatever_comes_is_refused_in_words(altered):
    message = {**amazon.message(), "SignatureVersion": "2", "Signature": "QUJD", **altered}
    with pytest.raises(sns.NotSigned):
        sns.check(message, PEM, now=NOW)


class Amazon(HTTPServer):
    """A server that gives a certificate, by TLS."""

    def __init__(self, authority: trustme.CA) -> None:
        self.asked: list[str] = []
        here = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                here.asked.append(self.path)
                self.send_response({"/moved.pem": 302, "/gone.pem": 404}.get(self.path, 200))
                self.send_header("Location", "/signer.pem")
                self.end_headers()
                self.wfile.write(PEM * (40 if self.path == "/large.pem" else 1))

            def log_message(self, *args: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server_address[1]}"


@pytest.fixture(scope="module")
def stand():
    authority = trustme.CA()
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with Amazon(authority) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server, trusting
        server.shutdown()
        thread.join()


LOOPBACK = (ip_network("127.0.0.0/8"),)


def ask(kept, address, now=NOW, allow=LOOPBACK):
    return kept.certificate(address, allow=allow, agent="Digest", now=now)


def test_a_certificate_is_fetched_once_a_day(stand):
    server, trusting = stand
    server.asked.clear()
    kept = signers.Signers(tls=trusting)
    for later in (0, 1, 23, 25):
        assert ask(kept, f"{server.url}/signer.pem", NOW + timedelta(hours=later)) == PEM
    assert server.asked == ["/signer.pem"] * 2
    for number in range(signers.AT_MOST):
        ask(kept, f"{server.url}/{number}.pem")
    server.asked.clear()
    ask(kept, f"{server.url}/7.pem")
    ask(kept, f"{server.url}/signer.pem")
    assert server.asked == ["/signer.pem"]


@pytest.mark.parametrize("name", ["moved", "gone", "large"])
def test_what_is_no_certificate_is_not_asked_for_again_at_once(stand, name):
    server, trusting = stand
    server.asked.clear()
    kept = signers.Signers(tls=trusting)
    for seconds, asked in ((0, 1), (20, 1), (40, 2)):
        with pytest.raises(signers.OutOfReach):
            ask(kept, f"{server.url}/{name}.pem", NOW + timedelta(seconds=seconds))
        assert server.asked.count(f"/{name}.pem") == asked


def test_nobody_else_may_stand_in_for_amazon(stand):
    server, trusting = stand
    with pytest.raises(signers.OutOfReach, match="nobody this machine knows"):
        ask(signers.Signers(), f"{server.url}/signer.pem")
    with pytest.raises(signers.OutOfReach, match="private address"):
        ask(signers.Signers(tls=trusting), f"{server.url}/signer.pem", allow=())
