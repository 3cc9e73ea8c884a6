"""A plan as Microsoft Project's XML; reading it gives the same links and calendars again."""

from itertools import count
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from punte.engines.roadmap.instance import ELAPSED, Activity, Link, Plan
from punte.formats.roadmap_mspdi import CONSTRAINTS, LINK_TYPES, NAMESPACE, day_of
from punte.formats.roadmap_mspdi_calendars import write_calendars
from punte.kernel.errors import PunteError

MINUTES_PER_DAY = 480
LINK_CODES = {kind: code for code, kind in LINK_TYPES.items()}
CONSTRAINT_CODES = {kind: code for code, kind in CONSTRAINTS.items()}


def write_mspdi(plan: Plan, starts: dict[str, int], finishes: dict[str, int]) -> bytes:
    """
    Return an MSPDI file.

    Parameters
    ----------
    starts, finishes
        Activity id to instants [units]: the dates that the tasks show.

    Raises
    ------
    PunteError
        If the plan has no dates, or counts weeks.
    """
    if plan.start is None or plan.unit != "day":
        raise PunteError(
            f"{plan.name or 'The plan'} counts {plan.unit}s; MSPDI counts days. Give the plan the unit day and a start date."
        )
    root = Element("Project", xmlns=NAMESPACE)
    uids = {calendar.id: str(number) for number, calendar in enumerate(plan.calendars, start=1)}
    end = day_of(plan, max(finishes.values(), default=0), finish=True)
    _add(root, "Name", plan.name or "Plan")
    _add(root, "Title", plan.name)
    _add(root, "ScheduleFromStart", "1")
    _add(root, "StartDate", f"{plan.start}T08:00:00")
    _add(root, "FinishDate", f"{end}T17:00:00")
    _add(root, "CalendarUID", uids.get(plan.calendar or "", "-1"))
    _add(root, "MinutesPerDay", str(MINUTES_PER_DAY))
    _add(root, "DefaultStartTime", "08:00:00")
    _add(root, "DefaultFinishTime", "17:00:00")
    if plan.status_at is not None:
        _add(root, "StatusDate", f"{day_of(plan, plan.status_at, finish=True)}T17:00:00")
    write_calendars(root, plan.calendars, uids)
    _write_tasks(root, plan, uids, starts, finishes)
    _write_resources(root, plan)
    indent(root, " ")
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _add(parent: Element, name: str, text: str | None) -> Element:
    element = SubElement(parent, name)
    element.text = text or ""
    return element


def number_tasks(plan: Plan) -> dict[str, str]:
    """Return the UID of each activity: its own id where that is a number, else a free one."""
    taken = {a.id for a in plan.activities if a.id.isdecimal() and a.id == str(int(a.id)) != "0"}
    free = (str(number) for number in count(1) if str(number) not in taken)
    return {a.id: a.id if a.id in taken else next(free) for a in plan.activities}


def _write_tasks(
    root: Element,
    plan: Plan,
    calendars: dict[str, str],
    starts: dict[str, int],
    finishes: dict[str, int],
) -> None:
    uids, tasks = number_tasks(plan), SubElement(root, "Tasks")
    before: dict[str, list[Link]] = {}
    for link in plan.links:
        before.setdefault(link.second, []).append(link)
    summaries = (str(n) for n in count(max((int(u) for u in uids.values()), default=0) + 1))
    stages = dict.fromkeys(activity.stage for activity in plan.activities)
    for stage in stages:
        if stage is not None:
            task = _add(tasks, "Task", None)
            task.text = None
            for name, text in (("UID", next(summaries)), ("Name", stage), ("OutlineLevel", "1")):
                _add(task, name, text)
            _add(task, "Summary", "1")
        for activity in plan.activities:
            if activity.stage == stage:
                task = SubElement(tasks, "Task")
                _add(task, "UID", uids[activity.id])
                _write_task(task, plan, activity, calendars, starts, finishes)
                for link in before.get(activity.id, ()):
                    _write_link(task, link, uids)


def _write_task(
    task: Element,
    plan: Plan,
    activity: Activity,
    calendars: dict[str, str],
    starts: dict[str, int],
    finishes: dict[str, int],
) -> None:
    elapsed = activity.calendar == ELAPSED
    minutes = activity.duration.planned * (1440 if elapsed else MINUTES_PER_DAY)
    _add(task, "Name", activity.name or activity.id)
    _add(task, "OutlineLevel", "2" if activity.stage else "1")
    _add(task, "Start", f"{day_of(plan, starts[activity.id], finish=False)}T08:00:00")
    _add(task, "Finish", f"{day_of(plan, finishes[activity.id], finish=True)}T17:00:00")
    _add(task, "Duration", f"PT{minutes // 60}H{minutes % 60}M0S")
    _add(task, "DurationFormat", "8" if elapsed else "7")
    _add(task, "Milestone", "0" if activity.duration.planned else "1")
    _add(task, "Summary", "0")
    _add(task, "FixedCost", str(activity.cost * 100))
    _add(task, "CalendarUID", calendars.get(activity.calendar or "", "-1"))
    kept, done = activity.constraint, activity.progress
    _add(task, "ConstraintType", CONSTRAINT_CODES[kept.type] if kept else "0")
    if kept is not None:
        finish = kept.type in ("FNET", "FNLT", "MFO") and kept.at > 0
        clock = "17" if finish else "08"
        _add(task, "ConstraintDate", f"{day_of(plan, kept.at, finish=finish)}T{clock}:00:00")
    if done is not None:
        _add(task, "PercentComplete", str(round(done.percent_complete * 100)))
        _add(task, "ActualStart", f"{day_of(plan, done.actual_start, finish=False)}T08:00:00")
        if done.actual_finish is not None:
            day = day_of(plan, done.actual_finish, finish=True)
            _add(task, "ActualFinish", f"{day}T17:00:00")


def _write_link(task: Element, link: Link, uids: dict[str, str]) -> None:
    element = SubElement(task, "PredecessorLink")
    elapsed = link.calendar == ELAPSED
    _add(element, "PredecessorUID", uids[link.first])
    _add(element, "Type", LINK_CODES[link.type])
    _add(element, "CrossProject", "0")
    _add(element, "LinkLag", str(link.lag * 10 * (1440 if elapsed else MINUTES_PER_DAY)))
    _add(element, "LagFormat", "8" if elapsed else "7")


def _write_resources(root: Element, plan: Plan) -> None:
    if not plan.resources:
        return
    uids, resources = number_tasks(plan), SubElement(root, "Resources")
    numbers = {resource.id: str(row) for row, resource in enumerate(plan.resources, start=1)}
    for resource in plan.resources:
        element = SubElement(resources, "Resource")
        _add(element, "UID", numbers[resource.id])
        _add(element, "Name", resource.name or resource.id)
        _add(element, "Type", "1")
        _add(element, "MaxUnits", f"{resource.capacity / 100:.2f}")
    assignments = SubElement(root, "Assignments")
    for activity in plan.activities:
        for name, amount in activity.demands:
            element = SubElement(assignments, "Assignment")
            _add(element, "UID", str(len(assignments)))
            _add(element, "TaskUID", uids[activity.id])
            _add(element, "ResourceUID", numbers[name])
            _add(element, "Units", f"{amount / 100:.2f}")
