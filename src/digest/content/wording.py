"""Knows bios, appeals, credits and pointers by their words; asked only of short blocks, mostly near the end."""

from __future__ import annotations

import re


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


_QUOTED = re.compile(
    r"^[\"“„«‘']|[\"”»’'],? (?:\w+ ){0,4}(?:said|says|told|added|wrote)\b|\b(?:he|she|"
    r"they) said\b"
)

_APPEAL = _any(
    r"tax[- ]deductible", r"\b(?:one[- ]time|monthly|recurring|annual) (?:or \w+ )?(?:donation|gift|contribution)",
    r"\b(?:make|making|consider) a (?:\S+ ){0,3}(?:donation|gift|contribution)",
    r"\bdonate (?:now|today|here|online|via|to (?:us|our|support|help|keep))\b", r"^donate\b", r"\bplease "
    r"(?:donate|subscribe|consider)\b",
    r"\bsupport (?:us|our|this|independent|quality|local|public|nonprofit|non-profit)(?: \w+){0,2} "
    r"(?:journalis[mt]s?|reporting|work|newsroom|mission|site|website|research|coverage|analysis|publication|"
    r"today|by|now)\b",
    r"\bsupport us\b", r"\bdedicated reader\b", r"\b(?:thanks|thank you) for reading\b",
    r"\bbecome (?:a|an) (?:\w+ )?(?:member|subscriber|supporter|patron|friend|donor)\b", r"\bbuy (?:me|"
    r"us) a coffee\b",
    r"\bsubscribe (?:to (?:our|the|this|my|us|receive|read)|now|today|here|for|on)\b",
    r"^subscribe\b", r"\bsign(?:ing)?[- ]up (?:for|to|here|"
    r"now|today|below)\b",
    r"\bour (?:\w+ ){0,3}(?:newsletters?|mailing list|whatsapp|telegram)\b", r"\b(?:in|to) your inbox\b",
    r"\b(?:follow|find|join|like) us (?:on|at|for)\b", r"\bdownload (?:our|the) (?:\w+ )?app\b", r"\b(?:on|"
    r"via|our) patreon\b",
    r"\bhelp us (?:continue|keep|to|bring|do|fund|cover)\b", r"\byour (?:support|donation|contribution|gift|"
    r"subscription)\b",
    r"\bwe (?:rely on|need|depend on) (?:your|our|the support of) ?(?:readers|help|support|"
    r"donations?)?\b", r"\breader[- ]supported\b",
    r"\bif you (?:enjoy(?:ed)?|like[d]?|value|appreciate|found) (?:this|our|what|reading)\b",
    r"\bspenden sie\b|\bspende\b.*\bunterst|\bunterstützen sie (?:uns|unsere)|\babonnieren sie\b|\bunser(?:en|"
    r"em)? newsletter\b",
    r"\bfaites un don\b|\bsoutenez(?:-nous| notre)|\babonnez-vous\b|\binscrivez-vous\b|\bnotre (?:newsletter|"
    r"lettre)\b",
    r"\bhaz(?:te| una donación)|\bapóy[ae]nos\b|\bapoya (?:a |nuestro|el periodismo)|\bsuscríb(?:e|a)(?:te|"
    r"se)\b|\bdona (?:ahora|aquí|hoy)\b",
    r"\bassine (?:a nossa|nossa|já|agora)|\bapoie (?:o nosso|nosso|o jornalismo)|\bfaça uma doação\b|"
    r"\binscreva-se\b",
    r"\bsostieni(?:ci| il nostro)|\babbonati\b|\biscriviti\b|\bfai una donazione\b", r"\bsteun ons\b|"
    r"\bdoneer\b|\babonneer\b|\bmeld je aan\b",
    r"поддержите (?:нас|наш)|подпи(?:шитесь|сывайтесь) на|сделайте пожертвование|підтримайте (?:нас|наш)|"
    r"підпи(?:шіться|суйтесь)",
    r"تبرع(?:وا)? (?:الآن|لدعم)|ادعم(?:وا|نا)? (?:صحافت|عمل|موقع)|اشترك(?:وا)? (?:في|الآن)|حمایت (?:کنید|"
    r"مالی)", r"תרמו|הירשמו ל|תמכו ב",
    r"寄付|購読(?:する|はこちら)|メルマガ|订阅(?:我们|本)|捐(?:款|赠)支持|訂閱",
)  # fmt: skip

