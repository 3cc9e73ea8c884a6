"""Changes of what an allocation rests on: its tables, verdicts of kept cases, chances of milestones; each can be taken back."""

import copy
import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import Labelled, strictest_tlp
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import one_line, whole_text
from punte.apps.funding import bridge
from punte.apps.funding.actions import acting_name, compute_allocation
from punte.apps.funding.models import Allocation, AllocationRevision, Decision, EligibilityCase
from punte.apps.funding.permissions import require_change, require_keeping
from punte.apps.programmes.chances import DRAWS, SEED, dates_in_draws
from punte.apps.programmes.queries import find_milestone
from punte.kernel.errors import PunteError
from punte.kernel.phrases import template_of

VERDICTS = ("eligible", "not", "unknown")
DECISION = "decision"
"""Where an earlier allocation holds the decision about a project that the change took away."""


def keep_allocation(
    *,
    by: Subject,
    allocation: Allocation | None,
    name: str,
    content: bridge.Content,
    reason: str = "",
) -> Allocation:
    """
    Keep an allocation, new or changed, and compute its plan; what it was before can be taken back.

    Raises
    ------
    NotFinanceError
        The subject keeps no money, or the allocation is another's.
    InvalidInputError
        The question makes no sense; nothing is kept.
    """
    keeper_id = require_keeping(by, allocation)
    name = one_line(name, Allocation.name.field.max_length or 200)
    refuse_classified(_("Allocation"), [(_("name"), name), (_("content"), str(content))])
    row = allocation or Allocation()
    row.owner_org_id = keeper_id
    bridge.obstacles_of(content)
    links = _links_within(row.links, content)
    _change(by, row, name=name, content=content, links=links, reason=reason)
    record("allocation.kept", row, reason=reason, sha256=bridge.sha256_of(content))
    return row


def state_verdict(
    *, by: Subject, allocation: Allocation, project: str, budget: str, verdict: str, reason: str
) -> None:
    """
    State whether a budget may pay for a project, with a reason, in the place of what stood there.

    Raises
    ------
    NotFinanceError
        The allocation is another's.
    PunteError
        There is no such project, budget or verdict, or no reason.
    """
    require_change(by, allocation)
    if verdict not in VERDICTS:
        raise PunteError(_("Say eligible, not eligible, or not known."))
    if not reason.strip():
        raise PunteError(_("Give the reason: the page shows who stated it, and why."))
    refuse_classified(_("Verdict"), [(_("reason"), reason)])
    content, links = copy.deepcopy(allocation.content), copy.deepcopy(allocation.links)
    links.get(project, {}).get("cases", {}).pop(budget, None)
    _set_verdict(content, project, budget, verdict, f"{whole_text(reason, 300)} ({_stamp(by)})")
    _change(by, allocation, content=content, links=links, reason=reason)
    record("allocation.verdict", allocation, project=project, budget=budget, verdict=verdict)


def take_verdict(
    *, by: Subject, allocation: Allocation, project: str, budget: str, case: EligibilityCase
) -> None:
    """
    Take over the verdict of a kept case for a project and a budget; where it came from and when stays beside it.

    Raises
    ------
    NotFinanceError
        The allocation is another's.
    PunteError
        There is no such project or budget, or more people see the allocation than the case.
    """
    require_change(by, allocation)
    _require_as_narrow(allocation, case)
    content, links = copy.deepcopy(allocation.content), copy.deepcopy(allocation.links)
    reason = f"{case.rules}, {case.on.isoformat()} ({_stamp(by)})"
    _set_verdict(content, project, budget, case.state, reason)
    links.setdefault(project, {}).setdefault("cases", {})[budget] = {
        "case": str(case.pk),
        "state": case.state,
        "rules": case.rules,
        "on": case.on.isoformat(),
        "sha256": case.content_sha256,
        **_taken(by),
    }
    allocation.label_tlp = strictest_tlp([case.label_tlp], least=allocation.label_tlp)
    _change(by, allocation, content=content, links=links, reason=template_of("verdict of a case"))
    record(
        "allocation.verdict_taken", allocation, project=project, budget=budget, case=str(case.pk)
    )


