"""What the tests of the pages of money and rules begin with: who signs in, and the sample's programmes and loan plans."""

from django.test import Client

from cast import Cast, make_cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import LoanPlan
from punte.apps.funding.sample import load_funding
from punte.apps.programmes.sample import load_programmes, sample_milestones
from security.form_fields import forms_of

BEGUN = {
    "name": "Frigate",
    "instrument-envelope": "500000000",
    "instrument-availability_end": "2030-12-31",
    "loan-maturity_years": "45",
    "loan-first_principal_year": "11",
    "loan-principal_payments": "35",
    "loan-rate": "3,1",
    "draw-id": "first",
    "draw-date": "2027-05-15",
    "draw-amount": "100000000",
}
"""A plan of one draw at one rate, as its form sends it."""
ONE_PROJECT = {
    "name": "Our plan",
    "budget-id-0": "safe",
    "budget-envelope-0": "100000000",
    "budget-last_year-0": "2030",
    "project-id-0": "radar",
    "project-name-0": "Radars",
    "project-amount-0": "40000000",
    "project-source-0": "a bid",
    "project-paid_from-0": "safe",
    "project-earliest_year-0": "2028",
    "project-latest_year-0": "2030",
}
"""An allocation of one budget and one project, as its form sends it."""


def make_keepers() -> Cast:
    """Return a cast whose authority keeps the sample's programmes and loan plans."""
    made = make_cast()
    keeper = made.authority.organisation.pk
    load_programmes(keeper, with_synthetic=True)
    load_funding(keeper, milestones=sample_milestones())
    return made


def sign_in(client: Client, cast: Cast, part: str = "authority") -> None:
    """Sign in as one of the cast, by its part."""
    client.force_login(
        getattr(cast, part).account, "allauth.account.auth_backends.AuthenticationBackend"
    )


def plan_form(client: Client, address: str) -> dict[str, str]:
    """Return the fields of a plan's form as a browser would send them unchanged."""
    forms = forms_of(client.get(address).content.decode())
    found = next(form.fields for form in forms if "read" in form.fields)
    return {key: value for key, value in found.items() if key != "then"}


def rows_typed(kind: str, *rows: dict[str, str], begin: int = 0) -> dict[str, str]:
    """Return rows of a table as a form sends them."""
    return {
        f"{kind}-{key}-{number}": text
        for number, row in enumerate(rows, start=begin)
        for key, text in row.items()
    }


def begin(client: Client, **other: str) -> LoanPlan:
    """Begin a plan from nothing."""
    assert client.post("/finance/plans/new/", BEGUN | other).status_code == 302
    with acting_as_system("tests"):
        return LoanPlan.objects.get(name=other.get("name", "Frigate"))


def reread(plan: LoanPlan) -> LoanPlan:
    """Return a plan as it is kept now."""
    with acting_as_system("tests"):
        return LoanPlan.objects.get(pk=plan.pk)


def at(plan: LoanPlan, page: str = "") -> str:
    """Return the address of a page of a plan."""
    return f"/finance/plans/{plan.pk}/{page}"


def keep(client: Client, address: str, **changes: str) -> None:
    """Keep a form with some fields changed; whatever it refuses fails the test with its words."""
    answer = client.post(address, plan_form(client, address) | changes)
    text = answer.content.decode()
    assert answer.status_code == 302, text.split('role="alert"')[-1][:900]
