"""The mitigations that a rule set accepts from firms controlled elsewhere."""

from collections.abc import Iterator

from punte.apps.funding.bridge.rules import leaves_of, rules_of
from punte.engines.eligibility.rules import (
    EntityAll,
    EntityAny,
    EntityTest,
    EveryEntity,
    HasMitigation,
)


def mitigations_of(rules: str) -> tuple[str, ...]:
    """Return the mitigations that a rule set's tests of entities accept, by code."""
    tests = [test for rule in rules_of(rules).rules for test in leaves_of(rule.test)]
    leaves = [
        leaf
        for test in tests
        if isinstance(test, EveryEntity)
        for leaf in _entity_leaves(test.test)
    ]
    found = [code for leaf in leaves if isinstance(leaf, HasMitigation) for code in leaf.any_of]
    return tuple(dict.fromkeys(found))


def _entity_leaves(test: EntityTest) -> Iterator[EntityTest]:
    if isinstance(test, EntityAll | EntityAny):
        for part in test.tests:
            yield from _entity_leaves(part)
    else:
        yield test
