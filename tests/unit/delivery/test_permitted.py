"""Nobody is mailed without a way out."""

from pathlib import Path

import pytest

from digest.config import Config
from digest.delivery.folder import Folder
from digest.delivery.permitted import why_not
from digest.delivery.server import server
from digest.delivery.smtp import Smtp

SMTP = Smtp(server("smtp://mail.example"))


def _config(**site):
    whole = {"name": "The Courier", "address": "https://news.example", "postal_address": "1 Quay Street"} | site
    return Config.model_validate({"site": whole})


class Site:
    """Answers a good link and a forged one."""

    def __init__(self, good=200, forged=404):
        self.answers = [good, forged]
        self.pressed = []

    def __call__(self, address):
        self.pressed.append(address)
        return self.answers[len(self.pressed) - 1]


def test_a_site_that_stands_may_send():
    site = Site()
    assert why_not(_config(), SMTP, press=site) == ""
    assert all(address.startswith("https://news.example/u/") for address in site.pressed)
    assert len(set(site.pressed)) == 2


@pytest.mark.parametrize(
    ("config", "site", "why"),
    [
        ({"address": "http://news.example"}, Site(), "https://"),
        ({"postal_address": "  "}, Site(), "postal_address is empty"),
        ({}, Site(good=404), "answers 404"),
        ({}, Site(good=302), "answers 302"),
        ({}, Site(good=0), "does not answer"),
        ({}, Site(forged=200), "something else than digest"),
    ],
)
def test_what_is_missing_is_named(config, site, why):
    assert why in why_not(_config(**config), SMTP, press=site)


def test_links_are_not_signed_with_a_key_that_is_not_there(settings):
    settings.KEYS = ("unset: run `digest init`",)
    assert "digest init" in why_not(_config(), SMTP, press=Site())


@pytest.mark.parametrize("transport", [Folder(Path("outbox")), Smtp(server("smtp://127.0.0.1:2525"))])
def test_what_reaches_no_reader_is_excepted(transport):
    site = Site()
    assert why_not(_config(address="http://127.0.0.1:8000", postal_address=""), transport, press=site) == ""
    assert site.pressed == []
