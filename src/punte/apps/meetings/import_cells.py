"""The cells of one row of an import under the chosen columns: read as what they should be, faults gathered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from punte.kernel.characters import unseen_in
from punte.kernel.errors import Problem

_YES: Final = {"yes", "y", "true", "1", "x", "da"}
_NO: Final = {"no", "n", "false", "0", "nu"}


class Known(Protocol):
    """A row that stands already."""

    @property
    def pk(self) -> UUID:
        """Its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """
    A row that would be written.

    Parameters
    ----------
    existing
        The delegate or request that it updates; ``None`` where it is new.
    values
        Field of the model to its value; of a new row all that are known.
    """

    number: int
    existing: Known | None
    values: dict[str, Any]

    @property
    def changes(self) -> dict[str, Any]:
        """What would read otherwise in an existing row."""
        return {
            name: value
            for name, value in self.values.items()
            if getattr(self.existing, name) != value
        }


@dataclass(slots=True, kw_only=True)
class RowCells:
    """
    One row under the chosen columns.

    Parameters
    ----------
    number
        Of the row, as the spreadsheet shows it.
    cells, mapping
        Column to text, and what is said to its column.
    problems
        Where faults are gathered; ``is_sound`` is False once one is this row's.
    """

    number: int
    cells: Mapping[str, str]
    mapping: Mapping[str, str]
    problems: list[Problem]
    is_sound: bool = field(default=True, init=False)

    def fault(self, name: str, what: str, remedy: str) -> None:
        """Note a fault of the cell that says ``name``."""
        place = _("row %(row)s, column %(column)s") % {
            "row": self.number,
            "column": self.mapping.get(name, name),
        }
        self.problems.append(Problem(place=place, what=what, remedy=remedy))
        self.is_sound = False

    def text(self, name: str, *, most: int, is_needed: bool = False) -> str | None:
        """Return the cell's text; ``None`` where it is empty or wrong."""
        value = self.cells.get(self.mapping.get(name, ""), "")
        if not value:
            if is_needed:
                self.fault(name, _("is empty."), _("Fill it in."))
            return None
        if unseen := unseen_in(value):
            self.fault(
                name,
                _("holds a character that nobody sees: %(name)s.") % {"name": unseen},
                _("It can make one text read as another. Write the text anew without it."),
            )
            return None
        if len(value) > most:
            self.fault(
                name,
                _("has %(count)s characters, at most %(most)s fit.")
                % {"count": len(value), "most": most},
                _("Shorten it."),
            )
            return None
        return value

    def whole(self, name: str, *, low: int, high: int) -> int | None:
        """Return the cell's whole number; ``None`` where it is empty or wrong."""
        value = self.text(name, most=20)
        if value is None:
            return None
        if value.isascii() and value.isdigit() and low <= int(value) <= high:
            return int(value)
        self.fault(
            name,
            _("“%(value)s” is no whole number from %(low)s to %(high)s.")
            % {"value": value, "low": low, "high": high},
            _("Correct it or leave it empty."),
        )
        return None

    def yes(self, name: str) -> bool | None:
        """Return the cell's yes or no; ``None`` where it is empty or wrong."""
        value = self.text(name, most=20)
        if value is None:
            return None
        if value.lower() in _YES | _NO:
            return value.lower() in _YES
        self.fault(
            name,
            _("“%(value)s” is neither yes nor no.") % {"value": value},
            _("Write yes or no."),
        )
        return None

    def choice(self, name: str, found: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the mapping holds
        """Return what the cell names among ``found``, capitals apart; ``None`` where it is empty or wrong."""
        value = self.text(name, most=200)
        if value is None:
            return None
        if value.casefold() in found:
            return found[value.casefold()]
        known = ", ".join(sorted(found)[:12])
        self.fault(
            name,
            _("“%(value)s” is not known.") % {"value": value},
            _("Known are, among others: %(known)s.") % {"known": known},
        )
        return None
