"""An invented edition of 25 stories in six sections, with pictures and an appeal, and the look of its newsroom."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from publisher import sentence

from digest.model import Also, Amount, Appeal, Edition, EditionStory, Goal, Image, Section, Sentence, Window
from digest.render.brand import Brand

SITE = "https://bench.example"
SLOT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SIZES = {"harbour": 5, "city": 5, "money": 4, "world": 5, "science": 3, "culture": 3}
BRAND = Brand(
    name="The Bench Courier",
    site=SITE,
    tagline="What happened while the machine was warm",
    sender="The Bench Courier",
    postal_address="1 Quay Street, Port Ellery",
    donation_link=f"{SITE}/give",
)


def edition() -> Edition:
    """The same edition each time."""
    sections = tuple(
        Section(tag=tag, title=tag.title(), stories=tuple(_story(tag, number) for number in range(size)))
        for tag, size in SIZES.items()
    )
    lead = sections[0].stories[0]
    return Edition(
        id="daily/2026-11-24",
        newsletter="daily",
        title="The Daily",
        number=1,
        slot=SLOT,
        window=Window(start=SLOT - timedelta(days=1), end=SLOT),
        language="en",
        direction="ltr",
        subject=lead.headline,
        preheader="",
        sections=sections,
        appeal=Appeal(
            name="autumn",
            headline="This letter is paid for by its readers",
            reason="No advertising, no owner: one reader in forty pays for the others.",
            once=tuple(Amount(label=f"€{sum_}", url=f"{SITE}/give?once={sum_}") for sum_ in (15, 40, 100)),
            monthly=tuple(Amount(label=f"€{sum_}", url=f"{SITE}/give?monthly={sum_}") for sum_ in (5, 10, 20)),
            link=f"{SITE}/give",
            note="Gifts are tax-deductible.",
            goal=Goal(raised=31200, total=50000, currency="EUR"),
            after="city",
        ),
    )


def _story(tag: str, number: int) -> EditionStory:
    chance = random.Random(f"{tag} {number}")
    address = f"{SITE}/{tag}/{number}"
    return EditionStory(
        id=f"{tag}{number}",
        headline=sentence(chance, 11)[:-1],
        url=address,
        source="The Bench Courier",
        rights="own",
        published=SLOT - timedelta(hours=number + 1),
        authors=("Ines Vale", "Tom Aderhold"),
        language="en",
        image=Image(url=f"{SITE}/i/{tag}{number}.jpeg", alt="A quay in the rain", width=1200, height=675),
        summary=tuple(Sentence(text=sentence(chance, 20)) for _ in range(2)),
        also=tuple(Also(source=f"Outlet {at}", url=f"{address}?{at}", headline=sentence(chance, 9)) for at in (1, 2)),
        minutes=4,
    )
