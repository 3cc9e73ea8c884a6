"""A mail of meetings as calendars take it in: each file is one meeting, and what comes later lands on the same one."""

from email.message import EmailMessage as Message
from email.mime.base import MIMEBase
from itertools import cycle

import icalendar
import pytest
import vobject
from django.core import mail

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate, Place, Slot
from punte.apps.meetings.models import CalendarEntry, MeetingRequest
from punte.apps.people.mail import queue_mail
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail
from small_forum import load_small

pytestmark = pytest.mark.django_db(transaction=True)
MEETINGS = 16
KILOBYTES_EACH = 4


def meetings_of(delegate: Delegate) -> list[CalendarEntry]:
    """Return so many published meetings of one delegate as a full day has."""
    edition = delegate.edition
    with acting_as_system("tests"):
        slots, place = (
            Slot.objects.filter(edition=edition),
            Place.objects.filter(edition=edition).first(),
        )
        others = (
            Delegate.objects.filter(edition=edition)
            .exclude(organisation=delegate.organisation_id)
            .order_by("pk")
        )
        entries = []
        for idx, (other, slot) in enumerate(zip(cycle(others), cycle(slots), strict=False)):
            if idx == MEETINGS:
                break
            request = MeetingRequest.objects.create(
                edition=edition,
                code=f"T{idx}",
                sender=delegate,
                receiver=other,
                reason="Băi, țigle: a reason with some words in it. " * 4,
                state="accepted",
                owner_org_id=delegate.owner_org_id,
            )
            entries.append(
                CalendarEntry.objects.create(
                    edition=edition, request=request, status="CONFIRMED", slot=slot, place=place
                )
            )
    return entries


def sent_to(delegate: Delegate, entries: list[CalendarEntry], key: str) -> Message:
    with acting_as_system("tests"):
        queue_mail(
            kind="timetable.published",
            to=delegate.person,
            key=key,
            edition_id=delegate.edition_id,
            details={
                "delegate": str(delegate.pk),
                "entries": [str(one.pk) for one in entries],
                "is_change": key != "first",
            },
        )
        letter = Mail.objects.get(person=delegate.person, key=key)
    assert send_mail(letter.pk) == Mail.State.SENT
    return mail.outbox[-1]


def event_in(part: MIMEBase) -> tuple[str, icalendar.Event]:
    """Return the method and the only event of a file, read by both libraries."""
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = icalendar.Calendar.from_ical(content)
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == calendar["METHOD"]
    uids = {str(one["UID"]) for one in calendar.walk("VEVENT")}
    assert len(uids) == 1, "RFC 5546, 3.2.2 and 3.2.5: all components have the same UID"
    (read_again,) = vobject.readComponents(content.decode())
    assert {one.uid.value for one in read_again.vevent_list} == uids
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def test_each_meeting_is_a_file_of_its_own_and_an_update_lands_on_it() -> None:
    edition = load_small().edition
    with acting_as_system("tests"):
        delegate = Delegate.objects.select_related("person", "edition").get(
            edition=edition, person__account__email="company@bucharest.example"
        )
    entries = meetings_of(delegate)
    first = sent_to(delegate, entries, "first")
    names = [str(part.get_filename()) for part in first.attachments]
    assert len(names) == MEETINGS
    assert len(set(names)) == MEETINGS, "names tell the files apart"
    read = [event_in(part) for part in first.attachments]
    assert {method for method, _event in read} == {"REQUEST"}
    before = {str(event["UID"]): event for _method, event in read}
    assert before.keys() == {f"{one.pk}@punte.invalid" for one in entries}
    for name, (_method, event) in zip(names, read, strict=True):
        assert f"{event['DTSTART'].dt:%Y-%m-%d-%H%M}" in name
    assert len(first.message().as_bytes()) < MEETINGS * KILOBYTES_EACH * 1024
    moved, off = entries[0], entries[1]
    with acting_as_system("tests"):
        for one in (moved, off):
            one.sequence += 1
        off.status = "CANCELLED"
        moved.slot = entries[2].slot
        for one in (moved, off):
            one.save()
    second = sent_to(delegate, [moved, off], "second")
    methods = dict(event_in(part) for part in second.attachments)
    assert methods.keys() == {"REQUEST", "CANCEL"}
    for method, one in (("REQUEST", moved), ("CANCEL", off)):
        event = methods[method]
        assert str(event["UID"]) == f"{one.pk}@punte.invalid"
        assert int(event["SEQUENCE"]) == int(before[str(event["UID"])]["SEQUENCE"]) + 1
        assert event["DTSTAMP"].dt == one.changed_at.replace(microsecond=0)
