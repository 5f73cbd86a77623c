"""Datelines of wire services: what is one, and what only looks like it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.summary.dateline import after_datelines, dateline
from digest.content.summary.summarise import summarise

WIRE = [
    "BEIRUT (Reuters) - |The harbour council met on Monday.",
    "BEIRUT, Nov 22 (Reuters) - |The harbour council met on Monday.",
    "NEW YORK/LONDON, Nov. 22 (Reuters) - |Two ferries were sold.",
    "LONDON, Nov 22 - |Two ferries were sold.",
    "LONDON, 22 November 2026 – |Two ferries were sold.",
    "Nov 22 (Reuters) - |Ferry maker Quay said it would build two boats.",
    "(Reuters) - |Ferry maker Quay said it would build two boats.",
    "DAMASCUS, Syria (AP) — |Two ferries were sold.",
    "KYIV, Ukraine (AP) —|Two ferries were sold.",
    "ST. LOUIS (AP) — |“We are glad,” the captain said.",
    "THE HAGUE, Netherlands (AP) — |Two ferries were sold.",
    "WASHINGTON (AFP) – |US ferries are slow.",
    "Port-au-Prince (AFP) - |Two ferries were sold.",
    "CAIRO, Nov. 22, 2026 /PRNewswire/ -- |Quay Ltd. has built two boats.",
    "Berlin (dpa) - |Der Hafenrat hat am Montag getagt.",
    "Frankfurt am Main (dpa/lhe) - |Der Hafenrat hat am Montag getagt.",
    "FRANKFURT (dpa-AFX) - |Der Hafenrat hat am Montag getagt.",
    "BERLIN, 22. November – |Der Hafenrat hat am Montag getagt.",
    "Paris, 22 nov 2026 (AFP) - |Le conseil du port s’est réuni lundi.",
    "GENÈVE, 22 novembre (ATS) — |Le conseil du port s’est réuni lundi.",
    "PARIS, 1er août – |À Brest, le conseil du port s’est réuni.",
    "Madrid, 22 nov (EFE).- |El consejo del puerto se reunió el lunes.",
    "MADRID, 22 (EUROPA PRESS) - |¿Quién paga el ferry?",
    "Buenos Aires, 22 de noviembre (Télam) - |El consejo del puerto se reunió el lunes.",
    "CALLERBY (Velmara Wire) — |The harbour council met on Monday.",
    "BUFFALO, N.Y. — |The harbour council met on Monday.",
    "(CNN) |The harbour council met on Monday.",
    "LOS ANGELES -- |The harbour council met on Monday.",
    "BRUSSELS — |The harbour council met on Monday.",
    "GROTON, Conn. — |Two ferries were sold.",
    "بيروت (رويترز) - |اجتمع مجلس الميناء يوم الاثنين.",
    "القاهرة 22 نوفمبر (رويترز) - |اجتمع مجلس الميناء يوم الاثنين.",
    "عمّان (أ ف ب) – |اجتمع مجلس الميناء يوم الاثنين.",
    "القاهرة - (د ب أ) - |اجتمع مجلس الميناء يوم الاثنين.",
]
PLAIN = [
    "NATO – What now for the harbour?",
    "BREAKING - The harbour council met on Monday.",
    "BREAKING — The harbour council met on Monday.",
    "NATO — The harbour council met on Monday.",
    "GUEST HOUSE — What now for the harbour?",
    "COVID-19 - The council counts the cost.",
    "APOLLO 11 - The crew came home on a Monday.",
    "Waterloo, June 18 – The field lay under water.",
    "WHO (World Health Organization) - The agency met on Monday.",
    "The Associated Press (AP) — The agency has members in every state.",
    "Deutsche Presse-Agentur (dpa) - Die Agentur hat ihren Sitz in Hamburg.",
    "Three banks (Reuters) - Two of them from Kiel - were fined.",
    "Reporters Without Borders (RSF) - The group is in Paris - was founded in 1985.",
    "Beirut (Lebanon) - The harbour council met on Monday.",
    "BEIRUT (Reuters) The harbour council met on Monday.",
    "The harbour council (AP) - the one in the north - met on Monday.",
    "LONDON, Nov 22 - and not a day later - is when it ends.",
    "LONDON, NOV 22 - THE HARBOUR COUNCIL MET ON MONDAY AND VOTED TO CLOSE THE LINE",
    "On Nov 22 (AP) - as everybody knows - the line closed.",
    "Angela Merkel (CDU) - Die frühere Kanzlerin sprach am Montag.",
    "Conor Lamb (PA) - The congressman spoke.",
    "Smith (AP Photo) - The harbour at dawn.",
    "A well-known, long-serving captain retired.",
    "مجلس الميناء - اجتمع يوم الاثنين.",
    "وكالة الأناضول (رويترز) - اجتمع مجلس الميناء.",
    "(CNN) is an agency.",
    "- The council met.",
    "",
]


@pytest.mark.parametrize("text", WIRE)
def test_a_dateline_is_found_to_its_last_blank(text: str) -> None:
    line, _, rest = text.partition("|")
    assert dateline(line + rest) == len(line)


@pytest.mark.parametrize("text", PLAIN)
def test_what_only_looks_like_one_is_left(text: str) -> None:
    assert dateline(text) == 0


REST = "It has carried workers to the northern shore since 1931, the longest service on the coast."


@pytest.mark.parametrize("text", [line for line in WIRE if "harbour council" in line or "Two ferries" in line])
@pytest.mark.parametrize("before", ["", "The ferry line closes after ninety-five years of service.\n\n"])
def test_a_summary_begins_after_the_dateline_and_says_where(text: str, before: str) -> None:
    line, _, first = text.partition("|")
    body = f"{before}{line}{first} {REST}\n\n{REST.replace('1931', '1932')}"
    found = summarise("Ferry line closes", body, rights="own", sentences=4)
    assert first in [sentence.text for sentence in found]
    assert all(body[sentence.start : sentence.end] == sentence.text for sentence in found)
    assert not any(line.strip() in sentence.text for sentence in found)


def test_a_deck_is_shown_without_its_dateline() -> None:
    line, first = "BEIRUT (Reuters) - ", "The harbour council met on Monday and closed the old ferry line."
    body = f"{line}{first} {REST}"
    (sentence,) = summarise("Ferry line closes", body, deck=line + first, rights="excerpt")
    assert (sentence.text, sentence.start) == (first, len(line))
    (alone,) = summarise("Ferry line closes", REST, deck=f" {line}{first}", rights="excerpt")
    assert (alone.text, alone.start) == (first, None)


def test_a_date_that_was_taken_for_a_sentence_goes_with_the_dateline() -> None:
    text = "LONDON, Nov. 22 (Reuters) - The council met. It voted."
    at = text.index("The")
    parts = ((0, 12), (13, at + 16), (at + 17, len(text)))
    assert after_datelines(text, parts) == ((at, at + 16), (at + 17, len(text)))


def test_only_the_first_paragraphs_have_datelines() -> None:
    text = "\n\n".join(["BEIRUT (AP) — One."] * 4)
    spans = tuple((at * 20, at * 20 + 18) for at in range(4))
    assert [start for start, _ in after_datelines(text, spans)] == [14, 34, 54, 60]


@given(st.text(alphabet="ABab (),.-–/0129'éبر\n", max_size=200) | st.text(max_size=200))
def test_any_text_may_come(text: str) -> None:
    assert 0 <= dateline(text) <= len(text)


@pytest.mark.parametrize("part", ["A", "A ", "A.", "Aa/", "A, ", "A de la ", "Nov 22 ", "(ap", "(ap/", "'", "١ "])
def test_a_hostile_text_costs_no_time(part: str) -> None:
    began = time.process_time()
    dateline(part * 200 + "-")
    assert time.process_time() - began < 0.1
