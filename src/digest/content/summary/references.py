"""Whether a sentence opens on what it does not show: a pronoun, a connective, or "the group" of the sentence before.

By language where its words are known; a language that is not known is held to all tables but the words that are
articles or names elsewhere ("o" is "this" in Turkish and "the" in Portuguese). Pure.
"""

from __future__ import annotations

import re

from digest.content.summary import references_english as english
from digest.content.text.abbreviations import collect
from digest.content.text.words import LETTER

_WORDS = {
    "en": english.WORDS,
    "de": "er sie es aber doch und dies diese dieser dieses diesen diesem dabei damit dazu dafür dagegen davon daraus "
    "deshalb deswegen daher darum außerdem jedoch allerdings auch dann dort zudem ferner danach daraufhin dennoch "
    "trotzdem hingegen sein seine seinen ihr ihre ihren beide beides denn sondern inzwischen unterdessen",
    "fr": "il elle ils elles mais et ce cette ces cela ceci ça ainsi donc cependant celui-ci celle-ci ceux-ci pourtant "
    "aussi or leur leurs son sa ses toutefois néanmoins ensuite puis enfin également tous-deux",
    "es": "él ella ellos ellas pero y este esta esto ese esa eso estos estas esos esas además también aunque entonces "
    "su sus así tampoco asimismo ambos ambas luego mientras",
    "pt": "ele ela eles elas mas e isso isto este esta estes estas esse essa esses essas também porém contudo seu sua "
    "seus suas ambos ambas já então assim entretanto todavia",
    "it": "lui lei loro ma ed e questo questa questi queste quello quella anche inoltre tuttavia suo sua suoi sue "
    "però quindi infatti entrambi entrambe così poi intanto",
    "nl": "hij zij ze het maar en dit deze dat die ook echter daarom zijn haar hun daarnaast bovendien toch dus "
    "vervolgens daarna beide beiden",
    "sv": "han hon de den det men och denna detta dessa också dock därför hans hennes deras dessutom samtidigt båda",
    "da": "han hun de den det men og denne dette disse også dog derfor hans hendes deres desuden samtidig begge",
    "no": "han hun de den det men og denne dette disse også likevel derfor hans hennes deres dessuten samtidig begge",
    "fi": "hän he se ne mutta ja tämä nämä myös kuitenkin siksi hänen heidän sen lisäksi molemmat",
    "pl": "on ona ono oni one ale i a to ten ta te ci jednak również także dlatego jego jej ich ponadto obaj oboje",
    "cs": "on ona ono oni ale a to ten ta ti tyto tento však také proto jeho její jejich navíc oba",
    "ro": "el ea ei ele dar și iar acesta aceasta aceștia acestea acest această însă de-asemenea astfel ambii",
    "hu": "ő ők de és ez az-is ezek azok azonban viszont szintén ezért emellett mindkettő",
    "tr": "o bu şu onlar bunlar ama ancak ve fakat ayrıca bunun bunu onun ise böylece",
    "id": "dia ia mereka ini itu tetapi namun dan juga keduanya",
    "vi": "anh ông bà họ nó nhưng và này đó tuy",
    "ru": "он она оно они его её ее их ему ей им но и а да это этот эта эти этим этого также однако поэтому кроме при "
    "тот та те оба обе затем потом причём причем зато",
    "uk": "він вона воно вони його її їх йому але та і й а це цей ця ці також однак тому обидва потім",
    "bg": "той тя то те но и а това този тази тези също обаче затова неговият нейният",
    "sr": "он она оно они али и а то овај ова ово ови такође међутим зато његов њен",
    "el": "αυτός αυτή αυτό αυτοί αυτές αυτά αλλά όμως και επίσης ωστόσο έτσι εκείνος εκείνη ο-ίδιος",
    "ar": "هو هي هم هذا هذه ذلك تلك هؤلاء لكن ولكن كما وهو وهي وهم وقال وقالت وأضاف وأضافت وأوضح وأوضحت وتابع وتابعت "
    "وأشار وأشارت وأكد وأكدت لكنه لكنها غير أيضا وذلك وهذا وهذه وكان وكانت ثم بينما إنه إنها كلاهما",
    "fa": "او آنها آنان این آن اما ولی و همچنین وی ایشان همین بنابراین هر-دو",
    "ur": "وہ یہ اس ان انہوں لیکن مگر اور بھی تاہم",
    "he": "הוא היא הם הן זה זו זאת אלה אבל אך גם לכן אולם אולי-כך והוא והיא כמו-כן",
    "hi": "वह वे यह ये लेकिन मगर और इसके इससे उन्होंने उसने इस उस उनके इन हालांकि दोनों",
}  # fmt: skip
_TABLES = {code: collect(text.replace("\n", " ")) for code, text in _WORDS.items()}
_ALIASES = {"nb": "no", "nn": "no", "be": "ru", "mk": "bg", "hr": "sr", "bs": "sr", "iw": "he", "ps": "fa", "ms": "id",
            "sk": "cs", "mr": "hi", "ne": "hi", "gl": "pt", "ca": "es"}  # fmt: skip
