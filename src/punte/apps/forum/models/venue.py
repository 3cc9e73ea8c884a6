"""Where and when meetings can be held: places, slots, and when a place is closed."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, StoredFile, Walled, Worded
from punte.apps.forum.models.edition import Edition


class Slot(Walled):
    """A stretch of time for meetings. ``code`` names it in files and addresses, such as ``d1-1040``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="slots")
    code = models.CharField(_("code"), max_length=20)
    day = models.DateField(_("day"))
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    session = models.CharField(_("part of the day"), max_length=10, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "code"], name="forum_slot_code"),
            models.UniqueConstraint(fields=["edition", "starts_at"], name="forum_slot_start"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="forum_slot_order"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Place(Worded, Walled):
    """A table, booth or room; ``capacity`` meetings at once."""

    WORDS: ClassVar[tuple[str, ...]] = ("name",)

    class Kind(models.TextChoices):
        """What it is."""

        TABLE = "table", _("Table")
        BOOTH = "booth", _("Booth")
        ROOM = "room", _("Room")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="places")
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices, default=Kind.TABLE)
    capacity = models.PositiveSmallIntegerField(_("meetings at once"), default=1)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["position", "code", "id"]
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "code"], name="forum_place_code"),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1), name="forum_place_capacity"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Closure(Walled):
    """A slot in which a place holds no meeting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="closures")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="closures")

    class Meta(Walled.Meta):
        verbose_name = _("closing time")
        verbose_name_plural = _("closing times")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["place", "slot"], name="forum_closure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} closed in {self.slot_id}"


class FloorPlan(Worded, Labelled, StoredFile):
    """A picture of a floor of the venue, for the delegates of the edition and whoever works there; not for everyone."""

    WORDS: ClassVar[tuple[str, ...]] = ("floor",)

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="floor_plans")
    floor = models.CharField(_("floor"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["position", "made_at", "id"]
        verbose_name = _("plan of a floor")
        verbose_name_plural = _("plans of floors")

    def __str__(self) -> str:
        return self.floor
