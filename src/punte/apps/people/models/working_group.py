"""Groups of experts between forums: who may be in one follows from the status of their country."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.people.models.person import Person


class WorkingGroup(Labelled):
    """
    A working group. Its owner is the organisation that keeps it, and sees everything in it.

    Whoever is in one of ``open_to`` (countries, frameworks) sees that it exists and may come in. Its members are in the
    group ``group:<id>``, its chairs in ``chair:<id>`` too, as long as their country has the status. Whoever comes for an
    organisation of the press stays out whatever its status, unless ``takes_press``.
    """

    class Admission(models.TextChoices):
        """How one comes in."""

        AT_ONCE = "at-once", _("whoever has the status comes in at once")
        ASKED = "asked", _("the chair decides")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=160)
    about = models.TextField(_("what it works on"), max_length=4000, blank=True)
    programme_id = models.UUIDField(_("programme"), null=True, blank=True, db_index=True)
    area = models.CharField(_("capability area"), max_length=40, blank=True)
    open_to = ArrayField(models.TextField(), default=list, verbose_name=_("open to"))
    takes_press = models.BooleanField(_("takes the press"), default=False)
    admission = models.CharField(
        _("admission"), max_length=7, choices=Admission.choices, default=Admission.ASKED
    )
    founded_at = models.DateTimeField(_("founded"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["name", "id"]
        verbose_name = _("working group")
        verbose_name_plural = _("working groups")

    def __str__(self) -> str:
        return self.name


class GroupMember(Labelled):
    """A person in a working group, or one who asked to come in; seen by its members and by the person."""

    class Role(models.TextChoices):
        """In which part."""

        CHAIR = "chair", _("Chair")
        MEMBER = "member", _("Member")

    class State(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", _("Asked to come in")
        IN = "in", _("Member")
        REFUSED = "refused", _("Not admitted")
        OUT = "out", _("Left")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(WorkingGroup, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="in_groups")
    name = models.CharField(_("name"), max_length=160)
    organisation_name = models.CharField(_("organisation"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=3, blank=True)
    role = models.CharField(_("part"), max_length=6, choices=Role.choices, default=Role.MEMBER)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.ASKED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["role", "name", "id"]
        verbose_name = _("member of a working group")
        verbose_name_plural = _("members of working groups")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(fields=["group", "person"], name="people_groupmember_once"),
        ]

    def __str__(self) -> str:
        return self.name


def is_in(person: Person | models.OuterRef) -> Q:
    """Return the condition under which a row makes a person a member."""
    return Q(person=person, state=GroupMember.State.IN)
