"""Every fixed word is there in every language, and dates and sums read as people there write them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from markupsafe import Markup

from digest.errors import TemplateError
from digest.render import furniture as furnishing
from digest.render.furniture import Furniture, furniture
from digest.resources import MissingTemplateError, folder, template

Words = Callable[[str], Furniture]
LANGUAGES = sorted(path.stem for path in (folder("templates") / "words").glob("*.po"))
_USED = re.compile(r'\b(?:t|n)\("((?:[^"\\]|\\.)+)"')
_BLANK = re.compile(r"\{\w+\}")


def used() -> set[str]:
    files = [p for part in ("letter", "page", "print") for p in (folder("templates") / part).rglob("*.*")]
    files.append(Path(furnishing.__file__))
    return {key for file in files for key in _USED.findall(file.read_text(encoding="utf-8"))}


def test_there_are_words_to_look_for() -> None:
    assert {"In this edition", "{count} min read", "Unsubscribe"} <= used()
    assert {"ar", "de", "es", "fr"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_each_word_with_its_blanks(language: str) -> None:
    entries = read_po(io.BytesIO(template(f"words/{language}.po").encode()))
    words = {}
    for entry in entries:
        key = entry.id[0] if isinstance(entry.id, tuple | list) else entry.id
        words[key] = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
    assert set(words) - {""} == used()
    for key, strings in words.items():
        if not key:
            continue
        for string in strings:
            assert string
            assert set(_BLANK.findall(string)) <= set(_BLANK.findall(key))
            if len(strings) == 1:
                assert set(_BLANK.findall(string)) == set(_BLANK.findall(key))


@pytest.mark.parametrize(
    ("language", "found", "direction", "day", "sum_", "list_"),
    [
        ("en-gb", "en-gb", "ltr", "Tuesday 24 November 2026", "€31,200", "A, B and C"),
        ("en-us", "en-us", "ltr", "Tuesday, November 24, 2026", "€31,200", "A, B, and C"),
        ("de", "de", "ltr", "Dienstag, 24. November 2026", "31.200\u00a0€", "A, B und C"),
        ("pt-br", "en", "ltr", "Tuesday, November 24, 2026", "€31,200", "A, B, and C"),
        ("fr-ca", "fr", "ltr", "mardi 24 novembre 2026", "31\u202f200\u00a0€", "A, B et C"),
        ("ar", "ar", "rtl", "الثلاثاء، 24 نوفمبر 2026", None, None),
        ("x-nonsense", "en", "ltr", "Tuesday, November 24, 2026", "€31,200", "A, B, and C"),
    ],
)
def test_dates_sums_and_lists(
    language: str, found: str, direction: str, day: str, sum_: str | None, list_: str | None, words: Words
) -> None:
    made = words(language)
    assert (made.language, made.direction) == (found, direction)
    assert made.date(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)).replace(", 24 N", " 24 N") == day.replace(
        ", 24 N", " 24 N"
    )
    if sum_:
        assert made.money(31200, "EUR") == sum_
    if list_:
        assert made.join(["A", "B", "C"]) == list_


def test_dates_are_told_in_the_zone() -> None:
    late = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    assert "29 March" in furniture("en-gb", "Europe/Berlin", template).date(late, "long")
    assert "28 March" in furniture("en-gb", "America/New_York", template).date(late, "long")
    assert "1 April" in furniture("en-gb", "UTC", template).date("2026-04-01", "long")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en-gb",
            ["Update since 06:00", "Update since Tuesday", "Update since Wednesday", "Update since 10 November 2026"],
        ),
        ("de", ["Neu seit 06:00", "Neu seit Dienstag", "Neu seit Mittwoch", "Neu seit dem 10. November 2026"]),
        ("es", ["Novedades desde las 6:00", "Novedades desde el martes", "Novedades desde el miércoles"]),
    ],
)
def test_since_when_something_is_new_is_told_as_people_say_it(language: str, said: list[str]) -> None:
    slot = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    now = [slot + timedelta(hours=9), slot + timedelta(days=1), slot + timedelta(days=5)]
    words = furniture(language, "Europe/Berlin", template)
    then = [slot, slot, slot + timedelta(days=1), slot - timedelta(days=14)]
    ages = [words.since(then[0], now[0]), words.since(then[1], now[1]), words.since(then[2], now[2])]
    assert [*ages, words.since(then[3], now[2])][: len(said)] == said


def test_the_day_of_an_update_is_the_newsrooms() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    morning = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
    assert furniture("en", "Europe/Berlin", template).since(late, morning) == "Update since Tuesday"
    assert furniture("en", "America/New_York", template).since(late, morning) == "Update since Monday"


def test_plurals_follow_the_language(words: Words) -> None:
    arabic = [words("ar").n("{count} min read", "{count} min read", n) for n in (1, 2, 3, 11)]
    assert arabic == ["دقيقة قراءة واحدة", "دقيقتا قراءة", "3 دقائق قراءة", "11 دقيقة قراءة"]


def test_markup_in_a_blank_stays_and_all_else_is_escaped(words: Words) -> None:
    made = words("en").t("{a} <&> {b}", a=Markup("<bdi>x</bdi>"), b="<script>")
    assert made == "<bdi>x</bdi> &lt;&amp;&gt; &lt;script&gt;"
    assert words("en").t("{a}", a="{b}<") == "{b}<"


def test_a_blank_without_a_value_and_a_damaged_catalogue_are_named() -> None:
    def read(name: str) -> str:
        if name == "words/de.po":
            return 'msgid "x"\nnonsense "y\n'
        raise MissingTemplateError(name)

    with pytest.raises(TemplateError, match=r"“By \{authors\}” in en have a blank"):
        furniture("en", "UTC", read).t("By {authors}")
    with pytest.raises(TemplateError, match=r"words/de\.po"):
        furniture("de", "UTC", read)
    assert furniture("fr", "UTC", read).language == "en"
