"""Rows to a question of the timetable engine."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast
from uuid import UUID

from punte.apps.forum.models import Delegate, Edition, Place, Slot
from punte.apps.forum.rooms import closed_cells
from punte.apps.meetings.absence import away_by_delegate
from punte.apps.meetings.apart import sides_apart, strangers
from punte.apps.meetings.begun import History, history_of
from punte.apps.meetings.models import Aims, Lock, MeetingRequest, TimetableRules
from punte.engines.timetable import instance as engine
from punte.formats.timetable import instance_record

SMALL = ("micro", "small")
"""Size classes to which an edition may guarantee meetings."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """
    A question with the rows that its codes stand for.

    Parameters
    ----------
    apart
        Accepted requests that are left out, because the two are kept from one table.
    """

    instance: engine.Instance
    slots: Mapping[str, Slot]
    places: Mapping[str, Place]
    requests: Mapping[str, MeetingRequest]
    apart: tuple[MeetingRequest, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """Of the question's JSON, as the answer carries it; found when it is first wanted, since writing it out takes long."""
        return digest(self.instance)

    @cached_property
    def mark(self) -> str:
        """What tells this question from any other in this site; found sooner than its file's :attr:`sha256`."""
        told = json.dumps(instance_record(self.instance), ensure_ascii=False, check_circular=False)
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def asked(self) -> int:
        """Requests that were accepted, those between people kept apart included [count]."""
        return len(self.instance.requests) + len(self.apart)


def ask_question(
    edition: Edition, rules: Aims | None = None, *, not_waited_for: Collection[UUID] = ()
) -> Question:
    """
    Return the question that an edition asks now: its accepted requests, and who and what is free when.

    Codes of rows are the ids of the question, so that a person can read it. While the edition runs, the meetings of
    slots that have begun stay where they were held, and nothing new is held in them.

    A colleague who comes too is a party as the two sides are: a meeting is held when all of them are free.

    Parameters
    ----------
    rules
        In the place of those that are kept for the edition.
    not_waited_for
        Delegates without whom a meeting to which they only come along is held.
    """
    slots = list(Slot.objects.filter(edition=edition))
    places = list(Place.objects.filter(edition=edition))
    # Everybody once: the sides of the requests, and whom the engine hears of.
    people = (
        Delegate.objects.filter(edition=edition)
        .select_related("organisation")
        .defer("labelled_at", "organisation__labelled_at")
        .in_bulk()
    )
    requests, apart = _accepted(edition, people, not_waited_for)
    rules = (
        rules
        or TimetableRules.objects.filter(edition=edition).first()
        or TimetableRules(edition=edition)
    )
    concerned = {pk for request in requests for pk in request.parties}
    delegates = {key: one for key, one in people.items() if key in concerned}
    history = history_of(edition, slots)
    instance = engine.checked(
        engine.Instance(
            name=edition.name,
            slots=tuple(_slot(slot, edition) for slot in slots),
            places=_places(edition, places, slots, history),
            participants=_participants(edition, delegates, slots, requests, rules, history),
            requests=_requests(edition, requests, delegates, slots, places, history),
            rules=engine.Rules(
                max_break_spread=rules.max_break_spread, min_gap_slots=rules.min_gap_slots
            ),
            objective=tuple(cast("list[engine.Goal]", rules.objective)),
        ),
        source=f"The timetable question of {edition.name}",
    )
    return Question(
        instance=instance,
        slots={slot.code: slot for slot in slots},
        places={place.code: place for place in places},
        requests={request.code: request for request in requests},
        apart=tuple(apart),
    )


def _accepted(
    edition: Edition, people: Mapping[UUID, Delegate], not_waited_for: Collection[UUID]
) -> tuple[list[MeetingRequest], list[MeetingRequest]]:
    """Return the accepted requests, and those among them whose two sides are kept apart."""
    # No question asks when something was written; reading those moments of thousands of rows takes a tenth of a repair.
    found = MeetingRequest.objects.filter(
        edition=edition, state=MeetingRequest.State.ACCEPTED
    ).defer("labelled_at", "sent_at", "answered_at", "nudged_at", "accepted_unless_by")
    # A request whose side is hidden is left out, as a join would.
    rows = [one for one in found if one.sender_id in people and one.receiver_id in people]
    for request in rows:
        request.sender, request.receiver = people[request.sender_id], people[request.receiver_id]
        request.colleagues = [key for key in request.colleagues if key not in not_waited_for]
    sides = sides_apart(edition.pk)
    if not sides.pairs:
        return rows, []
    may: list[MeetingRequest] = []
    apart: list[MeetingRequest] = []
    for request in rows:
        along = [people[key] for key in request.colleagues if key in people]
        pairs = strangers(request.sender, request.receiver, along)
        kept = any(sides.keep(*pair) for pair in pairs)
        (apart if kept else may).append(request)
    return may, apart


