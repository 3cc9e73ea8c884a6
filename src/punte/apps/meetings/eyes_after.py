"""What a repair does to four eyes: who is not waited for, and where an authority's person would be alone with a firm then."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from punte.apps.forum.models import Edition, Slot
from punte.apps.forum.queries import faces
from punte.apps.meetings.bridge import Held
from punte.apps.meetings.four_eyes import OnePair, asks_four_eyes, one_pair_among
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class EyesAfter:
    """
    Meetings to come that have one pair of eyes after a repair.

    Parameters
    ----------
    newly
        Because of it: whoever came along is away, or the meeting was not held before.
    already
        Those that had one pair before.
    """

    newly: tuple[OnePair, ...] = ()
    already: tuple[OnePair, ...] = ()


def not_waited_for(
    edition: Edition, ahead: Collection[Slot], absent: Collection[UUID]
) -> QuerySet[MeetingRequest]:
    """Return the requests to which people who are away from some slots on would have come along; not those that are over."""
    over = Meeting.objects.filter(
        version__edition=edition, version__state=TimetableVersion.State.PUBLISHED
    ).exclude(slot__in=ahead)
    return MeetingRequest.objects.filter(
        edition=edition, state=MeetingRequest.State.ACCEPTED, colleagues__overlap=list(absent)
    ).exclude(pk__in=over.values("request"))


def eyes_after_repair(
    edition: Edition,
    *,
    before: Iterable[Held],
    after: Iterable[Held],
    ahead: Collection[Slot],
    absent: Collection[UUID],
) -> EyesAfter:
    """
    Return where a repair leaves one pair of eyes, in a constant number of queries; nowhere where the edition asks for no second.

    Parameters
    ----------
    before, after
        The meetings of the published timetable, and those of the repair.
    ahead
        The slots that the repair can change; what is over, nobody can mend.
    absent
        Who is away in them.
    """
    if not asks_four_eyes(edition.pk):
        return EyesAfter()
    known, codes = faces(edition.pk), {slot.code for slot in ahead}
    was_held = {one.request for one in before}
    to_come = [one.request for one in after if one.slot in codes]
    rows = list(
        MeetingRequest.objects.filter(
            edition=edition, code__in=to_come, state=MeetingRequest.State.ACCEPTED
        )
    )
    alone_before = {one.code for one in one_pair_among(edition, rows, known)} & was_held
    let_go = set(not_waited_for(edition, ahead, absent).values_list("pk", flat=True))
    for row in rows:
        if row.pk in let_go:
            row.colleagues = [key for key in row.colleagues if key not in absent]
    alone = one_pair_among(edition, rows, known)
    return EyesAfter(
        newly=tuple(one for one in alone if one.code not in alone_before),
        already=tuple(one for one in alone if one.code in alone_before),
    )
