"""Addresses in a table of participants: one address is one person, of the table and of the register."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.import_cells import RowCells
from punte.apps.people.models import Person


class KnownPerson(NamedTuple):
    """Somebody of the register whom the reader sees, and their code at the edition; empty where they have none."""

    id: UUID
    organisation_id: UUID
    code: str


class AddressBook:
    """Whose addresses are known; read once, in the name of whoever imports."""

    def __init__(self, edition: Edition) -> None:
        codes = dict(Delegate.objects.filter(edition=edition).values_list("person_id", "code"))
        people = Person.objects.filter(erased_at__isnull=True, merged_into__isnull=True)
        rows = people.filter(~Q(email="") | Q(account__isnull=False)).values_list(
            "pk", "owner_org_id", "email", "account__email"
        )
        self.people: dict[str, KnownPerson] = {}
        # Who comes already, and who has an account, stand before a namesake without.
        for key, organisation_id, *emails in sorted(
            rows, key=lambda row: (row[0] not in codes, row[3] is None)
        ):
            for email in filter(None, emails):
                found = KnownPerson(key, organisation_id, codes.get(key, ""))
                self.people.setdefault(email.lower(), found)
        self.rows: dict[str, int] = {}

    def check(self, cells: RowCells, email: str, code: str) -> KnownPerson | None:
        """Return who has the address; a fault where it stands in the table already, or is another participant's."""
        if first := self.rows.get(email):
            cells.fault(
                "email",
                _("“%(value)s” stands in row %(row)s already.") % {"value": email, "row": first},
                _("One address is one person: give each their own, or leave it empty."),
            )
            return None
        self.rows[email] = cells.number
        known = self.people.get(email)
        if known is not None and known.code and known.code.casefold() != code.casefold():
            cells.fault(
                "email",
                _("“%(value)s” is the address of %(code)s, who comes already.")
                % {"value": email, "code": known.code},
                _("Give the row that code, or correct the address."),
            )
            return None
        return known

    def link(self, cells: RowCells, known: KnownPerson, organisation_id: UUID | None) -> UUID:
        """Return whom a new participant is; a fault where that person belongs to another organisation."""
        if known.organisation_id != organisation_id:
            cells.fault(
                "organisation",
                _("the address belongs to somebody of another organisation."),
                _("Correct the organisation or the address, or leave the address empty."),
            )
        return known.id
