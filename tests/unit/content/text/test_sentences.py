from __future__ import annotations

import gzip
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.text.sentences import split


def parts(text: str, language: str = "") -> list[str]:
    return [text[start:end] for start, end in split(text, language)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Lt. Col. A. Brandt met Dr. Holt at 5 p.m. Monday.", "The U.S. Army left on Jan. 10."],
        ["It came from the U.S.", "The crew said no.", "Then it left for St. Malo."],
        ["Prices rose 3.5 percent to $1.13bn.", "See example.org for No. 5 of the list."],
        ["“Is it true?” she asked.", "“It is.”", "He nodded (twice.)", "Nobody spoke!"],
        ["Wait... and see.", "Then…", "Nothing."],
        ["Holt & Sons Inc. and Brandt Ltd. merged.", "J. R. Quill signed, i.e. agreed."],
        ["Yahoo! said so.", "1. The first rule holds."],
        ["Am 3. Mai kam z. B. Dr. Brandt.", "Er blieb bis zum 21. Oktober."],
        ["« Quoi ? » demanda-t-il.", "M. Quill ne dit rien."],
        ["Он родился в 1990 г. в Риге.", "А. С. Брандт ушёл.", "Т. е. навсегда."],
        ["Τι είναι αυτό;", "Δεν ξέρω."],
        ["هل هذا صحيح؟", "نعم، قال د. أحمد ذلك.", "ثم رحل!"],
        ["האם זה נכון?", "לא."],
        ["آیا این درست است؟", "بله."],
        ["Rep. Linda Holt, R-St. Pete Beach, agreed.", "He works for the F.B.I.", "She does not."],
        ["Prof. Dr. h. c. Brandt kam.", "Er blieb ca. 3 Tage."],
        ["L’art. 5 s’applique.", "Il est né en 44 av. J.-C."],
        ["El Sr. Gil llegó a EE. UU. el lunes.", "¿Quién es?", "¡Nadie!"],
        ["A Dra. Costa saiu às 10h30.", "O Sr. Silva ficou."],
        ["L’on. Bianchi e il dott. Rossi votano.", "No."],
        ["Prof. Kowalski przyszedł o godz. 10.", "Był tam m.in. dr Nowak."],
        ["Dr. Novák přišel 3. května.", "Odešel."],
        ["Hän tuli 3. toukokuuta.", "Miksi?"],
        ["У 2020 р. він поїхав.", "Чому?"],
        ["Ο κ. Παππάς είπε όχι.", "Γιατί;", "Έτσι."],
        ['ד"ר כהן הגיע בשעה 10.30.', "האם זה נכון?"],
        ["وہ آیا۔", "کیوں؟"],
        ["তিনি এলেন।", "কেন?"],
        ["그는 갔다.", "정말?"],
        ["Նա եկավ։", "Նա գնաց։"],
        ["መጣ።", "ሄደ።"],
        ["Dl. Popescu a venit.", "De ce?"],
        ["परिषद ने कहा।", "डॉ. सिंह आए।"],
    ],
)
def test_sentences_that_were_joined_come_apart_again(sentences: list[str]) -> None:
    language = "de" if "Mai" in sentences[0] else ""
    assert parts(" ".join(sentences), language) == sentences


def test_east_asian_sentences_need_no_space() -> None:
    assert parts("议会同意了。这是真的吗？是的！") == ["议会同意了。", "这是真的吗？", "是的！"]
    assert parts("「行く。」と言った。帰った。") == ["「行く。」と言った。", "帰った。"]
    assert parts("「行こう。もう遅い。」と言った。帰った。") == ["「行こう。もう遅い。」と言った。", "帰った。"]
    assert parts("他说：“我们赢了。很高兴。”真的吗？") == ["他说：“我们赢了。很高兴。”", "真的吗？"]
    assert parts("「開いたまま。帰った。") == ["「開いたまま。", "帰った。"]
    assert parts("“我们赢了。”他说。他走了。") == ["“我们赢了。”他说。", "他走了。"]


def test_thai_is_cut_at_spaces_into_stretches() -> None:
    text = "สภาเมืองอนุมัติงบประมาณสำหรับปีหน้าหลังจากการอภิปรายอันยาวนานในวันอังคาร " * 4
    found = parts(text)
    assert len(found) >= 3
    assert all(len(p) <= 200 for p in found)


def test_a_blank_line_ends_a_sentence_and_a_wrapped_line_does_not() -> None:
    assert parts("A heading\n\nThe text was wrapped\nin the middle. It ends") == [
        "A heading", "The text was wrapped\nin the middle.", "It ends"
    ]  # fmt: skip


def test_words_parted_from_their_stops_still_end_sentences() -> None:
    assert parts("the boat left . the crew stayed .") == ["the boat left .", "the crew stayed ."]


_ALPHABET = "aB .!?…\n\t\u2029\"'”“(1)؟。」क।กๆ\u00a0\u3000;,é-"


@given(st.text(alphabet=_ALPHABET, max_size=200), st.sampled_from(["", "en", "de", "th"]))
def test_the_laws_of_spans(text: str, language: str) -> None:
    spans = split(text, language)
    position = 0
    for start, end in spans:
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert not re.search(r"\n\s*\n", text[start:end])
        position = end
    assert not text[position:].strip()


@given(st.text(alphabet=_ALPHABET, max_size=80), st.text(alphabet=_ALPHABET, max_size=80))
def test_a_paragraph_does_not_change_those_before_it(first: str, second: str) -> None:
    shift = len(first) + 2
    both = (*split(first), *((start + shift, end + shift) for start, end in split(second)))
    assert split(f"{first}\n\n{second}") == both


@pytest.mark.parametrize("text", ["." * 200_000 + "a", ". " * 100_000, "1. " * 50_000, "“”" * 100_000, "\n" * 200_000,
                                  "a\n" * 100_000, "กข " * 60_000, " " * 200_000, ".”" * 100_000, "「。" * 100_000,
                                  "「" + "。" * 100_000 + "」", "“。」" * 60_000])  # fmt: skip
def test_no_text_makes_it_slow(text: str) -> None:
    began = time.perf_counter()
    split(text, "de")
    assert time.perf_counter() - began < 5


@pytest.mark.data
def test_boundaries_of_corrected_articles(data: Path) -> None:
    right = wrong = 0
    lines = gzip.decompress((data / "sentences" / "bbc50.jsonl.gz").read_bytes()).decode().splitlines()
    for line in lines:
        sentences = [s.strip() for s in json.loads(line)["sentences"]]
        text = sentences[0] + "\n\n" + " ".join(sentences[1:])
        ends, position = set(), 0
        for sentence in sentences:
            position = text.index(sentence, position) + len(sentence)
            ends.add(position)
        found = {end for _, end in split(text, "en")}
        right += len(ends & found)
        wrong += len(ends ^ found)
    assert 2 * right / (2 * right + wrong) >= 0.997
