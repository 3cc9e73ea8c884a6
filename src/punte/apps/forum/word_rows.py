"""Keep what a thing is called in the other languages of its edition: one way for all that an organiser writes."""

from collections.abc import Mapping
from typing import Any

from django.db.models import TextField
from django.utils.text import capfirst
from django.utils.translation import get_language_info

from punte.apps.access.classified import refuse_classified
from punte.apps.access.texts import one_line, whole_text
from punte.apps.forum.models import Edition

ByLanguage = Mapping[str, Mapping[str, str]]
"""Texts by the name of their field, by language."""


def other_languages(edition: Edition) -> list[tuple[str, str]]:
    """Return code and name of the languages of an edition, but for its first: that one is written first."""
    codes = [code.strip() for code in edition.languages.split(",") if code.strip()]
    return [(code, _name(code)) for code in dict.fromkeys(codes[1:]) if code != codes[0]]


def languages_for(edition: Edition, thing: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """
    Return code and name of the languages in which a thing can be said: the edition's, and any in which it is said already.

    An edition may leave a language, or make another its first. What was said in it stays until somebody takes it away, and so has to
    stay in sight.
    """
    listed = other_languages(edition)
    known = {code for code, _language in listed}
    left = sorted({row.language for row in thing.wordings.all()} - known)
    return [*listed, *((code, _name(code)) for code in left)]


def _name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def checked_words(edition: Edition, thing: Any, words: ByLanguage, *, what: str) -> ByLanguage:  # noqa: ANN401
    """
    Return the texts as they can be kept, in the languages that :func:`languages_for` names.

    Parameters
    ----------
    thing
        A row with ``wordings``, of which each text has a column of the same name.
    what
        What a refusal calls the form.

    Raises
    ------
    TooLongError, ClassifiedError, InvalidInputError
        A text is not taken; the error says which and why.
    """
    fields = [
        one
        for one in thing.wordings.model._meta.concrete_fields  # noqa: SLF001  (Django's public API)
        if not one.primary_key and not one.is_relation and one.name != "language"
    ]
    found: dict[str, dict[str, str]] = {}
    for code, language in languages_for(edition, thing):
        typed = words.get(code, {})
        found[code] = {
            one.name: (whole_text if isinstance(one, TextField) else one_line)(
                typed.get(one.name, ""), one.max_length
            )
            for one in fields
        }
        places = {one.name: f"{language}: {capfirst(one.verbose_name)}" for one in fields}
        refuse_classified(what, [(places[name], text) for name, text in found[code].items()])
    return found


def set_words(thing: Any, words: ByLanguage) -> None:  # noqa: ANN401
    """Keep checked texts in place of those that a thing has; a language without any has none."""
    rows = thing.wordings
    rows.all().delete()
    rows.model.objects.bulk_create(
        rows.model(**{rows.field.name: thing}, language=code, **texts)
        for code, texts in words.items()
        if any(texts.values())
    )


def words_of(thing: Any) -> dict[str, dict[str, str]]:  # noqa: ANN401
    """Return the texts that a thing has in other languages, by language."""
    return {
        row.language: {
            field.name: getattr(row, field.name)
            for field in row._meta.concrete_fields  # noqa: SLF001  (Django's public API)
            if not field.primary_key and not field.is_relation and field.name != "language"
        }
        for row in thing.wordings.all()
    }
