"""Assistance between countries: offered and asked for, changed, taken part in, and what came of it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.country_codes import read_countries
from punte.apps.access.permissions import Subject
from punte.apps.access.queries import country_name
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import (
    org_of,
    organisers_of,
    require_public,
    require_writer,
)
from punte.apps.cooperation.assistance_history import keep_history, require_read
from punte.apps.cooperation.models import Assistance
from punte.apps.cooperation.moved import call_off_activities, moves, tell_moved
from punte.apps.cooperation.permissions import require_change
from punte.apps.cooperation.seats import seats_taken
from punte.apps.people.models import Organisation
from punte.kernel.days import FIRST_YEAR, LAST_YEAR
from punte.kernel.errors import PunteError


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
    is_open_to_beneficiaries: bool = True,
    open_to: Iterable[str] = (),
) -> Assistance:
    """
    Offer an activity to countries, or ask for one.

    Parameters
    ----------
    beneficiaries
        Countries by name or code, as :func:`punte.apps.access.country_codes.read_countries` reads them.
    releasable_to
        Groups that see it: countries, frameworks or ``PUBLIC``.
    is_open_to_beneficiaries, open_to
        Who of those may join: organisations of its countries, and besides those in one of the groups.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation, or shows to everyone what only organisers and authorities do.
    PunteError
        The title is missing, there is no such country, it is for who helps, it ends before it begins, or a text carries a marking.
    """
    require_writer(by)
    groups = list(releasable_to)
    require_public(by, groups)
    if not title.strip():
        raise PunteError(_("Give it a title."))
    require_order(starts_on, ends_on)
    refuse_classified(_("Assistance"), [(_("title"), title), (_("what it is about"), about)])
    org_id = org_of(by)
    helps = side == Assistance.Side.OFFER
    own = Organisation.objects.filter(pk=org_id).first()
    name, country = (own.name, _country_of(own)) if own else ("", "")
    countries = read_countries(beneficiaries)
    _require_others(country if helps else "", countries)
    row = Assistance.objects.create(
        kind=kind,
        side=side,
        title=whole_text(title, 200),
        about=whole_text(about, 4000),
        provider=name if helps else "",
        provider_country=country if helps else "",
        asker="" if helps else name,
        asker_country="" if helps else country,
        beneficiaries=countries,
        place=whole_text(place, 160),
        starts_on=starts_on,
        ends_on=ends_on,
        seats=seats,
        is_open_to_beneficiaries=is_open_to_beneficiaries,
        open_to=list(open_to),
        owner_org_id=org_id,
        label_releasable_to=groups,
        label_stewards=organisers_of(by),
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
    is_open_to_beneficiaries: bool | None = None,
    open_to: Iterable[str] | None = None,
    read: str | None = None,
) -> None:
    """
    Say what it is, for whom, where and when, how far it is and what came of it; the history says what stood there before.

    Parameters
    ----------
    title, about, beneficiaries, is_open_to_beneficiaries, open_to
        As :func:`enter_assistance` takes them; None leaves them as they are.
    read
        What :func:`~punte.apps.cooperation.assistance_history.revision_of` said when the form was read; None reads none.

    Raises
    ------
    NotPartOfItError
        The subject keeps it not.
    ChangedMeanwhileError
        Somebody changed it since it was read.
    PunteError
        There is no such state or country, it is for who helps, the title is missing, it ends before it begins, more seats are taken than
        there would be, it is done without a word of what came of it, or a text carries a marking.
    """
    require_change(by, assistance)
    require_read(assistance, read)
    if state not in Assistance.State.values:
        raise PunteError(_("Choose how far it is."))
    if state == Assistance.State.DONE and not outcome.strip():
        raise PunteError(_("Say what came of it; that is what the register is for."))
    require_order(starts_on, ends_on)
    said = [(_("place"), place), (_("what came of it"), outcome)]
    refuse_classified(
        _("Assistance"), [*said, (_("title"), title or ""), (_("what it is about"), about or "")]
    )
    _require_enough(assistance, seats)
    wanted = {
        "state": state,
        "outcome": whole_text(outcome, 400),
        "place": whole_text(place, 160),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "seats": seats,
        **_described(title, about, beneficiaries),
        **_opened(is_open_to_beneficiaries, open_to),
    }
    _require_others(assistance.provider_country, wanted.get("beneficiaries", []))
    keep_history(by, assistance, wanted)
    before = {"state": assistance.state, "starts_on": str(assistance.starts_on or "")}
    is_moved = moves(assistance, wanted)
    for name, value in wanted.items():
        setattr(assistance, name, value)
    assistance.sequence += is_moved
    assistance.save(update_fields=[*wanted, "sequence"])
    record("assistance.changed", assistance, before=before, state=state)
    if is_moved:
        tell_moved(by=by, row=assistance)
    if state == Assistance.State.CANCELLED:
        call_off_activities(by=by, assistance=assistance)


def _require_enough(assistance: Assistance, seats: int | None) -> None:
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


def _opened(to_beneficiaries: bool | None, groups: Iterable[str] | None) -> dict[str, Any]:  # noqa: FBT001
    """Return who may join, as far as it is said."""
    found: dict[str, Any] = {}
    if to_beneficiaries is not None:
        found["is_open_to_beneficiaries"] = to_beneficiaries
    if groups is not None:
        found["open_to"] = list(groups)
    return found


def _country_of(organisation: Organisation) -> str:
    """Return whose country an organisation stands for; a body of several nations stands for none."""
    is_of_many = organisation.kind == Organisation.Kind.UNION
    return "" if is_of_many else str(organisation.country_id)


def _require_others(helper: str, beneficiaries: Iterable[str]) -> None:
    """Let only pass that a country helps others: who helps is not among those who are helped."""
    if helper and helper in beneficiaries:
        raise PunteError(
            _("%(country)s helps, and is not among those it is for. Take it out of the list.")
            % {"country": country_name(helper)}
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


def require_order(starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    """
    Let only pass what ends on the day it begins, or later.

    Raises
    ------
    PunteError
        It ends before, or a day is too far off for a calendar.
    """
    if any(one and not FIRST_YEAR <= one.year <= LAST_YEAR for one in (starts_on, ends_on)):
        raise PunteError(
            _("Give days between the years %(first)d and %(last)d.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    if starts_on and ends_on and ends_on < starts_on:
        raise PunteError(_("It ends before it begins. Check the two days."))


def requests_for(offer: Assistance) -> list[Assistance]:
    """Return the requests that an offer could answer: of its kind, for one of its countries, not over."""
    requests = Assistance.objects.filter(side=Assistance.Side.REQUEST, kind=offer.kind).exclude(
        state__in=[Assistance.State.DONE, Assistance.State.CANCELLED]
    )
    given = set(offer.beneficiaries)
    return [
        one
        for one in requests
        if not given or not one.beneficiaries or given & set(one.beneficiaries)
    ]


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
