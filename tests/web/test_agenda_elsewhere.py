"""The agenda on other sites: the frame to copy, in a language and for a day, and the Atom feed of released changes."""

import datetime as dt
import html
import re
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from signed_in import signed_in
from web.test_agenda_pages import at, draft, release, text

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def feed(client: Client, rows: Rows, rest: str = "") -> ET.Element:
    answer = client.get(at(rows, f"changes.atom{rest}"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)


def said(element: ET.Element, name: str) -> str:
    found = element.findtext(f"{ATOM}{name}")
    assert found, f"RFC 4287 wants one {name}"
    return found


def test_the_feed_is_atom_with_ids_that_stay(rows: Rows) -> None:
    """RFC 4287, 4.1.1 and 4.1.2: id, title and updated in feed and entries, an author, a link to itself."""
    organiser, visitor = signed_in(rows.organiser), Client()
    empty = feed(visitor, rows)
    assert ET.tostring(empty) == ET.tostring(feed(visitor, rows)), "also its moment stays"
    draft(organiser, rows, "Quantum <radar> & more")
    assert "Quantum" not in str(ET.tostring(feed(visitor, rows))), "a draft is nobody's news"
    release(organiser, rows, "A new one")
    first = feed(visitor, rows)
    assert first.findtext(f"{ATOM}author/{ATOM}name")
    links = {one.get("rel"): str(one.get("href")) for one in first.iter(f"{ATOM}link")}
    assert links["self"].endswith("/agenda/changes.atom?language=en")
    (entry,) = first.findall(f"{ATOM}entry")
    for element in (first, entry):
        assert said(element, "id").startswith("urn:uuid:")
        assert said(element, "title")
        assert dt.datetime.fromisoformat(said(element, "updated")).tzinfo is not None
    assert said(first, "updated") == said(entry, "updated")
    assert said(entry, "title").endswith(": A new one")
    summary = entry.find(f"{ATOM}summary")
    assert summary is not None
    assert summary.get("type") == "html"
    assert "Added: Quantum &lt;radar&gt; &amp; more" in str(summary.text), "words, and no tags"
    draft(organiser, rows, "Second")
    release(organiser, rows)
    ids = [said(one, "id") for one in feed(visitor, rows).findall(f"{ATOM}entry")]
    assert len(set(ids)) == 2
    assert ids[1] == said(entry, "id"), "the newest first, and the old one under its own name"
    assert said(feed(visitor, rows), "id") == said(first, "id")
    assert said(feed(visitor, rows, "?language=ro"), "id") != said(first, "id")


def test_the_feed_holds_what_a_visitor_sees_whoever_asks(rows: Rows) -> None:
    organiser, visitor = signed_in(rows.organiser), Client()
    draft(organiser, rows, "Closed circle", format="allied")
    release(organiser, rows, "Not for everybody")
    for reader in (organiser, visitor, signed_in(rows.delegate)):
        said_there = str(ET.tostring(feed(reader, rows)))
        assert "Closed circle" not in said_there
        assert "Not for everybody" not in said_there
    with acting_as_system("tests"):
        rows.edition.label_releasable_to = []
        rows.edition.save()
    assert visitor.get(at(rows, "changes.atom")).status_code == 404
    assert organiser.get(at(rows, "changes.atom")).status_code == 404


def test_pages_name_the_feed_and_the_frame(rows: Rows) -> None:
    visitor, organiser = Client(), signed_in(rows.organiser)
    for page in ("", "changes/"):
        assert 'rel="alternate" type="application/atom+xml"' in text(visitor, at(rows, page)), page
    assert at(rows, "changes.atom?language=en") in text(visitor, at(rows, "changes/"))
    assert at(rows, "on-your-site/") in text(organiser, at(rows))
    assert at(rows, "on-your-site/") not in text(visitor, at(rows))
    assert at(rows, "on-your-site/") in text(visitor, f"/e/{rows.edition.slug}/press/")


def test_the_frame_is_copied_with_language_and_day_and_shows_just_that(rows: Rows) -> None:
    organiser, visitor = signed_in(rows.organiser), Client()
    draft(organiser, rows, "On the first day")
    second = {"starts_at": "2025-11-06T16:00", "ends_at": "2025-11-06T17:00"}
    draft(organiser, rows, "On the second day", **second)
    release(organiser, rows)
    page = text(visitor, at(rows, "on-your-site/?language=ro&day=2025-11-06"))
    (snippet,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    (source,) = re.findall(r'src="([^"]+)"', html.unescape(snippet))
    address = html.unescape(source)
    assert address == f"http://testserver{at(rows, 'embed/')}?language=ro&day=2025-11-06"
    frame = visitor.get(address.removeprefix("http://testserver"))
    shown = frame.content.decode()
    assert "On the second day" in shown
    assert "On the first day" not in shown
    assert '<html lang="ro"' in shown
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    whole = text(visitor, at(rows, "embed/?language=xx&day=yesterday"))
    assert "On the first day" in whole
    assert "On the second day" in whole
    plain = text(visitor, at(rows, "on-your-site/?day=2031-01-01&language=xx"))
    assert f"http://testserver{at(rows, 'embed/')}&quot; title" in plain, "no wish, no query"
