"""Four eyes on the page of a repair: where it leaves an authority's person alone, newly or as before, and what the log says then."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import Rows, make_edition, organiser_of
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate, Slot
from punte.apps.meetings.disclosing import authority_side
from punte.apps.meetings.four_eyes import name_second_pair, set_four_eyes
from punte.apps.meetings.models import Meeting, MeetingRequest
from punte.apps.people.models import Person
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    found = make_edition()
    organiser = organiser_of(found)
    with acting(organiser):
        set_four_eyes(by=organiser, edition=found.edition, asks=True)
    return found


def new_mate(side: Delegate, number: int) -> Delegate:
    """Let one more person of an organisation come, who has no meetings of their own."""
    person = Person.objects.create(
        name=f"Mate {number}", owner_org=side.organisation, is_synthetic=True
    )
    return Delegate.objects.create(
        edition=side.edition,
        person=person,
        organisation=side.organisation,
        category=side.category,
        code=f"M{number:04}",
        badge_name=person.name,
        function="Adviser",
        owner_org=side.organisation,
        label_releasable_to=side.label_releasable_to,
        label_stewards=side.label_stewards,
    )


def with_a_colleague(rows: Rows, *, at_most: int = 1) -> list[tuple[MeetingRequest, Delegate]]:
    """Let a colleague come along to meetings of authorities with firms that are held."""
    organiser, made = organiser_of(rows), []
    with acting_as_system("tests"):
        held = Meeting.objects.filter(version=rows.version).select_related(
            "request__sender__organisation", "request__receiver__organisation"
        )
        pairs = [(one.request, authority_side(one.request)) for one in held]
        mates = [
            (request, new_mate(side, number))
            for number, (request, side) in enumerate(pairs)
            if side is not None
        ]
    for request, mate in mates[:at_most]:
        with acting(organiser):
            name_second_pair(
                by=organiser, request_id=request.pk, delegates=[mate.pk], read_revision=1
            )
        made.append((request, mate))
    assert len(made) == at_most
    return made


def proposal(desk: Client, rows: Rows, *absent: Delegate) -> str:
    with acting_as_system("tests"):
        first = Slot.objects.filter(edition=rows.edition).earliest("starts_at")
    keys = "".join(f"&absent={one.pk}" for one in absent)
    address = f"/e/{rows.edition.slug}/timetable/repair/?do=propose&since={first.code}{keys}"
    return desk.get(address).text


def note_in(page: str) -> str:
    """Return what the page says of four eyes; empty where it says nothing."""
    found = re.search(r'<section[^>]*id="four-eyes".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def test_the_page_names_who_is_newly_alone_apart_from_who_is_already(rows: Rows) -> None:
    desk = signed_in(rows.organiser)
    ((request, mate),) = with_a_colleague(rows)
    nothing = note_in(proposal(desk, rows))
    assert "Newly" not in nothing, "the colleague comes"
    assert "already" in nothing
    said = note_in(proposal(desk, rows, mate))
    newly, _already, old = said.partition("already")
    assert "At 1 meeting" in newly
    with acting_as_system("tests"):
        row = MeetingRequest.objects.select_related("sender", "receiver").get(pk=request.pk)
        side = authority_side(row)
    assert side is not None
    assert side.badge_name in newly
    assert f"/requests/{request.pk}/" in newly
    assert f"/requests/{request.pk}/" not in old
    page = proposal(desk, rows, mate)
    assert page.index('id="four-eyes"') < page.index('value="publish"'), "before one publishes"
    assert page.index("autofocus") > page.index('value="publish"') - 100


def test_nothing_is_said_where_nobody_asks_for_four_eyes(rows: Rows) -> None:
    desk = signed_in(rows.organiser)
    ((_request, mate),) = with_a_colleague(rows)
    organiser = organiser_of(rows)
    with acting(organiser):
        set_four_eyes(by=organiser, edition=rows.edition, asks=False)
    assert note_in(proposal(desk, rows, mate)) == ""


def test_what_the_repair_left_with_one_pair_stands_in_the_log(rows: Rows) -> None:
    desk = signed_in(rows.organiser)
    ((request, mate),) = with_a_colleague(rows)

    def with_two() -> int:
        answer = desk.get(f"/e/{rows.edition.slug}/equal-access/?as=csv")
        lines = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        return [line["Persons of the authority's side"] for line in lines].count("2")

    assert with_two() == 1
    page = proposal(desk, rows, mate)
    (mark,) = re.findall(r'name="mark" value="([0-9a-f]{64})"', page)
    since = page.split('name="since" value="')[1].split('"')[0]
    form = {"do": "publish", "since": since, "mark": mark, "absent": str(mate.pk)}
    told = desk.post(f"/e/{rows.edition.slug}/timetable/repair/", form, follow=True).text
    assert "is published" in told
    assert with_two() == 0
    with acting_as_system("tests"):
        entry = AuditEntry.objects.get(verb="timetable.repaired")
        assert entry.detail["one_pair"] == [request.code], (
            "the record keeps what was published all the same"
        )
        assert MeetingRequest.objects.get(pk=request.pk).state == "accepted"


def test_a_repair_asks_as_many_questions_for_three_as_for_one(rows: Rows) -> None:
    desk = signed_in(rows.organiser)
    named = with_a_colleague(rows, at_most=3)
    mates = {mate.pk: mate for _request, mate in named}

    def count(*absent: Delegate) -> int:
        proposal(desk, rows, *absent)
        with CaptureQueriesContext(connection) as asked:
            page = proposal(desk, rows, *absent)
        assert "Newly" in note_in(page)
        return len(asked)

    one = next(iter(mates.values()))
    assert count(*mates.values()) == count(one)
