"""Who of the authorities met which firm, when, on what topic, and what was given: for a period, and as an audience may read it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils import timezone

from punte.apps.access.permissions import VISITOR, Subject, held_to
from punte.apps.cooperation.gift_register import Asked, between, gifts_of
from punte.apps.cooperation.marks import outcomes_of
from punte.apps.cooperation.models import Gift
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import Face, faces
from punte.apps.market.models import Listing
from punte.apps.meetings.disclosing import disclosed_in, readable_of
from punte.apps.meetings.models import Meeting, TimetableVersion
from punte.apps.people.models import Organisation
from punte.apps.people.queries import subject_of_country

NOT_MET = "not"
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetLine:
    """
    A meeting of an authority with a firm, in the published timetable and not said to have been missed.

    Parameters
    ----------
    outcome
        What is said of it: ``held``, ``moved``, ``disputed``, or empty where nobody said.
    topic
        The agenda that the authority disclosed; empty where it disclosed none.
    gifts
        What the authority declared of gifts and hospitality between the two in the period, and did not withdraw.
    """

    request_id: UUID
    starts_at: dt.datetime
    authority_id: UUID
    authority: str
    authority_country: str
    firm_id: UUID
    firm: str
    firm_country: str
    outcome: str
    listing_id: UUID | None
    need: str
    topic: str
    gifts: tuple[Gift, ...] = ()


def meetings_with_firms(edition: Edition, *, first: dt.date, last: dt.date) -> list[MetLine]:
    """
    Return the meetings between authorities and firms that began in a period and lie behind us, by time, as the subject sees them.

    Parameters
    ----------
    first, last
        Days by the clock of the venue, both counted.
    """
    held = (
        Meeting.objects.filter(
            version__edition=edition,
            version__state=TimetableVersion.State.PUBLISHED,
            slot__starts_at__lte=timezone.now(),
            slot__day__range=(first, last),
        )
        .select_related("request", "slot")
        .order_by("slot__starts_at", "request__code")
    )
    rows = list(held)
    keys = [one.request_id for one in rows]
    known, outcomes, disclosed = faces(edition.pk), outcomes_of(keys), disclosed_in(keys)
    needs = _titles(one.request.about_listing_id for one in rows)
    gifts = between(gifts_of(edition, Asked(since=first, until=last)))
    lines = []
    for row in rows:
        pair = _pair(known.get(row.request.sender_id), known.get(row.request.receiver_id))
        outcome = outcomes.get(row.request_id, "")
        if pair is None or outcome == NOT_MET:
            continue
        authority, firm = pair
        about = row.request.about_listing_id
        lines.append(
            MetLine(
                request_id=row.request_id,
                starts_at=row.slot.starts_at,
                **_named(authority, firm),
                outcome=outcome,
                listing_id=about,
                need=needs.get(about, "") if about else "",
                topic=disclosed[row.request_id].text if row.request_id in disclosed else "",
                gifts=tuple(gifts.get((authority.organisation_id, firm.organisation_id), ())),
            )
        )
    return lines


def as_read_by(lines: list[MetLine], audience: Subject) -> list[MetLine]:
    """Return the lines whose two organisations an audience sees, with the need, the topic and gifts only where it sees those itself."""
    with held_to(audience):
        named = set(
            Organisation.objects.filter(
                pk__in={key for one in lines for key in (one.authority_id, one.firm_id)}
            ).values_list("pk", flat=True)
        )
        needs = _titles(one.listing_id for one in lines)
        topics = readable_of(one.request_id for one in lines)
        told = {one.pk for line in lines for one in line.gifts}
        gifts = set(Gift.objects.filter(pk__in=told).values_list("pk", flat=True))
    return [
        replace(
            one,
            need=needs.get(one.listing_id, "") if one.listing_id else "",
            topic=one.topic if one.request_id in topics else "",
            gifts=tuple(gift for gift in one.gifts if gift.pk in gifts),
        )
        for one in lines
        if {one.authority_id, one.firm_id} <= named
    ]


def audience_of(code: str, edition: Edition) -> Subject:
    """Return in whose eyes a register is read: everybody's, or those of a cleared delegate whom a country could send today."""
    if code == EVERYBODY:
        return VISITOR
    return subject_of_country(code, timezone.localdate(), edition_id=edition.pk)


def _titles(listing_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in listing_ids if one is not None}
    return dict(Listing.objects.filter(pk__in=wanted).values_list("pk", "title"))


def _named(authority: Face, firm: Face) -> dict[str, Any]:
    return {
        "authority_id": authority.organisation_id,
        "authority": authority.organisation,
        "authority_country": authority.country,
        "firm_id": firm.organisation_id,
        "firm": firm.organisation,
        "firm_country": firm.country,
    }


def _pair(one: Face | None, other: Face | None) -> tuple[Face, Face] | None:
    """Return the authority and the firm of two sides; None where they are not one of each."""
    kinds = {face.kind: face for face in (one, other) if face is not None}
    if not {"authority", "company"} <= kinds.keys():
        return None
    return kinds["authority"], kinds["company"]
