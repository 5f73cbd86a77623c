"""Tells whether two Latin spellings are one Arabic name, by a short list of rules that a person can check.

    al-Nusra, an-Nusrah, el-Nosra   the article, assimilated or not; doubled letters; a final h; o and u
    al-Qaeda, al-Qa'ida, el-Kaïda   q and k; ae, ai, ay, ei and ey are one sound
    al-Shabaab, ash-Shabab, Shebab  long vowels; in words of five letters and more an e may be an a or an i
    Jaysh, Jeish, Jaish             sh, ch and sch; j, dj and dsch; dh and d; gh and g
    Jabhat X, X Front               the Arabic word for a kind of group, and the English one behind the name

Nothing else is equal: Nusra is not Nasr, Qaeda is not Qadi, and a word that has no article is left alone unless the
vocabulary marks its tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

_SUN = ("th", "dh", "sh", "ch", "t", "d", "r", "z", "s", "n", "l")
"""Consonants before which the article's l is heard as the consonant itself; the digraphs first."""

_PLAIN = frozenset({"al", "el", "ul"})
_E_IS_A = 5  # letters from which on an e may stand for an a: "Shebab" is "Shabab", but "Beit" is not "Bait"
_JOINED = 4  # letters that must follow an article written as one with its name ("Alshabaab")
_SOUNDS = (
    (re.compile("dsch|dj"), "j"),
    (re.compile("sch|ch"), "sh"),
    (re.compile("gh"), "g"),
    (re.compile("dh"), "d"),
    (re.compile("ck|q"), "k"),
    (re.compile("a[yi]e?|ae|e[iy]"), "@"),
    (re.compile("iyy?(?=[aeiou])|ee|(?<=.)y"), "i"),
    (re.compile("oo|ou|o"), "u"),
)
# An e that is no part of a longer sound.
_SINGLE_E = re.compile("(?<![ae])(?<!a[iy])e(?![eiy])")
_TWICE = re.compile(r"(.)\1+")
_SILENT_H = re.compile(r"(?<=[aeiu@])h$")
# Which Arabic head nouns and which English ones, put behind the name, say the same.
_KINDS = (
    ({"jabhat", "jabha", "jabhah"}, {"front"}),
    ({"harakat", "haraka", "harakah"}, {"movement"}),
    ({"kataib", "katibat", "katiba"}, {"brigades", "brigade", "battalions", "battalion"}),
    ({"liwa"}, {"brigade"}),
    ({"saraya"}, {"brigades", "companies"}),
    ({"jaysh", "jaish", "jeish"}, {"army"}),
    ({"hizb"}, {"party"}),
)


@lru_cache(maxsize=65536)
def skeletons(word: str) -> tuple[str, ...]:
    """The one or two forms in which spellings of one Arabic word are equal.

    Args:
        word: folded (`words.fold`), so without case and accents.
    """
    if not word.isascii() or not word.isalpha():
        return (word,)
    found = [_skeleton(_SINGLE_E.sub("i", word))]
    if len(word) >= _E_IS_A and "e" in word:
        found.append(_skeleton(_SINGLE_E.sub("a", word)))
    return tuple(dict.fromkeys(found))


def _skeleton(word: str) -> str:
    for sound, written in _SOUNDS:
        word = sound.sub(written, word)
    return _SILENT_H.sub("", _TWICE.sub(r"\1", word))


def is_article(word: str, following: str) -> bool:
    """Whether a folded word is the Arabic article of the folded word that follows it.

    "al" and "el" always are; "an", "ash" or "er" only before the consonant they were assimilated to.
    """
    if word in _PLAIN:
        return True
    if not 2 <= len(word) <= 3 or word[0] not in "ae":
        return False
    return word[1:] in _SUN and following.startswith(word[1:])


def articled(words: Sequence[str]) -> bool:
    """Whether a name of these folded words holds an Arabic article with a word after it."""
    return any(is_article(word, after) and len(after) > 2 for word, after in pairwise(words))


def joined(word: str) -> Iterable[str]:
    """The forms of a word that is written as one with its article ("alshabab", "ennahda"), as skeletons."""
    if len(word) < _JOINED:
        return
    heads = ["al", "el"]
    heads += [vowel + sun for sun in _SUN if word.startswith(sun) for vowel in "ae"]
    for head in heads:
        # The vowel of the article is short, so an e there is never an a.
        for name in skeletons(word):
            yield _TWICE.sub(r"\1", f"{'a' if head[0] == 'a' else 'i'}{_skeleton(head[1:])}{name}")


def families(words: Sequence[str]) -> list[tuple[str, ...]]:
    """The same group's name in the other order of words: "al nusra front" for "jabhat al nusra", and back."""
    found: list[tuple[str, ...]] = []
    for arabic, english in _KINDS:
        if words[0] in arabic and len(words) > 1:
            found += [(*words[1:], kind) for kind in sorted(english)]
        if words[-1] in english and len(words) > 1:
            found += [(kind, *words[:-1]) for kind in sorted(arabic)]
    return found
