"""Does a plan make sense? Every fault at once, each naming the activities it concerns."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator

from punte.engines.roadmap.ending import ending_problems, names_on
from punte.engines.roadmap.instance import (
    ELAPSED,
    LATEST_STEP,
    Activity,
    Calendar,
    Length,
    Link,
    Plan,
)
from punte.engines.roadmap.wording import amount_problems, number_problems, text_problems
from punte.kernel.errors import InvalidInputError, Problem


def checked(plan: Plan, *, source: str = "The plan") -> Plan:
    """
    Return ``plan`` unchanged if it makes sense.

    Raises
    ------
    InvalidInputError
        With every fault: duplicate or unknown ids, negative or endless lengths, a date before the programme, a circle of
        links, a path of milestones that nothing dates, an activity that asks for more than a resource ever has.
    """
    problems = list(number_problems(plan)) or list(_problems(plan)) or list(ending_problems(plan))
    if problems:
        raise InvalidInputError(source, problems)
    return plan


def _problems(plan: Plan) -> Iterator[Problem]:
    activities = {activity.id for activity in plan.activities}
    if not plan.activities:
        yield Problem(place="activities", what="there is no activity.", remedy="Give at least one.")
    if (plan.start is None) != (plan.unit == "period"):
        yield Problem(
            place="start",
            what=f"is {plan.start}, and the unit is {plan.unit!r}.",
            remedy="Days and weeks count from a start date; periods have none.",
        )
    yield from _duplicates(
        "activities", [a.id for a in plan.activities] + [risk.id for risk in plan.risks]
    )
    yield from _origin_problems(plan)
    yield from _duplicates("resources", [resource.id for resource in plan.resources])
    yield from _duplicates("milestones", [milestone.id for milestone in plan.milestones])
    yield from _calendar_problems(plan)
    for idx, activity in enumerate(plan.activities):
        yield from _activity_problems(plan, activity, f"activities[{idx}]")
    for idx, link in enumerate(plan.links):
        yield from _link_problems(plan, link, activities, f"links[{idx}]")
    yield from _circle_problems(plan)
    yield from _milestone_path_problems(plan)
    yield from _supply_problems(plan)
    yield from text_problems(plan)
    yield from amount_problems(plan)
    yield from _risk_problems(plan, activities)
    for idx, milestone in enumerate(plan.milestones):
        at, who = f"milestones[{idx}]", f"milestone {milestone.id!r}"
        yield from _unknown("activity", [milestone.activity], activities, f"{at}.activity", who)
        yield from _instant(milestone.target, f"{at}.target", who)
        yield from _share(milestone.required_probability, f"{at}.required_probability", who)
    yield from _instant(plan.status_at, "status_at", "The status date")


def _duplicates(place: str, ids: Iterable[str]) -> Iterator[Problem]:
    for found, count in Counter(ids).items():
        if count > 1:
            yield Problem(
                place=place, what=f"{found!r} stands {count} times.", remedy="Name each once."
            )
        elif not found.strip():
            yield Problem(place=place, what="an id is empty.", remedy="Give it a name.")


def _origin_problems(plan: Plan) -> Iterator[Problem]:
    named = Counter(activity.known_as for activity in plan.activities)
    for idx, activity in enumerate(plan.activities):
        if activity.origin is not None and named[activity.origin] > 1:
            yield Problem(
                place=f"activities[{idx}].origin",
                what=f"activity {activity.id!r} was first known as {activity.origin!r}, and so was another.",
                remedy="Take the origin out, or give one that no other activity has.",
            )


def _unknown(
    kind: str, ids: Iterable[str], known: set[str], place: str, who: str
) -> Iterator[Problem]:
    for found in ids:
        if found not in known:
            yield Problem(
                place=place,
                what=f"{who} names {found!r}, which is no {kind} of this plan.",
                remedy="Check the id, or add it.",
            )


def _instant(value: int | None, place: str, who: str) -> Iterator[Problem]:
    if value is not None and value < 0:
        yield Problem(
            place=place,
            what=f"{who} has a date {-value} units before the programme starts.",
            remedy="Move the date, or start the programme earlier.",
        )
    elif value is not None and value > LATEST_STEP:
        yield Problem(place=place, what=f"{who}: {value:,} is beyond {LATEST_STEP:,} units.")


def _share(value: float | None, place: str, who: str) -> Iterator[Problem]:
    if value is not None and not 0 <= value <= 1:
        yield Problem(place=place, what=f"{who}: {value} is no share from 0 to 1.")


def _length_problems(length: Length, place: str, who: str) -> Iterator[Problem]:
    values = [v for v in (length.low, length.likely, length.high, length.sd) if v is not None]
    for value in values:
        if value < 0:
            yield Problem(
                place=place,
                what=f"{who} has a negative duration, {value:g}.",
                remedy="Give 0 or more; a lead belongs to a link.",
            )
        if value > LATEST_STEP:
            yield Problem(place=place, what=f"{who}: {value:g} is beyond {LATEST_STEP:,} units.")
    if length.shape == "normal":
        if length.low is not None or length.high is not None:
            yield Problem(
                place=place, what=f"{who}: a normal law has mean and sd, no low and high."
            )
    elif (length.low is None) != (length.high is None) or length.sd is not None:
        yield Problem(place=place, what=f"{who}: give both low and high, and no sd.")
    elif (
        length.low is not None
        and length.high is not None
        and not length.low <= length.likely <= length.high
    ):
        yield Problem(
            place=place,
            what=f"{who}: {length.low:g}, {length.likely:g}, {length.high:g} are not in order.",
            remedy="Low is at most likely, likely at most high.",
        )


def _calendar_problems(plan: Plan) -> Iterator[Problem]:
    known = {calendar.id for calendar in plan.calendars}
    yield from _duplicates("calendars", [calendar.id for calendar in plan.calendars])
    if plan.calendars and plan.unit != "day":
        yield Problem(
            place="calendars", what=f"the unit is {plan.unit!r}; only days have calendars."
        )
    if plan.calendar is not None:
        yield from _unknown("calendar", [plan.calendar], known | {ELAPSED}, "calendar", "The plan")
    for idx, calendar in enumerate(plan.calendars):
        at, who = f"calendars[{idx}]", f"calendar {calendar.id!r}"
        if calendar.id == ELAPSED:
            yield Problem(
                place=at, what=f"{ELAPSED!r} is the calendar without days off; rename yours."
            )
        if calendar.parent is not None:
            yield from _unknown("calendar", [calendar.parent], known, f"{at}.parent", who)
        if any(not 1 <= day <= 7 for day in calendar.weekdays or ()):
            yield Problem(place=f"{at}.weekdays", what=f"{who} has a weekday that is not 1 to 7.")
        named = calendar.weekdays or ()
        if twice := sorted({day for day in named if named.count(day) > 1}):
            yield Problem(
                place=f"{at}.weekdays",
                what=f"{who} names the weekday {twice[0]} more than once.",
                remedy="Name each working weekday once.",
            )
        for exception in calendar.exceptions:
            if exception.last < exception.first:
                yield Problem(
                    place=at,
                    what=f"{who}: the exception {exception.first} ends on {exception.last}.",
                )
        yield from _week_problems(plan, calendar, at, who)


def _week_problems(plan: Plan, calendar: Calendar, at: str, who: str) -> Iterator[Problem]:
    by_id = {other.id: other for other in plan.calendars}
    seen = [calendar.id]
    found: Calendar | None = calendar
    while found is not None and found.weekdays is None:
        found = by_id.get(found.parent or "")
        if found is not None and found.id in seen:
            yield Problem(place=at, what=f"{who}: its parents form a circle, {' -> '.join(seen)}.")
            return
        seen += [found.id] if found is not None else []
    if found is not None and not found.weekdays:
        names = names_on(plan, calendar)
        yield Problem(
            place=f"{at}.weekdays",
            what=f"{who} works on no day of the week, so what is on it would never end{names and f': {names}'}.",
            remedy="Name at least one weekday.",
        )
    while found is not None and found.parent is not None:
        found = by_id.get(found.parent)
        if found is not None and found.id in seen:
            yield Problem(place=at, what=f"{who}: its parents form a circle, {' -> '.join(seen)}.")
            return
        seen += [found.id] if found is not None else []


def _activity_problems(plan: Plan, activity: Activity, at: str) -> Iterator[Problem]:
    who = f"activity {activity.id!r}"
    yield from _length_problems(activity.duration, f"{at}.duration", who)
    calendars = {calendar.id for calendar in plan.calendars} | {ELAPSED}
    if activity.calendar is not None:
        yield from _unknown("calendar", [activity.calendar], calendars, f"{at}.calendar", who)
    resources = {resource.id for resource in plan.resources}
    yield from _unknown(
        "resource", [name for name, _ in activity.demands], resources, f"{at}.demands", who
    )
    yield from _duplicates(f"{at}.demands", [name for name, _ in activity.demands])
    for name, amount in activity.demands:
        if amount < 0:
            yield Problem(place=f"{at}.demands", what=f"{who} asks for {amount} of {name!r}.")
    for key, value in (("cost", activity.cost), ("income", activity.income)):
        if value < 0:
            yield Problem(place=f"{at}.{key}", what=f"{who}: is {value}, must be at least 0.")
    if activity.constraint is not None:
        yield from _instant(activity.constraint.at, f"{at}.constraint", who)
    done = activity.progress
    if done is None:
        return
    yield from _instant(done.actual_start, f"{at}.progress", who)
    yield from _share(done.percent_complete, f"{at}.progress", who)
    if plan.status_at is None:
        yield Problem(
            place=at, what=f"{who} has progress, and the plan no status date.", remedy="Give it."
        )
    elif max(done.actual_start, done.actual_finish or 0) > plan.status_at:
        yield Problem(place=f"{at}.progress", what=f"{who} has happened after the status date.")
    if done.actual_finish is not None and done.actual_finish < done.actual_start:
        yield Problem(place=f"{at}.progress", what=f"{who} finished before it started.")


def _link_problems(plan: Plan, link: Link, activities: set[str], at: str) -> Iterator[Problem]:
    if link.first not in activities:
        yield Problem(
            place=at,
            what=f"the predecessor {link.first!r} of {link.second!r} is no activity of this plan.",
            remedy="Check the id, or add the activity.",
        )
    yield from _unknown("activity", [link.second], activities, at, f"a link from {link.first!r}")
    if link.first == link.second:
        yield Problem(place=at, what=f"{link.first!r} waits for itself.", remedy="Remove the link.")
    if link.calendar is not None:
        calendars = {calendar.id for calendar in plan.calendars} | {ELAPSED}
        yield from _unknown("calendar", [link.calendar], calendars, at, f"link to {link.second!r}")
    if abs(link.lag) > LATEST_STEP:
        yield Problem(place=at, what=f"the lag {link.lag:,} is beyond {LATEST_STEP:,} units.")


def find_circle(plan: Plan) -> list[str]:
    """Return the ids along one circle of links, first repeated at the end; empty when there is none."""
    after: dict[str, list[str]] = {activity.id: [] for activity in plan.activities}
    for link in plan.links:
        if link.first in after and link.second in after and link.first != link.second:
            after[link.first].append(link.second)
    done: set[str] = set()
    for root in after:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                path.pop()
                on_path.discard(node)
                done.add(node)
            elif node in on_path:
                return [*path[path.index(node) :], node]
            elif node not in done:
                path.append(node)
                on_path.add(node)
                stack.append((node, True))
                stack += [(other, False) for other in after[node]]
    return []


def _circle_problems(plan: Plan) -> Iterator[Problem]:
    circle = find_circle(plan)
    if circle:
        yield Problem(
            place="links",
            what=f"the activities {' -> '.join(circle)} wait for each other in a circle.",
            remedy="Remove one of these links.",
        )


def _milestone_path_problems(plan: Plan) -> Iterator[Problem]:
    if find_circle(plan):
        return
    timed = {
        a.id
        for a in plan.activities
        if a.duration.can_take_time or a.constraint is not None or a.progress is not None
    }
    before: dict[str, list[Link]] = {}
    for link in plan.links:
        before.setdefault(link.second, []).append(link)
    last = {a.id for a in plan.activities} - {link.first for link in plan.links}
    for activity in plan.activities:
        if activity.id not in last or activity.id not in before:
            continue
        chain, seen, queue, grounded = [activity.id], {activity.id}, [activity.id], False
        while queue and not grounded:
            node = queue.pop()
            grounded = node in timed or any(link.lag > 0 for link in before.get(node, ()))
            fresh = [link.first for link in before.get(node, ()) if link.first not in seen]
            seen.update(fresh)
            queue += fresh
            chain += fresh
        if not grounded:
            yield Problem(
                place="activities",
                what=f"{' -> '.join(reversed(chain))} is a path of milestones only: nothing on it takes time and "
                "none has a date, so all of it would happen on the first day.",
                remedy="Put the work on the path, or give one of them a date.",
            )


def _supply_problems(plan: Plan) -> Iterator[Problem]:
    most = {
        r.id: max([r.capacity, *(capacity for _, capacity in r.changes)]) for r in plan.resources
    }
    for idx, resource in enumerate(plan.resources):
        at, who = f"resources[{idx}]", f"resource {resource.id!r}"
        if min([resource.capacity, *(capacity for _, capacity in resource.changes)]) < 0:
            yield Problem(place=at, what=f"{who} has a negative capacity.")
        times = [when for when, _ in resource.changes]
        if any(later <= sooner for sooner, later in itertools.pairwise(times)):
            yield Problem(place=f"{at}.changes", what=f"{who}: changes are not in time order.")
        for when in times:
            yield from _instant(when, f"{at}.changes", who)
    for idx, activity in enumerate(plan.activities):
        for name, amount in activity.demands:
            if amount > most.get(name, amount) and activity.duration.planned > 0:
                yield Problem(
                    place=f"activities[{idx}].demands",
                    what=f"activity {activity.id!r} asks for {amount} of {name!r}, which never has more than {most[name]}.",
                    remedy="Lower the demand or raise the capacity.",
                )
    for idx, inflow in enumerate(plan.cash.inflows if plan.cash else ()):
        yield from _instant(
            inflow.at, f"cash.inflows[{idx}]", f"inflow {inflow.name or inflow.amount!r}"
        )
        if inflow.amount < 0:
            yield Problem(place=f"cash.inflows[{idx}]", what=f"is {inflow.amount}, below 0.")
    if plan.cash is not None and plan.cash.opening < 0:
        yield Problem(place="cash.opening", what=f"is {plan.cash.opening}, below 0.")


def _risk_problems(plan: Plan, activities: set[str]) -> Iterator[Problem]:
    for idx, risk in enumerate(plan.risks):
        at, who = f"risks[{idx}]", f"risk {risk.id!r}"
        yield from _share(risk.probability, f"{at}.probability", who)
        yield from _unknown("activity", risk.activities, activities, f"{at}.activities", who)
        yield from _length_problems(risk.impact, f"{at}.impact", who)
    members = activities | {risk.id for risk in plan.risks}
    yield from _duplicates("correlations", [group.id for group in plan.correlations])
    yield from _duplicates(
        "correlations", [member for group in plan.correlations for member in group.members]
    )
    for idx, group in enumerate(plan.correlations):
        at, who = f"correlations[{idx}]", f"correlation {group.id!r}"
        yield from _share(group.rho, f"{at}.rho", who)
        yield from _unknown("activity or risk", group.members, members, f"{at}.members", who)
