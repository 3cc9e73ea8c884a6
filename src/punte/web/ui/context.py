"""What every page knows about its reader: theme, language, time zone, and whether the data are invented."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from punte.apps.access.models import Account
from punte.apps.cooperation.snapshot import reader_mark

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "punte_theme"
ZONE_COOKIE = "punte_zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChoice:
    """One language of the switch: its code, its own name, and whether the page is in it."""

    code: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """
    The reader's settings for one page.

    Parameters
    ----------
    theme
        ``"auto"`` (the system decides), ``"light"`` or ``"dark"``.
    zone
        The reader's own time zone, or None when it is not known.
    is_synthetic
        The site shows invented organisations and people, and says so on every page.
    reader
        A mark of who is signed in, empty for a visitor: the browser drops what it keeps of anybody else.
    is_hall_copy, as_of
        The site is a copy for the hall, and as of when; None where nobody noted it.
    has_mailbox
        Mails go into files, which the page of the mailbox shows to their reader.
    """

    theme: str
    languages: tuple[LanguageChoice, ...]
    zone: ZoneInfo | None
    is_synthetic: bool
    reader: str = ""
    is_hall_copy: bool = False
    has_mailbox: bool = False
    as_of: datetime | None = None


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def own_zone(request: HttpRequest) -> ZoneInfo | None:
    """Return the reader's time zone as their browser told it, or None."""
    name = unquote(request.COOKIES.get(ZONE_COOKIE, ""))
    return ZoneInfo(name) if name in _zone_names() else None


def describe_page(request: HttpRequest) -> dict[str, PageSettings]:
    """Context processor: ``ui`` holds the reader's settings."""
    current = get_language()
    account = getattr(request, "user", None)
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    languages = tuple(
        LanguageChoice(
            code=code,
            name=str(get_language_info(code)["name_local"]).capitalize(),
            is_current=code == current,
        )
        for code, _ in settings.LANGUAGES
    )
    page = PageSettings(
        theme=theme if theme in THEMES else "auto",
        languages=languages,
        zone=own_zone(request),
        is_synthetic=bool(getattr(settings, "PUNTE_SYNTHETIC", False)),
        reader=reader_mark(account.pk) if isinstance(account, Account) else "",
        is_hall_copy=settings.PUNTE_HALL_COPY,
        has_mailbox=bool(settings.PUNTE_MAILBOX),
        as_of=settings.PUNTE_HALL_COPY_AS_OF,
    )
    return {"ui": page}
