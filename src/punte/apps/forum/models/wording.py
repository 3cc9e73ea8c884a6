"""What an edition calls its things and asks in its form, in its other languages, beside its first."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled, Wording


class CategoryWording(Wording):
    """The name of a category in another language than the edition's first."""

    category = models.ForeignKey(
        "forum.AttendeeCategory", on_delete=models.CASCADE, related_name="wordings"
    )
    name = models.CharField(_("name"), max_length=80)

    class Meta(Wording.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("name of a category")
        verbose_name_plural = _("names of categories")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["category", "language"], name="forum_categorywording_once"
            ),
        ]


class EditionWording(Wording):
    """The name and the theme of an edition in another language than its first."""

    edition = models.ForeignKey("forum.Edition", on_delete=models.CASCADE, related_name="wordings")
    name = models.CharField(_("name"), max_length=160, blank=True)
    theme = models.CharField(_("theme"), max_length=300, blank=True)

    class Meta(Wording.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("wording of an edition")
        verbose_name_plural = _("wordings of editions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["edition", "language"], name="forum_editionwording_once"
            ),
        ]


class PlaceWording(Wording):
    """The name of a place in another language than the edition's first."""

    place = models.ForeignKey("forum.Place", on_delete=models.CASCADE, related_name="wordings")
    name = models.CharField(_("name"), max_length=80)

    class Meta(Wording.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("name of a place")
        verbose_name_plural = _("names of places")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["place", "language"], name="forum_placewording_once"),
        ]


class ReleaseWording(Wording):
    """A press release in another language than the edition's first; seen by whoever sees the release."""

    release = models.ForeignKey("forum.Release", on_delete=models.CASCADE, related_name="wordings")
    title = models.CharField(_("title"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True, max_length=20_000)

    class Meta(Wording.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("wording of a press release")
        verbose_name_plural = _("wordings of press releases")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["release", "language"], name="forum_releasewording_once"
            ),
        ]


class SessionWords(Wording):
    """The texts of a session in another language than the edition's first."""

    title = models.CharField(_("title"), max_length=200, blank=True)
    subtitle = models.CharField(_("subtitle"), max_length=200, blank=True)
    about = models.TextField(_("about"), blank=True, max_length=4000)

    class Meta(Wording.Meta):
        abstract = True


class SessionWording(SessionWords):
    """The texts of a session as released; whoever sees the session sees them."""

    session = models.ForeignKey("forum.Session", on_delete=models.CASCADE, related_name="wordings")

    class Meta(SessionWords.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("wording of a session")
        verbose_name_plural = _("wordings of sessions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["session", "language"], name="forum_sessionwording_once"
            ),
        ]


class SessionDraftWording(SessionWords):
    """The texts that a session will have after the next release; the organisers alone see them."""

    draft = models.ForeignKey(
        "forum.SessionDraft", on_delete=models.CASCADE, related_name="wordings"
    )

    class Meta(SessionWords.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("wording of a draft of a session")
        verbose_name_plural = _("wordings of drafts of sessions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["draft", "language"], name="forum_sessiondraftwording_once"
            ),
        ]


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
