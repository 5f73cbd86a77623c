"""The shipped files show every key there is, and what they show is valid."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest

from digest.config import llm, load, sending, values
from digest.content.choice.rank import DEFAULT_WEIGHTS
from digest.resources import folder

TABLES = [
    ("digest.toml", "site", values.SiteTable),
    ("digest.toml", "gather", values.GatherTable),
    ("digest.toml", "delivery", values.DeliveryTable),
    ("digest.toml", "delivery.dkim", sending.Dkim),
    ("digest.toml", "delivery.warm_up", sending.WarmUp),
    ("digest.toml", "delivery.bounces", sending.Bounces),
    ("digest.toml", "llm", llm.LlmTable),
    ("feeds.toml", "feeds.0", values.Feed),
    ("tags.toml", "tags.0", values.Tag),
    ("tags.toml", "tagging", values.TaggingTable),
    ("social.toml", "accounts.0", values.Account),
    ("appeals.toml", "appeals.autumn", values.AppealTable),
    ("appeals.toml", "appeals.autumn.goal", values.GoalTable),
    ("newsletters/daily.toml", "", values.Newsletter),
    ("newsletters/daily.toml", "approval", values.Approval),
    ("newsletters/daily.toml", "thin_day", values.ThinDay),
    ("newsletters/daily.toml", "canary", sending.Canary),
    ("newsletters/daily.toml", "sections.0", values.SectionTable),
]


def test_the_shipped_configuration_is_valid():
    assert load(folder("config").parent).newsletters["daily"].default


def test_the_shown_examples_are_valid_too(write, whole):
    config = load(write(whole))
    assert config.feeds
    assert config.appeals["autumn"].goal


@pytest.mark.parametrize(("file", "path", "table"), TABLES)
def test_every_key_is_shown(shown, file, path, table):
    at = tomllib.loads(shown[file])
    for part in filter(None, path.split(".")):
        at = at[int(part)] if part.isdigit() else at[part]
    assert set(at) == set(table.model_fields)


def test_every_signal_is_shown_with_its_usual_weight(shown):
    assert tomllib.loads(shown["newsletters/daily.toml"])["weights"] == dict(DEFAULT_WEIGHTS)


def test_no_table_is_forgotten():
    def tables(model) -> Iterator[type]:
        yield model
        for field in model.model_fields.values():
            for inner in _models(field.annotation):
                yield from tables(inner)

    assert set(tables(values.Config)) - {values.Config} == {table for _, _, table in TABLES}


def _models(annotation) -> Iterator[type]:
    if isinstance(annotation, type) and issubclass(annotation, values.Value):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)
