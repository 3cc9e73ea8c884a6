"""Persons, and the organisations they belong to over time."""

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Account, Country, Labelled, Walled
from punte.apps.people.models.organisation import Organisation


class Person(Labelled):
    """
    A human being. Accounts sign in; persons are met, nominated and vetted.

    Its owner is the organisation that keeps its record; the person is a steward of it (``person:...``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.OneToOneField(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="person"
    )
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    nationality = models.ForeignKey(
        Country,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("nationality"),
    )
    languages = models.CharField(_("languages"), max_length=80, blank=True)
    listed_since = models.DateTimeField(_("agreed to be listed"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["name", "id"]
        verbose_name = _("person")
        verbose_name_plural = _("persons")

    def __str__(self) -> str:
        return self.name


class Membership(Walled):
    """A person in an organisation, from a day to a day. Until it is confirmed it opens nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    function = models.CharField(_("function"), max_length=120, blank=True)
    since = models.DateField(_("since"), default=dt.date.today)
    until = models.DateField(_("until"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by_id = models.UUIDField(_("confirmed by"), null=True, blank=True)
    is_focal_point = models.BooleanField(_("focal point"), default=False)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-since", "id"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.person_id} in {self.organisation_id}"
