"""Rows to a question of the timetable engine, and its answer back to rows."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from punte.apps.forum.models import Closure, Delegate, Edition, Place, Slot
from punte.apps.meetings.absence import away_by_delegate
from punte.apps.meetings.models import (
    Lock,
    Meeting,
    MeetingRequest,
    MeetingSeat,
    TimetableRules,
    TimetableVersion,
    Unmet,
)
from punte.engines.timetable import instance as engine
from punte.engines.timetable import result as answer
from punte.engines.timetable.causes import name_causes
from punte.engines.timetable.check import check, check_meetings, objective_values
from punte.formats.restating import restated
from punte.formats.timetable import instance_record, result_record
from punte.formats.writing import as_json
from punte.kernel.errors import PunteError

SMALL = ("micro", "small")
"""Size classes to which an edition may guarantee meetings."""


class TimetableConflictError(PunteError):
    """A timetable that would break a rule; it is not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    A question with the rows that its codes stand for.

    Parameters
    ----------
    sha256
        Of the question's JSON, as the answer carries it.
    """

    instance: engine.Instance
    sha256: str
    slots: Mapping[str, Slot]
    places: Mapping[str, Place]
    requests: Mapping[str, MeetingRequest]


def ask_question(edition: Edition) -> Question:
    """
    Return the question that an edition asks now: its accepted requests, and who and what is free when.

    Codes of rows are the ids of the question, so that a person can read it.
    """
    slots = list(Slot.objects.filter(edition=edition))
    places = list(Place.objects.filter(edition=edition))
    requests = list(
        MeetingRequest.objects.filter(edition=edition, state=MeetingRequest.State.ACCEPTED)
    )
    rules = TimetableRules.objects.filter(edition=edition).first() or TimetableRules(
        edition=edition
    )
    concerned = {pk for request in requests for pk in (request.sender_id, request.receiver_id)}
    delegates = {
        delegate.pk: delegate
        for delegate in Delegate.objects.filter(edition=edition).select_related("organisation")
        if delegate.pk in concerned
    }
    instance = engine.checked(
        engine.Instance(
            name=edition.name,
            slots=tuple(_slot(slot, edition) for slot in slots),
            places=_places(places, slots),
            participants=_participants(edition, delegates, slots, requests, rules),
            requests=_requests(edition, requests, delegates, slots, places),
            rules=engine.Rules(
                max_break_spread=rules.max_break_spread, min_gap_slots=rules.min_gap_slots
            ),
            objective=tuple(cast("list[engine.Goal]", rules.objective)),
        ),
        source=f"The timetable question of {edition.name}",
    )
    return Question(
        instance=instance,
        sha256=digest(instance),
        slots={slot.code: slot for slot in slots},
        places={place.code: place for place in places},
        requests={request.code: request for request in requests},
    )


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


def _places(places: list[Place], slots: list[Slot]) -> tuple[engine.Place, ...]:
    code_of = {slot.pk: slot.code for slot in slots}
    order = {slot.code: idx for idx, slot in enumerate(slots)}
    closed: dict[UUID, list[str]] = defaultdict(list)
    for place_id, slot_id in Closure.objects.filter(place__in=places).values_list(
        "place_id", "slot_id"
    ):
        closed[place_id].append(code_of[slot_id])
    return tuple(
        engine.Place(
            id=place.code,
            capacity=place.capacity,
            closed=tuple(sorted(closed[place.pk], key=order.__getitem__)),
        )
        for place in places
    )


def _participants(
    edition: Edition,
    delegates: Mapping[UUID, Delegate],
    slots: list[Slot],
    requests: list[MeetingRequest],
    rules: TimetableRules,
) -> tuple[engine.Participant, ...]:
    away = away_by_delegate(edition, slots)
    asked: dict[UUID, int] = defaultdict(int)
    for request in requests:
        asked[request.sender_id] += 1
        asked[request.receiver_id] += 1
    found = []
    for delegate in delegates.values():
        least = delegate.min_meetings
        if delegate.organisation.size in SMALL:
            least = max(least, rules.small_min_meetings)
        most = delegate.max_meetings
        found.append(
            engine.Participant(
                id=delegate.code,
                unavailable=tuple(
                    slot.code for slot in slots if slot.pk in away.get(delegate.pk, ())
                ),
                max_meetings=most,
                min_meetings=min(least, asked[delegate.pk], *([] if most is None else [most])),
            )
        )
    return tuple(found)


def _requests(
    edition: Edition,
    requests: list[MeetingRequest],
    delegates: Mapping[UUID, Delegate],
    slots: list[Slot],
    places: list[Place],
) -> tuple[engine.Request, ...]:
    slot_code = {slot.pk: slot.code for slot in slots}
    place_code = {place.pk: place.code for place in places}
    locks = {
        lock.request_id: engine.Lock(
            slot=slot_code[lock.slot_id],
            place=place_code[lock.place_id] if lock.place_id else None,
        )
        for lock in Lock.objects.filter(edition=edition)
    }
    return tuple(
        engine.Request(
            id=request.code,
            between=(delegates[request.sender_id].code, delegates[request.receiver_id].code),
            weight=request.weight,
            must=request.must,
            locked=locks.get(request.pk),
        )
        for request in requests
    )


def store_result(version: TimetableVersion, question: Question, result: answer.Result) -> None:
    """
    Store an answer as the meetings of a version, after checking it once more.

    Raises
    ------
    TimetableConflictError
        The answer is wrong; nothing is stored.
    """
    verdict = check(question.instance, result, instance_sha256=question.sha256)
    if not verdict.is_right:
        raise TimetableConflictError(
            "The timetable was not stored, because the checker refused it: "
            + "; ".join(str(violation) for violation in verdict.violations[:5])
        )
    version.instance_sha256 = question.sha256
    version.status = result.status
    version.seed = result.seed
    version.engine = result.engine
    version.runtime_s = round(result.runtime_s, 3)
    version.objective = [
        {"name": line.name, "value": line.value, "bound": line.bound, "proved": line.proved}
        for line in result.objective
    ]
    version.request_count = len(question.instance.requests)
    version.request_weight = sum(request.weight for request in question.instance.requests)
    store_meetings(version, question, result.meetings, result.unmet)


def store_meetings(
    version: TimetableVersion,
    question: Question,
    meetings: Iterable[answer.Meeting],
    unmet: Iterable[answer.Unmet],
) -> None:
    """Store the rows of a version that has none yet, and count them."""
    taken: dict[tuple[str, str], int] = defaultdict(int)
    rows, seats = [], []
    for held in meetings:
        request = question.requests[held.request]
        row = Meeting(
            version=version,
            request=request,
            slot=question.slots[held.slot],
            place=question.places[held.place],
            seat_idx=taken[held.slot, held.place],
        )
        taken[held.slot, held.place] += 1
        rows.append(row)
        seats += [
            MeetingSeat(meeting=row, version=version, slot=row.slot, delegate_id=delegate_id)
            for delegate_id in (request.sender_id, request.receiver_id)
        ]
    Meeting.objects.bulk_create(rows, batch_size=1000)
    MeetingSeat.objects.bulk_create(seats, batch_size=1000)
    store_unmet(version, question, unmet)
    version.meeting_count = len(rows)


def store_unmet(
    version: TimetableVersion, question: Question, unmet: Iterable[answer.Unmet]
) -> None:
    """Store why the unmet requests of a version are unmet, in the place of what was said before."""
    Unmet.objects.filter(version=version).delete()
    Unmet.objects.bulk_create(
        [
            Unmet(
                version=version,
                request=question.requests[line.request],
                code=line.code,
                reason=line.reason,
                blocking=list(line.blocking),
            )
            for line in unmet
        ],
        batch_size=1000,
    )


def held_meetings(version: TimetableVersion) -> tuple[answer.Meeting, ...]:
    """Return the meetings of a version in the engine's words."""
    rows = Meeting.objects.filter(version=version).order_by("request__code")
    return tuple(
        answer.Meeting(request=request, slot=slot, place=place)
        for request, slot, place in rows.values_list("request__code", "slot__code", "place__code")
    )


