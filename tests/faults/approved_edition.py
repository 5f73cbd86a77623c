"""Puts readers and an approved edition into a home: `python approved_edition.py HOME READERS [no letters]`."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from digest.site import setup

setup(Path(sys.argv[1]))

from django.conf import settings  # noqa: E402 - after setup

from digest.audience.importing import load  # noqa: E402
from digest.delivery.enrol import enrol  # noqa: E402
from digest.delivery.message import assemble, frozen_hash  # noqa: E402
from digest.store.models import Edition, Variant  # noqa: E402

NOW = datetime(2025, 11, 24, 6, 0, tzinfo=UTC)

readers = "email\n" + "".join(f"reader{n}@inbox.example\n" for n in range(int(sys.argv[2])))
load(io.BytesIO(readers.encode()), config=settings.CONFIG, now=NOW, consent="invented for this test")
edition = Edition.objects.create(
    newsletter="daily", slot_key="2025-11-24", slot_at=NOW, number=1, status=Edition.Status.APPROVED, window_from=NOW,
    window_to=NOW, drafted_at=NOW, approved_at=NOW, hash="approved", enrolled_at=NOW,
)  # fmt: skip
body = assemble(
    html="<p>Harbour news</p>" * 100 + '<a href="\x01&unsubscribe_url\x02">Leave</a>',
    text="Harbour news\n\x01unsubscribe_url\x02\n",
    subject="Harbour news",
    sender="letters@news.example",
    site="http://127.0.0.1:8000",
    newsletter="daily",
    title="The Daily",
    slot="2025-11-24",
)
variant = Variant.objects.create(
    edition=edition, kind="letter", key="en|*|plain", language="en", body=body, hash=frozen_hash(body)
)
if not sys.argv[3:]:
    enrol(edition, lambda _: (variant.pk, ""), due_at=NOW, now=NOW)
