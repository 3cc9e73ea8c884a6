"""Repair a published timetable in mid-day: who did not come, what was closed, with the fewest meetings moved."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.forum.models import Closure, Delegate, Edition, Place, Slot
from punte.apps.meetings.actions import WrongStateError, new_version
from punte.apps.meetings.availability import away_slots, set_away
from punte.apps.meetings.bridge import (
    PROMISES,
    Held,
    Question,
    TimetableConflictError,
    after_noting,
    ask_question,
    held_meetings,
    measure_again,
    repair_meetings,
    rules_broken_by,
    store_meetings,
)
from punte.apps.meetings.eyes_after import EyesAfter, eyes_after_repair, not_waited_for
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.permissions import require_organiser
from punte.apps.meetings.publication import Publication, publish_version
from punte.apps.meetings.seat_changes import change_seats
from punte.apps.meetings.witness_reading import end_reading
from punte.kernel.collecting import uncollected
from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a repair does to one request: a meeting in the engine's words before and after, ``None`` for none."""

    code: str
    before: Held | None
    after: Held | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """
    A repair of the published version that is not stored anywhere.

    Parameters
    ----------
    question
        What the edition will ask once the absences and closures are noted.
    meetings
        The repaired timetable.
    changes
        Where it differs from the published version, in the order of the requests' codes.
    eyes
        Where it leaves an authority's person alone with a firm.
    """

    published: TimetableVersion
    question: Question
    meetings: tuple[Held, ...]
    changes: tuple[Change, ...]
    eyes: EyesAfter

    @property
    def moved(self) -> int:
        """Meetings held in another slot or at another place [count]."""
        return sum(bool(change.before and change.after) for change in self.changes)

    @property
    def added(self) -> int:
        """Requests that were not held before [count]."""
        return sum(change.before is None for change in self.changes)

    @property
    def lost(self) -> int:
        """Meetings that fall out [count]."""
        return sum(change.after is None for change in self.changes)

    @property
    def kept(self) -> int:
        """Meetings that stay where they are, those that are over included [count]."""
        return len(self.meetings) - self.moved - self.added

    @property
    def mark(self) -> str:
        """What tells this timetable from any other, for the same question and in the place of the same version."""
        return _mark_of(self.published.pk, self.question, self.meetings)


def _mark_of(base_id: UUID | None, question: Question, meetings: Iterable[Held]) -> str:
    told = "\n".join(sorted(f"{one.request} {one.slot} {one.place}" for one in meetings))
    return hashlib.sha256(f"{base_id}\n{question.mark}\n{told}".encode()).hexdigest()


class ProposalChangedError(PunteError):
    """The edition changed since the proposal was shown; another one has to be looked at."""


class RepairDoneError(PunteError):
    """Just this repair was published already, as ``version``."""

    def __init__(self, version: TimetableVersion) -> None:
        super().__init__(
            _("This repair is published already, as version %(number)d. Nobody was told twice.")
            % {"number": version.number}
        )
        self.version = version


def open_slots(edition: Edition, now: dt.datetime) -> list[Slot]:
    """Return the slots from which a repair can begin: those that have not begun; all where every one is over."""
    slots = list(Slot.objects.filter(edition=edition))
    return [slot for slot in slots if slot.starts_at > now] or slots


def next_slot(edition: Edition, now: dt.datetime) -> Slot | None:
    """Return the first slot that has not begun; the first of all where every one is over."""
    return next(iter(open_slots(edition, now)), None)


def expected_after(edition: Edition, since: Slot) -> dict[UUID, int]:
    """
    Return how many meetings each delegate has from a slot on in the published timetable [count].

    Whoever is awaited first comes first.
    """
    counts: dict[UUID, int] = {}
    meetings = Meeting.objects.filter(
        version__edition=edition,
        version__state=TimetableVersion.State.PUBLISHED,
        slot__starts_at__gte=since.starts_at,
    )
    for meeting in meetings.select_related("request").order_by("slot__starts_at", "pk"):
        for delegate_id in meeting.request.parties:
            counts[delegate_id] = counts.get(delegate_id, 0) + 1
    return counts


