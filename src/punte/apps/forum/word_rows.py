"""Keep what a thing is called in the other languages of its edition: one way for all that an organiser writes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextField
from django.utils.text import capfirst
from django.utils.translation import get_language_info

from punte.apps.access.classified import refuse_classified
from punte.apps.access.texts import one_line, whole_text
from punte.apps.forum.models import Edition

ByLanguage = Mapping[str, Mapping[str, str]]
"""Texts by the name of their field, by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleText:
    """
    A text whose original was changed after it was made.

    Parameters
    ----------
    name, label
        The field, and what a reader calls it.
    before, now
        The original from which it was made, and as it stands.
    said
        The text.
    """

    name: str
    label: str
    before: str
    now: str
    said: str


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
        A row with ``wordings``, of which each of its ``WORDS`` has a column of the same name.
    what
        What a refusal calls the form.

    Raises
    ------
    TooLongError, ClassifiedError, InvalidInputError
        A text is not taken; the error says which and why.
    """
    fields = [_field(thing.wordings.model, name) for name in thing.WORDS]
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


def _field(model: Any, name: str) -> Any:  # noqa: ANN401
    return model._meta.get_field(name)  # noqa: SLF001  (Django's public API)


def set_words(thing: Any, words: ByLanguage) -> None:  # noqa: ANN401
    """
    Keep checked texts in place of those that a thing has; a language without any has none.

    A text that stays as it was is still made from what it was made from: keeping the form is no look at each of them.
    """
    rows = thing.wordings
    stand = {row.language: row for row in rows.all()}
    now = originals_of(thing)
    made = [
        rows.model(
            **{rows.field.name: thing},
            language=code,
            **texts,
            original=now | _made_from(stand[code], texts) if code in stand else now,
        )
        for code, texts in words.items()
        if any(texts.values())
    ]
    rows.all().delete()
    rows.model.objects.bulk_create(made)


def _made_from(row: Any, texts: Mapping[str, str]) -> dict[str, str]:  # noqa: ANN401
    return {
        name: row.original[name]
        for name, text in texts.items()
        if text and text == getattr(row, name) and name in row.original
    }


def copy_words(
    source: Any,  # noqa: ANN401
    target: Any,  # noqa: ANN401
    *,
    names: Collection[str] | None = None,
    languages: Collection[str] | None = None,
) -> None:
    """
    Let a row be worded as another is; what was stale there is stale here.

    Parameters
    ----------
    names, languages
        Which texts, in which languages; None for all.
    """
    rows, names = target.wordings, target.WORDS if names is None else names
    made = [
        rows.model(
            **{rows.field.name: target},
            language=row.language,
            original={name: row.original[name] for name in names if name in row.original},
            **{name: getattr(row, name) for name in names},
        )
        for row in source.wordings.all()
        if (languages is None or row.language in languages)
        and any(getattr(row, name) for name in names)
    ]
    rows.all().delete()
    rows.model.objects.bulk_create(made)


def words_of(thing: Any) -> dict[str, dict[str, str]]:  # noqa: ANN401
    """Return the texts that a thing has in other languages, by language."""
    return {
        row.language: {name: getattr(row, name) for name in thing.WORDS}
        for row in thing.wordings.all()
    }


def originals_of(thing: Any) -> dict[str, str]:  # noqa: ANN401
    """Return the texts of a thing as they were first written, by field."""
    return {name: getattr(thing, name) for name in thing.WORDS}


def stale_texts(thing: Any, wording: Any) -> list[StaleText]:  # noqa: ANN401
    """Return the texts of a wording whose original was changed since."""
    return [
        StaleText(
            name=name,
            label=str(capfirst(_field(thing, name).verbose_name)),
            before=wording.original[name],
            now=getattr(thing, name),
            said=getattr(wording, name),
        )
        for name in thing.WORDS
        if getattr(wording, name)
        and name in wording.original
        and wording.original[name] != getattr(thing, name)
    ]
