"""Holds the words of bios, appeals, credits, corrections and pointers in many languages; wording.py asks them."""

from __future__ import annotations

import re


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


QUOTED = re.compile(
    r"^[\"“„«‘']|[\"”»’'],? (?:\w+ ){0,4}(?:said|says|told|added|wrote)\b|\b(?:he|she|"
    r"they) said\b"
)

APPEAL = _any(
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
    r"\bfollow (?:\S+ ){1,8}?on (?:facebook|twitter|x|instagram|threads|bluesky|mastodon|whatsapp|telegram|linkedin|"
    r"youtube|tiktok)\b", r"\bspecial offer\b.{0,60}\b(?:readers?|subscri)",
    r"\bwe(?:’|')?d (?:like|love) to hear\b|\balready a (?:subscriber|member)\b",
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
    r"στηρίξτε (?:μας|την)|εγγραφείτε|δωρεά στ|हमारा समर्थन|दान (?:करें|दें)|सदस्यता लें|สนับสนุนเรา|บริจาค|สมัครรับ|"
    r"\b(?:bağış yap|abone ol|bültenimiz)|\bwesprzyj (?:nas|nasz)|\bzapisz się (?:na|do)\b|\bpodpořte nás|\bstötta oss|"
    r"\bstøtt? oss|후원(?:하기|해)|구독(?:하기|해)",
    r"寄付|購読(?:する|はこちら)|メルマガ|订阅(?:我们|本)|捐(?:款|赠)支持|訂閱",
)  # fmt: skip

# One of these is in every appeal that APPEAL finds; looking for them first spares most blocks the search.
STEMS = (
    "donat", "contribution", " gift", "deductible", "support", "dedicated reader", "for reading", "become a",
    "a coffee", "subscri", "sign up", "sign-up", "signing up", "signing-up", "newsletter", "inbox",
    "mailing list", "whatsapp", "telegram", " app", "find us", "join us", "like us", "patreon", "follow",
    "special offer", "to hear", "already a", "help us", "we need", "we rely", "we depend", "if you enjoy",
    "if you like", "if you value", "if you appreciate", "if you found", "please", "spende", "unterst", "abonn",
    "un don", "soutenez", "inscri", "hazte", "haz una", "apoy", "apóy", "suscr", "dona a", "dona h", "assine",
    "apoie", "doação", "sostieni", "iscriv", "donazione", "doneer", "steun ons", "meld je", "поддерж", "подпи",
    "пожертв", "підтрим", "підпи", "تبرع", "ادعم", "اشترك", "حمایت", "תרמו", "הירשמו", "תמכו", "στηρίξτε",
    "εγγραφείτε", "δωρεά", "समर्थन", "दान", "सदस्यता", "สนับสนุนเรา", "บริจาค", "สมัคร", "bağış", "abone ol",
    "bülten", "wesprzyj", "zapisz się", "podpořte", "stötta", "støt", "후원", "구독", "寄付", "購読", "メルマガ",
    "订阅", "捐",
    "訂閱",
)  # fmt: skip
YOU = re.compile(
    r"\b(?:you|your|our|us|we|me|my|please|today|now|here|click|sie|uns|unsere?|vous|nous|notre|nos|usted|tu|"
    r"te|nosotros|nuestro|você|nosso|"
    r"voi|noi|nostro|ons|onze)\b|[^\x00-\u024f]|^(?:subscribe|donate|sign|follow|join|download|become|support|"
    r"help)\b",
    re.IGNORECASE,
)
INNER_QUOTE = re.compile(r"[“”\"«»„].{20,}")

