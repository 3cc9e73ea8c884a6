"""Commitments, cooperations, discussions and working groups as tables: what the filters leave, guarded, marked, complete."""

import csv
import datetime as dt
import io

import pytest
from django.test import Client

from edition_rows import make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import PUBLIC, acting, acting_as_system
from punte.apps.cooperation import actions, discussions, follow_up
from punte.apps.cooperation.agreed import Promise, promise_in
from punte.apps.cooperation.discussions import Place
from punte.apps.cooperation.models import Commitment
from punte.apps.people.models import Person, WorkingGroup
from signed_in import signed_in

pytestmark = pytest.mark.django_db


def table(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def promised() -> Commitment:
    """Enter one of each kind, and give a partner and a stranger an account."""
    rows = make_edition()
    request, sender, receiver, third = meeting_of(rows)
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="=Mast together")
        follow_up.agree_on(
            by=sender, cooperation=made, text="Send", who="We", due_on=dt.date(2020, 1, 1)
        )
        promise = Promise(
            who="We", what="Deliver", quotation="We deliver.", due_on=dt.date(2020, 1, 1)
        )
        promised = promise_in(by=sender, cooperation=made, is_shared=True, promise=promise)
        actions.report_on(by=sender, commitment=promised, state="open", evidence="Contract 77")
        discussions.open_topic(
            by=sender, title="Bridges", text="Hello", place=Place(releasable_to=(PUBLIC,))
        )
    with acting_as_system("tests"):
        WorkingGroup.objects.create(
            name="Rivers",
            open_to=[PUBLIC],
            owner_org_id=sender.org_id,
            label_releasable_to=[PUBLIC],
        )
        for number, who in enumerate((receiver, third)):
            account = Account.objects.create(email=f"reader{number}@example.org")
            Person.objects.filter(pk=who.person_id).update(account=account)
    return promised


def test_the_lists_are_tables_of_what_the_reader_sees(promised: Commitment) -> None:
    partner, stranger = signed_in("reader0@example.org"), signed_in("reader1@example.org")
    (line,) = table(partner, "/cooperations/?as=csv")
    assert line["Name"] == "'=Mast together", "a spreadsheet runs nothing of it"
    assert (line["Actions open"], line["Actions overdue"]) == ("1", "1")
    assert table(partner, "/cooperations/?as=csv&stage=stopped") == []
    assert table(stranger, "/cooperations/?as=csv") == []
    (line,) = [one for one in table(partner, "/commitments/?as=csv") if one["What"] == "Deliver"]
    assert line["In their words"] == "We deliver."
    assert line["Evidence"] == "Contract 77"
    assert line["Overdue"] == "yes"
    assert line["Cooperation"] == "'=Mast together"
    assert line["Verified"] == "no"
    assert line["Address"].endswith(f"/commitments/{promised.pk}/")
    assert not any(one["What"] == "Deliver" for one in table(stranger, "/commitments/?as=csv"))
    (line,) = [one for one in table(stranger, "/discussions/?as=csv") if one["Topic"] == "Bridges"]
    assert line["Posts"] == "1"
    (line,) = [one for one in table(stranger, "/groups/?as=csv") if one["Name"] == "Rivers"]
    assert line["I am in it"] == "no"
    for address in ("cooperations", "discussions", "groups", "commitments"):
        assert stranger.get(f"/{address}/?as=xlsx").content.startswith(b"PK")
        assert "as=xlsx" in stranger.get(f"/{address}/").content.decode()
