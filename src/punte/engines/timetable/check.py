"""Is this answer right? Recomputes every rule, every goal and every claim without a solver."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from punte.engines.timetable.claims import claim_violations
from punte.engines.timetable.holding import Holding, Violation
from punte.engines.timetable.instance import Goal, Instance
from punte.engines.timetable.measure import break_counts, objective_values
from punte.engines.timetable.refute import refutations
from punte.engines.timetable.result import Meeting, Result

__all__ = ["Verdict", "Violation", "check", "check_meetings", "objective_values"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What the checker found.

    Parameters
    ----------
    violations
        Every broken rule and every false claim; empty when the answer is right.
    objective
        Each goal of the instance with its recomputed value; empty when ids are unknown.
    """

    violations: tuple[Violation, ...]
    objective: dict[Goal, float]

    @property
    def is_right(self) -> bool:
        """Whether nothing was found."""
        return not self.violations


def check(instance: Instance, result: Result, *, instance_sha256: str | None = None) -> Verdict:
    """
    Recompute everything that ``result`` says about ``instance``.

    Parameters
    ----------
    instance_sha256
        Of the file the question was read from; ``None`` leaves the result's own unchecked.

    Returns
    -------
        All violations, not only the first; the objective recomputed from the meetings.
    """
    found = list(_identity_violations(result, instance_sha256))
    unknown = list(_unknown_ids(instance, result.meetings))
    if unknown:
        return Verdict(violations=(*found, *unknown), objective={})
    holding = Holding(instance, result.meetings)
    objective: dict[Goal, float] = {}
    if result.status in ("optimal", "feasible"):
        found.extend(_rule_violations(holding))
        objective = objective_values(instance, result.meetings)
    found.extend(claim_violations(holding, result, objective))
    if not found:
        found.extend(refutations(holding, result, objective, check_meetings))
    return Verdict(violations=tuple(found), objective=objective)


def check_meetings(instance: Instance, meetings: Iterable[Meeting]) -> tuple[Violation, ...]:
    """Return every rule that a timetable breaks, whatever is claimed of it."""
    held = tuple(meetings)
    unknown = tuple(_unknown_ids(instance, held))
    return unknown or tuple(_rule_violations(Holding(instance, held)))


def _identity_violations(result: Result, instance_sha256: str | None) -> Iterator[Violation]:
    if instance_sha256 is not None and result.instance_sha256 != instance_sha256:
        yield Violation(
            rule="instance_sha256",
            text=f"the result answers the file {result.instance_sha256[:12]}..., "
            f"this is {instance_sha256[:12]}...",
        )
    if not (math.isfinite(result.runtime_s) and result.runtime_s >= 0):
        yield Violation(rule="runtime_s", text=f"is {result.runtime_s}, must be at least 0")


def _unknown_ids(instance: Instance, meetings: tuple[Meeting, ...]) -> Iterator[Violation]:
    requests = {request.id for request in instance.requests}
    slots = {slot.id for slot in instance.slots}
    places = {place.id for place in instance.places}
    for meeting in meetings:
        for kind, found, known in (
            ("request", meeting.request, requests),
            ("slot", meeting.slot, slots),
            ("place", meeting.place, places),
        ):
            if found not in known:
                yield Violation(
                    rule="unknown_id", text=f"{found!r} is no {kind} of the instance", ids=(found,)
                )


def _rule_violations(holding: Holding) -> Iterator[Violation]:
    yield from _request_violations(holding)
    yield from _must_violations(holding)
    yield from _participant_violations(holding)
    yield from _place_violations(holding)
    yield from _precedence_violations(holding)
    yield from _spread_violations(holding)
    if holding.instance.rules.min_gap_slots:
        yield from _gap_violations(holding)


def _request_violations(holding: Holding) -> Iterator[Violation]:
    times = Counter(meeting.request for meeting in holding.meetings)
    for request_id, count in times.items():
        if count > 1:
            yield Violation(
                rule="held_once", text=f"{request_id} is held {count} times", ids=(request_id,)
            )
    for meeting in holding.meetings:
        request = holding.requests[meeting.request]
        where = f"{request.id} in {meeting.slot} at {meeting.place}"
        if request.slots is not None and meeting.slot not in request.slots:
            yield Violation(
                rule="request_slots", text=f"{where}: slot not allowed", ids=(request.id,)
            )
        if request.places is not None and meeting.place not in request.places:
            yield Violation(
                rule="request_places", text=f"{where}: place not allowed", ids=(request.id,)
            )
        lock = request.locked
        if lock is not None and (
            lock.slot != meeting.slot or lock.place not in (None, meeting.place)
        ):
            yield Violation(
                rule="locked",
                text=f"{where}: locked to {lock.slot} at {lock.place or 'any place'}",
                ids=(request.id,),
            )
        for person_id in request.between:
            person = holding.participants[person_id]
            if meeting.slot in person.unavailable:
                yield Violation(
                    rule="availability",
                    text=f"{where}: {person_id} is unavailable",
                    ids=(request.id, person_id),
                )
            if person.seat is not None and person.seat != meeting.place:
                yield Violation(
                    rule="seat",
                    text=f"{where}: {person_id} stays at {person.seat}",
                    ids=(request.id, person_id),
                )


