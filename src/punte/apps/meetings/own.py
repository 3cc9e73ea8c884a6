"""Reads of one delegate's own meetings and requests, in the active subject's name: few rows, few queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Value

from punte.apps.access.kept_questions import KEYS, Asked, IsAmong, Kept
from punte.apps.access.models import Words, lend_words, reader_language, words_for
from punte.apps.forum.models import (
    AttendeeCategory,
    CategoryWording,
    Delegate,
    Place,
    PlaceWording,
    Slot,
)
from punte.apps.forum.queries import CODE, Face, faces
from punte.apps.market.models import Listing
from punte.apps.meetings.about import listings_about
from punte.apps.meetings.calendars import other_side
from punte.apps.meetings.models import Meeting, MeetingRequest, Unmet
from punte.apps.meetings.queries import UnmetLine, VersionLine, unmet_line
from punte.apps.meetings.sides import takes_part


@dataclass(frozen=True, slots=True, kw_only=True)
class MyMeeting:
    """
    A meeting of one delegate in the published timetable.

    ``why`` is the reason given in the request, ``about`` what it is about, ``place_said`` its place in the reader's words.
    """

    meeting_id: UUID
    request_id: UUID
    request_code: str
    slot: Slot
    place: str
    place_said: Words
    place_code: str
    other: Face | None
    why: str
    about: Listing | None
    asked_by_me: bool
    is_locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCounts:
    """A delegate's requests [count]: to answer, sent and not answered, accepted."""

    waiting: int
    sent: int
    accepted: int


_ME = Asked("me")
_PENDING = Q(state=MeetingRequest.State.PENDING)
_MEETINGS = Kept(
    lambda: (
        Meeting.objects.filter(
            takes_part(_ME, "request__"),
            version_id=Asked("version"),
        )
        .select_related("request", "slot", "place", "request__lock")
        .annotate(
            place_worded=words_for(
                PlaceWording,
                Place.WORDS,
                of="place",
                through="place_id",
                language=Asked("language", CODE),
            )
        )
        .order_by("slot__starts_at")
    )
)
_AGREED = Kept(
    lambda: MeetingRequest.objects.filter(
        takes_part(_ME),
        edition_id=Asked("edition"),
        state=MeetingRequest.State.ACCEPTED,
    ).values_list("sender_id", "receiver_id", "colleagues")
)
_CONTACTS = Kept(
    lambda: (
        Delegate.objects.filter(
            IsAmong(F("pk"), Asked("people", KEYS)), edition_id=Asked("edition")
        )
        .exclude(organisation_id=Asked("mine"))
        .select_related("organisation", "category")
        .annotate(
            category_worded=words_for(
                CategoryWording,
                AttendeeCategory.WORDS,
                of="category",
                through="category_id",
                language=Asked("language", CODE),
            )
        )
        .order_by("badge_name", "pk")
    )
)
_UNMET = Kept(
    lambda: Unmet.objects.filter(
        Q(request__sender_id=_ME) | Q(request__receiver_id=_ME), version_id=Asked("version")
    ).select_related("request")
)
_COUNTS = Kept(
    lambda: (
        MeetingRequest.objects.filter(Q(sender_id=_ME) | Q(receiver_id=_ME))
        .order_by()
        .values(everyone=Value(1))
        .annotate(
            waiting=Count("pk", filter=_PENDING & Q(receiver_id=_ME)),
            sent=Count("pk", filter=_PENDING & Q(sender_id=_ME)),
            accepted=Count("pk", filter=Q(state=MeetingRequest.State.ACCEPTED)),
        )
        .values_list("waiting", "sent", "accepted")
    )
)


def my_meetings(delegate_id: UUID, version: VersionLine) -> list[MyMeeting]:
    """Return a delegate's meetings of a version in time order, those among them to which it comes along."""
    rows = _MEETINGS.ask(me=delegate_id, version=version.id, language=reader_language())
    for row in rows:
        lend_words(row.place, row.place_worded)
    known = faces(version.edition_id, _sides(row.request for row in rows) | {delegate_id})
    about = listings_about(row.request for row in rows)
    return [_my_meeting(row, delegate_id, known, about.get(row.request_id)) for row in rows]


def _my_meeting(
    row: Meeting, delegate_id: UUID, known: Mapping[UUID, Face], about: Listing | None
) -> MyMeeting:
    request = row.request
    return MyMeeting(
        meeting_id=row.pk,
        request_id=request.pk,
        request_code=request.code,
        slot=row.slot,
        place=row.place.name,
        place_said=row.place.said["name"],
        place_code=row.place.code,
        other=other_side(request, delegate_id, known),
        why=request.reason,
        about=about,
        asked_by_me=request.sender_id == delegate_id,
        is_locked=hasattr(request, "lock"),
    )


def my_contacts(delegate: Delegate) -> list[Delegate]:
    """Return whom a delegate agreed to meet, and the colleagues who come along, by name: with organisation and category."""
    agreed = _AGREED.ask(me=delegate.pk, edition=delegate.edition_id)
    people = {
        key for sender, receiver, others in agreed for key in (sender, receiver, *(others or ()))
    }
    if not people:
        return []
    found = _CONTACTS.ask(
        people=list(people),
        edition=delegate.edition_id,
        mine=delegate.organisation_id,
        language=reader_language(),
    )
    for one in found:
        lend_words(one.category, one.category_worded)
    return [*found]


def my_unmet(delegate_id: UUID, version: VersionLine) -> list[UnmetLine]:
    """Return a delegate's accepted requests that the version does not hold, with the cause of each."""
    rows = _UNMET.ask(me=delegate_id, version=version.id)
    known = faces(version.edition_id, _sides(row.request for row in rows))
    return [unmet_line(row, known) for row in rows]


def requests_of(delegate: Delegate, *, is_own: bool) -> QuerySet[MeetingRequest]:
    """
    Return the requests that a delegate's organisation sent and received.

    Parameters
    ----------
    is_own
        Only the delegate's own.
    """
    mine = (
        Q(sender=delegate) | Q(receiver=delegate)
        if is_own
        else Q(sender__organisation=delegate.organisation_id)
        | Q(receiver__organisation=delegate.organisation_id)
    )
    return MeetingRequest.objects.filter(mine, edition_id=delegate.edition_id)


def _sides(requests: Iterable[MeetingRequest]) -> set[UUID]:
    return {key for one in requests for key in (one.sender_id, one.receiver_id)}


def count_my_requests(delegate_id: UUID) -> RequestCounts:
    """Return how many requests of a delegate wait for its answer, for theirs, and are accepted."""
    waiting, sent, accepted = _COUNTS.first(me=delegate_id) or (0, 0, 0)
    return RequestCounts(waiting=waiting, sent=sent, accepted=accepted)
