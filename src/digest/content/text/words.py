"""Words in any script: where they stand in a text, their folded form, and which of them carry no topic."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Python's \w leaves out combining marks, which would cut Hindi or Thai words at their vowel signs.
_MARKS = "".join(chr(c) for c in range(0x300, 0x1E00) if unicodedata.category(chr(c)) in {"Mn", "Mc"})
_INSIDE = "\u00ad\u200c\u200d"
LETTER = rf"[\w{_MARKS}{_INSIDE}]"
"""One character of a word, as a class of a regular expression."""

WORD = re.compile(rf"{LETTER}+")
"""One word; underscores count as part of it, so replace them where they stand for spaces."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
UNSPACED = re.compile(f"[{_UNSPACED}]")
"""A character of a script that puts no spaces between words (Han, kana, Thai, Lao, Khmer, Burmese)."""

HANGUL = re.compile("[\uac00-\ud7a3]")
"""A Korean syllable: words are spaced, but particles are glued to their end."""

_PLAIN = re.compile(r"\w+")

# Accents, Arabic vowel signs, tatweel and invisible joiners; other scripts keep their marks, which are letters there.
_DROP = re.compile("[\u0300-\u036f\u064b-\u0655\u0670\u0640\u00ad\u200c\u200d]")
_ALIKE = dict(zip("øłđıŧħðأإآىة", "oldithdااايه", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th"}
_VARIANT = re.compile(f"[{''.join(_ALIKE)}]")


def _fold_text(text: str) -> str:
    alike = _VARIANT.sub(lambda m: _ALIKE[m[0]], text.casefold())
    return unicodedata.normalize("NFC", _DROP.sub("", unicodedata.normalize("NFKD", alike)))


_fold_word = lru_cache(maxsize=65536)(_fold_text)


def fold(word: str) -> str:
    """The form in which spellings of one word are equal: no case, no accents, one form of each Arabic letter."""
    return word.lower() if word.isascii() else _fold_word(word)


def key(text: str) -> str:
    """What two spellings of one text have in common: its letters and digits, without case."""
    return "".join(_PLAIN.findall(text)).casefold()


def words(text: str) -> list[str]:
    """All words of a text, folded, in order; a run of an unspaced script is one word here."""
    return WORD.findall(text.lower() if text.isascii() else _fold_text(text))


def count_words(text: str) -> int:
    """The length of `text` in words; two characters of an unspaced script (Han, kana, Thai) count as one word."""
    if text.isascii() or not (dense := len(UNSPACED.findall(text))):
        return len(text.split())
    return sum(1 for w in text.split() if not UNSPACED.search(w)) + (dense + 1) // 2


def is_common(word: str) -> bool:
    """Whether a folded word says nothing about a topic: function words of a dozen languages, and single letters."""
    return len(word) < 2 or word in _COMMON


# Folded when read, so accents need not be right. Kept by language: en, fr, de, es, pt, it, nl, tr, ru, el, ar, he, hi.
_FUNCTION_WORDS = """
a about above after again against all also although am among an and any are as at back be because been before being
between both but by came can could day days did do does doing down during each even ever every few first for from
further get give go going good got had has have having he her here hers herself him himself his how however i if in
into is it its itself just know last least less like made make many may me might more most much must my near never
new next no nor not now of off on once one only or other others our out over own part people per put said same say
saying says see seen several she should since so some still such take than that the their them then there these
they this those three through time to told too toward towards two under until up upon us use used very via was way
we week well were what when where whether which while who whom whose why will with within without would year years
yes yet you your am pm mr mrs ms according added
monday tuesday wednesday thursday friday saturday sunday
au aux avec car ce ces cet cette comme dans de des deux dont du elle elles en encore entre est et ete etre eu fait
il ils je la le les leur leurs lui mais meme moins ne nos notre nous on ont ou par pas pendant plus pour qu quand
que qui sa sans se ses si son sont sous sur tout tous toute tres un une vers vous apres avant aussi ainsi
aber als am an auch auf aus bei bis da damit dann das dass dem den der des die dies diese diesem dieser doch dort
durch ein eine einem einen einer eines er es fur gegen gegenuber hat haben hatte ihm ihn ihr ihre im in ist ja kann
kein keine mehr mit nach nicht noch nun nur ob oder ohne schon sei sein seine seit sich sie sind so soll sollen
uber um und uns unter vom von vor war waren was weil wenn wer werden wie wieder will wir wird wo worden wurde
wurden zu zum zur zwei zwischen
al algo ante antes aunque cada como con contra cual cuando de del desde donde dos durante el ella ellos en entre
era esa ese eso esta estaba estan este esto estos fue fueron ha habia han hasta hay la las lo los mas me mi mientras
muy nada ni no nos o otra otro otros para pero poco por porque pues que quien se sea segun ser si sido sin sobre son
su sus tambien tanto te tiene todo todos tras tu un una unas uno unos y ya
ao aos as ate com da das do dos ela eles em era essa esse esta foi foram ha isso isto ja mais mas mesmo muito na nas
nem no nos nossa num numa o os ou para pela pelas pelo pelos pode por porque quando quem sao se seja sem ser seu
seus sua suas tambem tem um uma
agli ai alla alle allo anche ancora che chi ci come con contro cosi cui da dal dalla dalle degli dei del della delle
dello di dopo due e ed era fra gli ha hanno il in io la le lei li lo loro lui ma mentre mi nel nella nelle non ogni
per perche piu poi prima quale quando quanto quella quello questa questo sara se sempre si sia sono stata stato su
sua sue sugli sui sul sulla suo suoi tra tutti tutto un una uno
aan al bij dan dat de der deze die dit doch door een en er ge geen had heb heeft hem het hij hoe hun ik in is je kan
maar me meer men met mijn naar niet nog nu of om ook op over te tegen toch toen tot uit uw van veel voor want was
wat we wel werd wie wij wordt worden zal ze zei zich zij zijn zo zonder zou
ve bir bu da de ile icin cok daha gibi kadar olan olarak oldu olduğu en ama ancak sonra once gore her ne ki mi var
yok ise hem iki
и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня еще
нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас нибудь вам ведь там потом себя может они
тут где есть надо ней для мы тебя их чем была сам чтоб без будто чего раз тоже себе под будет ж тогда кто этот того
потому этого какой ним здесь этом один почти мой тем чтобы нее были куда зачем всех при об это эта эти также после
που και το τα τη την της του των στο στη στην από για με δεν θα να είναι ο η οι ένα μια ως
في من على الى إلى عن مع هذا هذه ذلك التي الذي الذين ان أن إن كان كانت قد لم لن لا ما هو هي هم بعد قبل بين كل او أو
ثم حيث كما عند حتى اذا إذا غير منذ خلال وقد وكان وقال قال قالت يوم أيضا عليه فيه بها به له لها
של על את הוא היא הם זה זו לא כי גם אם או אך כל עם אל מן בין אחרי לפני היה היו יש אין אני אנחנו עוד רק כמו
और के का की को में से है हैं था थे थी पर यह वह ने एक भी तो ही कि लिए साथ बाद तक इस उस कर किया गया
"""
_COMMON = frozenset(fold(word) for word in _FUNCTION_WORDS.split())
