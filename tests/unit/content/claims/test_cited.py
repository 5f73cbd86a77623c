"""What a model's sentence may say of the sentences it cites, and what it may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.claims.asked import Claim, numbered
from digest.content.claims.cited import refusal
from digest.content.claims.figures import figures
from digest.content.claims.quoted import quotations, unquoted
from digest.content.claims.tongues import TONGUES

TEXT = (
    "The interior ministry said on Tuesday that 14 people were killed and 30 wounded in an attack on a market in "
    "Dremmin. Rescue work went on through the night, a spokesman for the fire brigade said. The Korvath Front "
    'claimed responsibility, but the claim could not be verified. "We will rebuild the market," Mayor Hanne Brook '
    "told reporters. The government did not approve the budget of 1.2 million crowns. Exports rose 4.5 percent in "
    "March, the statistics office said. Divers may have found a wreck of 1,200 tons off Callerby. Jonas Brandt met "
    "Ada Quill in Westerhaven. He called the plan “a gift to smugglers” and left. The council votes on 3 May 2026."
)
MINISTRY, RESCUE, FRONT, MAYOR, BUDGET, EXPORTS, WRECK, MET, GIFT, VOTE = range(1, 11)
ARTICLE = numbered(TEXT, "en")


def why(text: str, *cites: int) -> str:
    return refusal([Claim(text=text, cites=cites)], ARTICLE, sentences=3, words=90, title="Attack in Dremmin")


def test_the_article_is_numbered_as_the_tests_think() -> None:
    assert len(ARTICLE.sentences) == VOTE
    assert [TEXT[a:b] for a, b in ARTICLE.places] == list(ARTICLE.sentences)


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("Fourteen people died in an attack on a market in Dremmin on Tuesday, the interior ministry said.", MINISTRY),
        ("An attack on a market in Dremmin killed 14 people, according to the interior ministry.", MINISTRY),
        ("An attack in Dremmin left 30 wounded, the ministry said.", MINISTRY),
        ("The Korvath Front claimed responsibility, which could not be verified.", FRONT),
        ("Mayor Hanne Brook said: “We will rebuild the market.”", MAYOR),
        ("The government did not approve a budget of 1.2 million crowns.", BUDGET),
        ("The government didn’t approve a budget of 1.2 million crowns.", BUDGET),
        ("Exports rose 4.5 % in March, the statistics office said.", EXPORTS),
        ("Divers off Callerby may have found a wreck of 1200 tons.", WRECK),
        ("Ada Quill met Jonas Brandt in Westerhaven.", MET),
        ("The council votes on May 3, 2026.", VOTE),
    ],
)
def test_what_stands_there_is_accepted(text: str, cites: int) -> None:
    assert why(text, cites) == ""


@pytest.mark.parametrize(
    ("text", "cites", "reason"),
    [
        ("An attack in Dremmin killed 15 people, the interior ministry said.", MINISTRY, "figure"),
        ("An attack in Dremmin killed sixteen people, the interior ministry said.", MINISTRY, "figure"),
        ("The ministry said 30 people were killed in Dremmin.", MINISTRY, "counts something else"),
        ("Dozens were killed in Dremmin, the interior ministry said.", MINISTRY, "figure"),
        ("An attack in Dremmin on Monday killed 14 people, the interior ministry said.", MINISTRY, "date"),
        ("Yesterday an attack in Dremmin killed 14 people, the interior ministry said.", MINISTRY, "date"),
        ("An attack in Callerby killed 14 people, the interior ministry said.", MINISTRY, "name"),
        ("An attack on a market in Dremmin killed 14 people.", MINISTRY, "who says so"),
        ("The Korvath Front claimed responsibility for the attack.", FRONT, "left out"),
        ("The Korvath Front was behind it, although nobody could confirm that.", FRONT, ""),
        ("Mayor Hanne Brook said “We shall rebuild the market.”", MAYOR, "quotation marks"),
        ("Mayor Hanne Brook said she “will never rebuild the market”.", MAYOR, "quotation marks"),
        ("Mayor Hanne Brook told reporters that we will rebuild the market.", MAYOR, "quotation marks"),
        ("The government approved the budget of 1.2 million crowns.", BUDGET, "negation"),
        ("The government did not approve the budget of 1.2 billion crowns.", BUDGET, "figure"),
        ("The government did not approve the budget of $1.2 million.", BUDGET, "figure"),
        ("Exports never rose 4.5 percent in March, the statistics office said.", EXPORTS, "negation"),
        ("Exports fell 4.5 percent in March, the statistics office said.", EXPORTS, "opposite"),
        ("Imports rose 4.5 percent in March, the statistics office said.", EXPORTS, "opposite"),
        ("Divers have found a wreck of 1,200 tons off Callerby.", WRECK, "doubt"),
        ("Jonas Quill met Ada Brandt in Westerhaven.", MET, "name"),
        ("Minister Jonas Brandt met Ada Quill in Westerhaven.", MET, "name"),
        ("Jonas Brandt reportedly met Ada Quill in Westerhaven.", MET, "doubt that is not there"),
        ("Jonas Brandt called the plan a gift to smugglers.", GIFT, "without their quotation marks"),
        ("The council votes on 4 May 2026.", VOTE, "figure"),
        ("The council votes on 3 June 2026.", VOTE, "date"),
        ("The council meadow sings of golden evening light on 3 May 2026.", VOTE, "new words"),
        ("The council votes on 3 May 2026, so mark your calendar.", VOTE, "speaks for itself"),
        ("The council votes on 3 May 2026 at vote.example now.", VOTE, "address"),
        ("The council votes on <b>3 May 2026</b>.", VOTE, "address or markup"),
        ("The council votes on 3 May 2026. Jonas Brandt left.", VOTE, "more than one sentence"),
        ("The council votes on 3 May 2026", VOTE, "whole sentence"),
        ("The council \u202evotes on 3 May 2026.", VOTE, "nobody sees"),
        ("It votes on 3 May 2026 in the council.", VOTE, "nobody has named"),
        ("Attack in Dremmin.", MINISTRY, "headline"),
        ("Совет голосует 3 мая 2026 года утром.", VOTE, "script"),
    ],
)
def test_what_does_not_is_refused(text: str, cites: int, reason: str) -> None:
    found = why(text, cites)
    assert found
    assert reason in found


def test_citations_must_be_there_and_few() -> None:
    good = "The council votes on 3 May 2026."
    assert "cites nothing" in why(good)
    assert "that there is not" in why(good, 0)
    assert "that there is not" in why(good, 11)
    assert "that there is not" in why(good, -1)
    assert "more than 4" in why(good, 1, 2, 3, 4, VOTE)
    assert why(good, VOTE) == ""
    assert why(good, MET) != ""


def test_a_doubt_in_the_next_sentence_belongs_to_the_claim() -> None:
    text = (
        "The army said it took the town of Ilvar on Friday. The claim could not be independently verified. "
        "Rain fell in the valley."
    )
    article = numbered(text, "en")

    def of(said: str, *cites: int) -> str:
        return refusal([Claim(text=said, cites=cites)], article, sentences=3, words=90)

    assert "next sentence" in of("The army said it took the town of Ilvar on Friday.", 1)
    assert of("The army said it took the town of Ilvar on Friday, which could not be verified.", 1, 2) == ""


def test_a_name_is_no_claimant() -> None:
    text = "Leaving the league would cost Florida State $572 million, according to the lawsuit. Rain fell. Wind blew."
    said = Claim(text="Leaving the league would cost Florida State $572 million.", cites=(1,))
    assert "who says so" in refusal([said], numbered(text, "en"), sentences=3, words=90)


def test_lengths_and_repetitions() -> None:
    one = Claim(text="The council votes on 3 May 2026.", cites=(VOTE,))
    assert "same sentence" in refusal([one, one], ARTICLE, sentences=3, words=90)
    assert "2 sentences, where 1" in refusal([one, one], ARTICLE, sentences=1, words=90)
    assert "more than 5 words" in refusal([one], ARTICLE, sentences=1, words=5)
    assert refusal([], ARTICLE, sentences=3, words=90) != ""


@pytest.mark.parametrize("language", ["", "ar", "ja", "ru", "he"])
def test_a_language_that_cannot_be_checked_is_refused(language: str) -> None:
    article = numbered("A b c d. E f g h.", language)
    assert "language" in refusal([Claim(text="A b c d.", cites=(1,))], article, sentences=3, words=90)


@pytest.mark.parametrize(
    ("language", "text", "good", "bad"),
    [
        ("de", "Der Rat lehnte am Dienstag den Bau von zwei Brücken in Kiel nicht ab.",
         "Der Rat lehnte den Bau von 2 Brücken in Kiel am Dienstag nicht ab.",
         "Der Rat lehnte den Bau von drei Brücken in Kiel am Dienstag nicht ab."),
        ("fr", "Le conseil de Brest a voté mardi un budget de 12 millions pour le pont.",
         "Le conseil de Brest a voté mardi 12 millions pour le pont.",
         "Le conseil de Brest a voté jeudi 12 millions pour le pont."),
        ("es", "El alcalde de Cádiz presentó el lunes tres planes para el puerto.",
         "El alcalde de Cádiz presentó el lunes tres planes para el puerto.",
         "El alcalde de Sevilla presentó el lunes tres planes para el puerto."),
        ("nl", "De raad van Delft keurde dinsdag het plan voor de haven goed.",
         "De raad van Delft keurde dinsdag het plan voor de haven goed.",
         "De raad van Delft keurde dinsdag het plan voor de haven niet goed."),
    ],
)  # fmt: skip
def test_other_languages(language: str, text: str, good: str, bad: str) -> None:
    article = numbered(f"{text} {text}", language)
    assert refusal([Claim(text=good, cites=(1,))], article, sentences=3, words=90) == ""
    assert refusal([Claim(text=bad, cites=(1,))], article, sentences=3, words=90) != ""


def test_figures_have_one_spelling() -> None:
    def values(text: str) -> list[str]:
        return [figure.value for figure in figures(text, TONGUES["en"])]

    assert values("1,200 and 1 200 and 1200") == ["1200"] * 3
    assert values("fourteen, 14") == ["14", "14"]
    assert values("5 percent, 5 per cent, 5%, 5") == ["5 %", "5 %", "5 %", "5"]
    assert values("$3 million, 3 million dollars") == ["3 $ 10^6", "3 $ 10^6"]
    assert values("in 2026 at 7:30") == ["2026", "7:30"]


def test_quotations() -> None:
    assert quotations('He said "one two" and “three”.') == ["one two", "three"]
    assert quotations("went on,” she said, “and then") == ["went on,", "and then"]
    assert quotations("It’s the mayor’s boat.") == []
    assert "two" not in unquoted('He said "one two" aloud.')


@given(st.text(max_size=200), st.lists(st.integers(-2, 12), max_size=6))
def test_any_answer_is_judged(text: str, cites: list[int]) -> None:
    assert isinstance(refusal([Claim(text=text, cites=tuple(cites))], ARTICLE, sentences=3, words=90), str)
