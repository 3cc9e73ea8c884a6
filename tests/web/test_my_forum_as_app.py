"""My forum as an app on the home screen, and what a browser may keep of the pages beside it."""

import re
import runpy
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image, ImageChops

from edition_rows import make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import CategoryWording, Delegate
from punte.apps.meetings.own import my_contacts
from punte.web.worker import KEEP_HEADER
from signed_in import let_in, signed_in

pytestmark = pytest.mark.django_db
GROUND = (0x0B, 0x5A, 0x6F, 255)
NOISE = 24
"""Between versions of the drawing library a point of an edge may differ by so much, of 255."""


def test_the_app_opens_on_ones_own_day(client: Client) -> None:
    rows = make_edition(organisations=3, requests=6)
    let_in(client, rows.delegate)
    address = f"/e/{rows.edition.slug}/"
    told = client.get(f"{address}my/app.webmanifest").json()
    assert told["start_url"] == f"{address}my/"
    assert told["scope"] == address
    assert rows.edition.name in told["name"]
    assert f'href="{address}my/app.webmanifest"' in client.get(f"{address}my/").content.decode()


def test_the_home_screen_gets_icons_of_its_sizes(client: Client) -> None:
    rows = make_edition(organisations=3, requests=6)
    let_in(client, rows.delegate)
    address = f"/e/{rows.edition.slug}/my/"
    icons = client.get(f"{address}app.webmanifest").json()["icons"]
    told = {(one["sizes"], one.get("purpose", "any")): one for one in icons}
    assert told.keys() == {
        ("any", "any"),
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for (sizes, purpose), one in told.items():
        if sizes != "any":
            picture = picture_at(one["src"])
            assert (f"{picture.width}x{picture.height}", one["type"]) == (sizes, "image/png")
            corner = picture.convert("RGBA").getpixel((0, 0))
            assert corner == (GROUND if purpose == "maskable" else (0, 0, 0, 0))
    page = client.get(address).content.decode()
    (touch,) = re.findall(r'<link rel="apple-touch-icon" href="([^"]+)">', page)
    picture = picture_at(touch)
    assert (picture.size, picture.mode) == ((180, 180), "RGB"), "no hole for a black ground"


def test_the_icons_are_as_the_tool_draws_them() -> None:
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "draw_icons.py"))
    for name, (side_px, fills, share) in tool["ICONS"].items():
        drawn = tool["draw"](side_px, fills=fills, share=share)
        with Image.open(tool["IMAGES"] / f"{name}.png") as kept:
            most = max(high for _low, high in ImageChops.difference(drawn, kept).getextrema())
        assert most <= NOISE, name
        white = drawn.convert("L").histogram()[-1]
        assert white > side_px * side_px // 100, "the bridge is on it"


def picture_at(address: str) -> Image.Image:
    path = finders.find(re.sub(r"\.[0-9a-f]{12}\.png$", ".png", address.removeprefix("/static/")))
    assert path, address
    with Image.open(path) as picture:
        return picture.copy()


def test_only_whom_one_meets_may_be_kept(client: Client) -> None:
    rows = make_edition(organisations=8, requests=8)
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        met = {one.pk for one in my_contacts(me)}
        others = set(Delegate.objects.filter(edition=rows.edition).values_list("pk", flat=True)) - {
            me.pk
        }
    assert met
    assert others - met
    let_in(client, rows.delegate)
    address = f"/e/{rows.edition.slug}/"
    kept = {key for key in others if KEEP_HEADER in client.get(f"{address}people/{key}/").headers}
    assert kept == met
    assert KEEP_HEADER in client.get(f"{address}agenda/").headers
    client.logout()
    assert KEEP_HEADER not in client.get(f"{address}agenda/").headers
    assert client.get("/no-network/").status_code == 302


@pytest.mark.parametrize("language", ["en", "ro"])
def test_the_categories_of_whom_one_meets_are_no_questions_more(language: str) -> None:
    rows = make_edition(organisations=5, requests=20)
    with acting_as_system("load sample data"):
        me = Delegate.objects.get(person__account__email=rows.delegate)
        category = my_contacts(me)[0].category
        CategoryWording.objects.create(category=category, language="ro", name="Autoritate numită")
    client = signed_in(rows.delegate)
    address = f"/e/{rows.edition.slug}/my/"
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address, headers={"Accept-Language": language}).content.decode()
    assert ("Autoritate numită" in page) == (language == "ro")
    assert [one["sql"] for one in asked if 'FROM "forum_categorywording"' in one["sql"]] == []
