"""What a scenario changes in a plan, activity by activity."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from punte.engines.roadmap import instance as roadmap

MOST: Final = 200
"""So many differences are told; more are a different plan."""

Kind = Literal["added", "removed", "length", "links", "progress", "other", "risks", "start"]


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
    old = {one.id: one for one in before.activities}
    new = {one.id: one for one in after.activities}
    found = [
        Difference(kind="removed", activity=key, name=one.name or key)
        for key, one in old.items()
        if key not in new
    ]
    links = _links(before), _links(after)
    for key, one in new.items():
        if key in old:
            found += _changed(old[key], one, links[0].get(key, ""), links[1].get(key, ""))
        else:
            found.append(Difference(kind="added", activity=key, name=one.name or key))
    if before.start != after.start:
        found.append(
            Difference(
                kind="start", activity="", name="", before=str(before.start), after=str(after.start)
            )
        )
    if (before.risks, before.correlations) != (after.risks, after.correlations):
        found.append(Difference(kind="risks", activity="", name=""))
    return found[:MOST]


def _changed(
    old: roadmap.Activity, new: roadmap.Activity, waited: str, waits: str
) -> list[Difference]:
    name, key = new.name or new.id, new.id
    found = []
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
    if replace(old, duration=new.duration, progress=new.progress) != new:
        found.append(Difference(kind="other", activity=key, name=name))
    return found


def _length(length: roadmap.Length) -> str:
    shown = f"{length.likely:g}"
    if length.low is not None and length.high is not None:
        shown += f" ({length.low:g}\N{EN DASH}{length.high:g})"
    return shown


def _links(plan: roadmap.Plan) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for link in plan.links:
        words = link.first + ("" if link.type == "FS" else f" {link.type}")
        found.setdefault(link.second, []).append(words + (f"{link.lag:+d}" if link.lag else ""))
    return {key: ", ".join(sorted(words)) for key, words in found.items()}
