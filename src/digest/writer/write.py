"""Has a language model sum articles up, where there is one; every failure leaves the article's own sentences."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from digest.config import Environment
from digest.config.llm import LlmTable
from digest.config.values import Config
from digest.content.claims import asked
from digest.content.claims.cited import refusal
from digest.content.claims.tongues import TONGUES
from digest.content.page.deck import clean_deck
from digest.errors import InputError
from digest.model import Article, Machine, Sentence, Written
from digest.store.writing import Answer
from digest.writer import budget
from digest.writer.connection import NoAnswerError, ask

log = logging.getLogger("digest.writer")

WORDS = 90
"""The most words of a summary, as of one in the article's own sentences."""

KEEP = timedelta(days=30)
"""How long an answer is kept: as long as its article may still be drafted again, and then some."""

_ANSWER_TOKENS = 400
"""The most tokens of an answer for each sentence of a summary, its JSON counted in; languages differ fourfold."""


def written(
    config: Config,
    articles: Sequence[Article],
    *,
    sentences: int,
    now: datetime,
    environment: Environment | None = None,
) -> Mapping[str, Written]:
    """What a model made of each article, by its id: sentences that passed every check, or why there are none.

    Asks for own and licensed texts only, and for nothing when no model is configured. After a failure that the next
    question would meet too, no more is asked.

    Args:
        config: the home's configuration.
        articles: those whose summary will be shown.
        sentences: the most sentences of a summary.
        now: aware UTC.
        environment: where the key comes from; the process's when None.
    """
    table = config.llm
    if not table.on:
        return {}
    Answer.objects.filter(made_at__lt=now - KEEP).delete()
    key = (environment or Environment()).get("DIGEST_LLM_KEY")
    day = now.astimezone(ZoneInfo(config.site.zone)).date()
    desk = _Desk(table=table, key=key, day=day, now=now, sentences=sentences)
    return {a.id: desk.written(a) for a in articles if a.rights != "excerpt" and a.text and not _decked(table, a)}


def _decked(table: LlmTable, article: Article) -> bool:
    return table.keep_decks and bool(clean_deck(article.deck, title=article.title, text=article.text))


def question(table: LlmTable, article: asked.Numbered, *, sentences: int) -> dict[str, Any]:
    """The body of one question, by the published contract of "chat/completions"."""
    return {
        "model": table.model,
        "messages": asked.messages(article, sentences=sentences, words=WORDS),
        "temperature": 0,
        "max_tokens": _ANSWER_TOKENS * sentences,
    }


@dataclass(slots=True, kw_only=True)
class _Desk:
    """One draft's questions: the day they are charged to, and why no more are put."""

    table: LlmTable
    key: str
    day: date
    now: datetime
    sentences: int
    closed: str = field(default="")

    def written(self, article: Article) -> Written:
        """The article's summary, or why there is none."""
        told = asked.numbered(article.text, article.language)
        if article.language.split("-")[0].lower() not in TONGUES:
            return self._none(f'no claims can be checked in the language "{article.language or "unknown"}"')
        if len(told.sentences) < asked.FEWEST:
            return self._none("the text is too short to sum up")
        asking = question(self.table, told, sentences=self.sentences)
        name = _name(self.table, asking)
        known = Answer.objects.filter(pk=name).first()
        if known is None:
            try:
                known = self._asked(name, asking)
            except _NoneError as error:
                return self._none(str(error))
        if known.problem:
            return self._none(known.problem)
        claims = tuple(asked.Claim(text=text, cites=tuple(cites)) for text, cites in known.claims)
        # Checked again though it passed once: the checks may have become stricter since.
        why = refusal(claims, told, sentences=self.sentences, words=WORDS, title=article.title)
        return self._none(why) if why else self._made(claims, told)

    def _asked(self, name: str, asking: dict[str, Any]) -> Answer:
        """Put a question that was never put before, and keep what came of it.

        Raises:
            _NoneError: there was no answer, or no budget; this is not kept, as tomorrow may be another day.
        """
        if self.closed:
            raise _NoneError(self.closed)
        most = budget.cost(self.table, _tokens(asking["messages"]), asking["max_tokens"])
        if not budget.reserve(self.table, self.day, most):
            self.closed = "the day's budget for the model is spent"
            raise _NoneError(self.closed)
        try:
            raw = ask(self.table.endpoint, asking, key=self.key, timeout=self.table.timeout.total_seconds())
        except NoAnswerError as error:
            if not error.sent:
                budget.settle(self.day, most, budget.cost(self.table, 0, 0))
            if error.lasting:
                self.closed = error.reason
            raise _NoneError(error.reason) from error
        return self._kept(name, raw, most)

    def _kept(self, name: str, raw: bytes, most: budget.Cost) -> Answer:
        """Charge for an answer and keep it; what is no answer by the contract is charged for and not kept."""
        try:
            reply = asked.read_reply(raw)
        except InputError as error:
            raise _NoneError(str(error)) from error
        if reply.tokens_in is not None and reply.tokens_out is not None:
            # Whatever the server says, so long an answer took no fewer tokens than this.
            out = max(reply.tokens_out, len(reply.content) // 8)
            budget.settle(self.day, most, budget.cost(self.table, reply.tokens_in, out))
        claims: tuple[asked.Claim, ...] = ()
        problem = ""
        try:
            claims = asked.read_claims(reply.content)
        except InputError as error:
            problem = str(error)
        made = Answer(
            question=name,
            model=self.table.model,
            claims=[[claim.text, list(claim.cites)] for claim in claims],
            problem=problem,
            made_at=self.now,
        )
        Answer.objects.bulk_create([made], ignore_conflicts=True)
        return made

    def _made(self, claims: Sequence[asked.Claim], told: asked.Numbered) -> Written:
        places = tuple(tuple(told.places[n - 1] for n in claim.cites) for claim in claims)
        machine = Machine(model=self.table.model, shown=self.table.label, places=places)
        return Written(summary=tuple(Sentence(text=claim.text) for claim in claims), machine=machine)

    def _none(self, why: str) -> Written:
        log.info("the model's summary is not used: %s", why)
        return Written(summary=(), machine=Machine(model=self.table.model, why=why))


class _NoneError(Exception):
    """There is no answer to this question now."""


def _name(table: LlmTable, asking: Mapping[str, Any]) -> str:
    """A hash of everything that decides the answer."""
    whole = json.dumps([asked.VERSION, table.endpoint, asking], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _tokens(messages: Sequence[Mapping[str, str]]) -> int:
    """At least as many tokens as the messages take: three bytes each, where English has four or more."""
    return sum(len(m["content"].encode()) // 3 + 16 for m in messages)
