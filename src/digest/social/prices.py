"""What a post costs, in dollars, by each network's published prices."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from digest.render.length import addresses


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for one post: without an address in its text, and with one."""

    plain: Decimal
    with_address: Decimal


PRICES = {
    "folder": Price(Decimal(0), Decimal(0)),
    # "Content: Create" and "Content: Create (with URL)", https://docs.x.com/x-api/getting-started/pricing
    "x": Price(Decimal("0.015"), Decimal("0.200")),
}


def price(network: str, text: str) -> Decimal:
    """What posting this text costs. A name with a dot ("news.org") is an address to X, so it is to us."""
    prices = PRICES[network]
    return prices.with_address if "://" in text or addresses(text) else prices.plain
