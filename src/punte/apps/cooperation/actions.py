"""Commitments and assistance: entered with sources, changed with evidence."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import PUBLIC, Subject, acting_as_system
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.models import Assistance, Commitment, CommitmentEvent, Seat
from punte.apps.cooperation.permissions import (
    NotPartOfItError,
    may_write,
    require_change,
)
from punte.apps.people.models import Organisation, Person
from punte.kernel.errors import PunteError


def enter_commitment(
    *,
    by: Subject,
    who: str,
    what: str,
    occasion: str = "",
    quotation: str = "",
    promised_on: dt.date | None = None,
    due_on: dt.date | None = None,
    sources: Iterable[str] = (),
    milestone_id: UUID | None = None,
    cooperation_id: UUID | None = None,
    request_id: UUID | None = None,
    is_public: bool = False,
) -> Commitment:
    """
    Enter what somebody promised.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation.
    PunteError
        Who or what is missing, it is due before it was promised, or it is public without a source.
    """
    require_writer(by)
    found = tuple(whole_text(source, 400) for source in sources if source.strip())
    if not who.strip() or not what.strip():
        raise PunteError(_("Say who promised, and what."))
    if promised_on and due_on and due_on < promised_on:
        raise PunteError(_("It is due before it was promised. Check the two days."))
    if is_public and not found:
        raise PunteError(_("A public commitment needs a source: say where it can be read."))
    refuse_classified(
        _("Commitment"), [(_("who"), who), (_("what"), what), (_("words"), quotation)]
    )
    row = Commitment.objects.create(
        who=whole_text(who, 200),
        what=whole_text(what, 400),
        occasion=whole_text(occasion, 200),
        quotation=whole_text(quotation, 300),
        promised_on=promised_on,
        due_on=due_on,
        sources=list(found),
        milestone_id=milestone_id,
        cooperation_id=cooperation_id,
        request_id=request_id,
        owner_org_id=_org(by),
        label_releasable_to=[PUBLIC] if is_public else [],
    )
    record("commitment.entered", row, public=is_public)
    return row


def report_on(*, by: Subject, commitment: Commitment, state: str, evidence: str) -> None:
    """
    Say what came of a commitment, with the evidence; the history keeps every entry.

    Raises
    ------
    NotPartOfItError
        The subject may not change it.
    PunteError
        There is no such state, or no evidence.
    """
    require_change(by, commitment)
    if state not in Commitment.State.values:
        raise PunteError(_("Choose what came of it."))
    if not evidence.strip():
        raise PunteError(_("Give the evidence: a document, an address, or who says so."))
    refuse_classified(_("Commitment"), [(_("evidence"), evidence)])
    CommitmentEvent.objects.create(
        commitment=commitment, state=state, evidence=whole_text(evidence, 400), by_name=name_of(by)
    )
    commitment.state = state
    commitment.save(update_fields=["state"])
    record("commitment.reported", commitment, state=state)


def enter_assistance(
    *,
    by: Subject,
    kind: str,
    side: str,
    title: str,
    about: str,
    beneficiaries: Iterable[str],
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
    releasable_to
        Groups that see it and may join: countries, frameworks or ``PUBLIC``.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation.
    PunteError
        The title is missing, it ends before it begins, or a text carries a marking.
    """
    require_writer(by)
    if not title.strip():
        raise PunteError(_("Give it a title."))
    if starts_on and ends_on and ends_on < starts_on:
        raise PunteError(_("It ends before it begins. Check the two days."))
    refuse_classified(_("Assistance"), [(_("title"), title), (_("what it is about"), about)])
    org_id = _org(by)
    provider = Organisation.objects.filter(pk=org_id).first()
    row = Assistance.objects.create(
        kind=kind,
        side=side,
        title=whole_text(title, 200),
        about=whole_text(about, 4000),
        provider=provider.name if provider and side == Assistance.Side.OFFER else "",
        beneficiaries=list(beneficiaries),
        place=whole_text(place, 160),
        starts_on=starts_on,
        ends_on=ends_on,
        seats=seats,
        owner_org_id=org_id,
        label_releasable_to=list(releasable_to),
    )
    record("assistance.entered", row, side=side)
    return row


def take_seats(*, by: Subject, assistance: Assistance, count: int) -> Seat | None:
    """
    Take seats for one's organisation, in the place of those taken before; 0 gives them back.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation.
    PunteError
        It is over or cancelled, or fewer seats are left.
    """
    require_writer(by)
    if assistance.state in {Assistance.State.DONE, Assistance.State.CANCELLED}:
        raise PunteError(_("It takes nobody any more."))
    if not 0 <= count <= 1000:
        raise PunteError(_("Take between 0 and 1,000 seats."))
    org_id = _org(by)
    with acting_as_system("take seats at an activity"):
        # One after the other, so that the last seat goes once.
        Assistance.objects.select_for_update().get(pk=assistance.pk)
        Seat.objects.filter(assistance=assistance, organisation_id=org_id).delete()
        taken = Seat.objects.filter(assistance=assistance).aggregate(n=Sum("count"))["n"] or 0
        if assistance.seats is not None and taken + count > assistance.seats:
            raise PunteError(
                _("%(left)d seats are left. Take fewer, or ask who organises it.")
                % {"left": max(0, assistance.seats - taken)}
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


def name_of(by: Subject) -> str:
    """Return the name of the acting person."""
    person = Person.objects.filter(pk=by.person_id).first() if by.person_id else None
    return person.name if person else ""


def _org(by: Subject) -> UUID:
    assert by.org_id is not None
    return by.org_id


def require_writer(by: Subject) -> None:
    """
    Let only a cleared person of an organisation pass.

    Raises
    ------
    NotPartOfItError
        The subject is none.
    """
    if not may_write(by):
        raise NotPartOfItError(_("Only cleared persons of an organisation write here."))
