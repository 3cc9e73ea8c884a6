"""No mail says anything of a hidden row: every kind of mail about one, and every round of mails, the same with and without."""

import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.core import mail
from django.db import transaction
from django.utils import timezone

from cast import EDITION, Cast, Member, make_open_edition
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation.digest import send_digests
from punte.apps.cooperation.feedback import ask_again
from punte.apps.cooperation.models import Post, Topic
from punte.apps.cooperation.promises import remind_of_promises
from punte.apps.cooperation.reminders import remind
from punte.apps.forum.models import Delegate
from punte.apps.market.models import Listing, SavedSearch
from punte.apps.market.searches import tell_searchers
from punte.apps.people.mail import queue_mail
from punte.apps.people.mail_kinds import KINDS
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail
from security.hidden_world import (
    ASKED,
    CANARY,
    SHOWN,
    World,
    build_hidden_world,
    build_shown_world,
)

pytestmark = pytest.mark.django_db
TOLD = (
    "cooperation.Activity",
    "cooperation.Assistance",
    "cooperation.AssistanceAnswer",
    "cooperation.Commitment",
    "cooperation.Cooperation",
    "cooperation.DatePoll",
    "cooperation.MeetingNote",
    "cooperation.MeetingTask",
    "cooperation.NextMeeting",
    "cooperation.Partner",
    "cooperation.SeatEvent",
    "cooperation.StageChange",
    "cooperation.Task",
    "forum.Edition",
    "forum.Session",
    "market.SavedSearch",
    "meetings.MeetingRequest",
    "meetings.TimetableVersion",
    "people.Nomination",
)
"""What mails are about."""
READERS = ("organiser", "authority", "company", "guest", "outsider")
ABOUT = (Listing, Post, Topic, *map(apps.get_model, TOLD))
Sent = list[tuple[str, str, str, tuple[str, ...]]]
NOW = timezone.now()


def prepare(cast: Cast) -> None:
    """Give each reader a search that the hidden words would meet, and a topic in which they wrote."""
    build_shown_world()
    edition = make_open_edition(cast, "industry")
    with acting_as_system("tests"):
        Delegate.objects.create(
            edition=edition,
            person=cast.guest.person,
            organisation=cast.guest.organisation,
            category=edition.categories.get(),
            code="P0001",
            badge_name=cast.guest.person.name,
            owner_org=cast.guest.organisation,
            label_releasable_to=[f"edition:{EDITION}"],
        )
        for part in READERS:
            member = cast.everybody[part]
            for words in (ASKED, CANARY, SHOWN):
                SavedSearch.objects.create(
                    owner_org=member.organisation,
                    person=member.person,
                    words=words,
                    language="en",
                    label_stewards=[f"person:{member.person.pk}"],
                    told_at=NOW - dt.timedelta(days=3),
                )
        hidden_topic = World.key_of(Topic)
        for topic in Topic.objects.exclude(pk=hidden_topic):
            write(cast.company, topic.pk)
            write(cast.guest, topic.pk)


def write(member: Member, topic_id: uuid.UUID) -> None:
    Post.objects.create(
        topic_id=topic_id,
        by_id=member.person.pk,
        by_name=member.person.name,
        text="mine",
        at=NOW - dt.timedelta(days=1),
    )


def rounds() -> None:
    """Let every round of mails run, as the workers do."""
    tell_searchers(NOW)
    send_digests(now=NOW)
    remind(today=NOW.date())
    remind_of_promises(today=NOW.date())
    ask_again(today=NOW.date())


def about_hidden_rows(cast: Cast) -> None:
    """Queue each kind of mail about a hidden row of each model that mails are about, as a mistaken action would."""
    details: dict[str, object] = {
        "since": (NOW - dt.timedelta(days=3)).isoformat(),
        "until": NOW.isoformat(),
    }
    details["delegate"] = str(World.key_of(apps.get_model("forum", "Delegate")))
    details["stage"] = {
        "is_on": False,
        "starts_at": NOW.isoformat(),
        "ends_at": (NOW + dt.timedelta(hours=1)).isoformat(),
        "released_at": NOW.isoformat(),
        "sequence": 1,
    }
    entries = [str(World.key_of(apps.get_model("meetings", "CalendarEntry")))]
    for part in ("organiser", "guest"):
        person = cast.everybody[part].person
        for code in sorted(KINDS):
            for model in ABOUT:
                queue_mail(
                    kind=code,
                    to=person,
                    key=f"canary {model._meta.label}",
                    edition_id=EDITION,
                    about_id=World.key_of(model),
                    details={**details, "entries": entries},
                )


def sent_to(cast: Cast) -> Sent:
    """Send what waits for the readers, and return what left and what became of the rest."""
    people = [cast.everybody[part].person.pk for part in READERS]
    mail.outbox.clear()
    with acting_as_system("tests"):
        waiting = Mail.objects.filter(person__in=people, state=Mail.State.WAITING)
        ids = [one.pk for one in waiting.order_by("person_id", "kind", "key", "about_id")]
    states = [str(send_mail(key)) for key in ids]
    letters = sorted(
        (
            " ".join(letter.to),
            letter.subject,
            letter.body,
            tuple(str(part) for part in letter.attachments),
        )
        for letter in mail.outbox
    )
    return [("states", " ".join(states), "", ()), *letters]


def test_every_kind_and_every_round_of_mails_is_the_same_with_and_without_hidden_rows(
    cast: Cast,
) -> None:
    prepare(cast)
    with transaction.atomic():
        rounds()
        about_hidden_rows(cast)
        without = sent_to(cast)
        transaction.set_rollback(True)
    with transaction.atomic():
        build_hidden_world()
        rounds()
        about_hidden_rows(cast)
        with_hidden = sent_to(cast)
        transaction.set_rollback(True)
    assert len(without) > 3, "mails went out, so that there is something to compare"
    assert len(KINDS) >= 19
    assert [letter for letter in without if "on stage" in letter[2]], "of a session's time alone"
    assert without == with_hidden
    assert not [letter for letter in with_hidden if CANARY in str(letter)]


def test_a_round_tells_of_a_row_once_it_is_seen(cast: Cast) -> None:
    """The comparison would be worth nothing if the hidden rows could not reach a mail at all."""
    prepare(cast)
    build_hidden_world()
    with acting_as_system("tests"):
        Listing.objects.filter(pk=World.key_of(Listing)).update(label_releasable_to=["PUBLIC"])
    rounds()
    found = sent_to(cast)
    assert [letter for letter in found if CANARY in str(letter)]
    with acting(cast.guest.subject):
        assert Listing.objects.filter(pk=World.key_of(Listing)).exists()