# One of these is in every appeal that _APPEAL finds; looking for them first spares most blocks the search.
_STEMS = (
    "donat", "contribution", "gift", "deductible", "support", "dedicated reader", "for reading", "become a", "a coffee",
    "subscri", "sign", "newsletter", "inbox", "mailing list", "whatsapp", "telegram", " app", " us ", "patreon",
    "help us", "your ", "we need", "we rely", "we depend", "if you", "please", "spende", "unterst",
    "abonn", "don ", "soutenez",
    "inscri", "haz", "apoy", "apóy", "suscr", "dona", "assine", "apoie", "doação", "sostieni", "iscriv", "doneer",
    "steun", "meld je", "поддерж", "подпи", "пожертв", "підтрим", "підпи", "تبرع", "ادعم", "اشترك", "حمایت", "תרמו",
    "הירשמו", "תמכו", "寄付", "購読", "メルマガ", "订阅", "捐", "訂閱",
)  # fmt: skip
_YOU = re.compile(
    r"\b(?:you|your|our|us|we|me|my|please|today|now|here|click|sie|uns|unsere?|vous|nous|notre|nos|usted|tu|"
    r"te|nosotros|nuestro|você|nosso|"
    r"voi|noi|nostro|ons|onze)\b|[^\x00-\u024f]|^(?:subscribe|donate|sign|follow|join|download|become|support|"
    r"help)\b",
    re.IGNORECASE,
)
_INNER_QUOTE = re.compile(r"[“”\"«»„].{20,}")

_ROLES = (
    r"(?:editor|reporter|writer|journalist|correspondent|columnist|contributor|author|fellow|professor|"
    r"analyst|researcher|"
    r"freelancer?|producer|lecturer|director|founder|co-founder|host|critic|scholar|blogger|strategist|"
    r"consultant|intern|"
    r"photographer|historian|economist|novelist|adviser|advisor|attorney|lawyer|instructor|manager|specialist)"
)
_BIO = _any(
    rf"\b(?:is|was) (?:an? |the |currently |also |{_ROLES})(?:[\w’'&,-]+ ){{0,6}}{_ROLES}?s?\b.{{0,200}}"
    r"\b(?:at|for|of|with|based|covering|who|and|whose|in)\b",
)
_BIO_STRONG = _any(
    r"\babout (?:the )?authors?\b",
    r"\b(?:he|she|who|\w{3,}) can be (?:reached|contacted|followed) (?:at|on|by|via|through)\b", r"\b(?:he|she|"
    r"they) tweets?\b",
    r"\b(?:follow|contact|reach|e-?mail) (?:him|her|the (?:author|writer|reporter)|me)\b",
    r"\bfollow [A-Z]\S+(?: \S+){0,2} (?:on|at) (?:twitter|x|bluesky|mastodon|instagram|facebook|threads)\b",
    r"^(?:e-?mail|contact|reach|follow)(?: \S+){1,4}? (?:at|on) \S*@", r"^(?:twitter|x|follow)[: ]+@\w+\.?$",
    r"\b(?:contributed|contributing) to this (?:report|story|article|piece)\b", r"\bviews (?:expressed|"
    r"are)\b.{0,60}\b(?:own|author)",
    r"\b(?:the )?(?:author|writer)s? (?:is|are|has|was|of)\b.{0,80}\b(?:of|at|for|in)\b",
    r"\bist (?:Redakteur|Korrespondent|Autor|Journalist|freie)", r"\best (?:journaliste|rédact|correspondant|"
    r"chercheu)",
    r"\bes (?:periodista|redactor|corresponsal|editor|investigador)", r"\bé (?:jornalista|repórter|editor|"
    r"correspondente)",
)  # fmt: skip
_NAME_ENDS = 70  # code points: a bio says what its author is right after the name
_NAMED_DOES = (
    r"\s+(?:is|was|has|are|writes|covers|reports|joined|serves|works|lives|teaches|holds|edits|leads|"
    r"graduated|spent)\b"
)
_STARTS_WITH_NAME = re.compile(
    r"(?:[A-Z][\w.’'-]*\s+){2,4}(?:is|was|has|writes|covers|reports|joined|serves|"
    r"works)\b"
)

