"""The figures by need and offer: what is asked about and met, for whoever may see it, in a page that stays short."""

import csv
import io
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.market.models import Listing
from punte.apps.meetings.by_listing import Tally, requests_by_listing, sum_of
from punte.apps.meetings.models import Meeting, MeetingRequest
from punte.apps.people.models import Organisation, Person
from punte.apps.people.queries import subject_of_person
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def listed(rows: Rows, title: str, side: str = "need", **more: object) -> Listing:
    groups = [f"edition:{rows.edition.pk}"]
    with acting_as_system("tests"):
        owner = Organisation.objects.filter(label_releasable_to=groups).order_by("name")[0]
        given = {
            "label_releasable_to": groups,
            "label_stewards": right_groups("organise", edition_id=rows.edition.pk),
            "state": "published",
            "published_at": timezone.now(),
            **more,
        }
        return Listing.objects.create(
            edition_id=rows.edition.pk,
            side=side,
            kind="equipment",
            language="en",
            title=title,
            text="x",
            owner_org=owner,
            **given,
        )


def hidden(rows: Rows, title: str) -> Listing:
    """Make a listing out of the organisers' sight: another country's, and no edition's."""
    row = listed(rows, title)
    with acting_as_system("tests"):
        Listing.objects.filter(pk=row.pk).update(
            edition_id=None, label_releasable_to=["CHE"], label_stewards=[]
        )
    return row


def about(rows: Rows, listing: Listing, codes: list[str], **more: object) -> None:
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(edition=rows.edition, code__in=codes).update(
            about_listing_id=listing.pk, **more
        )


def at(rows: Rows, rest: str = "") -> str:
    return f"/e/{rows.edition.slug}/figures/{rest}"


def file_lines(client: Client, rows: Rows) -> dict[tuple[str, str], dict[str, str]]:
    text = client.get(at(rows, "?as=csv")).content.decode("utf-8-sig")
    return {(row["Grouped by"], row["Group"]): row for row in csv.DictReader(io.StringIO(text))}


def numbers(row: dict[str, str]) -> list[str]:
    return [row[name] for name in ("Requests", "Accepted", "Met", "Share met")]


def by_organiser(rows: Rows) -> UUID:
    with acting_as_system("tests"):
        return Person.objects.get(account__email=rows.organiser).pk


def test_each_need_has_its_requests_and_what_is_not_seen_is_with_the_rest(rows: Rows) -> None:
    radar, boats = listed(rows, "Radar"), listed(rows, "Boats", "offer")
    listed(rows, "Nobody asks")
    secret = hidden(rows, "Secret")
    about(rows, radar, ["R0000", "R0001", "R0002"])
    about(rows, radar, ["R0003"], state="declined")
    about(rows, boats, ["R0004"])
    about(rows, secret, ["R0005", "R0006"])
    with acting_as_system("tests"):
        held = set(
            Meeting.objects.filter(version=rows.version).values_list("request__code", flat=True)
        )
    with acting(subject_of_person(by_organiser(rows))):
        found = requests_by_listing(rows.edition.pk)
    codes = {f"R{n:04}" for n in range(40)}
    assert [(one.listing.title, one.tally) for one in found.needs] == [
        ("Radar", Tally(asked=4, accepted=3, met=len(held & {f"R000{n}" for n in range(4)}))),
        ("Nobody asks", Tally()),
    ]
    rest = codes - {f"R000{n}" for n in range(5)}
    assert found.neither == Tally(asked=35, accepted=35, met=len(held & rest))
    everything = sum_of([found.neither, *(one.tally for one in (*found.needs, *found.offers))])
    assert everything == Tally(asked=40, accepted=39, met=len(held))


def test_the_page_and_both_files_show_it(rows: Rows) -> None:
    radar = listed(rows, "Radar", label_tlp="TLP:AMBER+STRICT")
    about(rows, radar, ["R0000", "R0001"])
    secret = hidden(rows, "Secret")
    about(rows, secret, ["R0005"])
    client = signed_in(rows.organiser)
    page = client.get(at(rows)).content.decode()
    assert "By need" in page
    assert f'href="/needs/{radar.pk}/"' in page
    assert "Secret" not in page
    lines = file_lines(client, rows)
    assert numbers(lines["need", "Radar"])[:2] == ["2", "2"]
    assert numbers(lines["need or offer", "none that you see"])[0] == "38"
    assert "Secret" not in str(lines)
    book = client.get(at(rows, "?as=xlsx"))
    assert book["X-Handling"] == "TLP:AMBER+STRICT"
    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    assert ("need", "Radar") in [tuple(row[:2]) for row in sheet.iter_rows(values_only=True)]


def test_a_hidden_listing_leaves_no_trace(rows: Rows) -> None:
    """Byte for byte the same answer, whether a request is about nothing or about what the reader may not see."""
    listed(rows, "Radar")
    client = signed_in(rows.organiser)
    before = client.get(at(rows, "?as=csv")).content
    page = client.get(at(rows)).content.decode()
    about(rows, hidden(rows, "Secret"), ["R0005", "R0006"])
    assert client.get(at(rows, "?as=csv")).content == before
    again = client.get(at(rows)).content.decode()
    assert again.partition("<main")[2] == page.partition("<main")[2]


def test_thousands_of_needs_are_summed_past_the_most_asked_and_cost_no_query(rows: Rows) -> None:
    client = signed_in(rows.organiser)
    first = listed(rows, "Need 0000")
    client.get(at(rows))
    with CaptureQueriesContext(connection) as few:
        client.get(at(rows))
    with acting_as_system("tests"):
        made = Listing.objects.bulk_create(
            [
                Listing(
                    edition_id=rows.edition.pk,
                    side="need",
                    kind="equipment",
                    language="en",
                    title=f"Need {n:04}",
                    text="x",
                    owner_org_id=first.owner_org_id,
                    state="published",
                    published_at=first.published_at,
                    label_releasable_to=first.label_releasable_to,
                    label_stewards=first.label_stewards,
                )
                for n in range(1, 3000)
            ]
        )
        codes = [f"R{n:04}" for n in range(40)]
        for code, row in zip(codes, made[-60:], strict=False):
            MeetingRequest.objects.filter(edition=rows.edition, code=code).update(
                about_listing_id=row.pk
            )
    with CaptureQueriesContext(connection) as many:
        page = client.get(at(rows)).content.decode()
    assert len(many) == len(few)
    assert page.count('href="/needs/') <= 60
    assert "2,970 others, less asked about" in page
    assert len(page) < 120_000
    assert len([1 for by, _group in file_lines(client, rows) if by == "need"]) == 3000