ROLES = (
    r"(?:editor|reporter|writer|journalist|correspondent|columnist|contributor|author|fellow|professor|"
    r"analyst|researcher|"
    r"freelancer?|producer|lecturer|director|founder|co-founder|host|critic|scholar|blogger|strategist|"
    r"consultant|intern|"
    r"photographer|historian|economist|novelist|adviser|advisor|attorney|lawyer|instructor|manager|specialist)"
)
BIO = _any(
    rf"\b(?:is|was) (?:an? |the |currently |also |{ROLES})(?:[\w’'&,-]+ ){{0,6}}{ROLES}?s?\b.{{0,200}}"
    r"\b(?:at|for|of|with|based|covering|who|and|whose|in)\b",
)
BIO_STRONG = _any(
    r"\babout (?:the )?authors?\b",
    r"\b(?:he|she|who|\w{3,}) can be (?:reached|contacted|followed) (?:at|on|by|via|through)\b", r"\b(?:he|she|"
    r"they) tweets?\b",
    r"\b(?:follow|contact|reach|e-?mail) (?:him|her|the (?:author|writer|reporter)|me)\b",
    r"\bfollow [A-Z]\S+(?: \S+){0,2} (?:on|at) (?:twitter|x|bluesky|mastodon|instagram|facebook|threads)\b",
    r"^(?:e-?mail|contact|reach|follow)(?: \S+){1,4}? (?:at|on) \S*@", r"^(?:twitter|x|follow)[: ]+@\w+\.?$",
    r"\b(?:contributed|contributing) to this (?:report|story|article|piece)\b", r"\bviews (?:expressed|"
    r"are)\b.{0,60}\b(?:own|author)",
    r"\b(?:the )?(?:author|writer)s? (?:is|are|has|was|of)\b.{0,80}\b(?:of|at|for|in)\b",
    r"\beditorial board (?:consists|is made up|includes|comprises|members are)\b",
    r"\bist (?:Redakteur|Korrespondent|Autor|Journalist|freie)", r"\best (?:journaliste|rédact|correspondant|"
    r"chercheu)",
    r"\bes (?:periodista|redactor|corresponsal|editor|investigador)", r"\bé (?:jornalista|repórter|editor|"
    r"correspondente)",
)  # fmt: skip
NAME_ENDS = 70  # code points: a bio says what its author is right after the name
NAMED_DOES = (
    r"\s+(?:is|was|has|are|writes|covers|reports|joined|serves|works|lives|teaches|holds|edits|leads|"
    r"graduated|spent)\b"
)
STARTS_WITH_NAME = re.compile(
    r"(?:[A-Z][\w.’'-]*\s+){2,4}(?:is|was|has|writes|covers|reports|joined|serves|"
    r"works)\b"
)

