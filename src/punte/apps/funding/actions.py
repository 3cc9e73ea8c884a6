"""Changes of funding: a case is judged and stored with its verdict, a plan changes only where it makes sense."""

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import Tlp, strictest_tlp
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import one_line, whole_text
from punte.apps.funding import bridge
from punte.apps.funding.inputs import Input, strictest
from punte.apps.funding.models import (
    Allocation,
    AllocationRevision,
    Decision,
    EligibilityCase,
    LoanPlan,
    LoanPlanRevision,
)
from punte.apps.funding.permissions import (
    NotFinanceError,
    may_judge,
    require_change,
    require_keeping,
)
from punte.apps.people.models import Person
from punte.kernel.errors import PunteError


def judge_case(
    *,
    by: Subject,
    case: EligibilityCase | None,
    name: str,
    rules: str,
    on: dt.date,
    content: bridge.Content,
    began: Mapping[str, UUID] | None = None,
    inputs: Sequence[Input] = (),
) -> EligibilityCase:
    """
    Judge a case and keep it with its verdict; only the subject's organisation sees it.

    Parameters
    ----------
    case
        The one to judge anew; None makes a new one.
    began, inputs
        The listing, meeting or cooperation that a new case begins from, and their labels: it is marked like the strictest.

    Raises
    ------
    NotFinanceError
        The subject has no organisation, or the case is another's.
    InvalidInputError
        The case makes no sense; nothing is kept.
    """
    if not may_judge(by) or by.org_id is None:
        raise NotFinanceError(
            _("Sign in as one of an organisation's people to have a case judged.")
        )
    if case is not None and case.owner_org_id != by.org_id:
        raise NotFinanceError(_("The case is another organisation's. Make one of your own."))
    name = one_line(name, EligibilityCase.name.field.max_length or 160)
    refuse_classified(_("Case"), [(_("name"), name), (_("case"), str(content))])
    verdict, stored = bridge.judge(content, rules=rules, on=on, source=str(_("The case")))
    row = case or EligibilityCase(
        owner_org_id=by.org_id,
        **{f"{kind}_id": key for kind, key in (began or {}).items()},
        inputs=list(inputs),
        label_tlp=strictest(inputs),
    )
    row.name, row.rules, row.on = name, rules, on
    row.content, row.content_sha256 = content, bridge.sha256_of(content)
    row.verdict, row.state = stored, verdict.state
    row.by_name, row.judged_at = acting_name(by), timezone.now()
    row.save()
    record("case.judged", row, rules=rules, on=on.isoformat(), state=verdict.state)
    return row


def replay(case: EligibilityCase) -> bool:
    """Return whether the stored case, judged again now, gives the stored verdict."""
    _verdict, again = bridge.judge(
        case.content, rules=case.rules, on=case.on, source=str(_("The case"))
    )
    record("case.replayed", case, same=bridge.is_same_verdict(again, case.verdict))
    return bridge.sha256_of(case.content) == case.content_sha256 and bridge.is_same_verdict(
        again, case.verdict
    )


def keep_loan_plan(
    *,
    by: Subject,
    plan: LoanPlan | None,
    name: str,
    content: bridge.Content,
    note: str = "",
    reason: str = "",
) -> LoanPlan:
    """
    Keep a loan plan, or a change of one with what it was before.

    Raises
    ------
    NotFinanceError
        The subject keeps no money, or the plan is another's.
    InvalidInputError
        The plan makes no sense; nothing is kept.
    """
    keeper_id = require_keeping(by, plan)
    name = one_line(name, LoanPlan.name.field.max_length or 160)
    refuse_classified(
        _("Loan plan"), [(_("name"), name), (_("note"), note), (_("content"), str(content))]
    )
    bridge.read_plan(_readable(content), source=str(_("The loan plan")))
    if plan is not None and (plan.name, plan.note, plan.content) == (name, note, content):
        return plan
    if plan is not None:
        LoanPlanRevision.objects.create(
            plan=plan, content=plan.content, reason=whole_text(reason, 300), by_name=acting_name(by)
        )
    row = plan or LoanPlan()
    row.owner_org_id = keeper_id
    row.name, row.note, row.content, row.changed_at = name, note, content, timezone.now()
    row.save()
    record("loan.kept", row, reason=reason, sha256=bridge.sha256_of(content))
    return row


def _readable(content: bridge.Content) -> bridge.Content:
    """Return the content with a stand-in for each milestone of a programme, whose dates its plan gives."""
    known = {found["id"] for found in content.get("milestones", [])}
    named = {draw.get("milestone") for draw in content.get("draws", []) if isinstance(draw, dict)}
    more = [
        {"id": key, "distribution": [["2030-12-31", 1.0]]}
        for key in named
        if key not in known and bridge.programme_milestone(key)
    ]
    return {**content, "milestones": [*content.get("milestones", []), *more]}


def copy_loan_plan(*, by: Subject, plan: LoanPlan) -> LoanPlan:
    """
    Take a copy of a plan that the subject sees, for its own organisation.

    Raises
    ------
    NotFinanceError
        The subject keeps no money.
    """
    made = keep_loan_plan(
        by=by,
        plan=None,
        name=(_("Copy of %(name)s") % {"name": plan.name})[:160],
        content=plan.content,
        note=plan.note,
    )
    made.label_tlp = strictest_tlp([plan.label_tlp], least=made.label_tlp)
    made.is_synthetic = plan.is_synthetic
    made.save(update_fields=["label_tlp", "is_synthetic"])
    return made


