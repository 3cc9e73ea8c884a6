"""
Tags and filters of the pages: icons, figures with their unit, money, dates, times in two zones.

Numbers, money and dates are set by Babel in the reader's language; the venue's time zone comes first,
the reader's own second, each with its name.
"""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_currency, format_decimal, format_percent
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

if TYPE_CHECKING:
    from punte.apps.forum.models import Edition

register = template.Library()


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return one icon of the sprite; it is silent to a screen reader unless it has a label."""
    if not label:
        return _silent_icon(name)
    return format_html(
        '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>',
        label,
        _in_sprite(name),
    )


def _in_sprite(name: str) -> str:
    return f"{static('ui/img/icons.svg')}#{name}"


@lru_cache(maxsize=256)
def _silent_icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', _in_sprite(name)
    )


def _plain(value: float | str | Decimal | Fraction) -> float | str | Decimal:
    """Return a number that Babel takes: it reads a fraction's text, which is none of a decimal."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return value


@register.filter
def number(value: float | Decimal | Fraction, digits: int | None = None) -> str:
    """Return a number in the reader's language, with ``digits`` decimals where given."""
    if digits is None:
        return format_decimal(_plain(value), locale=_locale())
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(_plain(value), format=pattern, locale=_locale())


@register.filter
def percent(value: float | str | Fraction | None, digits: int = 0) -> str:
    """Return a fraction as per cent in the reader's language: 0.25 gives ``25%``; nothing where it is not known."""
    if value is None or value == "":
        return ""
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    if _locale() in {"ro", "fr", "uk"}:
        pattern = pattern.replace("%", "\u00a0%")
    return format_percent(_plain(value), format=pattern, locale=_locale())


@register.simple_tag
def money(amount: Decimal | int, currency: str = "EUR", digits: int = 0) -> str:
    """Return an amount with its currency in the reader's language; cents only where asked for."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_currency(
        amount, currency, format=f"{pattern}\u00a0¤", locale=_locale(), currency_digits=False
    )


@register.filter
def amount(cents: int, digits: int = 2) -> str:
    """Return cents as an amount in the reader's language, without its currency: ``1,250.50``."""
    return number(Decimal(cents) / 100, digits)


@register.simple_tag
def cents(value: int, currency: str = "EUR", digits: int = 0) -> str:
    """
    Return whole cents as an amount with its currency in the reader's language.

    Ledgers hold cents; `money` takes whole units. Halves are rounded to the even digit.
    """
    return money(Decimal(value) / 100, currency, digits)


@register.filter
def day(value: date | datetime) -> str:
    """Return a date with its weekday: ``Wednesday 5 November 2025``."""
    return format_date(value, "EEEE d MMMM y", locale=_locale())


@register.filter
@lru_cache(maxsize=512)
def lang_of(code: str) -> SafeString:
    """Return the attributes of an element whose text is in a language: ``lang``, and ``dir`` where it runs from the right."""
    try:
        is_from_the_right = bool(code) and Locale.parse(code).text_direction == "rtl"
    except (ValueError, UnknownLocaleError):
        is_from_the_right = False
    return format_html('lang="{}" dir="rtl"' if is_from_the_right else 'lang="{}"', code)


@register.filter
def lang_in(words: str, edition: "Edition") -> SafeString:
    """
    Return the attributes of an element that holds words of an edition, after a space: those of their language, or of its first.

    Nothing where the page is in that language already.
    """
    code = getattr(words, "language", "") or edition.first_language
    return SafeString("") if code == _locale().split("_")[0] else format_html(" {}", lang_of(code))


@register.filter
def short_day(value: date | datetime) -> str:
    """Return a date as ``Wed 5 Nov``."""
    return format_date(value, "EEE d MMM", locale=_locale())


def _clock(value: datetime, zone: ZoneInfo) -> str:
    return format_time(value.astimezone(zone), "HH:mm", locale=_locale())


def _span(start: datetime, end: datetime | None, zone: ZoneInfo) -> str:
    first = _clock(start, zone)
    return f"{first}\u2013{_clock(end, zone)}" if end else first


def _zone_label(value: datetime, zone: ZoneInfo) -> str:
    return value.astimezone(zone).strftime("%Z")


@register.filter
def clock(value: datetime, zone: ZoneInfo) -> str:
    """Return the time of day in a zone as ``10:20``."""
    return _clock(value, zone)


@register.filter
def short_day_in(value: datetime, zone: ZoneInfo) -> str:
    """Return the day of a moment in a zone as ``Wed 5 Nov``."""
    return short_day(value.astimezone(zone).date())


@register.filter
def day_in(value: datetime, zone: ZoneInfo) -> str:
    """Return the day of a moment in a zone with its weekday and year."""
    return day(value.astimezone(zone).date())


@register.filter
def moment(value: datetime, zone: ZoneInfo) -> str:
    """Return day and time in a zone, with the zone's name: ``5 Nov 2025, 10:20 EET``."""
    when_there = value.astimezone(zone)
    return f"{format_date(when_there, 'd MMM y', locale=_locale())}, {_clock(value, zone)} {_zone_label(value, zone)}"


@lru_cache(maxsize=4096)
def _when_there(start: datetime, end: datetime | None, zone: ZoneInfo, locale: str) -> SafeString:
    # Everybody's day is of the same slots. Equal moments of other zones are shown alike: only the moment is looked at.
    return format_html(
        '<time datetime="{}">{} <abbr title="{}">{}</abbr></time>',
        start.astimezone(zone).isoformat(timespec="minutes"),
        _span(start, end, zone),
        get_timezone_name(zone, locale=locale),
        _zone_label(start, zone),
    )


@register.simple_tag(takes_context=True)
def when(
    context: template.Context, start: datetime, end: datetime | None, venue_zone: ZoneInfo
) -> SafeString:
    """Return a span of time in the venue's zone, and under it in the reader's own where it differs."""
    shown = _when_there(start, end, venue_zone, _locale())
    own = context["ui"].zone if "ui" in context else None
    if own is None or start.astimezone(own).utcoffset() == start.astimezone(venue_zone).utcoffset():
        return shown
    text = gettext("%(time)s for you (%(zone)s)") % {
        "time": _span(start, end, own),
        "zone": _zone_label(start, own),
    }
    return format_html('{}<span class="own">{}</span>', shown, text)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """Return the page's query string with some keys changed; a key set to None or '' goes."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value in {None, ""}:
            query.pop(key, None)
        else:
            query[key] = str(value)
    text = query.urlencode()
    return f"?{text}" if text else "?"


@register.simple_tag(takes_context=True)
def here(context: template.Context, prefix: str) -> SafeString | str:
    """Return ``aria-current`` for a link whose address begins the page's path."""
    request = context.get("request")
    if request is None:
        return ""
    if request.path == prefix:
        return format_html("{}", SafeString('aria-current="page"'))
    if prefix != "/" and request.path.startswith(prefix):
        return SafeString('aria-current="true"')
    return ""
