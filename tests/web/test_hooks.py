"""What providers tell of letters is taken once, only from them, and only of letters of ours."""

from __future__ import annotations

import base64
from datetime import timedelta

import amazon
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from hooked import ALL, SENDGRID, basic, brevo, mailgun, post, postmark, sendgrid, ses, ses_bounce, sns, without

from digest.audience import suppression
from digest.config import Environment
from digest.delivery import returns
from digest.store.models import Letter, Report, Subscription

pytestmark = pytest.mark.usefixtures("db", "hooks_on", "asked")

GONE = "550 5.1.1 nobody of that name"

HARD = {
    "mailgun": mailgun,
    "mailgun suppressed": lambda letter: mailgun(letter, reason="suppress-bounce", code=605, words="not delivering"),
    "sendgrid": lambda letter: sendgrid(letter, {"event": "bounce", "status": "5.1.1", "reason": "550 no"}),
    "sendgrid dropped": lambda letter: sendgrid(letter, {"event": "dropped", "reason": "Bounced Address"}),
    "postmark": lambda letter: postmark(letter, Type="HardBounce", ID=4, Details=f"smtp;{GONE}"),
    "postmark, no code": lambda letter: postmark(letter, Type="HardBounce", ID=4, Details="unknown"),
    "brevo": lambda letter: brevo(letter, "hard_bounce", reason=GONE),
    "brevo invalid": lambda letter: brevo(letter, "invalid_email"),
    "ses": lambda letter: ses_bounce(letter, action="failed", status="5.1.1", diagnosticCode=f"smtp; {GONE}"),
    "ses, no code": lambda letter: ses_bounce(letter, sub="NoEmail"),
    "ses by its return address": lambda letter: ses(
        Letter(pk=10**6), "Bounce", source=returns.address("bounces@news.example", letter.pk), bounceType="Permanent",
        bounceSubType="General", bouncedRecipients=[{"emailAddress": "ana@inbox.example"}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in HARD if "return address" not in name])
def test_a_hard_bounce(letter, name):
    for _ in range(2):
        assert post(*HARD[name](letter)).status_code == 200
    letter.refresh_from_db()
    assert (letter.status, letter.bounce) == ("failed", "hard")
    assert suppression.why("ana@inbox.example") == "bounce"
    assert Report.objects.count() == 1
    assert Report.objects.get().source == name.split(",")[0].split(" ")[0]


SOFT = {
    "mailgun": lambda letter: mailgun(letter, code=552, words="5.2.2 full", reason="generic"),
    "sendgrid": lambda letter: sendgrid(
        letter, {"event": "bounce", "type": "bounce", "status": "5.2.2", "reason": "552 full"}
    ),
    "postmark": lambda letter: postmark(letter, Type="SoftBounce", Details="try again"),
    "postmark hard by its word, full by the code": lambda letter: postmark(
        letter, Type="HardBounce", Details="552 5.2.2 full"
    ),
    "brevo": lambda letter: brevo(letter, "soft_bounce", reason="mailbox is full"),
    "ses": lambda letter: ses_bounce(letter, "Transient", "MailboxFull", diagnosticCode="smtp; 552 5.2.2 full"),
}
POLICY = {
    "mailgun": lambda letter: mailgun(letter, code=554, words="5.7.1 not from you", reason="generic"),
    "mailgun rejected": lambda letter: mailgun(letter, event="rejected", reason="generic", words="no"),
    "sendgrid": lambda letter: sendgrid(letter, {"event": "bounce", "type": "blocked", "reason": "unhappy"}),
    "postmark": lambda letter: postmark(letter, Type="Blocked", Details="ISP block"),
    "brevo": lambda letter: brevo(letter, "blocked", reason="blocked"),
    "ses": lambda letter: ses_bounce(letter, "Transient", "ContentRejected"),
}


@pytest.mark.parametrize(("kind", "made"), [
    *(("soft", SOFT[name]) for name in SOFT), *(("policy", POLICY[name]) for name in POLICY)
])  # fmt: skip
def test_a_full_mailbox_and_a_block_suppress_nobody(letter, kind, made):
    assert post(*made(letter)).status_code == 200
    letter.refresh_from_db()
    assert (letter.status, letter.bounce) == ("failed", kind)
    assert suppression.why("ana@inbox.example") == ""


@pytest.mark.parametrize("made", [
    lambda letter: mailgun(letter, event="complained"),
    lambda letter: sendgrid(letter, {"event": "spamreport"}),
    lambda letter: postmark(letter, "SpamComplaint", Type="SpamComplaint", ID=5),
    lambda letter: brevo(letter, "spam"),
    lambda letter: ses(letter, "Complaint", complaintFeedbackType="abuse",
                       complainedRecipients=[{"emailAddress": "ana@inbox.example"}]),
])  # fmt: skip
def test_a_complaint_ends_everything(letter, made):
    assert post(*made(letter)).status_code == 200
    assert suppression.why("ana@inbox.example") == "complaint"
    assert set(Subscription.objects.values_list("status", flat=True)) == {"unsubscribed"}


@pytest.mark.parametrize("made", [
    lambda letter: mailgun(letter, event="delivered", code=250, words="OK"),
    lambda letter: sendgrid(letter, {"event": "processed"}, {"event": "delivered", "response": "250 OK"}),
    lambda letter: postmark(letter, "Delivery", DeliveredAt="2026-11-24T06:00:00Z", Details="250 taken"),
    lambda letter: brevo(letter, "delivered"),
    lambda letter: ses(letter, "Delivery", smtpResponse="250 OK", recipients=["ana@inbox.example"]),
])  # fmt: skip
def test_a_delivery_settles_an_uncertain_letter(letter, made):
    Letter.objects.update(status="uncertain")
    assert post(*made(letter)).status_code == 200
    letter.refresh_from_db()
    assert (letter.status, letter.bounce) == ("sent", "delivered")


def test_who_unsubscribes_at_a_provider_leaves_this_newsletter(letter):
    assert post(*sendgrid(letter, {"event": "unsubscribe"})).status_code == 200
    assert dict(Subscription.objects.values_list("newsletter", "status")) == {
        "daily": "unsubscribed", "weekly": "active",
    }  # fmt: skip
    assert suppression.why("ana@inbox.example") == ""


@pytest.mark.parametrize("made", [
    lambda letter: mailgun(letter, key="another"),
    lambda letter: ("mailgun", {**mailgun(letter)[1], "signature": {}}, {}),
    lambda letter: sendgrid(letter, {"event": "spamreport"}, key=ec.generate_private_key(ec.SECP256R1())),
    lambda letter: (*sendgrid(letter, {"event": "spamreport"})[:2], {}),
    lambda letter: (*postmark(letter, Type="HardBounce")[:2], basic("courier:wrong")),
    lambda letter: (*postmark(letter, Type="HardBounce")[:2], {"Authorization": "Bearer x"}),
    lambda letter: (*brevo(letter, "spam")[:2], basic("")),
    lambda letter: (*ses_bounce(letter)[:2], {**ses_bounce(letter)[2], **basic("a:b")}),
    lambda letter: (*ses_bounce(letter)[:2], {**ses_bounce(letter)[2], "x-amz-sns-message-id": "other"}),
    lambda letter: ("ses", ses_bounce(letter)[1] | {"Subject": "altered"}, ses_bounce(letter)[2]),
    lambda letter: ("ses", without(ses_bounce(letter)[1], "Signature"), ses_bounce(letter)[2]),
    lambda letter: sns("Notification", Message=ses_bounce(letter)[1]["Message"], which=1),
    lambda letter: sns("Notification", Message=ses_bounce(letter)[1]["Message"], TopicArn=amazon.TOPIC + "-2"),
    lambda letter: sns("Notification", Message=ses_bounce(letter)[1]["Message"],
                       SigningCertURL="https://sns.eu-west-1.amazonaws.com.else.example/x.pem"),
    lambda letter: mailgun(letter, age=timedelta(days=2)),
    lambda letter: mailgun(letter, age=-timedelta(days=2)),
])  # fmt: skip
def test_what_is_not_signed_is_refused(letter, made):
    assert post(*made(letter)).status_code == 403
    letter.refresh_from_db()
    assert (letter.status, letter.bounce) == ("sent", "")
    assert not Report.objects.exists()


@pytest.mark.parametrize("provider", ["ses", "postmark", "brevo"])
def test_a_password_is_asked_for(provider):
    answer = post(provider, {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"[" * 200_000, b"\xff", b'{"event-data": 3}', b"{}"]
)
@pytest.mark.parametrize("provider", ALL)
def test_nonsense_breaks_nothing(letter, provider, body):
    headers = {**basic(), "x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": "1"}
    if provider == "sendgrid":
        signature = base64.b64encode(SENDGRID.sign(b"1" + body, ec.ECDSA(hashes.SHA256()))).decode()
        named = "X-Twilio-Email-Event-Webhook-"
        headers |= {f"{named}Signature": signature, f"{named}Timestamp": "1"}
    assert post(provider, body, headers).status_code in (200, 400, 403)
    assert not Report.objects.exists()


@pytest.mark.parametrize("provider", ALL)
def test_more_than_a_megabyte_is_refused(provider):
    assert post(provider, b" " * 1_000_001, basic()).status_code in (400, 403, 413)


def test_anothers_letter_in_the_same_account_is_left_alone(letter, settings):
    foreign = mailgun(letter)
    foreign[1]["event-data"]["message"]["headers"]["message-id"] = f"{letter.pk}.{'a' * 16}@news.example"
    assert post(*foreign).status_code == 200
    letter.refresh_from_db()
    assert letter.status == "sent"


def test_an_event_that_names_two_letters_is_left_alone(letter):
    assert post(*HARD["ses by its return address"](letter)).status_code == 200
    letter.refresh_from_db()
    assert letter.status == "sent"


@pytest.mark.parametrize("event", ["open", "click", "processed", "invented"])
def test_nothing_is_learned_of_what_readers_do(letter, event):
    assert post(*sendgrid(letter, {"event": event, "url": "https://news.example/x"})).status_code == 200
    assert not Report.objects.exists()


def test_it_is_off_by_default(settings, letter):
    bounces = settings.CONFIG.delivery.bounces.model_copy(update={"providers": ()})
    delivery = settings.CONFIG.delivery.model_copy(update={"bounces": bounces})
    settings.CONFIG = settings.CONFIG.model_copy(update={"delivery": delivery})
    for provider in (*ALL, "invented"):
        assert post(provider, {}, basic()).status_code == 404


@pytest.mark.parametrize("secret", ["", "short:er", "without a colon but long enough"])
def test_it_is_off_without_a_good_secret(settings, secret):
    settings.ENVIRONMENT = Environment({"DIGEST_HOOKS_SECRET": secret})
    for provider in ALL:
        assert post(provider, {}, basic(secret)).status_code == 404


@pytest.mark.parametrize(("name", "key"), [
    ("DIGEST_SENDGRID_VERIFICATION_KEY", "not a key"), ("DIGEST_SENDGRID_VERIFICATION_KEY", "QUJD"),
    ("DIGEST_MAILGUN_SIGNING_KEY", "schlüssel"),
])  # fmt: skip
def test_a_key_that_is_none_takes_nothing(settings, name, key):
    settings.ENVIRONMENT = Environment({name: key})
    assert [post(provider, {}).status_code for provider in ("mailgun", "sendgrid")] == [404, 404]


def test_get_does_nothing_and_head_says_it_is_there():
    assert Client().get("/hooks/postmark/").status_code == 405
    assert Client().head("/hooks/postmark/").status_code == 200
