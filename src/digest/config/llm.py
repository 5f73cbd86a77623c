"""A language model that may sum stories up, as frozen values: the table [llm]."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from digest.config.kinds import Duration, Value


def _endpoint(value: str) -> str:
    if value and not re.match(r"^https?://[^\s/?#@]+(?:/[^\s?#]*)?$", value):
        raise ValueError('an endpoint is written as "https://models.example/v1", without a key, "?" or "#" in it')
    return value.rstrip("/")


class LlmTable(Value):
    """[llm] of digest.toml: whether a language model sums up own and licensed stories, and what it may cost.

    The key comes from DIGEST_LLM_KEY. Prices are for a million tokens, in the currency of `money_a_day`.
    """

    endpoint: Annotated[str, AfterValidator(_endpoint)] = ""
    model: str = Field(default="", max_length=200)
    tokens_a_day: int = Field(default=200_000, ge=0, le=10**12)
    money_a_day: float = Field(default=1.0, ge=0, le=1_000_000, allow_inf_nan=False)
    price_in: float = Field(default=0.0, ge=0, le=1_000_000, allow_inf_nan=False)
    price_out: float = Field(default=0.0, ge=0, le=1_000_000, allow_inf_nan=False)
    timeout: Duration = timedelta(seconds=30)
    keep_decks: bool = False
    label: bool = False

    @property
    def on(self) -> bool:
        """Whether a model is to be asked at all."""
        return bool(self.endpoint and self.model)
