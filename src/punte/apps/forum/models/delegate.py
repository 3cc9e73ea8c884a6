"""Who takes part in an edition, in which category, and which categories may meet."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled, Worded, for_reader, reader_language
from punte.apps.forum.models.edition import Edition
from punte.apps.people.models import Organisation, Person


class AttendeeCategory(Walled):
    """A kind of attendee at an edition, and what it may do there."""

    WORDS: ClassVar[tuple[str, ...]] = ("name",)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="categories")
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    may_request = models.BooleanField(_("may ask for meetings"), default=True)
    may_be_asked = models.BooleanField(_("may be asked"), default=True)
    request_quota = models.PositiveSmallIntegerField(
        _("requests for each delegate"), null=True, blank=True
    )
    accepts_unless_declined = models.BooleanField(
        _("requests to them count as accepted unless declined"), default=False
    )
    days_to_decline = models.PositiveSmallIntegerField(
        _("days to decline in"), null=True, blank=True
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["position", "id"]
        verbose_name = _("attendee category")
        verbose_name_plural = _("attendee categories")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "code"], name="forum_category_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """The name in the reader's language, or else in the edition's first."""
        language, *texts = self.__dict__.get("worded") or ("",)
        if language and language == reader_language():
            return next(iter(texts), "") or self.name
        found = for_reader(self.wordings.all())
        return found.name if found else self.name


class MeetingRule(Worded, Walled):
    """A pair of categories that may not meet; what is not forbidden is allowed."""

    WORDS: ClassVar[tuple[str, ...]] = ("reason",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="meeting_rules")
    sender = models.ForeignKey(AttendeeCategory, on_delete=models.CASCADE, related_name="+")
    receiver = models.ForeignKey(AttendeeCategory, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)

    class Meta(Walled.Meta):
        verbose_name = _("meeting rule")
        verbose_name_plural = _("meeting rules")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["edition", "sender", "receiver"], name="forum_meetingrule_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} may not ask {self.receiver_id}"


class Delegate(Labelled):
    """
    A person at an edition. Its owner is the organisation it comes for; the other delegates see it.

    ``badge_name`` is what stands on the badge, ``code`` what files and printed lists say. Whoever has
    ``left_at`` no longer comes: the organisers see the row still, the other delegates do not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="delegates")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegates")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="delegates"
    )
    category = models.ForeignKey(
        AttendeeCategory, on_delete=models.PROTECT, related_name="delegates"
    )
    code = models.CharField(_("code"), max_length=20)
    badge_name = models.CharField(_("name on the badge"), max_length=160)
    function = models.CharField(_("function"), max_length=120, blank=True)
    max_meetings = models.PositiveSmallIntegerField(_("most meetings"), null=True, blank=True)
    min_meetings = models.PositiveSmallIntegerField(_("fewest meetings"), default=0)
    left_at = models.DateTimeField(_("no longer comes since"), null=True, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["code", "id"]
        verbose_name = _("delegate")
        verbose_name_plural = _("delegates")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(fields=["edition", "person"], name="forum_delegate_once"),
            models.UniqueConstraint(fields=["edition", "code"], name="forum_delegate_code"),
        ]

    def __str__(self) -> str:
        return self.badge_name