def take_chances(*, by: Subject, allocation: Allocation, project: str, milestone_id: UUID) -> None:
    """
    Take over how likely a milestone is reached by the end of each year in which a project may begin.

    The chances come from the draws of the programme's plan, the same ones that loan plans are joined with.

    Raises
    ------
    NotFinanceError
        The allocation is another's.
    PunteError
        There is no such project, no plan says when the milestone is reached, or more people see the allocation than it.
    """
    require_change(by, allocation)
    milestone = find_milestone(milestone_id)
    if milestone is None:
        raise PunteError(_("There is no such milestone. Choose one from the list."))
    _require_as_narrow(allocation, milestone.programme)
    content, links = copy.deepcopy(allocation.content), copy.deepcopy(allocation.links)
    found = _project(content, project)
    chances = chances_of(found, milestone_id)
    if chances is None:
        raise PunteError(
            _("No plan says when this milestone is reached. Plan its programme first.")
        )
    found["chances"] = chances
    links.setdefault(project, {})["milestone"] = {
        "id": str(milestone_id), "seed": SEED, "draws": DRAWS, **_taken(by),
    }  # fmt: skip
    tlp = milestone.programme.label_tlp
    allocation.label_tlp = strictest_tlp([tlp], least=allocation.label_tlp)
    _change(
        by, allocation, content=content, links=links, reason=template_of("chances of a milestone")
    )
    record("allocation.chances_taken", allocation, project=project, milestone=str(milestone_id))


def chances_of(project: Mapping[str, Any], milestone_id: UUID) -> dict[str, float] | None:
    """Return the chance that a milestone is reached by the end of each year in which a project may begin; None where no plan says."""
    dates = dates_in_draws([milestone_id]).get(milestone_id)
    if not dates:
        return None
    years = range(project["earliest_year"], project["latest_year"] + 1)
    return {
        str(year): sum(day is not None and day.year <= year for day in dates) / len(dates)
        for year in years
    }


def drop_link(*, by: Subject, allocation: Allocation, project: str, budget: str = "") -> None:
    """
    Take back a link: to the case of a budget, whose verdict is then not known, or to the milestone where no budget is named.

    Raises
    ------
    NotFinanceError
        The allocation is another's.
    PunteError
        There is no such project or link.
    """
    require_change(by, allocation)
    content, links = copy.deepcopy(allocation.content), copy.deepcopy(allocation.links)
    found = _project(content, project)
    held = links.get(project, {})
    if budget and held.get("cases", {}).pop(budget, None):
        _set_verdict(content, project, budget, "unknown", _("taken back (%s)") % _stamp(by))
    elif not budget and held.pop("milestone", None):
        found.pop("chances", None)
    else:
        raise PunteError(_("There is no such link."))
    _change(by, allocation, content=content, links=links, reason=template_of("link taken back"))
    record("allocation.link_dropped", allocation, project=project, budget=budget)


def take_back_change(*, by: Subject, allocation: Allocation, revision: str) -> None:
    """
    Let an allocation be what it was before one of its changes; what it is now stays in its history, and nothing happens where it is that.

    Raises
    ------
    NotFinanceError
        The allocation is another's.
    PunteError
        There is no such change.
    """
    require_change(by, allocation)
    history = list(allocation.revisions.all())
    found = next((one for one in history if str(one.pk) == revision), None)
    if found is None:
        raise PunteError(_("There is no such change. Choose one from the history."))
    links = {key: held for key, held in _without_decisions(found.links).items() if held}
    if (found.name, found.content, links) == (
        allocation.name,
        allocation.content,
        allocation.links,
    ):
        return
    # What was decided about projects that went since comes back with them, the decision that stood then before later ones.
    gone: dict[str, Mapping[str, str]] = {}
    for one in history[: history.index(found) + 1]:
        gone |= {key: held[DECISION] for key, held in one.links.items() if DECISION in held}
    kept = {one["id"] for one in found.content["projects"]}
    gone = {key: one for key, one in gone.items() if key in kept}
    day = timezone.localtime(found.at).strftime("%Y-%m-%d %H:%M")
    reason = _("back to what it was before %(when)s") % {"when": day}
    with transaction.atomic():
        _change(by, allocation, content=found.content, links=links, reason=reason, name=found.name)
        if gone:
            _decide_again(allocation, gone)
            compute_allocation(allocation)
    record("allocation.taken_back", allocation, sha256=bridge.sha256_of(allocation.content))


