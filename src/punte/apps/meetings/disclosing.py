"""An authority discloses the agenda of its meeting with a firm: in the equal-access log, and beside its own need."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import one_line
from punte.apps.forum.models import Delegate
from punte.apps.market.models import Listing
from punte.apps.meetings.asking import open_request
from punte.apps.meetings.models import Disclosure, Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.people.models import Organisation
from punte.kernel.errors import ChangedMeanwhileError

MOST_TEXT: Final = 600
Kind = Organisation.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedLine:
    """A disclosed agenda as the page of the authority's need shows it: with the day where there is one, but no firm."""

    authority: str
    text: str
    on: dt.date | None
    disclosed_at: dt.datetime


def authority_side(request: MeetingRequest) -> Delegate | None:
    """Return the authority's side of a request between an authority and a firm; None for any other request."""
    sides = {one.organisation.kind: one for one in (request.sender, request.receiver)}
    return sides[Kind.AUTHORITY] if {Kind.AUTHORITY, Kind.COMPANY} <= sides.keys() else None


def may_disclose(by: Subject, request: MeetingRequest) -> bool:
    """Whether the subject may disclose the agenda of a meeting: it comes for the authority that meets a firm."""
    return may_take_back(by, request) and request.state == MeetingRequest.State.ACCEPTED


def may_take_back(by: Subject, request: MeetingRequest) -> bool:
    """Whether the subject may take back what was disclosed of a meeting: for the authority at any time, also once it is off."""
    side = authority_side(request)
    return (
        side is not None and by.org_id == side.organisation_id and by.may_write and not by.is_denied
    )


def disclose_agenda(
    *, by: Subject, request_id: UUID, text: str, read_revision: int
) -> Disclosure | None:
    """
    Disclose the agenda of a meeting with a firm, or change it; an empty text takes it back at any time. Each step is in the log.

    Parameters
    ----------
    read_revision
        Of what was disclosed as it was read; 0 where there was nothing.

    Raises
    ------
    NotThereError
        There is no such request for the subject.
    NotAllowedError
        The subject does not come for the authority, the other side is no firm, or the request is not accepted and a text is given.
    ChangedMeanwhileError
        A colleague changed it since it was read.
    PunteError
        It is too long, or carries a marking.
    """
    request = open_request(by, request_id)
    text = one_line(text, MOST_TEXT)
    if not (may_disclose if text else may_take_back)(by, request):
        raise NotAllowedError(
            _(
                "Only the authority's side discloses the agenda of a meeting with a firm, once the request is accepted."
            )
        )
    refuse_classified(_("Agenda"), [(_("agenda"), text)])
    row = Disclosure.objects.filter(request=request).first()
    if (row.revision if row else 0) != read_revision:
        raise ChangedMeanwhileError(
            _("A colleague changed what is disclosed since you read it. It reads: “%(text)s”")
            % {"text": row.text if row else "\N{EM DASH}"}
        )
    if row is None and not text:
        return None
    with acting_as_system("disclose the agenda of a meeting"):
        kept = _keep(row, request, text)
    verb = "agenda.disclosed" if text else "agenda.taken_back"
    record(verb, request, edition_id=request.edition_id, text=text)
    return kept


def _keep(row: Disclosure | None, request: MeetingRequest, text: str) -> Disclosure | None:
    if not text:
        if row is not None:
            row.delete()
        return None
    if row is None:
        side = authority_side(request)
        return Disclosure.objects.create(
            request=request,
            listing_id=request.about_listing_id,
            authority_id=side.organisation_id if side else None,
            text=text,
        )
    row.text, row.revision, row.disclosed_at = text, row.revision + 1, timezone.now()
    row.save(update_fields=["text", "revision", "disclosed_at"])
    return row


def disclosed_in(requests: Iterable[UUID]) -> dict[UUID, Disclosure]:
    """Return what is disclosed of requests that the subject sees, by request, in one query; of meetings that are off, nothing."""
    found = Disclosure.objects.filter(
        request__in=list(requests), request__state=MeetingRequest.State.ACCEPTED
    )
    return {one.request_id: one for one in found}


def to_take_back(by: Subject, request: MeetingRequest) -> Disclosure | None:
    """Return what still stands of a meeting that is off, for the authority that may take it back; None for anybody else."""
    if request.state == MeetingRequest.State.ACCEPTED or not may_take_back(by, request):
        return None
    return Disclosure.objects.filter(request=request).first()


def readable_of(requests: Iterable[UUID]) -> set[UUID]:
    """Return of which requests the subject reads a disclosed agenda, be it by the need alone and without the request."""
    return set(
        Disclosure.objects.filter(request__in=list(requests)).values_list("request_id", flat=True)
    )


def disclosed_about(listing: Listing) -> list[DisclosedLine]:
    """
    Return the agendas that its owner disclosed of meetings about a need, by day; of meetings that are off, none.

    Beside a listing of anybody else they would say whom the authority meets: the firm that offers it.
    """
    found = Disclosure.objects.filter(listing_id=listing.pk, authority_id=listing.owner_org_id)
    rows = {one.request_id: one for one in found}
    if not rows:
        return []
    with acting_as_system("tell the day of a meeting whose agenda is disclosed"):
        requests = list(
            MeetingRequest.objects.filter(
                pk__in=list(rows), state=MeetingRequest.State.ACCEPTED
            ).select_related("sender__organisation", "receiver__organisation", "edition")
        )
        held = Meeting.objects.filter(
            request__in=requests, version__state=TimetableVersion.State.PUBLISHED
        ).select_related("slot")
        starts = {one.request_id: one.slot.starts_at for one in held}
    lines = [_line(rows[one.pk], one, starts.get(one.pk)) for one in requests]
    return sorted(lines, key=lambda one: (one.on or dt.date.max, one.disclosed_at))


def _line(row: Disclosure, request: MeetingRequest, start: dt.datetime | None) -> DisclosedLine:
    side = authority_side(request)
    return DisclosedLine(
        authority=side.organisation.name if side else "",
        text=row.text,
        on=start.astimezone(request.edition.zone).date() if start else None,
        disclosed_at=row.disclosed_at,
    )
