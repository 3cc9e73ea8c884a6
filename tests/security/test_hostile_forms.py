"""Whatever is written into the forms of the site, it answers: no fault of ours, and nothing written that was refused."""

import re

import pytest
from django.db import transaction
from django.test import Client, override_settings

from cast import EDITION, Cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Edition
from punte.apps.people.models import Grant
from security.hidden_world import SHOWN, World, build_shown_world, walled
from security.routes import all_routes

pytestmark = pytest.mark.django_db
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"')
HOSTILE = (
    "a\x00b",
    "-1",
    "9" * 40,
    "1e999",
    "NaN",
    "٣",
    "2027-02-30",
    "24:61",
    "00000000-0000-0000-0000-00000000000g",
    "0ed17100-0000-4000-8000-0000000000ff",
    "x" * 9000,
    "{name.__class__}",
    "<script>alert(1)</script>",
    "\N{GRINNING FACE}" * 50,
    "",
)
LEFT_OUT = {"account_logout", "me_erase"}


def addresses() -> list[str]:
    values: dict[str, list[object]] = {
        "<uuid>": [EDITION],
        "<slug>": [SHOWN],
        "<str>": ["MDA"],
        "<path>": ["x"],
        "<int>": [1],
        "step": ["submit"],
    }
    for model in walled():
        values[f"{model._meta.model_name}_id"] = [World.key_of(model, text=SHOWN)]
    return sorted(
        {
            address
            for route in all_routes()
            if route.name not in LEFT_OUT
            for address in route.addresses(values, most=1)
        }
    )


def fields_of(client: Client, address: str) -> set[str]:
    answer = client.get(address, follow=True)
    if "html" not in answer.headers.get("Content-Type", ""):
        return set()
    return set(FIELD.findall(answer.content.decode())) - {"csrfmiddlewaretoken"}


def faults_of(client: Client, address: str) -> list[str]:
    """Return what the site could not answer, each with the value that was written."""
    found = []
    names = fields_of(client, address)
    for value in HOSTILE:
        with transaction.atomic():
            answer = client.post(address, dict.fromkeys(names, value) | {"other": value})
            if answer.status_code >= 500:
                found.append(f"POST {address} {value[:30]!r}: {answer.status_code}")
            asked = client.get(address, dict.fromkeys(["q", "page", "state", *names], value))
            if asked.status_code >= 500:
                found.append(f"GET {address} {value[:30]!r}: {asked.status_code}")
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("part", ["organiser", "company"])
@override_settings(ACCOUNT_RATE_LIMITS=False)
def test_no_form_breaks(cast: Cast, part: str) -> None:
    build_shown_world()
    with acting_as_system("tests"):
        shown = Edition.objects.get(pk=World.key_of(Edition, text=SHOWN))
        for edition_id in (shown.pk, None):
            if part == "organiser":
                Grant.objects.create(
                    person=cast.organiser.person, right="organise", edition_id=edition_id
                )
    client = Client(raise_request_exception=False)
    client.force_login(cast.everybody[part].account)
    where = addresses()
    written = sum(len(fields_of(client, address)) for address in where)
    assert written > 150, f"only {written} fields were found: the test would prove little"
    faults = [fault for address in where for fault in faults_of(client, address)]
    assert not faults, "\n".join(faults[:40])
