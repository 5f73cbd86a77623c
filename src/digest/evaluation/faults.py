"""What a reader stumbles over in a summary, judged apart from the guards that should have prevented it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.model import Sentence

_OPENING = re.compile(
    r"[\W_]*(?:"
    r"(?:he|she|they|him|them|his|her|their|its|these|those|this|that|it)(?:['’](?:s|d|ll|re|ve))?\b|"
    r"(?:but|and|or|so|yet|however|meanwhile|moreover|furthermore|instead|therefore|thus|also|nevertheless|"
    r"nonetheless|similarly|likewise|consequently|besides|otherwise|then|still|indeed|additionally)\b(?!-)|"
    r"(?:for (?:example|instance)|in addition|as a result|in contrast|on the other hand|in response|"
    r"at the same time|after that|even so)\b|"
    r"the (?:group|company|firm|organi[sz]ation|pair|duo|couple|trio|two|move|incident|suspect|victim|claim|"
    r"allegation|former|latter|statement|agency|ministry|man|woman)s? "
    r"(?:also |later |then )?(?:was|were|is|are|has|have|had|said|says|will|would|did|does|added|denied|claimed)\b"
    r")",
    re.IGNORECASE,
)
_NO_REFERENCE = re.compile(
    r"[\W_]*(?:this (?:week|weekend|month|year|morning|afternoon|evening|summer|winter|spring|fall|autumn|season)\b|"
    r"(?:that|those|they|he|she) who\b|(?:this|that|these|those) (?-i:[A-Z])|"
    r"it(?:['’]s| is| was| has been| may be| seems| looks| appears| will be| takes| took)\b|so-called|"
    r"still (?:life|image)|so (?:far|many|much)\b|then[- ])",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"[\W_]*it(?:['’]s| is| was| has been| may be| seems| looks| appears| will be| takes| took)\b[^.]*?\b"
    r"(?:that|who|to|time|clear|unclear|likely|possible|hard|when|for|since|if|before|as)\b",
    re.IGNORECASE,
)
_PAIRS = (("“", "”"), ("«", "»"), ("「", "」"), ("『", "』"))


def opens_unresolved(summary: Sequence[str]) -> bool:
    """Whether the first words point to something that nobody has named: “He”, “But”, “The group said”.

    Not “It is likely that”, “This week”, “Those who”: they point to nothing before them.
    """
    if not summary or not _OPENING.match(summary[0]):
        return False
    if summary[0].split(maxsplit=1)[0].strip("“\"'‘(").isupper() and not summary[0].isupper():
        return False  # "IT firms", "US"
    return not (_EXPLETIVE.match(summary[0]) or (_NO_REFERENCE.match(summary[0]) and not _it(summary[0])))


def _it(sentence: str) -> bool:
    return bool(re.match(r"[\W_]*it\b", sentence, re.IGNORECASE))


def unbalanced(summary: Sequence[str]) -> bool:
    """Whether a sentence opens a quotation that it does not close, or closes one that it did not open."""
    return any(_unbalanced(sentence) for sentence in summary)


def _unbalanced(sentence: str) -> bool:
    if sentence.count('"') % 2:
        return True
    german = "„" in sentence
    if german:
        return sentence.count("„") != sentence.count("“") + sentence.count("”")
    return any(sentence.count(left) != sentence.count(right) for left, right in _PAIRS)


def verbatim(summary: Sequence[Sentence], text: str) -> bool:
    """Whether every sentence stands in the text, sign by sign, where it says it does; a cut ends in “…”."""
    return all(
        s.start is not None and s.end is not None and text[s.start : s.end] in (s.text, s.text.removesuffix("…"))
        for s in summary
    )
