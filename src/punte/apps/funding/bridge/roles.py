"""Which country may take which role under a rule set, on any day."""

import datetime as dt
from functools import cache
from typing import Final

from punte.apps.funding.bridge.rules import abilities_of, leaves_of, rules_of
from punte.engines.eligibility.rules import SignedBy
from punte.formats.eligibility_rules import shipped_countries

ROLES: Final = ("borrow", "count", "join", "supply_35")
"""From most to least that a country can do; each country has the first that it may."""


def roles_of(rules: str, on: dt.date) -> tuple[tuple[str, str], ...]:
    """
    Return each country of the register with its role under a rule set on a day, most first.

    Returns
    -------
    tuple[tuple[str, str], ...]
        Alpha-2 code, and one of ``ROLES``; empty where it may none of them.
    """
    days = [day for day in _turning_days(rules) if day <= on]
    # Between two turning days nothing changes, so whoever asks for many days is answered from few.
    return _roles_of(rules, max(days, default=dt.date.min))


@cache
def _turning_days(rules: str) -> tuple[dt.date, ...]:
    """Return the days on which a rule or a status begins, or the day after it ends."""
    found, countries = rules_of(rules), shipped_countries()
    tests = [test for rule in found.rules for test in leaves_of(rule.test)]
    lasts = [
        found.valid_to,
        *(rule.valid_to for rule in found.rules),
        *(standing.until for standing in countries.standings),
        *(test.last_day for test in tests if isinstance(test, SignedBy)),
    ]
    days = {found.valid_from, *found.change_days(), *countries.change_days()}
    days |= {last + dt.timedelta(days=1) for last in lasts if last is not None}
    return tuple(sorted(day for day in days if day is not None))


@cache
def _roles_of(rules: str, on: dt.date) -> tuple[tuple[str, str], ...]:
    codes = {standing.country for standing in shipped_countries().standings}
    found = []
    for code in codes:
        may = {
            one.verb for one in abilities_of(code, rules=rules, on=on) if one.state == "eligible"
        }
        found.append((code, next((role for role in ROLES if role in may), "")))
    return tuple(sorted(found, key=lambda one: (ROLES.index(one[1]) if one[1] else 9, one[0])))


def zones_of(code: str, on: dt.date) -> tuple[str, ...]:
    """Return the zones to which a country (alpha-2) belongs on a day."""
    return tuple(dict.fromkeys(one.zone for one in shipped_countries().standings_of(code, on)))