@uncollected()
def propose_repair(
    *,
    by: Subject,
    edition: Edition,
    since: Slot,
    absent: Collection[Delegate],
    closed: Collection[Place],
) -> Proposal:
    """
    Return how the published version would be repaired, from a slot on; nothing is stored, and nobody is told.

    Requests that were accepted meanwhile come in where they fit.

    Raises
    ------
    NotAllowedError
        The subject is no organiser.
    WrongStateError
        No timetable is published, or the slot has begun.
    TimetableConflictError
        The published version breaks a rule for another reason; solve again.
    """
    require_organiser(by, edition.pk, wish="repair a timetable")
    published = TimetableVersion.objects.filter(
        edition=edition, state=TimetableVersion.State.PUBLISHED
    ).first()
    if published is None:
        raise WrongStateError(_("No timetable is published, so there is nothing to repair."))
    if since not in open_slots(edition, timezone.now()):
        raise WrongStateError(
            _("The slot %(slot)s has begun, and what is over stays. Choose one that lies ahead.")
            % {"slot": since.code}
        )
    # Whoever only comes along is not waited for: the two sides meet without them.
    away = {delegate.pk for delegate in absent}
    asked, held = ask_question(edition, not_waited_for=away), held_meetings(published)
    gone, shut = [one.code for one in absent], [one.code for one in closed]
    found = repair_meetings(asked, held, since=since.code, absent=gone, closed=shut)
    question = after_noting(asked, since=since.code, absent=gone, closed=shut)
    broken = rules_broken_by(question, found.meetings, but=PROMISES)
    if broken:
        raise TimetableConflictError(
            _("The repair would break a rule: %(rule)s. Solve again instead.") % {"rule": broken[0]}
        )
    return Proposal(
        published=published,
        question=question,
        meetings=found.meetings,
        changes=_changes(held, found.meetings),
        eyes=eyes_after_repair(
            edition, before=held, after=found.meetings, ahead=_ahead(edition, since), absent=away
        ),
    )


def _ahead(edition: Edition, since: Slot) -> list[Slot]:
    return list(Slot.objects.filter(edition=edition, starts_at__gte=since.starts_at))


def _changes(before: Iterable[Held], after: Iterable[Held]) -> tuple[Change, ...]:
    was, now = ({one.request: one for one in meetings} for meetings in (before, after))
    return tuple(
        Change(code=code, before=was.get(code), after=now.get(code))
        for code in sorted({*was, *now})
        if was.get(code) != now.get(code)
    )


def repair_timetable(
    *,
    by: Subject,
    edition: Edition,
    since: Slot,
    absent: Collection[Delegate],
    closed: Collection[Place],
) -> TimetableVersion:
    """
    Note who is away and what is closed from a slot on, and return a draft that repairs the published version.

    Nobody is told before the draft is published, but for those who only came along and are not waited for.

    Raises
    ------
    NotAllowedError, WrongStateError, TimetableConflictError
        As in :func:`propose_repair`; nothing is changed.
    """
    with transaction.atomic():
        _hold_requests(edition, absent)
        proposal = propose_repair(by=by, edition=edition, since=since, absent=absent, closed=closed)
        return _store(by, proposal, since, absent, closed)


def publish_repair(
    *,
    by: Subject,
    edition: Edition,
    since: Slot,
    absent: Collection[Delegate],
    closed: Collection[Place],
    mark: str,
) -> Publication:
    """
    Store the repair that was looked at and publish it, all in one transaction.

    Parameters
    ----------
    mark
        Of the proposal that was shown.

    Raises
    ------
    RepairDoneError
        Just this repair was published already; nothing is changed.
    ProposalChangedError
        The edition asks or answers otherwise by now; nothing is changed.
    NotAllowedError, WrongStateError, TimetableConflictError
        As in :func:`propose_repair`; nothing is changed.
    """
    require_organiser(by, edition.pk, wish="repair a timetable")
    with transaction.atomic():
        # Nobody else publishes or books between the comparison and the end.
        _hold_requests(edition, absent)
        Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
        proposal = propose_repair(by=by, edition=edition, since=since, absent=absent, closed=closed)
        if proposal.mark != mark:
            before = proposal.published
            if mark == _mark_of(before.base_id, proposal.question, held_meetings(before)):
                raise RepairDoneError(before)
            raise ProposalChangedError(
                _("The edition changed since the repair was proposed. Look at the new proposal.")
            )
        draft = _store(by, proposal, since, absent, closed)
        return publish_version(by=by, version_id=draft.pk)


