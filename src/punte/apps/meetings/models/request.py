"""Who asks to meet whom, who is free when, and what is locked."""

import uuid
from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.forum.models import Delegate, Edition, Place, Slot

RANK_WEIGHT: Final = {1: 10, 2: 7, 3: 5, 4: 3, 5: 2}
"""What a request of each rank is worth before the organiser's priority."""


class MeetingRequest(Labelled):
    """
    A wish to meet. Its owner is the sender's organisation; the receiver's organisation answers on the same row.

    Only accepted requests enter a timetable; a pending one holds no slot. ``revision`` grows with every change of what
    its two sides read, so that nobody answers or overwrites what they did not read. ``accepted_unless_by`` is what was promised of a
    request that nobody declines; an answer in words takes it away.
    """

    class State(models.TextChoices):
        """Where it stands."""

        PENDING = "pending", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="requests")
    code = models.CharField(_("code"), max_length=20)
    sender = models.ForeignKey(Delegate, on_delete=models.PROTECT, related_name="sent_requests")
    receiver = models.ForeignKey(
        Delegate, on_delete=models.PROTECT, related_name="received_requests"
    )
    rank = models.PositiveSmallIntegerField(_("rank"), default=3)
    priority = models.PositiveSmallIntegerField(_("organiser's priority"), default=1)
    must = models.BooleanField(_("has to be met"), default=False)
    reason = models.CharField(_("reason"), max_length=600)
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.PENDING, db_index=True
    )
    colleagues = ArrayField(
        models.UUIDField(),
        default=list,
        blank=True,
        verbose_name=_("colleagues who would come too"),
    )
    has_colleagues = models.GeneratedField(
        # By an index, since few have any: otherwise the day of one delegate reads everybody's requests.
        expression=models.ExpressionWrapper(
            models.Q(colleagues__len__gt=0), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name=_("colleagues would come too"),
    )
    about_listing_id = models.UUIDField(_("need or offer it is about"), null=True, blank=True)
    nudged_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    accepted_unless_by = models.DateTimeField(
        _("counts as accepted unless declined by"), null=True, blank=True
    )
    revision = models.PositiveIntegerField(_("revision"), default=1)
    earlier_reasons = ArrayField(
        models.CharField(max_length=600),
        default=list,
        blank=True,
        verbose_name=_("reasons it had before"),
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["code", "id"]
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["edition"],
                condition=models.Q(has_colleagues=True),
                name="meetings_come_along",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(fields=["edition", "code"], name="meetings_request_code"),
            models.CheckConstraint(
                condition=~models.Q(sender=models.F("receiver")), name="meetings_request_two"
            ),
            models.CheckConstraint(
                condition=models.Q(rank__gte=1, rank__lte=5), name="meetings_request_rank"
            ),
            models.CheckConstraint(
                condition=models.Q(priority__lte=100), name="meetings_request_priority"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def parties(self) -> tuple[uuid.UUID, ...]:
        """Whoever takes part, and is busy while it is held: the two sides, and the colleagues who come too."""
        return tuple(dict.fromkeys((self.sender_id, self.receiver_id, *self.colleagues)))

    @property
    def weight(self) -> int:
        """What meeting it is worth to the timetable, >= 0."""
        return RANK_WEIGHT[self.rank] * self.priority


class Availability(Labelled):
    """When a delegate is away. Its organisation and the organisers see it, nobody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="availabilities")
    delegate = models.OneToOneField(Delegate, on_delete=models.CASCADE, related_name="availability")
    away = ArrayField(models.UUIDField(), default=list, blank=True, verbose_name=_("away in"))

    class Meta(Labelled.Meta):
        verbose_name = _("availability")
        verbose_name_plural = _("availabilities")

    def __str__(self) -> str:
        return f"{self.delegate_id} is away in {len(self.away)} slots"


class Lock(Walled):
    """Where a request is held in every new timetable; ``place`` is empty when only the slot is fixed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="locks")
    request = models.OneToOneField(MeetingRequest, on_delete=models.CASCADE, related_name="lock")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    locked_at = models.DateTimeField(_("locked"), default=timezone.now)

    class Meta(Walled.Meta):
        verbose_name = _("lock")
        verbose_name_plural = _("locks")

    def __str__(self) -> str:
        return f"{self.request_id} at {self.slot_id}"
