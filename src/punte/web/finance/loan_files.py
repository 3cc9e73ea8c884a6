"""A loan plan as the file that the command line reads, and back: with the dates of milestones that its reader sees."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.funding import bridge
from punte.apps.programmes.chances import dates_in_draws
from punte.apps.programmes.queries import milestones_by_id


def milestone_ids(content: Mapping[str, Any]) -> list[UUID]:
    """Return the milestones of programmes that draws of a plan wait for."""
    found = (bridge.programme_milestone(draw.get("milestone")) for draw in content["draws"])
    return [key for key in found if key is not None]


def content_for_file(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan for a file: without milestones that its reader does not see, and with the dates of those that he does."""
    seen = milestones_by_id(milestone_ids(content))
    dates = dates_in_draws(list(seen))
    draws = [
        {key: value for key, value in draw.items() if key != "milestone"}
        if (key := bridge.programme_milestone(draw.get("milestone"))) and key not in seen
        else draw
        for draw in content["draws"]
    ]
    made = {**content, "draws": draws}
    own = content.get("milestones", [])
    known = {found["id"] for found in own}
    counts = {len(found["samples"]) for found in own if found.get("samples") is not None}
    more = [
        {
            "id": name,
            "name": row.name,
            **_dates(days, is_joint=counts <= {len(days)}),
            "source": _("the plan of the programme “%(name)s”") % {"name": row.programme.name},
        }
        for key, row in seen.items()
        if (name := f"{bridge.OF_PROGRAMME}{key}") not in known and (days := dates.get(key))
    ]
    return {**made, "milestones": [*own, *more]} if more else made


def _dates(days: Sequence[dt.date | None], *, is_joint: bool) -> dict[str, Any]:
    """Return the dates of a milestone course by course, as those of other milestones; or by day, where others have other courses."""
    written = [day.isoformat() if day else None for day in days]
    if is_joint:
        return {"samples": written}
    shares = Counter(written)
    return {"distribution": [[day, count / len(written)] for day, count in shares.items()]}


def content_of_file(content: dict[str, Any]) -> dict[str, Any]:
    """Return the plan that a file holds; milestones of programmes that its reader sees have the dates of these from then on."""
    own = content.get("milestones")
    if not isinstance(own, list):
        return content
    names = [found.get("id") for found in own if isinstance(found, dict)]
    keys = [key for name in names if (key := bridge.programme_milestone(name))]
    live = {f"{bridge.OF_PROGRAMME}{key}" for key in milestones_by_id(keys)} if keys else set()
    kept = [found for found in own if not (isinstance(found, dict) and found.get("id") in live)]
    return content if kept == own else {**content, "milestones": kept}
