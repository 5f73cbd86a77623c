"""Where a long sentence may be cut: after a whole clause, keeping its speaker and its doubt. Pure."""

from __future__ import annotations

import re

from digest.content.text import guards

# A comma ends a clause only before a word that opens another; "and" may as well go on with a list.
_JOINS = """
but so yet which who whose where when while as after before because although though since with without including despite
amid if unless until even according thus thereby
aber wobei während weil nachdem obwohl wie sodass denn doch
mais dont où tandis alors après avec sans ainsi
pero cuyo donde mientras aunque tras con sin
cujo onde enquanto embora após com sem
ma dove mentre dopo senza
maar waar terwijl omdat met
men medan eftersom
ale który która które ponieważ gdyż
но который которая которое которые где когда чтобы хотя
але який яка яке які де хоча
ama çünkü mutta joka
αλλά που ενώ όταν
אבל כאשר לאחר
"""
_AND = (
    r",(?=\sand (?:the|a|an|he|she|it|they|we|this|his|her|its|their) (?:\w+ ){0,3}"
    r"(?:will|is|are|was|were|has|have|had|would|could|can)\b)"
)
_CLAUSE = re.compile(
    rf"(?:{_AND}|[;؛](?=\s)|,(?=\s(?:{'|'.join(sorted(set(_JOINS.split())))})\s)|،(?=\s)|[，；]|\s[–—](?=\s)|—|\s-(?=\s))",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s[–—-]\s|—")
_SUBORDINATE = re.compile(
    r"(?:as|when|while|if|after|before|because|although|though|since|with|without|despite|amid|in|on|at|during|from|for|"
    r"following|until|once|by|to)\b|\w+ing\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|do|does|did|will|would|can|could|may|might|must|should|says?|said|wants?|"
    r"isn[’']t|aren[’']t|wasn[’']t|won[’']t|(?<!that )(?<!who )(?<!which )(?<!the )(?<!a )[a-z]{2,}ed|became|began|won|"
    r"lost|took|made|found|told|gave|went|came|met|held|led|left|fell|rose|saw|got|says|plans?|faces?|remains?|makes?)\b"
)
_MAIN = 5


def clause_ends(sentence: str, language: str = "") -> list[int]:
    """The places, last first, where the sentence may end early: offsets in code points, in front of the mark.

    What is cut away holds no speaker and no doubt, and no quotation is opened and not closed. An English sentence
    must have had a verb by then, and its main clause if it began with another.
    """
    found: list[int] = []
    english = language.partition("-")[0] in ("", "en")
    for mark in reversed(list(_CLAUSE.finditer(sentence))):
        head, tail = sentence[: mark.start()].rstrip(), sentence[mark.start() :]
        if guards.ATTRIBUTION.search(tail) or guards.hedges(tail):
            break
        if guards.balanced(head) and not _DASH.search(head) and (not english or _says_something(head)):
            found.append(len(head))
    return found


def _says_something(head: str) -> bool:
    """Whether an English clause has a verb, and words enough after the comma if it began as a subordinate one."""
    if _SUBORDINATE.match(head):
        comma = head.find(",")
        rest = head[comma + 1 :] if comma >= 0 else ""
        return len(rest.split()) >= _MAIN and bool(_VERB.search(rest))
    return bool(_VERB.search(head)) or (not head.isascii() and not re.search(r"[A-Za-z]", head))
