"""Who withdrew or is suspended is marked for those who organise and check in, and for nobody else."""

import csv
import io

import pytest
from django.test import Client
from django.utils import timezone

from edition_rows import Rows, make_edition
from punte.apps.access.models import Denial
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate, Session
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def at(rows: Rows, rest: str) -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def text(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def table(client: Client, address: str) -> dict[str, dict[str, str]]:
    content = client.get(address).content.decode("utf-8-sig")
    return {row["Name"]: row for row in csv.DictReader(io.StringIO(content))}


def take_away(rows: Rows) -> tuple[Delegate, Delegate]:
    """Let one delegate withdraw and suspend another; neither is the one who reads."""
    with acting_as_system("tests"):
        gone, banned = Delegate.objects.filter(edition=rows.edition).exclude(
            person__account__email=rows.delegate
        )[:2]
        Delegate.objects.filter(pk=gone.pk).update(left_at=timezone.now())
        Denial.objects.create(name=f"person:{banned.person_id}", reason="x")
    return gone, banned


def line_of(page: str, name: str) -> str:
    return page.split(f">{name}", 1)[1].split("</tr>", 1)[0]


def test_organisers_see_it_in_the_directory_and_delegates_no_more_than_before(rows: Rows) -> None:
    organiser, delegate = signed_in(rows.organiser), signed_in(rows.delegate)
    before = text(delegate, at(rows, "people/"))
    file = delegate.get(at(rows, "people/?as=csv")).content
    gone, banned = take_away(rows)
    page = text(organiser, at(rows, "people/"))
    assert "withdrawn" in line_of(page, gone.badge_name)
    assert "suspended" in line_of(page, banned.badge_name)
    assert page.count('class="badge bad"') == 2
    states = {
        name: row["State"] for name, row in table(organiser, at(rows, "people/?as=csv")).items()
    }
    assert (states.pop(gone.badge_name), states.pop(banned.badge_name)) == (
        "withdrawn",
        "suspended",
    )
    assert set(states.values()) == {""}
    for word in ("withdrawn", "suspended"):
        assert word not in text(delegate, at(rows, "people/"))
        assert word not in text(delegate, at(rows, f"people/{gone.pk}/"))
    assert len(text(delegate, at(rows, "people/"))) == len(before)
    assert delegate.get(at(rows, "people/?as=csv")).content == file


def test_nobody_acts_in_the_name_of_who_is_gone(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    gone, banned = take_away(rows)
    with acting_as_system("tests"):
        here = Delegate.objects.filter(edition=rows.edition).exclude(pk__in=[gone.pk, banned.pk])[0]
    assert "Act in their name" in text(organiser, at(rows, f"people/{here.pk}/"))
    for one, word in ((gone, "withdrawn"), (banned, "suspended")):
        page = text(organiser, at(rows, f"people/{one.pk}/"))
        assert "Act in their name" not in page
        assert word in page
        organiser.post(at(rows, "rights/behalf/"), {"delegate": str(one.pk)})
        assert "You act in the name of" not in text(organiser, at(rows, ""))


def test_the_desk_says_not_yet_of_those_alone_who_may_come(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    gone, banned = take_away(rows)
    for one, word in ((gone, "withdrawn"), (banned, "suspended")):
        line = line_of(text(organiser, at(rows, f"check-in/?q={one.code}")), one.badge_name)
        assert word in line
        assert "not yet" not in line
        assert "<button" not in line
        found = table(organiser, at(rows, f"check-in/?q={one.code}&as=csv"))
        assert found[one.badge_name]["State"] == word
    everybody = table(organiser, at(rows, "check-in/?as=csv"))
    assert {row["State"] for row in everybody.values()} == {"not yet"}
    assert len(everybody) == 14, "those expected, as the page counts them"


def test_the_checklist_warns_of_speakers_who_do_not_come(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    with acting_as_system("tests"):
        one = Delegate.objects.filter(edition=rows.edition)[0]
        Session.objects.filter(edition=rows.edition, code="p1").update(
            speakers=[{"name": "M", "delegate": str(one.pk), "function": "", "chair": True}]
        )
    said = "Speakers of released sessions who no longer come or may not enter: "
    page = text(organiser, at(rows, "set-up/"))
    assert f"{said}0." in page
    with acting_as_system("tests"):
        Delegate.objects.filter(pk=one.pk).update(left_at=timezone.now())
    page = text(organiser, at(rows, "set-up/"))
    assert f"{said}1." in page
    line = page.split(said, 1)[0].rsplit("<li", 1)[1] + page.split(said, 1)[1].split("</li>", 1)[0]
    assert at(rows, "agenda/edit/#conflicts") in line
    with acting_as_system("tests"):
        Session.objects.filter(edition=rows.edition).update(is_cancelled=True)
    assert f"{said}0." in text(organiser, at(rows, "set-up/"))
