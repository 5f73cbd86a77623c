"""The delivery page tells the pace, the reasons and what was followed, and loads itself while letters leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from digest.edition import content
from digest.store.audience import Subscriber
from digest.store.editions import Edition
from digest.store.letters import Click, Letter, SendWindow
from digest.studio import show

HERE = "/studio/editions/{}/deliveries"


def test_the_report_stands_on_the_page(ana, edition):
    show._domains.cache_clear()
    at = timezone.now()
    Edition.objects.filter(pk=edition.pk).update(status="sending", approved_at=at)
    window = SendWindow.objects.create(edition=edition, worker="w", opened_at=at, closed_at=at, lease_until=at)
    reader = Subscriber.objects.create(email="ana@inbox.example", handle=1, joined_at=at)
    Letter.objects.create(edition=edition, subscriber=reader, due_at=at, status="sent", at=at, window=window)
    for status, reply in (("sent", "250 ok"), ("failed", "550 5.1.1 <b>gone</b>"), ("pending", "")):
        Letter.objects.create(
            edition=edition, due_at=at, status=status, reply=reply, at=at, window=window, bounce="hard"
        )
    story = content.read(edition.content).stories[0]
    Click.objects.create(edition=edition, place=story.id, day=at.date(), count=12)
    page = ana.get(HERE.format(edition.name)).content.decode()
    assert '<meta http-equiv="refresh" content="10">' in page
    assert "a second" in page
    assert "550 5.1.1 &lt;b&gt;gone&lt;/b&gt;" in page
    assert "Stories followed" in page
    assert story.headline in page
    assert "hard: no such mailbox" in page
    assert '<th scope="row">inbox.example</th><td class="number">1</td>' in page.replace("\n", "")
    Edition.objects.filter(pk=edition.pk).update(status="sent")
    assert "http-equiv" not in ana.get(HERE.format(edition.name)).content.decode()


def _sending(edition, **letter):
    at = timezone.now()
    Edition.objects.filter(pk=edition.pk).update(status="sending", approved_at=at)
    Letter.objects.create(edition=edition, **{"due_at": at, "at": at, **letter})


def test_who_types_a_reason_is_not_disturbed_by_a_page_that_loads_itself(ana, edition):
    _sending(edition, status="pending")
    moving = ana.get(HERE.format(edition.name)).content.decode()
    assert 'http-equiv="refresh"' in moving
    assert 'name="reason"' not in moving
    assert f'action="/studio/editions/{edition.name}/hold"' in moving
    assert moving.count('href="?still=yes') == 2
    still = ana.get(HERE.format(edition.name) + "?still=yes").content.decode()
    assert 'http-equiv="refresh"' not in still
    assert 'name="reason"' in still
    assert f'href="/studio/editions/{edition.name}/deliveries"' in still


def test_when_nothing_leaves_the_page_says_when_it_will(ana, edition):
    due = timezone.now() + timedelta(hours=2)
    _sending(edition, status="deferred", due_at=due, reply="451 4.7.1 later")
    page = ana.get(HERE.format(edition.name)).content.decode()
    assert f"The next letters are due {show.moment(due, 'Europe/Berlin')}." in page
    Edition.objects.filter(pk=edition.pk).update(status="held")
    assert "The next letters are due" not in ana.get(HERE.format(edition.name)).content.decode()


def test_uncertain_letters_bring_the_command_that_settles_them(ana, edition):
    _sending(edition, status="uncertain")
    assert f"digest deliveries resolve {edition.name}" in ana.get(HERE.format(edition.name)).content.decode()


def test_nobody_is_asked_to_decide_what_is_over(ana, edition):
    assert 'href="#decide"' in ana.get(HERE.format(edition.name)).content.decode()
    Edition.objects.filter(pk=edition.pk).update(status="sent")
    assert 'href="#decide"' not in ana.get(HERE.format(edition.name)).content.decode()


@pytest.mark.parametrize(
    ("left", "words"),
    [(timedelta(seconds=20), "less than a minute"), (timedelta(minutes=1), "about 1 minute"),
     (timedelta(minutes=10), "about 10 minutes"), (timedelta(hours=2), "about 2.0 hours"), (None, "")],
)  # fmt: skip
def test_how_long_it_takes_is_said_in_words(left, words):
    assert show.span(left) == words
