"""The pages of programmes: open to whom they are for, edited by their keepers, faults named."""

import json
import re

import pytest
import vl_convert
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cast import Cast, make_cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.programmes.models import Milestone, PlanVersion, Programme
from punte.apps.programmes.sample import load_programmes

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    load_programmes(made.authority.organisation.pk, with_synthetic=True)
    return made


@pytest.fixture
def keeper(client: Client, cast: Cast) -> Client:
    client.force_login(
        cast.authority.account, "allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def synthetic() -> Programme:
    with acting_as_system("tests"):
        return Programme.objects.get(is_synthetic=True)


@pytest.mark.usefixtures("cast")
def test_a_visitor_reads_sources_and_chances(client: Client) -> None:
    page = client.get("/programmes/").content.decode()
    assert "European Drone Defence Initiative" in page
    assert "Promised dates of all programmes" in page
    programme = client.get(f"/programmes/{synthetic().pk}/").content.decode()
    assert "<svg" in programme
    assert "<style>" not in programme
    assert "Health of the plan" in programme
    address = f"/programmes/{synthetic().pk}/"
    network = client.get(f"{address}network/").content.decode()
    assert 'class="box critical"' in network
    assert "It is critical: a slip of one day moves the end." in network
    progress = client.get(f"{address}progress/?baseline=1").content.decode()
    for words in ("Earned schedule", "SPI(t)", "Moved since the baseline", "How planned finishes"):
        assert words in progress, words
    health = client.get(f"{address}health/").content.decode()
    assert "14. Baseline execution index" in health
    assert "10. Maintaining a baseline" in health
    with acting_as_system("tests"):
        milestone = Milestone.objects.get(programme=synthetic(), activity="O2")
        unverified = Milestone.objects.get(name__startswith="55")
    shown = client.get(f"/programmes/milestones/{milestone.pk}/").content.decode()
    assert "When it is done" in shown
    assert "What moves the date" in shown
    flat = client.get(f"/programmes/milestones/{unverified.pk}/").content.decode()
    assert "not verified" in flat
    assert "No plan behind this promise" in flat
    assert client.get("/programmes/coverage/").status_code == 200
    assert client.get("/programmes/coverage/?as=xlsx").status_code == 200
    for ending in ("xml", "json", "ics"):
        assert client.get(f"/programmes/{synthetic().pk}/plan/file/{ending}/").status_code == 200
    assert client.get(f"/programmes/{synthetic().pk}/plan/file/exe/").status_code == 404


def test_the_portfolio_keeps_its_number_of_queries(client: Client, cast: Cast) -> None:
    counts = []
    for number in (1, 3):
        with acting_as_system("tests"):
            ids = list(Programme.objects.values_list("pk", flat=True))
            Programme.objects.filter(pk__in=ids).update(label_releasable_to=[])
            Programme.objects.filter(pk__in=ids[:number]).update(label_releasable_to=["PUBLIC"])
        client.get("/programmes/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/programmes/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    del cast


def test_a_keeper_edits_the_plan_and_is_told_what_is_wrong(keeper: Client) -> None:
    programme = synthetic()
    page = keeper.get(f"/programmes/{programme.pk}/plan/").content.decode()
    assert 'value="Operational requirement"' in page
    data = {"start": "2026-02-02", "status_at": "", "read_number": "2", "do": "plan"}
    wrong = {"id-0": "A", "name-0": "One", "likely-0": "5", "waits-0": "A"}
    refused = keeper.post(f"/programmes/{programme.pk}/plan/", data | _row(0, wrong))
    assert "Nothing was kept" in refused.content.decode()
    assert 'value="One"' in refused.content.decode()
    right = data | _row(0, wrong | {"waits-0": ""})
    done = keeper.post(f"/programmes/{programme.pk}/plan/", right, follow=True)
    assert "kept as version 3" in done.content.decode()
    late = keeper.post(f"/programmes/{programme.pk}/plan/", right).content.decode()
    assert "meanwhile" in late
    tried = keeper.post(
        f"/programmes/{programme.pk}/plan/", right | {"do": "scenario", "name": "Try"}, follow=True
    )
    assert "The plan is untouched" in tried.content.decode()
    steps = f"/programmes/{programme.pk}/plan/steps/"
    assert (
        "Undone"
        in keeper.post(steps, {"do": "undo", "read_number": "3"}, follow=True).content.decode()
    )
    assert "There is no such step" in keeper.post(steps, {"do": "x"}, follow=True).content.decode()
    with acting_as_system("tests"):
        assert PlanVersion.objects.filter(programme=programme, kind="plan").count() == 4


def _row(number: int, cells: dict[str, str]) -> dict[str, str]:
    names = ("id", "name", "stage", "likely", "low", "high", "waits", "begun", "ended", "done")
    return {f"{name}-{number}": "" for name in names} | cells


def test_a_keeper_enters_programme_and_milestone(keeper: Client) -> None:
    made = keeper.post(
        "/programmes/new/",
        {"name": "New line", "kind": "national", "status": "proposed", "countries": "fra"},
        follow=True,
    )
    assert "New line" in made.content.decode()
    with acting_as_system("tests"):
        programme = Programme.objects.get(name="New line")
    assert programme.countries == ["FRA"]
    wrong = keeper.post(
        "/programmes/new/",
        {"name": "x", "kind": "national", "status": "launched", "countries": "france"},
    ).content.decode()
    assert "no country code" in wrong
    keeper.post(
        f"/programmes/{programme.pk}/milestones/new/",
        {"name": "First", "kind": "legal", "promised_on": "2027-05-01"},
    )
    with acting_as_system("tests"):
        milestone = Milestone.objects.get(programme=programme)
    page = f"/programmes/milestones/{milestone.pk}/"
    told = keeper.post(page + "done/", {"on": "2026-01-01", "who": "", "evidence": ""}, follow=True)
    assert "needs evidence" in told.content.decode()
    keeper.post(f"/programmes/{programme.pk}/remark/", {"text": "Ask <b>them</b>"})
    shown = keeper.get(f"/programmes/{programme.pk}/").content.decode()
    assert "Ask &lt;b&gt;them" in shown


def test_a_changed_milestone_still_waits_for_one_that_is_done(keeper: Client) -> None:
    programme = synthetic()
    with acting_as_system("tests"):
        done, waiting = Milestone.objects.filter(programme=programme).order_by("promised_on")[:2]
        waiting.after.set([done])
        Milestone.objects.filter(pk=done.pk).update(
            done_on=done.promised_on, done_by="The authority", done_evidence="Protocol 1"
        )
    address = f"/programmes/{programme.pk}/milestones/{waiting.pk}/edit/"
    form = keeper.get(address).context["form"]
    assert str(done.pk) in dict(form.fields["after"].choices)
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = keeper.post(address, sent | {"name": "Another name"})
    assert answer.status_code == 302, answer.content.decode()
    with acting_as_system("tests"):
        waiting.refresh_from_db()
        assert waiting.name == "Another name"
        assert list(waiting.after.all()) == [done]


def test_others_change_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.company.account, "allauth.account.auth_backends.AuthenticationBackend")
    programme = synthetic()
    for rest in ("edit/", "plan/", "milestones/new/"):
        assert client.get(f"/programmes/{programme.pk}/{rest}").status_code == 404
    assert client.post(f"/programmes/{programme.pk}/plan/steps/", {"do": "undo"}).status_code == 404
    assert client.get("/programmes/new/").status_code == 404


@pytest.mark.usefixtures("cast")
def test_every_figure_gives_its_specification(client: Client) -> None:
    address = f"/programmes/{synthetic().pk}/"
    figures = {
        "/programmes/": {"timeline"},
        address: {"gantt"},
        f"{address}network/": {"network"},
        f"{address}progress/": {"slips", "earned", "creep"},
    }
    with acting_as_system("tests"):
        milestone = Milestone.objects.get(programme=synthetic(), activity="O2")
    figures[f"/programmes/milestones/{milestone.pk}/"] = {"curve", "drivers"}
    for page, ids in figures.items():
        text = client.get(page).content.decode()
        assert set(re.findall(r'<figure class="chart" id="(\w+)"', text)) == ids
        for figure in ids:
            answer = client.get(page, {"figure": figure})
            assert answer["Content-Disposition"].endswith(f'{figure}.vl.json"')
            specification = json.loads(answer.content)
            assert specification["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
            assert "#0a0" not in answer.content.decode()
            assert vl_convert.vegalite_to_svg(specification).startswith("<svg")
    assert b"<html" in client.get(address, {"figure": "nothing"}).content


def test_a_scenario_page_is_the_keepers(client: Client, cast: Cast) -> None:
    del cast
    with acting_as_system("tests"):
        plan = PlanVersion.objects.filter(programme=synthetic(), kind="plan").first()
        assert plan is not None
        scenario = PlanVersion.objects.create(
            programme=synthetic(), kind="scenario", number=1, content=plan.content, sha256="x"
        )
    page = f"/programmes/{synthetic().pk}/scenarios/{scenario.pk}/"
    assert client.get(page).status_code in {302, 404}


def test_the_gantt_follows_the_table_as_it_is_typed(keeper: Client) -> None:
    programme = synthetic()
    address = f"/programmes/{programme.pk}/plan/preview/"
    data = {"start": "2026-02-02", "status_at": ""} | _row(0, {"id-0": "R1", "likely-0": "5"})
    typed = keeper.post(address, data).content.decode()
    assert "Typed, not kept yet" in typed
    assert 'class="ghost"' in typed
    wrong = keeper.post(address, data | _row(0, {"id-0": "R1", "likely-0": "x"})).content.decode()
    assert "makes no sense yet" in wrong
    with acting_as_system("tests"):
        assert PlanVersion.objects.filter(programme=programme, kind="plan").count() == 2


def test_scenarios_stand_side_by_side_and_one_is_adopted(keeper: Client) -> None:
    programme = synthetic()
    page = f"/programmes/{programme.pk}/"
    assert "No scenario yet" in keeper.get(f"{page}scenarios/").content.decode()
    for name, days in (("Slow", "50"), ("Fast", "2")):
        data = {"start": "2026-02-02", "status_at": "", "do": "scenario", "name": name}
        keeper.post(f"{page}plan/", data | _row(0, {"id-0": "R1", "likely-0": days}))
    shown = keeper.get(f"{page}scenarios/").content.decode()
    assert "Slow" in shown
    assert "is left out" in shown
    with acting_as_system("tests"):
        fast = PlanVersion.objects.get(programme=programme, name="Fast")
    steps = f"{page}plan/steps/"
    adopt = {"do": "adopt", "scenario": str(fast.pk), "read_number": "2"}
    refused = keeper.post(steps, adopt, follow=True)
    assert "Say why" in refused.content.decode()
    done = keeper.post(steps, adopt | {"reason": "Two shifts"}, follow=True)
    assert "The scenario is the plan now, version 3." in done.content.decode()
    again_two = {"do": "again", "version": "2", "read_number": "3"}
    again = keeper.post(steps, again_two, follow=True).content.decode()
    assert "Version 4 is what version 2 was." in again


def test_what_no_table_can_hold_breaks_no_page(keeper: Client) -> None:
    page = f"/programmes/{synthetic().pk}/"
    for path, data in (
        ("remark/", {"text": "ab"}),
        ("plan/", {"do": "plan", "start": "2026-02-32", "id-0": "A", "likely-0": "5"}),
        ("plan/", {"do": "plan", "start": "9999-12-31", "id-0": "A", "likely-0": "500"}),
        ("plan/", {"do": "plan", "start": "0001-01-01", "id-0": "A", "likely-0": "nan"}),
        ("plan/steps/", {"do": "again", "version": "9" * 40}),
        ("plan/steps/", {"do": "adopt", "scenario": "x", "reason": " "}),
        ("milestones/new/", {"name": "Far", "kind": "legal", "promised_on": "9999-12-31"}),
    ):
        assert keeper.post(page + path, data, follow=True).status_code == 200, (path, data)
    assert "ab</p>" in keeper.get(page).content.decode()


@pytest.mark.usefixtures("cast")
def test_coverage_is_told_by_area_nation_and_milestone(client: Client) -> None:
    page = client.get("/programmes/coverage/").content.decode()
    for words in ("By capability area", "Which nations carry what", "Romania", "Cooperations"):
        assert words in page, words
    assert "vega-lite" in client.get("/programmes/coverage/?figure=map").content.decode()
    portfolio = client.get("/programmes/").content.decode()
    assert "What waits for another programme" in portfolio
