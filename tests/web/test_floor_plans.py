"""The plan of the venue: brought in by organisers, seen by delegates and desks, refused where it is no plain picture."""

import hashlib
import io

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from edition_rows import Rows, make_edition
from page_lines import in_one_line
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.floor_plans import MOST_BYTES, MOST_PLANS
from punte.apps.forum.models import FloorPlan
from punte.web.worker import KEEP_HEADER
from signed_in import let_in
from small_pictures import PLACE, photograph

pytestmark = pytest.mark.django_db


def png() -> bytes:
    picture = io.BytesIO()
    segno.make("a floor").save(picture, kind="png")
    return picture.getvalue()


@pytest.fixture
def rows() -> Rows:
    return make_edition(organisations=3, requests=4)


def bring(client: Client, rows: Rows, content: bytes, name: str = "floor.png", **more: str) -> str:
    data = {"floor": "Ground floor", "file": SimpleUploadedFile(name, content), "do": "add", **more}
    answer = client.post(f"/e/{rows.edition.slug}/set-up/venue/plans/", data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_delegate_sees_what_an_organiser_brought_in(client: Client, rows: Rows) -> None:
    let_in(client, rows.organiser)
    assert "Delegates find it on My forum" in bring(client, rows, png())
    with acting_as_system("tests"):
        plan = FloorPlan.objects.get()
    address = f"/e/{rows.edition.slug}/plan/{plan.pk}/"
    delegate = Client()
    let_in(delegate, rows.delegate)
    page = in_one_line(delegate.get(f"/e/{rows.edition.slug}/my/").content)
    assert f'<img src="{address}" data-keep alt="Plan of the floor: Ground floor">' in page
    given = delegate.get(address)
    assert (given.content, given["Content-Type"]) == (png(), "image/png")
    assert given["X-Content-Type-Options"] == "nosniff"
    assert KEEP_HEADER in given.headers
    client.post(f"/e/{rows.edition.slug}/set-up/venue/plans/", {"do": "away", "plan": str(plan.pk)})
    assert delegate.get(address).status_code == 404


def test_a_photograph_of_a_plan_does_not_say_where_it_was_taken(client: Client, rows: Rows) -> None:
    let_in(client, rows.organiser)
    bring(client, rows, photograph(), "floor.jpg")
    with acting_as_system("tests"):
        plan = FloorPlan.objects.get()
    assert PLACE not in bytes(plan.content)
    assert plan.sha256 == hashlib.sha256(bytes(plan.content)).hexdigest()
    assert "is damaged" in bring(client, rows, photograph()[:-2], "floor.jpg")


def test_nobody_else_sees_it_or_brings_one_in(client: Client, rows: Rows) -> None:
    let_in(client, rows.organiser)
    bring(client, rows, png())
    with acting_as_system("tests"):
        plan = FloorPlan.objects.get()
    other = make_edition(organisations=3, requests=4)
    for email in (other.delegate, rows.delegate):
        stranger = Client()
        let_in(stranger, email)
        answer = stranger.post(f"/e/{rows.edition.slug}/set-up/venue/plans/", {"do": "add"})
        assert answer.status_code == 404
    stranger = Client()
    let_in(stranger, other.delegate)
    for slug in (rows.edition.slug, other.edition.slug):
        assert stranger.get(f"/e/{slug}/plan/{plan.pk}/").status_code == 404


def test_what_is_no_plain_picture_or_too_much_is_refused(client: Client, rows: Rows) -> None:
    let_in(client, rows.organiser)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    assert "none of: PNG, JPEG" in bring(client, rows, svg, "floor.svg")
    assert "none of: PNG, JPEG" in bring(client, rows, svg, "floor.png")
    assert "more than 1 MB" in bring(client, rows, png() + b"\0" * MOST_BYTES)
    assert "Name the floor" in bring(client, rows, png(), floor=" ")
    for number in range(MOST_PLANS):
        bring(client, rows, png(), floor=f"Floor {number}")
    assert f"at most {MOST_PLANS} plans" in bring(client, rows, png(), floor="One more")
    with acting_as_system("tests"):
        assert FloorPlan.objects.count() == MOST_PLANS
