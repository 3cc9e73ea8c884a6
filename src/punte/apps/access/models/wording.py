"""A text that is also said in other languages beside the one it was first written in: everybody reads their own."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Protocol, Self, TypeVar, cast

from django.db import models
from django.db.models import Expression, F, Func, JSONField, OuterRef, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models.label import Walled


class InLanguage(Protocol):
    """A row in one language."""

    language: str


W = TypeVar("W", bound=InLanguage)


def reader_language() -> str:
    """Return the language that is active, without its region; empty where there is none."""
    return (get_language() or "").split("-")[0]


def for_reader(rows: Iterable[W]) -> W | None:
    """Return the row in the language that is active; None where there is none."""
    language = reader_language()
    return next((row for row in rows if row.language == language), None)


class Words(str):
    """A text as its reader sees it; ``language`` is empty where it is the original."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str = "") -> Self:
        """Return the text with its language."""
        words = super().__new__(cls, text)
        words.language = language
        return words


class Worded:
    """
    Mixin of a model whose texts have wordings, rows of a :class:`Wording` under ``wordings``.

    Whoever lists such rows fetches the wordings with them, by ``prefetch_related`` or :func:`words_for`.
    """

    WORDS: ClassVar[tuple[str, ...]]
    """The fields that have wordings."""

    @property
    def said(self) -> dict[str, Words]:
        """Each of the texts in the reader's language, or else as it was first written."""
        language, words = self._told()
        return {
            name: Words(words[name], language) if words.get(name) else Words(getattr(self, name))
            for name in self.WORDS
        }

    def _told(self) -> tuple[str, dict[str, str]]:
        if "worded" in self.__dict__:
            language, *texts = self.__dict__["worded"]
            # It was read for one language, and may be shown in another: the feed of the agenda is.
            if language == reader_language():
                return language, dict(zip(self.WORDS, texts, strict=False))
        row = for_reader(cast("Any", self).wordings.all())
        return (
            (row.language, {name: getattr(row, name) for name in self.WORDS}) if row else ("", {})
        )


class Wording(Walled):
    """The words of a thing in another language than its first; a text that is empty is said in the first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(_("language"), max_length=8)
    original = models.JSONField(_("what it was made from"), default=dict, blank=True)
    """The texts of the first language, by field, from which each of these was made or last found right."""

    class Meta(Walled.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.language}: {self.pk}"


def lend_words(thing: Any, worded: Any) -> None:  # noqa: ANN401
    """Give a row that a query joined what the query annotated for it as :func:`words_for` says."""
    thing.worded = worded


def words_for(
    wording: type[Wording],
    names: Iterable[str],
    *,
    of: str,
    through: str = "pk",
    language: Expression,
) -> Coalesce:
    """
    Return what a query annotates as ``worded``: a language and the texts in it, if any, without a query more.

    Parameters
    ----------
    names
        ``WORDS`` of the thing.
    of, through
        The wording's field that points to the thing, and the column of the query that holds the thing's key.
    language
        A code as a value, or its place in a kept question.
    """
    rows = wording.objects.filter(**{of: OuterRef(through), "language": language}).order_by()
    told = Func(
        F("language"), *map(F, names), function="jsonb_build_array", output_field=JSONField()
    )
    bare = Func(
        Cast(language, models.TextField()), function="jsonb_build_array", output_field=JSONField()
    )
    return Coalesce(Subquery(rows.values(told=told)[:1]), bare)
