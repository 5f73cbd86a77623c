"""Days that a text names: weekdays, and days of a month, in a dozen languages."""

from __future__ import annotations

from digest.content.text.words import fold

_WEEKDAYS = """
monday montag lundi lunes segunda lunedi maandag pazartesi понедельник понедельника понеделник понеділок poniedzialek
tuesday dienstag mardi martes terca martedi dinsdag sali вторник вторника вівторок wtorek
wednesday mittwoch mercredi miercoles quarta mercoledi woensdag carsamba среда среду середа середу sroda srode
thursday donnerstag jeudi jueves quinta giovedi donderdag persembe четверг четверга четвер czwartek
friday freitag vendredi viernes sexta venerdi vrijdag cuma пятница пятницу пятницы пятниця piatek
saturday samstag sonnabend samedi sabado sabato zaterdag cumartesi суббота субботу субота суботу sobota sobote
sunday sonntag dimanche domingo domenica zondag pazar воскресенье воскресенья неділя неділю niedziela niedziele
"""
_MONTHS = """
january jan januar janvier enero janeiro gennaio januari ocak января stycznia
february feb februar fevrier febrero fevereiro febbraio februari subat февраля lutego
march mar marz mars marzo marco maart mart марта marca
april apr avril abril aprile nisan апреля kwietnia
may mai mayo maio maggio mei mayis мая maja
june jun juni juin junio junho giugno haziran июня czerwca
july jul juli juillet julio julho luglio temmuz июля lipca
august aug aout agosto augustus agustos августа sierpnia
september sep sept septembre septiembre setembro settembre eylul сентября wrzesnia
october oct oktober octobre octubre outubro ottobre ekim октября pazdziernika
november nov novembre noviembre novembro kasim ноября listopada
december dec dezember decembre diciembre dezembro dicembre aralik декабря grudnia
"""


def _numbered(table: str) -> dict[str, int]:
    return {fold(name): number for number, line in enumerate(table.split("\n")[1:-1], start=1) for name in line.split()}


WEEKDAYS = _numbered(_WEEKDAYS)
"""Names of weekdays, folded: Monday is 1."""
MONTHS = _numbered(_MONTHS)
"""Names of months, folded: January is 1."""

_LONGEST = 31


def weekdays(words: list[str]) -> tuple[int, ...]:
    """The weekdays among folded words, each once, the one named first at the front; Monday is 1."""
    return tuple(dict.fromkeys(WEEKDAYS[word] for word in words if word in WEEKDAYS))


def dates(words: list[str]) -> frozenset[int]:
    """Days of a month among folded words, "3 March" and "March 3" alike, as month * 100 + day."""
    found = set()
    for at, word in enumerate(words):
        month = MONTHS.get(word)
        if month is None:
            continue
        for near in (at + 1, at - 1, at - 2):  # "le 3 de marzo" and "am 3. März" have the day before
            if 0 <= near < len(words) and (day := _day(words[near])):
                found.add(month * 100 + day)
                break
    return frozenset(found)


def _day(word: str) -> int:
    """The day that "3" or "3rd" says, or 0."""
    digits = word[:-2] if word[-2:] in ("st", "nd", "rd", "th") else word
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 2):
        return 0
    return int(digits) if int(digits) <= _LONGEST else 0