# Articles, names or plain nouns in another language that is written in the same letters.
_ELSEWHERE = collect(
    """
    o a e i y et die de den des son sin men on he her se ne te to ten dan dus sen den el la ia anh ea ei one toch hans
    sa ses or das der det hon già poi ta ti ci no sue lei luego enfin puis han ja ela ele beide ze sein ihr haar hun
    """
)
_ANY = frozenset().union(*_TABLES.values()) - (_ELSEWHERE - _TABLES["en"])

_PHRASES = re.compile(
    r"(?:zum beispiel|im (?:gegenteil|gegensatz dazu)|(?:der|die|das) (?:\d+-jährige|konzern|unternehmen|gruppe|"
    r"beiden|firma|organisation|verein|mann|frau|täter|opfer|fahrer)\w?|"
    r"sin embargo|no obstante|por (?:eso|ello|su parte|lo tanto|otro lado|outro lado|isso|sua vez)|"
    r"no entanto|além disso|en (?:ese|este|esa|esta) \w+|(?:el|la|los|las) (?:grupo|empresa|compañía|hombre|mujer|dos|"
    r"víctima|acusado|sospechoso)s?|o (?:grupo|homem)|a (?:empresa|companhia|mulher|vítima)|"
    r"en (?:outre|effet|revanche)|de plus|c[’']est|par ailleurs|par contre|(?:le groupe|la société|l[’']entreprise|"
    r"l[’']homme|la femme|les deux|le suspect|la victime)|"
    r"per (?:questo|esempio)|il gruppo|l[’']azienda|la società|l[’']uomo|la donna|i due|"
    r"het bedrijf|de (?:groep|man|vrouw|twee|organisatie)|"
    r"кроме того|при этом|в то же время|по (?:его|её|ее|их) (?:словам|мнению|данным)|тем не менее|из-за этого|"
    r"после этого|крім того|за його словами|"
    r"من (?:جهته|جهتها|جانبه|جانبها|ناحيته)|في المقابل|في (?:هذا|ذلك|هذه) \w+|على (?:الرغم من ذلك|صعيد آخر)|"
    r"به گفته (?:او|وی)|در (?:این|همین) \w+|لدى ذلك)(?=\W)",
    re.IGNORECASE,
)
_DENSE = re.compile(
    r"(?:他们?|她们?|它们?|但是?|而且|此外|另外|然而|不过|因此|所以|这[些个是样]?|那[些个]?|該|该|同时|同時|其中|其|对此|並且|"
    r"彼女?[らはがのに]|しかし|また|そして|これ|それ|その|この|だが|ただし|一方|さらに|なお|両[者氏]|同[氏社国県市]は?|"
    r"그러나|하지만|그리고|그는|그녀는|이는|이에|또한|한편|이어|이날)"
)
_THAI = re.compile(r"(?:เขา|เธอ|พวกเขา|มัน(?=\W|ได้|เป็น)|แต่|และ|อย่างไรก็ตาม|นอกจากนี้|ดังนั้น|ซึ่ง)")
_FIRST = re.compile(rf"[\s\"'“‘«„(\[—–-]*((?:(?![\d_]){LETTER})+(?:[-'’](?:(?![\d_]){LETTER})+)*)")
_MARKS = re.compile(r"[\u064b-\u0652]")


def leans(sentence: str, *, language: str = "", title: str = "", first: bool = False) -> bool:
    """Whether the sentence opens on something that points to what was said before it.

    Args:
        sentence: one sentence, as it would be shown first.
        language: a BCP 47 tag, "" when unknown.
        title: the headline it stands under: "the ferry" is no riddle below "Council sells ferry".
        first: whether it is the first of its text, whose "another storm" and "still" point to the world outside.
    """
    bare = sentence.lstrip(" \"'“‘«„([—–-")
    if _DENSE.match(sentence.lstrip('“「『"‘（(')) or _THAI.match(sentence):
        return True
    if _PHRASES.match(bare):
        return True
    code = language.partition("-")[0].lower()
    code = _ALIASES.get(code, code)
    speaks_english = code in ("", "en")
    if speaks_english and english.points_back(bare, title=title, first=first):
        return True
    opening = _FIRST.match(sentence)
    if opening is None:
        return False
    word = _MARKS.sub("", opening[1])
    if word.casefold() not in _TABLES.get(code, _ANY):
        return False
    if speaks_english and english.resolved(bare, first=first):
        return False
    return not (len(word) > 1 and word.isupper() and not sentence.isupper())  # "IT" is a trade, "It" is not
