"""Set up the parts of an edition: phases, hosts, categories, places, slots, closing times."""

import datetime as dt
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import one_line, whole_text
from punte.apps.forum.capacity import Hall
from punte.apps.forum.models import (
    AttendeeCategory,
    Closure,
    Edition,
    HostRole,
    Phase,
    Place,
    Slot,
)
from punte.apps.forum.revisions import claim_revision
from punte.apps.forum.set_up import SetUpError, require_organiser
from punte.apps.forum.set_up_checks import (
    refuse_awaited,
    refuse_closed_hours,
    refuse_occupied,
    refuse_stray_phases,
)
from punte.apps.forum.slot_codes import code_of, number_of_day
from punte.kernel.clock_changes import is_skipped

MOST_PLACES: Final = 1000
MOST_SLOTS: Final = 500
Span = tuple[dt.datetime, dt.datetime]


def set_phases(
    *,
    by: Subject,
    edition: Edition,
    spans: Mapping[str, Span | None],
    read_revision: int | None = None,
) -> None:
    """
    Set when each phase runs; one without a span is taken away.

    Raises
    ------
    SetUpError
        The subject is no organiser, a phase ends before it begins or lies on the wrong side of the edition's days: the
        text names it, and nothing is kept.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    for kind, span in spans.items():
        # Two moments by one zone's clock are compared by that clock, which jumps twice a year: so by their distance from UTC's.
        if span is not None and span[1].timestamp() <= span[0].timestamp():
            raise SetUpError(
                _("“%(phase)s” ends before it begins. Give a later end.")
                % {"phase": Phase.Kind(kind).label}
            )
    refuse_stray_phases(edition, spans)
    with transaction.atomic():
        claim_revision(edition, "phases", read=read_revision)
        Phase.objects.filter(edition=edition).delete()
        Phase.objects.bulk_create(
            Phase(edition=edition, kind=kind, starts_at=span[0], ends_at=span[1])
            for kind, span in spans.items()
            if span is not None
        )
    record("edition.phases", edition, edition_id=edition.pk)


def add_host(*, by: Subject, edition: Edition, role: str, name: str, source: str = "") -> HostRole:
    """
    Say who else stands behind the edition.

    Raises
    ------
    SetUpError
        The subject is no organiser, the name is missing, or the role is unknown.
    """
    require_organiser(by, edition)
    name = one_line(name, 200)
    if not name or role not in HostRole.Role.values:
        raise SetUpError(_("Give the name and the part of who stands behind the edition."))
    source = whole_text(source, 400)
    if source and not source.startswith(("https://", "http://")):
        raise SetUpError(_("The source is an address that begins with https://, or empty."))
    refuse_classified(_("The edition"), [(_("name"), name)])
    host = HostRole.objects.create(
        edition=edition,
        role=role,
        name=name,
        source=source,
        position=edition.host_roles.count(),
    )
    record("edition.host", edition, edition_id=edition.pk, name=name)
    return host


def remove_host(*, by: Subject, edition: Edition, host_id: UUID) -> None:
    """Take away who stands behind the edition; refused to whoever is no organiser."""
    require_organiser(by, edition)
    HostRole.objects.filter(edition=edition, pk=host_id).delete()
    record("edition.host_removed", edition, edition_id=edition.pk)


def set_category(
    *,
    by: Subject,
    edition: Edition,
    code: str,
    name: str,
    may_request: bool,
    may_be_asked: bool,
    quota: int,
    read_revision: int | None = None,
) -> AttendeeCategory:
    """
    Add a category of attendees, or change the one of this code.

    Raises
    ------
    SetUpError
        The subject is no organiser, or something is missing or out of range.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    code, name = whole_text(code.lower(), 20), one_line(name, 80)
    if not code.isascii() or not code.replace("-", "").replace("_", "").isalnum() or not name:
        raise SetUpError(_("Give the category a name, and a code of plain letters and digits."))
    if not 0 <= quota <= 200:
        raise SetUpError(_("Give 0 to 200 requests for each delegate."))
    refuse_classified(_("The edition"), [(_("name"), name)])
    claim_revision(edition, "categories", read=read_revision)
    category, _new = AttendeeCategory.objects.update_or_create(
        edition=edition,
        code=code,
        defaults={
            "name": name,
            "may_request": may_request,
            "may_be_asked": may_be_asked,
            "request_quota": quota,
        },
        create_defaults={
            "name": name,
            "may_request": may_request,
            "may_be_asked": may_be_asked,
            "request_quota": quota,
            "position": edition.categories.count(),
        },
    )
    record("edition.category", edition, edition_id=edition.pk, code=code)
    return category


