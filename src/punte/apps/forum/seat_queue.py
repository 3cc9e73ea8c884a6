"""
The queue for the seats of a session: a seat that is free goes to the first who may enter and is free then.

Whoever changes seats holds the edition's row first, as who signs up, books or publishes does: one after the other.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from punte.apps.access.actions import record
from punte.apps.access.kept_questions import Asked, Kept
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.agenda import Booked, Span
from punte.apps.forum.models import Delegate, Edition, Session, SessionPart, SessionWait
from punte.apps.forum.seat_mails import Fact, tell_waiting
from punte.apps.people.queries import subject_of_person

ReadBooked = Callable[[Collection[UUID]], Booked]
"""Reads when delegates sit in meetings: called once nobody else can change it."""

MOST_REFUSED: Final = 20
"""After how many who may not enter somebody's click looks no further; the worker's round looks at all [count]."""

_PLACES = Kept(
    lambda: (
        SessionWait.objects.filter(
            delegate_id=Asked("delegate"), session__queue__number__lte=F("number")
        )
        .order_by()
        .values("session_id", "number")
        .annotate(place=Count("session__queue"))
        .values_list("session_id", "place")
    )
)


def in_no_meeting(delegates: Collection[UUID]) -> Booked:
    """Return no meetings: for an edition that has no timetable."""
    del delegates
    return {}


def is_past(session: Session) -> bool:
    """Whether a session is over for who would sign up; those of an invented edition that is over can still be tried."""
    edition = session.edition
    if edition.is_synthetic and edition.ends_on < timezone.localdate(timezone=edition.zone):
        return False
    return session.ends_at <= timezone.now()


def hold_edition(edition_id: UUID) -> None:
    """Hold the seats of an edition's sessions until the transaction ends."""
    Edition.objects.select_for_update(no_key=True).get(pk=edition_id)


def meets(session: Session, spans: Iterable[Span]) -> bool:
    """Whether one of the spans falls into a session."""
    return any(first < session.ends_at and session.starts_at < last for first, last in spans)


def sits_elsewhere(session: Session, delegate_id: UUID) -> bool:
    """Whether a delegate takes part in another session at the same time; the caller may read everything."""
    return _elsewhere(session, [delegate_id]).exists()


def _elsewhere(session: Session, people: Collection[UUID]) -> QuerySet[SessionPart]:
    return SessionPart.objects.filter(
        delegate__in=people,
        session__starts_at__lt=session.ends_at,
        session__ends_at__gt=session.starts_at,
    ).exclude(session=session)


def seats_free(session: Session) -> int | None:
    """Return how many seats of a session are free [count], whoever sees those who sit there; ``None`` where seats are not counted."""
    if session.capacity is None:
        return None
    with acting_as_system("sign up for a session"):
        taken = SessionPart.objects.filter(session=session, part=SessionPart.Part.LISTENER).count()
    return max(0, session.capacity - taken)


def places_in_queues(delegate_id: UUID) -> dict[UUID, int]:
    """Return at which place a delegate waits for a seat, 1 is next, by session."""
    with acting_as_system("wait for a seat"):
        return dict(_PLACES.ask(delegate=delegate_id))


def place_in_queue(session_id: UUID, delegate_id: UUID) -> int | None:
    """Return at which place a delegate waits for a seat, 1 is next; ``None`` where it does not wait."""
    with acting_as_system("wait for a seat"):
        queue = SessionWait.objects.filter(session=session_id)
        own = queue.filter(delegate=delegate_id).first()
        return queue.filter(number__lte=own.number).count() if own else None


def queue_of(edition_id: UUID, session_id: UUID | None = None) -> QuerySet[SessionWait]:
    """Return who waits for seats at an edition, or in one session, in the order of the queues: for its organisers."""
    rows = SessionWait.objects.filter(session__edition_id=edition_id)
    if session_id is not None:
        rows = rows.filter(session=session_id)
    return rows.select_related("session__place", "delegate__organisation").order_by(
        "session__starts_at", "session__code", "number"
    )


def how_many_wait(sessions: Iterable[Session]) -> dict[UUID, int]:
    """Return how many wait for a seat in each session [count]: for the organisers."""
    rows = SessionWait.objects.filter(session__in=[one.pk for one in sessions]).order_by()
    counted = rows.values("session").annotate(waiting=Count("pk"))
    return {row["session"]: row["waiting"] for row in counted}


def fill_seats(
    session: Session,
    booked: ReadBooked,
    *,
    is_given_back: bool = True,
    most_refused: int | None = MOST_REFUSED,
) -> None:
    """
    Give the free seats of a session to those who wait for one, the first first; the caller holds the edition.

    Who may not enter now keeps its place. So does who sits elsewhere at that time, and is told.

    Parameters
    ----------
    is_given_back
        Whether a seat may just have become free: who is passed over is told also where nobody takes it.
    most_refused
        After how many who may not enter [count] it looks no further; ``None`` looks at all.
    """
    if not session.is_released or session.is_cancelled or is_past(session):
        return
    waiting, busy = _waiting(session, booked)
    free = seats_free(session) if waiting else 0
    passed: list[Delegate] = []
    last: UUID | None = None
    refused = 0
    for one in waiting:
        if free is not None and free <= 0:
            break
        if one.delegate_id in busy:
            # Whether they see the session still, the mail finds out when it leaves.
            passed.append(one.delegate)
            continue
        if refused == most_refused:
            break
        if not _may_enter(one.delegate, session):
            refused += 1
            continue
        last = _seat(one, session)
        free = None if free is None else free - 1
    if last or is_given_back:
        # All of them stand before the last one seated, or before a seat that stays free.
        key = str(last or f"free {timezone.localdate()}")
        tell_waiting(session, passed, fact=Fact.PASSED, key=key)


