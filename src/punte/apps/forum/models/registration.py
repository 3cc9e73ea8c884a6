"""Applications to come to an edition, and the questions that it asks."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Account, Country, Labelled, StoredFile, Walled, for_reader
from punte.apps.access.uploads import FILE_KINDS
from punte.apps.forum.models.edition import Edition
from punte.apps.people.models import Organisation

USUAL_FILES = ("pdf", "png", "jpeg")
"""What a question for a file takes where it says nothing else."""


class Question(Walled):
    """
    A question of the application form.

    It is asked only where the answer to ``only_if_code`` (another question, or ``kind`` of the organisation) is
    ``only_if_value``; always where that is empty.
    """

    class Kind(models.TextChoices):
        """How it is answered."""

        TEXT = "text", _("One line")
        LONG = "long", _("Several lines")
        CHOICE = "choice", _("One of several")
        YES = "yes", _("A tick")
        FILE = "file", _("A file")

    WORDS: ClassVar[tuple[str, ...]] = ("label", "options")
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="questions")
    code = models.SlugField(_("code"), max_length=30)
    label = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("answered by"), max_length=6, choices=Kind.choices, default=Kind.TEXT)
    options = models.TextField(_("answers to choose from"), blank=True, max_length=2000)
    is_required = models.BooleanField(_("must be answered"), default=False)
    only_if_code = models.CharField(_("only where"), max_length=30, blank=True)
    only_if_value = models.CharField(_("is"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["position", "id"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "code"], name="forum_question_code"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def choices(self) -> list[str]:
        """The answers to choose from, one a line."""
        return [line.strip() for line in self.options.splitlines() if line.strip()]

    @property
    def said(self) -> str:
        """The question in the reader's language, or else in the edition's first."""
        found = for_reader(self.wordings.all())
        return found.label if found else self.label

    @property
    def said_choices(self) -> list[tuple[str, str]]:
        """The answers to choose from, each as it is kept and as the reader's language says it."""
        found = for_reader(self.wordings.all())
        said = found.options.splitlines() if found else []
        return list(zip(self.choices, said or self.choices, strict=False))

    def said_answer(self, text: str) -> str:
        """Return an answer that is kept as the reader's language says it."""
        return dict(self.said_choices).get(text, text) if self.kind == self.Kind.CHOICE else text

    @property
    def file_kinds(self) -> list[str]:
        """The kinds of file that are taken, as ``FILE_KINDS`` names them: those written, or the usual ones."""
        return [one for one in self.choices if one in FILE_KINDS] or list(USUAL_FILES)


class Application(Labelled):
    """
    Somebody asks to come. Its owner is the edition's host, its stewards the organisers.

    It goes with the account of who applied.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting for an answer")
        LISTED = "listed", _("On the waiting list")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="applications")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail address"), max_length=254)
    function = models.CharField(_("function"), max_length=120, blank=True)
    organisation_name = models.CharField(_("organisation"), max_length=200)
    organisation_kind = models.CharField(
        _("kind"), max_length=12, choices=Organisation.Kind.choices
    )
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(_("category"), max_length=20, blank=True)
    answers = models.JSONField(_("answers"), default=dict)
    agrees_to_listing = models.BooleanField(_("agrees to stand in the directory"), default=False)
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.WAITING, db_index=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["made_at", "id"]
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(
                fields=["edition", "account"],
                condition=~models.Q(state__in=["refused", "withdrawn"]),
                name="forum_application_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"


class ApplicationFile(StoredFile):
    """
    A file that an applicant handed in: for who decides about the application, and for the applicant.

    The wall lets only the application's stewards read it, not the host's other people; it goes with the application.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="files")
    code = models.SlugField(_("code of the question"), max_length=30)
    label = models.CharField(_("question"), max_length=200)

    class Meta(StoredFile.Meta):
        ordering: ClassVar[list[str]] = ["made_at", "id"]
        verbose_name = _("file of an application")
        verbose_name_plural = _("files of applications")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["application", "code"], name="forum_applicationfile_once"
            ),
        ]
