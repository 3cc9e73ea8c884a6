"""Once a week: what was written, decided and asked in the topics where a person takes part."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation.models import DatePoll, Post, Topic
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import GroupMember, Person
from punte.apps.people.queries import subject_of_person

DIGEST_KIND: Final = "topics.digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One topic of a digest, with what is new in it [count]."""

    topic_id: UUID
    title: str
    posts: int
    decisions: int
    polls: int


def digest_of(subject: Subject, *, since: dt.datetime, until: dt.datetime) -> list[DigestLine]:
    """Return what is new for a person in the topics of its groups and in those where it wrote, by title."""
    if subject.person_id is None:
        return []
    groups = [name.removeprefix("group:") for name in subject.groups if name.startswith("group:")]
    written = Post.objects.filter(by_id=subject.person_id).values("topic_id")
    topics = Topic.objects.filter(Q(group_id__in=groups) | Q(pk__in=written))
    new = Post.objects.filter(
        topic__in=topics.values("pk"), at__gt=since, at__lte=until, removed_because=""
    ).exclude(by_id=subject.person_id)
    posts: dict[UUID, list[bool]] = {}
    for topic_id, is_decision in new.values_list("topic_id", "is_decision"):
        posts.setdefault(topic_id, []).append(is_decision)
    polls: dict[UUID, int] = {}
    opened = DatePoll.objects.filter(
        topic__in=topics.values("pk"), closed_at__isnull=True, opened_at__gt=since
    )
    for topic_id in opened.exclude(by_id=subject.person_id).values_list("topic_id", flat=True):
        polls[topic_id] = polls.get(topic_id, 0) + 1
    return [
        DigestLine(
            topic_id=topic.pk,
            title=topic.title,
            posts=len(posts.get(topic.pk, [])),
            decisions=sum(posts.get(topic.pk, [])),
            polls=polls.get(topic.pk, 0),
        )
        for topic in topics.filter(pk__in={*posts, *polls}).order_by("title", "pk")
    ]


def send_digests(*, now: dt.datetime) -> int:
    """Queue the week's digest to each person for whom there is one; return how many [count]."""
    since = now - dt.timedelta(days=7)
    year, week, _day = timezone.localdate(now).isocalendar()
    with acting_as_system("send the week's digest"):
        persons = _who_may_want_one()
    to = [(person, _details(since, now)) for person in persons if _has_news(person, since, now)]
    return queue_mails(kind=DIGEST_KIND, to=to, key=f"{year}-W{week:02d}")


def _who_may_want_one() -> Iterable[Person]:
    members = GroupMember.objects.filter(state=GroupMember.State.IN).values("person_id")
    writers = Post.objects.exclude(by_id=None).values("by_id")
    return list(
        Person.objects.filter(
            Q(pk__in=members) | Q(pk__in=writers),
            erased_at__isnull=True,
            merged_into__isnull=True,
        ).select_related("account")
    )


def _has_news(person: Person, since: dt.datetime, now: dt.datetime) -> bool:
    with acting(subject_of_person(person.pk)) as subject:
        return bool(digest_of(subject, since=since, until=now))


def _details(since: dt.datetime, until: dt.datetime) -> dict[str, str]:
    return {"since": since.isoformat(), "until": until.isoformat()}
