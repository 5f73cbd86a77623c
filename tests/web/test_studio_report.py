"""The delivery page tells the pace, the reasons and what was followed, and loads itself while letters leave."""

from __future__ import annotations

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
    assert "hard" in page
    assert '<th scope="row">inbox.example</th><td class="number">1</td>' in page.replace("\n", "")
    Edition.objects.filter(pk=edition.pk).update(status="sent")
    assert "http-equiv" not in ana.get(HERE.format(edition.name)).content.decode()
