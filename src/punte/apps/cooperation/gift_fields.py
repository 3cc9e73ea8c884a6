"""What an authority declares of a gift or hospitality: each field read as it was typed, and found possible or refused."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.classified import refuse_classified
from punte.apps.access.numbers import read_amount, write_number
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import one_line, whole_text
from punte.apps.cooperation.models import CURRENCIES, Gift
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import faces
from punte.kernel.errors import Problem, PunteError

AROUND: Final = dt.timedelta(days=366)
"""So long before and after an edition's days what is declared belongs to it."""
MOST_WORTH: Final = Decimal(100_000_000)
"""Greatest estimated value that is no slip of the hand [whole units of a currency]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """
    What is declared, as a form holds it.

    Parameters
    ----------
    other_id, other_name
        The other organisation: one of the edition's, or by its name alone.
    worth
        Estimated value as it was typed; empty where nobody knows.
    """

    kind: str
    way: str
    became: str
    what: str
    on: dt.date | None
    other_id: UUID | None = None
    other_name: str = ""
    worth: str = ""
    currency: str = "EUR"
    note: str = ""


def others_at(edition: Edition, by: Subject) -> list[tuple[UUID, str]]:
    """Return the organisations at an edition that the subject sees, but for its own, by name."""
    found = {
        face.organisation_id: face.organisation
        for face in faces(edition.pk).values()
        if face.organisation_id != by.org_id
    }
    return sorted(found.items(), key=lambda one: (one[1].casefold(), str(one[0])))


def values_of(
    by: Subject, edition: Edition, declared: Declared, *, gift: Gift | None = None
) -> dict[str, Any]:
    """
    Return the fields of a declaration, each read and found possible.

    Parameters
    ----------
    gift
        The declaration that is corrected: its other organisation may stay, whether or not it still comes.

    Raises
    ------
    PunteError
        One of them is missing or cannot be, or a text carries a marking.
    """
    refuse_classified(
        _("Gift"),
        [
            (_("what it was"), declared.what),
            (_("note"), declared.note),
            (_("other organisation"), declared.other_name),
        ],
    )
    _require_choices(declared)
    if not declared.what.strip():
        raise PunteError(_("Say what it was, such as “a book” or “dinner for two”.")).at("what")
    worth = _worth(declared)
    return {
        "kind": declared.kind,
        "way": declared.way,
        "became": declared.became,
        "what": one_line(declared.what, 300),
        "on": _day(edition, declared.on),
        **_other(by, edition, declared, gift),
        "worth": worth,
        "currency": "" if worth is None else declared.currency,
        "note": whole_text(declared.note, 600),
    }


def _require_choices(declared: Declared) -> None:
    if declared.kind not in Gift.Kind.values:
        raise PunteError(_("Choose whether it was a gift or hospitality.")).at("kind")
    if declared.way not in Gift.Way.values:
        raise PunteError(_("Choose who offered it.")).at("way")
    if declared.became not in Gift.Became.values:
        raise PunteError(_("Choose what became of it.")).at("became")
    if declared.became == Gift.Became.HANDED_IN and declared.way == Gift.Way.GIVEN:
        raise PunteError(
            _("Only what was offered to you is handed in. Choose another of the two.")
        ).at("became")
    if declared.became == Gift.Became.HANDED_IN and declared.kind == Gift.Kind.HOSPITALITY:
        raise PunteError(_("Hospitality cannot be handed in: it was accepted or declined.")).at(
            "became"
        )


def _other(by: Subject, edition: Edition, declared: Declared, gift: Gift | None) -> dict[str, Any]:
    name = one_line(declared.other_name, 200)
    if gift is not None and declared.other_id and declared.other_id == gift.other_id:
        return {"other_id": gift.other_id, "other_name": gift.other_name}
    if declared.other_id is not None:
        found = dict(others_at(edition, by)).get(declared.other_id)
        if found is None:
            raise PunteError(_("Choose an organisation of the list, or write its name.")).at(
                "other"
            )
        return {"other_id": declared.other_id, "other_name": found}
    if not name:
        raise PunteError(_("Say with which organisation: choose it, or write its name.")).at(
            "other_name"
        )
    return {"other_id": None, "other_name": name}


def _day(edition: Edition, on: dt.date | None) -> dt.date:
    if on is None:
        raise PunteError(_("Give the day.")).at("on")
    today = timezone.localdate(timezone=edition.zone)
    if on > today:
        raise PunteError(
            _("%(day)s has not come yet. Declare what happened, once it did.")
            % {"day": on.isoformat()}
        ).at("on")
    first, last = edition.starts_on - AROUND, edition.ends_on + AROUND
    if not first <= on <= last:
        raise PunteError(
            _("%(day)s is too far from the edition: give a day between %(first)s and %(last)s.")
            % {"day": on.isoformat(), "first": first.isoformat(), "last": last.isoformat()}
        ).at("on")
    return on


def _worth(declared: Declared) -> Decimal | None:
    if not declared.worth.strip():
        return None
    problems: list[Problem] = []
    worth = Decimal(read_amount(declared.worth, _("Estimated value"), problems))
    if problems:
        raise PunteError(str(problems[0])).at("worth")
    if worth > MOST_WORTH:
        raise PunteError(
            _("An estimated value above %(most)s was mistyped.")
            % {"most": write_number(MOST_WORTH)}
        ).at("worth")
    if declared.currency not in CURRENCIES:
        raise PunteError(_("Choose the currency of the estimated value from the list.")).at(
            "currency"
        )
    return worth
