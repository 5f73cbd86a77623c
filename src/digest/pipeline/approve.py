"""The editor's word: freezes an edition into the bytes that will be sent, or holds it back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction

from digest import preflight, queue, resources
from digest.config.sending import Canary
from digest.config.values import Config, Newsletter
from digest.delivery import enrol, freeing, message, waves
from digest.delivery.pace import manners
from digest.edition import content
from digest.edition.variants import Shown, Wish, plan, shown, whole
from digest.edition.workflow import FROZEN, Status, locked, overtaken, step
from digest.errors import MovedOnError, RefusedError
from digest.model import Edition
from digest.pipeline import forms, notices
from digest.social import rules
from digest.social.ledger import plan as plan_posts
from digest.store import editions as store
from digest.store.posts import Post

_OVERTAKEN = "some stories of {} went out with another edition since it was drafted; draft it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frozen:
    """One variant, ready to be kept. `twin_of` is the key of the letter whose appeal it lacks."""

    kind: str
    key: str
    language: str
    asks: bool
    subject: str
    body: bytes
    twin_of: str = ""

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def approve(
    config: Config, edition: store.Edition, *, by: str, now: datetime, expected: str = "", appeal: bool = True
) -> store.Edition:
    """Freeze an edition: run preflight, render every variant once, record the hashes, enter the readers.

    Doing it again for an approved edition changes nothing, except that readers who were not entered yet are.

    Args:
        config: the home's configuration.
        edition: the row, as the caller saw it.
        by: who approves, or the rule that does.
        now: aware UTC.
        expected: the hash the editor saw; empty to take the edition as it is.
        appeal: False freezes it without its appeal.

    Raises:
        MovedOnError: the edition is no longer the one that was seen, or its stories went out with another.
        RefusedError: preflight found what must not leave, or the edition cannot be approved from where it stands.
    """
    newsletter = config.newsletter(edition.newsletter)
    if edition.status in FROZEN:
        return _again(config, edition, by, expected, now)
    if edition.approved_at is not None:
        raise RefusedError(
            f"{edition.name} was approved and held while it was sent; `digest publish {edition.name}` goes on with it"
        )
    value = content.read(edition.content)
    if not value.stories:
        raise RefusedError(f"{edition.name} has no stories; there is nothing to send")
    if overtaken(edition):
        raise MovedOnError(_OVERTAKEN.format(edition.name))
    value = replace(value, appeal=value.appeal if appeal else None)
    wanted = plan(value, enrol.distinct_wishes(edition.newsletter), resources.languages(settings.HOME))
    frozen = list(_freeze(config, newsletter, value, edition.slot_key, wanted))
    preflight.gate(config, value, {part.key: part.body for part in frozen if part.kind == "letter"})
    sweep(edition)
    with transaction.atomic():
        row = locked(edition)
        shown = content.dump(value)
        # Somebody may have approved the very same a moment ago.
        twice = row.status in FROZEN and row.content == shown and edition.hash.startswith(expected)
        if not twice:
            _same(row, edition, expected)
            step(row, Status.APPROVED)
            _keep(row, frozen)
            _consider(row)
            plan_posts(row, value.posts, now)
            row.content = shown
            row.approved_at, row.approved_by = now, by[:254]
            first = newsletter.canary.seeds or newsletter.canary.share
            row.wave, row.wave_at = waves.SEEDS if first else waves.REST, None
            row.hash = _hash(row, value)
            row.save()
            queue.defer("publish", at=row.slot_at if row.slot_at > now else None, edition=row.pk)
    if twice:
        return _again(config, row, by, "", now)
    enter(config, row, now=now)
    return row


def hold(config: Config, edition: store.Edition, *, by: str, now: datetime, reason: str = "") -> store.Edition:
    """Hold an edition: nothing more of it leaves.

    One of which nothing has left gives its stories back and can be drafted and approved again. One that is being sent
    stops; `publish` goes on with it.

    Raises:
        RefusedError: it is sent already.
    """
    with transaction.atomic():
        row = locked(edition)
        begun = row.status == Status.SENDING
        step(row, Status.HELD, reason=reason or f"held by {by}")
        if not begun:
            thaw(row)
    if begun:
        freeing.free(row, manners(config.delivery, zone=config.site.zone, clock="newsroom"), now)
    else:
        sweep(row)
    if rules.by_person(by):
        where = "nothing more of it leaves" if begun else "its stories go to the next edition"
        text = f"{by} held {row.name}: {row.reason}.\n{where.capitalize()}."
        notices.tell(config, f"held {row.name} {now:%Y-%m-%dT%H:%M}", f"Held: {row.name}", text, edition=row, now=now)
    return row


def thaw(row: store.Edition) -> None:
    """Undo a freeze of which nothing has left, inside a transaction: from now on nothing of it can leave.

    Its letters and variants are left to `sweep`, for there may be a million.
    """
    Post.objects.filter(edition=row).delete()
    row.considered.all().delete()
    row.approved_at, row.approved_by, row.enrolled_at, row.wave, row.wave_at = None, "", None, waves.REST, None
    row.hash = content.digest_of(content.read(row.content)) if row.content else ""
    row.save(update_fields=["approved_at", "approved_by", "enrolled_at", "hash", "wave", "wave_at"])


def sweep(edition: store.Edition) -> None:
    """Remove the letters and variants of an edition that is frozen no longer.

    Broken off, it is taken up before the next freeze. In pieces, so that nobody who wants to write waits long, and
    each only while the edition is not frozen anew.
    """
    while True:
        with transaction.atomic():
            row = locked(edition)
            if row.status in FROZEN or row.approved_at is not None:
                return
            if not enrol.forget(row):
                # Without looking for letters that name them, for there are none left and no index of that.
                row.variants.filter(twin__isnull=False)._raw_delete(DEFAULT_DB_ALIAS)
                row.variants.all()._raw_delete(DEFAULT_DB_ALIAS)
                return
        enrol.give_way()


def _again(config: Config, edition: store.Edition, by: str, expected: str, now: datetime) -> store.Edition:
    if expected and not edition.hash.startswith(expected):
        raise MovedOnError(f"{edition.name} is approved as {edition.hash[:12]}, not as {expected[:12]}")
    enter(config, edition, now=now)
    if rules.by_person(by):
        # An editor's word for what a rule approved: accounts that never posted wait for it.
        rules.allow(edition, by=by)
    return edition


def _same(row: store.Edition, seen: store.Edition, expected: str) -> None:
    if row.hash != seen.hash or (expected and not row.hash.startswith(expected)):
        raise MovedOnError(
            f"{row.name} has changed since it was looked at (now {row.hash[:12]}); look again, then decide"
        )


def _freeze(config: Config, newsletter: Newsletter, value: Edition, slot: str, wanted: set[Shown]) -> Iterator[_Frozen]:
    """Every letter, the page and the print page, as bytes."""
    letters = wanted | {whole(value)} if "letter" in newsletter.channels else {whole(value)}
    for made in forms.letters(config, newsletter, value, letters):
        yield _Frozen(
            kind="letter",
            key=made.shown.key(asks=made.asks),
            language=made.shown.language,
            asks=made.asks,
            subject=made.subject,
            body=assembled(config, value, slot, made),
            twin_of="" if made.asks else made.shown.key(asks=True),
        )
    for kind, html in (
        ("page", forms.web_page(config, newsletter, value)),
        ("print", forms.print_page(config, newsletter, value)),
    ):
        yield _Frozen(
            kind=kind, key=kind, language=value.language, asks=False, subject=value.subject, body=html.encode()
        )


def assembled(config: Config, value: Edition, slot: str, made: forms.MadeLetter) -> bytes:
    """A made letter as the message that is frozen."""
    return message.assemble(
        html=made.html,
        text=made.text,
        subject=made.subject,
        sender=config.site.sender,
        site=config.site.address,
        newsletter=value.newsletter,
        title=value.title,
        slot=slot,
        reply_to=config.site.reply_to or "",
        providers=config.delivery.bounces.providers,
    )


def _keep(row: store.Edition, frozen: list[_Frozen]) -> None:
    made = [
        store.Variant(
            edition=row,
            kind=part.kind,
            key=part.key,
            language=part.language,
            asks=part.asks,
            subject=part.subject,
            body=part.body,
            hash=part.hash,
        )
        for part in frozen
    ]
    store.Variant.objects.bulk_create(made)
    by_key = {variant.key: variant for variant in made}
    twins = []
    for part in frozen:
        if part.twin_of in by_key:
            asking = by_key[part.twin_of]
            asking.twin = by_key[part.key]
            twins.append(asking)
    store.Variant.objects.bulk_update(twins, ["twin"])


def _consider(row: store.Edition) -> None:
    """Write what this edition has looked at; the database refuses an article a second time."""
    try:
        with transaction.atomic():
            store.Consideration.objects.bulk_create(
                [
                    store.Consideration(
                        newsletter=row.newsletter,
                        article_id=article,
                        edition=row,
                        story=story,
                        carried=carried,
                        why=why,
                    )
                    for article, story, carried, why in row.looked_at
                ],
                batch_size=500,
            )
    except IntegrityError as error:
        raise MovedOnError(_OVERTAKEN.format(row.name)) from error


def _hash(row: store.Edition, value: Edition) -> str:
    parts = [
        *row.variants.values_list("hash", flat=True),
        *Post.objects.filter(edition=row).values_list("hash", flat=True),
    ]
    return content.digest_of_frozen(content.digest_of(value), parts)


def enter(config: Config, row: store.Edition, *, now: datetime) -> None:
    """Enter a letter for each reader of a frozen edition, once.

    Set by set, each in a transaction of its own: it may be broken off at any moment and is taken up again.

    Raises:
        MovedOnError: the edition was held meanwhile; nobody is entered for what it was.
    """
    if row.enrolled_at is not None:
        return
    newsletter = config.newsletter(row.newsletter)
    if "letter" in newsletter.channels:
        # The freeze's instant and not this one, so that a repetition decides the same.
        due, by_zone = row.approved_at or now, None
        if newsletter.clock == "reader":
            slot = waves.Slot(
                at=row.slot_at, frozen_at=due, zone=ZoneInfo(config.site.zone), late_by=newsletter.late_by
            )
            due, by_zone = max(due, row.slot_at), partial(waves.due_at, slot)
        # As it was approved: letters of a first wave that nobody lets go would wait for ever.
        canary = newsletter.canary if row.wave < waves.REST or row.wave_at else Canary()
        enrol.enrol(row, _choices(row), due_at=due, now=now, by_zone=by_zone, canary=canary, zone=config.site.zone)
    row.enrolled_at = now
    # Not a plain save: it may have been held, and approved anew, since.
    store.Edition.objects.filter(pk=row.pk, approved_at=row.approved_at).update(enrolled_at=now)


def _choices(row: store.Edition) -> Callable[[Wish], enrol.Choice]:
    """Which of the frozen letters a wish leads to, or why it leads to none."""
    value, kept = content.read(row.content), enrol.variants_of(row)
    speaks = frozenset(resources.languages(settings.HOME))

    def choose(wish: Wish) -> enrol.Choice:
        letter = shown(value, wish, speaks)
        if letter is None:
            return None, "none of the reader's topics has a story today"
        variant = kept.get(letter.key(asks=True)) or kept.get(letter.key(asks=False))
        return (variant, "") if variant else (None, "the reader changed their wishes while the edition was frozen")

    return choose
