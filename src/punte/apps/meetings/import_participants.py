"""Rows of participants, matched with the delegates and organisations that an edition has."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from punte.apps.access.models import Country
from punte.apps.forum.models import AttendeeCategory, Delegate, Edition
from punte.apps.meetings.import_cells import PlannedRow, RowCells
from punte.apps.meetings.import_emails import AddressBook
from punte.apps.people.models import Organisation


def _countries() -> Iterator[tuple[str, str]]:
    for code, alpha_2, name in Country.objects.values_list("code", "alpha_2", "name"):
        yield from ((key.casefold(), code) for key in (code, alpha_2, name))


class ParticipantReader:
    """Reads rows of participants against what the edition has; read once, however many rows there are."""

    def __init__(self, edition: Edition) -> None:
        self.delegates = {
            found.code.casefold(): found
            for found in Delegate.objects.filter(edition=edition).select_related(
                "organisation", "category"
            )
        }
        self.organisations = {
            found.name.casefold(): found
            for found in Organisation.objects.filter(merged_into=None).order_by("-name", "id")
        }
        self.categories = {
            key.casefold(): found
            for found in AttendeeCategory.objects.filter(edition=edition)
            for key in (found.name, found.code)
        }
        self.countries = dict(_countries())
        self.kinds = {
            key.casefold(): value
            for value, label in Organisation.Kind.choices
            for key in (str(label), value)
        }
        self.addresses = AddressBook(edition)
        self.seen: dict[str, int] = {}
        self.announced: dict[str, tuple[str, str]] = {}

    def read(self, cells: RowCells) -> PlannedRow | None:
        """Return what the row would write; ``None`` where it cannot be told, the faults then stand in the cells."""
        code = cells.text("code", most=20, is_needed=True)
        name = cells.text("name", most=160, is_needed=True)
        organisation = cells.text("organisation", most=200, is_needed=True)
        values = {
            "badge_name": name,
            "function": cells.text("function", most=120),
            "max_meetings": cells.whole("max_meetings", low=0, high=500),
            "min_meetings": cells.whole("min_meetings", low=0, high=500),
            "category": cells.choice("category", self.categories),
        }
        self._check_limits(cells, values)
        email = self._email(cells)
        if code is None or name is None or organisation is None:
            return None
        if first := self.seen.get(code.casefold()):
            cells.fault(
                "code",
                _("“%(code)s” stands in row %(row)s already.") % {"code": code, "row": first},
                _("Give each participant one row."),
            )
            return None
        self.seen[code.casefold()] = cells.number
        known_person = self.addresses.check(cells, email, code) if email else None
        known: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
        existing = self.delegates.get(code.casefold())
        if existing is not None:
            return self._update(cells, existing, organisation, known)
        if known_person is not None:
            comes_for = self.organisations.get(organisation.casefold())
            known["person_id"] = self.addresses.link(
                cells, known_person, comes_for.pk if comes_for else None
            )
        return self._new(cells, known | {"code": code, "email": email or ""}, organisation)

    def _check_limits(self, cells: RowCells, values: Mapping[str, Any]) -> None:
        most, fewest = values["max_meetings"], values["min_meetings"]
        if most is not None and fewest is not None and fewest > most:
            cells.fault(
                "min_meetings",
                _("%(fewest)s is more than the most, %(most)s.") % {"fewest": fewest, "most": most},
                _("Lower the one or raise the other."),
            )

    def _email(self, cells: RowCells) -> str | None:
        value = cells.text("email", most=254)
        if value is None:
            return None
        try:
            validate_email(value)
        except ValidationError:
            cells.fault(
                "email",
                _("“%(value)s” is no e-mail address.") % {"value": value},
                _("Correct it or leave it empty."),
            )
            return None
        return value.lower()

    def _update(
        self, cells: RowCells, existing: Delegate, organisation: str, values: dict[str, Any]
    ) -> PlannedRow | None:
        if existing.organisation.name.casefold() != organisation.casefold():
            cells.fault(
                "organisation",
                _("%(code)s comes for %(known)s, not for “%(value)s”.")
                % {
                    "code": existing.code,
                    "known": existing.organisation.name,
                    "value": organisation,
                },
                _("A table does not move people between organisations: give a new code."),
            )
            return None
        return PlannedRow(number=cells.number, existing=existing, values=values)

    def _new(self, cells: RowCells, values: dict[str, Any], organisation: str) -> PlannedRow | None:
        country = cells.choice("country", self.countries)
        kind = cells.choice("kind", self.kinds)
        known = self.organisations.get(organisation.casefold())
        if known is not None:
            kind = known.kind
        elif (earlier := self.announced.get(organisation.casefold())) is not None:
            country, kind = country or earlier[0], kind or earlier[1]
        if known is None and country is None and cells.is_sound:
            cells.fault(
                "country",
                _("%(organisation)s is new here, and its country is not given.")
                % {"organisation": organisation},
                _("Give the country in its first row, such as ROU, RO or Romania."),
            )
            return None
        if not cells.is_sound:
            return None
        kind = kind or Organisation.Kind.COMPANY
        category = values.get("category") or self.categories.get(kind)
        if category is None:
            cells.fault(
                "category",
                _("the edition has no attendee category “%(kind)s”.") % {"kind": kind},
                _("Name one of the edition's categories."),
            )
            return None
        if known is None:
            self.announced.setdefault(organisation.casefold(), (country, kind))
        entry = {"organisation": known or organisation, "country": country, "kind": kind}
        return PlannedRow(
            number=cells.number,
            existing=None,
            values=values | entry | {"category": category},
        )
