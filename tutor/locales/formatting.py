"""Plural forms, lists, dates and numbers by the rules of each language (CLDR, through Babel)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.dates import format_skeleton, format_timedelta
from babel.lists import format_list as babel_list
from babel.numbers import format_decimal, format_percent

_PLURAL_ORDER = ("zero", "one", "two", "few", "many", "other")
_VARIANTS = {"en": "en_GB"}  # the regional variant used for a language
_FALLBACK = "en_GB"
_INTEGER = re.compile(r"[0-9]+")


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_VARIANTS.get(language, language))
    except (ValueError, UnknownLocaleError):
        return Locale.parse(_FALLBACK)


def select_plural(language: str, count: object, forms: list[str]) -> str:
    """Return the plural form for `count`; the forms are in the order of the language's CLDR plural categories.

    A masked count ("<5", "5+") takes the last form, and so does a category without a form.
    """
    if not _INTEGER.fullmatch(str(count)):
        return forms[-1]
    locale = _locale(language)
    category = locale.plural_form(int(str(count)))
    used = [name for name in _PLURAL_ORDER if name in locale.plural_form.tags or name == "other"]
    return forms[min(used.index(category), len(forms) - 1)]


def join_list(language: str, items: Iterable[str]) -> str:
    """Return "a, b and c"."""
    return babel_list(list(items), locale=_locale(language))


def format_day(language: str, day: date) -> str:
    """Return "29 Nov 2026"."""
    return babel_date(day, "medium", locale=_locale(language))


def format_month_day(language: str, day: date) -> str:
    """Return "29 Nov"."""
    return format_skeleton("MMMd", day, locale=_locale(language))


def format_moment(language: str, moment: datetime) -> str:
    """Return "29 Nov 2026, 09:30", in the time zone of `moment`."""
    locale = _locale(language)
    time = moment.strftime("%H:%M")
    return str(locale.datetime_formats["medium"]).replace("{1}", format_day(language, moment)).replace("{0}", time)


def format_days_from_now(language: str, days: int) -> str:
    """Return "3 days ago" for -3, "in 3 days" for 3."""
    delta = timedelta(days=days)
    return format_timedelta(delta, granularity="day", threshold=1000, add_direction=True, locale=_locale(language))


def format_share(language: str, share: float) -> str:
    """Return a share between 0 and 1 in percent: "97%"."""
    return format_percent(round(share, 2), locale=_locale(language))


def format_number(language: str, number: float, decimals: int = 0) -> str:
    """Return a number rounded to `decimals` places: "1,234.5"."""
    return format_decimal(number, "#,##0" + ("." + "0" * decimals if decimals else ""), locale=_locale(language))
