"""
PSPLIB single-mode files (``.sm``): jobs, successors, durations, renewable resources.

References
----------
R. Kolisch, A. Sprecher, PSPLIB: a project scheduling problem library, European Journal of Operational Research 96 (1997) 205-216.
"""

import re
from typing import Final

from punte.engines.roadmap.instance import Activity, Length, Link, Plan, Resource
from punte.engines.roadmap.soundness import checked
from punte.kernel.errors import InvalidInputError, Problem


def parse_psplib(content: bytes, *, source: str) -> Plan:
    """
    Return the plan of a ``.sm`` file; its two dummy jobs are kept, ids are the job numbers.

    Raises
    ------
    InvalidInputError
        If the file is cut off, holds several modes or resources that are used up, or makes no sense as a plan.
    """
    sections = _split_sections(content.decode("latin-1"), source)
    _, amounts = sections["RESOURCEAVAILABILITIES"][0]
    names = [f"R{number + 1}" for number in range(len(amounts))]
    successors = _by_job(sections["PRECEDENCE"], source, "PRECEDENCE RELATIONS")
    requests = _by_job(sections["REQUESTS"], source, "REQUESTS/DURATIONS")
    links = _read_links(successors, requests, source)
    activities = _read_activities(requests, successors, names, source)
    resources = tuple(
        Resource(id=name, capacity=amount) for name, amount in zip(names, amounts, strict=True)
    )
    plan = Plan(
        name=source.rsplit("/", 1)[-1],
        activities=tuple(activities),
        links=tuple(links),
        resources=resources,
    )
    return checked(plan, source=source)


_Rows = list[tuple[int, list[int]]]


def _by_job(rows: _Rows, source: str, section: str) -> dict[int, tuple[int, list[int]]]:
    """Return the rows of a section by job; a second row of one is a second mode, or a slip."""
    found: dict[int, tuple[int, list[int]]] = {}
    for line, row in rows:
        if row[0] in found:
            raise _refuse(source, line, f"job {row[0]} stands twice under {section}")
        found[row[0]] = (line, row)
    return found


def _read_links(
    successors: dict[int, tuple[int, list[int]]],
    requests: dict[int, tuple[int, list[int]]],
    source: str,
) -> list[Link]:
    links = []
    for job, (line, row) in successors.items():
        if len(row) > 1 and row[1] != 1:
            raise _refuse(source, line, f"job {job} has {row[1]} modes; only one is read")
        if len(row) < 3 or len(row) != 3 + row[2]:
            raise _refuse(source, line, f"job {job} does not list as many successors as it says")
        if job not in requests:
            raise _refuse(source, line, f"job {job} has no line under REQUESTS/DURATIONS")
        for other in row[3:]:
            if other not in requests:
                text = f"job {job} names the successor {other}, which has no line under REQUESTS/DURATIONS"
                raise _refuse(source, line, text)
        links += [Link(first=str(job), second=str(other)) for other in row[3:]]
    return links


def _read_activities(
    requests: dict[int, tuple[int, list[int]]],
    successors: dict[int, tuple[int, list[int]]],
    names: list[str],
    source: str,
) -> list[Activity]:
    activities = []
    for job, (line, row) in requests.items():
        if job not in successors:
            raise _refuse(source, line, f"job {job} has no line under PRECEDENCE RELATIONS")
        if len(row) < 3:
            raise _refuse(source, line, f"job {job} has no duration")
        if len(row) != 3 + len(names):
            text = (
                f"job {job} has {len(row) - 3} requests, and {len(names)} resources are available"
            )
            raise _refuse(source, line, text)
        used = tuple((name, amount) for name, amount in zip(names, row[3:], strict=True) if amount)
        activities.append(Activity(id=str(job), duration=Length(likely=row[2]), demands=used))
    return activities


def _refuse(source: str, line: int | None, what: str) -> InvalidInputError:
    place = "" if line is None else f"line {line}"
    return InvalidInputError(
        source,
        [Problem(place=place, what=f"{what}.", remedy="Take the file from PSPLIB again.")],
    )


_WANTED: Final = ("PRECEDENCE", "REQUESTS", "RESOURCEAVAILABILITIES")
_HEADER: Final = re.compile(r"\s*(jobnr\b.*|-+|([RND]\s*\d+\s*)+)?\s*", re.ASCII)
"""A line of a section that holds no numbers and is none the worse for it."""


def _split_sections(text: str, source: str) -> dict[str, _Rows]:
    """Return for each section its rows of numbers with their line."""
    found: dict[str, _Rows] = {}
    rows: _Rows | None = None
    declared: tuple[int, int] | None = None
    for line, content in enumerate(text.splitlines(), start=1):
        title = next((name for name in _WANTED if content.startswith(name)), None)
        kind = re.match(
            r"\s*- (renewable|nonrenewable|doubly constrained)\s*:\s*([0-9]{1,9})", content
        )
        if title is not None:
            rows = found.setdefault(title, [])
        elif content.startswith("*"):
            rows = None
        elif kind is not None and kind[1] != "renewable" and int(kind[2]):
            raise _refuse(source, line, f"it has {kind[1]} resources, which are not read")
        elif kind is not None and kind[1] == "renewable":
            declared = (line, int(kind[2]))
        elif re.fullmatch(r"\s*([0-9]{1,9}\s+)*[0-9]{1,9}\s*", content):
            if rows is not None:
                rows.append((line, [int(word) for word in content.split()]))
        elif rows is not None and not _HEADER.fullmatch(content):
            raise _refuse(source, line, f"{content.strip()[:60]!r} is no row of whole numbers")
    for name in _WANTED:
        if not found.get(name):
            raise _refuse(source, None, f"there is no section {name}: this is no whole .sm file")
    line, amounts = found["RESOURCEAVAILABILITIES"][0]
    if declared is not None and declared[1] != len(amounts):
        text = f"line {declared[0]} declares {declared[1]} renewable resources, and {len(amounts)} amounts stand here"
        raise _refuse(source, line, text)
    return found
