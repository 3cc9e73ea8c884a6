"""Funding rules, and verdicts on a case that is kept nowhere."""

import datetime as dt
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from punte.api.checks import computes
from punte.api.problems import RefusalError
from punte.api.schemas import Answer, Body, said
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import active_subject
from punte.apps.funding import bridge
from punte.apps.funding.permissions import may_judge

router = Router(tags=["Eligibility"])
CASE = {
    "format": "punte.eligibility.case/1",
    "name": "Sights",
    "categories": ["1a"],
    "participants": [{"country": "RO", "role": "borrower"}, {"country": "FR"}],
}


class RuleAnswer(Answer):
    """One rule with its article and sources."""

    id: str = said("Its id.", "origin-65")
    title: str = said("What it is about.", "Origin of components")
    article: str = said("Where it stands.", "Article 16(11)")
    text: str = said("What it says.", "No more than 35 % from outside.")
    verified: bool = said("Whether somebody read it there.", True)
    sources: list[str] = said("Where it is read.", ["https://eur-lex.europa.eu/"])
    is_advice: bool = said("Whether it only advises.", False)


class RuleSetLine(Answer):
    """A set of rules."""

    name: str = said("Its name.", "safe")
    title: str = said("Its title.", "SAFE, Regulation (EU) 2025/1106")


class RuleSetAnswer(RuleSetLine):
    """A set of rules with its rules and questions."""

    categories: dict[str, str] = said("Code and name of each category.", {"1a": "Ammunition"})
    questions: dict[str, str] = said("Yes-no questions that a case answers as flags.", {})
    rules: list[RuleAnswer] = said("Its rules.")


class EvaluationBody(Body):
    """A case to be judged."""

    rules: Literal["safe", "edip", "national-ro"] = said("By which rules.", "safe")
    on: dt.date | None = Field(
        None, description="Rules and statuses of which day; today's where left out."
    )
    case: dict[str, Any] = Field(
        description="A case as `punte eligibility check` reads it (punte.eligibility.case/1).",
        examples=[CASE],
    )


class EvaluationAnswer(Answer):
    """The verdict."""

    rules: str = said("By which rules.", "safe")
    on: dt.date = said("On which day.", "2026-01-15")
    state: str = said("eligible, not or unknown.", "unknown")
    input_sha256: str = said("Of the case that was judged.", "9f86d081884c7d65")
    verdict: dict[str, Any] = said(
        "Reasons with articles and margins, what is missing, the smallest change (punte.eligibility.verdict/1).",
        {"format": "punte.eligibility.verdict/1"},
    )


@router.get(
    "/rules",
    response=list[RuleSetLine],
    operation_id="list_rule_sets",
    summary="List rule sets",
    description="The funding rules that come with Punte, as dated, sourced data.",
)
def list_sets(request: HttpRequest) -> list[RuleSetLine]:
    """Return the rule sets."""
    del request
    return [RuleSetLine(name=name, title=bridge.rules_of(name).title) for name in bridge.RULE_SETS]


@router.get(
    "/rules/{rules}",
    response=RuleSetAnswer,
    operation_id="get_rule_set",
    summary="Read a rule set",
    description="Each rule with its article and sources, and the questions that a case answers.",
)
def get_set(request: HttpRequest, rules: str) -> RuleSetAnswer:
    """Return one rule set."""
    del request
    if rules not in bridge.RULE_SETS:
        raise Http404
    found = bridge.rules_of(rules)
    return RuleSetAnswer(
        name=rules,
        title=found.title,
        categories=dict(found.categories),
        questions=dict(bridge.questions_of(rules)),
        rules=[
            RuleAnswer(
                id=rule.id,
                title=rule.title,
                article=rule.article,
                text=rule.text,
                verified=rule.verified,
                sources=list(rule.sources),
                is_advice=rule.id in found.advice,
            )
            for rule in found.rules
        ],
    )


@router.post(
    "/evaluations",
    response=EvaluationAnswer,
    operation_id="evaluate_case",
    summary="Judge a case",
    description=(
        "Says whether a product or consortium is eligible, by which article, with what margin, and the smallest "
        "change that mends it. Nothing is kept. For people of an organisation; a reading token will do."
    ),
)
@computes
def evaluate(request: HttpRequest, body: EvaluationBody) -> EvaluationAnswer:
    """Judge a case without keeping it."""
    del request
    if not may_judge(active_subject()):
        raise RefusalError("not-allowed")
    refuse_classified(_("Case"), [(_("case"), str(body.case))])
    on = body.on or timezone.localdate()
    verdict, stored = bridge.judge(body.case, rules=body.rules, on=on, source="body.case")
    stored.pop("runtime_s", None)
    return EvaluationAnswer(
        rules=body.rules,
        on=on,
        state=verdict.state,
        input_sha256=str(stored.pop("input_sha256", "")),
        verdict=stored,
    )
