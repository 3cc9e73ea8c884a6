"""Microsoft Project's XML: what its schema names of links and calendars survives the way there and back."""

from datetime import date

import pytest

from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.instance import Link, Plan
from punte.formats.roadmap_mspdi import parse_mspdi
from punte.formats.roadmap_mspdi_writing import write_mspdi
from punte.kernel.errors import InvalidInputError, PunteError

PROJECT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Project xmlns="http://schemas.microsoft.com/project">
 <Name>bridge.xml</Name><Title>Bridge (synthetic)</Title><StartDate>2026-01-05T08:00:00</StartDate>
 <CalendarUID>1</CalendarUID><MinutesPerDay>480</MinutesPerDay><StatusDate>2026-01-08T17:00:00</StatusDate>
 <Calendars>
  <Calendar><UID>1</UID><Name>Standard</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>
   <WeekDays>
    <WeekDay><DayType>1</DayType><DayWorking>0</DayWorking></WeekDay>
    <WeekDay><DayType>2</DayType><DayWorking>1</DayWorking><WorkingTimes>
     <WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>
     <WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>
    <WeekDay><DayType>7</DayType><DayWorking>0</DayWorking></WeekDay>
   </WeekDays>
   <Exceptions><Exception><EnteredByOccurrences>0</EnteredByOccurrences>
    <TimePeriod><FromDate>2026-01-06T00:00:00</FromDate><ToDate>2026-01-06T23:59:00</ToDate></TimePeriod>
    <Name>Epiphany</Name><DayWorking>0</DayWorking></Exception></Exceptions>
  </Calendar>
  <Calendar><UID>3</UID><Name>Six days</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>
   <WeekDays><WeekDay><DayType>7</DayType><DayWorking>1</DayWorking></WeekDay>
    <WeekDay><DayType>0</DayType><DayWorking>0</DayWorking>
     <TimePeriod><FromDate>2026-05-01T00:00:00</FromDate><ToDate>2026-05-02T23:59:00</ToDate></TimePeriod></WeekDay></WeekDays>
  </Calendar>
  <Calendar><UID>4</UID><Name>Crew</Name><IsBaseCalendar>0</IsBaseCalendar><BaseCalendarUID>1</BaseCalendarUID></Calendar>
 </Calendars>
 <Tasks>
  <Task><UID>0</UID><Name>Bridge</Name><OutlineLevel>0</OutlineLevel><Summary>1</Summary></Task>
  <Task><UID>1</UID><Name>Design</Name><OutlineLevel>1</OutlineLevel><Summary>1</Summary></Task>
  <Task><UID>2</UID><Name>Draw</Name><OutlineLevel>2</OutlineLevel><Duration>PT16H0M0S</Duration><DurationFormat>7</DurationFormat>
   <PercentComplete>100</PercentComplete><ActualStart>2026-01-05T08:00:00</ActualStart><ActualFinish>2026-01-07T17:00:00</ActualFinish></Task>
  <Task><UID>5</UID><Name>Check</Name><OutlineLevel>2</OutlineLevel><Duration>PT8H0M0S</Duration><CalendarUID>3</CalendarUID>
   <PredecessorLink><PredecessorUID>2</PredecessorUID><Type>1</Type><LinkLag>4800</LinkLag><LagFormat>7</LagFormat></PredecessorLink></Task>
  <Task><UID>6</UID><Name>Build</Name><OutlineLevel>1</OutlineLevel><Duration>PT40H0M0S</Duration><CalendarUID>-1</CalendarUID>
   <ConstraintType>4</ConstraintType><ConstraintDate>2026-01-12T08:00:00</ConstraintDate>
   <PredecessorLink><PredecessorUID>5</PredecessorUID><Type>3</Type><LinkLag>-9600</LinkLag><LagFormat>7</LagFormat></PredecessorLink>
   <PredecessorLink><PredecessorUID>2</PredecessorUID><Type>0</Type><LinkLag>28800</LinkLag><LagFormat>8</LagFormat></PredecessorLink></Task>
  <Task><UID>9</UID><Name>Opened</Name><OutlineLevel>1</OutlineLevel><Duration>PT0H0M0S</Duration><Milestone>1</Milestone>
   <PredecessorLink><PredecessorUID>6</PredecessorUID></PredecessorLink>
   <PredecessorLink><PredecessorUID>5</PredecessorUID><Type>2</Type><LinkLag>0</LinkLag></PredecessorLink></Task>
 </Tasks>
 <Resources><Resource><UID>0</UID><Name/></Resource><Resource><UID>1</UID><Name>Crane</Name><Type>1</Type><MaxUnits>2</MaxUnits></Resource></Resources>
 <Assignments><Assignment><UID>1</UID><TaskUID>6</TaskUID><ResourceUID>1</ResourceUID><Units>1.5</Units></Assignment></Assignments>
