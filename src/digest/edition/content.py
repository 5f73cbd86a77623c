"""An edition as JSON, back again, and the hash by which an editor's word is bound to it."""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic import TypeAdapter

from digest.model import Edition

_EDITION = TypeAdapter(Edition)


def dump(edition: Edition) -> dict[str, Any]:
    """The edition as plain JSON values."""
    data: dict[str, Any] = _EDITION.dump_python(edition, mode="json")
    return data


def read(data: dict[str, Any]) -> Edition:
    """The edition that `dump` wrote."""
    return _EDITION.validate_python(data)


def digest_of(edition: Edition) -> str:
    """The SHA-256 of everything that is shown and everything that is posted, as hexadecimal digits."""
    return hashlib.sha256(_EDITION.dump_json(edition)).hexdigest()


def digest_of_frozen(content: str, parts: list[str]) -> str:
    """The hash of an approved edition: that of its content and those of its frozen letters, pages and posts.

    Args:
        content: `digest_of` the edition.
        parts: hexadecimal hashes, in any order.
    """
    return hashlib.sha256("\n".join([content, *sorted(parts)]).encode()).hexdigest()
