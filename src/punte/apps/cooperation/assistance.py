"""Assistance between countries: offered and asked for, changed, taken part in, and what came of it."""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.country_codes import read_countries
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import name_of, org_of, require_public, require_writer
from punte.apps.cooperation.models import Assistance, AssistanceChange, Seat
from punte.apps.cooperation.permissions import require_change
from punte.apps.people.models import Organisation
from punte.kernel.errors import ChangedMeanwhileError, PunteError


def enter_assistance(
    *,
    by: Subject,
    kind: str,
    side: str,
    title: str,
    about: str,
    beneficiaries: str,
    releasable_to: Iterable[str],
    place: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    seats: int | None = None,
) -> Assistance:
    """
    Offer an activity to countries, or ask for one.

    Parameters
    ----------
    beneficiaries
        Countries by name or code, as :func:`punte.apps.access.country_codes.read_countries` reads them.
    releasable_to
        Groups that see it and may join: countries, frameworks or ``PUBLIC``.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation, or shows to everyone what only organisers and authorities do.
    PunteError
        The title is missing, there is no such country, it ends before it begins, or a text carries a marking.
    """
    require_writer(by)
    groups = list(releasable_to)
    require_public(by, groups)
    if not title.strip():
        raise PunteError(_("Give it a title."))
    _require_order(starts_on, ends_on)
    refuse_classified(_("Assistance"), [(_("title"), title), (_("what it is about"), about)])
    org_id = org_of(by)
    provider = Organisation.objects.filter(pk=org_id).first()
    row = Assistance.objects.create(
        kind=kind,
        side=side,
        title=whole_text(title, 200),
        about=whole_text(about, 4000),
        provider=provider.name if provider and side == Assistance.Side.OFFER else "",
        beneficiaries=read_countries(beneficiaries),
        place=whole_text(place, 160),
        starts_on=starts_on,
        ends_on=ends_on,
        seats=seats,
        owner_org_id=org_id,
        label_releasable_to=groups,
    )
    record("assistance.entered", row, side=side)
    return row


def change_assistance(
    *,
    by: Subject,
    assistance: Assistance,
    state: str,
    outcome: str = "",
    place: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    seats: int | None = None,
    title: str | None = None,
    about: str | None = None,
    beneficiaries: str | None = None,
    read: str | None = None,
) -> None:
    """
    Say what it is, for whom, where and when, how far it is and what came of it; the history says what stood there before.

    Parameters
    ----------
    title, about, beneficiaries
        As :func:`enter_assistance` takes them; None leaves them as they are.
    read
        What :func:`revision_of` said when the form was read; None reads none.

    Raises
    ------
    NotPartOfItError
        The subject keeps it not.
    ChangedMeanwhileError
        Somebody changed it since it was read.
    PunteError
        There is no such state or country, the title is missing, it ends before it begins, more seats are taken than there
        would be, it is done without a word of what came of it, or a text carries a marking.
    """
    require_change(by, assistance)
    _require_read(assistance, read)
    if state not in Assistance.State.values:
        raise PunteError(_("Choose how far it is."))
    if state == Assistance.State.DONE and not outcome.strip():
        raise PunteError(_("Say what came of it; that is what the register is for."))
    _require_order(starts_on, ends_on)
    said = [(_("place"), place), (_("what came of it"), outcome)]
    refuse_classified(
        _("Assistance"), [*said, (_("title"), title or ""), (_("what it is about"), about or "")]
    )
    taken = seats_taken(assistance)
    if seats is not None and seats < taken:
        raise PunteError(
            ngettext(
                "%(taken)d seat is taken already. Give no fewer, or ask who took it.",
                "%(taken)d seats are taken already. Give no fewer, or ask who took them.",
                taken,
            )
            % {"taken": taken}
        )
    wanted = {
        "state": state,
        "outcome": whole_text(outcome, 400),
        "place": whole_text(place, 160),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "seats": seats,
        **_described(title, about, beneficiaries),
    }
    _keep_history(by, assistance, wanted)
    before = {"state": assistance.state, "starts_on": str(assistance.starts_on or "")}
    for name, value in wanted.items():
        setattr(assistance, name, value)
    assistance.save(update_fields=list(wanted))
    record("assistance.changed", assistance, before=before, state=state)


def revision_of(assistance: Assistance) -> str:
    """Return what a form says it read: the newest change of the activity."""
    newest = assistance.changes.first()
    return str(newest.pk) if newest else ""


def _require_read(assistance: Assistance, read: str | None) -> None:
    """Let only pass who read what stands now, and hold the activity until theirs is kept."""
    Assistance.objects.select_for_update().get(pk=assistance.pk)
    if read is None or read == revision_of(assistance):
        return
    since = itertools.takewhile(lambda one: str(one.pk) != read, assistance.changes.all())
    found: dict[str, set[str]] = {}
    for change in since:
        field = Assistance._meta.get_field(change.field)  # noqa: SLF001  (public API of Django)
        title = str(getattr(field, "verbose_name", change.field))
        found.setdefault(change.by_name, set()).add(title)
    told = "; ".join(f"{who}: {', '.join(sorted(fields))}" for who, fields in found.items())
    raise ChangedMeanwhileError(
        _(
            "It was changed since you read it (%(told)s). Nothing of yours was kept: what you typed still stands in the "
            "form. Compare it with what stands above, then keep it again."
        )
        % {"told": told}
    )


