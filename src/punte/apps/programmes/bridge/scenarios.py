"""What a scenario changes in a plan, activity by activity."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from punte.engines.roadmap import instance as roadmap

MOST: Final = 200
"""So many differences are told; more are a different plan."""

Kind = Literal[
    "added", "removed", "length", "links", "progress", "other", "risks", "start", "renamed"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs; ``before`` and ``after`` in days or ids, empty where there is none."""

    kind: Kind
    activity: str
    name: str
    before: str = ""
    after: str = ""


def differences(before: roadmap.Plan, after: roadmap.Plan) -> list[Difference]:
    """Return what differs between two plans, in the order of the second."""
    old = {one.known_as: one for one in before.activities}
    new = {one.known_as: one for one in after.activities}
    now = {one.id: new[key].id for key, one in old.items() if key in new}
    found = [
        Difference(kind="removed", activity=one.id, name=one.name or one.id)
        for key, one in old.items()
        if key not in new
    ]
    links = _links(before, now), _links(after, {})
    for key, one in new.items():
        if key in old:
            found += _changed(old[key], one, links[0].get(one.id, ""), links[1].get(one.id, ""))
        else:
            found.append(Difference(kind="added", activity=one.id, name=one.name or one.id))
    if before.start != after.start:
        found.append(
            Difference(
                kind="start", activity="", name="", before=str(before.start), after=str(after.start)
            )
        )
    if _luck(before, now) != _luck(after, {}):
        found.append(Difference(kind="risks", activity="", name=""))
    return found[:MOST]


def _changed(
    old: roadmap.Activity, new: roadmap.Activity, waited: str, waits: str
) -> list[Difference]:
    name, key = new.name or new.id, new.id
    found = []
    if old.id != key:
        found.append(Difference(kind="renamed", activity=key, name=name, before=old.id, after=key))
    if old.duration != new.duration:
        found.append(
            Difference(
                kind="length",
                activity=key,
                name=name,
                before=_length(old.duration),
                after=_length(new.duration),
            )
        )
    if waited != waits:
        found.append(Difference(kind="links", activity=key, name=name, before=waited, after=waits))
    if old.progress != new.progress:
        found.append(Difference(kind="progress", activity=key, name=name))
    if replace(old, id=key, origin=new.origin, duration=new.duration, progress=new.progress) != new:
        found.append(Difference(kind="other", activity=key, name=name))
    return found


def _length(length: roadmap.Length) -> str:
    shown = f"{length.likely:g}"
    if length.low is not None and length.high is not None:
        shown += f" ({length.low:g}\N{EN DASH}{length.high:g})"
    return shown


def _luck(plan: roadmap.Plan, now: dict[str, str]) -> tuple[list[object], list[object]]:
    risks = [
        replace(risk, activities=tuple(now.get(name, name) for name in risk.activities))
        for risk in plan.risks
    ]
    groups = [
        replace(group, members=tuple(now.get(name, name) for name in group.members))
        for group in plan.correlations
    ]
    return list(risks), list(groups)


def _links(plan: roadmap.Plan, now: dict[str, str]) -> dict[str, str]:
    """Return what each activity waits for, under the ids that ``now`` gives."""
    found: dict[str, list[str]] = {}
    for link in plan.links:
        first, second = now.get(link.first, link.first), now.get(link.second, link.second)
        words = first + ("" if link.type == "FS" else f" {link.type}")
        found.setdefault(second, []).append(words + (f"{link.lag:+d}" if link.lag else ""))
    return {key: ", ".join(sorted(words)) for key, words in found.items()}