def restore_loan_plan(*, by: Subject, plan: LoanPlan, revision: str) -> LoanPlan:
    """
    Let a plan be what it was before one of its changes; what it is now is kept in its history.

    Raises
    ------
    NotFinanceError
        The plan is another's.
    PunteError
        There is no such change.
    """
    require_change(by, plan)
    found = next((one for one in plan.revisions.all() if str(one.pk) == revision), None)
    if found is None:
        raise PunteError(_("There is no such change. Choose one from the history."))
    if found.content == plan.content:
        return plan
    day = timezone.localtime(found.at).strftime("%Y-%m-%d %H:%M")
    return keep_loan_plan(
        by=by,
        plan=plan,
        name=str(found.content.get("name") or plan.name)[:160],
        content=found.content,
        note=plan.note,
        reason=_("back to what it was before %(when)s") % {"when": day},
    )


def decide(*, by: Subject, allocation: Allocation, project: str, verb: str, reason: str) -> None:
    """
    Fund a project or leave it out, whatever the optimum says; an empty verb takes the decision back.

    Raises
    ------
    NotFinanceError
        The allocation is another's.
    PunteError
        There is no such project, or no reason.
    """
    require_change(by, allocation)
    if project not in {found["id"] for found in allocation.content["projects"]}:
        raise PunteError(_("There is no such project. Choose one from the table."))
    if verb and not reason.strip():
        raise PunteError(_("Give the reason: the plan shows that a person decided, and why."))
    if verb == Decision.Verb.LOCK and project in bridge.obstacles_of(allocation.content):
        raise PunteError(
            _(
                "Nobody can fund it as it stands: its amount, its sources, its verdict or its years forbid it. Mend that first."
            )
        )
    if verb and verb not in Decision.Verb.values:
        raise PunteError(_("Decide to fund it, to leave it out, or to take the decision back."))
    refuse_classified(_("Decision"), [(_("reason"), reason)])
    Decision.objects.filter(allocation=allocation, project=project).delete()
    if verb:
        Decision.objects.create(
            allocation=allocation,
            project=project,
            verb=verb,
            reason=whole_text(reason, 300),
            by_id=by.person_id,
            by_name=acting_name(by),
        )
    record("allocation.decided", allocation, project=project, decision=verb or "none")
    compute_allocation(allocation)


def choose_figure(
    *, by: Subject, allocation: Allocation, project: str, figure: int, reason: str
) -> None:
    """
    Take one of the amounts that sources give for a project; the others stay beside it, and the plan is computed anew.

    Raises
    ------
    NotFinanceError
        The allocation is another's.
    PunteError
        There is no such project or amount, or no reason.
    """
    require_change(by, allocation)
    content = copy.deepcopy(allocation.content)
    found = next((one for one in content["projects"] if one["id"] == project), None)
    if found is None:
        raise PunteError(_("There is no such project. Choose one from the table."))
    figures = found["figures"]
    if not 0 <= figure < len(figures) or figures[figure].get("amount") is None:
        raise PunteError(_("There is no such amount. Choose one that a source gives."))
    if not reason.strip():
        raise PunteError(_("Give the reason: the page shows that a person chose, and why."))
    refuse_classified(_("Choice"), [(_("reason"), reason)])
    for number, one in enumerate(figures):
        one["chosen"], one["reason"] = number == figure, ""
    day = timezone.localdate().isoformat()
    figures[figure]["reason"] = f"{whole_text(reason, 300)} ({acting_name(by)}, {day})"
    AllocationRevision.objects.create(
        allocation=allocation,
        name=allocation.name,
        content=allocation.content,
        links=allocation.links,
        reason=whole_text(reason, 300),
        by_name=acting_name(by),
    )
    allocation.content = content
    record("allocation.chosen", allocation, project=project, amount=figures[figure]["amount"])
    compute_allocation(allocation)


def copy_allocation(*, by: Subject, allocation: Allocation) -> Allocation:
    """
    Take a copy of an allocation that the subject sees, with what people decided in it, for its own organisation, to decide otherwise.

    Raises
    ------
    NotFinanceError
        The subject keeps no money.
    """
    made = Allocation(
        owner_org_id=require_keeping(by, None),
        name=(_("Copy of %(name)s") % {"name": allocation.name})[:200],
        content=allocation.content,
        links=allocation.links,
        label_tlp=strictest_tlp([allocation.label_tlp], least=Tlp.AMBER),
        is_synthetic=allocation.is_synthetic,
    )
    made.save()
    for one in allocation.decisions.all():
        Decision.objects.create(
            allocation=made,
            project=one.project,
            verb=one.verb,
            reason=one.reason,
            by_id=one.by_id,
            by_name=one.by_name,
            at=one.at,
        )
    compute_allocation(made)
    record("allocation.copied", made, decisions=made.decisions.count())
    return made


def compute_allocation(allocation: Allocation) -> None:
    """Compute the best plan anew under the decisions of people, and keep it."""
    decisions = {row.project: row.verb for row in allocation.decisions.all()}
    allocation.plan = bridge.plan_allocation(
        allocation.content,
        locked=tuple(p for p, verb in decisions.items() if verb == Decision.Verb.LOCK),
        excluded=tuple(p for p, verb in decisions.items() if verb == Decision.Verb.EXCLUDE),
    )
    allocation.computed_at = timezone.now()
    allocation.save()


def acting_name(by: Subject) -> str:
    """Return the name of the acting person; empty for none."""
    person = Person.objects.filter(pk=by.person_id).first() if by.person_id else None
    return person.name if person else ""
