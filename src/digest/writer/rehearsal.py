"""Asks the newsroom's language model about an invented article, to see whether it can be used at all."""

from __future__ import annotations

from digest.config import Environment
from digest.config.values import Config
from digest.content.claims import asked
from digest.content.claims.cited import refusal
from digest.errors import InputError
from digest.writer.connection import NoAnswerError, ask
from digest.writer.write import WORDS, question

ARTICLE = (
    "Marrowgate closed its toll bridge on Tuesday after divers found cracks in two of its piers. The repair takes six "
    "weeks and costs 1.2 million crowns, the council said. Buses go by way of Callerby until then. The bridge was "
    "built in 1908 and carries 4,000 cars a day."
)


def problem(config: Config, environment: Environment) -> str:
    """Why the model's summary of an invented article could not be shown; "" when it could, or none is configured.

    It takes about a thousand tokens, which no day's budget counts, and keeps nothing.
    """
    if not config.llm.on:
        return ""
    article = asked.numbered(ARTICLE, "en")
    try:
        raw = ask(
            config.llm.endpoint,
            question(config.llm, article, sentences=2),
            key=environment.get("DIGEST_LLM_KEY"),
            timeout=config.llm.timeout.total_seconds(),
        )
        claims = asked.read_claims(asked.read_reply(raw).content)
    except NoAnswerError as error:
        return error.reason
    except InputError as error:
        return str(error)
    return refusal(claims, article, sentences=2, words=WORDS)
