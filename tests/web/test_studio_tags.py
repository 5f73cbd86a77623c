"""The studio's pages of tags: what made each, an editor's word by a plain form, and what the vocabulary lacks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from digest.clock.now import now
from digest.edition import content
from digest.store.articles import Article
from digest.store.editions import Edition
from digest.store.feeds import Feed
from digest.store.tagging import TagVerdict

pytestmark = pytest.mark.django_db

HERE = "/studio/editions/daily/2026-11-24/"


@pytest.fixture
def vocabulary(newsroom: Path) -> None:
    (newsroom / "config" / "tags.toml").write_text(
        '[[tags]]\nname = "Harbour"\n[[tags]]\nname = "Ferries & <boats>"\nparents = ["Harbour"]\n'
    )


def word(ana: Any, edition: Edition, **given: str) -> int:
    page = ana.get(f"{HERE}tags").content.decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    article = content.read(edition.content).stories[0].articles[0]
    fields = {"csrfmiddlewaretoken": token, "article": article, "tag": "harbour", "hash": edition.hash, **given}
    status: int = ana.post(f"{HERE}retag", fields, headers={"Referer": "https://news.example/"}).status_code
    return status


def test_every_tag_says_what_made_it_and_others_can_be_added(vocabulary: None, ana: Any, edition: Edition) -> None:
    page = ana.get(f"{HERE}tags").content.decode()
    assert "<script" not in page
    assert " style=" not in page
    assert "<b>Harbour</b>" in page
    assert "“harbour” 4 times, first in the headline" in page
    assert "Does not fit" in page
    assert '<option value="ferries-boats">Ferries &amp; &lt;boats&gt;</option>' in page
    assert 'href="/studio/editions/daily/2026-11-24/tags" aria-current="page"' in page


def test_a_word_needs_a_form_an_editor_and_what_was_seen(vocabulary: None, ana: Any, edition: Edition) -> None:
    assert word(ana, edition, word="burn") == 400
    assert word(ana, edition, word="yes", hash="0") == 409
    assert word(ana, edition, word="yes", article="x" * 3000) == 409
    assert word(ana, edition, word="yes", tag="\x00") == 409
    assert ana.post(f"{HERE}retag", {"word": "no", "tag": "harbour"}).status_code == 403
    assert ana.get(f"{HERE}retag").status_code == 405
    assert not TagVerdict.objects.exists()
    assert word(ana, edition, word="no") == 302
    verdict = TagVerdict.objects.get()
    assert (verdict.tag, verdict.fits, verdict.by) == ("harbour", False, "ana@news.example")


def test_a_frozen_edition_stays_and_the_word_is_kept(vocabulary: None, ana: Any, edition: Edition) -> None:
    Edition.objects.filter(pk=edition.pk).update(status="sent")
    assert "stays as it is" in ana.get(f"{HERE}tags").content.decode()
    assert word(ana, edition, word="no") == 302
    assert Edition.objects.get(pk=edition.pk).hash == edition.hash
    page = ana.get(f"{HERE}tags").content.decode()
    assert "ana@news.example says it does not fit" in page
    assert word(ana, edition, word="back") == 302
    assert not TagVerdict.objects.exists()


def test_names_that_recur_are_shown_with_what_to_paste(vocabulary: None, ana: Any) -> None:
    assert "No name recurs" in ana.get("/studio/tags").content.decode()
    addresses = ("https://feeds.example/harbour.xml", "https://feeds.example/hills.xml")
    feeds = [Feed.objects.get_or_create(address=address)[0] for address in addresses]
    for at in range(4):
        Article.objects.create(
            feed=feeds[at % 2], url=f"https://x.example/{at}", title=f"<b>crane</b> {at} rises", content_hash=str(at),
            text="We saw the Orran Guard on the quay.", published_at=now(), first_seen_at=now(),
        )  # fmt: skip
    page = ana.get("/studio/tags").content.decode()
    assert "4 articles, 2 outlets" in page
    assert "[[tags]]\nname = &#34;Orran Guard&#34;" in page
    assert "&lt;b&gt;crane" in page
