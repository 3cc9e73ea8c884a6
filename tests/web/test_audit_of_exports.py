"""Who took which file is in the audit log, whichever page gave it; and the log is found again by person, day and edition."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from cast import EDITION, OTHER_EDITION, Cast
from edition_rows import Rows, make_edition
from punte.apps.access.actions import record
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.models import Listing
from punte.web.handed_out import TOLD
from signed_in import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def entries() -> list[tuple[str, str, str]]:
    with acting_as_system("tests"):
        return [
            (entry.verb, entry.detail.get("what", ""), entry.detail.get("file", ""))
            for entry in AuditEntry.objects.order_by("id")
            if "export" in entry.verb
        ]


@pytest.mark.parametrize(
    ("address", "what", "file"),
    [
        ("timetable/v1/meetings.csv", "organiser:meetings_csv", "meetings-v1.csv"),
        ("agenda/schedule.json", "agenda_json", "schedule.json"),
        ("agenda/schedule.ics", "agenda_ics", "agenda.ics"),
        ("figures/?as=xlsx", "figures", ".xlsx"),
    ],
)
def test_a_file_is_recorded_with_its_reader(
    client: Client, rows: Rows, address: str, what: str, file: str
) -> None:
    let_in(client, rows.organiser)
    answer = client.get(f"/e/{rows.edition.slug}/{address}")
    assert answer.status_code == 200, address
    assert answer["Cache-Control"] == "private, no-store"
    (found,) = entries()
    assert found[:2] == ("export.read", what)
    assert found[2].endswith(file)
    with acting_as_system("tests"):
        assert AuditEntry.objects.get(verb="export.read").edition_id == rows.edition.pk
    page = client.get("/audit/?verb=export").content.decode()
    assert what in page, "its own organisers find it"
    assert f">{rows.edition.name}</td>" in page
    assert what in client.get(f"/audit/?edition={rows.edition.pk}").content.decode()
    assert what not in client.get("/audit/?edition=none").content.decode()


def test_a_file_of_needs_is_told_to_each_edition_whose_rows_are_in_it(
    client: Client, cast: Cast
) -> None:
    with acting_as_system("tests"):
        for edition_id in (EDITION, EDITION, OTHER_EDITION, None):
            Listing.objects.create(
                side="need",
                title="Bridging",
                state="published",
                audience="edition",
                edition_id=edition_id,
                owner_org=cast.company.organisation,
                published_at=timezone.now(),
            )
    client.force_login(cast.company.account)
    assert client.get("/needs/table/").status_code == 200
    with acting_as_system("tests"):
        told = {
            entry.edition_id: entry.detail["rows"]
            for entry in AuditEntry.objects.filter(verb="export.read")
        }
    assert told == {EDITION: 2, OTHER_EDITION: 1, None: 1}
    with acting(cast.organiser.subject):
        seen = AuditEntry.objects.filter(verb="export.read").values_list("edition_id", flat=True)
        assert list(seen) == [EDITION], "of the other edition its organiser learns nothing"


def test_the_commitments_and_a_page_that_tells_itself_are_told_once(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.company.account)
    assert client.get("/commitments/?as=csv").status_code == 200
    assert client.get("/needs/table/?format=xlsx").status_code == 200
    assert [verb for verb, _what, _file in entries()] == ["export.read", "export.read"]
    assert "listings:need-table" in TOLD


def test_a_visitor_and_a_page_leave_no_entry(client: Client, rows: Rows) -> None:
    client.get(f"/e/{rows.edition.slug}/agenda/schedule.json")
    client.get(f"/e/{rows.edition.slug}/agenda/")
    assert entries() == []


def test_the_log_is_narrowed_by_person_day_and_edition(client: Client, cast: Cast) -> None:
    with acting(cast.organiser.subject):
        record("one.thing", edition_id=EDITION)
    with acting(cast.company.subject):
        record("other.thing", edition_id=EDITION)
        record("hidden.thing", edition_id=OTHER_EDITION)
    client.force_login(cast.organiser.account)

    def shown(**narrowed: str) -> set[str]:
        text = client.get("/audit/", narrowed).content.decode()
        return {verb for verb in ("one.thing", "other.thing", "hidden.thing") if verb in text}

    today = timezone.localdate()
    assert shown() == {"one.thing", "other.thing"}
    assert shown(who=str(cast.company.person.pk)) == {"other.thing"}
    assert shown(who=cast.organiser.person.name.split()[0]) == {"one.thing"}
    assert shown(who=cast.company.person.name) == set(), "a hidden person is not found by name"
    assert shown(since=today.isoformat()) == {"one.thing", "other.thing"}
    assert shown(until=(today - dt.timedelta(days=1)).isoformat()) == set()
    assert shown(edition=str(EDITION)) == {"one.thing", "other.thing"}
    assert shown(edition=str(OTHER_EDITION)) == set()
    assert shown(until="9999-12-31", since="0001-01-01") == {"one.thing", "other.thing"}
    assert shown(since="yesterday", edition="x") in ({"one.thing", "other.thing"}, set())