_CREDIT = _any(
    r"^(?:photo|photos|photograph|image|images|picture|pictures|credits?|graphic|illustration|featured image|"
    r"cover (?:photo|image)|"
    r"foto|fotos|bild|imagen|imágenes|crédits?|photographie|screenshot)s?(?: credits?| by| courtesy(?: of)?|"
    r" from| via)?\s?[:/|(©]",
    r"^(?:photo|image|picture|photograph|illustration)s? (?:by|courtesy|via|from|credit)\b", r"^\(?(?:©|\(c\)) ?\S",
    r"(?:getty images|/reuters|/ reuters|/afp|/ap|ap photo|shutterstock|file photo|via ap|/epa|unsplash|"
    r"wikimedia commons|/dpa)\W*$",
)  # fmt: skip
_BYLINE = re.compile(
    r"(?i:^(?:by|von|par|por|di|door|av|af|words by|text by|story by|written by|reported by|reporting by|"
    r"edited by|editing by|"
    r"fact[- ]checked by|reviewed by|medically reviewed by|posted by|published by|compiled by|автор:?|بقلم:?|"
    r"מאת:?|文[:：])\s+)"
    r"(?=[^a-z])"
)
_REPORTING = re.compile(
    r"^\(?(?:additional )?(?:reporting|writing|editing|compiled|translated) by\b|;\s*editing by\b", re.IGNORECASE
)
_DATE_START = _any(
    r"^(?:first )?(?:published|updated|posted|last (?:updated|modified)|created|modified|date)\b\W*",
    r"^(?:on )?(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? ",
)  # fmt: skip
_DATE = re.compile(
    r"\W*(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}(?:st|nd|rd|th|\.)? [^\W\d]{3,10}\.?,? \d{4}|"
    r"[^\W\d]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})\b",
    re.IGNORECASE,
)
_WITH_DATE = re.compile(
    r"[\W\d]+|\W*(?:at|[ap]\.?m\.?|[A-Z]{2,4}|updated|read|min|minutes?|"
    r"\d[\d:.]*[ap]m)\W*",
    re.IGNORECASE,
)
_TAGS = _any(
    r"^(?:tags?|topics?|filed under|filed in|categor(?:y|ies)|posted in|keywords|labels?|tagged(?: with| as)?|"
    r"in this story|"
    r"schlagw[oö]rte?r?|themen|etiquetas|temas|mots[- ]clés|thèmes|argomenti|теги|метки|الوسوم|وسوم|تגיות|タグ|"
    r"标签)\s*[:：]",
    r"^(?:filed under|tagged (?:with|as)|posted in)\b",
)  # fmt: skip
_RELATED = _any(
    r"^\W*(?:read (?:more|also|next|on|the (?:full|rest|original))|related|see also|also (?:read|see|on)|"
    r"more (?:on|from|about|stories|"
    r"coverage)|recommended|don[’']t miss|must[- ]read|watch(?: now| more| below)?:|listen(?: now)?:|"
    r"continue reading|click here|"
    r"further reading|you (?:may|might)(?: also)? (?:like|be interested)|what to read next|up next|trending|"
    r"most (?:read|popular)|"
    r"latest (?:news|stories)|editors?[’'] picks?|in case you missed|next (?:article|story|post)|"
    r"previous (?:article|story|post)|"
    r"go deeper|keep reading|full (?:story|coverage)|source:|via:|lesen sie (?:auch|mehr)|mehr zum thema|"
    r"auch interessant|lire aussi|"
    r"à lire|lire la suite|sur le même sujet|lea también|lee también|leer más|te puede interesar|"
    r"leia (?:também|mais)|veja também|"
    r"leggi anche|lees ook|les også|läs (?:också|mer)|lue myös|czytaj (?:też|także|więcej)|читайте також|"
    r"читайте также|читать далее|"
    r"اقرأ (?:أيضا|المزيد)|بیشتر بخوانید|קראו (?:גם|עוד)|関連記事|あわせて読みたい|相关阅读|延伸阅读)",
)
_COMMENTS_BEGIN = re.compile(
    r"^\W*(?:(?:\d[\d,.]*|no|one|two|three) (?:comments?|repl(?:y|ies)|responses?|reactions?|"
    r"thoughts?)(?: (?:on|to)\b.*)?|"
    r"(?:comments?|reader comments?|discussion|reactions|responses)(?: ?\(\d+\))?|leave a (?:reply|"
    r"comment)\b.*|post a comment|"
    r"add a comment|(?:\d+ )?kommentare?|(?:\d+ )?commentaires?|(?:\d+ )?comentarios?|(?:\d+ )?commenti|"
    r"(?:\d+ )?reacties|"
    r"(?:\d+ )?комментари(?:и|й|ев|я)|(?:\d+ )?تعليقات?|コメント|评论)\W*$",
    re.IGNORECASE,
)
_SPEAKS = re.compile(r"^.{1,50} (?:says|said|schreibt|sagt|dit|dice|diz|пишет|يقول)\s?:$")
_CORRECTION = _any(
    r"^\W*(?:correction|clarification|editor[’']?s?[’']? note|corrected|amended|korrektur|corrección|"
    r"rectificatif|erratum)\b\s*(?:[:(—–-]|$)",
    r"^\W*(?:this (?:article|story|post|piece|report|page|version)|the (?:headline|article|"
    r"story)(?: of this \w+)?) "
    r"(?:was|has been|have been|is being|will be) (?:\w+ )?(?:updated|amended|corrected|edited|changed|clarified)",
    r"^\W*an earlier version of this\b",
)  # fmt: skip
_HAS_BEEN = re.compile(r"\bthis (?:story|article|post) has been (?:updated|corrected) (?:to|with)\b", re.IGNORECASE)
_OTHER_OPENS = _any(
    r"the post .+ (?:appeared first on|first appeared on)\b",
    r"(?:originally published|this (?:article|story|post|piece) (?:was )?(?:originally |first )?(?:appeared|"
    r"published))\b",
    r"\W*(?:©|copyright)\b",
    r"(?:disclaimer|disclosure)\b\s*:",
    r"\W*(?:advertisement|sponsored(?: content)?|anzeige|publicité|publicidad|реклама|إعلان)\W*(?:$|continue)",
    r"\d+ min(?:ute)?s? read\W*$",
    r"(?:share|tweet|pin|print|e-?mail|save|copy link|facebook|twitter|whatsapp|linkedin|listen|share (?:this|"
    r"on)(?: \w+){0,3}|"
    r"click to (?:share|print|email)\b.{0,60}|like this:|loading\W*|skip to .{1,30}|getting your .{1,20} ready.*|"
    r"this (?:content|video) is (?:not available|blocked).*|please enable javascript.*|scroll to continue.*|"
    r"story continues below.*|article continues.*|(?:log|sign) in to .{1,60}|get notified.{0,60})\W*$",
    r"\W+$",
    r"(?:ap|reuters|afp|cnn) (?:contributed|is solely)\b",
)
_OTHER_HOLDS = _any(
    r"\bappeared first on\b.{0,60}$",
    r"\ball rights reserved\b",
    r"\bmay not be (?:published|reproduced|republished|redistributed|copied)\b",
    r"\bcommission (?:from|on) (?:links|purchases|sales|your)",
    r"\bmay earn (?:a|an) (?:\w+ )?commission\b",
)


