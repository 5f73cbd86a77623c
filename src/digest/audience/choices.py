"""What readers change on their own page: another newsletter in place of one, a pause, language, zone and form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from digest.audience import suppression
from digest.audience.subscriptions import ACTIVE, UNSUBSCRIBED, revive
from digest.config import Newsletter, slug
from digest.store.models import Subscriber, Subscription


def sections(newsletter: Newsletter) -> dict[str, str]:
    """The sections a reader may choose from, by key; the general one, which takes the rest, is chosen as "*"."""
    return {
        section.tag if section.tag == "*" else slug(section.tag): section.title or section.tag
        for section in newsletter.sections
    }


def others(name: str, newsletters: dict[str, Newsletter], topics: Sequence[str] = ()) -> list[str]:
    """The newsletters a subscription may move to: those whose sections all stand in this one as well.

    They must be open to everybody, and hold something of the chosen topics: a move never widens what was agreed to.

    Args:
        name: the newsletter it is now.
        newsletters: all that are configured.
        topics: what the reader chose; none means everything.
    """
    if name not in newsletters:
        return []
    here = set(sections(newsletters[name]))
    found = []
    for other, newsletter in newsletters.items():
        there = set(sections(newsletter))
        if other != name and newsletter.open and there <= here and (not topics or there & set(topics)):
            found.append(other)
    return found


def move(reader: int, name: str, to: str, newsletters: dict[str, Newsletter], *, now: datetime, where: str) -> bool:
    """Move a subscription to another newsletter of the same sections; the consent goes with it, and says so.

    Who had left comes back by it, for they ask in person. An active subscription to the other one stays as it is.

    Args:
        reader: the handle in the token.
        name: the newsletter it is now.
        to: the one it shall be.
        newsletters: all that are configured.
        now: aware UTC.
        where: the page on which the reader asked, for the proof of consent.

    Returns:
        Whether it moved.
    """
    with transaction.atomic():
        old = _of(reader, name)
        if old is None or to not in others(name, newsletters, old.topics) or suppression.why(old.subscriber.email):
            return False
        there = sections(newsletters[to])
        topics = sorted(key for key in old.topics if key in there)
        if set(topics) == set(there):
            topics = []
        said = f"moved from {name} by the reader, {where}, {now:%Y-%m-%d %H:%M} UTC"
        proof = f"{old.consent_source}; {said}" if old.status == ACTIVE else f"{said}; they had left {name}"
        agreed = old.consent_at if old.status == ACTIVE else now
        new, made = Subscription.objects.get_or_create(
            subscriber=old.subscriber,
            newsletter=to,
            defaults={
                "topics": topics, "consent_at": agreed, "consent_source": proof, "consent_text": old.consent_text
            },
        )  # fmt: skip
        if not made and new.status != ACTIVE:
            revive(new, now=now, source=proof, text=old.consent_text)
            Subscription.objects.filter(pk=new.pk).update(topics=topics)
        Subscription.objects.filter(pk=old.pk, status=ACTIVE).update(status=UNSUBSCRIBED, unsubscribed_at=now)
    return True


def pause(reader: int, name: str, *, until: datetime | None) -> bool:
    """Send nothing of a newsletter before an instant; None ends the pause. Whether there is such a subscription."""
    mine = Subscription.objects.filter(subscriber__handle=reader, newsletter=name, status=ACTIVE)
    return mine.update(paused_until=until) > 0


def adjust(reader: int, *, language: str, zone: str, form: str) -> None:
    """Set what holds for all of a reader's letters.

    Args:
        reader: the handle in the token.
        language: a BCP 47 tag; empty for each newsletter's own.
        zone: an IANA name; empty for the newsroom's.
        form: "rich" or "text".
    """
    Subscriber.objects.filter(handle=reader).update(language=language.lower(), zone=zone, format=form)


def _of(reader: int, name: str) -> Subscription | None:
    return Subscription.objects.select_related("subscriber").filter(subscriber__handle=reader, newsletter=name).first()
