"""Polls for dates: several are proposed, each person says what suits, closing gives one with a calendar file."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.discussions import require_open
from punte.apps.cooperation.models import DatePoll, PollAnswer, PollDate, Topic
from punte.apps.cooperation.permissions import may_change
from punte.apps.cooperation.telling import persons_who_see
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import GroupMember, Person
from punte.kernel.errors import PunteError

CLOSED_KIND: Final = "poll.closed"
MOST_DATES: Final = 12
AHEAD: Final = dt.timedelta(days=5 * 366)
Answer = PollAnswer.Answer


def open_poll(
    *,
    by: Subject,
    topic: Topic,
    title: str,
    starts: Iterable[dt.datetime],
    length_min: int = 60,
    place: str = "",
) -> DatePoll:
    """
    Ask those who see a topic when to meet.

    Parameters
    ----------
    starts
        Proposed beginnings, with their time zone.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person.
    PunteError
        The topic is closed, the title is missing, there are fewer than two dates or more than twelve, one is past, or
        the length is not between 5 minutes and a day.
    """
    require_open(by, topic)
    dates = sorted(set(starts))
    if not title.strip():
        raise PunteError(_("Say what the date is for."))
    if not 2 <= len(dates) <= MOST_DATES:
        raise PunteError(_("Propose at least two dates, and at most twelve."))
    if dates[0] <= timezone.now():
        raise PunteError(_("One of the dates is past. Propose dates to come."))
    if dates[-1] > timezone.now() + AHEAD:
        raise PunteError(_("One of the dates is more than five years away."))
    if not 5 <= length_min <= 24 * 60:
        raise PunteError(_("It lasts between 5 minutes and a day."))
    refuse_classified(_("Poll"), [(_("what for"), title), (_("place"), place)])
    poll = DatePoll.objects.create(
        topic=topic,
        title=whole_text(title, 160),
        place=whole_text(place, 160),
        length_min=length_min,
        by_id=by.person_id,
        by_name=name_of(by),
    )
    PollDate.objects.bulk_create(PollDate(poll=poll, starts_at=start) for start in dates)
    record("poll.opened", poll)
    return poll


def answer_poll(*, by: Subject, poll: DatePoll, answers: Mapping[UUID, str]) -> None:
    """
    Say of each date of a poll whether it suits; a date that is not named is a no. The newest answer counts.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person.
    PunteError
        The poll is closed, or there is no such date or answer.
    """
    require_open(by, poll.topic)
    # Two answers of one person at once, or one at the moment of closing: the second waits.
    held = DatePoll.objects.select_for_update().get(pk=poll.pk)
    if held.closed_at is not None:
        raise PunteError(_("The poll is closed."))
    dates = {date.pk: date for date in poll.dates.all()}
    if set(answers) - set(dates) or set(answers.values()) - set(Answer.values):
        raise PunteError(_("There is no such date or answer."))
    assert by.person_id is not None
    name = name_of(by)
    for key in dates:
        PollAnswer.objects.update_or_create(
            date_id=key,
            person_id=by.person_id,
            defaults={"name": name, "answer": answers.get(key, Answer.NO)},
        )
    record("poll.answered", poll)


def close_poll(*, by: Subject, poll: DatePoll, date: PollDate) -> None:
    """
    Close a poll with a date, and tell those who answered and the members of the topic's group.

    Raises
    ------
    PunteError
        The subject neither opened the poll nor keeps the topic, the poll is closed, or the date is of another.
    """
    require_open(by, poll.topic)
    if by.person_id != poll.by_id and not may_change(by, poll.topic):
        raise PunteError(_("Only who opened the poll, or keeps the topic, closes it."))
    held = DatePoll.objects.select_for_update().get(pk=poll.pk)
    if held.closed_at is not None:
        raise PunteError(_("The poll is closed."))
    if date.poll_id != poll.pk:
        raise PunteError(_("There is no such date or answer."))
    poll.closed_at, poll.chosen_at = timezone.now(), date.starts_at
    poll.save(update_fields=["closed_at", "chosen_at"])
    record("poll.closed", poll, date=date.starts_at.isoformat())
    queue_mails(
        kind=CLOSED_KIND,
        to=[(person, {}) for person in _who_is_told(poll)],
        key=str(poll.pk),
        about_id=poll.pk,
    )


def _who_is_told(poll: DatePoll) -> list[Person]:
    """Return those who answered and the members of the topic's group, as far as they see it themselves."""
    ids = set(PollAnswer.objects.filter(date__poll=poll).values_list("person_id", flat=True))
    if poll.topic.group_id is not None:
        ids |= set(
            GroupMember.objects.filter(
                group_id=poll.topic.group_id, state=GroupMember.State.IN
            ).values_list("person_id", flat=True)
        )
    return persons_who_see(ids, DatePoll, poll.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTable:
    """
    A poll as a table.

    Parameters
    ----------
    totals
        For each date in order: those for whom it suits, and those for whom it does if need be [count].
    best
        Index of the date that suits most, the earliest of equals; -1 where nobody answered.
    rows
        Each person's name with their answers in the order of the dates; empty where they gave none.
    """

    poll: DatePoll
    dates: tuple[PollDate, ...]
    totals: tuple[tuple[int, int], ...]
    best: int
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    own: Mapping[UUID, str]

    @property
    def own_answers(self) -> list[tuple[PollDate, str]]:
        """Each date with what the reader said of it; yes where nothing yet."""
        return [(date, self.own.get(date.pk, Answer.YES)) for date in self.dates]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the dates are shown."""
        return ZoneInfo(self.poll.time_zone)


def table_of(poll: DatePoll, *, person_id: UUID | None) -> PollTable:
    """Return a poll with what everybody answered, in two queries."""
    dates = tuple(poll.dates.all())
    by_person: dict[UUID, dict[UUID, str]] = {}
    names: dict[UUID, str] = {}
    for one in PollAnswer.objects.filter(date__poll=poll).order_by("name", "person_id"):
        by_person.setdefault(one.person_id, {})[one.date_id] = one.answer
        names[one.person_id] = one.name
    totals = tuple(
        (
            sum(said.get(date.pk) == Answer.YES for said in by_person.values()),
            sum(said.get(date.pk) == Answer.MAYBE for said in by_person.values()),
        )
        for date in dates
    )
    ranked = sorted(range(len(dates)), key=lambda i: (-sum(totals[i]), -totals[i][0], i))
    return PollTable(
        poll=poll,
        dates=dates,
        totals=totals,
        best=ranked[0] if by_person else -1,
        rows=tuple(
            (names[key], tuple(said.get(date.pk, "") for date in dates))
            for key, said in by_person.items()
        ),
        own=by_person.get(person_id, {}) if person_id else {},
    )


def calendar_of_poll(poll: DatePoll, *, address: str) -> bytes:
    """
    Return the chosen date as a calendar file.

    Parameters
    ----------
    address
        The topic's page.

    Raises
    ------
    PunteError
        No date was chosen yet.
    """
    if poll.chosen_at is None or poll.closed_at is None:
        raise PunteError(_("No date was chosen yet."))
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Punte//Polls//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = icalendar.Event()
    event.add("uid", f"{poll.pk}@punte.invalid")
    event.add("dtstamp", poll.closed_at)
    event.add("dtstart", poll.chosen_at.astimezone(dt.UTC))
    event.add("dtend", (poll.chosen_at + dt.timedelta(minutes=poll.length_min)).astimezone(dt.UTC))
    event.add("summary", poll.title)
    event.add("location", poll.place)
    event.add("url", address)
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