def is_appeal(text: str, *, tail: bool) -> bool:
    """Whether the block asks the reader for money, an address or a follow."""
    words = len(text.split())
    if words > (120 if tail else 60):
        return False
    lower = text.lower()
    if not any(stem in lower for stem in _STEMS) or _QUOTED.search(text):
        return False
    hits = len({m.group() for m in _APPEAL.finditer(lower)})
    if hits == 1 and (not _YOU.search(text) or _INNER_QUOTE.search(text)):
        return False
    return hits >= 2 or (hits == 1 and (tail or words <= 30))


def is_bio(text: str, *, authors: tuple[str, ...], stressed: bool, last: bool) -> bool:
    """Whether the block of the tail tells who wrote the article.

    Args:
        text: the block.
        authors: the article's authors, where known.
        stressed: it is set in italics or bold from end to end.
        last: it is among the article's last few blocks.
    """
    if len(text.split()) > 110 or (_QUOTED.search(text) and not stressed):
        return False
    if any(name and re.search(re.escape(name) + _NAMED_DOES, text) for name in authors):
        return True
    if _BIO_STRONG.search(text):
        return stressed or last
    role = _BIO.search(text)
    if role is None or role.start() > _NAME_ENDS:
        return False
    return stressed or (last and not authors and bool(_STARTS_WITH_NAME.match(text)))