def rules_broken_by(
    question: Question, meetings: Iterable[answer.Meeting], *, but: frozenset[str] = frozenset()
) -> list[str]:
    """Return each rule that a timetable breaks, in words, but for some by name; empty when it may stand."""
    return [
        str(violation)
        for violation in check_meetings(question.instance, meetings)
        if violation.rule not in but
    ]


PROMISES = frozenset({"must", "min_meetings"})
"""Rules that a repair keeps where it can: somebody who is not there cannot be met."""


def proof_files(version: TimetableVersion) -> tuple[bytes, bytes]:
    """
    Return the question and the answer of a version as the files that ``punte timetable check`` reads.

    Bounds are told only where the question is still the one that was solved.
    """
    question = ask_question(version.edition)
    is_same = version.instance_sha256 == question.sha256
    result = restated(
        question.instance,
        held_meetings(version),
        instance_sha256=question.sha256,
        lines=version.objective if is_same else (),
        seed=version.seed,
        runtime_s=version.runtime_s,
        engine=version.engine,
    )
    return question_file(question.instance), as_json(result_record(result))


def measure_again(version: TimetableVersion, question: Question) -> None:
    """
    Set a changed version's figures anew: values recomputed, bounds kept where the question is the same.

    A bound of another question proves nothing of this one and is dropped.
    """
    meetings = held_meetings(version)
    values = objective_values(question.instance, meetings)
    is_same = version.instance_sha256 == question.sha256
    bounds = {line["name"]: line["bound"] for line in version.objective} if is_same else {}
    is_proved = True
    lines: list[dict[str, object]] = []
    for goal in question.instance.objective:
        # Only the first goal's bound holds whatever the others are.
        bound = bounds.get(goal) if not lines else None
        is_proved = is_proved and bound is not None and bound == values[goal]
        lines.append({"name": goal, "value": values[goal], "bound": bound, "proved": is_proved})
    version.objective = lines
    version.instance_sha256 = question.sha256
    version.status = "feasible"
    version.meeting_count = len(meetings)
    store_unmet(version, question, name_causes(question.instance, meetings))
