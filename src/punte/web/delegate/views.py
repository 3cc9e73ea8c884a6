"""A delegate's own page: meetings, their reasons, what could not be held, the calendar feed."""

import datetime as dt
from itertools import groupby
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name
from punte.apps.forum.floor_plans import plans_of
from punte.apps.forum.models import Delegate, Edition, SessionPart
from punte.apps.forum.queries import (
    Face,
    delegate_of,
    faces,
    find_edition,
    list_sessions,
    session_parts,
)
from punte.apps.forum.seat_queue import places_in_queues
from punte.apps.forum.unlisted import is_unlisted
from punte.apps.meetings.calendars import has_feed, other_side
from punte.apps.meetings.contact import contacts_among
from punte.apps.meetings.models import ContactLine
from punte.apps.meetings.own import (
    MyMeeting,
    count_my_requests,
    my_contacts,
    my_meetings,
    my_unmet,
)
from punte.apps.meetings.preliminary import Preliminary, preliminary_meetings
from punte.apps.meetings.queries import UnmetLine, published_version
from punte.web.delegate.day import SHOWN_ONCE
from punte.web.navigation import edition_items, main_items
from punte.web.organiser.sentences import explain_unmet
from punte.web.worker import let_keep


def open_place(slug: str) -> tuple[Edition, Delegate]:
    """
    Return an edition and the reader's place in it.

    Raises
    ------
    Http404
        There is no such edition for the reader, or they are not its delegate.
    """
    edition = find_edition(slug)
    delegate = delegate_of(active_subject(), edition.pk) if edition else None
    if edition is None or delegate is None:
        raise Http404
    return edition, delegate


def _meeting_row(meeting: MyMeeting, *, now: dt.datetime) -> dict[str, object]:
    other = meeting.other
    return {
        "session": None,
        "is_next": False,
        "request_id": meeting.request_id,
        "after": meeting.request_id if meeting.slot.starts_at <= now else None,
        "starts_at": meeting.slot.starts_at,
        "ends_at": meeting.slot.ends_at,
        "with_organisation": other.organisation if other else "\N{EM DASH}",
        "with_person": other.name if other else "",
        "with_function": other.function if other else "",
        "with_country": country_name(other.country) if other else "",
        "place_name": meeting.place_said,
        "reason": meeting.why,
        "about": meeting.about,
        "is_mine": meeting.asked_by_me,
    }


def preliminary_row(one: Preliminary, other: Face | None) -> dict[str, object]:
    """Return a meeting of a preliminary timetable as pages show it, with one's remark on it."""
    return {
        "request_id": one.request.pk,
        "slot": one.meeting.slot,
        "place_name": one.meeting.place.said["name"],
        "with_organisation": other.organisation if other else "\N{EM DASH}",
        "with_person": other.name if other else "",
        "until": one.until,
        "text": one.remark.text if one.remark else "",
        "revision": one.remark.revision if one.remark else 0,
    }


def _preliminary(delegate: Delegate) -> list[dict[str, object]]:
    found = preliminary_meetings(delegate)
    if not found:
        return []
    parties = {key for one in found for key in (one.request.sender_id, one.request.receiver_id)}
    people = faces(delegate.edition_id, {*parties, delegate.pk})
    return [preliminary_row(one, other_side(one.request, delegate.pk, people)) for one in found]


def _unmet_row(line: UnmetLine, delegate: Delegate) -> dict[str, str]:
    sides = [face for face in (line.sender, line.receiver) if face]
    others = [face for face in sides if face.delegate_id != delegate.pk]
    return {
        "with_organisation": others[0].organisation if others else "\N{EM DASH}",
        "sentence": explain_unmet(line.code),
    }


def _entries(
    delegate: Delegate, edition: Edition, meetings: list[MyMeeting], *, now: dt.datetime
) -> list[dict[str, object]]:
    """Return the delegate's day: meetings, and the sessions it may enter, in time order."""
    rows = [_meeting_row(meeting, now=now) for meeting in meetings]
    parts = session_parts(delegate.pk)
    labels = dict(SessionPart.Part.choices)
    sessions = list_sessions(edition.pk)
    # Nobody waits where no session counts its seats.
    is_counted = any(one.capacity is not None and one.pk not in parts for one in sessions)
    places = places_in_queues(delegate.pk) if is_counted else {}
    for session in sessions:
        if not session.is_released and session.pk not in parts:
            continue
        rows.append(
            {
                "starts_at": session.starts_at,
                "ends_at": session.ends_at,
                "is_next": False,
                "session": session,
                "part": labels.get(parts.get(session.pk, ""), ""),
                "is_off": session.is_cancelled,
                "is_seatless": session.capacity is not None and session.pk not in parts,
                "place_in_queue": places.get(session.pk),
            }
        )
    rows.sort(key=lambda row: (row["starts_at"], row["session"] is None))
    for row in rows:
        is_theirs = not (row.get("is_off") or row.get("is_seatless"))
        if is_theirs and cast("dt.datetime", row["ends_at"]) > now:
            row["is_next"] = True
            break
    return rows


def _day_of(row: dict[str, object], edition: Edition) -> dt.date:
    return cast("dt.datetime", row["starts_at"]).astimezone(edition.zone).date()


def _contacts(delegate: Delegate) -> list[tuple[Delegate, str, ContactLine | None]]:
    """Return whom a delegate meets, with the country and, where it is released to them, the contact line."""
    found = my_contacts(delegate)
    lines = contacts_among(one.pk for one in found)
    return [(one, country_name(one.organisation.country_id), lines.get(one.pk)) for one in found]


@require_GET
def show_my_meetings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a delegate's meetings: with whom, where, why; and the way into their calendar."""
    edition, delegate = open_place(slug)
    version = published_version(edition.pk)
    meetings = my_meetings(delegate.pk, version) if version else []
    now = timezone.now()
    rows = _entries(delegate, edition, meetings, now=now)
    days = [
        {"day": day, "meetings": list(group)}
        for day, group in groupby(rows, key=lambda row: _day_of(row, edition))
    ]
    requests = count_my_requests(delegate.pk)
    context = {
        "edition": edition,
        "synthetic": edition.is_synthetic,
        "delegate": {
            "name": delegate.badge_name,
            "organisation": delegate.organisation.name,
            "kind": delegate.organisation.kind,
        },
        "days": days,
        "is_published": version is not None,
        "preliminary": _preliminary(delegate),
        "has_meetings": bool(meetings),
        "read_at": now,
        "address": f"/e/{edition.slug}/",
        "waiting": requests.waiting,
        "sent": requests.sent,
        "accepted": requests.accepted,
        "has_feed": has_feed(delegate.pk),
        "new_feed": request.session.pop(SHOWN_ONCE, ""),
        "code": delegate.code,
        "plans": plans_of(edition),
        "asks_listing": is_unlisted(delegate),
        "contacts": _contacts(delegate),
        "unmet": [_unmet_row(line, delegate) for line in my_unmet(delegate.pk, version)]
        if version
        else [],
        "navigation": main_items(request),
        "subnavigation": edition_items(request, edition, active_subject(), me=delegate),
    }
    return let_keep(request, render(request, "delegate/my_meetings.html", context))
