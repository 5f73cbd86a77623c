"""Tells the editors by mail, once for each occasion: a draft that waits, a hold, a block, a stopped run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.db import transaction

from digest import queue
from digest.config import Config, Environment
from digest.delivery.outcomes import Accepted
from digest.edition import content, reworded
from digest.errors import DigestError, RefusedError, TransportError
from digest.pipeline import single
from digest.store.editions import Edition, Notice
from digest.store.moments import one_at_a_time

TRY_FOR = timedelta(days=2)
"""A notice that could not be delivered for so long is no longer news; it stays in the studio."""


def tell(
    config: Config, occasion: str, subject: str, text: str, *, edition: Edition | None = None, now: datetime
) -> bool:
    """Note a message to the editors, unless this occasion was noted before.

    `deliver` sends it: by a job where there is a queue, else when the house is kept.

    Args:
        config: the home's configuration.
        occasion: what happened and to what, such as "waits daily/2026-11-24"; at most 200 characters count.
        subject: one line.
        text: plain words; the address of the edition's page is added.
        edition: the edition it is about.
        now: aware UTC.

    Returns:
        Whether it is new.
    """
    if edition is not None:
        text = f"{text.rstrip()}\n\nSee it: {page(config, edition)}\n"
    if len(occasion) > 200:
        occasion = f"{occasion[:135]} {hashlib.sha256(occasion.encode()).hexdigest()}"
    values = {"edition": edition, "subject": " ".join(subject.split()), "text": text, "made_at": now}
    with transaction.atomic():
        noted, fresh = Notice.objects.get_or_create(occasion=occasion, defaults=values)
        if fresh:
            queue.defer("notify", notice=noted.pk)
    return fresh


def drafted(config: Config, edition: Edition, *, now: datetime) -> None:
    """Tell the editors of a draft that waits for one of them, or of an edition that was left out."""
    rule = config.newsletters[edition.newsletter].approval
    if edition.status == Edition.Status.SKIPPED:
        text = f"There is no edition: {edition.reason}.\nIts stories stay for the next one."
        tell(config, f"skipped {edition.name}", f"No edition: {edition.name}", text, edition=edition, now=now)
    elif edition.status == Edition.Status.DRAFT and rule.mode == "required":
        text = (
            f"The draft of {edition.name} waits for your approval{_gist(edition)}.\n"
            f"It leaves at {local(edition.slot_at, config.site.zone)}.\n"
            f"If nobody approves it by {local(edition.slot_at - rule.deadline, config.site.zone)}, "
            f"the rule of this newsletter is: {rule.otherwise}."
        )
        if noted := reworded.notes(content.read(edition.content).stories) if edition.content else ():
            text += "\n\nBy a language model:\n" + "\n".join(f"- {note}" for note in noted)
        tell(config, f"waits {edition.name}", f"A draft waits: {edition.name}", text, edition=edition, now=now)


def _gist(edition: Edition) -> str:
    """What an editor wants to know before opening it: how many stories, and the subject."""
    if not edition.content:
        return ""
    count = sum(len(section["stories"]) for section in edition.content["sections"])
    return f": {count} {'story' if count == 1 else 'stories'}, “{edition.content['subject']}”"


def stopped(
    config: Config, act: str, name: str, error: DigestError, then: str, *, edition: Edition | None, now: datetime
) -> None:
    """Tell the editors that something could not be done, once for the same trouble with the same edition.

    Args:
        config: the home's configuration.
        act: what was to be done ("approve").
        name: the edition's id.
        error: why it could not.
        then: what happens next, in a sentence.
        edition: the row, when there is one.
        now: aware UTC.
    """
    what = "Blocked" if isinstance(error, RefusedError) else "Stopped"
    mark = hashlib.sha256(str(error).encode()).hexdigest()[:12]
    text = f"Digest wanted to {act} {name} and could not:\n\n{error}\n\n{then}"
    tell(config, f"{act} {name} {mark}", f"{what}: {name}", text, edition=edition, now=now)


def local(at: datetime, zone: str) -> str:
    """An instant in words, in the newsroom's zone."""
    return f"{at.astimezone(ZoneInfo(zone)):%A, %-d %B, %H:%M} ({zone})"


def page(config: Config, edition: Edition) -> str:
    """The address of an edition's page in the studio."""
    return f"{config.site.address}/studio/editions/{edition.name}/"


def deliver(config: Config, environment: Environment, *, now: datetime) -> int:
    """Send what has not been sent, oldest first; what fails is noted and tried at the next call, for two days.

    Returns:
        How many notices left.
    """
    if not config.site.editors:
        return 0
    sent = 0
    with one_at_a_time("notices"):
        for notice in Notice.objects.filter(sent_at=None, made_at__gte=now - TRY_FOR).order_by("made_at", "pk"):
            try:
                refused = mail(
                    config, environment, config.site.editors, notice.subject, notice.text, name=str(notice.pk), now=now
                )
            except (DigestError, OSError) as error:
                notice.problem = str(error)
                notice.save(update_fields=["problem"])
                break
            notice.sent_at, notice.problem = now, refused
            notice.save(update_fields=["sent_at", "problem"])
            sent += 1
    return sent


def mail(
    config: Config,
    environment: Environment,
    to: Sequence[str],
    subject: str,
    text: str,
    *,
    name: str,
    now: datetime,
) -> str:
    """Send one plain message to people of the newsroom, by the transport that letters take.

    Args:
        config: the home's configuration; `delivery.transport` "folder" writes var/notices/*.eml.
        environment: where DIGEST_SMTP_URL stands.
        to: mailboxes.
        subject: one line.
        text: plain words.
        name: tells this message from others of the same second; part of its file's name and Message-ID.
        now: aware UTC.

    Returns:
        Whom the server refused and why; empty when it took the message for everybody.

    Raises:
        TransportError: the mail server cannot be used, or took it for nobody.
        OSError: the folder cannot be written.
    """
    made = single.message(config, f"[{config.site.name}] {subject}", text, name=name, now=now)
    made["To"] = ", ".join(to)
    refused: list[str] = []
    # The sender's own address takes the bounces: they are for the newsroom.
    with single.line(config, environment, sender=parseaddr(config.site.sender)[1], now=now) as send:
        for mailbox in to if config.delivery.transport == "smtp" else to[:1]:
            outcome = send(made, parseaddr(mailbox)[1], name)
            if not isinstance(outcome, Accepted):
                refused.append(f"{mailbox}: {outcome.reply}")
    # Once one editor has it, another try would only repeat it to them.
    if refused and len(refused) == len(to):
        raise TransportError(f"The mail server took it for nobody: {'; '.join(refused)}")
    return "; ".join(refused)
