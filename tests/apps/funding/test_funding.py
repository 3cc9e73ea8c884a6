"""Funding: verdicts that can be given again, abilities found by the rules, loans that wait, decisions that show."""

import datetime as dt
from typing import Any

import pytest

from cast import Cast, make_cast
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.funding import actions, bridge
from punte.apps.funding.forms import (
    DRAW_FIELDS,
    case_rows,
    content_with_draws,
    draw_rows,
    rows_from,
)
from punte.apps.funding.models import Allocation, EligibilityCase, LoanPlan
from punte.apps.funding.permissions import NotFinanceError
from punte.apps.funding.sample import load_funding
from punte.apps.programmes.chances import dates_in_draws
from punte.apps.programmes.sample import load_programmes, sample_milestones
from punte.kernel.errors import InvalidInputError, PunteError

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 1)
OPEN_DAY = dt.date(2026, 5, 1)
"""While one Member State may still buy alone."""

CASE: dict[str, Any] = {
    "format": "punte.eligibility.case/1",
    "name": "Sensor mast",
    "categories": ["1d"],
    "participants": [{"country": "RO", "role": "borrower"}, {"country": "FR"}],
    "entities": [
        {
            "id": "lead",
            "country": "RO",
            "management_country": "RO",
            "controlled_by": "RO",
            "facilities": ["RO"],
            "share": "1",
        }
    ],
    "components": [
        {"id": "mast", "origin": "RO", "cost": "700"},
        {"id": "camera", "origin": "MD", "cost": "300"},
    ],
    "flags": dict.fromkeys(("harmful_components", "design_authority"), None),
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def judge(cast: Cast, content: dict[str, Any], part: str = "company") -> EligibilityCase:
    by = getattr(cast, part).subject
    with acting(by):
        return actions.judge_case(
            by=by, case=None, name="Mast", rules="safe", on=DAY, content=content
        )


def test_a_case_is_judged_kept_and_given_again(cast: Cast) -> None:
    case = judge(cast, CASE)
    assert case.state == "unknown"
    assert case.verdict["missing"] == ["flags.harmful_components"]
    sure = judge(cast, {**CASE, "flags": {"harmful_components": False}})
    assert sure.state == "eligible"
    with acting(cast.company.subject):
        assert actions.replay(sure)
        sure.content["components"][1]["cost"] = "900"
        assert not actions.replay(sure), "a stored case that was touched"


def test_too_much_from_outside_is_a_no_with_a_fix(cast: Cast) -> None:
    content = {
        **CASE,
        "flags": {"harmful_components": False},
        "components": [
            {"id": "mast", "origin": "RO", "cost": "500"},
            {"id": "camera", "origin": "MD", "cost": "500"},
        ],
    }
    case = judge(cast, content)
    assert case.state == "not"
    (reading,) = case.verdict["readings"]
    broken = [reason for reason in reading["reasons"] if reason["state"] == "not"]
    assert [reason["rule"] for reason in broken] == ["origin_65_35"]
    assert reading["fix"]
    bar = bridge.origin_of(content, rules="safe", on=DAY)
    assert bar is not None
    assert (bar.low, bar.high, bar.limit) == (0.5, 0.5, 0.35)


def test_only_its_organisation_sees_a_case(cast: Cast) -> None:
    case = judge(cast, CASE)
    for part in ("organiser", "authority", "guest", "outsider"):
        member = getattr(cast, part)
        with acting(member.subject):
            assert not EligibilityCase.objects.filter(pk=case.pk).exists(), part
            with pytest.raises(NotFinanceError):
                actions.judge_case(
                    by=member.subject, case=case, name="x", rules="safe", on=DAY, content=CASE
                )


@pytest.mark.parametrize(
    "change",
    [
        {"participants": [{"country": "XX"}]},
        {"entities": [{"id": "a", "share": "1.2"}]},
        {"components": [{"id": "a", "cost": "-5"}]},
        {"categories": []},
        {"categories": ["9z"]},
    ],
)
def test_nonsense_is_refused_and_nothing_kept(cast: Cast, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        judge(cast, {**CASE, **change})
    with acting_as_system("tests"):
        assert not EligibilityCase.objects.exists()


def test_what_moldova_can_do_follows_from_the_rules() -> None:
    found = {one.verb: one for one in bridge.abilities_of("MD", rules="safe", on=DAY)}
    states = {verb: one.state for verb, one in found.items()}
    assert states == {
        "borrow": "not",
        "join": "eligible",
        "count": "not",
        "contract": "not",
        "subcontract_10": "eligible",
        "subcontract_30": "eligible",
        "supply_35": "eligible",
        "supply_more": "not",
    }
    assert all(one.because for one in found.values() if one.state != "eligible")
    assert {one.because[0].article for one in found.values() if one.because} - {""}
    assert all(one.because for one in found.values()), "a yes has its article too"
    before = {one.verb: one.state for one in bridge.abilities_of("MD", rules="safe", on=OPEN_DAY)}
    assert before["count"] == "not", "that one State may buy alone counts nobody"
    ukraine = {one.verb: one.state for one in bridge.abilities_of("UA", rules="safe", on=DAY)}
    assert ukraine["count"] == ukraine["contract"] == ukraine["supply_more"] == "eligible"
    assert ukraine["borrow"] == "not"


def test_a_rule_set_that_does_not_ask_says_so() -> None:
    edip = {one.verb: one.state for one in bridge.abilities_of("MD", rules="edip", on=DAY)}
    assert edip["borrow"] == "none", "EDIP lends nothing"
    assert (edip["join"], edip["count"], edip["contract"]) == ("eligible", "unknown", "not")
    national = {
        one.verb: one.state for one in bridge.abilities_of("FR", rules="national-ro", on=DAY)
    }
    assert (national["borrow"], national["count"]) == ("not", "none")
    early = bridge.abilities_of("RO", rules="safe", on=dt.date(2020, 1, 1))
    assert {one.state for one in early} == {"none"}, "not in force"


def test_every_country_has_its_first_role() -> None:
    roles = dict(bridge.roles_of("safe", DAY))
    assert (roles["RO"], roles["UA"], roles["MD"]) == ("borrow", "count", "join")
    assert sum(role == "borrow" for role in roles.values()) == 27
    edip = dict(bridge.roles_of("edip", DAY))
    assert (edip["RO"], edip["NO"], edip["MD"]) == ("count", "count", "join")


def test_the_form_gives_a_case_back() -> None:
    rows = case_rows({**CASE, "components": [{"id": "a", "cost": "9", "parts": [{"id": "b"}]}]})
    assert [row["inside"] for row in rows["parts"][:2]] == ["", "a"]
    assert rows["entities"][0]["share"] == "100"


def test_draws_wait_for_the_milestones_of_a_programme(cast: Cast) -> None:
    keeper = cast.authority.organisation.pk
    load_programmes(keeper, with_synthetic=True)
    milestones = sample_milestones()
    assert load_funding(keeper, milestones=milestones) == 4
    assert load_funding(keeper, milestones=milestones) == 0
    with acting(cast.outsider.subject):
        plan = LoanPlan.objects.get(is_synthetic=True)
        dates = dates_in_draws(milestones.values())
        assert all(len(days) == 10_000 for days in dates.values())
        named = {f"programme:{key}": days for key, days in dates.items()}
        found = bridge.figures_of(plan.content, named)
        assert found.lapse is not None
        assert found.lapse.joint
        shares = [risk.p_drawn for risk in found.lapse.draws]
        last = sorted(day for day in named[f"programme:{milestones['O2']}"] if day)
        in_time = sum(day <= dt.date(2030, 12, 31) for day in last) / 10_000
        assert shares[-1] == pytest.approx(in_time)
        public = LoanPlan.objects.exclude(is_synthetic=True).get()
        whole = bridge.figures_of(public.content, {})
    assert whole.ledger.drawn_cents == 1_668_005_539_400
    assert whole.portfolio.draws[0].amount_cents == 250_200_830_910
    assert max(line.year for line in whole.ledger.years) == 2075


@pytest.mark.parametrize(
    ("cells", "match"),
    [
        ({"amount": "-5"}, "-5"),
        ({"date": "2031-05-01"}, "2030-12-31"),
        ({"date": "2027-02-30"}, "is no day"),
        ({"amount": "much"}, "much"),
        ({"milestone": "nothing"}, "nothing"),
    ],
)
def test_a_wrong_draw_is_named_and_nothing_kept(
    cast: Cast, cells: dict[str, str], match: str
) -> None:
    keeper = cast.authority
    load_funding(keeper.organisation.pk, milestones={})
    with acting(keeper.subject):
        plan = LoanPlan.objects.get()
        before = bridge.sha256_of(plan.content)
        rows = draw_rows(plan.content)
        data = {f"draw-{name}-{n}": row[name] for n, row in enumerate(rows) for name in DRAW_FIELDS}
        data |= {f"draw-{name}-1": value for name, value in cells.items()}
        with pytest.raises(PunteError, match=match):
            actions.keep_loan_plan(
                by=keeper.subject,
                plan=plan,
                name=plan.name,
                content=content_with_draws(plan.content, rows_from(data, "draw", DRAW_FIELDS)),
            )
        plan.refresh_from_db()
        assert bridge.sha256_of(plan.content) == before
        assert not plan.revisions.exists()


def test_the_invented_case_is_read_two_ways_and_open(cast: Cast) -> None:
    load_funding(cast.authority.organisation.pk, milestones={})
    with acting(cast.outsider.subject):
        case = EligibilityCase.objects.get()
        assert (case.is_synthetic, case.state, case.label_tlp) == (True, "unknown", "TLP:CLEAR")
        assert [reading["category"] for reading in case.verdict["readings"]] == ["1f", "2f"]
        assert case.verdict["missing"] == [
            "components[2].parts[0].origin",
            "flags.design_authority",
        ]
        assert actions.replay(case)
        bar = bridge.origin_of(case.content, rules="safe", on=case.on)
    assert bar is not None
    assert (bar.low, bar.high) == pytest.approx((0.14, 0.36))
    parts = {one.country: (one.low, one.high) for one in bar.countries}
    assert parts[""] == pytest.approx((0, 0.22))
    assert parts["DE"] == pytest.approx((0.04, 0.26))
    assert parts["RO"] == pytest.approx((0.6, 0.82))


def test_who_keeps_no_money_changes_nothing(cast: Cast) -> None:
    load_funding(cast.authority.organisation.pk, milestones={})
    company = cast.company.subject
    with acting(company):
        plan, allocation = LoanPlan.objects.get(), Allocation.objects.get()
        with pytest.raises(NotFinanceError):
            actions.keep_loan_plan(by=company, plan=plan, name="x", content=plan.content)
        with pytest.raises(NotFinanceError):
            actions.copy_loan_plan(by=company, plan=plan)
        with pytest.raises(NotFinanceError):
            actions.decide(by=company, allocation=allocation, project="x", verb="lock", reason="y")
    guest = cast.guest.subject
    with acting(guest):
        copy = actions.copy_loan_plan(by=guest, plan=plan)
        assert copy.owner_org_id == guest.org_id
    with acting(cast.authority.subject):
        assert not LoanPlan.objects.filter(pk=copy.pk).exists()


def test_a_decision_of_a_person_shows_beside_the_optimum(cast: Cast) -> None:
    keeper = cast.authority
    load_funding(keeper.organisation.pk, milestones={})
    by = keeper.subject
    with acting(by):
        allocation = Allocation.objects.get()
        first = allocation.plan["funded"][0]["project"]
        best = allocation.plan["value"]
        with pytest.raises(PunteError, match="Give the reason"):
            actions.decide(by=by, allocation=allocation, project=first, verb="exclude", reason="")
        with pytest.raises(PunteError, match="no such project"):
            actions.decide(by=by, allocation=allocation, project="none", verb="lock", reason="x")
        actions.decide(by=by, allocation=allocation, project=first, verb="exclude", reason="Later")
        assert [one.by_id for one in allocation.decisions.all()] == [by.person_id]
        copied = actions.copy_allocation(by=by, allocation=allocation)
        assert [one.by_id for one in copied.decisions.all()] == [by.person_id]
        allocation.refresh_from_db()
        assert first not in {line["project"] for line in allocation.plan["funded"]}
        assert allocation.plan["value"] <= best
        assert allocation.plan["value_without_decisions"] == best
        actions.decide(by=by, allocation=allocation, project=first, verb="", reason="")
        allocation.refresh_from_db()
        assert allocation.plan["value"] == best
