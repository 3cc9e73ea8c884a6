"""The lists of set-up as files: places with their closings, slots, and who never sits at one table."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _

from punte.apps.access.models import Tlp
from punte.apps.forum.models import Edition, MeetingRule, Place, Slot
from punte.apps.meetings.keeping_apart import Line
from punte.web.tables import minute_in, table_response


def list_file(
    edition: Edition, places: list[Place], slots: list[Slot], *, which: str, ending: str
) -> HttpResponse:
    """Return the list of the venue that is asked for: ``slots``, else the places."""
    if which == "slots":
        return slots_file(edition, slots, ending=ending)
    return places_file(edition, places, ending=ending)


def places_file(edition: Edition, places: Iterable[Place], *, ending: str) -> HttpResponse:
    """Return the places of an edition, each with the codes of the slots in which it is closed."""
    columns = [_("Code"), _("Name"), _("Kind"), _("Meetings at once"), _("Closed slots")]
    codes = {slot.pk: slot.code for slot in edition.slots.all()}
    rows = []
    for place in places:
        closed = {closure.slot_id for closure in place.closures.all()}
        shut = ", ".join(code for key, code in codes.items() if key in closed)
        rows.append([place.code, place.name, place.get_kind_display(), place.capacity, shut])
    return table_response(
        f"{edition.slug}-places-to-meet", columns, rows, ending=ending, marking=Tlp.AMBER
    )


def slots_file(edition: Edition, slots: Iterable[Slot], *, ending: str) -> HttpResponse:
    """Return the slots of an edition by the clock of the venue."""
    columns = [_("Code"), _("Begins"), _("Ends")]
    rows = [
        [slot.code, *(minute_in(edition.zone, at) for at in (slot.starts_at, slot.ends_at))]
        for slot in slots
    ]
    return table_response(f"{edition.slug}-slots", columns, rows, ending=ending, marking=Tlp.AMBER)


def apart_file(
    edition: Edition, lines: Iterable[Line], rules: Iterable[MeetingRule], *, ending: str
) -> HttpResponse:
    """Return both lists in one table; of a rule the first side is who asks."""
    columns = [
        _("Kind"),
        _("One side"),
        _("The other side"),
        _("Reason"),
        _("Entered by"),
        _("Open requests"),
        _("Meetings"),
    ]
    rows = [[_("Sides kept apart"), *_cells_of(line)] for line in lines]
    rule_list = _("Categories that do not ask one another")
    rows += [
        [rule_list, rule.sender.name, rule.receiver.name, rule.reason, "", "", ""] for rule in rules
    ]
    name = f"{edition.slug}-never-at-one-table"
    # The reasons of the list are for organisers alone.
    return table_response(name, columns, rows, ending=ending, marking=Tlp.AMBER_STRICT)


def _cells_of(line: Line) -> list[object]:
    return [
        line.one,
        line.other,
        line.pair.reason,
        line.entered_by,
        line.open_requests,
        line.meetings,
    ]
