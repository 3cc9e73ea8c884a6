"""What the pages of a chain's stations show of the other stations: all that the reader sees, and nothing of the rest."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.cooperation.models import Commitment, Cooperation, Partner
from punte.apps.funding.bridge import shipped
from punte.apps.funding.models import LoanPlan
from punte.apps.people.models import Organisation
from punte.apps.programmes.sample import load_programmes, sample_milestones
from punte.web.cooperation.chain import chains_through

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC = ["PUBLIC"]


@pytest.fixture
def keeper() -> Organisation:
    with acting_as_system("tests"):
        made = Organisation.objects.create(name="Keeper", kind="authority", country_id="ROU")
    load_programmes(made.pk, with_synthetic=True)
    return made


def waiting(milestone: object) -> dict[str, Any]:
    content = shipped("romania-portfolio")
    draws = [dict(one) for one in content["draws"]]
    draws[1]["milestone"] = f"programme:{milestone}"
    return {**content, "draws": draws}


def main_of(client: Client, address: str) -> str:
    """Return the page without its head, where each answer has its own keys."""
    return client.get(address).content.decode().partition("<main")[2]


def test_a_milestone_shows_what_was_promised_and_what_waits_for_it_and_no_hidden_one(
    keeper: Organisation, client: Client
) -> None:
    milestone = sample_milestones()["T4"]
    address = f"/programmes/milestones/{milestone}/"
    before = main_of(client, address)
    hidden = {"owner_org_id": keeper.pk}
    with acting_as_system("tests"):
        Cooperation.objects.create(name="Hidden one", milestone_id=milestone, **hidden)
        Commitment.objects.create(who="Hidden", what="Hidden", milestone_id=milestone, **hidden)
        LoanPlan.objects.create(name="Hidden plan", content=waiting(milestone), **hidden)
    assert main_of(client, address) == before
    seen = hidden | {"label_releasable_to": PUBLIC}
    with acting_as_system("tests"):
        said = Commitment.objects.create(
            who="Keeper", what="Ten sites", milestone_id=milestone, **seen
        )
        plan = LoanPlan.objects.create(name="Open plan", content=waiting(milestone), **seen)
    page = client.get(address).content.decode()
    draw = f"/finance/plans/{plan.pk}/draws/2/"
    assert f'href="/commitments/{said.pk}/"' in page
    assert f'href="{draw}"' in page
    assert f'href="{address}"' in client.get(draw).content.decode()
    assert f'href="{address}"' in client.get(f"/commitments/{said.pk}/").content.decode()
    assert "Hidden" not in page


def test_a_chain_asks_as_much_for_one_cooperation_as_for_three(keeper: Organisation) -> None:
    milestone = sample_milestones()["T4"]
    label: dict[str, Any] = {"owner_org_id": keeper.pk, "label_releasable_to": PUBLIC}
    with acting_as_system("tests"):
        plan = LoanPlan.objects.create(name="Open plan", content=waiting(milestone), **label)
        rows = [
            Cooperation.objects.create(
                name=f"Number {number}", milestone_id=milestone, loan_plan_id=plan.pk, **label
            )
            for number in range(3)
        ]
        for row in rows:
            Partner.objects.create(
                cooperation=row, organisation=keeper, organisation_name=keeper.name
            )
    counts = []
    with acting(VISITOR):
        for some in (rows[:1], rows):
            with CaptureQueriesContext(connection) as asked:
                chains = chains_through(some)
            assert all("Draw" in [one.label for one in chain.stations] for chain in chains)
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
