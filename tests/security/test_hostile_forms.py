"""Whatever is written into the forms of the site, it answers: no fault of ours, and nothing written that was refused."""

import os
import re

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from cast import EDITION, Cast
from punte.apps.access.models import Labelled
from punte.apps.access.permissions import acting_as_system, right_groups
from punte.apps.forum.models import Edition
from punte.apps.people.models import Grant
from security.form_fields import forms_of
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
ONE_AT_A_TIME = (
    "a\x00b",
    "9999-12-31",
    "-1",
    "marked NATO SECRET",
    "00000000-0000-0000-0000-000000000000",
    "y" * 300,
)
"""Written into one field of a form whose other fields hold what it accepts."""
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


def faults_of(client: Client, address: str, names: set[str]) -> list[str]:
    """Return what the site could not answer, each with the value that was written into its page's fields."""
    found = []
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    for value in HOSTILE:
        # A page that ends or renews the session is rolled back: the client goes on in the one that stays.
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        with transaction.atomic():
            answer = client.post(address, dict.fromkeys(names, value) | {"other": value})
            if answer.status_code >= 500:
                found.append(f"POST {address} {value[:30]!r}: {answer.status_code}")
            asked = client.get(address, dict.fromkeys(["q", "page", "state", *names], value))
            if asked.status_code >= 500:
                found.append(f"GET {address} {value[:30]!r}: {asked.status_code}")
            transaction.set_rollback(True)
    return found


def faults_of_one_field(client: Client, address: str, counts: list[int]) -> list[str]:
    """Return what the site could not answer when one field of a valid form is spoiled."""
    page = client.get(address, follow=True)
    if "html" not in page.headers.get("Content-Type", ""):
        return []
    found = []
    for form in forms_of(page.content.decode()):
        target = form.action or address
        if "/accounts/" in target or "/i18n/" in target:
            continue
        for value in ONE_AT_A_TIME:
            for name, fields in form.spoiled(value):
                counts.append(1)
                with transaction.atomic():
                    answer = client.post(target, fields)
                    if answer.status_code >= 500:
                        found.append(
                            f"POST {target} {name}={value[:30]!r}: {answer.status_code} {answer.reason_phrase}"
                        )
                    transaction.set_rollback(True)
    return found


@pytest.mark.skipif(
    "PUNTE_LONG_TESTS" not in os.environ, reason="takes many minutes: set PUNTE_LONG_TESTS=1"
)
@pytest.mark.parametrize("part", ["organiser", "company"])
@override_settings(ACCOUNT_RATE_LIMITS=False)
def test_no_form_breaks_by_one_field(cast: Cast, part: str) -> None:
    client = enter(cast, part)
    counts: list[int] = []
    faults = [
        fault for address in addresses() for fault in faults_of_one_field(client, address, counts)
    ]
    assert not faults, "\n".join(faults[:60])
    assert len(counts) > 300, f"only {len(counts)} forms were sent: the test would prove little"


def enter(cast: Cast, part: str) -> Client:
    """Build a world to write in, and sign in."""
    build_shown_world()
    with acting_as_system("tests"):
        shown = Edition.objects.get(pk=World.key_of(Edition, text=SHOWN))
        for model in walled():
            if issubclass(model, Labelled):
                # As everything that an edition's own forms make.
                model._default_manager.update(
                    label_stewards=right_groups("organise", edition_id=shown.pk)
                )
        for edition_id in (shown.pk, None):
            if part == "organiser":
                Grant.objects.create(
                    person=cast.organiser.person, right="organise", edition_id=edition_id
                )
    client = Client(raise_request_exception=False)
    client.force_login(cast.everybody[part].account)
    return client


@pytest.mark.parametrize("part", ["organiser", "company"])
@override_settings(ACCOUNT_RATE_LIMITS=False)
def test_no_form_breaks(cast: Cast, part: str) -> None:
    client = enter(cast, part)
    fields = {address: fields_of(client, address) for address in addresses()}
    written = sum(len(names) for names in fields.values())
    assert written > 150, f"only {written} fields were found: the test would prove little"
    faults = [
        fault for address, names in fields.items() for fault in faults_of(client, address, names)
    ]
    assert client.get("/accounts/email/").status_code == 200, "signed out on the way"
    assert not faults, "\n".join(faults[:40])
