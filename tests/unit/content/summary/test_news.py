"""What makes a story that was carried worth carrying again, and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.summary.news import ABOVE, Known, news
from digest.model import Article

Make = Callable[..., Article]
CARRIED = (
    "A ferry ran onto rocks in the sound near Port Ellery before dawn on Tuesday, killing at least 12 people, the "
    "coastguard said.\n\nThe vessel was carrying 90 passengers from Sandholm. Rescuers searched the water with three "
    "boats and a helicopter.\n\nThe harbour master, Jonas Brandt, said that the lighthouse had been dark."
)


def test_a_new_toll_and_a_new_name_are_news(article: Make) -> None:
    text = (
        "The toll of the ferry disaster off Port Ellery rose to 31 on Wednesday after divers reached its lower deck."
        "\n\n"
        "Prosecutor Mira Castellane opened an inquiry into the ferry's owner, whose licence had lapsed in spring.\n\n"
        "The vessel was carrying 90 passengers from Sandholm."
    )
    found = news(Known([CARRIED]), article("b", title="Ferry toll rises to 31 as inquiry opens", text=text))
    assert found.strength > ABOVE
    assert found.figures == ("31",)
    assert "Castellane" in found.names
    assert [text[s.start : s.end] for s in found.new] == [s.text for s in found.new]
    assert found.new[0].text.startswith("The toll of the ferry disaster")
    assert found.why.startswith("new figures: 31; new names: ")


def test_the_same_in_other_words_is_none(article: Make) -> None:
    text = (
        "At least 12 people died when a ferry carrying 90 passengers struck rocks near Port Ellery, the coastguard "
        "said.\n\nRescuers with three boats and a helicopter searched the sound on Tuesday. Jonas Brandt, the harbour "
        "master, said the lighthouse was dark."
    )
    assert news(Known([CARRIED]), article("b", title="12 die as ferry strikes rocks", text=text)).strength < ABOVE
    same = news(Known([CARRIED]), article("b", title="Ferry", text=CARRIED))
    assert (same.strength, same.new) == (0, ())


def test_days_years_and_times_are_no_figures() -> None:
    known = Known([CARRIED])
    assert known.figures("On 25 November 2026 at 7:30 and at 6 p.m., or November 3.") == []
    assert known.figures("It cost 1,200 crowns, not 12 or 90.") == ["1,200"]
    assert Known(["It cost 1,200 crowns."]).figures("It cost 1 200 crowns.") == []


def test_only_what_may_be_shown_is_shown(article: Make) -> None:
    text = "A comet crossed the sky above Vantor while 700 people watched from rooftops. It was green."
    told = article("b", title="Comet over Vantor", text=text)
    assert [s.text[:7] for s in news(Known([CARRIED]), told).new] == ["A comet"]
    assert news(Known([CARRIED]), told, words=5).new == ()


def test_a_deck_stands_in_for_a_text_that_is_not_there(article: Make) -> None:
    deck = "Divers found 19 more bodies in the ferry's lower deck, prosecutor Mira Castellane said."
    found = news(Known([CARRIED]), article("b", title="Ferry toll is 31", deck=deck))
    assert found.strength > ABOVE
    assert [(s.text, s.start) for s in found.new] == [(deck, None)]


@pytest.mark.parametrize(
    ("carried", "text"),
    [
        (
            "周二凌晨一艘渡轮在海峡触礁，造成十二人死亡。救援人员正在搜索。",
            "检察官周三宣布对船东展开调查，遇难人数升至31人。潜水员进入了底舱。",
        ),
        (
            "غرقت عبارة قرب الميناء فجر الثلاثاء وقتل 12 شخصا على الأقل.",
            "فتحت النيابة تحقيقا مع مالك السفينة بعد ارتفاع عدد الضحايا إلى 31 قتيلا في المستشفيات.",
        ),
    ],
)
def test_scripts_without_capitals_go_by_words_and_figures(article: Make, carried: str, text: str) -> None:
    found = news(Known([carried]), article("b", title="", text=text, language=""))
    assert found.strength > ABOVE
    assert found.figures == ("31",)
    assert news(Known([carried]), article("b", title="", text=carried, language="")).strength == 0


@given(st.lists(st.text(max_size=200), max_size=3), st.text(max_size=400), st.integers(0, 3))
def test_anything_may_come_and_sentences_stand_where_they_say(
    article: Make, carried: list[str], text: str, most: int
) -> None:
    found = news(Known(carried), article("b", text=text, language=""), sentences=most)
    assert all(text[s.start : s.end] == s.text for s in found.new)
    assert len(found.new) <= most
    assert 0 <= found.strength <= 1
    again = news(Known([*carried, text]), article("b", title="", text=text, language=""))
    assert (again.strength, again.new) == (0, ())
