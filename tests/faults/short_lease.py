"""`digest` with a short lease: `python short_lease.py SECONDS COMMAND...`."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

from digest.cli import digest
from digest.site import setup

SPAN = timedelta(seconds=float(sys.argv[1]))


def main() -> None:
    setup(Path(os.environ["DIGEST_HOME"]))
    from digest.delivery import ledger, recover, run, watch

    ledger.claim.__kwdefaults__["lease"] = SPAN
    ledger.renew.__kwdefaults__["lease"] = SPAN
    watch.LEASE = SPAN
    recover.MARGIN = SPAN / 10
    assert run.recover is recover.recover
    digest.main(args=sys.argv[2:], prog_name="digest")


main()
