"""
Microsoft Project's XML (MSPDI): tasks, every predecessor, every calendar, resources, progress.

Working times are carried; the engine counts whole days. A duration becomes days by the project's minutes per day, an
``elapsed`` lag or duration runs on the elapsed calendar. Summary tasks become the stages of what lies under them.
"""

import xml.parsers.expat
from collections.abc import Container
from datetime import date, datetime
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder

from punte.engines.roadmap.instance import (
    ELAPSED,
    Activity,
    Constraint,
    ConstraintType,
    Length,
    Link,
    LinkType,
    Plan,
    Progress,
    Resource,
)
from punte.engines.roadmap.soundness import checked
from punte.formats.reading import plain_number
from punte.formats.roadmap_mspdi_calendars import read_calendars
from punte.kernel.errors import InvalidInputError, Problem

NAMESPACE: Final = "http://schemas.microsoft.com/project"
LINK_TYPES: Final[dict[str, LinkType]] = {"0": "FF", "1": "FS", "2": "SF", "3": "SS"}
CONSTRAINTS: Final[dict[str, ConstraintType]] = {
    "2": "MSO",
    "3": "MFO",
    "4": "SNET",
    "5": "SNLT",
    "6": "FNET",
    "7": "FNLT",
}
"""Codes of ``ConstraintType``; 0 (as soon as possible) and 1 (as late as possible) bind no date."""

ELAPSED_LAGS: Final = {"4", "6", "8", "10", "12", "20", "36", "38", "40", "42", "44", "52"}
"""Codes of ``LagFormat`` that count elapsed time."""


def refuse(source: str, what: str, remedy: str = "", place: str = "") -> InvalidInputError:
    """Return the refusal of a file."""
    return InvalidInputError(source, [Problem(place=place, what=what, remedy=remedy)])


def parse_xml(content: bytes, *, source: str) -> Element:
    """
    Return the root of an XML text, names without their namespace.

    Raises
    ------
    InvalidInputError
        If it is no XML, or declares a document type: entities in it could be endless or read other files.
    """
    builder = TreeBuilder()
    parser = xml.parsers.expat.ParserCreate(namespace_separator="}")

    def refuse_type(*_: object) -> None:
        raise refuse(
            source,
            "The file declares a document type (DOCTYPE), which may hide entities.",
            "Project files have none; save it again as XML from the tool that made it.",
            f"line {parser.CurrentLineNumber}",
        )

    parser.StartDoctypeDeclHandler = refuse_type
    parser.EntityDeclHandler = refuse_type
    parser.StartElementHandler = lambda name, attributes: builder.start(
        name.rsplit("}", 1)[-1], attributes
    )
    parser.EndElementHandler = lambda name: builder.end(name.rsplit("}", 1)[-1])
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(content, True)
    except xml.parsers.expat.ExpatError as error:
        text = xml.parsers.expat.errors.messages[error.code]
        raise refuse(
            source,
            f"This is no XML: {text}.",
            "The file may have been cut off.",
            f"line {error.lineno}",
        ) from error
    except (LookupError, ValueError) as error:  # an encoding that is unknown, or of several bytes
        raise refuse(
            source,
            f"Its encoding cannot be read: {error}.",
            "Save the file as UTF-8.",
            "line 1",
        ) from error
    return builder.close()


def text_of(element: Element, name: str) -> str | None:
    """Return the text of a child; ``None`` when it is missing or empty."""
    found = element.findtext(name)
    return found.strip() if found is not None and found.strip() else None


def parse_mspdi(content: bytes, *, source: str) -> Plan:
    """
    Return the plan of an MSPDI file.

    Raises
    ------
    InvalidInputError
        If it is no project file, a date or duration cannot be read, or with every fault of the plan.
    """
    root = parse_xml(content, source=source)
    if root.tag != "Project":
        raise refuse(source, f"The root is <{root.tag}>, expected <Project>: no MSPDI file.")
    reader = _Reader(root, source)
    return checked(reader.plan(), source=source)


