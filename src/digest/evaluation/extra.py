"""Imports the libraries of the extra `evaluate`, or says how to install them."""

from __future__ import annotations

import importlib
from typing import Any

from digest.errors import UsageError


def needed(module: str) -> Any:
    """Import a module of the extra `evaluate`.

    Raises:
        UsageError: it is not installed; the message says how to.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        name = {"rouge_score": "rouge-score"}.get(str(error.name).partition(".")[0], str(error.name).partition(".")[0])
        raise UsageError(
            f"this evaluation needs {name}, which is not installed: pip install 'digest-newsroom[evaluate]'"
        ) from error
