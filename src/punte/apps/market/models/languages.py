"""Languages in which needs and offers are written: any that has a code and a name of its own."""

import json
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """The usual languages of the forum, named first."""

    RO = "ro", _("Romanian")
    EN = "en", _("English")
    FR = "fr", _("French")
    UK = "uk", _("Ukrainian")


LONGEST: Final = 3
"""Letters of a code (ISO 639): two, or three where a language has no code of two."""
MEASURED: Final = frozenset({*Language.values, "bg"})
"""Languages for which it was measured how well a fit is found (docs/explanation/matching.md)."""


@cache
def own_names() -> dict[str, str]:
    """Return what each language calls itself, by its code; as Unicode's CLDR has it."""
    kept = Path(__file__).parents[1] / "data" / "languages.json"
    return dict(json.loads(kept.read_text("utf-8")))


@cache
def _other_languages() -> tuple[tuple[str, str], ...]:
    others = [(code, name) for code, name in own_names().items() if code not in Language.values]
    others.sort(key=lambda one: one[1].casefold())
    return tuple((code, f"{name} ({code})") for code, name in others)


def language_choices() -> list[tuple[str, object]]:
    """Return every language as a field offers it: the usual ones, then all others by what they call themselves."""
    return [*Language.choices, *_other_languages()]


def language_name(code: str) -> str:
    """Return the name of a language in the reader's language, with what it calls itself where that differs."""
    if code in Language.values:
        return str(Language(code).label)
    own = own_names().get(code, code)
    reader = Locale.parse((get_language() or "en").replace("-", "_").partition("_")[0])
    name = reader.languages.get(code, own)
    return name if name.casefold() == own.casefold() else f"{name} ({own})"


def validate_language(code: str) -> None:
    """
    Refuse what is no code of a language.

    Raises
    ------
    ValidationError
        The text says how a code is written.
    """
    if code not in own_names():
        raise ValidationError(
            _(
                "“%(code)s” is no code of a language: write its two or three small letters, such as pl for Polish."
            ),
            params={"code": code},
            code="invalid",
        )
