"""Judge a case under a rule set on a day, and on every other day that matters."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.instance import Case
from punte.engines.eligibility.judge import Bench, all_of, any_of, judge, missing_of
from punte.engines.eligibility.result import Period, Reading, Reason, State, Verdict
from punte.engines.eligibility.rules import Requirement, Rule, RuleSet
from punte.engines.eligibility.smallest import Fix, smallest_fix
from punte.kernel.errors import InvalidInputError, Problem
from punte.kernel.phrases import Phrase, say


def solve(
    case: Case, rules: RuleSet, countries: Countries, *, on: date, with_fix: bool = True
) -> Verdict:
    """
    Return the verdict on ``case`` as if its contract were signed on ``on``.

    Parameters
    ----------
    on
        Day of signature; which rules and statuses hold follows from it.
    with_fix
        Whether to look for the smallest change that mends a "no".

    Raises
    ------
    InvalidInputError
        If the case names a category that the rule set does not know.
    """
    problems = list(category_problems(case, rules))
    if problems:
        raise InvalidInputError(case.name or "The case", problems)
    readings = tuple(
        _reading(case, category, rules, countries, on, with_fix=with_fix)
        for category in case.categories
    )
    return Verdict(
        rules=rules.id,
        rules_version=rules.version,
        on=on,
        state=_combined(readings),
        readings=readings,
        missing=missing_of(reason for reading in readings for reason in reading.reasons),
        periods=_periods(case, rules, countries),
    )


def category_problems(case: Case, rules: RuleSet) -> Iterator[Problem]:
    """Yield each category of a case that the rule set does not know."""
    known = dict(rules.categories)
    for idx, category in enumerate(case.categories):
        if known and category not in known:
            yield Problem(
                place=f"categories[{idx}]",
                what=say("“%(name)s” is no category of %(rules)s.", name=category, rules=rules.id),
                remedy=say("Use one of %(names)s.", names=tuple(known)),
            )


def _combined(readings: tuple[Reading, ...]) -> State:
    """Return the state that holds whichever reading is right."""
    states = {reading.state for reading in readings}
    return states.pop() if len(states) == 1 else "unknown"


def state_of(case: Case, category: str, rules: RuleSet, countries: Countries, on: date) -> State:
    """Return only the state of one reading; the cheap form of :func:`reasons_of`."""
    return all_of(reason.state for reason in reasons_of(case, category, rules, countries, on))


def reasons_of(
    case: Case, category: str, rules: RuleSet, countries: Countries, on: date
) -> tuple[Reason, ...]:
    """Return one reason for each requirement that applies, the instrument's own dates first."""
    if not _in_force(rules, on):
        return (Reason(state="not", text=_window_text(rules, on), rule="in_force"),)
    bench = Bench(case=case, countries=countries, on=on)
    reasons = (
        _requirement_reason(requirement, category, rules, bench)
        for requirement in rules.requirements
    )
    return tuple(reason for reason in reasons if reason is not None)


def _window_text(rules: RuleSet, on: date) -> Phrase:
    if rules.valid_from is not None and on < rules.valid_from:
        return say(
            "%(rules)s is in force from %(first)s, not on %(day)s",
            rules=rules.title,
            first=rules.valid_from,
            day=on,
        )
    last = rules.valid_to
    assert last is not None
    return say(
        "%(rules)s is in force until %(last)s, not on %(day)s", rules=rules.title, last=last, day=on
    )


def _in_force(rules: RuleSet, on: date) -> bool:
    return (rules.valid_from is None or rules.valid_from <= on) and (
        rules.valid_to is None or on <= rules.valid_to
    )


