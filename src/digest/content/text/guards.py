"""What a sentence needs in order to stand alone: whose words it quotes, who doubts it."""

from __future__ import annotations

import re

_HEDGE = re.compile(
    r"\b(?:could|can|has|have|had|did|was|were|is|are)(?: ?not|n[’']t) (?:yet |immediately |independently )*"
    r"(?:been able to |able to |be |been )?(?:yet |immediately |independently )*"
    r"(?:verif(?:y|ied)|confirm(?:ed)?|corroborated?|substantiated?|authenticated?)\b|"
    r"\b(?:unable|impossible|not possible|not able) to (?:\w+ )?(?:verify|confirm|corroborate)|"
    r"\bno (?:independent|immediate|official) (?:\w+ )?(?:confirmation|verification|evidence)|\bunverified\b|"
    r"\b(?:without|not|n[’']t) (?:providing|provide|offering|offer|given?|giving|citing|present) "
    r"(?:\w+ )?(?:evidence|proof|details)|"
    r"\b(?:claim|report|allegation|account|figure|toll)s? (?:is|are|was|were|remains?) "
    r"(?:disputed|unconfirmed|unverified|false|unproven)|^(?:that|this)(?:[’']s| is| was) according to\b|"
    r"nicht unabhängig (?:überprüf|bestätig)|(?:ließ|lässt|ließen|lassen) sich (?:zunächst |bislang )?nicht|"
    r"n[’']a(?:ient)? pas pu (?:être )?(?:vérifi|confirm)|no (?:ha|han|pudo|pudieron) (?:podido )?(?:ser )?"
    r"(?:verific|confirm)|não (?:pôde|puderam|foi possível) (?:ser )?(?:verific|confirm)|"
    r"non (?:è|sono) stat\w (?:possibile )?verific|(?:kon|konden) niet (?:onafhankelijk )?(?:worden )?(?:ge)?verifi|"
    r"не (?:удалось|смог\w*|удаётся|удается) (?:независимо )?(?:подтверд|провер)|не вдалося (?:незалежно )?(?:підтверд|"
    r"перевір)|لم يتسن|لم يتم التحقق|لم يمكن التحقق|(?:无法|未能|無法)(?:独立|獨立)?(?:核实|证实|核實|證實)|確認でき",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"(?<!who )(?<!who has )(?<!who have )\b(?:den(?:ied|ies|y)|disput(?:ed?|es)|reject(?:ed|s)|dismiss(?:ed|es)) "
    r"(?:the|that|this|these|those|any|all|it|such|doing|having|his|her|its|their|wrongdoing|involvement|"
    r"responsibility)\b|\b(?:was|were|has been|have been) (?:denied|disputed|rejected|dismissed) by\b|"
    r"\b(?:bestritt|bestreitet|dementierte|wies \S+ zurück|a démenti|ont démenti|dément|desmintió|negó|desmentiu|negou|"
    r"ha smentito|ontkent|ontkende|опроверг\w*|отрица\w*|спростува\w*|نفى|نفت|ونفى|ونفت)|הכחיש\w*|否认|否認",
    re.IGNORECASE,
)
ATTRIBUTION = re.compile(
    r"\b(?:said|says|say|told|claim(?:ed|s|ing)?|alleg(?:ed|es|edly|ing)|reported(?:ly)?|according to|"
    r"announced|argued|accused|insisted|"
    r"suggested|warned|stated|added|wrote|tweeted|posted|believed?|suspected|estimated|denied|confirmed|"
    r"testified|prosecutors|police|"
    r"sagte|laut|zufolge|selon|a dit|a déclaré|dijo|según|segundo|disse|secondo|volgens|zei|сообщил\w*|"
    r"сказал\w*|заявил\w*|по словам|"
    r"قال|قالت|وفقا|בדברי|אמר|לדברי|说|表示|称|據|据|によると|述べ)\b|[说說称稱]",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.!?…。！？؟۔।॥።\u037e;][\"'”’»›)\]」』）]*(?:\s?»)?(?:\[\d+\])*\Z")
