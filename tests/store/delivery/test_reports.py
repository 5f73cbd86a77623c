"""A report changes what it proves and no more; nobody speaks of another's letter; a repeat changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.audience import suppression
from digest.delivery import bounces, refusals, reports, returns
from digest.delivery.bounces import Said
from digest.delivery.consequences import in_a_row
from digest.store.models import Edition, Letter, Report, Subscription

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
S = Letter.Status

HARD = Said(kind="failed", status="5.1.1", words="550 5.1.1 no such user")
SOFT = Said(kind="failed", status="5.2.2", words="552 5.2.2 full")
POLICY = Said(kind="failed", status="5.7.1", words="554 5.7.1 not from you")
COMPLAINT = Said(kind="complaint", words="abuse")


@pytest.fixture
def reader(readers):
    (made,) = readers(1)
    return made


@pytest.fixture
def letter(edition, reader):
    """Makes letters of one reader, the newest last."""

    def make(status=S.SENT, *, days=0, who=reader, **values):
        at = NOW - timedelta(days=days)
        number = Edition.objects.count()
        of = edition
        if Letter.objects.filter(edition=edition, subscriber=who).exists():
            of = Edition.objects.create(
                newsletter="daily", slot_key=f"more {number}", slot_at=at, number=100 + number,
                window_from=at, window_to=at, drafted_at=at,
            )  # fmt: skip
        return Letter.objects.create(edition=of, subscriber=who, status=status, due_at=at, at=at, **values)

    return make


def tell(letter, *said, source="mailbox", now=NOW, soft_limit=3):
    return reports.take(letter.pk, said, source=source, now=now, soft_limit=soft_limit)


def now_is(letter):
    letter.refresh_from_db()
    return letter.status, letter.bounce


def barred():
    return suppression.why("reader1@inbox.example")


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (S.SENT, HARD, (S.FAILED, "hard")),
        (S.SENT, SOFT, (S.FAILED, "soft")),
        (S.SENT, POLICY, (S.FAILED, "policy")),
        (S.SENT, Said(kind="delivered"), (S.SENT, "delivered")),
        (S.SENT, Said(kind="relayed"), (S.SENT, "")),
        (S.SENT, Said(kind="delayed", status="4.2.2"), (S.SENT, "")),
        (S.SENT, COMPLAINT, (S.SENT, "complaint")),
        (S.UNCERTAIN, HARD, (S.FAILED, "hard")),
        (S.UNCERTAIN, Said(kind="delivered"), (S.SENT, "delivered")),
        (S.UNCERTAIN, Said(kind="expanded"), (S.SENT, "")),
        # A server that tells of a delay has taken the letter.
        (S.UNCERTAIN, Said(kind="delayed", status="4.2.2"), (S.SENT, "")),
        (S.UNCERTAIN, COMPLAINT, (S.SENT, "complaint")),
        (S.FAILED, Said(kind="delivered"), (S.FAILED, "delivered")),
        (S.PENDING, Said(kind="delivered"), (S.PENDING, "delivered")),
        (S.SKIPPED, HARD, (S.SKIPPED, "hard")),
        # Its worker has not yet written down what it did.
        (S.ATTEMPTING, HARD, (S.ATTEMPTING, "hard")),
        (S.ATTEMPTING, Said(kind="delivered"), (S.ATTEMPTING, "delivered")),
    ],
)
def test_a_report_changes_what_it_proves(letter, before, said, after):
    one = letter(before)
    tell(one, said)
    assert now_is(one) == after


@pytest.mark.parametrize("said", [Said(kind="delivered"), Said(kind="delayed", status="4.2.2")])
def test_what_has_arrived_is_not_sent_again(letter, said):
    one = letter(S.PENDING, attempts=1, reply="sent again by the rule uncertain = resend; before: no reply")
    tell(one, said)
    assert now_is(one)[0] == S.SENT


def test_the_remote_servers_words_are_kept(letter):
    one = letter()
    tell(one, HARD)
    one.refresh_from_db()
    assert (one.reply, one.at) == ("bounced: 550 5.1.1 no such user", NOW)
    kept = Report.objects.get()
    assert (kept.source, kept.letter, kept.kind, kept.status, kept.words) == (
        "mailbox", one, "failed", "5.1.1", "550 5.1.1 no such user"
    )  # fmt: skip


def test_a_hard_bounce_suppresses_at_once_and_ends_no_subscription(letter):
    tell(letter(), HARD)
    assert barred() == "bounce"
    assert Subscription.objects.get().status == "active"


def test_policy_never_suppresses(letter):
    for _ in range(12):
        assert tell(letter(), POLICY) == "policy"
    assert barred() == ""


def test_a_complaint_suppresses_and_ends_every_subscription(letter, reader):
    Subscription.objects.create(subscriber=reader, newsletter="weekly")
    assert tell(letter(), COMPLAINT) == "complaint"
    assert barred() == "complaint"
    assert set(Subscription.objects.values_list("status", "unsubscribed_at")) == {("unsubscribed", NOW)}


def test_soft_bounces_suppress_after_so_many_editions_in_a_row(letter):
    first, second, third = letter(days=2), letter(days=1), letter()
    tell(first, SOFT)
    tell(second, SOFT)
    assert barred() == ""
    tell(third, SOFT)
    assert barred() == "bounce"


def test_an_arrival_between_begins_the_count_anew(letter):
    ones = [letter(days=5 - at) for at in range(5)]
    for one in (ones[0], ones[1], ones[3], ones[4]):
        tell(one, SOFT)
    assert barred() == ""
    assert in_a_row(ones[0].subscriber_id, NOW) == 2


def test_policy_and_delays_between_do_not(letter):
    ones = [letter(days=5 - at) for at in range(4)]
    tell(ones[0], SOFT)
    tell(ones[1], POLICY)
    tell(ones[2], SOFT)
    letter(S.SKIPPED)
    letter(S.DEFERRED)
    tell(ones[3], SOFT)
    assert barred() == "bounce"


def test_newer_letters_of_which_nothing_is_known_yet_do_not_hide_a_full_mailbox(letter):
    """Servers try for days: the first report comes when four more letters have left."""
    ones = [letter(days=7 - at) for at in range(7)]
    for one in ones[:3]:
        tell(one, SOFT)
    assert barred() == "bounce"


def test_a_very_late_report_does_not_undo_weeks_of_arrivals(letter):
    ones = [letter(days=40 - at) for at in range(20)]
    for one in ones[:3]:
        tell(one, SOFT)
    assert barred() == ""


def test_a_repeat_changes_nothing(letter):
    one = letter()
    assert tell(one, HARD) == "hard"
    suppression.lift("reader1@inbox.example")
    assert tell(one, HARD, now=NOW + timedelta(days=1)) == "repeat"
    assert barred() == ""
    one.refresh_from_db()
    assert one.at == NOW
    assert Report.objects.count() == 1


def test_a_repeated_complaint_does_not_end_a_subscription_begun_again(letter):
    one = letter()
    tell(one, COMPLAINT)
    Subscription.objects.update(status="active")
    assert tell(one, COMPLAINT) == "repeat"
    assert Subscription.objects.get().status == "active"


def test_the_reports_of_one_letter_do_not_fill_the_disk(letter):
    one = letter()
    for detail in range(100):
        tell(one, Said(kind="failed", status=f"5.2.{detail}"))
    assert Report.objects.count() == 20


def test_most_letters_arrive_and_cost_no_row(letter):
    tell(letter(), Said(kind="delivered"))
    assert not Report.objects.exists()


def test_a_letter_of_somebody_who_was_erased(letter, reader):
    one = letter()
    reader.delete()
    assert tell(one, HARD) == "hard"
    assert now_is(one) == (S.FAILED, "hard")
    one.delete()
    assert tell(one, HARD) == "gone"


class TestSeveralRecipients:
    """An address may lead to several mailboxes."""

    def test_who_reached_somebody_has_not_bounced(self, letter):
        one = letter()
        assert tell(one, HARD, Said(kind="delivered", recipients=frozenset({"b@else.example"}))) == "delivered"
        assert barred() == ""

    def test_of_refusals_the_mildest_counts(self, letter):
        assert tell(letter(), HARD, SOFT) == "soft"
        assert barred() == ""

    def test_what_is_said_of_the_address_itself_counts_most(self, letter):
        mine = Said(kind="failed", status="5.1.1", recipients=frozenset({"reader1@inbox.example"}))
        other = Said(kind="delivered", recipients=frozenset({"b@else.example"}))
        assert tell(letter(), other, mine) == "hard"


class TestRefusals:
    """What a server refuses at once counts like what it sends back."""

    def test_each_is_classed_once(self, letter, readers):
        who = readers(5, first=10)
        replies = [
            "550 5.1.1 unknown", "552 5.2.2 full", "554 5.7.1 no", "settled by ana2@news.example",
            "given up after 9 attempts; the last answer: 452 4.2.2 full",
        ]  # fmt: skip
        for one, reply in zip(who, replies, strict=True):
            letter(S.FAILED, who=one, reply=reply)
        letter(S.SENT, reply="250 fine")
        assert refusals.catch_up(now=NOW, soft_limit=3) == {"hard": 1, "soft": 2, "policy": 1, "other": 1}
        assert refusals.catch_up(now=NOW, soft_limit=3) == {}
        assert [suppression.why(one.email) for one in who] == ["bounce", "", "", "", ""]

    def test_soft_ones_count_with_those_that_came_back(self, letter):
        tell(letter(), SOFT)
        for _ in range(2):
            letter(S.FAILED, reply="552 5.2.2 full")
        refusals.catch_up(now=NOW, soft_limit=3)
        assert barred() == "bounce"

    def test_of_two_refusals_of_one_reader_the_worse_counts(self, letter):
        letter(S.FAILED, reply="550 5.1.1 unknown", days=1)
        letter(S.FAILED, reply="552 5.2.2 full")
        assert refusals.catch_up(now=NOW, soft_limit=3) == {"hard": 1, "soft": 1}
        assert barred() == "bounce"

    def test_many_are_read_in_short_transactions(self, letter, readers, django_assert_max_num_queries):
        for one in readers(450, first=10):
            letter(S.FAILED, who=one, reply="554 5.7.1 no")
        with django_assert_max_num_queries(60):
            assert refusals.catch_up(now=NOW, soft_limit=3) == {"policy": 450}

    def test_what_came_back_before_it_was_sent_again_says_nothing_of_that(self, letter):
        one = letter(S.PENDING, attempts=1)
        assert tell(one, SOFT) == "soft"
        Letter.objects.update(status=S.SENT, at=NOW + timedelta(hours=1), attempts=2)
        refusals.catch_up(now=NOW + timedelta(hours=2), soft_limit=3)
        assert now_is(one)[0] == S.SENT
        assert tell(one, SOFT, now=NOW + timedelta(hours=3)) == "soft", "it came back again"
        assert now_is(one)[0] == S.FAILED

    def test_reports_that_came_before_the_worker_wrote_are_applied_after(self, letter, readers):
        who = readers(3, first=10)
        ones = [letter(S.ATTEMPTING, who=one) for one in who]
        for one, said in zip(ones, (HARD, Said(kind="delivered"), HARD), strict=True):
            tell(one, said)
        for one, status in zip(ones, (S.SENT, S.UNCERTAIN, S.UNCERTAIN), strict=True):
            Letter.objects.filter(pk=one.pk).update(status=status)
        refusals.catch_up(now=NOW, soft_limit=3)
        assert [now_is(one) for one in ones] == [(S.FAILED, "hard"), (S.SENT, "delivered"), (S.FAILED, "hard")]


class TestWhoseLetter:
    """Only a name that we signed counts."""

    def read(self, raw):
        return reports.accept(bounces.read(raw), source="mailbox", now=NOW, soft_limit=3)

    GONE = ("failed", "5.1.1", "smtp; 550 5.1.1 unknown", "reader1@inbox.example", "")

    def test_by_the_return_address(self, letter, dsn):
        assert self.read(dsn(self.GONE, to=returns.address("bounces@news.example", letter().pk))) == "hard"

    def test_by_the_envelope_id(self, letter, dsn):
        assert self.read(dsn(self.GONE, envelope_id=returns.envelope_id(letter().pk))) == "hard"

    @pytest.mark.parametrize("forge", ["mac", "letter", "none", "message id"])
    def test_a_forged_report_is_nobodys(self, letter, dsn, readers, forge):
        (other,) = readers(1, first=10)
        mine, theirs = letter(who=other), letter()
        mac = returns.envelope_id(mine.pk).partition(".")[2]
        given = {
            "mac": {"to": f"bounces+{theirs.pk}.{'a' * 16}@news.example"},
            "letter": {"envelope_id": f"{theirs.pk}.{mac}"},
            "none": {},
            "message id": {"returned": f"Message-ID: <{returns.message_id(theirs.pk, 'news.example')}>\n"},
        }[forge]
        assert self.read(dsn(self.GONE, **given)) == "not understood"
        assert now_is(theirs) == (S.SENT, "")
        assert barred() == ""

    def test_my_own_name_says_nothing_of_another(self, letter, dsn, readers):
        (other,) = readers(1, first=10)
        mine, theirs = letter(who=other), letter()
        self.read(dsn(self.GONE, to=returns.address("bounces@news.example", mine.pk)))
        assert now_is(theirs) == (S.SENT, "")
        assert barred() == ""

    def test_a_report_of_two_letters_is_left_to_a_person(self, letter, dsn, readers):
        (other,) = readers(1, first=10)
        mine, theirs = letter(who=other), letter()
        raw = dsn(
            self.GONE,
            to=returns.address("bounces@news.example", mine.pk),
            envelope_id=returns.envelope_id(theirs.pk),
        )
        assert self.read(raw) == "not understood"
        assert not Report.objects.exists()

    def test_a_complaint_with_the_return_address_counts_in_full(self, letter, complaint):
        address = returns.address("bounces@news.example", letter().pk)
        assert self.read(complaint(extra=f"Original-Mail-From: <{address}>")) == "complaint"
        assert barred() == "complaint"

    def test_a_complaint_with_what_a_forwarded_letter_shows_ends_one_subscription(self, letter, complaint, reader):
        Subscription.objects.create(subscriber=reader, newsletter="weekly")
        raw = complaint(letter=f"Message-ID: <{returns.message_id(letter().pk, 'news.example')}>\n")
        assert self.read(raw) == "complaint"
        assert self.read(raw) == "repeat"
        assert dict(Subscription.objects.values_list("newsletter", "status")) == {
            "daily": "unsubscribed",
            "weekly": "active",
        }
        assert barred() == ""

    def test_a_holiday_reply_to_a_return_address_changes_nothing(self, letter):
        one = letter()
        address = returns.address("bounces@news.example", one.pk)
        assert self.read(f"To: {address}\nAuto-Submitted: auto-replied\n\nAway. 550 5.1.1\n".encode()) == "automatic"
        assert now_is(one) == (S.SENT, "")
