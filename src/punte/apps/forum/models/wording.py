"""What an edition calls its categories and asks in its form, in its other languages, beside its first."""

import uuid
from collections.abc import Iterable
from typing import ClassVar, Protocol, TypeVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled


class InLanguage(Protocol):
    """A row in one language."""

    language: str


W = TypeVar("W", bound=InLanguage)


def for_reader(rows: Iterable[W]) -> W | None:
    """Return the row in the language that is active; None where there is none."""
    language = (get_language() or "").split("-")[0]
    return next((row for row in rows if row.language == language), None)


class CategoryWording(Walled):
    """The name of a category in another language than the edition's first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    category = models.ForeignKey(
        "forum.AttendeeCategory", on_delete=models.CASCADE, related_name="wordings"
    )
    language = models.CharField(_("language"), max_length=8)
    name = models.CharField(_("name"), max_length=80)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("name of a category")
        verbose_name_plural = _("names of categories")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["category", "language"], name="forum_categorywording_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.name}"


class QuestionWording(Walled):
    """
    A question in another language than the edition's first.

    ``options`` are the answers to choose from, one a line, in the order of the question's own; empty where they are
    said in the first language.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(
        "forum.Question", on_delete=models.CASCADE, related_name="wordings"
    )
    language = models.CharField(_("language"), max_length=8)
    label = models.CharField(_("question"), max_length=200)
    options = models.TextField(_("answers to choose from"), blank=True, max_length=2000)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("wording of a question")
        verbose_name_plural = _("wordings of questions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["question", "language"], name="forum_questionwording_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.label}"