CREDIT = _any(
    r"^(?:photo|photos|photograph|image|images|picture|pictures|credits?|graphic|illustration|featured image|"
    r"cover (?:photo|image)|"
    r"foto|fotos|bild|imagen|imágenes|crédits?|photographie|screenshot)s?(?: credits?| by| courtesy(?: of)?|"
    r" from| via)?\s?[:/|(©]",
    r"^(?:photo|image|picture|photograph|illustration)s? (?:by|courtesy|via|from|credit)\b", r"^\(?(?:©|\(c\)) ?\S",
    r"^(?:\S+ ){0,8}(?:photo |image |picture |gallery )?credit: ?\S",
    r"(?:getty images|/reuters|/ reuters|/afp|/ap|ap photo|shutterstock|file photo|via ap|/epa|unsplash|"
    r"wikimedia commons|/dpa)\W*$",
)  # fmt: skip
BYLINE = re.compile(
    r"(?i:^(?:by|von|par|por|di|door|av|af|words by|text by|story by|written by|reported by|reporting by|"
    r"edited by|editing by|"
    r"fact[- ]checked by|reviewed by|medically reviewed by|posted by|published by|compiled by|автор:?|بقلم:?|"
    r"מאת:?|文[:：])\s+)"
    r"(?=[^a-z])"
)
REPORTING = re.compile(
    r"^\(?(?:additional )?(?:reporting|writing|editing|compiled|translated) by\b|;\s*editing by\b", re.IGNORECASE
)
DATE_START = _any(
    r"^(?:first )?(?:published|updated|posted|last (?:updated|modified)|created|modified|date)\b\W*",
    r"^(?:on )?(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? ",
)  # fmt: skip
DATE = re.compile(
    r"\W*(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}(?:st|nd|rd|th|\.)? [^\W\d]{3,10}\.?,? \d{4}|"
    r"[^\W\d]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})\b",
    re.IGNORECASE,
)
WITH_DATE = re.compile(
    r"[\W\d]+|\W*(?:at|[ap]\.?m\.?|[A-Z]{2,4}|updated|read|min|minutes?|"
    r"\d[\d:.]*[ap]m)\W*",
    re.IGNORECASE,
)
DATE_AGAIN = re.compile(rf"(?:(?:last )?updated|modified)\W*(?:on )?{DATE.pattern}", re.IGNORECASE)
TAGS = _any(
    r"^(?:tags?|topics?|filed under|filed in|categor(?:y|ies)|posted in|keywords|labels?|tagged(?: with| as)?|"
    r"in this story|"
    r"schlagw[oö]rte?r?|themen|etiquetas|temas|mots[- ]clés|thèmes|argomenti|теги|метки|الوسوم|وسوم|تגיות|タグ|"
    r"标签)\s*[:：]",
    r"^(?:filed under|tagged (?:with|as)|posted in)\b",
)  # fmt: skip
RELATED = _any(
    r"^\W*(?:read (?:more|also|next|on|the (?:full|rest|original))|related|see also|also (?:read|see|on)|"
    r"more (?:on|from|about|stories|"
    r"coverage)|recommended|don[’']t miss|must[- ]read|watch(?: now| more| below)?:|listen(?: now)?:|"
    r"continue reading|click here|"
    r"further reading|you (?:may|might)(?: also)? (?:like|be interested)|what to read next|up next|trending|"
    r"most (?:read|popular)|"
    r"latest (?:news|stories)|editors?[’'] picks?|in case you missed|next (?:article|story|post)|"
    r"previous (?:article|story|post)|"
    r"for more (?:on|about|information|news|stories|coverage|\w+, \w+)\b.{0,150}(?:visit|click|go to|head to|read|see|"
    r"follow|check out)\b|to learn more\b.{0,120}(?:visit|click|stream|watch|go to|read|check out)\b|"
    r"(?:listen to|watch) (?:the|our|this) .{0,80}:$|also available on\b|"
    r"go deeper|keep reading|full (?:story|coverage)|source:|via:|lesen sie (?:auch|mehr)|mehr zum thema|"
    r"auch interessant|lire aussi|"
    r"à lire|lire la suite|sur le même sujet|lea también|lee también|leer más|te puede interesar|"
    r"leia (?:também|mais)|veja também|"
    r"leggi anche|lees ook|les også|läs (?:också|mer)|lue myös|czytaj (?:też|także|więcej)|читайте також|"
    r"читайте также|читать далее|"
    r"διαβάστε (?:επίσης|ακόμα|περισσότερα)|यह भी पढ़ें|और पढ़ें|อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง|ayrıca (?:oku|bak)|"
    r"ilgili haber|přečtěte si|čtěte také|관련 ?기사|"
    r"اقرأ (?:أيضا|المزيد)|بیشتر بخوانید|קראו (?:גם|עוד)|関連記事|あわせて読みたい|相关阅读|延伸阅读)",
)
AWAY = re.compile(r"^\W*(?:for more|to learn more|also available)\b", re.IGNORECASE)
CALL = re.compile(r"[^\W\da-z][^\W\da-z ’'&]{2,40}: ?\S")
COMMENTS_BEGIN = re.compile(
    r"^\W*(?:(?:\d[\d,.]*|no|one|two|three) (?:comments?|repl(?:y|ies)|responses?|reactions?|"
    r"thoughts?)(?: (?:on|to)\b.*)?|"
    r"(?:comments?|reader comments?|discussion|reactions|responses)(?: ?\(\d+\))?|leave a (?:reply|"
    r"comment)\b.*|post a comment|"
    r"add a comment|(?:\d+ )?kommentare?|(?:\d+ )?commentaires?|(?:\d+ )?comentarios?|(?:\d+ )?commenti|"
    r"(?:\d+ )?reacties|"
    r"(?:\d+ )?комментари(?:и|й|ев|я)|(?:\d+ )?تعليقات?|コメント|评论)\W*$",
    re.IGNORECASE,
)
NOTES = re.compile(
    r"^\W*(?:foot ?notes|end ?notes|notes|references|sources|bibliography|works cited|further reading|quellen|"
    r"literatur|fußnoten|références|sources et notes|fuentes|referencias|referências|fontes|note|fonti|bronnen|"
    r"источники|примечания|المصادر|المراجع|参考文献|脚注)\W*$",
    re.IGNORECASE,
)
CREDITS = re.compile(
    r"^\W*(?:photos?|photography|image|picture|video|art|production|editorial)?\s?credits?\W*$", re.IGNORECASE
)
SPEAKS = re.compile(r"^.{1,50} (?:says|said|schreibt|sagt|dit|dice|diz|пишет|يقول)\s?:$")
CORRECTION = _any(
    r"^\W*(?:correction|clarification|editor[’']?s?[’']? note|corrected|amended|korrektur|corrección|"
    r"rectificatif|erratum)\b\s*(?:[:(—–-]|$)",
    r"^\W*(?:this (?:article|story|post|piece|report|page|version)|the (?:headline|article|"
    r"story)(?: of this \w+)?) "
    r"(?:was|has been|have been|is being|will be) (?:\w+ )?(?:updated|amended|corrected|edited|changed|clarified)",
    r"^\W*an earlier version of this\b",
    r"^\W*updated?(?:,? [^:.]{3,45})?[:—–]\W*this (?:story|article|post|piece|report)\b|^\W*updated (?:to|with) "
    r"(?:add|include|correct|clarify|reflect|new|more|additional|comments?)\b",
    r"^\W*(?:anmerkung der redaktion|note de la rédaction|nota (?:del editor|de la redacción|da redação|"
    r"della redazione)|errata|precisión|fe de erratas|rectification|précision|rettifica|correção|correctie|"
    r"rättelse|rettelse|"
    r"поправка|уточнение|от редакции|تصحيح|تنويه|اصلاحیه|תיקון טעות|הבהרה|訂正|更正)\s*(?:[:：(—–-]|$)",
)  # fmt: skip
HAS_BEEN = re.compile(r"\bthis (?:story|article|post) has been (?:updated|corrected) (?:to|with)\b", re.IGNORECASE)
OTHER_OPENS = _any(
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
    r"[\W\d]+$",
    r"(?:ap|reuters|afp|cnn) (?:contributed|is solely)\b",
)
OTHER_HOLDS = _any(
    r"\bappeared first on\b.{0,60}$",
    r"\ball rights reserved\b",
    r"\bmay not be (?:published|reproduced|republished|redistributed|copied)\b",
    r"\bcommission (?:from|on) (?:links|purchases|sales|your)",
    r"\bmay (?:earn|make|receive|get) (?:a |an |some )?(?:\w+ ){0,2}(?:commission|compensation|payments?|money)\b",
    r"\bindependently (?:selected|chosen|reviewed?|evaluated?|researched?|picked)\b.{0,60}\b(?:products?|editors?|team|"
    r"writers?|services?)\b|\b(?:products?|services?)\b.{0,60}\bindependently (?:selected|chosen|reviewed|picked)\b",
    r"^comments (?:are|have been|for this \w+ are) (?:now )?(?:closed|turned off|disabled)\b",
    r"^(?:we earn|this (?:post|article|story|page) (?:may )?contains?|.{0,40}\bcontains) .{0,30}\b(?:commissions?|"
    r"affiliate links?)\b",
)