class _Reader:
    """One pass over a project file."""

    def __init__(self, root: Element, source: str) -> None:
        self.root, self.source = root, source
        start = text_of(root, "StartDate")
        if start is None:
            raise refuse(source, "There is no <StartDate>.", "Give the project a start date.")
        self.start = self.moment(start).date()
        self.minutes = self.number(root, "MinutesPerDay", 480, "Project")
        if not 1 <= self.minutes <= 1440:
            raise refuse(
                source, f"{self.minutes:g} is not from 1 to 1440.", "", "Project, MinutesPerDay"
            )
        tasks = root.findall("Tasks/Task")
        self.tasks = [t for t in tasks if text_of(t, "IsNull") != "1" and text_of(t, "UID") != "0"]

    def number(self, element: Element, name: str, usual: float, place: str) -> float:
        """Return the number that a child holds, ``usual`` where there is none."""
        text = text_of(element, name)
        if text is None:
            return usual
        found = plain_number(text)
        if found is None:
            raise refuse(
                self.source, f"{text[:60]!r} is no number.", "Write digits.", f"{place}, {name}"
            )
        return found

    def code(
        self, element: Element, name: str, usual: str, known: Container[str], place: str
    ) -> str:
        """Return the code that a child holds, which has to be one of those that the format knows."""
        text = text_of(element, name) or usual
        if text not in known:
            raise refuse(
                self.source,
                f"{text[:60]!r} is no code of the format.",
                "Save the file again from the tool that made it.",
                f"{place}, {name}",
            )
        return text

    def moment(self, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            raise refuse(self.source, f"{text!r} is no date and time.") from None

    def instant(self, text: str, *, finish: bool) -> int:
        """Return the beginning of a day, or its end for a finish; negative before the start."""
        moment = self.moment(text)
        days = (moment.date() - self.start).days
        midnight = moment.hour == moment.minute == 0
        return days + 1 if finish and days >= 0 and not midnight else days

    def days(self, text: str, name: str, *, elapsed: bool = False) -> float:
        """Return an ISO 8601 duration, always written in hours, in days."""
        sign = -1 if text.startswith("-") else 1
        body = text.lstrip("-").removeprefix("PT").removeprefix("P")
        hours, _, rest = body.partition("H")
        minutes, _, _ = rest.partition("M")
        whole, part = plain_number(hours), plain_number(minutes or "0")
        if whole is None or part is None:
            raise refuse(self.source, f"{text[:60]!r} is no duration.", "", f"Task {name}")
        return sign * (whole * 60 + part) / (1440 if elapsed else self.minutes)

    def plan(self) -> Plan:
        calendars, ids = read_calendars(self.root, self.source)
        own = ids.get(text_of(self.root, "CalendarUID") or "", ELAPSED)
        stages = self._find_stages()
        leaves = [t for t in self.tasks if text_of(t, "Summary") != "1"]
        resources, demands = self._read_resources()
        status = text_of(self.root, "StatusDate")
        activities = tuple(
            self._read_task(task, ids, stages, demands.get(text_of(task, "UID") or "", ()))
            for task in leaves
        )
        at = self.instant(status, finish=True) if status else None
        started = [a.progress for a in activities if a.progress is not None]
        if at is None and started:  # no status date: progress is known up to its last date
            at = max(max(p.actual_start, p.actual_finish or 0) for p in started)
        return Plan(
            name=text_of(self.root, "Title") or text_of(self.root, "Name") or "",
            unit="day",
            start=self.start,
            calendar=own,
            calendars=calendars,
            activities=activities,
            links=tuple(link for task in leaves for link in self._read_links(task)),
            resources=resources,
            status_at=at,
        )

    def _find_stages(self) -> dict[str, str]:
        """Return for each task the name of the summary task right above it."""
        above: list[tuple[float, str]] = []
        found = {}
        for task in self.tasks:
            level = self.number(task, "OutlineLevel", 1, _place(task))
            while above and above[-1][0] >= level:
                above.pop()
            if above:
                found[text_of(task, "UID") or ""] = above[-1][1]
            if text_of(task, "Summary") == "1":
                above.append((level, text_of(task, "Name") or text_of(task, "UID") or ""))
        return found

    def _read_task(
        self,
        task: Element,
        calendars: dict[str, str],
        stages: dict[str, str],
        demands: tuple[tuple[str, int], ...],
    ) -> Activity:
        uid, name = text_of(task, "UID"), text_of(task, "Name") or ""
        if uid is None:
            raise refuse(self.source, f"A task named {name!r} has no <UID>.")
        elapsed = text_of(task, "DurationFormat") in ELAPSED_LAGS
        duration = self.days(text_of(task, "Duration") or "PT0H0M0S", name or uid, elapsed=elapsed)
        if text_of(task, "Milestone") == "1" and 0 < duration < 1:
            duration = 0.0
        calendar = calendars.get(text_of(task, "CalendarUID") or "-1")
        code = self.code(task, "ConstraintType", "0", {"0", "1", *CONSTRAINTS}, _place(task))
        kind = CONSTRAINTS.get(code)
        when = text_of(task, "ConstraintDate")
        kept = None
        if kind is not None and when is not None:
            at = self.instant(when, finish=kind in ("MFO", "FNET", "FNLT"))
            kept = Constraint(type=kind, at=at)
        return Activity(
            id=uid,
            name=name,
            duration=Length(likely=int(duration) if duration == int(duration) else duration),
            calendar=ELAPSED if elapsed else calendar,
            stage=stages.get(uid),
            demands=demands,
            cost=round(self.number(task, "FixedCost", 0, _place(task)) / 100),
            constraint=kept,
            progress=self._read_progress(task),
        )

    def _read_progress(self, task: Element) -> Progress | None:
        started, finished = text_of(task, "ActualStart"), text_of(task, "ActualFinish")
        if started is None:
            return None
        return Progress(
            actual_start=self.instant(started, finish=False),
            actual_finish=None if finished is None else self.instant(finished, finish=True),
            percent_complete=self.number(task, "PercentComplete", 0, _place(task)) / 100,
        )

    def _read_links(self, task: Element) -> list[Link]:
        found = []
        second, place = text_of(task, "UID") or "", f"{_place(task)}, PredecessorLink"
        for link in task.findall("PredecessorLink"):
            lag_format = text_of(link, "LagFormat") or "7"
            elapsed = lag_format in ELAPSED_LAGS
            tenths = self.number(link, "LinkLag", 0, place)
            lag = tenths / 10 / (1440 if elapsed else self.minutes)
            found.append(
                Link(
                    first=text_of(link, "PredecessorUID") or "",
                    second=second,
                    type=LINK_TYPES[self.code(link, "Type", "1", LINK_TYPES, place)],
                    lag=round(lag) if abs(lag) >= 1 or lag == 0 else (1 if lag > 0 else -1),
                    calendar=ELAPSED if elapsed and lag else None,
                )
            )
        return found

    def _read_resources(
        self,
    ) -> tuple[tuple[Resource, ...], dict[str, tuple[tuple[str, int], ...]]]:
        """Return work resources in hundredths of a unit, and what each task holds of them."""
        resources: dict[str, Resource] = {}
        for element in self.root.findall("Resources/Resource"):
            uid = text_of(element, "UID")
            if uid and uid != "0" and text_of(element, "Type") != "0":
                units = round(100 * self.number(element, "MaxUnits", 1, f"Resource {uid}"))
                name = text_of(element, "Name") or ""
                resources[uid] = Resource(id=uid, name=name, capacity=units)
        held: dict[str, dict[str, int]] = {}
        for element in self.root.findall("Assignments/Assignment"):
            task, uid = text_of(element, "TaskUID"), text_of(element, "ResourceUID")
            if task and uid in resources:
                units = round(100 * self.number(element, "Units", 1, f"Assignment of task {task}"))
                mine = held.setdefault(task, {})
                mine[uid] = min(resources[uid].capacity, mine.get(uid, 0) + units)
        return tuple(resources.values()), {task: tuple(d.items()) for task, d in held.items()}


def _place(task: Element) -> str:
    """Return how a task is called in a refusal."""
    uid, name = text_of(task, "UID") or "without UID", text_of(task, "Name")
    return f"Task {uid} ({name[:60]})" if name else f"Task {uid}"


def day_of(plan: Plan, instant: int, *, finish: bool) -> date:
    """Return the date that an MSPDI file writes for an instant of a dated plan."""
    found = plan.finish_date_of(instant) if finish else plan.date_of(instant)
    assert found is not None
    return found