def _requirement_reason(
    requirement: Requirement, category: str, rules: RuleSet, bench: Bench
) -> Reason | None:
    chosen = [rule for rule in map(rules.rule, requirement.any_of) if rule.applies_to(category)]
    if len(requirement.any_of) == 1:
        return _rule_reason(chosen[0], bench) if chosen and chosen[0].holds_on(bench.on) else None
    if not chosen:
        return None
    parts = tuple(
        _rule_reason(rule, bench) if rule.holds_on(bench.on) else _closed(rule, bench.on)
        for rule in chosen
    )
    return Reason(
        state=any_of(part.state for part in parts),
        text=say("one of these ways must be open"),
        title=_either([rule.title for rule in chosen]),
        article=chosen[0].article,
        parts=parts,
        missing=missing_of(parts),
    )


def _either(titles: list[str]) -> str:
    found = titles[0]
    for title in titles[1:]:
        found = say("%(first)s or %(second)s", first=found, second=title)
    return found


def _closed(rule: Rule, on: date) -> Reason:
    if rule.valid_to is not None and on > rule.valid_to:
        text = say("this way closed on %(day)s", day=rule.valid_to)
    else:
        assert rule.valid_from is not None
        text = say("this way opens on %(day)s", day=rule.valid_from)
    return _named(rule, Reason(state="not", text=text))


def _rule_reason(rule: Rule, bench: Bench) -> Reason:
    return _named(rule, judge(rule.test, bench))


def _named(rule: Rule, found: Reason) -> Reason:
    return Reason(
        state=found.state,
        text=found.text,
        rule=rule.id,
        title=rule.title,
        article=rule.article,
        verified=rule.verified,
        sources=rule.sources,
        margin=found.margin,
        missing=found.missing,
        parts=found.parts,
    )


def _reading(
    case: Case, category: str, rules: RuleSet, countries: Countries, on: date, *, with_fix: bool
) -> Reading:
    reasons = reasons_of(case, category, rules, countries, on)
    state = all_of(reason.state for reason in reasons)
    bench = Bench(case=case, countries=countries, on=on)
    advice = tuple(
        _rule_reason(rule, bench)
        for rule in map(rules.rule, rules.advice)
        if rule.applies_to(category) and rule.holds_on(on)
    )
    fix = Fix(changes=None, fewest=None)
    if state == "not" and with_fix and _in_force(rules, on):
        fix = smallest_fix(case, reasons, category, rules, countries, on)
    return Reading(
        category=category,
        state=state,
        reasons=reasons,
        advice=advice,
        fix=fix.changes,
        fewest_steps=fix.fewest,
    )


def _change_days(rules: RuleSet, countries: Countries) -> list[date]:
    """Return the days on which a rule or a status begins, or the day after one ends."""
    last_days: Iterable[date | None] = (
        *(rule.valid_to for rule in rules.rules),
        *(standing.until for standing in countries.standings),
        rules.valid_to,
    )
    days = set(rules.change_days()) | set(countries.change_days())
    if rules.valid_from is not None:
        days.add(rules.valid_from)
    days |= {day + timedelta(days=1) for day in last_days if day is not None}
    start = rules.valid_from or date(2025, 1, 1)
    return sorted(day for day in days if day >= start)


def _periods(case: Case, rules: RuleSet, countries: Countries) -> tuple[Period, ...]:
    """Judge the case at every change of rules or statuses and join equal neighbours."""
    periods: list[Period] = []
    for day in _change_days(rules, countries):
        per_category = [
            reasons_of(case, category, rules, countries, day) for category in case.categories
        ]
        states = {all_of(reason.state for reason in reasons) for reasons in per_category}
        state: State = states.pop() if len(states) == 1 else "unknown"
        because = tuple(
            dict.fromkeys(
                reason.title or reason.text
                for reasons in per_category
                for reason in reasons
                if reason.state == state and state != "eligible"
            )
        )
        if periods and periods[-1].state == state and periods[-1].because == because:
            continue
        if periods:
            before = periods[-1]
            periods[-1] = Period(
                first=before.first,
                last=day - timedelta(days=1),
                state=before.state,
                because=before.because,
            )
        periods.append(Period(first=day, last=None, state=state, because=because))
    return tuple(periods)
