"""The register of contacts: who met whom in a period, as an audience may read it."""

import csv
import io

import pytest
from django.test import Client

from edition_rows import Rows, make_edition
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.cooperation.models import MeetingMark
from punte.apps.meetings.models import Disclosure, Meeting
from punte.apps.people.models import Organisation
from signed_in import let_in

pytestmark = pytest.mark.django_db
AGENDA = "Delivery times of bridge sensors."


@pytest.fixture
def rows(client: Client) -> Rows:
    found = make_edition()
    let_in(client, found.organiser)
    return found


def mixed(rows: Rows) -> list[Meeting]:
    """Return the published meetings of one authority and one firm each."""
    with acting_as_system("tests"):
        held = Meeting.objects.filter(version=rows.version).select_related(
            "slot", "request__sender__organisation", "request__receiver__organisation"
        )
        return [
            one
            for one in held.order_by("slot__starts_at")
            if {one.request.sender.organisation.kind, one.request.receiver.organisation.kind}
            == {"authority", "company"}
        ]


def lines(client: Client, rows: Rows, **query: str) -> list[dict[str, str]]:
    answer = client.get(f"/e/{rows.edition.slug}/met-register/", {**query, "as": "csv"})
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_every_meeting_of_the_period_that_was_not_missed(client: Client, rows: Rows) -> None:
    held = mixed(rows)
    assert len(held) > 2
    assert len(lines(client, rows)) == len(held)
    first = held[0].slot.day
    of_day = [one for one in held if one.slot.day == first]
    assert len(lines(client, rows, **{"from": str(first), "to": str(first)})) == len(of_day)
    assert lines(client, rows, **{"from": "2030-01-01", "to": "2030-01-02"}) == []
    with acting_as_system("tests"):
        MeetingMark.objects.create(request=held[0].request, side="desk", mark="not")
    assert len(lines(client, rows)) == len(held) - 1
    page = client.get(f"/e/{rows.edition.slug}/met-register/").text
    assert held[-1].request.sender.organisation.name in page


def test_an_audience_reads_what_the_wall_shows_it(client: Client, rows: Rows) -> None:
    (one, *_others) = held = mixed(rows)
    with acting_as_system("tests"):
        Disclosure.objects.create(request=one.request, text=AGENDA)
    assert [line["Topic, as disclosed"] for line in lines(client, rows)].count(AGENDA) == 1
    assert lines(client, rows, audience="everybody") == []
    page = client.get(f"/e/{rows.edition.slug}/met-register/", {"audience": "everybody"}).text
    assert "left out" in page
    assert len(lines(client, rows, audience="ROU")) == len(held), "delegates see the organisations"
    sides = (one.request.sender.organisation_id, one.request.receiver.organisation_id)
    with acting_as_system("tests"):
        Organisation.objects.filter(pk__in=sides).update(label_releasable_to=[PUBLIC])
    (open_line, *_rest) = lines(client, rows, audience="everybody")
    assert open_line["Topic, as disclosed"] == "", "nobody but the two sides sees the request"
    assert open_line["Firm"]


def test_the_file_is_marked_and_in_the_log_and_is_the_desks(client: Client, rows: Rows) -> None:
    page = f"/e/{rows.edition.slug}/met-register/"
    assert client.get(page, {"as": "csv"}).headers["X-Handling"] == "TLP:AMBER"
    clear = client.get(page, {"as": "xlsx", "audience": "everybody"})
    assert clear.headers["X-Handling"] == "TLP:CLEAR"
    with acting_as_system("tests"):
        last = AuditEntry.objects.filter(verb="met_register.exported").latest("id")
    assert (last.detail["audience"], last.detail["rows"]) == ("everybody", 0)
    client.logout()
    let_in(client, rows.delegate)
    assert client.get(page).status_code == 404
