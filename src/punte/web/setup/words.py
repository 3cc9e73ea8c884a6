"""The form in which an organiser says something in the other languages of the edition: one for all that has wordings."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import TextField
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst

from punte.apps.forum.models import Edition
from punte.apps.forum.stale_words import StaleWording, stale_words_of
from punte.apps.forum.word_rows import ByLanguage, languages_for, other_languages
from punte.kernel.errors import PunteError
from punte.web.setup.changed_parts import changed_parts
from punte.web.setup.kept_forms import form_again

WORD: Final = "words"
"""What the button of the form says that it does, where it is the only such form of its page."""


def words_typed(data: QueryDict, edition: Edition, names: tuple[str, ...]) -> ByLanguage:
    """Return what was written, by language and field; which languages are taken, the action knows."""
    first = f"{names[0]}-"
    sent = {key.removeprefix(first) for key in data if key.startswith(first)}
    return {
        code: {name: data.get(f"{name}-{code}", "") for name in names}
        for code in sorted(sent | dict(other_languages(edition)).keys())
    }


def words_form(
    request: HttpRequest,
    edition: Edition,
    thing: Any,  # noqa: ANN401
    *,
    kind: str,
    about: str,
    refused: PunteError | None,
    deed: str = WORD,
    key: str = "",
) -> dict[str, Any]:
    """
    Return what ``setup/words.html`` takes; as typed where that was refused.

    Parameters
    ----------
    thing
        A row with ``wordings`` and with a column for each of its ``WORDS``.
    kind
        What it is: a key of ``KINDS`` of ``apps/forum/stale_words.py``.
    about
        Which form, as its revisions are counted.
    refused
        Why this form was refused; None where it was not sent.
    deed, key
        The name of its step, and what tells one form of a page from another.
    """
    fields = [thing._meta.get_field(name) for name in thing.WORDS]  # noqa: SLF001  (Django's public API)
    stand = {row.language: row for row in thing.wordings.all()}
    languages = languages_for(edition, thing)
    values = {
        f"{field.name}-{code}": getattr(stand.get(code), field.name, "")
        for code, _language in languages
        for field in fields
    }
    labels = {
        f"{field.name}-{code}": f"{language}: {capfirst(field.verbose_name)}"
        for code, language in languages
        for field in fields
    }
    form = form_again(request, edition, about, values=values, labels=labels, refused=refused)
    rows = [
        {
            "id": f"{name}{f'-{key}' if key else ''}-{code}",
            "name": name,
            "label": labels[name],
            "language": code,
            "most": field.max_length,
            "is_long": isinstance(field, TextField),
            "value": form["values"].get(name, ""),
        }
        for code, _language in languages
        for field in fields
        for name in [f"{field.name}-{code}"]
    ]
    stale = stale_lines(stale_words_of(edition, kind, thing))
    is_open = refused is not None or bool(stale)
    return {
        **form,
        "rows": rows,
        "deed": deed,
        "key": key,
        "is_open": is_open,
        "stale": stale,
        "back": request.get_full_path(),
        "right_at": f"/e/{edition.slug}/set-up/words/",
    }


def stale_lines(found: Iterable[StaleWording]) -> list[dict[str, Any]]:
    """Return stale wordings as ``setup/stale.html`` takes them: each with which words of its original changed."""
    return [
        {
            "row": one,
            "texts": [(text, changed_parts(text.before, text.now)) for text in one.texts],
        }
        for one in found
    ]
