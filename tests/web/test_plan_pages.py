"""The table of a plan in pages: large plans, faults at their cells, nothing typed lost, nobody overwritten."""

import re
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.programmes.plans import PLAN, enter, save
from cast import Cast, make_cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.programmes.models import Milestone, PlanVersion, Programme
from punte.apps.programmes.plan_table import PAGE_ROWS, ROW_FIELDS

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def programme(cast: Cast) -> Programme:
    return enter(cast)


@pytest.fixture
def keeper(client: Client, cast: Cast) -> Client:
    client.force_login(cast.authority.account, BACKEND)
    return client


def plan_content(count: int) -> dict[str, Any]:
    """A chain of activities, each with what the table does not show."""
    names = [f"T{number:04}" for number in range(count)]
    return {
        **PLAN,
        "activities": [
            {"id": name, "name": f"Work {name}", "duration": 3, "cost": number}
            for number, name in enumerate(names)
        ],
        "links": [{"from": a, "to": b} for a, b in pairwise(names)],
        "risks": [{"id": "R", "probability": 0.5, "activities": names[-2:], "impact": 4}],
    }


def fields_of(page: str) -> dict[str, str]:
    """Return what a browser would send of the table's form, buttons left out."""
    form = re.search(r'<form method="post" id="sheet".*?</form>', page, re.DOTALL)
    assert form is not None
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", form[0]):
        name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name is not None and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = unescape(value[1]) if value is not None else ""
    return found


def newest(programme: Programme, kind: str = "plan") -> PlanVersion:
    with acting_as_system("tests"):
        found = PlanVersion.objects.filter(programme=programme, kind=kind).first()
    assert found is not None
    return found


