"""A day's budget under two processes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from digest.config.llm import LlmTable
from digest.store.writing import Spending
from digest.writer.budget import Cost, cost, reserve, settle

DAY = date(2026, 11, 22)


def test_costs_are_rounded_up() -> None:
    table = LlmTable(price_in=0.15, price_out=0.6)
    assert cost(table, 1_000_000, 1_000_000) == Cost(tokens=2_000_000, money=Decimal("0.750000"))
    assert cost(table, 1, 0).money == Decimal("0.000001")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_take_more_than_there_is() -> None:
    table = LlmTable(tokens_a_day=1_000, money_a_day=1.0)

    def take(_: int) -> bool:
        try:
            return reserve(table, DAY, Cost(tokens=90, money=Decimal("0.05")))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(40)))
    assert sum(taken) == 11
    assert Spending.objects.get().tokens == 990


@pytest.mark.django_db
def test_what_was_not_taken_is_given_back() -> None:
    table = LlmTable(tokens_a_day=100, money_a_day=1.0)
    most = Cost(tokens=90, money=Decimal("0.5"))
    assert reserve(table, DAY, most)
    assert not reserve(table, DAY, most)
    settle(DAY, most, Cost(tokens=10, money=Decimal("0.1")))
    assert reserve(table, DAY, most)
    assert (Spending.objects.get().tokens, Spending.objects.get().money) == (100, Decimal("0.600000"))
