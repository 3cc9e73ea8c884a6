"""
PSPLIB single-mode files (``.sm``): jobs, successors, durations, renewable resources.

References
----------
R. Kolisch, A. Sprecher, PSPLIB: a project scheduling problem library, European Journal of Operational Research 96 (1997) 205-216.
"""

import re

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
    successors = {row[0]: row for _, row in sections["PRECEDENCE"]}
    names = [f"R{number + 1}" for number in range(len(sections["RESOURCEAVAILABILITIES"][0][1]))]
    activities, links = [], []
    for line, row in sections["REQUESTS"]:
        if len(row) != 3 + len(names) or row[0] not in successors:
            raise _refuse(
                source,
                line,
                f"job {row[0]} has {len(row) - 3} requests or no line under PRECEDENCE RELATIONS; "
                f"{len(names)} resources are declared.",
            )
        job, demands = str(row[0]), zip(names, row[3:], strict=True)
        used = tuple((name, amount) for name, amount in demands if amount)
        activities.append(Activity(id=job, duration=Length(likely=row[2]), demands=used))
    for line, row in sections["PRECEDENCE"]:
        if len(row) < 3 or len(row) != 3 + row[2]:
            raise _refuse(source, line, f"job {row[0]} does not list as many successors as it says")
        if row[1] != 1:
            raise _refuse(source, line, f"job {row[0]} has {row[1]} modes; only one is read")
        links += [Link(first=str(row[0]), second=str(other)) for other in row[3:]]
    resources = tuple(
        Resource(id=name, capacity=amount)
        for name, amount in zip(names, sections["RESOURCEAVAILABILITIES"][0][1], strict=True)
    )
    plan = Plan(
        name=source.rsplit("/", 1)[-1],
        activities=tuple(activities),
        links=tuple(links),
        resources=resources,
    )
    return checked(plan, source=source)


def _refuse(source: str, line: int, what: str) -> InvalidInputError:
    return InvalidInputError(
        source,
        [Problem(place=f"line {line}", what=f"{what}.", remedy="Take the file from PSPLIB again.")],
    )


def _split_sections(text: str, source: str) -> dict[str, list[tuple[int, list[int]]]]:
    """Return for each section its rows of numbers with their line."""
    found: dict[str, list[tuple[int, list[int]]]] = {}
    rows: list[tuple[int, list[int]]] = []
    wanted = ("PRECEDENCE", "REQUESTS", "RESOURCEAVAILABILITIES")
    for line, content in enumerate(text.splitlines(), start=1):
        title = next((name for name in wanted if content.startswith(name)), None)
        if title is not None:
            rows = found.setdefault(title, [])
        elif content.startswith("*"):
            rows = []
        elif re.fullmatch(r"[\s\d]*\d[\s\d]*", content):
            rows.append((line, [int(word) for word in content.split()]))
        nonrenewable = re.match(r"\s*- (nonrenewable|doubly constrained)\s*:\s*(\d+)", content)
        if nonrenewable and nonrenewable[2] != "0":
            raise _refuse(source, line, f"it has {nonrenewable[1]} resources, which are not read")
    for name in wanted:
        if not found.get(name):
            raise InvalidInputError(
                source,
                [Problem(place="", what=f"There is no section {name}: this is no whole .sm file.")],
            )
    return found
