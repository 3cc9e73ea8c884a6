"""The log of the desks tells a second scan from the first; the wall says at what time the next meetings begin."""

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.utils import timezone

from edition_rows import make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Scan
from punte.apps.forum.models import Delegate, Slot
from signed_in import let_in

pytestmark = pytest.mark.django_db


def test_the_log_and_its_file_tell_who_was_scanned_again_and_where(client: Client) -> None:
    rows = make_edition(organisations=3, requests=4)
    with acting_as_system("tests"):
        codes = list(Delegate.objects.filter(edition=rows.edition).values_list("code", flat=True))
    let_in(client, rows.organiser)
    address = f"/e/{rows.edition.slug}/check-in/"
    for code, desk in (
        (codes[0], "North"),
        (codes[0], "North"),
        (codes[0], "South"),
        (codes[1], "South"),
    ):
        client.post(address, {"code": code, "desk": desk})
    page = client.get(address).content.decode()
    log = page[page.index("Newest scans") :]
    assert log.count("scanned again, at another desk") == 1
    assert log.count("scanned again") == 2
    assert "before at: North" in " ".join(log.split())
    told = client.get(f"{address}?of=scans&as=csv").content.decode("utf-8-sig")
    lines = [
        (line["Code"], line["What happened"], line["Desk"], line["Before at"])
        for line in csv.DictReader(io.StringIO(told))
    ]
    assert lines == [
        (codes[1], "checked in", "South", ""),
        (codes[0], "scanned again, at another desk", "South", "North"),
        (codes[0], "scanned again", "North", "North"),
        (codes[0], "checked in", "North", ""),
    ]


def test_who_was_taken_back_is_no_second_scan(client: Client) -> None:
    rows = make_edition(organisations=3, requests=4)
    with acting_as_system("tests"):
        one = Delegate.objects.filter(edition=rows.edition)[0]
    let_in(client, rows.organiser)
    address = f"/e/{rows.edition.slug}/check-in/"
    for more in ({}, {"do": "undo"}, {}):
        client.post(address, {"code": one.code, "desk": "North", **more})
    with acting_as_system("tests"):
        assert Scan.objects.filter(delegate=one).count() == 3
    assert "scanned again" not in client.get(address).content.decode()


def test_without_scripts_the_wall_says_at_what_time(client: Client) -> None:
    rows = make_edition()
    with acting_as_system("tests"):
        slots = list(Slot.objects.filter(edition=rows.edition).order_by("starts_at"))
        shift = timezone.now() - slots[2].starts_at - dt.timedelta(minutes=5)
        for slot in reversed(slots):
            Slot.objects.filter(pk=slot.pk).update(
                starts_at=slot.starts_at + shift, ends_at=slot.ends_at + shift
            )
        zone, coming = rows.edition.zone, slots[3].starts_at + shift
    let_in(client, rows.organiser)
    for path in ("hall/", "check-in/board/"):
        page = client.get(f"/e/{rows.edition.slug}/{path}").content.decode()
        assert '<span data-in="begins in">begins at</span>' in page
        assert f'data-until="{coming.isoformat()}">{coming.astimezone(zone):%H:%M}</span>' in page
        assert '<span data-in="ends in">ends at</span>' in page
