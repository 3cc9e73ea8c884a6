"""The outbox: which mail goes to whom, how an edition words it, and who wants none. The text itself is never kept."""

import uuid
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Account, Labelled, Walled
from punte.apps.people.models.person import Person


class Mail(Labelled):
    """
    One mail to one person, or to an account behind which no person stands: its kind, what it is about and how far it came.

    The text is made when it is sent, in the name of its reader, and kept nowhere: what the reader may no longer
    see by then does not leave.

    ``said`` is written before the mail leaves: for each piece of news that can change again its sequence and a digest of the
    words (``apps/people/mail_said.py``).
    """

    class State(models.TextChoices):
        """How far it came."""

        TO_REVIEW = "review", _("waits for review")
        WAITING = "waiting", _("waits to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        NOT_SENT = "dropped", _("not sent")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="mails"
    )
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    edition_id = models.UUIDField(_("edition"), null=True, blank=True, db_index=True)
    kind = models.CharField(_("kind"), max_length=40)
    about_id = models.UUIDField(_("about"), null=True, blank=True)
    details: "models.JSONField[Any, Any]" = models.JSONField(_("details"), default=dict, blank=True)
    key = models.CharField(_("key"), max_length=120)
    said: "models.JSONField[Any, Any]" = models.JSONField(_("said"), default=dict, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=State.choices, default=State.WAITING, db_index=True
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    next_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta(Labelled.Meta):
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ("-queued_at", "id")
        constraints = [
            *Labelled.Meta.constraints,
            # The key is the platform's own, such as a version's number: the same news is queued once.
            models.UniqueConstraint(fields=["person", "kind", "key"], name="people_mail_once"),
            models.UniqueConstraint(
                fields=["account", "kind", "key"], name="people_mail_once_to_account"
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) ^ models.Q(account__isnull=False),
                name="people_mail_one_reader",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id or self.account_id}"

    @property
    def reader(self) -> Person:
        """Whom it goes to: its person, or one that is kept nowhere and has but the account's address and language."""
        if self.person is not None:
            return self.person
        assert self.account is not None, "people_mail_one_reader"
        return Person(name=self.account.email, account=self.account)


class MailWording(Labelled):
    """How an edition words one kind of mail in one language, in the place of the platform's own words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition_id = models.UUIDField(_("edition"), db_index=True)
    kind = models.CharField(_("kind"), max_length=40)
    language = models.CharField(_("language"), max_length=8)
    subject = models.CharField(_("subject line"), max_length=160)
    text = models.TextField(_("text"), max_length=4000)

    class Meta(Labelled.Meta):
        verbose_name = _("wording of a mail")
        verbose_name_plural = _("wordings of mails")
        constraints = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(
                fields=["edition_id", "kind", "language"], name="people_mailwording_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"


class MailRule(Labelled):
    """Whether an edition sends a kind of mail at all, and whether its organisers look at each before it goes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition_id = models.UUIDField(_("edition"), db_index=True)
    kind = models.CharField(_("kind"), max_length=40)
    is_on = models.BooleanField(_("is sent"), default=True)
    is_reviewed = models.BooleanField(_("is reviewed before"), default=False)

    class Meta(Labelled.Meta):
        verbose_name = _("rule for mails")
        verbose_name_plural = _("rules for mails")
        constraints = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(fields=["edition_id", "kind"], name="people_mailrule_once"),
        ]

    def __str__(self) -> str:
        return self.kind


class MailOptOut(Walled):
    """A person wants no more mails of a kind."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mail_opt_outs")
    kind = models.CharField(_("kind"), max_length=40)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta(Walled.Meta):
        verbose_name = _("refusal of mails")
        verbose_name_plural = _("refusals of mails")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="people_mailoptout_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"
