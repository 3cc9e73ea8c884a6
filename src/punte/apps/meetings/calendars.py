"""
Calendar feeds: a secret, revocable address per delegate, read in that person's name at each request.

References
----------
RFC 5545: 3.8.4.7 UID, 3.8.7.4 SEQUENCE, 3.6.5 VTIMEZONE, 3.8.1.11 STATUS. RFC 7986, 5.7 REFRESH-INTERVAL. A feed names no
ATTENDEE: calendars would take its owner for invited and answer.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import icalendar
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from punte.apps.access.actions import record
from punte.apps.access.kept_questions import Asked, Kept
from punte.apps.access.permissions import Subject, acting, acting_as_system, right_groups
from punte.apps.forum.models import Delegate, Edition
from punte.apps.forum.queries import Face, faces
from punte.apps.meetings.actions import NotThereError
from punte.apps.meetings.models import CalendarEntry, CalendarFeed, MeetingRequest
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.people.itip import address_event, attach_calendar, begin_calendar
from punte.apps.people.mail_kinds import Attachment
from punte.apps.people.mail_sending import language_of
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person

State = MeetingRequest.State
DOMAIN: Final = "punte.invalid"
"""Right side of every UID; it names no host, so that a site that moves keeps its UIDs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeed:
    """A feed with its secret, which is shown once and not kept."""

    feed: CalendarFeed
    secret: str


def make_feed(*, by: Subject, delegate: Delegate) -> NewFeed:
    """
    Return a new feed of one's own meetings; older ones stop working.

    Raises
    ------
    NotAllowedError
        The delegate is somebody else.
    """
    if not _is_own(by, delegate):
        raise NotAllowedError(
            _("Only the delegate whose meetings it shows can make a calendar's address.")
        )
    revoke_feeds(by=by, delegate=delegate)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        edition_id=delegate.edition_id,
        delegate=delegate,
        secret_sha256=_digest(secret),
        owner_org_id=delegate.owner_org_id,
        label_stewards=right_groups("organise", edition_id=delegate.edition_id),
    )
    record("calendar.opened", feed, edition_id=delegate.edition_id)
    return NewFeed(feed=feed, secret=secret)


def revoke_feeds(*, by: Subject, delegate: Delegate) -> int:
    """
    Make every feed of one's own stop working; return how many did [count].

    Raises
    ------
    NotAllowedError
        The delegate is somebody else.
    """
    if not _is_own(by, delegate):
        raise NotAllowedError(_("Only the delegate it belongs to can stop a calendar's address."))
    ended = CalendarFeed.objects.filter(delegate=delegate, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    if ended:
        record("calendar.revoked", delegate, edition_id=delegate.edition_id, feeds=ended)
    return ended


def _is_own(by: Subject, delegate: Delegate) -> bool:
    """Whether it is the delegate itself: an address made in another's name would outlast the acting."""
    return by.person_id == delegate.person_id and by.acted_by is None


_FEEDS = Kept(
    lambda: CalendarFeed.objects.filter(
        delegate_id=Asked("delegate"), revoked_at__isnull=True
    ).values_list("pk")[:1]
)


def has_feed(delegate_id: UUID) -> bool:
    """Return whether a feed of the delegate works now."""
    return bool(_FEEDS.ask(delegate=delegate_id))


def read_feed(secret: str) -> bytes:
    """
    Return the calendar behind a secret, as its person may see it now.

    Raises
    ------
    NotThereError
        No feed has this secret, or it was revoked: the answer is the same.
    """
    with acting_as_system("open a calendar feed"):
        feed = (
            CalendarFeed.objects.filter(secret_sha256=_digest(secret), revoked_at__isnull=True)
            .select_related("delegate__person__account", "edition")
            .first()
        )
        if feed is None:
            raise NotThereError(
                "There is no calendar at this address. Make a new one on your page."
            )
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=timezone.now())
    language = language_of(feed.delegate.person)
    # A calendar asks in no language of its own.
    with acting(subject_of_person(feed.delegate.person_id)), override(language):
        return write_calendar(feed.edition, feed.delegate_id)


