"""What the tests of the pages of people and of vetting begin with: an edition with a stage, and the steps of a delegation."""

from django.test import Client

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system, right_groups
from punte.apps.people.models import (
    ClearanceStage,
    Person,
)
from signed_in import let_in


def make_rows() -> Rows:
    """Return an edition with one stage of clearance, whose delegate's record its organiser sees."""
    made = make_edition()
    with acting_as_system("tests"):
        ClearanceStage.objects.create(
            edition_id=made.edition.pk, position=1, name="Security", right="organise"
        )
        person = Person.objects.get(account__email=made.delegate)
        person.label_stewards = [
            *person.label_stewards,
            *right_groups("organise", edition_id=made.edition.pk),
        ]
        person.save()
    return made


def base(rows: Rows, rest: str) -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def sign_in(client: Client, email: str) -> Client:
    let_in(client, email)
    return client


def enter(client: Client, rows: Rows, name: str = "Nou Venit") -> str:
    page = client.post(
        base(rows, "delegation/"),
        {
            "do": "enter",
            "name": name,
            "email": "nou@example.org",
            "function": "Sales",
            "category": "industry",
        },
        follow=True,
    )
    return str(page.content.decode())