def _store(
    by: Subject,
    proposal: Proposal,
    since: Slot,
    absent: Collection[Delegate],
    closed: Collection[Place],
) -> TimetableVersion:
    edition = proposal.published.edition
    _note(by, edition, since, absent, closed)
    draft = _draft(by, proposal, _told(edition, absent, closed, since))
    record(
        "timetable.repaired",
        draft,
        edition_id=draft.edition_id,
        absent=len(absent),
        closed=len(closed),
        moved=proposal.moved,
        lost=proposal.lost,
        one_pair=[one.code for one in proposal.eyes.newly],
    )
    return draft


def _told(
    edition: Edition, absent: Collection[Delegate], closed: Collection[Place], since: Slot
) -> str:
    """Return what a repair was for: how many are away, how many places are closed, and since when."""
    parts = []
    if absent:
        away = ngettext("%(count)d person away", "%(count)d persons away", len(absent))
        parts.append(away % {"count": len(absent)})
    if closed:
        shut = ngettext("%(count)d place closed", "%(count)d places closed", len(closed))
        parts.append(shut % {"count": len(closed)})
    when = f"{since.starts_at.astimezone(edition.zone):%Y-%m-%d %H:%M}"
    return ", ".join([*parts, _("from %(when)s on") % {"when": when}])


def _draft(by: Subject, proposal: Proposal, comment: str) -> TimetableVersion:
    """Store the repaired meetings as a draft, with their figures."""
    question = proposal.question
    draft = new_version(
        edition=proposal.published.edition,
        by=by,
        origin=TimetableVersion.Origin.REPAIRED,
        base=proposal.published,
        comment=comment,
    )
    draft.state = TimetableVersion.State.DRAFT
    draft.engine = "repair"
    draft.request_count = question.asked
    draft.request_weight = sum(request.weight for request in question.instance.requests)
    store_meetings(draft, question, proposal.meetings, ())
    measure_again(draft, question)
    draft.save()
    return draft


def _note(
    by: Subject,
    edition: Edition,
    since: Slot,
    absent: Collection[Delegate],
    closed: Collection[Place],
) -> None:
    """Keep who is away and what is closed, so that every later timetable knows it."""
    ahead = _ahead(edition, since)
    _wait_no_longer(edition, ahead, [delegate.pk for delegate in absent])
    for delegate in absent:
        set_away(
            by=by,
            delegate=delegate,
            slot_ids={*away_slots(delegate.pk), *(slot.pk for slot in ahead)},
        )
    Closure.objects.bulk_create(
        [Closure(place=place, slot=slot) for place in closed for slot in ahead],
        ignore_conflicts=True,
    )


def _hold_requests(edition: Edition, absent: Collection[Delegate]) -> None:
    """Keep the requests in which who is away only comes along from who changes them: these hold the edition after the request."""
    along = MeetingRequest.objects.filter(
        edition=edition,
        state=MeetingRequest.State.ACCEPTED,
        colleagues__overlap=[one.pk for one in absent],
    )
    list(along.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def _wait_no_longer(edition: Edition, ahead: Collection[Slot], absent: Collection[UUID]) -> None:
    """Let those who only come along and are away go, but for meetings that are over."""
    for request in not_waited_for(edition, ahead, absent):
        went = [key for key in request.colleagues if key in absent]
        request.colleagues = [key for key in request.colleagues if key not in absent]
        request.revision += 1
        end_reading(request, went)
        request.save(update_fields=["colleagues", "label_releasable_to", "revision"])
        with acting_as_system("book a free slot"):
            change_seats(request, came=[], went=went, because="is_dropped")
