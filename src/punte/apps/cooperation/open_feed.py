"""A secret, revocable address of what is open for a person, read in that person's name at each request."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import Final
from uuid import UUID

import icalendar
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation.models import OpenFeed
from punte.apps.cooperation.open_items import OpenItem, open_items
from punte.apps.people.mail_sending import language_of
from punte.apps.people.models import Person
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.queries import subject_of_person
from punte.kernel.days import day_after

DOMAIN: Final = "punte.invalid"
"""Right side of every UID; it names no host, so that a site that moves keeps its UIDs."""


def make_open_feed(*, by: Subject) -> str:
    """
    Return the secret of a new address; older ones stop working.

    Raises
    ------
    NotAllowedError
        No person stands behind the subject, or another acts for it.
    """
    person_id, org_id = _own(by)
    revoke_open_feeds(by=by)
    secret = secrets.token_urlsafe(32)
    feed = OpenFeed.objects.create(
        person_id=person_id, secret_sha256=_digest(secret), owner_org_id=org_id
    )
    record("open_calendar.opened", feed)
    return secret


def revoke_open_feeds(*, by: Subject) -> int:
    """
    Make every such address of one's own stop working; return how many did [count].

    Raises
    ------
    NotAllowedError
        No person stands behind the subject, or another acts for it.
    """
    person_id, _org_id = _own(by)
    found = OpenFeed.objects.filter(person_id=person_id, revoked_at__isnull=True)
    ended = found.update(revoked_at=timezone.now())
    if ended:
        record("open_calendar.revoked", None, feeds=ended)
    return ended


def _own(by: Subject) -> tuple[UUID, UUID]:
    """Return the person and its organisation: an address made in another's name would outlast the acting."""
    if by.person_id is None or by.org_id is None or by.acted_by is not None or not by.may_write:
        raise NotAllowedError(
            _("Only the person it belongs to makes or stops a calendar's address.")
        )
    return by.person_id, by.org_id


def has_open_feed(subject: Subject) -> bool:
    """Return whether an address of the subject's works now."""
    own = OpenFeed.objects.filter(person_id=subject.person_id or UUID(int=0))
    return own.filter(revoked_at__isnull=True).exists()


def read_open_feed(secret: str) -> bytes | None:
    """Return the calendar behind a secret, as its person may see it now; None where no address has it, or it was revoked."""
    with acting_as_system("open a calendar feed"):
        found = OpenFeed.objects.filter(secret_sha256=_digest(secret), revoked_at__isnull=True)
        feed = found.first()
        if feed is None:
            return None
        OpenFeed.objects.filter(pk=feed.pk).update(last_read_at=timezone.now())
        language = language_of(Person.objects.select_related("account").get(pk=feed.person_id))
    subject = subject_of_person(feed.person_id)
    # A calendar that fetches it says its own language or none: what it keeps is the person's.
    with translation.override(language), acting(subject):
        return write_open(open_items(subject, today=timezone.localdate()))


def write_open(items: Iterable[OpenItem]) -> bytes:
    """Return what is open and has a day as a calendar; each keeps its UID for good."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Punte//What is open//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("What is open"))
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for item in items:
        if item.day is None:
            continue
        event = icalendar.Event()
        event.add("uid", f"open-{item.kind}-{item.key}@{DOMAIN}")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", item.day)
        # RFC 5545 3.6.1: the end of whole days is the day after the last.
        event.add("dtend", day_after(item.until or item.day))
        event.add("summary", f"{item.kind_words}: {item.what}")
        event.add("location", item.place)
        event.add("description", item.where)
        event.add("url", f"{settings.PUNTE_ADDRESS}{item.path}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