def _without_decisions(links: Mapping[str, Any]) -> dict[str, Any]:
    """Return the links of a revision without the decisions that went with its change."""
    return {
        key: {kind: one for kind, one in held.items() if kind != DECISION}
        for key, held in links.items()
    }


def _change(
    by: Subject,
    row: Allocation,
    *,
    content: bridge.Content,
    links: dict[str, Any],
    reason: str,
    name: str = "",
) -> None:
    with transaction.atomic():
        if not row._state.adding:  # noqa: SLF001 - Django's documented way to ask
            AllocationRevision.objects.create(
                allocation=row, name=row.name, content=row.content, links=_with_decisions(row, content),
                reason=whole_text(reason, 300), by_name=acting_name(by),
            )  # fmt: skip
        row.name, row.content, row.links = name or row.name, content, links
        _compute(row)


def _with_decisions(row: Allocation, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the links before a change, with the decisions about projects that go with it."""
    links: dict[str, Any] = copy.deepcopy(row.links)
    for one in row.decisions.exclude(project__in=[found["id"] for found in content["projects"]]):
        links.setdefault(one.project, {})[DECISION] = {
            "verb": one.verb, "reason": one.reason, "by": one.by_name, "by_id": str(one.by_id or ""),
            "at": one.at.isoformat(),
        }  # fmt: skip
    return links


def _decide_again(row: Allocation, gone: Mapping[str, Mapping[str, str]]) -> None:
    """Put back the decisions that went with their projects, as they were made; one made since stays."""
    since = set(row.decisions.values_list("project", flat=True))
    for project, one in gone.items():
        if project in since:
            continue
        Decision.objects.create(
            allocation=row,
            project=project,
            verb=one["verb"],
            reason=one["reason"],
            by_id=one.get("by_id") or None,
            by_name=one["by"],
            at=dt.datetime.fromisoformat(one["at"]),
        )


def _compute(row: Allocation) -> None:
    """Compute the plan; decisions about projects that are gone go with them."""
    if not row._state.adding:  # noqa: SLF001
        kept = [one["id"] for one in row.content["projects"]]
        row.decisions.exclude(project__in=kept).delete()
    compute_allocation(row)


def _links_within(links: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the links whose project and budget are still there."""
    asked = {one["id"]: {b["budget"] for b in one["budgets"]} for one in content["projects"]}
    return {
        project: {
            **held,
            "cases": {b: one for b, one in held.get("cases", {}).items() if b in asked[project]},
        }
        for project, held in links.items()
        if project in asked
    }


def _project(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] | None = next((p for p in content["projects"] if p["id"] == name), None)
    if found is None:
        raise PunteError(_("There is no such project. Choose one from the table."))
    return found


def _set_verdict(
    content: Mapping[str, Any], project: str, budget: str, verdict: str, reason: str
) -> None:
    found = _project(content, project)
    if budget not in {one["id"] for one in content["budgets"]}:
        raise PunteError(_("There is no such budget. Choose one from the table."))
    rest = [one for one in found.get("budgets", []) if one["budget"] != budget]
    found["budgets"] = [*rest, {"budget": budget, "verdict": verdict, "reason": reason}]


def _require_as_narrow(allocation: Allocation, source: Labelled) -> None:
    """Let nobody learn from an allocation what they could not see where it comes from."""
    released, may = set(allocation.label_releasable_to), set(source.label_releasable_to)
    if released - may and "PUBLIC" not in may:
        raise PunteError(
            _(
                "More people see this allocation than that. Take a copy of your own, and link it there."
            )
        )


def _stamp(by: Subject) -> str:
    return f"{acting_name(by)}, {timezone.localdate().isoformat()}"


def _taken(by: Subject) -> dict[str, str]:
    return {"at": timezone.now().isoformat(timespec="minutes"), "by": acting_name(by)}