def write_invitation(
    edition: Edition,
    delegate: Delegate,
    entry: CalendarEntry,
    *,
    method: str,
    reader: Person,
    people: Mapping[UUID, Face] | None,
) -> Attachment:
    """
    Return a meeting of a delegate as an iTIP message: a program of mails puts it into the calendar, or takes it out.

    One file is one meeting: all events of a message have the same UID, and programs take in the first of several.

    Parameters
    ----------
    method
        ``REQUEST`` for new and moved meetings, ``CANCEL`` for those that are off.
    people
        Whom it may name; None where it names nobody and no reason: for who may no longer see them.

    References
    ----------
    RFC 5546, sections 3.2.2 (REQUEST) and 3.2.5 (CANCEL).
    """
    calendar = begin_calendar(method)
    event = _event(entry, edition, delegate.pk, people or {}, is_off=method == "CANCEL")
    if people is None:
        del event["description"]
    address_event(event, caller=str(edition.said["name"]), reader=reader, name=delegate.badge_name)
    calendar.add_component(event)
    starts = entry.slot.starts_at.astimezone(edition.zone)
    return attach_calendar(calendar, what=f"{starts:%Y-%m-%d-%H%M}-{entry.request.code}")


def write_calendar(edition: Edition, delegate_id: UUID) -> bytes:
    """
    Return every meeting of a delegate that was ever published.

    What is off, and where a colleague stands in, stays as CANCELLED: a calendar takes it out then.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Punte//Calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", str(edition.said["name"]))
    calendar.add("refresh-interval", dt.timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    people = faces(edition.pk)
    entries = (
        CalendarEntry.objects.filter(
            Q(request__sender_id=delegate_id)
            | Q(request__receiver_id=delegate_id)
            | Q(request__colleagues__contains=[delegate_id])
            | Q(former__contains=[delegate_id]),
            edition=edition,
        )
        .select_related("request", "slot", "place")
        .prefetch_related("place__wordings")
        .order_by("slot__starts_at", "id")
    )
    for entry in entries:
        calendar.add_component(_event(entry, edition, delegate_id, people))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _event(
    entry: CalendarEntry,
    edition: Edition,
    delegate_id: UUID,
    people: Mapping[UUID, Face],
    *,
    is_off: bool = False,
) -> icalendar.Event:
    request = entry.request
    is_confirmed = entry.status == CalendarEntry.Status.CONFIRMED
    is_on = is_confirmed and not is_off and delegate_id in request.parties
    event = icalendar.Event()
    event.add("uid", f"{entry.pk}@{DOMAIN}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(dt.UTC))
    event.add("last-modified", entry.changed_at.astimezone(dt.UTC))
    event.add("status", "CONFIRMED" if is_on else "CANCELLED")
    event.add("dtstart", entry.slot.starts_at.astimezone(edition.zone))
    event.add("dtend", entry.slot.ends_at.astimezone(edition.zone))
    event.add("summary", whom(other_side(request, delegate_id, people), request))
    event.add(
        "location", f"{entry.place.said['name']}, {edition.said['venue']}, {edition.said['city']}"
    )
    event.add("description", request.reason)
    event.add("transp", "OPAQUE" if is_on else "TRANSPARENT")
    return event


def other_side(
    request: MeetingRequest, delegate_id: UUID, people: Mapping[UUID, Face]
) -> Face | None:
    """Return the other side of a request for a delegate of one side, also where a colleague has its seat."""
    if delegate_id == request.sender_id:
        return people.get(request.receiver_id)
    if delegate_id == request.receiver_id:
        return people.get(request.sender_id)
    mine, sender = people.get(delegate_id), people.get(request.sender_id)
    is_ours = mine is not None and sender is not None and mine.organisation == sender.organisation
    return people.get(request.receiver_id) if is_ours else sender


def whom(other: Face | None, request: MeetingRequest) -> str:
    """Return in words whom a request is with; why it is off where the other side is in sight no more."""
    if other is not None:
        return f"{other.name}, {other.organisation}"
    return request.answer if request.state == State.WITHDRAWN and request.answer else request.code


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
