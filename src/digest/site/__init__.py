"""Django's wiring and nothing else: settings, addresses, the web entry point."""

from __future__ import annotations

import os
from pathlib import Path


def setup(home: Path) -> None:
    """Point Django at a home. Child processes inherit the choice through the environment.

    Args:
        home: a folder with `config/`; its `var/` is made when missing.

    Raises:
        digest.errors.ConfigError: the configuration is wrong.
    """
    import django

    os.environ["DIGEST_HOME"] = str(home.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "digest.site.settings"
    django.setup()
