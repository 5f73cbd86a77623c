"""What a day's questions to a language model may take, in tokens and money: entered before, made exact after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal

from django.db.models import F

from digest.config.llm import LlmTable
from digest.store.writing import Spending

_MILLION = Decimal(1_000_000)
_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one question takes, in tokens and in money."""

    tokens: int
    money: Decimal


def cost(table: LlmTable, tokens_in: int, tokens_out: int) -> Cost:
    """The cost of so many tokens by the configured prices, rounded up."""
    prices = Decimal(str(table.price_in)) * tokens_in + Decimal(str(table.price_out)) * tokens_out
    return Cost(tokens=tokens_in + tokens_out, money=(prices / _MILLION).quantize(_STEP, ROUND_UP))


def reserve(table: LlmTable, day: date, most: Cost) -> bool:
    """Enter the most a question can take, if the day's budget has room for it.

    One statement asks and enters, so two processes cannot both take the last of it; and a process that dies after it
    has spent rather too much on paper than too much in truth.
    """
    limit = Decimal(str(table.money_a_day))
    if most.tokens > table.tokens_a_day or most.money > limit:
        return False
    Spending.objects.get_or_create(day=day)
    room = Spending.objects.filter(day=day, tokens__lte=table.tokens_a_day - most.tokens, money__lte=limit - most.money)
    return bool(room.update(tokens=F("tokens") + most.tokens, money=F("money") + most.money, calls=F("calls") + 1))


def settle(day: date, most: Cost, taken: Cost) -> None:
    """Put what a question took in the place of the most it could take; more than that is entered too."""
    Spending.objects.filter(day=day).update(
        tokens=F("tokens") + (taken.tokens - most.tokens), money=F("money") + (taken.money - most.money)
    )
