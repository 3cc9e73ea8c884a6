"""Badges, table cards, schedules and lists on paper: one for each, for nobody who is turned away, and nothing off the card."""

import json
import xml.etree.ElementTree as ET
from importlib.resources import files
from typing import Any

import pytest
import typst
from django.test import Client
from django.utils import timezone, translation

from cast import make_member
from edition_rows import Rows, make_edition
from punte.apps.access.models import Account, Denial
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.cooperation.outcome import outcome_of_edition
from punte.apps.forum.models import Delegate, Place
from punte.apps.meetings.models import Meeting
from punte.apps.people.models import Grant, Person
from punte.apps.people.queries import subject_of_account
from punte.web.cooperation.letters import missing_letters
from punte.web.cooperation.outcome import report_content
from punte.web.cooperation.papers import content_of
from signed_in import let_in

pytestmark = pytest.mark.django_db
MM = 72 / 25.4


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def told(rows: Rows, kind: str) -> dict[str, Any]:
    with acting(subject_of_account(Account.objects.get(email=rows.organiser))):
        return content_of(rows.edition, kind)


def desk_helper(rows: Rows) -> Account:
    made = make_member("Desk Helper", "Helpers", edition_id=rows.edition.pk)
    with acting_as_system("tests"):
        Grant.objects.create(person=made.person, right="check-in", edition_id=rows.edition.pk)
    return made.account


def test_two_of_one_name_and_organisation_have_a_schedule_each(rows: Rows) -> None:
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(version=rows.version).select_related("request")[0]
        pair = [meeting.request.sender_id, meeting.request.receiver_id]
        firm = Delegate.objects.get(pk=pair[0]).organisation
        Delegate.objects.filter(pk__in=pair).update(badge_name="Ion Popescu", organisation=firm)
        codes = set(Delegate.objects.filter(pk__in=pair).values_list("code", flat=True))
        seated = set(
            Meeting.objects.filter(version=rows.version).values_list(
                "request__sender__code", "request__receiver__code"
            )
        )
    sheets = told(rows, "schedules")["sheets"]
    assert {one["code"] for one in sheets if one["name"] == "Ion Popescu"} == codes
    assert sorted(one["code"] for one in sheets) == sorted({code for two in seated for code in two})


def test_two_places_of_one_name_have_a_card_each(rows: Rows) -> None:
    with acting_as_system("tests"):
        Place.objects.filter(edition=rows.edition).update(name="Table")
        used = Meeting.objects.filter(version=rows.version).values("place").distinct().count()
    assert len(told(rows, "table-cards")["sheets"]) == used > 1


@pytest.mark.parametrize("cause", ["left", "org", "person", "country"])
def test_who_is_turned_away_gets_no_paper(client: Client, rows: Rows, cause: str) -> None:
    with acting_as_system("tests"):
        one = Delegate.objects.filter(edition=rows.edition).select_related("organisation")[3]
        if cause == "left":
            Delegate.objects.filter(pk=one.pk).update(left_at=timezone.now())
        else:
            name = {"org": f"org:{one.organisation_id}", "person": f"person:{one.person_id}"}
            Denial.objects.create(
                name=name.get(cause, one.organisation.country_id or ""), reason="x"
            )
    for kind, part in (("badges", "people"), ("desk-list", "people"), ("schedules", "sheets")):
        assert one.code not in {found["code"] for found in told(rows, kind)[part]}
        assert told(rows, kind)[part]
    client.force_login(Account.objects.get(email=rows.organiser))
    badge = f"/e/{rows.edition.slug}/papers/badge/{one.pk}.pdf"
    assert "gets no badge" in client.get(badge, follow=True).content.decode()


def test_a_desk_is_offered_no_papers_of_meetings(client: Client, rows: Rows) -> None:
    base = f"/e/{rows.edition.slug}/papers/"
    client.force_login(desk_helper(rows))
    shown = client.get(base).content.decode()
    assert "badges.pdf" in shown
    for kind in ("schedules", "table-cards"):
        assert f"{kind}.pdf" not in shown
        assert client.get(f"{base}{kind}.pdf").status_code == 404
    let_in(client, rows.organiser)
    assert "schedules.pdf" in client.get(base).content.decode()


@pytest.mark.parametrize("kind", ["room-signs", "table-cards", "schedules"])
def test_papers_say_the_day_in_the_readers_language(rows: Rows, kind: str) -> None:
    with translation.override("ro"):
        content = told(rows, kind)
    parts = content["rooms" if kind == "room-signs" else "sheets"]
    lines = [line["when"] for part in parts for line in part["lines"]]
    assert lines
    assert all(line.startswith(("mie. ", "joi ")) for line in lines), lines


def test_letters_without_a_font_are_named_and_another_name_is_taken(
    client: Client, rows: Rows
) -> None:
    odd = "\U00016a40\U00016a41"  # Mro, which no machine of ours can show
    assert missing_letters(f"Ștefan Țurcanu {odd}") == frozenset(odd)
    with acting_as_system("tests"):
        one, other = Delegate.objects.filter(edition=rows.edition).select_related("person")[3:5]
        Delegate.objects.filter(pk=one.pk).update(badge_name=odd)
        Delegate.objects.filter(pk=other.pk).update(badge_name=odd)
        persons = Person.objects.filter(pk__in=[one.person_id, other.person_id])
        persons.update(label_stewards=right_groups("organise", edition_id=rows.edition.pk))
        persons.filter(pk=other.person_id).update(name=odd)
    people = {found["code"]: found["name"] for found in told(rows, "badges")["people"]}
    assert people[one.code] == one.person.name
    assert people[other.code] == odd
    let_in(client, rows.organiser)
    page = client.get(f"/e/{rows.edition.slug}/papers/").content.decode()
    assert f"{odd} ({other.code})" in page
    assert f"({one.code})" not in page


