"""Turns a configured appeal into what is shown: each amount a link."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from digest.config.values import AppealTable
from digest.model import Amount, Appeal, Goal

_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF ", "CAD": "$", "AUD": "$"}


def appeal(name: str, table: AppealTable) -> Appeal:
    """The appeal called `name`, its amounts once and monthly as links, its goal as configured."""
    goal = None
    if table.goal:
        goal = Goal(raised=table.goal.raised, total=table.goal.total, currency=table.currency, as_of=table.goal.as_of)
    return Appeal(
        name=name,
        headline=table.headline,
        reason=table.reason,
        once=tuple(_amount(table, amount, "once") for amount in table.once),
        monthly=tuple(_amount(table, amount, "monthly") for amount in table.monthly),
        link=_open(table.link),
        note=table.note,
        goal=goal,
    )


def _amount(table: AppealTable, amount: int, interval: str) -> Amount:
    sign = _SIGNS.get(table.currency)
    label = f"{sign}{amount}" if sign else f"{amount} {table.currency}"
    return Amount(label=label, url=_fill(table.link, str(amount), interval))


def _open(link: str) -> str:
    """The link without what it leaves to be filled in: the reader chooses there."""
    parts = urlsplit(link)
    pairs = [pair for pair in parts.query.split("&") if "{" not in pair]
    return urlunsplit(parts._replace(query="&".join(pairs)))


def _fill(link: str, amount: str, interval: str) -> str:
    return link.replace("{amount}", amount).replace("{interval}", interval)
