"""Sends what was approved: letters by the ledger, posts by the ledger; goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

from django.conf import settings
from django.db import transaction

from digest.config import Environment
from digest.config.values import Config
from digest.delivery import permitted, run
from digest.delivery.ledger import Counts
from digest.edition.workflow import FROZEN, Status, finish, locked, step
from digest.errors import RefusedError
from digest.pipeline.approve import enter
from digest.social import run as social
from digest.store import identity
from digest.store.editions import Edition
