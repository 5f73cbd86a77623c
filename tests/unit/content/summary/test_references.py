"""What a sentence may open on: nothing that only the sentence before it explains."""

from __future__ import annotations

import time

import pytest

from digest.content.summary.references import leans
from digest.content.text import guards

LEANS = [
    "He was late.", "It has carried workers since 1931.", "“It was late,” Quill said.", "But the council agreed.",
    "The group said on Sunday it had fled.", "The company’s shares fell by a fifth.", "The two met in Kelstad.",
    "The Japanese firm built two boats.", "The 48-year-old was arrested on Monday.", "Both men were shot.",
    "Meanwhile, the council met.", "That is why the line closed.", "Since then, the line has closed.",
    "Despite these concerns, the two governments agreed.", "In its final form, the resolution does nothing.",
    "Prosecutors said he was arrested.", "The following day, Quill left.", "For example, the boats are old.",
    "In October, the company said the boats were old.", "One of them was a child.", "As a result, the line closed.",
    "When asked, Quill said no.", "Others left on Tuesday.", "Here are the ten best ferries.",
    "Thirty soldiers were killed near Kelstad, it said.", "“The line is closed,” they added.",
    "Which is not to say that the boats are old.",
]  # fmt: skip
STANDS = [
    "The harbour council met on Monday.", "It was the mayor, standing on the quay, who stopped the ferry.",
    "It is not clear who sank the ferry.", "This week the council meets again.", "Those who swim need no ferry.",
    "The group of twelve senators met on Monday.", "The Islamic State group said it had fled.",
    "The company that built the ferry is bankrupt.", "In his first speech, Donald Quill said no.",
    "After she fell, Maria Holt sued the line.", "Quill said she was glad.", "The president said he would go.",
    "Both Kelstad and Quay agreed.", "Some 30 people were on board.", "IT is a trade of its own.",
    "When it comes to ferries, the council knows best.", "O governo anunciou hoje a venda.",
    "Holt Lines will cut 300 jobs, it said.", "The Foreign Ministry knew of it, it said.",
    "A third of all crews voted no.",
    "According to the council, the ferry is old.", "The woman who found the ferry spoke on Monday.",
]  # fmt: skip
TONGUES = [
    ("de", "Er war alt.", "Der Rat tagte am Montag."),
    ("de", "Das Unternehmen sagte nichts.", "Die Regierung sagte nichts."),
    ("fr", "Le groupe a fui.", "Le conseil s’est réuni."),
    ("fr", "Mais le conseil a voté.", "La ville a voté."),
    ("es", "Sin embargo, votó el consejo.", "El consejo votó."),
    ("pt", "Ela disse que não.", "O conselho votou."),
    ("it", "Questa linea è chiusa.", "La linea è chiusa."),
    ("nl", "Hij zei niets.", "De raad vergaderde."),
    ("sv", "Men rådet röstade.", "Rådet röstade."),
    ("pl", "Jednak rada głosowała.", "Rada głosowała."),
    ("tr", "O gitti.", "Kurul toplandı."),
    ("ru", "По его словам, паром стар.", "Паром стар."),
    ("uk", "Він був старий.", "Пором був старий."),
    ("el", "Ωστόσο, ψήφισε.", "Το συμβούλιο ψήφισε."),
    ("ar", "وأضاف أن العبارة قديمة.", "صوت المجلس يوم الاثنين."),
    ("fa", "وی گفت نه.", "شورا رأی داد."),
    ("he", "הוא אמר לא.", "המועצה החליטה."),
    ("hi", "उन्होंने कहा नहीं।", "परिषद ने मतदान किया।"),
    ("zh", "他说不。", "议会投票。"),
    ("ja", "しかし、反対も多い。", "議会は決めた。"),
    ("ko", "그는 아니라고 했다.", "의회는 투표했다."),
    ("th", "อย่างไรก็ตาม สภาลงมติ", "สภาลงมติ"),
]


@pytest.mark.parametrize("sentence", LEANS)
def test_what_points_back_leans(sentence: str) -> None:
    assert leans(sentence, language="en")
    assert leans(sentence)


@pytest.mark.parametrize("sentence", STANDS)
def test_what_explains_itself_stands(sentence: str) -> None:
    assert not leans(sentence)


@pytest.mark.parametrize(("language", "leaning", "standing"), TONGUES)
def test_each_language_has_its_own_words(language: str, leaning: str, standing: str) -> None:
    assert leans(leaning, language=language)
    assert not leans(standing, language=language)


def test_the_headline_above_says_which() -> None:
    assert leans("The ship sank on Monday.", title="Storm off Kelstad")
    assert not leans("The ship sank on Monday.", title="Ship sinks off Kelstad")
    assert leans("All of these ships have sunk.", title="Storm off Kelstad")
    assert not leans("All of these ships have sunk.", title="Nine ships that sank")


def test_a_text_may_open_on_another_storm() -> None:
    assert leans("Another storm is set to reach Kelstad.")
    assert leans("A third storm is set to reach Kelstad.")
    assert not leans("A third storm is set to reach Kelstad.", first=True)
    assert not leans("Another storm is set to reach Kelstad.", first=True)


@pytest.mark.parametrize(
    ("doubt", "claim", "binds"),
    [
        ("The claim could not be independently verified.", "Rebels sank a ferry.", True),
        ("The Courier was not able to verify the report.", "Rebels sank a ferry.", True),
        ("The army hasn’t confirmed the loss.", "Rebels sank a ferry.", True),
        ("Die Angaben ließen sich nicht überprüfen.", "Rebellen versenkten eine Fähre.", True),
        ("لم يتسن التحقق من ذلك.", "قال المتمردون إنهم أغرقوا العبارة.", True),
        ("Quill denied the accusation.", "Prosecutors accused Quill of fraud.", True),
        ("Quill denied the accusation.", "The court sat for nine days.", False),
        ("Quill, who denies the accusation, smiled.", "Prosecutors accused Quill of fraud.", False),
        ("The council met.", "Prosecutors accused Quill of fraud.", False),
    ],
)
def test_a_doubt_binds_what_it_doubts(doubt: str, claim: str, binds: bool) -> None:
    assert guards.doubts(doubt, claim) is binds


@pytest.mark.parametrize("part", ["The ", "it was the ", "In a ", "a, ", "he ", "this ", "Aa", "“", "one of "])
def test_a_hostile_sentence_costs_no_time(part: str) -> None:
    began = time.process_time()
    leans(part * 20_000)
    guards.doubts(part * 20_000, part * 20_000)
    assert time.process_time() - began < 1
