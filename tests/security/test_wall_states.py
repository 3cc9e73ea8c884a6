"""Label, relabel, vet, withdraw, suspend, restore, in any order: what is seen follows a model at every step."""

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from cast import EDITION, make_member
from punte.apps.access.models import Denial, Status
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.people.models import Nomination, Organisation

pytestmark = pytest.mark.django_db
STATUSES = {
    "MDA": {"EU_CANDIDATE", "EU_SDP", "NATO_PFP", "NATO_IPAP", "NATO_DCB", "NATO_IP"},
    "FRA": {"NATO", "EU"},
}
GROUPS = ["PUBLIC", "MDA", "FRA", "EU", "EU_SDP", "NATO", f"edition:{EDITION}"]


class WallMachine(RuleBasedStateMachine):
    """Two readers from two countries, one item; the model keeps plain sets."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.readers = {
            country: make_member(f"Reader {country}", f"House {country}", country=country)
            for country in STATUSES
        }
        self.item = make_member("Owner", "Owner House", country="POL").organisation
        self.released: set[str] = set()
        self.restricted: set[str] = set()
        self.cleared = dict.fromkeys(STATUSES, True)
        self.suspended = dict.fromkeys(STATUSES, False)
        self.statuses = {country: set(names) for country, names in STATUSES.items()}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @rule(to=st.frozensets(st.sampled_from(GROUPS), max_size=3))
    def label(self, to: frozenset[str]) -> None:
        self.released = set(to)
        self._write(label_releasable_to=sorted(to))

    @rule(to=st.frozensets(st.sampled_from(["EU", "NATO", "EU_SDP"]), max_size=1))
    def restrict(self, to: frozenset[str]) -> None:
        self.restricted = set(to)
        self._write(label_restricted_to=sorted(to))

    def _write(self, **fields: object) -> None:
        with acting_as_system("tests"):
            Organisation.objects.filter(pk=self.item.pk).update(**fields)

    @rule(country=st.sampled_from(sorted(STATUSES)), cleared=st.booleans())
    def vet(self, country: str, cleared: bool) -> None:  # noqa: FBT001
        self.cleared[country] = cleared
        with acting_as_system("tests"):
            Nomination.objects.filter(person=self.readers[country].person).update(
                state="cleared" if cleared else "withdrawn"
            )

    @rule(country=st.sampled_from(sorted(STATUSES)), suspended=st.booleans())
    def suspend(self, country: str, suspended: bool) -> None:  # noqa: FBT001
        self.suspended[country] = suspended
        Denial.objects.filter(name=country).delete()
        if suspended:
            Denial.objects.create(name=country, reason="test")

    @rule(
        status=st.sampled_from(sorted((c, f) for c, names in STATUSES.items() for f in names)),
        held=st.booleans(),
    )
    def change_status(self, status: tuple[str, str], held: bool) -> None:  # noqa: FBT001
        country, framework = status
        (self.statuses[country].add if held else self.statuses[country].discard)(framework)
        Status.objects.filter(country=country, framework=framework).update(
            withdrawn_at=None if held else timezone.now()
        )

    def _expected(self, country: str) -> bool:
        groups = {"PUBLIC", country, *self.statuses[country]}
        if self.cleared[country]:
            groups.add(f"edition:{EDITION}")
        if self.suspended[country] or not self.restricted <= groups:
            return False
        return bool(self.released & groups) and (self.cleared[country] or "PUBLIC" in self.released)

    @invariant()
    def what_is_seen_follows_the_model(self) -> None:
        for country, reader in self.readers.items():
            with acting(reader.subject):
                seen = Organisation.objects.filter(pk=self.item.pk).exists()
                own = Organisation.objects.filter(pk=reader.organisation.pk).exists()
            assert seen == self._expected(country), country
            speaks = self.cleared[country] and not self.suspended[country]
            assert own == speaks, (
                f"{country}: what is the organisation's own is its cleared people's"
            )
        with acting(VISITOR):
            seen = Organisation.objects.filter(pk=self.item.pk).exists()
        assert seen == ("PUBLIC" in self.released and not self.restricted)


def test_any_order_of_changes_follows_the_model() -> None:
    run_state_machine_as_test(
        WallMachine,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
