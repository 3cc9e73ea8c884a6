"""Where the verdicts and chances of an allocation come from, and whether their source says the same today."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.funding.allocation_actions import chances_of
from punte.apps.funding.models import Allocation, EligibilityCase
from punte.apps.programmes.queries import milestones_by_id
from punte.web.finance.cases import RULES_WORDS
from punte.web.finance.instruments import data_words

VERDICT_WORDS = {
    "eligible": gettext_lazy("eligible"),
    "not": gettext_lazy("not eligible"),
    "unknown": gettext_lazy("not known"),
}


def origins_of(allocation: Allocation) -> list[dict[str, Any]]:
    """Return each project with its verdicts and chances, each with where it came from and when."""
    links: Mapping[str, Any] = allocation.links
    cases = EligibilityCase.objects.in_bulk(
        [one["case"] for held in links.values() for one in held.get("cases", {}).values()]
    )
    ids = [UUID(held["milestone"]["id"]) for held in links.values() if held.get("milestone")]
    milestones = milestones_by_id(ids)
    names = {one["id"]: one.get("name") or one["id"] for one in allocation.content["budgets"]}
    rows = []
    for project in allocation.content["projects"]:
        held = links.get(project["id"], {})
        rows.append(
            {
                "project": project["id"],
                "name": project.get("name") or project["id"],
                "verdicts": [
                    _verdict(one, names, held.get("cases", {}).get(one["budget"]), cases)
                    for one in project.get("budgets", [])
                ],
                "chances": sorted(project.get("chances", {}).items()),
                "milestone": _milestone(project, held.get("milestone"), milestones),
            }
        )
    return rows


def _verdict(
    one: Mapping[str, Any],
    names: Mapping[str, str],
    link: Mapping[str, Any] | None,
    cases: Mapping[Any, EligibilityCase],
) -> dict[str, Any]:
    found = cases.get(UUID(link["case"])) if link else None
    verdict = one.get("verdict", "eligible")
    return {
        "budget": one["budget"],
        "budget_name": names.get(one["budget"], one["budget"]),
        "state": verdict,
        "words": VERDICT_WORDS[verdict],
        "reason": _told(link) if link else data_words(one.get("reason", "")),
        "link": link,
        "case": found,
        "now": VERDICT_WORDS[found.state] if found and link and _differs(found, link) else "",
    }


def _told(link: Mapping[str, Any]) -> str:
    """Return where a verdict came from, in the language of who reads it."""
    return _("verdict of a kept case under %(rules)s on %(day)s (%(stamp)s)") % {
        "rules": RULES_WORDS.get(link.get("rules", ""), link.get("rules", "")),
        "day": link.get("on", ""),
        "stamp": f"{link['by']}, {link['at'][:10]}",
    }


def _differs(case: EligibilityCase, link: Mapping[str, Any]) -> bool:
    return bool(case.state != link["state"] or case.content_sha256 != link["sha256"])


def _milestone(
    project: Mapping[str, Any], link: Mapping[str, Any] | None, known: Mapping[UUID, Any]
) -> dict[str, Any] | None:
    if not link:
        return None
    key = UUID(link["id"])
    now = chances_of(project, key) if key in known else None
    return {
        "row": known.get(key),
        "link": link,
        "differs": now is not None and now != project.get("chances"),
        "title": known[key].name if key in known else _("a milestone"),
    }
