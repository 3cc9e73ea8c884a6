"""Versions of the timetable, and the meetings of each. Double bookings cannot be stored."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.forum.models import Delegate, Edition, Place, Slot
from punte.apps.meetings.models.request import MeetingRequest


def default_objective() -> list[str]:
    """Return the goals of a new edition, in order."""
    return ["weight", "fairness", "idle_slots"]


class Aims(Walled):
    """What a timetable aims at, and the rules that bind everyone: kept for an edition, or tried before they are."""

    objective = ArrayField(
        models.CharField(max_length=20), default=default_objective, verbose_name=_("goals")
    )
    max_break_spread = models.PositiveSmallIntegerField(null=True, blank=True)
    min_gap_slots = models.PositiveSmallIntegerField(default=0)
    small_min_meetings = models.PositiveSmallIntegerField(
        _("meetings guaranteed to a small company"), default=0
    )
    regional_min_meetings = models.PositiveSmallIntegerField(
        _("meetings guaranteed to a company of the region"), default=0
    )
    regional_countries = ArrayField(
        models.CharField(max_length=3),
        default=list,
        blank=True,
        verbose_name=_("countries of the region"),
    )

    class Meta(Walled.Meta):
        abstract = True


class TimetableRules(Aims):
    """What a timetable of this edition aims at, and the rules that bind everyone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.OneToOneField(
        Edition, on_delete=models.CASCADE, related_name="timetable_rules"
    )
    time_limit_s = models.PositiveSmallIntegerField(_("time for solving [s]"), default=30)
    asks_four_eyes = models.BooleanField(
        _("two persons of an authority meet a firm"), default=False, db_default=False
    )

    class Meta(Walled.Meta):
        verbose_name = _("timetable rules")
        verbose_name_plural = _("timetable rules")

    def __str__(self) -> str:
        return ", ".join(self.objective)


class TimetableVersion(Labelled):
    """
    A timetable with its proof. Organisers and auditors see drafts; delegates see what was published.

    One draft of an edition may be shown as preliminary, until ``preliminary_until``: its label releases it to the delegates up to then,
    and each of them finds in it the meetings of the requests that it sees.

    ``objective`` holds one ``{"name", "value", "bound", "proved"}`` for each goal, in order.
    """

    class State(models.TextChoices):
        """Where it stands."""

        SOLVING = "solving", _("Being solved")
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")
        FAILED = "failed", _("No timetable")

    class Origin(models.TextChoices):
        """How it came to be."""

        SOLVED = "solved", _("Solved")
        MOVED = "moved", _("Changed by hand")
        ROLLED_BACK = "rolled_back", _("Rolled back")
        BOOKED = "booked", _("Booked by delegates")
        REPAIRED = "repaired", _("Repaired")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.SOLVING, db_index=True
    )
    origin = models.CharField(
        _("origin"), max_length=11, choices=Origin.choices, default=Origin.SOLVED
    )
    base = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="derived"
    )
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    instance_sha256 = models.CharField(max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=10, blank=True)
    seed = models.PositiveIntegerField(_("seed"), default=0)
    engine = models.CharField(_("engine"), max_length=40, blank=True)
    runtime_s = models.FloatField(_("runtime [s]"), default=0.0)
    objective = models.JSONField(_("objective"), default=list)
    request_count = models.PositiveIntegerField(_("requests"), default=0)
    request_weight = models.PositiveIntegerField(_("weight of all requests"), default=0)
    meeting_count = models.PositiveIntegerField(_("meetings"), default=0)
    created_by_id = models.UUIDField(_("made by"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)
    preliminary_since = models.DateTimeField(_("shown as preliminary"), null=True, blank=True)
    preliminary_until = models.DateTimeField(_("preliminary until"), null=True, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-number", "id"]
        verbose_name = _("timetable version")
        verbose_name_plural = _("timetable versions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(fields=["edition", "number"], name="meetings_version_number"),
            models.UniqueConstraint(
                fields=["edition"],
                condition=models.Q(state="published"),
                name="meetings_version_one_published",
            ),
            models.UniqueConstraint(
                fields=["edition"],
                condition=models.Q(preliminary_until__isnull=False),
                name="meetings_version_one_preliminary",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Meeting(Walled):
    """
    A request that is held: where and when. Seen by whoever sees both its version and its request.

    ``seat_idx`` counts from 0 within a place of capacity above one. A foreign key of the database makes the
    people's rows (:class:`MeetingSeat`) follow a move, so their unique key refuses a double booking.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(TimetableVersion, on_delete=models.CASCADE, related_name="meetings")
    request = models.ForeignKey(MeetingRequest, on_delete=models.PROTECT, related_name="meetings")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="meetings")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="meetings")
    seat_idx = models.PositiveSmallIntegerField(default=0)

    class Meta(Walled.Meta):
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "request"], name="meetings_meeting_once"),
            models.UniqueConstraint(
                fields=["version", "slot", "place", "seat_idx"], name="meetings_meeting_place"
            ),
            models.UniqueConstraint(
                fields=["id", "version", "slot"], name="meetings_meeting_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} in {self.slot_id} at {self.place_id}"


class MeetingSeat(Walled):
    """One person of one meeting: a person has at most one in each slot of a version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="seats")
    version = models.ForeignKey(TimetableVersion, on_delete=models.CASCADE, related_name="seats")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Delegate, on_delete=models.PROTECT, related_name="seats")

    class Meta(Walled.Meta):
        verbose_name = _("person at a meeting")
        verbose_name_plural = _("persons at meetings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["version", "delegate", "slot"], name="meetings_seat_one_at_a_time"
            ),
            models.UniqueConstraint(fields=["meeting", "delegate"], name="meetings_seat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} in {self.slot_id}"


class Unmet(Walled):
    """A request that a version does not hold, with its cause; ``blocking`` holds codes of requests."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(TimetableVersion, on_delete=models.CASCADE, related_name="unmet")
    request = models.ForeignKey(MeetingRequest, on_delete=models.CASCADE, related_name="unmet")
    code = models.CharField(_("cause"), max_length=20)
    reason = models.TextField(_("reason"))
    blocking = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta(Walled.Meta):
        verbose_name = _("unmet request")
        verbose_name_plural = _("unmet requests")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "request"], name="meetings_unmet_once"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.code}"
