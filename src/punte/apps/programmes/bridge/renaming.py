"""An activity stays the same whatever its id: from one version of a plan to another, and through a file."""

from typing import Any

from punte.engines.roadmap.baseline import free_name

Content = dict[str, Any]


def known_as(line: dict[str, Any]) -> str:
    """Return the id that an activity of a plan's content was first known by."""
    found: str = line.get("origin") or line["id"]
    return found


def ids_between(before: Content, after: Content) -> dict[str, str]:
    """
    Return the ids of one version's activities with those that they have in another; what that does not have is left out.

    An activity that a file brought back without its first id is found by the id it has.
    """
    there = {known_as(line): line["id"] for line in after["activities"]}
    ids = {line["id"] for line in after["activities"]}
    found = {}
    for line in before["activities"]:
        name = there.get(known_as(line), line["id"])
        if name in ids:
            found[line["id"]] = name
    return found


def with_origins(content: Content, before: Content) -> Content:
    """
    Return a plan whose activities keep the ids that they were first known by in another with the same ids.

    So a plan that went through a file that has no such ids still meets its baselines.
    """
    old = {line["id"]: line["origin"] for line in before["activities"] if line.get("origin")}
    taken = {known_as(line) for line in content["activities"] if line["id"] not in old}
    lines = []
    for line in content["activities"]:
        origin = old.get(line["id"])
        if origin is not None and not line.get("origin") and origin not in taken:
            lines.append({**line, "origin": origin})
        else:
            lines.append(line)
    return {**content, "activities": lines}


def with_own_origins(lines: list[dict[str, Any]], fresh: set[int]) -> list[dict[str, Any]]:
    """
    Return activities of which no new one passes for an old one: it gets an origin of its own where its id is another's first.

    Parameters
    ----------
    fresh
        Positions of the new ones.
    """
    taken = {known_as(line) for number, line in enumerate(lines) if number not in fresh}
    found = list(lines)
    for number in sorted(fresh):
        name = lines[number]["id"]
        if name in taken and not any(
            line["id"] == name for other, line in enumerate(lines) if other != number
        ):
            found[number] = {**lines[number], "origin": free_name(name, taken)}
        taken.add(known_as(found[number]))
    return found
