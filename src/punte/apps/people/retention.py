"""
An entry of the list of what is kept about people: fields, what they are for, how long, and what happens then.

One list (``kept_fields.py``) serves the page, the documentation, the nightly job and the test. A field of the site is on it or
is declared to say nothing about a person (``tests/security/not_personal.tsv``); a new one is neither, and the suite says so.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Lazy = Any
"""A text that is translated when it is shown."""


class Then(StrEnum):
    """What happens when the time is over."""

    ERASED = "erased"
    """Nothing by the clock: the field ends with the erasure of the person, or stays without a name."""
    BLANKED = "blanked"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """
    Fields of one table that are kept about people.

    Parameters
    ----------
    table
        As ``app.Model``.
    fields
        Their names, with spaces between.
    purpose
        What they are for.
    days
        How long after ``since`` they are kept [d]; None where no clock ends them.
    since
        The event that the days count from; without days, what ends them.
    ended
        The condition under which the event is longer ago than a moment; only with days.
    """

    table: str
    fields: str
    purpose: Lazy
    since: Lazy
    days: int | None = None
    then: Then = Then.ERASED
    ended: Callable[[dt.datetime], Q] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The fields, each as ``app.Model.field``."""
        return tuple(f"{self.table}.{name}" for name in self.fields.split())

    @property
    def model(self) -> type[models.Model]:
        """The table's model."""
        return apps.get_model(self.table)

    @property
    def what(self) -> str:
        """The table and its fields in the reader's language."""
        fields = (self.model._meta.get_field(name) for name in self.fields.split())  # noqa: SLF001
        named = ", ".join(dict.fromkeys(str(field.verbose_name) for field in fields))  # type: ignore[union-attr]
        return f"{capfirst(str(self.model._meta.verbose_name))}: {named}"  # noqa: SLF001

    @property
    def how_long(self) -> str:
        """How long, in the reader's language."""
        if self.days is None:
            return str(self.since)
        if self.days == 0:
            return _("until %(event)s") % {"event": self.since}
        return ngettext(
            "%(days)d day after %(event)s", "%(days)d days after %(event)s", self.days
        ) % {"days": self.days, "event": self.since}

    @property
    def what_then(self) -> str:
        """What happens then, in the reader's language."""
        return {
            Then.ERASED: _("whoever entered it takes it away")
            if self.since is TAKEN_AWAY
            else _("erased when you ask for it, or kept without your name"),
            Then.BLANKED: _("the fields are emptied"),
            Then.DELETED: _("the whole entry is deleted"),
        }[self.then]


STANDS: Final = gettext_lazy("as long as the account stands")
UNTIL_ERASED: Final = gettext_lazy("until you are erased")
RECORD: Final = gettext_lazy("as long as the record of the forum")
TAKEN_AWAY: Final = gettext_lazy("until it is taken away")
SIGN_IN: Final = gettext_lazy("to sign in, and to show the site in your language and time")
WHO: Final = gettext_lazy("to know who comes, and for whom")
VETTING: Final = gettext_lazy("to clear who comes, and to show later who decided it and why")
MEETING: Final = gettext_lazy("to meet: requests, tables, hours")
SIGNED: Final = gettext_lazy("to show who said or did it")
AGREED: Final = gettext_lazy("to follow up what was agreed at the table")
TOLD: Final = gettext_lazy("to tell you what concerns you, and nothing twice")
PROOF: Final = gettext_lazy("to show who saw and changed what; nobody can change an entry")
