"""Four eyes: where an edition asks for it, an authority meets a firm with two persons, or with one and a witness of the host."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.forum.models import Delegate, Edition
from punte.apps.forum.queries import Face, faces
from punte.apps.forum.revisions import claim_revision
from punte.apps.meetings.apart import reason_apart, strangers
from punte.apps.meetings.asking import open_request, require_read
from punte.apps.meetings.coming_along import MOST_COLLEAGUES, along, seat_colleagues
from punte.apps.meetings.disclosing import authority_side
from punte.apps.meetings.may_ask import OPEN
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableRules
from punte.apps.meetings.permissions import NotAllowedError, may_organise, require_organiser
from punte.apps.meetings.telling import tell_side
from punte.kernel.errors import PunteError

ENOUGH: Final = 2
"""Persons of the authority's side who see what is said [count]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePair:
    """A request of an authority and a firm, accepted, at which one person of the authority's side alone is to be."""

    request_id: UUID
    code: str
    official_id: UUID
    official: str
    authority: str
    firm: str


def asks_four_eyes(edition_id: UUID) -> bool:
    """Whether an edition asks that two persons of an authority meet a firm."""
    return TimetableRules.objects.filter(edition=edition_id, asks_four_eyes=True).exists()


def set_four_eyes(
    *, by: Subject, edition: Edition, asks: bool, read_revision: int | None = None
) -> None:
    """
    Say whether an edition asks for it. It counts at once, calls nothing off and moves no meeting.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    ChangedMeanwhileError
        The rules are not the revision that was read.
    """
    require_organiser(by, edition.pk, wish="change the rules of the timetable")
    claim_revision(edition, "rules", read=read_revision)
    TimetableRules.objects.update_or_create(edition=edition, defaults={"asks_four_eyes": asks})
    record("timetable.four_eyes", edition, edition_id=edition.pk, asks=asks)


def eyes_in(request: MeetingRequest, known: Mapping[UUID, Face], host_id: UUID) -> int | None:
    """
    Return how many persons of the authority's side are to be at a meeting with a firm [count]; None for any other meeting.

    Parameters
    ----------
    known
        Faces of the edition, by delegate.
    host_id
        The organisation that hosts the edition: who comes along from there is a witness.
    """
    sides = [known.get(request.sender_id), known.get(request.receiver_id)]
    kinds = {side.kind: side for side in sides if side is not None}
    if not {"authority", "company"} <= kinds.keys():
        return None
    counts = {kinds["authority"].organisation_id, host_id}
    others = [known[key] for key in request.colleagues if key in known]
    return 1 + sum(one.organisation_id in counts for one in others)


def with_one_pair(edition: Edition, *, version_id: UUID | None = None) -> list[OnePair]:
    """
    Return the accepted requests that have one pair of eyes, by authority and firm; queries are constant.

    Parameters
    ----------
    version_id
        Only those that this version of the timetable holds; all where ``None``.
    """
    rows = MeetingRequest.objects.filter(edition=edition, state=MeetingRequest.State.ACCEPTED)
    if version_id is not None:
        held = Meeting.objects.filter(version=version_id)
        rows = rows.filter(pk__in=held.values("request_id"))
    return one_pair_among(edition, rows, faces(edition.pk))


def one_pair_among(
    edition: Edition, rows: Iterable[MeetingRequest], known: Mapping[UUID, Face]
) -> list[OnePair]:
    """Return which of these requests have one pair of eyes, as they stand in memory, by authority and firm."""
    found = []
    for row in rows:
        if eyes_in(row, known, edition.owner_org_id) != 1:
            continue
        sides = {known[key].kind: known[key] for key in (row.sender_id, row.receiver_id)}
        found.append(
            OnePair(
                request_id=row.pk,
                code=row.code,
                official_id=sides["authority"].delegate_id,
                official=sides["authority"].name,
                authority=sides["authority"].organisation,
                firm=sides["company"].organisation,
            )
        )
    return sorted(found, key=lambda one: (one.authority, one.official, one.firm, one.code))


def lacks_second(
    edition: Edition, rows: Iterable[MeetingRequest], known: Mapping[UUID, Face]
) -> frozenset[UUID]:
    """Return which of these requests are open and have one pair of eyes, in one query; none where the edition asks for no second."""
    if not asks_four_eyes(edition.pk):
        return frozenset()
    host_id = edition.owner_org_id
    return frozenset(
        row.pk for row in rows if row.state in OPEN and eyes_in(row, known, host_id) == 1
    )


