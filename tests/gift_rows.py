"""People of an invented edition who declare gifts, and who read what was declared."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from edition_rows import Rows
from meeting_rows import cleared
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation.gift_fields import Declared
from punte.apps.cooperation.gifts import declare_gift
from punte.apps.cooperation.models import Gift
from punte.apps.forum.models import Delegate
from punte.apps.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """
    Who is there.

    Parameters
    ----------
    official, colleague
        Of one authority.
    stranger
        Of another authority.
    firm, salesman
        A firm, and one of its people.
    """

    official: Subject
    colleague: Subject
    stranger: Subject
    firm: UUID
    firm_name: str
    salesman: Subject


def sides_of(rows: Rows) -> Sides:
    """Return the people of two authorities and of a firm at an edition, each cleared and with an account: ``P0000@example.org``."""
    with acting_as_system("tests"):
        here = Delegate.objects.filter(edition=rows.edition).select_related(
            "person", "organisation"
        )
        officials = list(here.filter(organisation__kind="authority").order_by("code"))
        firms = list(here.filter(organisation__kind="company").order_by("code"))
    mine = officials[0].organisation_id
    own = [one for one in officials if one.organisation_id == mine]
    other = next(one for one in officials if one.organisation_id != mine)
    people = [own[0], own[1], other, firms[0]]
    subjects = [cleared(one.person, rows) for one in people]
    with acting_as_system("tests"):
        for one in people:
            if one.person.account_id is None:
                account = Account.objects.create(email=f"{one.code.lower()}@example.org")
                Person.objects.filter(pk=one.person_id).update(account=account)
    return Sides(
        official=subjects[0],
        colleague=subjects[1],
        stranger=subjects[2],
        firm=firms[0].organisation_id,
        firm_name=firms[0].organisation.name,
        salesman=subjects[3],
    )


def email_of(who: Subject) -> str:
    """Return with which address a person signs in."""
    with acting_as_system("tests"):
        account = Person.objects.select_related("account").get(pk=who.person_id).account
    assert account is not None
    return account.email


def a_book(sides: Sides, **other: Any) -> Declared:
    """Return a book that a firm gave."""
    said: dict[str, Any] = {
        "kind": "gift",
        "way": "in",
        "became": "kept",
        "what": "A book on bridges",
        "on": dt.date(2025, 11, 5),
        "other_id": sides.firm,
        "worth": "40",
        "currency": "RON",
        "note": "Handed over after the plenary.",
    }
    return Declared(**said | other)


def declare(rows: Rows, sides: Sides, audience: str = "own", **other: Any) -> Gift:
    """Declare a book in the official's name."""
    with acting(sides.official):
        return declare_gift(
            by=sides.official,
            edition=rows.edition,
            declared=a_book(sides, **other),
            audience=audience,
        )
