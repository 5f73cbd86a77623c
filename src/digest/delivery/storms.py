"""Tells when going on would only harm: a server, or a domain, that wants nothing from us. Pure.

A single refusal says something about a reader; a storm of them says something about *us*. Refusals of the class policy
(`codes.py`: 5.7.x, or words of blocking without a code), 4.7.x, and 421, by which a server asks to be left alone
(RFC 5321, 3.8), are counted over the last answers, for each domain and for all. More than half of them make a storm.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from digest.delivery import codes
from digest.delivery.outcomes import Accepted, Later, Outcome, Refused

MANY = 10
"""Fewer answers than this are no storm."""

REMEMBERED = 200
"""So many of the last answers count."""

_LEAVE_ALONE = re.compile(r"^421\b|^4\d\d[ -]4\.7\.")

Kind = Literal["taken", "later", "refused", "left alone", "barred"]


@dataclass(frozen=True, slots=True)
class Storm:
    """What to do about it.

    Attributes:
        stop: why the whole run must end; empty when it need not.
        barred: it refuses for good, so a person must look first; otherwise the server wants some rest.
        only: the one domain that answered, when there was but one: then it may be the domain and not us.
        domains: what to leave alone for a while.
    """

    stop: str = ""
    barred: bool = False
    only: str = ""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    domain: str
    kind: Kind
    words: str

    @property
    def bad(self) -> bool:
        return self.kind in ("left alone", "barred")


def softened(storm: Storm, domain: str, outcome: Outcome) -> Outcome:
    """An outcome as it counts in a storm: a refusal that is about us is no last word to a reader, and is tried again.

    Args:
        storm: what `Weather.note` said.
        domain: the reader's.
        outcome: of their letter.
    """
    if isinstance(outcome, Refused) and (storm.barred or domain in storm.domains) and _kind(outcome) == "barred":
        return Later(outcome.reply)
    return outcome


class Weather:
    """The last answers that one worker got."""

    def __init__(self) -> None:
        self._answers: deque[_Answer] = deque(maxlen=REMEMBERED)

    def note(self, outcomes: Iterable[tuple[str, Outcome]]) -> Storm:
        """Count a window's outcomes, each with its reader's domain, and say whether there is a storm."""
        for domain, outcome in outcomes:
            if kind := _kind(outcome):
                self._answers.append(_Answer(domain, kind, outcome.reply))
        by_domain: dict[str, list[_Answer]] = {}
        for answer in self._answers:
            by_domain.setdefault(answer.domain, []).append(answer)
        stormy = [domain for domain, answers in by_domain.items() if _is_storm(answers)]
        worst = max(by_domain, key=lambda domain: sum(a.bad for a in by_domain[domain]), default="")
        others = [answer for answer in self._answers if answer.domain != worst]
        # One large domain must not stop the rest; but where it is all there is, or the rest is no better, it is us.
        if _is_storm(list(self._answers)) and (not others or _is_storm(others)):
            storm = _stop(list(self._answers), "" if others else worst)
            self._answers.clear()
            return storm
        for answer in [answer for answer in self._answers if answer.domain in stormy]:
            self._answers.remove(answer)
        return Storm(domains=tuple(stormy))


def _is_storm(answers: list[_Answer]) -> bool:
    return len(answers) >= MANY and 2 * sum(answer.bad for answer in answers) > len(answers)


def _stop(answers: list[_Answer], only: str) -> Storm:
    bad = [answer for answer in answers if answer.bad]
    refusals = [answer for answer in bad if answer.kind == "barred"]
    barred = 2 * len(refusals) > len(bad)
    last = refusals[-1] if barred else bad[-1]
    much = "every letter" if len(bad) == len(answers) else f"{len(bad)} of {len(answers)} letters"
    does = f"refuses {much}" if barred else f"puts {much} off"
    return Storm(stop=f"the mail server {does}: {last.words}", barred=barred, only=only)


def _kind(outcome: Outcome) -> Kind | None:
    match outcome:
        case Accepted():
            return "taken"
        case Refused(reply):
            return "barred" if codes.classify("", reply) == "policy" else "refused"
        case Later(reply):
            return "left alone" if _LEAVE_ALONE.match(reply) else "later"
        case _:
            return None
