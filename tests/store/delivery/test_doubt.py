"""Letters of which nobody knows, and runs that wait, are paced, halted, held and let go."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from digest.clock.now import now
from digest.config.kinds import Hours, Pace
from digest.config.sending import Canary, WarmUp
from digest.delivery import allowances, canary, doubt, evidence, ledger, returns
from digest.delivery.folder import Folder
from digest.delivery.ledger import Settled
from digest.delivery.outcomes import Accepted, Lost
from digest.delivery.pace import Manners
from digest.delivery.run import send
from digest.delivery.smtp import Smtp
from digest.errors import InputError
from digest.store.models import Allowance, Edition, Letter, Subscription

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def doubtful(enrolled, clock):
    """An edition of which all letters are uncertain: `doubtful(3)`, and the window they were in."""

    def make(count):
        edition = enrolled(count)
        window = ledger.claim(edition, worker="here/1", journal="1.log", now=clock(), size=count)
        lost = [Settled(due.id, 0, None, Lost("no reply came"), clock()) for due in window.letters]
        ledger.settle(window.id, lost, now=clock(), attempts_for=DAY)
        return edition, window

    return make


def test_a_person_settles_them_by_address_or_number(doubtful, clock):
    edition, _ = doubtful(4)
    Edition.objects.update(status="sent")
    first, second, *_ = Letter.objects.order_by("id")
    assert doubt.by_word(edition, ["Reader1@inbox.example"], "sent", by="ana", now=clock()) == 1
    assert doubt.by_word(edition, [str(second.pk)], "failed", by="ana", now=clock()) == 1
    assert Edition.objects.get().status == "sent"
    assert doubt.by_word(edition, [], "again", by="ana", now=clock()) == 2
    assert Edition.objects.get().status == "sending", "there is something to send again"
    assert list(Letter.objects.order_by("id").values_list("status", flat=True)) == [
        "sent",
        "failed",
        "pending",
        "pending",
    ]
    assert Letter.objects.get(pk=first.pk).reply == "settled by ana; before: no reply came"
    for name in ("reader1@inbox.example", "nobody@inbox.example", "999999", "not an address"):
        with pytest.raises(InputError, match="no uncertain letter"):
            doubt.by_word(edition, [str(first.pk), name], "sent", by="ana", now=clock())


def test_a_policy_waits_for_evidence_first(doubtful, clock, tmp_path):
    edition, window = doubtful(3)
    assert doubt.by_policy(edition, "resend", now=clock() + 29 * MINUTE) == 0
    assert doubt.decided_at(edition, "resend") == clock() + 30 * MINUTE
    assert doubt.decided_at(edition, "ask") is None
    late = Settled(window.letters[0].id, 0, None, Accepted("250 late"), clock())
    ledger.settle(window.id, [late], now=clock(), attempts_for=DAY)
    assert doubt.by_policy(edition, "ask", now=clock() + DAY) == 0
    clock.forward(minutes=31)
    counts = send(edition, transport=Folder(tmp_path / "out"), now=clock, var=tmp_path, uncertain="resend")
    assert (counts.sent, counts.uncertain) == (3, 0)
    assert len(list((tmp_path / "out").rglob("*.eml"))) == 2


def test_what_is_dropped_says_so(doubtful, clock):
    edition, _ = doubtful(1)
    assert doubt.by_policy(edition, "drop", now=clock() + DAY) == 1
    letter = Letter.objects.get()
    assert (letter.status, letter.reply.partition(";")[0]) == ("failed", "not sent again by the rule uncertain = drop")


def test_a_log_settles_them(doubtful, clock):
    edition, window = doubtful(3)
    a, b, c = (due.id for due in window.letters)
    lines = []
    for letter, queue, fate in ((a, "AAAAA1", "sent"), (b, "BBBBB1", "bounced")):
        lines.append(f"{queue}: message-id=<{returns.message_id(letter, 'news.example')}>")
        lines.append(
            f"{queue}: to=<x@inbox.example>, relay=mx[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, "
            f"status={fate} (250 <x@inbox.example> ok)"
        )
    said = evidence.read([(evidence.Tally(), [line.encode() for line in lines])], {a, b, c})
    assert doubt.by_log(edition, said, now=clock()) == {"sent": 1, "failed": 1}
    rows = dict(Letter.objects.values_list("id", "status"))
    assert (rows[a], rows[b], rows[c]) == ("sent", "failed", "uncertain")
    assert Letter.objects.get(pk=a).reply.startswith(
        "by the mail server's log: sent 250 <address> ok; before: no reply"
    )


class _Rested:
    """A clock that goes on while a run rests, and with each letter a little."""

    def __init__(self, clock):
        self.clock, self.naps = clock, 0

    def __call__(self, seconds):
        self.naps += 1
        self.clock.forward(seconds=seconds)


def test_a_rate_is_kept_and_the_run_stays_until_all_have_left(enrolled, clock, tmp_path):
    edition, rest = enrolled(60), _Rested(clock)
    begin = clock()
    manners = Manners(rate=Pace(2, timedelta(seconds=1)))
    counts = send(edition, transport=Folder(tmp_path / "out"), now=clock, var=tmp_path, manners=manners, rest=rest)
    assert counts.sent == 60
    assert timedelta(seconds=20) <= clock() - begin <= timedelta(seconds=32)
    times = sorted(Letter.objects.values_list("at", flat=True))
    for first in range(60):
        for last in range(first, 60):
            assert last - first + 1 <= 2 * (times[last] - times[first]).total_seconds() + 21


def test_a_domain_is_paced_and_others_pass_it(enrolled, clock, tmp_path):
    edition, rest = enrolled(50), _Rested(clock)
    for letter in Letter.objects.order_by("id")[:30]:
        letter.subscriber.email = letter.subscriber.email.replace("inbox", "slow.inbox")
        letter.subscriber.save()
    begin = clock()
    manners = Manners(domains={"slow.inbox.example": Pace(60, MINUTE)})
    counts = send(
        edition, transport=Folder(tmp_path / "out"), now=clock, var=tmp_path, manners=manners, rest=rest, window=10
    )
    assert counts.sent == 50
    slow = Letter.objects.filter(subscriber__email__contains="slow")
    assert timedelta(seconds=20) <= max(slow.values_list("at", flat=True)) - begin <= timedelta(seconds=40)
    assert max(Letter.objects.exclude(id__in=slow).values_list("at", flat=True)) - begin <= timedelta(seconds=1)


def test_a_warm_up_ends_the_day_and_goes_on_tomorrow(enrolled, clock, tmp_path):
    edition = enrolled(10)
    manners = Manners(warm_up=WarmUp(since="2026-11-24", first=4, last=8, days=2), zone="Europe/Berlin")
    out = Folder(tmp_path / "out")
    for sent in (4, 9, 10):
        assert send(edition, transport=out, now=clock, var=tmp_path, manners=manners).sent == sent
        assert send(edition, transport=out, now=clock, var=tmp_path, manners=manners).sent == sent
        clock.forward(days=1)


def test_what_was_not_offered_is_given_back_to_the_day(enrolled, mail_server, clock, tmp_path):
    edition, (_, server) = enrolled(10), mail_server(sender="553 5.7.1 not yours")
    manners = Manners(warm_up=WarmUp(since="2026-11-24", first=8, last=8, days=2))
    for _ in range(3):
        send(edition, transport=Smtp(server), now=clock, var=tmp_path, manners=manners, window=4, connections=2)
    assert Allowance.objects.get(key=allowances.ALL).used == 0


def test_quiet_hours_by_the_newsroom_and_by_the_reader(enrolled, clock, tmp_path):
    from datetime import time

    edition = enrolled(2)
    who = Letter.objects.order_by("id")[0].subscriber
    who.zone = "America/New_York"  # one o'clock at night there
    who.save()
    out, night = Folder(tmp_path / "out"), Hours(time(22), time(5, 30))
    assert (
        send(
            edition, transport=out, now=clock, var=tmp_path, manners=Manners(quiet=night, zone="America/New_York")
        ).sent
        == 0
    )
    assert send(edition, transport=out, now=clock, var=tmp_path, manners=Manners(quiet=night, by_reader=True)).sent == 1
    assert Letter.objects.get(subscriber=who).due_at == clock() + timedelta(hours=4, minutes=30)


def test_a_domain_in_a_storm_rests_and_the_others_get_theirs(enrolled, mail_server, clock, tmp_path):
    edition = enrolled(60)
    _, server = mail_server(rcpt={f"reader{n}": "421 4.7.28 too much" for n in range(1, 41)})
    for letter in Letter.objects.order_by("id")[:40]:
        letter.subscriber.email = letter.subscriber.email.replace("inbox", "big")
        letter.subscriber.save()
    counts = send(edition, transport=Smtp(server), now=clock, var=tmp_path, window=30, connections=2)
    assert counts.stopped == ""
    assert counts.sent == 20
    assert set(allowances.left_alone(clock())) <= {"big.example"}


def test_a_refusal_of_all_holds_the_edition(enrolled, mail_server, clock, tmp_path):
    edition, (_, server) = enrolled(40), mail_server(everybody="550 5.7.1 we do not know you")
    counts = send(edition, transport=Smtp(server), now=clock, var=tmp_path, window=12, connections=2)
    row = Edition.objects.get()
    assert (row.status, row.reason) == ("held", counts.stopped)
    assert (counts.pending, counts.deferred, counts.failed) == (28, 12, 0), "nobody's letter is burnt"


def test_what_a_storm_refused_leaves_when_a_person_lets_it_go_on(enrolled, mail_server, clock, tmp_path):
    edition, (office, server) = enrolled(40), mail_server(everybody="550 5.7.1 we do not know you")
    counts = send(edition, transport=Smtp(server), now=clock, var=tmp_path, connections=2)
    assert "refuses every letter: 550 5.7.1" in counts.stopped, "although nothing is due at this moment"
    office.everybody = ""
    Edition.objects.update(status="sending")
    clock.forward(minutes=10)
    assert send(edition, transport=Smtp(server), now=clock, var=tmp_path).sent == 40


def test_a_server_that_wants_rest_gets_it(enrolled, mail_server, clock, tmp_path):
    edition, (office, server) = enrolled(40), mail_server(everybody="421 4.7.0 too much")
    send(edition, transport=Smtp(server), now=clock, var=tmp_path, window=12, connections=2)
    office.everybody = ""
    assert send(edition, transport=Smtp(server), now=clock, var=tmp_path).sent == 0
    clock.forward(minutes=16)
    assert send(edition, transport=Smtp(server), now=clock, var=tmp_path).sent == 40


def test_paused_readers_get_nothing(enrolled, clock):
    edition = enrolled(2)
    Subscription.objects.filter(subscriber__handle=1001).update(paused_until=clock() + DAY)
    assert len(ledger.claim(edition, worker="a/1", journal="1", now=clock(), size=9).letters) == 1
    assert "paused" in Letter.objects.get(status="skipped").reply


RULE = Canary(seeds=("ana@news.example",), share=0.2, wait=15 * MINUTE, halt_above=0.2)


@pytest.fixture
def with_canary(enrolled):
    """An edition of 30 with two seeds and a sample of six: by wave."""
    edition = enrolled(30)
    ids = list(Letter.objects.order_by("id").values_list("id", flat=True))
    Letter.objects.filter(id__in=ids[:2]).update(wave=0)
    Letter.objects.filter(id__in=ids[2:8]).update(wave=1)
    Edition.objects.update(wave=0, status="sending")
    edition.refresh_from_db()
    return edition


def test_a_canary_lets_go_wave_by_wave(with_canary, clock, tmp_path):
    edition, out = with_canary, Folder(tmp_path / "out")
    assert send(edition, transport=out, now=clock, var=tmp_path).sent == 2
    assert canary.take_step(edition, RULE, now=clock()).act == "go"
    assert (edition.wave, edition.wave_at) == (1, clock())
    assert send(edition, transport=out, now=clock, var=tmp_path).sent == 8
    assert canary.take_step(edition, RULE, now=clock()).until == clock() + 15 * MINUTE
    clock.forward(minutes=15)
    assert canary.take_step(edition, RULE, now=clock()).act == "go"
    assert send(edition, transport=out, now=clock, var=tmp_path).sent == 30


def test_a_canary_halts_when_its_letters_come_back(with_canary, clock, tmp_path):
    edition, out = with_canary, Folder(tmp_path / "out")
    send(edition, transport=out, now=clock, var=tmp_path)
    canary.take_step(edition, RULE, now=clock())
    send(edition, transport=out, now=clock, var=tmp_path)
    Letter.objects.filter(wave=1, id__lte=Letter.objects.filter(wave=1).order_by("id")[2].pk).update(bounce="hard")
    assert canary.take_step(edition, RULE, now=clock()).act == "halt"
    row = Edition.objects.get()
    assert row.status == "held"
    assert "3 of the first 8 letters failed or came back" in row.reason
    Edition.objects.update(status="sending")
    edition.refresh_from_db()
    assert canary.take_step(edition, RULE, now=clock(), past=True).act == "go"
    assert send(edition, transport=out, now=clock, var=tmp_path).sent == 30


def test_a_hold_stops_each_connection_after_the_letter_it_is_at(enrolled, mail_server, clock, tmp_path):
    edition, (office, server) = enrolled(200), mail_server(slow=0.1)
    Letter.objects.update(due_at=now() - DAY)
    told = []

    def publish():
        try:
            told.append(send(Edition.objects.get(), transport=Smtp(server), now=now, var=tmp_path, connections=4))
        finally:
            connections.close_all()

    thread = threading.Thread(target=publish)
    thread.start()
    while len(office.received) < 12:
        thread.join(0.01)
    Edition.objects.update(status="held", reason="ana saw a mistake")
    held_at = len(office.received)
    thread.join(20)
    assert not thread.is_alive()
    # Those under way, and what was begun in the twentieth of a second until it was seen.
    assert len(office.received) <= held_at + 2 * 4
    counts = ledger.counts(edition)
    assert (counts.sent, counts.attempting, counts.uncertain) == (len(office.received), 0, 0)
    assert "held now: ana saw a mistake" in told[0].stopped
    Edition.objects.update(status="sending")
    office.slow = 0
    after = send(edition, transport=Smtp(server), now=now, var=tmp_path, connections=4)
    assert after.sent == 200
    assert len(set(office.to())) == len(office.to()) == 200
