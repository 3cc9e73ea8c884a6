"""The rules as integer constraints on which offers are chosen and which of them leads."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ortools.sat.python import cp_model

from punte.engines.eligibility.candidates import asked_ways, bench_of, least_total
from punte.engines.eligibility.consortium import PartOffer, Question
from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.judge import judge
from punte.engines.eligibility.rules import (
    CaseAll,
    CaseAny,
    CaseTest,
    EveryEntity,
    FlagIs,
    OutsideShare,
    RuleSet,
)
from punte.engines.eligibility.shares import worst_split

# OR-Tools has no common type for a variable, its negation and a linear expression.
Bool = Any
Linear = Any


def _run(model: cp_model.CpModel, seed: int) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = 20.0
    # Presolve of OR-Tools 9.15 calls some feasible models with enforced linear rules and an objective infeasible: a wrong
    # "there is none" is the one answer that the judge cannot catch afterwards.
    solver.parameters.cp_model_presolve = False
    return solver, solver.solve(model)


class ConsortiumModel:
    """
    A CP-SAT model whose solutions are exactly the consortia that are eligible whatever is not known.

    Each test becomes a literal that implies it; "any of" asks for one such literal. Implication in one direction is enough, because a
    requirement only ever asks that its test holds.

    Parameters
    ----------
    question
        Already checked.
    on
        Day of signature.
    """

    def __init__(self, question: Question, rules: RuleSet, countries: Countries, on: date) -> None:
        self._question = question
        self._rules = rules
        self._bench = bench_of(question, countries, on)
        self._model = cp_model.CpModel()
        offers = question.offers
        self._index = {offer.id: idx for idx, offer in enumerate(offers)}
        self._chosen = [self._model.new_bool_var(f"chosen[{offer.id}]") for offer in offers]
        self._leads = [self._model.new_bool_var(f"leads[{offer.id}]") for offer in offers]
        self._true = self._model.new_constant(1)
        self._false = self._true.negated()
        self.price: Linear = self._model.new_int_var(
            0, sum(offer.price.cents for offer in offers), "price"
        )
        self._model.add(self.price == self.price_of(range(len(offers))))
        self._cover()
        self._require_rules()

    def index_of(self, offer: PartOffer) -> int:
        """Return the position of an offer in the question."""
        return self._index[offer.id]

    def counts(self, idx: int) -> Linear:
        """Return 1 where the offer at this position is chosen, else 0."""
        return self._chosen[idx]

    def price_of(self, indices: Iterable[int]) -> Linear:
        """Return the price of those of the named offers that are chosen [cents]."""
        offers = self._question.offers
        return sum(offers[idx].price.cents * self._chosen[idx] for idx in indices)

    def units_of(self, units: Sequence[int], indices: Iterable[int]) -> Linear:
        """Return the sum of ``units`` over those of the named offers that are chosen."""
        return sum(units[idx] * self._chosen[idx] for idx in indices)

    def match_sum(self, steps: Sequence[int]) -> Linear:
        """Return the sum over the parts of the best match, in steps, among the members that cover it."""
        total: Linear = 0
        for part in self._question.parts:
            covering = [i for i, o in enumerate(self._question.offers) if part in o.covers]
            credit = {i: self._model.new_bool_var(f"credit[{part},{i}]") for i in covering}
            self._model.add_exactly_one(credit.values())
            for idx, literal in credit.items():
                self._model.add_implication(literal, self._chosen[idx])
            total += sum(steps[idx] * literal for idx, literal in credit.items())
        return total

    def exclude(self, members: Sequence[PartOffer]) -> None:
        """Forbid this set of members, whoever of them leads."""
        inside = {self.index_of(offer) for offer in members}
        self._model.add_bool_or(
            [
                literal.negated() if idx in inside else literal
                for idx, literal in enumerate(self._chosen)
            ]
        )

    def solve(
        self,
        costs: Sequence[Linear],
        *,
        seed: int,
        also: Sequence[Any] = (),
    ) -> tuple[tuple[PartOffer, ...] | None, bool]:
        """
        Return the best consortium, the lead first, and whether the answer is proved.

        Parameters
        ----------
        costs
            Linear expressions to be minimised one after the other, each with those before it kept at their least.
        also
            Further linear constraints for this call only.

        Returns
        -------
        tuple[tuple[PartOffer, ...] | None, bool]
            ``None`` when there is none.
        """
        model = self._model.clone()
        for constraint in also:
            model.add(constraint)
        members: tuple[PartOffer, ...] | None = None
        proved = True
        for cost in costs:
            model.minimize(cost)
            solver, status = _run(model, seed)
            if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
                return members, proved and status == cp_model.INFEASIBLE
            proved = proved and status == cp_model.OPTIMAL
            members = self._members(solver)
            model.add(cost <= round(solver.objective_value))
        return members, proved

    def can_do_without(self, leaver: str, kept: Sequence[str], *, seed: int) -> bool:
        """Return whether the offers in ``kept`` can be completed to a consortium without ``leaver``."""
        model = self._model.clone()
        model.add(self._chosen[self._index[leaver]] == 0)
        for offer_id in kept:
            model.add(self._chosen[self._index[offer_id]] == 1)
        return _run(model, seed)[1] in {cp_model.OPTIMAL, cp_model.FEASIBLE}

    def _members(self, solver: cp_model.CpSolver) -> tuple[PartOffer, ...]:
        offers = self._question.offers
        lead = next(idx for idx, var in enumerate(self._leads) if solver.boolean_value(var))
        rest = [
            idx for idx, var in enumerate(self._chosen) if solver.boolean_value(var) and idx != lead
        ]
        return tuple(offers[idx] for idx in (lead, *rest))

    def _cover(self) -> None:
        """Every part is covered, nobody is needless, one of the members leads."""
        add = self._model.add
        offers = self._question.offers
        add(sum(self._leads) == 1)
        add(sum(self._chosen) <= self._question.max_members)
        for idx, offer in enumerate(offers):
            self._model.add_implication(self._leads[idx], self._chosen[idx])
            if not offer.may_lead:
                add(self._leads[idx] == 0)
        alone: dict[str, Bool] = {}
        for part in self._question.parts:
            covering = [self._chosen[i] for i, o in enumerate(offers) if part in o.covers]
            add(sum(covering) >= 1)
            alone[part] = self._model.new_bool_var(f"alone[{part}]")
            add(sum(covering) <= 1).only_enforce_if(alone[part])
        for idx, offer in enumerate(offers):
            own = [alone[part] for part in offer.covers if part in alone]
            self._model.add_bool_or([self._chosen[idx].negated(), *own])

    def _require_rules(self) -> None:
        for ways in asked_ways(self._question, self._rules, self._bench.on):
            if len(ways) == 1:
                self._require(ways[0])
            else:
                self._model.add_bool_or([self._case_literal(test) for test in ways])

    def _require(self, test: CaseTest) -> None:
        """Ask for a test that has no alternative, without a literal of its own."""
        match test:
            case CaseAll():
                for part in test.tests:
                    self._require(part)
            case EveryEntity():
                self._ask_every_entity(test, self._true)
            case OutsideShare():
                self._bound_outside(test, self._true)
            case _:
                self._model.add_bool_or([self._case_literal(test)])

    def _ask_every_entity(self, test: EveryEntity, only_if: Bool) -> None:
        """Bound the price from below by what each member's share asks in its role; who can have no role stays out."""
        for idx, offer in enumerate(self._question.offers):
            chosen, leads = self._chosen[idx], self._leads[idx]
            as_lead = least_total(test.test, offer, self._bench, leads=True)
            as_other = least_total(test.test, offer, self._bench, leads=False)
            if as_lead is None:
                self._model.add_implication(only_if, leads.negated())
            if as_other is None:
                self._model.add_bool_or([only_if.negated(), chosen.negated(), leads])
            if as_lead or as_other:
                floor = (as_lead or 0) * leads + (as_other or 0) * (chosen - leads)
                bound = self._model.add(self.price >= floor)
                if (
                    only_if is not self._true
                ):  # a bound without a condition stays in the solver's relaxation
                    bound.only_enforce_if(only_if)

    def _new(self) -> Bool:
        return self._model.new_bool_var("")

    def _constant(self, *, holds: bool) -> Bool:
        return self._true if holds else self._false

    def _case_literal(self, test: CaseTest) -> Bool:
        """Return a literal that implies the test."""
        match test:
            case CaseAll():
                return self._all([self._case_literal(part) for part in test.tests])
            case CaseAny():
                return self._any([self._case_literal(part) for part in test.tests])
            case OutsideShare():
                literal = self._new()
                self._bound_outside(test, literal)
                return literal
            case FlagIs():
                return self._flag_literal(test)
            case EveryEntity():
                literal = self._new()
                self._ask_every_entity(test, literal)
                return literal
            case _:
                return self._constant(holds=judge(test, self._bench).state == "eligible")

    def _all(self, literals: list[Bool]) -> Bool:
        """Return a literal that implies all of these; constants are folded, which keeps the model small."""
        if any(literal is self._false for literal in literals):
            return self._false
        open_ones = [literal for literal in literals if literal is not self._true]
        if len(open_ones) <= 1:
            return open_ones[0] if open_ones else self._true
        literal = self._new()
        for part in open_ones:
            self._model.add_implication(literal, part)
        return literal

    def _any(self, literals: list[Bool]) -> Bool:
        """Return a literal that implies at least one of these; constants are folded."""
        if any(literal is self._true for literal in literals):
            return self._true
        open_ones = [literal for literal in literals if literal is not self._false]
        if len(open_ones) <= 1:
            return open_ones[0] if open_ones else self._false
        literal = self._new()
        self._model.add_bool_or([literal.negated(), *open_ones])
        return literal

    def _flag_literal(self, test: FlagIs) -> Bool:
        literal = self._new()
        bound = self._leads if test.asked_of == "contractor" else self._chosen
        for offer, var in zip(self._question.offers, bound, strict=True):
            if dict(offer.flags).get(test.name) is not test.value:
                self._model.add_bool_or([literal.negated(), var.negated()])
        return literal

    def _bound_outside(self, test: OutsideShare, only_if: Bool) -> None:
        slack: Linear = 0
        total: Linear = 0
        for offer, var in zip(self._question.offers, self._chosen, strict=True):
            split = worst_split(
                offer.components,
                lambda code: self._bench.countries.is_in(code, test.zones, self._bench.on),
            )
            if split is None:
                self._model.add_bool_or([only_if.negated(), var.negated()])
                continue
            outside, inside = split
            limit = test.at_most
            slack += (limit.numerator * (outside + inside) - limit.denominator * outside) * var
            total += (outside + inside) * var
        for bound in (self._model.add(slack >= 0), self._model.add(total >= 1)):
            if only_if is not self._true:
                bound.only_enforce_if(only_if)
