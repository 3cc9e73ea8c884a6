"""A page that was kept ready is given to no session that was ended elsewhere."""

import pytest
from django.test import Client

from edition_rows import PASSWORD, Rows
from ready_reader import Reader

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(rows: Rows) -> Client:
    client = Client()
    assert client.login(email=rows.delegate, password=PASSWORD)
    client.get("/accounts/sessions/")
    return client


def test_who_was_signed_out_elsewhere_is_given_nothing(rows: Rows, reader: Reader) -> None:
    assert reader.is_given()
    other = elsewhere(rows)
    told = other.post("/accounts/sessions/", {"do": "others"}, follow=True)
    assert "Signed out at 1 place." in told.content.decode()
    status, body = reader.open()
    assert not status.startswith("200")
    assert rows.delegate.encode() not in body


def test_a_password_changed_elsewhere_ends_what_was_kept(rows: Rows, reader: Reader) -> None:
    assert reader.is_given()
    new = "another long word for signing in"
    told = elsewhere(rows).post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert told.status_code == 302
    assert not reader.open()[0].startswith("200")
