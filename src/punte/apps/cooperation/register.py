"""The register of assistance as it is read: what comes first, what runs, what is past, narrowed by words, state and day."""

import datetime as dt
from dataclasses import dataclass

from punte.apps.cooperation.models import Assistance

MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """
    What is asked for; what is empty narrows nothing.

    Parameters
    ----------
    words
        Each stands in its title, in what it is about, who helps or asks, its place, or the title or place of an activity.
    country
        For which country, ISO 3166-1 alpha-3.
    since, until
        Of its days, or those of an activity, one lies between the two. What has no day is then left out.
    """

    words: str = ""
    kind: str = ""
    side: str = ""
    country: str = ""
    state: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


def register_of(
    asked: Register, *, today: dt.date
) -> tuple[list[Assistance], dict[str, list[Assistance]]]:
    """
    Return everything that the active subject sees, and of it what is asked for as ``coming``, ``running`` and ``past``.

    Coming is in the order of the next day, past with the newest first. What is invented stands below it all, as ``invented``.
    """
    rows = Assistance.objects.prefetch_related("activities").order_by("-starts_on", "title", "pk")
    everything = list(rows[:MOST])
    parts: dict[str, list[Assistance]] = {"coming": [], "running": [], "past": []}
    for row in everything:
        if _fits(row, asked):
            parts[part_of(row, today)].append(row)
    parts["coming"].sort(key=lambda row: _next(row, today) or dt.date.max)
    invented = [row for rows in parts.values() for row in rows if row.is_synthetic]
    real = {key: [row for row in found if not row.is_synthetic] for key, found in parts.items()}
    return everything, {**real, "invented": invented}


def part_of(row: Assistance, today: dt.date) -> str:
    """Return whether an assistance is ``coming``, ``running`` or ``past`` on a day."""
    last = row.ends_on or row.starts_on
    is_over = last is not None and last < today and row.state != Assistance.State.RUNNING
    coming = _next(row, today)
    if row.state in Assistance.OVER or (is_over and coming is None):
        return "past"
    if row.state == Assistance.State.RUNNING and coming is None:
        return "running"
    if coming is not None and coming > today:
        return "coming"
    return "running" if coming is not None or row.state == Assistance.State.RUNNING else "coming"


def _next(row: Assistance, today: dt.date) -> dt.date | None:
    """Return the first day of what is not past yet: its own or that of an activity; None where there is none."""
    spans = [(row.starts_on, row.ends_on or row.starts_on)]
    spans += [
        (one.starts_on, one.ends_on)
        for one in row.activities.all()
        if one.state not in Assistance.OVER
    ]
    return min(
        (a for a, b in spans if a is not None and b is not None and b >= today), default=None
    )


def _fits(row: Assistance, asked: Register) -> bool:
    activities = list(row.activities.all())
    texts = [row.title, row.about, row.provider, row.asker, row.place]
    text = " ".join([*texts, *(f"{one.title} {one.place}" for one in activities)]).casefold()
    spans = [(row.starts_on, row.ends_on or row.starts_on)]
    spans += [(one.starts_on, one.ends_on) for one in activities]
    return (
        all(word in text for word in asked.words.casefold().split())
        and asked.kind in {"", row.kind}
        and asked.side in {"", row.side}
        and asked.state in {"", row.state}
        and (not asked.country or asked.country in row.beneficiaries)
        and any(_within(first, last, asked) for first, last in spans)
    )


def _within(first: dt.date | None, last: dt.date | None, asked: Register) -> bool:
    if asked.since is None and asked.until is None:
        return True
    if first is None or last is None:
        return False
    return last >= (asked.since or dt.date.min) and first <= (asked.until or dt.date.max)
