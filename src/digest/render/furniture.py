"""Gives a letter its fixed words, dates, sums and direction in the reader's language.

The words stand in gettext catalogues, `templates/words/LANGUAGE.po`, read as text and compiled here; English is the
key, so it needs none. A home adds a language by adding a file.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_currency, format_percent
from markupsafe import Markup, escape

from digest.errors import TemplateError
from digest.model import Direction
from digest.resources import MissingTemplateError

_BLANK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """The fixed words of one language and the zone its dates are told in.

    Attributes:
        language: a BCP 47 tag, lower case; that of the catalogue that was found.
        zone: the zone of all dates, by its IANA name.
        direction: the way the language is written.
    """

    language: str
    zone: str = "UTC"
    direction: Direction = "ltr"
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations, compare=False, repr=False)

    @property
    def locale(self) -> Locale:
        """Babel's knowledge of the language."""
        return Locale.parse(self.language, sep="-")

    def t(self, key: str, **values: object) -> str:
        """The words for an English key, its `{blanks}` filled; markup if a value is markup, all else escaped.

        Raises:
            TemplateError: a blank has no value.
        """
        return self._filled(self.catalogue.gettext(key), values)

    def n(self, one: str, many: str, count: int, **values: object) -> str:
        """The words for a count, in the plural the language asks for; `{count}` is the count itself."""
        return self._filled(self.catalogue.ngettext(one, many, count), {"count": count, **values})

    def _filled(self, words: str, values: dict[str, object]) -> str:
        def value(blank: re.Match[str]) -> str:
            if blank[1] not in values:
                raise TemplateError(
                    f"The words “{words}” in {self.language} have a blank {{{blank[1]}}} that nothing fills."
                )
            return str(values[blank[1]])

        if any(isinstance(each, Markup) for each in values.values()):
            values = {key: str(escape(each)) for key, each in values.items()}
            return Markup(_BLANK.sub(value, str(escape(words))))  # noqa: S704 -- words and values are escaped above
        return _BLANK.sub(value, words)

    def date(self, when: datetime | date | str, style: str = "full") -> str:
        """A date in words, told in the zone.

        Args:
            when: an aware instant, a civil date, or one in ISO form.
            style: "full", "long", "medium" or "short".
        """
        if isinstance(when, str):
            when = date.fromisoformat(when)
        if isinstance(when, datetime):
            when = when.astimezone(get_timezone(self.zone)).date()
        return format_date(when, format=style, locale=self.locale)

    def since(self, when: datetime, at: datetime) -> str:
        """Since when something is new ("Update since Tuesday"): the weekday, within one day the hour, else the date.

        Args:
            when: aware; when something was said last.
            at: aware; when this is read.
        """
        then, now = (moment.astimezone(get_timezone(self.zone)) for moment in (when, at))
        age = (now.date() - then.date()).days
        if age <= 0:
            return self.t("Update since {time}", time=format_time(then.time(), format="short", locale=self.locale))
        if age < 7:
            return self.t("Update since {day}", day=format_date(then.date(), format="EEEE", locale=self.locale))
        return self.t("Update since {date}", date=self.date(then, "long"))

    def join(self, words: Iterable[str]) -> str:
        """A list in words ("A, B and C")."""
        return format_list(list(words), locale=self.locale)

    def money(self, amount: int, currency: str) -> str:
        """A sum in whole units of its currency."""
        pattern = self.locale.currency_formats["standard"].pattern.replace(".00", "")
        return format_currency(amount, currency, pattern, locale=self.locale, currency_digits=False)

    def percent(self, part: int) -> str:
        """A percentage, 0 to 100."""
        return format_percent(part / 100, locale=self.locale)


def furniture(language: str, zone: str, read: Callable[[str], str]) -> Furniture:
    """The furniture for a language: its own catalogue, else that of its base ("pt" for "pt-br"), else English.

    Args:
        language: a BCP 47 tag.
        zone: an IANA name ("Europe/Berlin").
        read: gives the text of a file in templates/ by name; raises MissingTemplateError if there is none.

    Raises:
        TemplateError: a catalogue is damaged; names it and the line.
    """
    tag = language.lower().replace("_", "-")
    base = tag.partition("-")[0]
    for wanted in dict.fromkeys((tag, base)):
        if not _known(wanted):
            continue
        name = f"words/{base if base == 'en' else wanted}.po"
        catalogue = gettext.NullTranslations() if base == "en" else _catalogue(name, read)
        if catalogue is not None:
            way: Direction = "rtl" if Locale.parse(wanted, sep="-").text_direction == "rtl" else "ltr"
            return Furniture(language=wanted, zone=zone, direction=way, catalogue=catalogue)
    return Furniture(language="en", zone=zone)


def _known(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _catalogue(name: str, read: Callable[[str], str]) -> gettext.NullTranslations | None:
    try:
        text = read(name)
    except MissingTemplateError:
        return None
    try:
        entries = read_po(io.BytesIO(text.encode("utf-8")), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise TemplateError(f"{name}{f', line {line}' if line else ''}: not a gettext catalogue: {error}.") from error
    compiled = io.BytesIO()
    write_mo(compiled, entries)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
