"""Search words as people type them: without marks on letters and in small letters, in the database as in the offline desk."""

import unicodedata
from typing import Final

from django.db.models import CharField, Q, TextField, Transform

_MARKS: Final = r"[\u0300-\u036f]"
"""The marks that a letter loses, as PostgreSQL's regular expressions write them."""


def folded(text: str) -> str:
    """
    Return a text in small letters and without the marks on them.

    Examples
    --------
    >>> folded("Țurcanu ȘTEFAN"), folded("Müller")
    ('turcanu stefan', 'muller')
    """
    parts = unicodedata.normalize("NFD", text)
    return "".join(one for one in parts if unicodedata.category(one)[0] != "M").lower()


@CharField.register_lookup
@TextField.register_lookup
class Folded(Transform):
    """``name__folded__contains``: the column as :func:`folded` writes it."""

    lookup_name = "folded"
    template = f"lower(regexp_replace(normalize(%(expressions)s, NFD), '{_MARKS}', '', 'g'))"
    output_field = TextField()


def holds(word: str, *columns: str) -> Q:
    """Return the rows of which one of the columns holds a word, whatever marks and capitals it is written with."""
    found, plain = Q(), folded(word)
    for column in columns:
        found |= Q(**{f"{column}__folded__contains": plain})
    return found
