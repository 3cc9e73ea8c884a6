"""A small edition, and one of its delegates whose page is kept ready."""

import datetime as dt

import pytest
from django.test import Client

from edition_rows import PASSWORD, Rows, make_edition
from punte.apps.access import ready_pages
from ready_reader import Reader, start_anew


@pytest.fixture(autouse=True)
def _far_from_a_quarter(monkeypatch: pytest.MonkeyPatch) -> None:
    """No quarter of an hour ends while a test runs."""
    monkeypatch.setattr(ready_pages, "end_of_quarter", lambda now: now + dt.timedelta(hours=1))


@pytest.fixture
def rows(transactional_db: None) -> Rows:
    del transactional_db
    from punte.apps.access.reference import load_reference

    load_reference()
    start_anew()
    return make_edition(organisations=4, requests=12)


@pytest.fixture
def client_of_one(rows: Rows) -> Client:
    client = Client()
    assert client.login(email=rows.delegate, password=PASSWORD)
    return client


@pytest.fixture
def reader(rows: Rows, client_of_one: Client) -> Reader:
    made = Reader.of(client_of_one, f"/e/{rows.edition.slug}/my/")
    made.make_ready()
    return made
