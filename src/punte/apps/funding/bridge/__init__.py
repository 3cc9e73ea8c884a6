"""Stored questions to the engines of eligibility and finance, and their answers to what pages show."""

from punte.apps.funding.bridge.allocations import obstacles_of
from punte.apps.funding.bridge.contents import (
    OF_PROGRAMME,
    Content,
    as_bytes,
    engine_name,
    programme_milestone,
    sha256_of,
)
from punte.apps.funding.bridge.loans import (
    LoanFigures,
    catalogue,
    difference_of,
    figures_of,
    ledger_of,
    plan_allocation,
    read_file,
    read_plan,
    shipped,
)
from punte.apps.funding.bridge.mitigations import mitigations_of
from punte.apps.funding.bridge.roles import ROLES, roles_of, zones_of
from punte.apps.funding.bridge.rules import (
    RULE_SETS,
    Ability,
    Origin,
    OriginBar,
    abilities_of,
    cents_of,
    compose,
    is_same_verdict,
    judge,
    origin_of,
    questions_of,
    rules_of,
    sound_flags,
)
from punte.engines.eligibility.consortium import Composition
from punte.engines.finance.day_counts import DAY_COUNTS
from punte.engines.finance.envelopes import Catalogue
from punte.engines.finance.simulate import Fan

__all__ = [
    "DAY_COUNTS",
    "OF_PROGRAMME",
    "ROLES",
    "RULE_SETS",
    "Ability",
    "Catalogue",
    "Composition",
    "Content",
    "Fan",
    "LoanFigures",
    "Origin",
    "OriginBar",
    "abilities_of",
    "as_bytes",
    "catalogue",
    "cents_of",
    "compose",
    "difference_of",
    "engine_name",
    "figures_of",
    "is_same_verdict",
    "judge",
    "ledger_of",
    "mitigations_of",
    "obstacles_of",
    "origin_of",
    "plan_allocation",
    "programme_milestone",
    "questions_of",
    "read_file",
    "read_plan",
    "roles_of",
    "rules_of",
    "sha256_of",
    "shipped",
    "sound_flags",
    "zones_of",
]
