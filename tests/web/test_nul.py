"""A NUL is left out wherever a person could have written one, and finds no page."""

import pytest
from django.test import Client

from cast import Cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Commitment

pytestmark = pytest.mark.django_db


def test_a_nul_in_a_form_is_left_out(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.authority.account)
    data = {"who": "W\x00e", "what": "De\x00liver", "sources": "\x00"}
    assert client.post("/commitments/", data).status_code == 302
    with acting_as_system("tests"):
        row = Commitment.objects.get()
    assert (row.who, row.what, row.sources) == ("We", "Deliver", [])


def test_a_nul_in_an_address_is_left_out_or_finds_nothing(cast: Cast) -> None:
    del cast
    client = Client()
    assert client.get("/commitments/", {"q": "a\x00b", "state": "\x00"}).status_code == 200
    assert client.get("/countries/M%00A/").status_code == 404
