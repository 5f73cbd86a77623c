"""Only a topic that is named, with Amazon's own signature, may speak for Amazon."""

from __future__ import annotations

import json

import amazon
import pytest
from hooked import basic, post, ses_bounce, sns

from digest.feeds.exchange import Fetched
from digest.reader import signers
from digest.store.models import Notice, Report

pytestmark = pytest.mark.usefixtures("db", "hooks_on", "asked")
GONE = "550 5.1.1 nobody of that name"


@pytest.mark.parametrize(
    ("link", "told"),
    [("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=x", True),
     ("https://sns.else.example/?Action=ConfirmSubscription", False),
     ("https://amazonaws.com.else.example/", False), ("javascript:alert(1)", False)],
)  # fmt: skip
@pytest.mark.parametrize(
    ("kind", "says"), [("SubscriptionConfirmation", "confirmation"), ("UnsubscribeConfirmation", "nothing more")]
)
def test_a_person_confirms_amazons_topic_and_learns_of_its_end(link, told, kind, says):
    for _ in range(2):
        assert post(*sns(kind, SubscribeURL=link)).status_code == 200
    found = list(Notice.objects.all())
    assert [(link in notice.text, says in notice.subject) for notice in found] == (
        [(told, True)] if told or kind.startswith("Un") else []
    )


@pytest.mark.parametrize("altered", [{"TopicArn": amazon.TOPIC + "-2"}, {"which": 1}])
def test_nobody_else_has_a_link_mailed_to_the_editors(altered):
    assert post(*sns("SubscriptionConfirmation", **altered)).status_code == 403
    assert not Notice.objects.exists()


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_repeat_of_what_amazon_signed_is_harmless_and_fetches_nothing_again(letter, asked, version):
    event = json.loads(ses_bounce(letter, status="5.1.1", diagnosticCode=f"smtp; {GONE}")[1]["Message"])
    for _ in range(3):
        assert post(*sns("Notification", Message=json.dumps(event), version=version)).status_code == 200
    assert Report.objects.count() == 1
    assert asked == [amazon.CERTIFICATE]


def test_without_the_password_no_certificate_is_fetched(letter, asked):
    provider, body, headers = ses_bounce(letter)
    assert post(provider, body, {**headers, **basic("courier:wrong")}).status_code == 403
    assert asked == []


def test_a_certificate_out_of_reach_is_tried_again(letter, monkeypatch):
    monkeypatch.setattr(signers.Signers, "_ask", lambda _, address, *__: Fetched(address=address, error="is down"))
    answer = post(*ses_bounce(letter))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    letter.refresh_from_db()
    assert letter.status == "sent"


def test_without_a_topic_nothing_is_taken_from_amazon(letter, settings):
    bounces = settings.CONFIG.delivery.bounces.model_copy(update={"topics": ()})
    delivery = settings.CONFIG.delivery.model_copy(update={"bounces": bounces})
    settings.CONFIG = settings.CONFIG.model_copy(update={"delivery": delivery})
    assert post(*ses_bounce(letter)).status_code == 404