def digest(instance: engine.Instance) -> str:
    """Return the sha256 of a question's file: its JSON as :func:`question_file` writes it."""
    return hashlib.sha256(question_file(instance)).hexdigest()


def question_file(instance: engine.Instance) -> bytes:
    """Return the question as the bytes of its file, for export: anybody can solve and check it again."""
    return json.dumps(instance_record(instance), ensure_ascii=False, indent=1).encode()


def _slot(slot: Slot, edition: Edition) -> engine.Slot:
    return engine.Slot(
        id=slot.code,
        day=slot.day.isoformat(),
        start=slot.starts_at.astimezone(edition.zone),
        end=slot.ends_at.astimezone(edition.zone),
        session=slot.session or None,
    )


def _places(
    edition: Edition, places: list[Place], slots: list[Slot], history: History
) -> tuple[engine.Place, ...]:
    closed = closed_cells(edition.pk, slots) - history.cells
    return tuple(
        engine.Place(
            id=place.code,
            capacity=place.capacity,
            closed=tuple(slot.code for slot in slots if (place.pk, slot.pk) in closed),
        )
        for place in places
    )


def _participants(
    edition: Edition,
    delegates: Mapping[UUID, Delegate],
    slots: list[Slot],
    requests: list[MeetingRequest],
    rules: Aims,
    history: History,
) -> tuple[engine.Participant, ...]:
    away = away_by_delegate(edition, slots)
    asked: dict[UUID, int] = defaultdict(int)
    for request in requests:
        asked[request.sender_id] += 1
        asked[request.receiver_id] += 1
    found = []
    for delegate in delegates.values():
        least = max(delegate.min_meetings, guarantee_of(delegate, rules))
        most, held = delegate.max_meetings, history.slots_of.get(delegate.pk, frozenset())
        gone = (away.get(delegate.pk, set()) | history.begun) - held
        if history.begun:
            # What the time left cannot hold is promised to nobody, and what was held is not too much.
            least = min(least, len(held) + sum(slot.pk not in gone | held for slot in slots))
            most = None if most is None else max(most, len(held))
        found.append(
            engine.Participant(
                id=delegate.code,
                unavailable=tuple(slot.code for slot in slots if slot.pk in gone),
                max_meetings=most,
                min_meetings=min(least, asked[delegate.pk], *([] if most is None else [most])),
            )
        )
    return tuple(found)


def guarantee_of(delegate: Delegate, rules: Aims) -> int:
    """Return how many meetings the rules guarantee to a delegate that is asked or asks as often [count]."""
    organisation = delegate.organisation
    least = rules.small_min_meetings if organisation.size in SMALL else 0
    if organisation.kind == "company" and organisation.country_id in rules.regional_countries:
        least = max(least, rules.regional_min_meetings)
    return least


def _requests(
    edition: Edition,
    requests: list[MeetingRequest],
    delegates: Mapping[UUID, Delegate],
    slots: list[Slot],
    places: list[Place],
    history: History,
) -> tuple[engine.Request, ...]:
    slot_code = {slot.pk: slot.code for slot in slots}
    place_code = {place.pk: place.code for place in places}
    locks = {
        lock.request_id: engine.Lock(
            slot=slot_code[lock.slot_id],
            place=place_code[lock.place_id] if lock.place_id else None,
        )
        for lock in Lock.objects.filter(edition=edition).exclude(slot__in=history.begun)
    } | {
        request_id: engine.Lock(slot=slot_code[slot_id], place=place_code[place_id])
        for request_id, (slot_id, place_id) in history.held.items()
    }
    has_time_left = len(history.begun) < len(slots)
    return tuple(
        engine.Request(
            id=request.code,
            between=tuple(delegates[key].code for key in request.parties if key in delegates),
            weight=request.weight,
            must=request.pk in history.held or (request.must and has_time_left),
            locked=locks.get(request.pk),
        )
        for request in requests
    )
