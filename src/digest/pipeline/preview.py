"""Shows exactly what would be sent, in any form, with dead personal links."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import format_datetime

from django.conf import settings

from digest import preflight, resources
from digest.audience import tokens
from digest.config.values import Config, Newsletter
from digest.delivery import fill
from digest.edition import content
from digest.edition.variants import Shown, Wish, shown, whole
from digest.errors import InputError
from digest.model import Edition
from digest.pipeline import forms
from digest.pipeline.approve import assembled
from digest.preflight.message import opened
from digest.store import editions as store
from digest.store.audience import Subscription
from digest.store.letters import Letter


def show(config: Config, row: store.Edition, form: str, *, now: datetime, to: str = "") -> bytes:
    """An edition in one of its forms: the frozen bytes once it is approved, else what approval would freeze.

    Args:
        config: the home's configuration.
        row: the edition.
        form: "html", "text" and "eml" are the letter; "posts", "page", "print", "json".
        now: the Date of the letter.
        to: a subscriber's address, to see their letter; empty for the one with everything.

    Raises:
        InputError: there is no such subscriber, they get no HTML, or the edition has no stories.
    """
    newsletter = config.newsletter(row.newsletter)
    value = content.read(row.content)
    if form == "json":
        return _json(row)
    if form == "posts":
        return "".join(
            f"{post.account} ({post.kind}, {post.length})\n\n{post.text}\n\n" for post in value.posts
        ).encode()
    if not value.stories:
        raise InputError(f"{row.name} has no stories, so there is nothing to show")
    if form in ("page", "print"):
        return _page(config, newsletter, row, value, form)
    letter = _filled(config, row, _letter(config, newsletter, row, value, to), to, now)
    if form == "eml":
        return letter
    parts = opened(letter)
    if form == "html" and not parts.html:
        raise InputError(f"{to} gets letters of text alone; look at it with --as text or --as eml")
    return (parts.html if form == "html" else parts.text).encode()


def findings(config: Config, row: store.Edition) -> tuple[preflight.Finding, ...]:
    """What preflight says of the letter with everything, so that an editor knows it before the decision.

    Raises:
        TemplateError: a template is wrong.
    """
    newsletter, value = config.newsletter(row.newsletter), content.read(row.content)
    if not value.stories:
        return ()
    body = _letter(config, newsletter, row, value, "")
    return tuple(preflight.findings(config, value, {"everything": body}))


def _json(row: store.Edition) -> bytes:
    body = dict(row.content)
    body |= {"id": row.name, "status": row.status, "hash": row.hash}
    if window := body.get("window"):
        body["window"] = {"from": window["start"], "to": window["end"]}
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _page(config: Config, newsletter: Newsletter, row: store.Edition, value: Edition, kind: str) -> bytes:
    frozen = row.variants.filter(kind=kind).first()
    if frozen:
        return bytes(frozen.body)
    make = forms.web_page if kind == "page" else forms.print_page
    return make(config, newsletter, value).encode()


def _letter(config: Config, newsletter: Newsletter, row: store.Edition, value: Edition, to: str) -> bytes:
    """The message with open holes that this reader gets."""
    entered = row.letters.filter(subscriber__email=to.lower()).select_related("variant").first() if to else None
    if entered and entered.status == Letter.Status.SKIPPED:
        raise InputError(f"{to} gets nothing of {row.name}: {entered.reply}")
    if entered and entered.variant:
        return bytes(entered.variant.body)
    wanted = _wanted(row, value, to)
    keys = [wanted.key(asks=asks) for asks in (True, False)]
    frozen = row.variants.filter(kind="letter", key__in=keys).order_by("-asks").first()
    if frozen:
        return bytes(frozen.body)
    made = next(iter(forms.letters(config, newsletter, value, {wanted})))
    return assembled(config, value, row.slot_key, made)


def _wanted(row: store.Edition, value: Edition, to: str) -> Shown:
    if not to:
        return whole(value)
    found = Subscription.objects.filter(newsletter=row.newsletter, subscriber__email=to.lower()).select_related(
        "subscriber"
    )
    subscription = found.first()
    if subscription is None:
        raise InputError(f"{to} does not receive {row.newsletter}")
    reader = subscription.subscriber
    wish = Wish(tuple(sorted(subscription.topics)), reader.language, reader.format == "text")
    wanted = shown(value, wish, resources.languages(settings.HOME))
    if wanted is None:
        raise InputError(f"{to} gets nothing today: none of their topics has a story in {row.name}")
    return wanted


def _filled(config: Config, row: store.Edition, body: bytes, to: str, now: datetime) -> bytes:
    site = config.site.address
    return fill.fill(
        fill.prepare(body),
        {
            "to": to or "reader@preview.invalid",
            "address": to or "reader@preview.invalid",
            "date": format_datetime(now),
            "message_id": f"preview.{row.slot_key}@preview.invalid",
            "unsubscribe_url": f"{site}/u/{tokens.dead('unsubscribe', row.newsletter)}",
            "preferences_url": f"{site}/s/{tokens.dead('settings', row.newsletter)}",
            "page_url": forms.page_address(config, row.name),
        },
    )