def drawn(form: str, content: dict[str, Any]) -> list[bytes]:
    """Return each page as a picture, in which a glyph is called the same wherever it stands."""
    source = (files("punte.web.cooperation") / "typst" / f"{form}.typ").read_bytes()
    found = typst.compile(source, sys_inputs={"data": json.dumps(content)}, format="svg")
    return [found] if isinstance(found, bytes) else found


def test_each_page_of_a_sheet_says_whose_it_is_and_which(rows: Rows) -> None:
    content = told(rows, "table-cards")
    first, second = content["sheets"][:2]
    first["lines"] = (first["lines"] * 60)[:60]
    second["lines"] = (second["lines"] * 60)[:60]
    third = first | {"name": "One page", "code": "T99", "lines": first["lines"][:1]}
    pages = drawn("sheets", content | {"sheets": [first, second, third]})
    count = len(pages) // 2
    assert count > 1
    assert len(pages) == 2 * count + 1
    for at, page in enumerate(pages[:-1]):
        sheet, number = (first, second)[at // count], at % count + 1
        name = f"*{sheet['name']}* {sheet['code']}" if number > 1 else ""
        line = f"{name} page {number} of {count}"
        assert _glyphs(page, 0, 15) == _set(line), line
        assert _glyphs(page, 197, 210) == _glyphs(pages[-1], 197, 210)
    assert _glyphs(pages[-1], 0, 15) == []
    assert len(_glyphs(pages[-1], 197, 210)) > len(content["stamp"])


def _glyphs(page: bytes, top: float, bottom: float) -> list[str]:
    """Return the names of the glyphs between two heights of a page [mm], as they are read."""
    return [name for name, _, y in _drawn(page)[0] if top * MM < y < bottom * MM]


def _set(line: str) -> list[str]:
    form = '#set page(margin: 1mm)\n#set text(size: 9pt, font: "Libertinus Serif")\n' + line
    return _glyphs(typst.compile(form.encode(), format="svg"), 0, 200)


def test_the_report_gives_its_width_to_names(rows: Rows) -> None:
    with acting(subject_of_account(Account.objects.get(email=rows.organiser))):
        outcome = outcome_of_edition(rows.edition, today=timezone.localdate())
        content = report_content(rows.edition, outcome, None)
    for section in content["sections"]:
        assert len(section["columns"]) == len(section["widths"])
    met = content["sections"][0]
    when, *_, state = met["rows"][0]
    names = ["Agnieszka Borkiewicz, Aquila Counter-Drone Gdynia", "Ion Popescu, Olt Radio"]
    met["rows"] = [[when, *names, state]] * 100
    # A meeting takes two lines, and a page more than twenty of them.
    assert len(drawn("outcome", content | {"sections": [met]})) <= 5


LONG = {
    "words": ("Ion " + "Nume " * 30, "Deputy " * 17, "Organizația Națională " * 9),
    "one word": ("W" * 60, "v" * 60, "Y" * 80),
    "short": ("Ana Ionescu", "Sales", "Carpat Optics"),
}


@pytest.mark.parametrize("kind", LONG)
def test_everything_of_a_badge_stands_on_it_beside_its_code(kind: str) -> None:
    name, function, organisation = (text.strip() for text in LONG[kind])
    person = {"name": name, "function": function, "organisation": organisation}
    footer = ["P0001", "version 12, printed 2025-11-05 08:10", "Sample: all people are invented."]
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
    )
    content = {
        "edition": "Forum",
        "stamp": footer[1],
        "synthetic": footer[2],
        "people": [person | {"country": "Romania", "code": footer[0], "picture": picture}],
    }
    glyphs, image = _drawn(drawn("badges", content)[0])
    texts = [name, function, organisation, "Romania", "Forum", *footer]
    assert len(glyphs) >= sum(len("".join(text.split())) for text in texts) - 40, "ligatures apart"
    right, bottom = 10 * MM + 93 * MM, 72 * MM
    for _, x, y in glyphs:
        assert 10 * MM < x < right - 5 * MM
        assert 10 * MM < y < bottom
        assert y < image[1] or x < image[0] - 2, "nothing lies under the code"


def _drawn(svg: bytes) -> tuple[list[tuple[str, float, float]], tuple[float, float]]:
    """Return each glyph with where it stands, and the corner of the last image [pt]."""
    glyphs: list[tuple[str, float, float]] = []
    images: list[tuple[float, float]] = []

    def walk(node: ET.Element, x: float, y: float) -> None:
        moved = node.get("transform", "")
        if moved:
            numbers = [float(one) for one in moved[moved.index("(") + 1 : -1].split()]
            x, y = x + numbers[-2], y + numbers[-1]
        tag = node.tag.rpartition("}")[2]
        if tag == "use":
            name = node.get("{http://www.w3.org/1999/xlink}href", "")
            glyphs.append((name, x + float(node.get("x", "0")), y))
        if tag == "image":
            images.append((x, y))
        for child in node:
            walk(child, x, y)

    walk(ET.fromstring(svg), 0, 0)
    return glyphs, images[-1] if images else (0, 0)
