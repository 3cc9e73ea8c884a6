"""Projects that people decided to fund, and for which no budget may pay any more: by which rule, since when, and what to do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.funding.models import Allocation, Decision, EligibilityCase
from punte.web.finance.cases import RULES_WORDS
from punte.web.finance.instruments import data_words
from punte.web.finance.origins import VERDICT_WORDS
from punte.web.finance.telling import teller_of

MOST_RULES = 3
"""So many rules that say no are named; the case has them all."""
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})\)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """
    Why a budget may not pay for a project.

    Parameters
    ----------
    rule
        What says so: the rules of a case, or the words of who stated it.
    since
        Day from which it holds; empty where nobody noted it.
    is_newer
        Whether the allocation still counts with the verdict of before.
    """

    budget: str
    state: str
    words: str
    rule: str
    since: str
    case: EligibilityCase | None = None
    is_newer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """A project that is to be funded by decision, and that no budget may pay for."""

    allocation: Allocation
    project: str
    name: str
    decision: Decision
    refusals: tuple[Refusal, ...]

    @property
    def is_newer(self) -> bool:
        """Whether the plan was computed with a verdict that no longer holds."""
        return any(one.is_newer for one in self.refusals)


def barred_of(allocations: Sequence[Allocation]) -> list[Barred]:
    """Return the locked projects of allocations whose verdict has turned, each with every refusal."""
    locks = list(Decision.objects.filter(allocation__in=allocations, verb=Decision.Verb.LOCK))
    if not locks:
        return []
    known = {one.pk: one for one in allocations}
    cases = EligibilityCase.objects.in_bulk(
        [
            link["case"]
            for lock in locks
            for link in _links(known[lock.allocation_id], lock.project).values()
        ]
    )
    found = [_barred(known[lock.allocation_id], lock, cases) for lock in locks]
    return [one for one in found if one is not None]


def _links(allocation: Allocation, project: str) -> Mapping[str, Any]:
    """Return the cases from which the verdicts on a project were taken, by budget."""
    links: Mapping[str, Any] = allocation.links.get(project, {}).get("cases", {})
    return links


def _barred(
    allocation: Allocation, lock: Decision, cases: Mapping[Any, EligibilityCase]
) -> Barred | None:
    """Return a locked project with its refusals; None where some budget may still pay for it."""
    project = next((p for p in allocation.content["projects"] if p["id"] == lock.project), None)
    asked = project.get("budgets", []) if project else []
    links = _links(allocation, lock.project)
    refusals = [_refusal(one, links.get(one["budget"]), cases) for one in asked]
    if project is None or not asked or any(one is None for one in refusals):
        return None
    return Barred(
        allocation=allocation,
        project=lock.project,
        name=project.get("name") or lock.project,
        decision=lock,
        refusals=tuple(one for one in refusals if one is not None),
    )


def _refusal(
    one: Mapping[str, Any], link: Mapping[str, Any] | None, cases: Mapping[Any, EligibilityCase]
) -> Refusal | None:
    """Return why a budget may not pay; None where it may."""
    case = cases.get(UUID(link["case"])) if link else None
    state = one.get("verdict", "eligible")
    if case is not None:
        since, now, period = _today(case)
        if now != "eligible":
            return Refusal(
                budget=one["budget"],
                state=now,
                words=str(VERDICT_WORDS[now]),
                rule=_rules_of(case, period),
                since=since,
                case=case,
                is_newer=state == "eligible",
            )
    if state == "eligible":
        return None
    stamped = _DAY.search(one.get("reason", ""))
    return Refusal(
        budget=one["budget"],
        state=state,
        words=str(VERDICT_WORDS[state]),
        rule=str(RULES_WORDS.get(link["rules"], link["rules"]))
        if link
        else data_words(one.get("reason", "")),
        since=link["at"][:10] if link else stamped[1] if stamped else "",
        case=case,
    )


def _today(case: EligibilityCase) -> tuple[str, str, Mapping[str, Any]]:
    """Return since when a case has the state that it has today, the state, and its period; rules and statuses change with the days."""
    judged, today = (
        timezone.localtime(case.judged_at).date().isoformat(),
        timezone.localdate().isoformat(),
    )
    for period in case.verdict.get("periods", []):
        if (period["first"] or "") <= today <= (period["last"] or today):
            is_same = period["state"] == case.state
            since = judged if is_same else period["first"]
            return since, period["state"], period
    return judged, case.state, {}


def _rules_of(case: EligibilityCase, period: Mapping[str, Any]) -> str:
    """Return the rules of a case that say no, by their titles and articles; what changed, where none does on its own day."""
    teller = teller_of(case.rules, case.content)
    told = [
        f"{one['title']} ({one['article']})" if one.get("article") else one["title"]
        for reading in case.verdict["readings"]
        for one in teller.record(reading["reasons"])
        if one["state"] != "eligible" and one.get("title")
    ]
    told = list(dict.fromkeys(told)) or teller.record(period).get("because", [])
    more = (
        [_("and %(count)d more") % {"count": len(told) - MOST_RULES}]
        if len(told) > MOST_RULES
        else []
    )
    title = str(RULES_WORDS.get(case.rules, case.rules))
    return f"{title}: {'; '.join([*told[:MOST_RULES], *more])}" if told else title
