"""Assistance between countries: training, capability development, technical help; asked for or offered."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.access.permissions import PUBLIC
from punte.apps.people.models import Organisation


class Assistance(Labelled):
    """
    An activity that helps a country, or a country's wish for one.

    Who sees it follows from its label; who may join is a rule of its own, ``joiners``. A request has ``answers``, an offer
    what it ``answered``.
    """

    class Kind(models.TextChoices):
        """What kind of help."""

        TRAINING = "training", _("Joint training")
        CAPABILITY = "capability", _("Capability development")
        TECHNICAL = "technical", _("Technical assistance")

    class Side(models.TextChoices):
        """Offered or asked for."""

        OFFER = "offer", _("Offered")
        REQUEST = "request", _("Asked for")

    class State(models.TextChoices):
        """How far it is."""

        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "off", _("Cancelled")

    OVER: ClassVar[tuple[str, ...]] = (State.DONE, State.CANCELLED)
    """States in which nothing of it comes any more; those of an activity too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    side = models.CharField(_("offered or asked for"), max_length=7, choices=Side.choices)
    title = models.CharField(_("title"), max_length=200)
    about = models.TextField(_("what it is about"), max_length=4000, blank=True)
    provider = models.CharField(_("who helps"), max_length=200, blank=True)
    provider_country = models.CharField(_("country that helps"), max_length=3, blank=True)
    asker = models.CharField(_("who asks"), max_length=200, blank=True)
    asker_country = models.CharField(_("country that asks"), max_length=3, blank=True)
    beneficiaries = ArrayField(
        models.CharField(max_length=3), default=list, blank=True, verbose_name=_("for")
    )
    is_open_to_beneficiaries = models.BooleanField(
        _("open to organisations of the countries it is for"), default=True
    )
    open_to = ArrayField(
        models.TextField(), default=list, blank=True, verbose_name=_("who may join besides")
    )
    place = models.CharField(_("place"), max_length=160, blank=True)
    starts_on = models.DateField(_("begins"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    amount_cents = models.BigIntegerField(_("amount"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.PLANNED)
    outcome = models.CharField(_("what came of it"), max_length=400, blank=True)
    sources = ArrayField(
        models.CharField(max_length=400), default=list, blank=True, verbose_name=_("sources")
    )
    sequence = models.PositiveIntegerField(_("times moved"), default=0)
    is_verified = models.BooleanField(_("read in the sources"), default=False)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-starts_on", "title", "id"]
        verbose_name = _("assistance")
        verbose_name_plural = _("assistance")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="cooperation_assistance_days",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def joiners(self) -> list[str]:
        """Return the groups of which an organisation must be in one to take seats: countries, statuses, ``PUBLIC``."""
        own = self.beneficiaries if self.is_open_to_beneficiaries else []
        # An activity for no country in particular, with no groups chosen, is for whoever sees it.
        return list(dict.fromkeys([*own, *self.open_to])) or [PUBLIC]


class Seat(Walled):
    """Seats that an organisation takes in an assistance, or in one activity of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assistance = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="taken")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    activity = models.ForeignKey(
        "cooperation.Activity",
        on_delete=models.CASCADE,
        related_name="taken",
        null=True,
        blank=True,
    )
    organisation_name = models.CharField(_("organisation"), max_length=200)
    count = models.PositiveIntegerField(_("seats"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["at", "id"]
        verbose_name = _("seats taken")
        verbose_name_plural = _("seats taken")

    def __str__(self) -> str:
        return f"{self.organisation_name}: {self.count}"


class SeatEvent(Labelled):
    """
    What became of an organisation's seats: taken, given back, confirmed, taken back with a reason.

    It belongs to the organisation; of the others only the side that helps reads it.
    """

    class Step(models.TextChoices):
        """What happened."""

        TAKEN = "taken", _("Seats taken")
        GIVEN_BACK = "given", _("Seats given back")
        CONFIRMED = "confirm", _("Seats confirmed")
        TAKEN_BACK = "back", _("Seats taken back")

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assistance = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="seat_events")
    activity = models.ForeignKey(
        "cooperation.Activity",
        on_delete=models.CASCADE,
        related_name="seat_events",
        null=True,
        blank=True,
    )
    organisation_name = models.CharField(_("organisation"), max_length=200)
    step = models.CharField(_("what"), max_length=7, choices=Step.choices)
    count = models.PositiveIntegerField(_("seats"))
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    by_id = models.UUIDField(_("by"), null=True, blank=True)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("step of seats")
        verbose_name_plural = _("steps of seats")

    def __str__(self) -> str:
        return f"{self.organisation_name} {self.step} {self.count}"


class AssistanceChange(Walled):
    """What stood in one field of an assistance, or of one activity of it, before it was changed."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assistance = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="changes")
    activity = models.ForeignKey(
        "cooperation.Activity",
        on_delete=models.CASCADE,
        related_name="changes",
        null=True,
        blank=True,
    )
    field = models.CharField(_("field"), max_length=40)
    before = models.TextField(_("before"), max_length=4000, blank=True)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "field", "id"]
        verbose_name = _("change of an activity")
        verbose_name_plural = _("changes of activities")

    def __str__(self) -> str:
        return f"{self.field} {self.at}"