def remove_category(*, by: Subject, edition: Edition, code: str) -> None:
    """
    Take a category away.

    Raises
    ------
    SetUpError
        The subject is no organiser, there is no such category, or somebody comes, is nominated or applies in it.
    """
    require_organiser(by, edition)
    refuse_awaited(edition, code)
    try:
        with transaction.atomic():
            claim_revision(edition, "categories", read=None)
            edition.categories.filter(code=code).delete()
    except ProtectedError as error:
        raise SetUpError(
            _("Somebody comes in this category. Give them another one first.")
        ) from error
    record("edition.category_removed", edition, edition_id=edition.pk, code=code)


def add_places(
    *, by: Subject, edition: Edition, kind: str, name: str, count: int, capacity: int
) -> list[Place]:
    """
    Add places of one kind, numbered on: ``Table 1``, ``Table 2``.

    Parameters
    ----------
    count
        How many [count], 1 to 500.
    capacity
        Meetings at once in each [count], 1 to 200.

    Raises
    ------
    SetUpError
        The subject is no organiser, or a number is out of range.
    """
    require_organiser(by, edition)
    name = one_line(name, 60)
    if kind not in Place.Kind.values or not name:
        raise SetUpError(_("Give the places a kind and a name, such as Table."))
    if not 1 <= count <= 500 or not 1 <= capacity <= 200:
        raise SetUpError(_("Give 1 to 500 places with 1 to 200 meetings at once in each."))
    there = edition.places.count()
    if there + count > MOST_PLACES:
        raise SetUpError(
            _(
                "An edition has at most %(count)d places. Give several one name and more meetings at once."
            )
            % {"count": MOST_PLACES}
        )
    refuse_classified(_("The edition"), [(_("name"), name)])
    taken = set(edition.places.values_list("code", flat=True))
    letter = {"table": "T", "booth": "B", "room": "R"}[kind]
    free = (number for number in range(1, MOST_PLACES * 2) if f"{letter}{number:02d}" not in taken)
    numbers = [next(free) for _one in range(count)]
    places = Place.objects.bulk_create(
        Place(
            edition=edition,
            code=f"{letter}{number:02d}",
            name=f"{name} {number}",
            kind=kind,
            capacity=capacity,
            position=there + position,
        )
        for position, number in enumerate(numbers)
    )
    record("edition.places", edition, edition_id=edition.pk, added=count)
    return places


def remove_place(*, by: Subject, edition: Edition, code: str) -> None:
    """
    Take a place away.

    Raises
    ------
    SetUpError
        The subject is no organiser, there is no such place, or a meeting or a session stands there.
    """
    require_organiser(by, edition)
    refuse_occupied(edition, code)
    try:
        with transaction.atomic():
            edition.places.filter(code=code).delete()
    except ProtectedError as error:
        raise SetUpError(
            _("A meeting stands there. Close the place instead, or move the meeting first.")
        ) from error
    record("edition.place_removed", edition, edition_id=edition.pk, code=code)