def test_a_plan_of_a_thousand_activities_is_edited_and_nothing_is_lost(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    before = save(cast, programme, plan_content(1000)).content
    address = f"/programmes/{programme.pk}/plan/"
    page = keeper.get(address).content.decode()
    sent = fields_of(page)
    assert f"id-{PAGE_ROWS + 3}" in sent
    assert f"id-{PAGE_ROWS + 4}" not in sent
    assert sent["id-0"] == "T0000"
    # The chart below shows the same page: the whole of it would be thirty screens high.
    assert "Work T0099</text>" in page
    assert "Work T0100</text>" not in page
    # Two cells of the first page, then the last page, one cell there, then it is kept.
    sent |= {"name-0": "Begin", "likely-7": "9", "go": "900"}
    answer = keeper.post(address, sent)
    assert answer.status_code == 200
    last = fields_of(answer.content.decode())
    assert (last["first"], last["id-0"], last["id-99"]) == ("900", "T0900", "T0999")
    assert newest(programme).number == 1
    last |= {"waits-99": "T0000, T0998 SS+2", "id-100": "END", "likely-100": "0"}
    last |= {"waits-100": "T0999", "do": "plan", "reason": "All of it"}
    done = keeper.post(address, last, follow=True)
    assert "kept as version 2" in done.content.decode()
    after = newest(programme).content
    assert len(after["activities"]) == 1001
    changed = {
        new["id"]
        for old, new in zip(before["activities"], after["activities"], strict=False)
        if old != new
    }
    assert changed == {"T0000", "T0007"}
    assert after["activities"][0]["name"] == "Begin"
    assert after["activities"][7] == before["activities"][7] | {"duration": 9}
    assert after["risks"] == before["risks"]
    links = [(one["from"], one["to"], one["type"]) for one in after["links"]]
    assert len(links) == 1001
    assert ("T0998", "T0999", "SS") in links
    assert ("T0000", "T0999", "FS") in links
    assert ("T0999", "END", "FS") in links


def test_an_untouched_page_of_a_large_plan_changes_nothing(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    before = save(cast, programme, plan_content(250))
    address = f"/programmes/{programme.pk}/plan/"
    sent = fields_of(keeper.get(address).content.decode())
    for go in ("100", "200", "0"):
        sent = fields_of(keeper.post(address, sent | {"go": go}).content.decode())
        assert sent["id-0"] == f"T{int(go):04}"
        assert "draft" not in sent
    keeper.post(address, sent | {"do": "plan"})
    assert newest(programme).sha256 == before.sha256


def test_a_row_taken_out_of_a_page_takes_nothing_else(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    save(cast, programme, plan_content(250))
    address = f"/programmes/{programme.pk}/plan/"
    sent = fields_of(keeper.get(address).content.decode())
    sent = fields_of(keeper.post(address, sent | {"go": "100"}).content.decode())
    sent |= {f"{name}-99": "" for name in ROW_FIELDS}
    refused = keeper.post(address, sent | {"do": "plan"}).content.decode()
    # What waits for it stands on the next page: it is named, with the way there.
    assert "T0199" in refused
    assert "T0200, Waits for" in refused
    assert 'name="go" value="100"' in refused
    again = fields_of(refused)
    there = keeper.post(address, again | {"go": "100"}).content.decode()
    sent = fields_of(there) | {"do": "plan"}
    row = next(name.split("-")[1] for name, text in sent.items() if text == "T0200")
    keeper.post(address, sent | {f"waits-{row}": "T0198"})
    kept = newest(programme).content
    assert len(kept["activities"]) == 249
    assert {"from": "T0198", "to": "T0200", "type": "FS"} in kept["links"]


def test_a_fault_is_shown_at_its_cell_and_nothing_typed_is_lost(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    save(cast, programme, PLAN)
    address = f"/programmes/{programme.pk}/plan/"
    sent = fields_of(keeper.get(address).content.decode())
    sent |= {"reason": "The tender <moved>", "name": "Two shifts", "status_at": ""}
    for cells, cell in (
        ({"likely-1": "soon"}, "likely-1"),
        ({"likely-1": "-4"}, "likely-1"),
        ({"waits-0": "B"}, ""),  # a circle is of no single cell
        ({"waits-1": "Nobody"}, "waits-1"),
        ({"name-0": "NATO SECRET"}, "name-0"),
        ({"high-0": ""}, "high-0"),
    ):
        page = keeper.post(address, sent | cells | {"do": "plan"}).content.decode()
        assert "Nothing was kept" in page
        shown = fields_of(page)
        assert shown["reason"] == "The tender <moved>"
        assert shown["name"] == "Two shifts"
        for name, text in cells.items():
            assert shown[name] == text
        assert page.count('aria-invalid="true"') == bool(cell), cells
        if cell:
            assert f'<a href="#{cell}">' in page
            assert re.search(rf'id="{cell}"[^>]*aria-describedby="{cell}-fault"', page)
            assert f'id="{cell}-fault">' in page
    assert newest(programme).number == 1
    long = keeper.post(address, sent | {"do": "plan", "reason": "x" * 301}).content.decode()
    assert "301 characters" in long
    assert fields_of(long)["reason"] == "x" * 301


def test_long_names_go_through_the_table_whole(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    long = "A long name of an activity. " * 20
    content = {**PLAN, "activities": [{**one, "name": long.strip()} for one in PLAN["activities"]]}
    save(cast, programme, content)
    address = f"/programmes/{programme.pk}/plan/"
    sent = fields_of(keeper.get(address).content.decode())
    keeper.post(address, sent | {"do": "plan", "likely-0": "21"})
    kept = newest(programme).content["activities"]
    assert [one["name"] for one in kept] == [long.strip()] * 2
    assert kept[0]["duration"]["likely"] == 21


def test_two_keepers_do_not_overwrite_each_other(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    first = save(cast, programme, PLAN)
    address = f"/programmes/{programme.pk}/plan/"
    mine = fields_of(keeper.get(address).content.decode()) | {"name-0": "Mine"}
    with_more = {**PLAN, "activities": [*PLAN["activities"], {"id": "C", "duration": 5}]}
    save(cast, programme, with_more)
    for step in (
        {"do": "undo"},
        {"do": "again", "version": "1"},
        {"do": "file", "plan": SimpleUploadedFile("p.csv", b"id,duration\nA,1\n")},
        {"do": "undo", "read_number": ""},
    ):
        told = keeper.post(f"{address}steps/", {"read_number": "1"} | step, follow=True)
        assert "kept version 2 meanwhile" in told.content.decode(), step
    assert newest(programme).number == 2
    page = keeper.post(address, mine | {"do": "plan"}).content.decode()
    assert "kept version 2 meanwhile" in page
    assert "it takes the place of theirs" in page
    shown = fields_of(page)
    assert shown["name-0"] == "Mine"
    assert newest(programme).number == 2
    # A scenario of what was read is no mixture with what the other kept.
    keeper.post(address, shown | {"do": "scenario", "name": "Mine"})
    assert [one["id"] for one in newest(programme, "scenario").content["activities"]] == ["A", "B"]
    keeper.post(address, shown | {"do": "plan"})
    assert newest(programme).number == 3
    assert [one["id"] for one in newest(programme).content["activities"]] == ["A", "B"]
    assert first.number == 1


def test_refused_steps_keep_what_was_typed_and_say_why_at_their_place(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    save(cast, programme, PLAN)
    scenario = save(cast, programme, PLAN, kind=PlanVersion.Kind.SCENARIO, name="What if")
    home = f"/programmes/{programme.pk}/"
    keeper.post(
        f"{home}milestones/new/", {"name": "M", "kind": "legal", "promised_on": "2027-05-01"}
    )
    with acting_as_system("tests"):
        milestone = Milestone.objects.get(programme=programme)
    done = f"/programmes/milestones/{milestone.pk}/"
    for address, data, kept, anchor in (
        (f"{home}plan/steps/", {"do": "freeze", "name": "x" * 130}, "x" * 130, "freeze"),
        (
            f"{home}plan/steps/",
            {"do": "adopt", "scenario": scenario.pk, "read_number": "1", "reason": "y" * 299},
            "y" * 299,
            "adopt",
        ),
        (f"{home}remark/", {"text": "z" * 5_000}, "z" * 4_000, "remarks"),
        (f"{done}done/", {"on": "2026-01-05", "who": "The Office"}, "The Office", "reached"),
    ):
        answer = keeper.post(address, data)
        assert answer.status_code == 302
        where = answer["Location"]
        assert where.endswith(f"#{anchor}")
        page = keeper.get(where).content.decode()
        section = page[page.index(f'id="{anchor}"') :]
        assert 'role="alert"' in section
        assert kept in section
        # Once only: the next visit shows the page as it is.
        assert kept not in keeper.get(where).content.decode()


def test_a_refused_marking_is_kept_nowhere(keeper: Client, programme: Programme) -> None:
    home = f"/programmes/{programme.pk}/"
    answer = keeper.post(f"{home}remark/", {"text": "As NATO SECRET says"})
    assert "As NATO" not in str(dict(keeper.session))
    page = keeper.get(answer["Location"]).content.decode()
    assert 'role="alert"' in page[page.index('id="remarks"') :]
    assert "As NATO" not in page


def test_a_milestone_and_a_programme_keep_what_their_form_cannot_offer(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    save(cast, programme, PLAN)
    with acting_as_system("tests"):
        hidden = Programme.objects.create(
            kind="national", name="Hidden works", owner_org_id=cast.company.organisation.pk
        )
        Programme.objects.filter(pk=programme.pk).update(parent=hidden)
        milestone = Milestone.objects.create(
            programme=programme, name="M", promised_on="2027-05-01", activity="Gone"
        )
    for address, change in (
        (f"/programmes/{programme.pk}/edit/", {"scope": "Wider"}),
        (f"/programmes/{programme.pk}/milestones/{milestone.pk}/edit/", {"note": "Soon"}),
    ):
        page = keeper.get(address)
        assert b"Hidden works" not in page.content
        form = page.context["form"]
        sent = {
            name: form[name].value() for name in form.fields if form[name].value() not in (None, "")
        }
        answer = keeper.post(address, sent | change)
        assert answer.status_code == 302, answer.content.decode()
    with acting_as_system("tests"):
        programme.refresh_from_db()
        milestone.refresh_from_db()
    assert (programme.parent_id, programme.scope) == (hidden.pk, "Wider")
    assert (milestone.activity, milestone.note) == ("Gone", "Soon")


def test_a_source_too_long_to_keep_is_told(keeper: Client, programme: Programme) -> None:
    address = f"/programmes/{programme.pk}/milestones/new/"
    long = "https://example.org/" + "x" * 400
    data = {"name": "M", "kind": "legal", "promised_on": "2027-05-01", "sources": long}
    page = keeper.post(address, data).content.decode()
    assert "420 characters; at most 400" in page
    assert long in page


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.csv", b"id,duration\nA,nan\n", "row 2, column duration"),
        ("p.csv", b"id,duration,name\nA,1," + b"x" * 140_000, "field larger than field limit"),
        ("p.xml", b'<?xml version="1.0" encoding="utf-7"?><Project/>', "encoding cannot be read"),
        ("p.json", b'{"format": "punte.roadmap.plan/1", "name": "\\ud800"}', "half a character"),
        ("p.csv", b"id,duration,name\nA,1,the NATO SECRET annex\n", "NATO SECRET"),
    ],
)
def test_an_odd_file_is_refused_on_the_page(
    keeper: Client, programme: Programme, name: str, content: bytes, said: str
) -> None:
    data = {"do": "file", "read_number": "0", "plan": SimpleUploadedFile(name, content)}
    page = keeper.post(f"/programmes/{programme.pk}/plan/steps/", data, follow=True)
    assert page.status_code == 200
    assert said in unescape(page.content.decode())


@pytest.mark.parametrize("draft", ["{", "[]", '{"format": "punte.roadmap.plan/1"}', "\ud7ff"])
def test_a_draft_that_is_no_plan_breaks_no_page(
    keeper: Client, cast: Cast, programme: Programme, draft: str
) -> None:
    save(cast, programme, PLAN)
    address = f"/programmes/{programme.pk}/plan/"
    sent = fields_of(keeper.get(address).content.decode()) | {"draft": draft}
    for data in (sent | {"do": "plan"}, sent | {"go": "9" * 30}, sent | {"first": "-1", "do": "x"}):
        assert "open the plan again" in keeper.post(address, data).content.decode()
    assert keeper.post(f"{address}preview/", sent).status_code == 200
    assert newest(programme).number == 1


def test_a_new_plan_counts_working_days_and_says_that_nothing_is_kept(
    keeper: Client, programme: Programme
) -> None:
    address = f"/programmes/{programme.pk}/plan/"
    page = keeper.get(address).content.decode()
    assert "Lengths in working days" in page
    assert "Nothing is kept yet" in page
    assert "History" not in page
    keeper.post(address, fields_of(page) | {"do": "plan", "likely-0": "10", "start": "2027-01-04"})
    kept = newest(programme).content
    assert kept["calendar"] == "week"
    shown = keeper.get(f"/programmes/{programme.pk}/plan/file/json/").json()
    assert [one["weekdays"] for one in shown["calendars"]] == [[1, 2, 3, 4, 5]]
    assert "2027-01-15" in keeper.get(address).content.decode()  # two working weeks