</Project>
"""


def read() -> Plan:
    return parse_mspdi(PROJECT, source="bridge.xml")


def test_every_predecessor_is_read() -> None:
    assert read().links == (
        Link(first="2", second="5", type="FS", lag=1),
        Link(first="5", second="6", type="SS", lag=-2),
        Link(first="2", second="6", type="FF", lag=2, calendar="elapsed"),
        Link(first="6", second="9"),
        Link(first="5", second="9", type="SF"),
    )


def test_every_calendar_is_read() -> None:
    standard, six, crew = read().calendars
    assert (standard.id, standard.weekdays, standard.parent) == ("Standard", (1, 2, 3, 4, 5), None)
    assert standard.hours == ((1, ("08:00-12:00", "13:00-17:00")),)
    assert [(e.name, e.first, e.working) for e in standard.exceptions] == [
        ("Epiphany", date(2026, 1, 6), False)
    ]
    assert six.weekdays == (1, 2, 3, 4, 5, 6)
    assert (six.exceptions[0].first, six.exceptions[0].last) == (date(2026, 5, 1), date(2026, 5, 2))
    assert (crew.parent, crew.weekdays) == ("Standard", None)


def test_tasks_become_activities_with_stages_progress_and_demands() -> None:
    plan = read()
    draw, _, build, opened = plan.activities
    assert (draw.stage, draw.duration.planned, plan.start) == ("Design", 2, date(2026, 1, 5))
    assert draw.progress is not None
    assert (draw.progress.actual_start, draw.progress.actual_finish) == (0, 3)
    assert build.demands == (("1", 150),)
    assert plan.resources[0].capacity == 200
    assert build.constraint is not None
    assert (build.constraint.type, build.constraint.at) == ("SNET", 7)
    assert opened.duration.planned == 0
    assert plan.status_at == 4


def test_the_round_trip_keeps_the_plan() -> None:
    plan = read()
    path = find_critical_path(plan)
    starts = {name: dates.early_start for name, dates in path.dates.items()}
    finishes = {name: dates.early_finish for name, dates in path.dates.items()}
    again = parse_mspdi(write_mspdi(plan, starts, finishes), source="again.xml")
    assert set(again.links) == set(plan.links)
    for before, after in zip(plan.calendars, again.calendars, strict=True):
        assert (before.id, before.parent, before.weekdays) == (
            after.id,
            after.parent,
            after.weekdays,
        )
        assert before.exceptions == after.exceptions
        assert dict(before.hours).items() <= dict(after.hours).items()
    assert {a.id: a for a in again.activities} == {a.id: a for a in plan.activities}
    assert (again.calendar, again.start, again.status_at) == (
        plan.calendar,
        plan.start,
        plan.status_at,
    )
    assert [(r.name, r.capacity) for r in again.resources] == [("Crane", 200)]
    assert find_critical_path(again).length == path.length


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><Project>&a;</Project>', "DOCTYPE"),
        (b"<Project><Tasks>", "no XML"),
        (b"<Other/>", "expected <Project>"),
        (b"<Project/>", "no <StartDate>"),
        (PROJECT.replace(b"PT16H0M0S", b"two days"), "Task Draw: 'two days' is no duration"),
        (PROJECT.replace(b"PT16H0M0S", b"PTnanH0M0S"), "Task Draw: 'PTnanH0M0S' is no duration"),
        (PROJECT.replace(b"PT16H0M0S", b"PTinfH0M0S"), "Task Draw: 'PTinfH0M0S' is no duration"),
        (PROJECT.replace(b"UTF-8", b"utf-7"), "line 1: Its encoding cannot be read"),
        (PROJECT.replace(b"UTF-8", b"none-such"), "line 1: Its encoding cannot be read"),
        (
            PROJECT.replace(b"<Type>3<", b"<Type>9<"),
            r"Task 6 \(Build\), PredecessorLink, Type: '9'",
        ),
        (PROJECT.replace(b"<Type>3<", b"<Type>x<"), r"PredecessorLink, Type: 'x' is no code"),
        (PROJECT.replace(b"Type>4<", b"Type>44<"), r"Task 6 \(Build\), ConstraintType: '44'"),
        (PROJECT.replace(b">-9600<", b">nan<"), r"PredecessorLink, LinkLag: 'nan' is no number"),
        (PROJECT.replace(b">100<", b">most<"), r"Task 2 \(Draw\), PercentComplete: 'most'"),
        (PROJECT.replace(b">480<", b">0<"), "Project, MinutesPerDay: 0 is not from 1 to 1440"),
        (PROJECT.replace(b">480<", b">lots<"), "Project, MinutesPerDay: 'lots' is no number"),
        (PROJECT.replace(b"Level>2<", b"Level>two<"), "OutlineLevel: 'two' is no number"),
        (PROJECT.replace(b"<MaxUnits>2<", b"<MaxUnits>inf<"), "Resource 1, MaxUnits: 'inf'"),
        (PROJECT.replace(b">1.5<", b">1,5<"), "Assignment of task 6, Units: '1,5' is no number"),
        (
            PROJECT.replace(b"<ToDate>2026-01-06T", b"<ToDate>9999-12-31T"),
            "calendar 'Standard' works on only one day from 2026-01-05 on",
        ),
        (PROJECT.replace(b"PT16H0M0S", b"-PT16H0M0S"), "'2' has a negative duration"),
        (PROJECT.replace(b"<PredecessorUID>5<", b"<PredecessorUID>77<"), "predecessor '77' of '6'"),
        (PROJECT.replace(b"2026-01-12T08", b"2025-12-12T08"), "'6' has a date 24 units before"),
    ],
)
def test_unsound_files_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        parse_mspdi(content, source="bad.xml")


def test_a_plan_without_dates_is_not_written() -> None:
    with pytest.raises(PunteError, match="counts periods"):
        write_mspdi(Plan(activities=()), {}, {})