def fill_queues(
    edition_id: UUID,
    booked: ReadBooked,
    *,
    people: Collection[UUID] | None = None,
    most_refused: int | None = MOST_REFUSED,
) -> None:
    """
    Give the seats that stayed free at an edition to who has become free for them; the caller holds the edition.

    Parameters
    ----------
    people
        The delegates who became free, of whose queues alone there is a question; ``None`` where it may be anybody.
    most_refused
        As in :func:`fill_seats`.
    """
    with acting_as_system("wait for a seat"):
        rows = _kept_waiting().filter(edition_id=edition_id).select_related("edition")
        if people is not None:
            rows = rows.filter(
                pk__in=SessionWait.objects.filter(delegate__in=people).values("session")
            )
        sessions = list(rows.order_by("starts_at", "pk"))
    for one in sessions:
        fill_seats(one, booked, is_given_back=False, most_refused=most_refused)


def editions_kept_waiting() -> list[UUID]:
    """Return the editions at which somebody waits for a seat in a session that has one free, in the order of their keys."""
    with acting_as_system("wait for a seat"):
        rows = _kept_waiting().order_by("edition_id")
        return list(rows.values_list("edition_id", flat=True).distinct())


def _kept_waiting() -> QuerySet[Session]:
    """Return the sessions with a free seat for which somebody waits; the caller may read everything."""
    taken = (
        SessionPart.objects.filter(session=OuterRef("pk"), part=SessionPart.Part.LISTENER)
        .order_by()
        .values("session")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Session.objects.filter(
        Exists(SessionWait.objects.filter(session=OuterRef("pk"))),
        Q(capacity__isnull=True) | Q(capacity__gt=Coalesce(Subquery(taken), 0)),
        is_released=True,
        is_cancelled=False,
    )


def follow_release(
    session: Session, *, before: Span, is_moved: bool, key: str, booked: ReadBooked
) -> None:
    """
    Let the queue of a session follow its release: seats that came are given, and who waits is told what concerns it.

    Fewer seats send nobody away; a session that is called off has no queue. Who sees it no more waits no more.

    Parameters
    ----------
    before
        When the session was until now.
    is_moved
        Whether it has another time or place.
    """
    with acting_as_system("wait for a seat"):
        rows = SessionWait.objects.filter(session=session)
        waiting = [one.delegate for one in rows.select_related("delegate__person__account")]
    if session.is_cancelled:
        _end(session, waiting, fact=Fact.OFF, key=key, span=before)
        return
    shut_out = [one for one in waiting if not _may_enter(one, session)]
    _end(session, shut_out, fact=Fact.SHUT_OUT, key=key, span=before)
    fill_seats(session, booked)
    if is_moved:
        # Who has a seat by now is told of that alone.
        tell_waiting(
            session, [one for one in waiting if one not in shut_out], fact=Fact.MOVED, key=key
        )


def _end(
    session: Session, people: Collection[Delegate], *, fact: Fact, key: str, span: Span
) -> None:
    if not people:
        return
    with acting_as_system("wait for a seat"):
        SessionWait.objects.filter(session=session, delegate__in=people).delete()
    tell_waiting(session, people, fact=fact, key=key, span=span)
    record("agenda.queue_ended", session, edition_id=session.edition_id, people=len(people))


def _waiting(session: Session, booked: ReadBooked) -> tuple[list[SessionWait], set[UUID]]:
    """Return who waits, in order, and who of them sits elsewhere then; who has a part by now waits no more."""
    with acting_as_system("wait for a seat"):
        queue = SessionWait.objects.filter(session=session)
        queue.filter(delegate__session_parts__session=session).delete()
        rows = list(
            queue.filter(delegate__left_at__isnull=True)
            .select_related("delegate__person__account")
            .order_by("number")
        )
        if not rows:
            return [], set()
        people = [one.delegate_id for one in rows]
        busy = {key for key, spans in booked(people).items() if meets(session, spans)}
        return rows, busy | set(_elsewhere(session, people).values_list("delegate", flat=True))


def _seat(one: SessionWait, session: Session) -> UUID:
    with acting_as_system("wait for a seat"):
        part = SessionPart.objects.create(
            session=session, delegate=one.delegate, part=SessionPart.Part.LISTENER
        )
        SessionWait.objects.filter(pk=one.pk).delete()
    whom = {"delegate": str(one.delegate_id)}
    record("agenda.moved_up", session, edition_id=session.edition_id, **whom)
    tell_waiting(session, [one.delegate], fact=Fact.SEAT, key=str(part.pk))
    return part.pk


def _may_enter(delegate: Delegate, session: Session) -> bool:
    """Whether a delegate still comes, and sees the session by its own rights now."""
    subject = subject_of_person(delegate.person_id)
    if delegate.left_at is not None or subject.person_id is None or subject.is_denied:
        return False
    with acting(subject):
        return Session.objects.filter(pk=session.pk).exists()