def lay_slots(
    *,
    by: Subject,
    edition: Edition,
    day: dt.date,
    starts: dt.time,
    ends: dt.time,
    minutes: int,
    pause: int = 0,
) -> list[Slot]:
    """
    Lay slots over a part of a day, one after the other.

    Parameters
    ----------
    minutes, pause
        Length of each and what lies between [min], 5 to 240 and 0 to 60.

    Raises
    ------
    SetUpError
        The subject is no organiser, the part lies outside the edition or the hours of its venue, or it meets slots that
        are there.
    """
    require_organiser(by, edition)
    if not edition.starts_on <= day <= edition.ends_on:
        raise SetUpError(_("This day is none of the edition's."))
    if not 5 <= minutes <= 240 or not 0 <= pause <= 60:
        raise SetUpError(_("Give slots of 5 to 240 minutes, and 0 to 60 minutes between them."))
    begin, end = (_moment(edition, day, clock) for clock in (starts, ends))
    refuse_closed_hours(edition, starts, ends)
    step, length = dt.timedelta(minutes=minutes + pause), dt.timedelta(minutes=minutes)
    count = max(0, (end - begin - length) // step + 1)
    if not count:
        raise SetUpError(_("No slot fits there. Give a longer part of the day or shorter slots."))
    if edition.slots.count() + count > MOST_SLOTS:
        raise SetUpError(_("An edition has at most %(count)d slots.") % {"count": MOST_SLOTS})
    met = edition.slots.filter(starts_at__lt=end, ends_at__gt=begin).first()
    if met is not None:
        raise SetUpError(
            _("There is a slot in this part already: %(code)s. Take it away first.")
            % {"code": met.code}
        )
    number = number_of_day(edition, day)
    slots = Slot.objects.bulk_create(
        Slot(
            edition=edition,
            code=code_of(edition, number, begin + step * idx),
            day=day,
            starts_at=(begin + step * idx).astimezone(edition.zone),
            ends_at=(begin + step * idx + length).astimezone(edition.zone),
            session="am" if starts.hour < 12 else "pm",
        )
        for idx in range(count)
    )
    record("edition.slots", edition, edition_id=edition.pk, day=day.isoformat(), added=count)
    return slots


def _moment(edition: Edition, day: dt.date, clock: dt.time) -> dt.datetime:
    """Return a time of day of the venue by UTC's clock, in which a step is as long as it says in every night."""
    moment = dt.datetime.combine(day, clock, edition.zone)
    if is_skipped(moment):
        raise SetUpError(
            _("The clocks skip %(time)s in that night. Give a time before or after.")
            % {"time": f"{clock:%H:%M}"}
        )
    return moment.astimezone(dt.UTC)


def clear_slots(*, by: Subject, edition: Edition, day: dt.date) -> int:
    """
    Take the slots of a day away, all or none; return how many [count].

    Raises
    ------
    SetUpError
        The subject is no organiser, or a meeting stands in one of them.
    """
    require_organiser(by, edition)
    slots = edition.slots.filter(day=day)
    count = slots.count()
    try:
        with transaction.atomic():
            slots.delete()
    except ProtectedError as error:
        raise SetUpError(
            _("Meetings stand in slots of this day. They are kept, and so are the slots.")
        ) from error
    record("edition.slots_cleared", edition, edition_id=edition.pk, day=day.isoformat())
    return count


def closing_form_of(place: Place) -> str:
    """Return by which name the revisions of the form are counted in which a place is closed."""
    return f"closed {place.code}"


def set_closed(
    *,
    by: Subject,
    edition: Edition,
    place: Place,
    slot_ids: set[UUID],
    read_revision: int | None = None,
) -> None:
    """
    Set the slots in which a place holds no meeting.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    with transaction.atomic():
        claim_revision(edition, closing_form_of(place), read=read_revision)
        place.closures.all().delete()
        Closure.objects.bulk_create(
            Closure(place=place, slot=slot) for slot in edition.slots.filter(pk__in=slot_ids)
        )
    record("edition.closed", edition, edition_id=edition.pk, place=place.code)


def hall_of(edition: Edition) -> Hall:
    """Return what the venue of an edition offers."""
    places = list(edition.places.all())
    sizes = {place.pk: place.capacity for place in places}
    closed = Closure.objects.filter(place__edition=edition).values_list("place_id", flat=True)
    return Hall(
        slots=edition.slots.count(),
        at_once=sum(sizes.values()),
        closed=sum(sizes.get(place_id, 0) for place_id in closed),
    )
