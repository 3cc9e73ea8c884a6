"""An edition of a forum: who hosts it, when it is what, and what is publicly known of it."""

import datetime as dt
import uuid
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled, Worded


class Edition(Worded, Labelled):
    """
    One edition of a forum. Its owner is the host; organisers of the edition are its stewards.

    ``slug`` is made by the platform, so that a refused one tells nobody that a hidden edition exists.
    """

    WORDS: ClassVar[tuple[str, ...]] = ("name", "theme", "forum", "city", "venue")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    forum = models.CharField(_("forum"), max_length=160)
    name = models.CharField(_("name"), max_length=160)
    theme = models.CharField(_("theme"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=80)
    venue = models.CharField(_("venue"), max_length=160, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    opens_at = models.TimeField(_("the venue opens"), default=dt.time(7))
    closes_at = models.TimeField(_("the venue closes"), default=dt.time(22))
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Bucharest")
    languages = models.CharField(_("languages"), max_length=80, default="en,ro")
    request_quota = models.PositiveSmallIntegerField(_("requests for each delegate"), default=12)
    takes_applications = models.BooleanField(_("takes applications"), default=False)
    press_contact = models.CharField(_("contact for the press"), max_length=160, blank=True)
    press_email = models.EmailField(_("e-mail address for the press"), max_length=254, blank=True)
    press_phone = models.CharField(_("telephone for the press"), max_length=40, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)
    cloned_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="clones"
    )

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-starts_on", "id"]
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="forum_edition_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The venue's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def first_language(self) -> str:
        """Code of the language that the edition's texts are first written in."""
        return self.languages.split(",")[0].strip() or "en"


class HostRole(Worded, Walled):
    """Who stands behind an edition: host, co-organiser, patron, sponsor; with its source."""

    WORDS: ClassVar[tuple[str, ...]] = ("name",)

    class Role(models.TextChoices):
        """In which part."""

        HOST = "host", _("Host")
        CO_ORGANISER = "co_organiser", _("Co-organiser")
        PATRON = "patron", _("Patron")
        SPONSOR = "sponsor", _("Sponsor")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="host_roles")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    name = models.CharField(_("name"), max_length=200)
    source = models.URLField(_("source"), max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["position", "id"]
        verbose_name = _("host role")
        verbose_name_plural = _("host roles")

    def __str__(self) -> str:
        return f"{self.role}: {self.name}"


class Fact(Walled):
    """A public statement about an edition, with the page it was read on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="facts")
    key = models.CharField(_("about"), max_length=40)
    value = models.CharField(_("statement"), max_length=400)
    source = models.URLField(_("source"), max_length=400)
    is_verified = models.BooleanField(_("read in the source"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["position", "id"]
        verbose_name = _("public fact")
        verbose_name_plural = _("public facts")

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"


class Phase(Walled):
    """A stage in the life of an edition, from a moment to a moment; phases may overlap."""

    class Kind(models.TextChoices):
        """What can be done in it."""

        ANNOUNCE = "announce", _("Announcement")
        REGISTER = "register", _("Registration")
        PROFILE = "profile", _("Profiles, needs and offers")
        REQUEST = "request", _("Meeting requests")
        SCHEDULE = "schedule", _("Timetable")
        LIVE = "live", _("Forum days")
        FOLLOW_UP = "follow_up", _("Follow-up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="phases")
    kind = models.CharField(_("phase"), max_length=10, choices=Kind.choices)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "kind"], name="forum_phase_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="forum_phase_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.starts_at:%Y-%m-%d}"
