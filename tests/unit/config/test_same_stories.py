"""Two X accounts on the same stories are refused."""

import pytest

from digest.config.across import mistakes
from digest.config.values import Config


def config(**newsletters: tuple[list[str], list[str]]) -> Config:
    return Config.model_validate(
        {
            "site": {"name": "Test"},
            "tags": [{"name": "Sport"}, {"name": "Politics"}],
            "accounts": [{"name": "one", "network": "x"}, {"name": "two", "network": "x"}, {"name": "desk"}],
            "newsletters": {
                name: {"title": name, "channels": channels, "sections": [{"tag": tag} for tag in tags]}
                for name, (channels, tags) in newsletters.items()
            },
        }
    )


@pytest.mark.parametrize(
    "newsletters",
    [
        {"daily": (["x:one", "x:two"], ["sport"])},
        {"daily": (["x:one"], ["sport"]), "weekly": (["x:two"], ["sport", "politics"])},
        {"daily": (["x:one"], ["*"]), "weekly": (["x:two"], ["politics"])},
    ],
    ids=["in one newsletter", "in two", "by the general section"],
)
def test_two_accounts_on_the_same_stories(newsletters: dict[str, tuple[list[str], list[str]]]):
    (found,) = mistakes(config(**newsletters))
    assert found[0][-1] == "channels"
    assert "X closes such accounts" in found[1]


@pytest.mark.parametrize(
    "newsletters",
    [
        {"daily": (["x:one"], ["sport"]), "weekly": (["x:two"], ["politics"])},
        {"daily": (["x:one"], ["sport"]), "weekly": (["x:one"], ["sport"])},
        {"daily": (["x:one", "folder:desk"], ["sport"])},
    ],
    ids=["different stories", "one account", "a folder"],
)
def test_what_is_allowed(newsletters: dict[str, tuple[list[str], list[str]]]):
    assert list(mistakes(config(**newsletters))) == []
