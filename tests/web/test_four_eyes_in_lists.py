"""The lists of requests say in words where a second person is missing: to the authority and to organisers, and not to the firm."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import PASSWORD, Rows, make_edition, organiser_of
from meeting_rows import cleared
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.four_eyes import set_four_eyes
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Person
from signed_in import signed_in

pytestmark = pytest.mark.django_db
BADGE = '<span class="badge warn">second person missing</span>'


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def desk(client: Client, rows: Rows) -> Client:
    assert client.login(email=rows.organiser, password=PASSWORD)
    return client


def ask_for_two(rows: Rows) -> None:
    organiser = organiser_of(rows)
    with acting(organiser):
        set_four_eyes(by=organiser, edition=rows.edition, asks=True)


def base(rows: Rows) -> str:
    return f"/e/{rows.edition.slug}/"


def client_of(delegate: Delegate, rows: Rows) -> Client:
    cleared(delegate.person, rows)
    with acting_as_system("tests"):
        account, _new = Account.objects.get_or_create(email=f"{delegate.code}@example.org")
        Person.objects.filter(pk=delegate.person_id).update(account=account)
    return signed_in(account)


def pairs(rows: Rows) -> list[MeetingRequest]:
    """Return the requests of firms to authorities."""
    with acting_as_system("tests"):
        found = MeetingRequest.objects.filter(
            edition=rows.edition,
            sender__organisation__kind="company",
            receiver__organisation__kind="authority",
        )
        return list(found.select_related("sender__person", "receiver__person").order_by("code"))


def test_the_authority_reads_it_in_its_list_and_the_firm_does_not(rows: Rows) -> None:
    row = pairs(rows)[0]
    official, firm = client_of(row.receiver, rows), client_of(row.sender, rows)
    assert BADGE not in official.get(f"{base(rows)}requests/").text
    ask_for_two(rows)
    page = official.get(f"{base(rows)}requests/").text
    card = next(part for part in page.split('<li class="card">') if f"/{row.pk}/" in part)
    assert BADGE in card
    assert BADGE not in firm.get(f"{base(rows)}requests/").text
    with acting_as_system("tests"):
        mate = Delegate.objects.filter(
            edition=rows.edition, organisation=row.receiver.organisation_id
        ).exclude(pk=row.receiver_id)[0]
        MeetingRequest.objects.filter(pk=row.pk).update(colleagues=[mate.pk])
    page = official.get(f"{base(rows)}requests/").text
    card = next(part for part in page.split('<li class="card">') if f"/{row.pk}/" in part)
    assert BADGE not in card


def test_organisers_find_those_that_lack_one(desk: Client, rows: Rows) -> None:
    listed = f"{base(rows)}all-requests/"
    page = desk.get(listed).text
    assert BADGE not in page
    assert 'name="eyes"' not in page, "nobody asks for it"
    ask_for_two(rows)
    page = desk.get(listed).text
    assert page.count(BADGE) > 0
    assert page.count(BADGE) < len(re.findall(r'<th scope="row">', page)), "not every request"
    closed = pairs(rows)[0]
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=closed.pk).update(state="declined")
    found = desk.get(f"{listed}?eyes=missing").text
    shown = re.findall(r'<th scope="row">', found)
    assert found.count(BADGE) == len(shown) > 0
    assert closed.code not in found, "nobody meets there"
    lines = desk.get(f"{listed}?eyes=missing&as=csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == len(shown) + 1


@pytest.mark.parametrize("query", ["", "?eyes=missing"])
def test_the_lists_ask_as_many_questions_for_three_as_for_one(
    desk: Client, rows: Rows, query: str
) -> None:
    ask_for_two(rows)
    kept = [one.pk for one in pairs(rows)[:3]]
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(edition=rows.edition).exclude(pk__in=kept).update(
            state="declined"
        )
    official = client_of(pairs(rows)[0].receiver, rows)

    def count(who: Client, address: str) -> int:
        who.get(address)
        with CaptureQueriesContext(connection) as asked:
            who.get(address)
        return len(asked)

    lists = [(desk, f"{base(rows)}all-requests/{query}"), (official, f"{base(rows)}requests/")]
    many = [count(*one) for one in lists]
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk__in=kept[1:]).update(state="declined")
    assert [count(*one) for one in lists] == many