def is_byline(text: str, *, authors: tuple[str, ...], head: bool) -> bool:
    """Whether the short block only names who wrote it."""
    words = len(text.split())
    if _REPORTING.search(text) and words <= 40:
        return True
    if not head or words > 16:
        return False
    plain = text.strip(" .,|–—-").casefold()
    return any(plain == name.casefold() for name in authors) or (bool(_BYLINE.match(text)) and text[-1:] not in ".?!")


def is_date(text: str) -> bool:
    """Whether the short block only says when."""
    if len(text) > 120 or len(text.split()) > 14:
        return False
    rest = _DATE_START.sub("", text, count=1)
    date = _DATE.match(rest)
    if date:
        return all(_WITH_DATE.fullmatch(word) for word in rest[date.end() :].split())
    return rest != text and len(text.split()) <= 10 and bool(re.search(r"\d{4}|\d:\d\d|ago\b", rest))


def begins_comments(text: str, *, heading: bool) -> bool:
    """Whether readers' comments begin here: a heading that says so, or "James says:"."""
    return (heading and bool(_COMMENTS_BEGIN.match(text))) or bool(_SPEAKS.match(text) and len(text.split()) <= 6)


def is_other(text: str, *, tail: bool) -> bool:
    """Whether the block is the page's machinery: sharing, copyright, advertising, "appeared first on"."""
    words = len(text.split())
    if words > (120 if tail else 40):
        return False
    return bool(_OTHER_OPENS.match(text) or _OTHER_HOLDS.search(text))


def is_correction(text: str) -> bool:
    """Whether the block corrects or updates the article."""
    return bool(_CORRECTION.match(text) or _HAS_BEEN.search(text))


def is_tags(text: str) -> bool:
    """Whether the short block lists the article's tags."""
    return bool(_TAGS.match(text))


def is_credit(text: str) -> bool:
    """Whether the short block names who made a picture."""
    return len(text.split()) <= 15 and bool(_CREDIT.search(text))


def opens_as_pointer(text: str) -> bool:
    """Whether the short block begins as pointers to other articles do ("Read more", "Related")."""
    return bool(_RELATED.match(text))
