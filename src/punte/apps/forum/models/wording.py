"""What an edition calls its things and asks in its form, in its other languages, beside its first."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Wording


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
    """The name, the theme and the place of an edition in another language than its first."""

    edition = models.ForeignKey("forum.Edition", on_delete=models.CASCADE, related_name="wordings")
    name = models.CharField(_("name"), max_length=160, blank=True)
    theme = models.CharField(_("theme"), max_length=300, blank=True)
    forum = models.CharField(_("forum"), max_length=160, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    venue = models.CharField(_("venue"), max_length=160, blank=True)

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


class HostWording(Wording):
    """Who stands behind an edition, as another language than its first names them."""

    host = models.ForeignKey("forum.HostRole", on_delete=models.CASCADE, related_name="wordings")
    name = models.CharField(_("name"), max_length=200)

    class Meta(Wording.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("name of a host")
        verbose_name_plural = _("names of hosts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["host", "language"], name="forum_hostwording_once"),
        ]


class RuleWording(Wording):
    """Why a category does not ask another, in another language than the edition's first."""

    rule = models.ForeignKey("forum.MeetingRule", on_delete=models.CASCADE, related_name="wordings")
    reason = models.CharField(_("reason"), max_length=200)

    class Meta(Wording.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("wording of a meeting rule")
        verbose_name_plural = _("wordings of meeting rules")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rule", "language"], name="forum_rulewording_once"),
        ]


class FloorWording(Wording):
    """The name of a floor in another language than the edition's first; seen by whoever sees its plan."""

    plan = models.ForeignKey("forum.FloorPlan", on_delete=models.CASCADE, related_name="wordings")
    floor = models.CharField(_("floor"), max_length=80)

    class Meta(Wording.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("name of a floor")
        verbose_name_plural = _("names of floors")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "language"], name="forum_floorwording_once"),
        ]


class AgendaNoteWording(Wording):
    """The note of a release of the agenda in another language than the edition's first."""

    release = models.ForeignKey(
        "forum.AgendaRelease", on_delete=models.CASCADE, related_name="wordings"
    )
    note = models.CharField(_("note"), max_length=400)

    class Meta(Wording.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("wording of a note of the agenda")
        verbose_name_plural = _("wordings of notes of the agenda")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["release", "language"], name="forum_agendanotewording_once"
            ),
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
    track = models.CharField(_("track"), max_length=80, blank=True)

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


class QuestionWording(Wording):
    """
    A question in another language than the edition's first.

    ``options`` are the answers to choose from, one a line, in the order of the question's own; empty where they are
    said in the first language.
    """

    question = models.ForeignKey(
        "forum.Question", on_delete=models.CASCADE, related_name="wordings"
    )
    label = models.CharField(_("question"), max_length=200)
    options = models.TextField(_("answers to choose from"), blank=True, max_length=2000)

    class Meta(Wording.Meta):
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
