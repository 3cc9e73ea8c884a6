"""Pages of an edition: who sees what, and that a page asks as many questions for 3 meetings as for 300."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import F, Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import Rows, make_edition
from page_lines import in_one_line
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate, Slot
from punte.apps.meetings.models import Meeting, MeetingRequest, SolveProgress, SolveRun
from signed_in import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def enter(client: Client) -> Callable[[str], Client]:
    def sign_in(email: str) -> Client:
        let_in(client, email)
        return client

    return sign_in


def test_anybody_sees_the_edition(client: Client, rows: Rows) -> None:
    home = client.get("/")
    assert rows.edition.name in home.content.decode()
    page = client.get(f"/e/{rows.edition.slug}/").content.decode()
    assert "Marriott Grand Hotel" in page
    assert "Lunch" in page
    assert "the organisations and people shown are invented" in page
    assert "/timetable/" not in page


def test_no_such_edition(client: Client) -> None:
    assert client.get("/e/nowhere/").status_code == 404


@pytest.mark.parametrize(
    "tail",
    ["", "v1/", "v2/", "v1/unmet/", "v1/proof/", "versions/", "compare/?a=1&b=2", "v1/m/R0000/"],
)
def test_the_desk_is_the_organisers(enter: Callable[[str], Client], rows: Rows, tail: str) -> None:
    address = f"/e/{rows.edition.slug}/timetable/{tail}"
    client = enter(rows.delegate)
    assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302
    client = enter(rows.organiser)
    assert client.get(address, follow=True).status_code == 200


def test_board_shows_places_by_slots(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.organiser)
    page = client.get(f"/e/{rows.edition.slug}/timetable/v1/").content.decode()
    assert 'class="m ' in page
    assert "10:40" in page
    assert "Lunch" in page
    assert 'class="x"' in page
    assert page.count("<tr>") == 1 + 4


def test_board_lights_up_an_organisation(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.organiser)
    address = f"/e/{rows.edition.slug}/timetable/v1/"
    name = "Someș Optics"
    page = client.get(address, {"who": name}).content.decode()
    assert 'data-who=""' not in page
    few = client.get(address, {"who": name, "only": "1"}).content.decode()
    assert few.count("<tr>") <= page.count("<tr>")
    nobody = client.get(address, {"who": "Nobody & <Sons>"}).content.decode()
    assert "Nobody &amp; &lt;Sons&gt;" in nobody


def test_meeting_stands_in_the_panel(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.organiser)
    address = f"/e/{rows.edition.slug}/timetable/v1/m/R0000/"
    alone = client.get(address, headers={"X-Panel": "1"}).content.decode()
    assert "<html" not in alone
    assert "Sensors for border surveillance" in alone
    whole = client.get(address).content.decode()
    assert "<html" in whole
    assert "Sensors for border surveillance" in whole
    assert client.get(address.replace("R0000", "R9999")).status_code == 404


def test_delegate_sees_own_meetings_only(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.delegate)
    page = client.get(f"/e/{rows.edition.slug}/my/").content.decode()
    assert "Sensors for border surveillance" in page
    assert "Ana Ionescu" in page
    client.logout()
    assert enter(rows.organiser).get(f"/e/{rows.edition.slug}/my/").status_code == 404


@pytest.mark.parametrize(
    "tail", ["timetable/v1/", "timetable/v1/unmet/", "timetable/versions/", "timetable/v1/m/R0000/"]
)
def test_questions_do_not_grow_with_the_edition(client: Client, tail: str) -> None:
    counts = []
    for size in (6, 60):
        rows = make_edition(requests=size, organisations=size // 2)
        let_in(client, rows.organiser)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/e/{rows.edition.slug}/{tail}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_meetings_as_a_table(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.organiser)
    answer = client.get(f"/e/{rows.edition.slug}/timetable/v1/meetings.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("request,start,place,sender_name")
    assert len(lines) == 1 + rows.version.meeting_count
    assert "2025-11-05T10:40+02:00" in answer.content.decode()


def test_pages_travel_compressed(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.organiser)
    answer = client.get(
        f"/e/{rows.edition.slug}/timetable/v1/", headers={"Accept-Encoding": "gzip"}
    )
    assert answer.headers["Content-Encoding"] == "gzip"


def test_board_in_romanian(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.organiser)
    client.cookies["django_language"] = "ro"
    page = client.get(f"/e/{rows.edition.slug}/timetable/v1/").content.decode()
    assert '<html lang="ro"' in page
    assert "Orar, versiunea 1" in page


def test_a_meeting_is_locked_and_let_go(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.organiser)
    address = f"/e/{rows.edition.slug}/timetable/v1/m/R0000/"
    client.post(f"{address}lock/", {"lock": "1"})
    assert "Unlock" in client.get(address).content.decode()
    client.post(f"{address}lock/", {"lock": "0"})
    assert "Unlock" not in client.get(address).content.decode()


def test_a_delegate_changes_nothing(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.delegate)
    base = f"/e/{rows.edition.slug}/timetable/"
    for tail in ("solve/", "v2/publish/", "v1/stop/", "v1/m/R0000/lock/", "v1/m/R0000/move/"):
        assert client.post(base + tail, {"time_limit_s": 5}).status_code == 404


def test_solving_leads_to_its_run(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.organiser)
    base = f"/e/{rows.edition.slug}/timetable/"
    assert "accepted requests" in client.get(f"{base}solve/").content.decode()
    answer = client.post(f"{base}solve/", {"time_limit_s": 5})
    assert answer.headers["Location"] == f"{base}v3/proof/"
    page = client.get(f"{base}v3/proof/").content.decode()
    assert "Waiting for a worker" in page
    assert client.get(f"{base}v3/state/").json()["is_over"] is False
    assert client.get(base).headers["Location"] == f"{base}v3/proof/"
    head = page.split("data-run", 1)[1].split("</h2>", 1)[0]
    assert "Waiting for a worker" in head, "it does not run yet"
    assert "Solving" not in head
    stopping = client.post(f"{base}v3/stop/", follow=True).content.decode()
    assert "The run stops" in stopping


def test_a_live_run_names_the_goal_it_works_on_and_draws_one_goal_alone(
    enter: Callable[[str], Client], rows: Rows
) -> None:
    client = enter(rows.organiser)
    base = f"/e/{rows.edition.slug}/timetable/"
    client.post(f"{base}solve/", {"time_limit_s": 5})
    with acting_as_system("tests"):
        run = SolveRun.objects.get(version__number=3, version__edition=rows.edition)
        SolveRun.objects.filter(pk=run.pk).update(state="running")
        for elapsed_s, stage, value in ((1.0, "weight", 90), (2.0, "idle_slots", 22)):
            SolveProgress.objects.create(
                run=run,
                attempt=run.attempt,
                elapsed_s=elapsed_s,
                stage=stage,
                value=value,
                bound=99,
            )
    page = client.get(f"{base}v3/proof/").content.decode().split("data-run", 1)[1]
    assert "Solving" in page.split("</h2>", 1)[0]
    figure = page.split('<dl class="figures">', 1)[1].split("</dl>", 1)[0]
    assert (
        '<span data-live="goal">idle slots between meetings</span>, so far</dt><dd data-live="value">22'
        in in_one_line(figure)
    )
    assert "worth met" not in page.replace("worth of the meetings held", "")
    assert "[1.0, 90" in page.split('id="points"', 1)[1]
    assert "[2.0" not in page.split('id="points"', 1)[1]
    names = page.split('id="names"', 1)[1]
    assert '"curve": "weight"' in names
    assert '"running": "Solving"' in names


def test_publishing_says_whom_it_touches(enter: Callable[[str], Client], rows: Rows) -> None:
    client = enter(rows.organiser)
    base = f"/e/{rows.edition.slug}/timetable/"
    assert "people whose day changes" in client.get(f"{base}v2/publish/").content.decode()
    page = client.post(f"{base}v2/publish/", follow=True).content.decode()
    assert "Version 2 is published" in page or "note bad" in page


def test_a_meeting_is_moved_where_everybody_is_free(
    enter: Callable[[str], Client], rows: Rows
) -> None:
    client = enter(rows.organiser)
    base = f"/e/{rows.edition.slug}/timetable/"
    offered = in_one_line(client.get(f"{base}v2/m/R0030/?move=1", headers={"X-Panel": "1"}).content)
    assert "idle slot" in offered or "costs nothing" in offered
    to = re.findall(r'name="to" value="([^"]+)"', offered)[-1]
    page = client.post(f"{base}v2/m/R0030/move/", {"to": to}, follow=True).content.decode()
    assert "Meeting R0030 is now at" in page or "note bad" in page
    refused = client.post(f"{base}v2/m/R0030/move/", {"to": "d9-0000 T99"}, follow=True)
    assert "There is no cell T99 at d9-0000" in refused.content.decode()


def test_ones_day_names_whom_one_meets_and_nobody_else(
    enter: Callable[[str], Client], rows: Rows
) -> None:
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        agreed = MeetingRequest.objects.filter(
            Q(sender=me) | Q(receiver=me), edition=rows.edition, state="accepted"
        )
        pairs = agreed.values_list("sender_id", "receiver_id")
        met = {key for pair in pairs for key in pair} - {me.pk}
        someone = Delegate.objects.filter(pk__in=met).select_related("category")[0]
        Delegate.objects.filter(pk=someone.pk).update(function="Head of masts")
        others = Delegate.objects.filter(edition=rows.edition).exclude(pk__in=[*met, me.pk])
        strangers = [str(one.pk) for one in others.exclude(organisation_id=me.organisation_id)]
    page = enter(rows.delegate).get(f"/e/{rows.edition.slug}/my/").content.decode()
    contacts = page[page.index('id="contacts"') :]
    assert set(re.findall(r"people/([0-9a-f-]{36})/", contacts)) == {str(key) for key in met}
    part = contacts[contacts.index(str(someone.pk)) :].split("</li>")[0]
    for word in ("Head of masts", someone.badge_name, someone.category.name):
        assert word in part
    assert strangers


def test_ones_day_leads_on_from_each_meeting_that_has_begun(
    enter: Callable[[str], Client], rows: Rows
) -> None:
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        held = Meeting.objects.filter(
            Q(request__sender=me) | Q(request__receiver=me), version=rows.version
        )
        mine = [
            str(key) for key in held.order_by("slot__starts_at").values_list("request", flat=True)
        ]
    client = enter(rows.delegate)
    address = f"/e/{rows.edition.slug}/my/"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address).content.decode()
    found = re.findall(r"/follow-up/([0-9a-f-]{36})/", page)
    assert found == mine
    assert len(found) > 2
    assert client.get(f"/e/{rows.edition.slug}/follow-up/{found[0]}/").status_code == 200
    with acting_as_system("tests"):
        later = Meeting.objects.filter(version=rows.version, request__in=mine[1:]).values("slot")
        ahead = dt.timedelta(days=36525)
        Slot.objects.filter(pk__in=later).update(
            starts_at=F("starts_at") + ahead, ends_at=F("ends_at") + ahead
        )
    with CaptureQueriesContext(connection) as fewer:
        page = client.get(address).content.decode()
    assert re.findall(r"/follow-up/([0-9a-f-]{36})/", page) == mine[:1]
    assert len(asked) == len(fewer)
