"""What a sentence needs in order to stand alone: what it points back to, whose words it quotes, who doubts it."""

from __future__ import annotations

import re

from digest.content import wording
from digest.content.abbreviations import collect

_LEANING = collect(
    """
    he she it they him them his her its their hers theirs this that these those such
    but and or nor so yet however meanwhile also then instead therefore thus hence moreover furthermore
    nevertheless nonetheless
    similarly likewise consequently accordingly besides otherwise still too both neither either another
    others afterwards
    conversely indeed he's she's it's they're that's he’s she’s it’s they’re that’s he'd she'd it'd he’d
    she’d they'd they’d
    er sie es aber doch und dies diese dieser dieses damit dazu dabei deshalb daher außerdem jedoch
    allerdings auch dann dort
    il elle ils elles mais et ce cette ces cela ceci ainsi donc cependant celui-ci celle-ci pourtant aussi
    leur son sa
    él ella ellos ellas pero y este esta esto ese esa eso estos estas además también aunque entonces
    ele ela eles elas mas e isso isto esse essa também porém contudo
    lui lei loro ma ed questo questa questi anche inoltre tuttavia
    hij zij het maar en dit deze dat ook echter daarom
    o bu şu onlar ama ancak ve fakat ayrıca bunun
    он она оно они его её ее их но и а это этот эта эти также однако поэтому кроме при
    він вона воно вони його її їх але та це цей ця ці також однак тому
    αυτός αυτή αυτό αυτοί αλλά όμως και επίσης
    هو هي هم هذا هذه ذلك تلك لكن ولكن كما وهو وهي وقال وأضاف وأضافت وأوضح وتابع لكنه لكنها غير أيضا وذلك وهذا
    او آنها این آن اما ولی همچنین وی
    הוא היא הם הן זה זו אלה אבל אך גם לכן
    वह वे यह ये लेकिन और इसके उन्होंने उसने इस
    """
)
_RESOLVED = re.compile(
    r"this (?:week|weekend|month|year|morning|afternoon|evening|summer|winter|spring|fall|autumn|season|time)\b|"
    r"(?:this|that|these|those) (?-i:[A-Z])|(?:those|he|she|they) who\b|such as\b|both (?:the|of the) \w+ and\b|"
    r"it(?:[’']s| is| was| has been| used to be| may be| might be| seems| looks| appears|"
    r" will be)(?: \S+)? (?:not |never )?"
    r"(?:hard|easy|difficult|clear|unclear|possible|impossible|likely|unlikely|often|rare|common|time|true|"
    r"no secret|safe|tempting|"
    r"too (?:early|late|soon)|that time|(?:\S+ ){1,3}(?:that|who|to)\b)|it (?:takes|took|rained|snowed)\b|"
    r"still (?:life|image)s?\b",
    re.IGNORECASE,
)
_PHRASES = re.compile(
    r"(?:for (?:example|instance|this reason)|in (?:addition|contrast|turn|response|other words|that case|"
    r"this case|both cases)|as (?:a result|such)|"
    r"on the (?:other|contrary)|at the same time|after (?:that|this|which)|because of (?:this|that)|"
    r"by (?:contrast|then|comparison)|"
    r"even (?:so|then)|the (?:latter|former|two|pair|duo|trio|move|incident|man|woman|claim|"
    r"allegation)s?\b(?= (?:was|were|is|are|has|have|had|came|comes|also|said)\b)|"
    r"that[’']s|on top of (?:that|this)|to (?:this|that) end|under th(?:is|at)|with (?:this|that)|"
    r"more than that|not only that|"
    r"asked (?:about|if|whether|why)|sin embargo|por (?:eso|ello|su parte|lo tanto|outro lado)|no entanto|"
    r"além disso|por isso|"
    r"en (?:outre|effet|revanche|plus)|de plus|c[’']est|par ailleurs|zum beispiel|in addition|inoltre|per questo|"
    r"кроме того|при этом|в то же время|по его словам|по её словам|по ее словам|من جهته|من جانبه|في المقابل)(?=\W)",
    re.IGNORECASE,
)
_LEANING_DENSE = re.compile(
    r"(?:他们?|她们?|它们?|但是?|而且|此外|另外|然而|不过|因此|所以|这[些个是样]?|那[些个]?|同时|其中|对此|並且|但|此外|她|"
    r"彼女?[らはがの]|しかし|また|そして|これ|それ|その|この|だが|ただし|一方|さらに|なお|同[氏社]は|그러나|하지만|그리고|그는|그녀는|이는|이에|또한|한편)"
)
_FIRST_WORD = re.compile(r"[\s\"'“‘«„(\[—–-]*([^\W\d_]+(?:[-'’][^\W\d_]+)*)")
_HEDGE = re.compile(
    r"\b(?:could|can|has|have|had) ?not (?:yet )?(?:be|been) (?:\w+ )?(?:verified|confirmed|corroborated|"
    r"substantiated|authenticated)|"
    r"\b(?:unable|impossible|not possible|not able) to (?:\w+ )?(?:verify|confirm|corroborate)|"
    r"\bno (?:independent|immediate|official) (?:\w+ )?"
    r"(?:confirmation|verification|evidence)|\bunverified\b|\b(?:without|not|n[’']t) (?:providing|provide|"
    r"offering|offer|given?|giving|citing|present) "
    r"(?:\w+ )?(?:evidence|proof|details)|\b(?:has|have|had|later|strongly|repeatedly)? ?(?:denied|denies|"
    r"deny|disputed?s?|rejected|dismissed) "
    r"(?:the|that|this|these|those|any|all|it|such|doing)\b|\b(?:claim|report|allegation|account|figure|"
    r"toll)s? (?:is|are|was|were|remains?) "
    r"(?:disputed|unconfirmed|unverified|false|unproven)|^(?:that|this)(?:[’']s| is| was) according to\b|"
    r"nicht unabhängig (?:überprüf|bestätig)|ließ(?:en)? sich (?:zunächst )?nicht|"
    r"n[’']a pas pu être (?:vérifi|confirm)|no (?:ha|han) podido (?:ser )?verific|"
    r"não (?:pôde|puderam) ser verific|не (?:удалось|смог\w*) (?:независимо )?(?:подтверд|провер)|لم يتسن|"
    r"لم يتم التحقق|无法(?:独立)?(?:核实|证实)|確認でき",
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
_PAIRS = {"“": "”", "«": "»", "「": "」", "『": "』", "(": ")", "[": "]", "（": "）"}
_MARKS = re.compile(r"[„“”«»「」『』()\[\]（）]")
_QUOTES = re.compile("[„“”«»「」『』]")
_BARE_QUOTE = re.compile(r"[“\"«„「『‘][^”\"»]*[”\"»」』][.!?]?\Z")


def leans(sentence: str) -> bool:
    """Whether the sentence opens on a pronoun, connective or phrase that points to something before it."""
    if _LEANING_DENSE.match(sentence.lstrip('“「『"‘')):
        return True
    bare = sentence.lstrip(" \"'“‘«„([—–-")
    if _PHRASES.match(bare):
        return True
    first = _FIRST_WORD.match(sentence)
    if first is None or first[1].casefold() not in _LEANING or _RESOLVED.match(bare):
        return False
    return not (len(first[1]) > 1 and first[1].isupper() and not sentence.isupper())  # "IT" is a trade, "It" is not


def hedges(sentence: str) -> bool:
    """Whether the sentence doubts, denies or could not verify what the sentence before it claims."""
    return bool(_HEDGE.search(sentence))


def balanced(sentence: str) -> bool:
    """Whether every quotation and bracket that the sentence opens is closed in it."""
    if sentence.count('"') % 2:
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


def foreign(sentence: str) -> bool:
    """Whether it belongs to the page rather than the article: an appeal, a credit, a pointer, a correction."""
    return (
        wording.is_appeal(sentence, tail=True)
        or wording.is_credit(sentence)
        or wording.is_correction(sentence)
        or wording.is_tags(sentence)
        or wording.is_other(sentence, tail=False)
    )


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