def _described(title: str | None, about: str | None, beneficiaries: str | None) -> dict[str, Any]:
    """Return what it is and for whom, as far as it is said."""
    if title is not None and not title.strip():
        raise PunteError(_("Give it a title."))
    found: dict[str, Any] = {}
    if title is not None:
        found["title"] = whole_text(title, 200)
    if about is not None:
        found["about"] = whole_text(about, 4000)
    if beneficiaries is not None:
        found["beneficiaries"] = read_countries(beneficiaries)
    return found


def _keep_history(by: Subject, assistance: Assistance, wanted: Mapping[str, Any]) -> None:
    """Keep what stood in each field that changes."""
    rows = [
        AssistanceChange(
            assistance=assistance,
            field=name,
            before=_as_text(getattr(assistance, name)),
            by_name=name_of(by),
        )
        for name, value in wanted.items()
        if getattr(assistance, name) != value
    ]
    AssistanceChange.objects.bulk_create(rows)


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def seats_taken(assistance: Assistance) -> int:
    """Return how many seats are taken by anybody [count]: who took them is not told by it."""
    with acting_as_system("take seats at an activity"):
        return int(Seat.objects.filter(assistance=assistance).aggregate(n=Sum("count"))["n"] or 0)


def _require_order(starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise PunteError(_("It ends before it begins. Check the two days."))


def takes_seats(assistance: Assistance, today: dt.date) -> bool:
    """Whether seats can be taken: it is offered, not over and not cancelled."""
    last = assistance.ends_on or assistance.starts_on
    return (
        assistance.side == Assistance.Side.OFFER
        and assistance.state not in {Assistance.State.DONE, Assistance.State.CANCELLED}
        and (last is None or last >= today)
    )


def take_seats(
    *, by: Subject, assistance: Assistance, count: int, read: int | None = None
) -> Seat | None:
    """
    Take seats for one's organisation, in the place of those taken before; 0 gives them back.

    Parameters
    ----------
    read
        How many the organisation had when the form was read [count]; None reads none.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation.
    ChangedMeanwhileError
        A colleague took or gave back seats since it was read.
    PunteError
        It is asked for, over or cancelled, or fewer seats are left.
    """
    require_writer(by)
    if assistance.side != Assistance.Side.OFFER:
        raise PunteError(_("It is asked for, not offered: there are no seats to take."))
    if count and not takes_seats(assistance, timezone.localdate()):
        raise PunteError(_("It takes nobody any more."))
    if not 0 <= count <= 1000:
        raise PunteError(_("Take between 0 and 1,000 seats."))
    org_id = org_of(by)
    with acting_as_system("take seats at an activity"):
        # One after the other, so that the last seat goes once.
        Assistance.objects.select_for_update().get(pk=assistance.pk)
        mine = Seat.objects.filter(assistance=assistance, organisation_id=org_id)
        _require_same_seats(mine.aggregate(n=Sum("count"))["n"] or 0, read)
        mine.delete()
        taken = Seat.objects.filter(assistance=assistance).aggregate(n=Sum("count"))["n"] or 0
        if assistance.seats is not None and taken + count > assistance.seats:
            left = max(0, assistance.seats - taken)
            raise PunteError(
                ngettext(
                    "%(left)d seat is left. Take fewer, or ask who organises it.",
                    "%(left)d seats are left. Take fewer, or ask who organises it.",
                    left,
                )
                % {"left": left}
            )
        seat = None
        if count:
            organisation = Organisation.objects.get(pk=org_id)
            seat = Seat.objects.create(
                assistance=assistance,
                organisation=organisation,
                organisation_name=organisation.name,
                count=count,
            )
    record("assistance.seats", assistance, count=count)
    return seat


def _require_same_seats(now: int, read: int | None) -> None:
    if read not in {None, now}:
        raise ChangedMeanwhileError(
            ngettext(
                "A colleague changed it since you read it: your organisation has %(now)d seat now. Nothing of yours was "
                "kept; say again how many you take together.",
                "A colleague changed it since you read it: your organisation has %(now)d seats now. Nothing of yours was "
                "kept; say again how many you take together.",
                now,
            )
            % {"now": now}
        )


def answers_to(request: Assistance) -> list[Assistance]:
    """Return the activities offered that could answer a request: of its kind, for one of its countries, not over."""
    offers = Assistance.objects.filter(side=Assistance.Side.OFFER, kind=request.kind).exclude(
        state__in=[Assistance.State.DONE, Assistance.State.CANCELLED]
    )
    wanted = set(request.beneficiaries)
    return [
        offer
        for offer in offers
        if not offer.beneficiaries or not wanted or wanted & set(offer.beneficiaries)
    ]