def who_could_come(by: Subject, request: MeetingRequest) -> list[Delegate]:
    """
    Return whom the subject can let come along on the authority's side of a meeting with a firm, by name; nobody where it may not.

    The authority's people choose among their own; organisers among those and the host's, who then come as a witness.
    """
    side = authority_side(request)
    if side is None or request.state not in OPEN:
        return []
    organises = may_organise(by, request.edition_id)
    if not (organises or (by.org_id == side.organisation_id and by.may_write)):
        return []
    firm = request.receiver if side.pk == request.sender_id else request.sender
    places = {side.organisation_id}
    places |= {request.edition.owner_org_id} - {firm.organisation_id} if organises else set()
    found = Delegate.objects.filter(
        edition=request.edition_id, organisation__in=places, left_at__isnull=True
    )
    sides = (request.sender_id, request.receiver_id)
    return list(found.exclude(pk__in=sides).select_related("organisation").order_by("badge_name"))


def name_second_pair(
    *, by: Subject, request_id: UUID, delegates: Iterable[UUID], read_revision: int
) -> MeetingRequest:
    """
    Say who comes along on the authority's side of a meeting with a firm; who else comes along stays.

    Whoever comes along is busy while it is held, and sees the request.

    Raises
    ------
    NotThereError, NotAllowedError
        There is no such request for the subject, it has no part in its authority's side, or one is kept apart from another.
    ChangedMeanwhileError
        It was changed since it was read.
    PunteError
        One of them cannot be chosen, or they are more than three.
    TakenError
        It has a time, and one who came in is not free then.
    """
    request = open_request(by, request_id)
    could = {one.pk: one for one in who_could_come(by, request)}
    if not could:
        raise NotAllowedError(
            _("Only the authority's side and the organisers say who comes along on that side.")
        )
    require_read(request, read_revision)
    wanted = list(dict.fromkeys(delegates))
    if len(wanted) > MOST_COLLEAGUES or not could.keys() >= set(wanted):
        raise PunteError(
            _("Choose at most %(most)d persons of the list.") % {"most": MOST_COLLEAGUES}
        )
    rest = [one for one in along(request) if one.pk not in could]
    chosen = [could[key] for key in wanted]
    _refuse_apart(request, [*rest, *chosen])
    before = request.colleagues
    request.colleagues = [*wanted, *(one.pk for one in rest)]
    request.label_releasable_to = _readers(request, could.values(), chosen)
    request.revision += 1
    with transaction.atomic():
        request.save(update_fields=["colleagues", "label_releasable_to", "revision"])
        seat_colleagues(request, before)
    came = [str(key) for key in wanted if key not in before]
    record("request.second_pair", request, edition_id=request.edition_id, came=came)
    return request


def _refuse_apart(request: MeetingRequest, people: Sequence[Delegate]) -> None:
    pairs = strangers(request.sender, request.receiver, people)
    apart = next(filter(None, (reason_apart(*pair) for pair in pairs)), "")
    if apart:
        raise NotAllowedError(apart)


def _readers(
    request: MeetingRequest, could: Iterable[Delegate], chosen: Iterable[Delegate]
) -> list[str]:
    """Return to whom a request is released: a witness of another organisation reads it as long as they come along."""
    sides = {request.sender.organisation_id, request.receiver.organisation_id}
    asked = {f"person:{one.person_id}" for one in could}
    came = {f"person:{one.person_id}" for one in chosen if one.organisation_id not in sides}
    return sorted({*request.label_releasable_to} - asked | came)


def ask_for_second(*, by: Subject, edition: Edition, request_ids: Iterable[UUID]) -> int:
    """
    Ask the authority's person of each of these meetings to name a second one; return how many are asked [count].

    Of one request somebody is asked once a day.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    PunteError
        The edition does not ask for it, or no meeting is named.
    """
    require_organiser(by, edition.pk, wish="ask for a second person")
    if not asks_four_eyes(edition.pk):
        raise PunteError(_("This edition does not ask for two persons. Switch it on first."))
    wanted = set(request_ids)
    if not wanted:
        raise PunteError(_("Tick the meetings whose people are asked."))
    found = [one for one in with_one_pair(edition) if one.request_id in wanted]
    rows = MeetingRequest.objects.in_bulk([one.request_id for one in found])
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for one in found:
        row = rows[one.request_id]
        tell_side(one.official_id, "request.second_pair", row, again=today)
        record("request.second_pair_asked", row, edition_id=edition.pk)
    return len(found)