def _must_violations(holding: Holding) -> Iterator[Violation]:
    for request in holding.instance.requests:
        if request.must and request.id not in holding.held:
            yield Violation(
                rule="must",
                text=f"{request.id} must be held and is not",
                ids=(request.id,),
            )


def _participant_violations(holding: Holding) -> Iterator[Violation]:
    for person in holding.instance.participants:
        by_slot = holding.agenda[person.id]
        count = sum(len(meetings) for meetings in by_slot.values())
        if person.max_meetings is not None and count > person.max_meetings:
            yield Violation(
                rule="max_meetings",
                text=f"{person.id} has {count} meetings, at most {person.max_meetings}",
                ids=(person.id,),
            )
        if count < person.min_meetings:
            yield Violation(
                rule="min_meetings",
                text=f"{person.id} has {count} meetings, at least {person.min_meetings}",
                ids=(person.id,),
            )
        for slot_idx, meetings in by_slot.items():
            if len(meetings) > person.parallel:
                names = ", ".join(meeting.request for meeting in meetings)
                yield Violation(
                    rule="parallel",
                    text=f"{person.id} has {len(meetings)} meetings at once in "
                    f"{holding.instance.slots[slot_idx].id} ({names}), at most {person.parallel}",
                    ids=(person.id, *(meeting.request for meeting in meetings)),
                )


def _place_violations(holding: Holding) -> Iterator[Violation]:
    used: dict[tuple[str, str], list[str]] = {}
    for meeting in holding.meetings:
        used.setdefault((meeting.place, meeting.slot), []).append(meeting.request)
    for (place_id, slot_id), requests in used.items():
        place = holding.places[place_id]
        if slot_id in place.closed:
            yield Violation(
                rule="place_closed",
                text=f"{place_id} is closed in {slot_id} ({', '.join(requests)})",
                ids=(place_id, *requests),
            )
        if len(requests) > place.capacity:
            yield Violation(
                rule="place_capacity",
                text=f"{place_id} holds {len(requests)} meetings in {slot_id} "
                f"({', '.join(requests)}), at most {place.capacity}",
                ids=(place_id, *requests),
            )


def _precedence_violations(holding: Holding) -> Iterator[Violation]:
    for first, second in holding.instance.precedences:
        if first not in holding.held or second not in holding.held:
            continue
        slots = holding.instance.slots
        before = slots[holding.slot_idx[holding.held[first].slot]]
        after = slots[holding.slot_idx[holding.held[second].slot]]
        if not before.start < after.start:
            yield Violation(
                rule="precedence",
                text=f"{first} in {before.id} must be before {second} in {after.id}",
                ids=(first, second),
            )


def _spread_violations(holding: Holding) -> Iterator[Violation]:
    limit = holding.instance.rules.max_break_spread
    counts = break_counts(holding)
    if limit is None or not counts:
        return
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[most] - counts[least] > limit:
        yield Violation(
            rule="max_break_spread",
            text=f"{most} has {counts[most]} breaks, {least} has {counts[least]}: "
            f"the difference is above {limit}",
            ids=(most, least),
        )


def _gap_violations(holding: Holding) -> Iterator[Violation]:
    gap = holding.instance.rules.min_gap_slots
    slots = holding.instance.slots
    for person in holding.instance.participants:
        for before, after in holding.consecutive_slots(person.id):
            between = holding.slot_of_day[after] - holding.slot_of_day[before] - 1
            if between >= gap:
                continue
            was = {meeting.place for meeting in holding.agenda[person.id][before]}
            moved = [m for m in holding.agenda[person.id][after] if m.place not in was]
            for meeting in moved:
                yield Violation(
                    rule="min_gap_slots",
                    text=f"{person.id} must go from {', '.join(sorted(was))} in "
                    f"{slots[before].id} to {meeting.place} in {slots[after].id} with {between} "
                    f"empty slots between, at least {gap}",
                    ids=(person.id, meeting.request),
                )
