"""Milestones and activities as an iCalendar file: whole days, one event each."""

from datetime import UTC, datetime, time, timedelta

from icalendar import Calendar, Event

from punte.engines.roadmap.instance import Plan
from punte.kernel.errors import PunteError


def write_ical(plan: Plan, starts: dict[str, int], finishes: dict[str, int]) -> bytes:
    """
    Return the calendar of a plan; promised dates are events of their own.

    Parameters
    ----------
    starts, finishes
        Activity id to instants [units].

    Raises
    ------
    PunteError
        If the plan has no dates.
    """
    if plan.start is None:
        raise PunteError(
            f"{plan.name or 'The plan'} has no start date, so nothing in it has a day. Give it a start and a unit."
        )
    calendar = Calendar()
    calendar.add("prodid", "-//Punte//roadmap//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", plan.name or "Plan")
    # The stamp comes from the plan, so that the same plan gives the same bytes.
    stamp = datetime.combine(plan.start, time(), UTC)
    for activity in plan.activities:
        first = plan.date_of(starts[activity.id])
        last = plan.finish_date_of(finishes[activity.id])
        assert first is not None
        assert last is not None
        first = min(first, last)
        event = Event()
        event.add("uid", f"activity-{activity.known_as}@punte")
        event.add("dtstamp", stamp)
        event.add("summary", activity.name or activity.id)
        event.add("dtstart", first)
        event.add("dtend", last + timedelta(days=1))
        if activity.stage:
            event.add("categories", [activity.stage])
        calendar.add_component(event)
    for milestone in plan.milestones:
        promised = plan.finish_date_of(milestone.target)
        assert promised is not None
        event = Event()
        event.add("uid", f"milestone-{milestone.id}@punte")
        event.add("dtstamp", stamp)
        event.add("summary", f"Promised: {milestone.name or milestone.id} ({milestone.kind})")
        event.add("dtstart", promised)
        event.add("dtend", promised + timedelta(days=1))
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