_ELLIPSIS = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])[\"'”’»)\]]*\Z")
_POINTER = re.compile(
    r"^(?:below|above)\b|"
    r"\b(?:listed|see|shown|linked|embedded|scroll|found|described|pictured|the \w+) (?:down )?(?:below|above)"
    r"(?=[.,;:!)])|"
    r"\bfind (?:it|them|out|more) (?:below|here)\b|"
    r"\b(?:post|part|link|list|video) is here\b|\b(?:click|tap|read|watch|listen) (?:here|on the link)\b|"
    r"\b(?:is|are|was|were) (?:sponsored|presented|brought to you) by\b|\b(?:guest|sponsored) post\b|"
    r"\b(?:this|the) (?:article|post|story|piece) (?:\w+ ){0,2}"
    r"(?:appeared|published|posted|contains|discusses|is part of|was written)\b|"
    r"\baffiliate (?:links?|commission)\b|\bindependently selected\b",
    re.IGNORECASE,
)
_TABLE_WORDS, _TABLE_SHARE = 5, 0.3
_PAIRS = {"“": "”", "«": "»", "「": "」", "『": "』", "(": ")", "[": "]", "（": "）"}
_MARKS = re.compile(r"[„“”«»「」『』()\[\]（）]")
_QUOTES = re.compile("[„“”«»「」『』]")
_BARE_QUOTE = re.compile(r"[“\"«„「『‘][^”\"»]*[”\"»」』][.!?]?\Z")


def hedges(sentence: str) -> bool:
    """Whether the sentence doubts, denies or could not verify something."""
    return bool(_HEDGE.search(sentence) or _DENIAL.search(sentence))


def doubts(sentence: str, claim: str) -> bool:
    """Whether the sentence takes back part of the one before it: no reader may be shown that `claim` without it.

    What could not be verified binds whatever stands before it; a denial only what somebody claimed.
    """
    if _HEDGE.search(sentence):
        return True
    return bool(_DENIAL.search(sentence) and ATTRIBUTION.search(claim))


def balanced(sentence: str) -> bool:
    """Whether every quotation and bracket that the sentence opens is closed in it."""
    if sentence.count('"') % 2 or (sentence.count("''") + sentence.count("``")) % 2:
        return False
    german = "„" in sentence
    waiting: list[str] = []
    for mark in _MARKS.findall(sentence):
        if mark == "„" or (mark in _PAIRS and not (german and mark == "“")):
            waiting.append("“" if mark == "„" else _PAIRS[mark])
        elif not waiting or (waiting.pop() != mark and not (german and mark == "”")):
            return False
    return not waiting


def quoted_whole(sentence: str) -> bool:
    """Whether the sentence is nothing but a quotation, so that its speaker stands elsewhere."""
    return bool(_BARE_QUOTE.match(sentence))


def complete(sentence: str) -> bool:
    """Whether it ends as sentences do, unlike headings, list items and introductions ending in a colon."""
    return bool(_STOP.search(sentence))


def points(sentence: str) -> bool:
    """Whether it speaks of its page rather than its subject: "listed below", "sponsored by", a row of a table."""
    if _POINTER.search(sentence):
        return True
    tokens = sentence.split()
    return len(tokens) >= _TABLE_WORDS and sum(c[0].isdigit() for c in tokens) > _TABLE_SHARE * len(tokens)


def broken_off(sentence: str) -> bool:
    """Whether it ends in "…", as what a feed has cut off does."""
    return bool(_ELLIPSIS.search(sentence))


def open_quotation(text: str) -> bool:
    """Whether a quotation that begins in `text`, the head of a paragraph, is still open at its end."""
    if text.count('"') % 2:
        return True
    german = "„" in text
    depth = 0
    for mark in _QUOTES.findall(text):
        if mark in "„«「『" or (mark == "“" and not german):
            depth += 1
        else:
            depth = max(0, depth - 1)
    return depth > 0
