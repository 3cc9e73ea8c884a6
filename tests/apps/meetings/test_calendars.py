"""Calendar feeds as calendars read them."""

from dataclasses import replace

import icalendar
import pytest
import vobject

from punte.apps.access.permissions import acting
from punte.apps.forum.queries import delegate_of
from punte.apps.meetings import calendars, publication
from punte.apps.meetings.actions import NotThereError
from punte.apps.meetings.models import Meeting
from punte.apps.meetings.permissions import NotAllowedError
from small_forum import Forum, solve

pytestmark = pytest.mark.django_db(transaction=True)


def events(content: bytes) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def test_a_feed_updates_in_place_and_keeps_what_was_cancelled(committed_forum: Forum) -> None:
    forum = committed_forum
    organiser, company = forum.organiser, forum.subject("company")
    first = solve(forum)
    with acting(organiser):
        publication.publish_version(by=organiser, version_id=first.id)
    with acting(company):
        delegate = delegate_of(company, forum.edition.pk)
        assert delegate is not None
        secret = calendars.make_feed(by=company, delegate=delegate).secret
        mine = Meeting.objects.filter(version=first.id, seats__delegate=delegate).count()
    before = calendars.read_feed(secret)
    assert len(events(before)) == mine > 0
    assert b"ATTENDEE" not in before
    assert b"BEGIN:VTIMEZONE" in before
    assert vobject.readOne(before.decode()).vevent_list
    with acting(organiser):
        dropped = Meeting.objects.filter(version=first.id, seats__delegate=delegate)[0].request
        dropped.state = "withdrawn"
        dropped.save()
    second = solve(forum)
    with acting(organiser):
        publication.publish_version(by=organiser, version_id=second.id)
    old, new = events(before), events(calendars.read_feed(secret))
    assert set(old) <= set(new)
    gone = [uid for uid, event in new.items() if event["STATUS"] == "CANCELLED"]
    assert len(gone) >= 1
    for uid in gone:
        assert new[uid]["SEQUENCE"] == old[uid]["SEQUENCE"] + 1


def test_a_revoked_or_guessed_address_shows_nothing(committed_forum: Forum) -> None:
    company = committed_forum.subject("company")
    with acting(company):
        delegate = delegate_of(company, committed_forum.edition.pk)
        assert delegate is not None
        first = calendars.make_feed(by=company, delegate=delegate)
        second = calendars.make_feed(by=company, delegate=delegate)
        assert first.feed.secret_sha256 != first.secret
    for secret in (first.secret, "guessed"):
        with pytest.raises(NotThereError):
            calendars.read_feed(secret)
    assert b"VCALENDAR" in calendars.read_feed(second.secret)
    with acting(company):
        assert calendars.revoke_feeds(by=company, delegate=delegate) == 1
        assert not calendars.has_feed(delegate.pk)
    with pytest.raises(NotThereError):
        calendars.read_feed(second.secret)


def test_nobody_makes_a_feed_for_somebody_else(committed_forum: Forum) -> None:
    company, organiser = committed_forum.subject("company"), committed_forum.organiser
    with acting(company):
        delegate = delegate_of(company, committed_forum.edition.pk)
    assert delegate is not None
    with acting(organiser), pytest.raises(NotAllowedError):
        calendars.make_feed(by=organiser, delegate=delegate)


def test_whoever_acts_in_anothers_name_neither_makes_nor_stops_its_feed(
    committed_forum: Forum,
) -> None:
    company = committed_forum.subject("company")
    with acting(company):
        delegate = delegate_of(company, committed_forum.edition.pk)
        assert delegate is not None
        secret = calendars.make_feed(by=company, delegate=delegate).secret
    behalf = replace(company, acted_by=committed_forum.organiser.person_id)
    with acting(behalf):
        with pytest.raises(NotAllowedError):
            calendars.make_feed(by=behalf, delegate=delegate)
        with pytest.raises(NotAllowedError):
            calendars.revoke_feeds(by=behalf, delegate=delegate)
    assert calendars.read_feed(secret)
