"""The coverage of needs, and who could be brought together: for whom, and with which figures."""

from pathlib import Path

import pytest
from django.test import Client

from apps.market.test_fits import BOOTS, FRENCH, NEED, UKRAINIAN, published_by
from cast import Cast
from cli.test_matching import run
from punte.apps.access.permissions import acting_as_system
from punte.apps.market.jobs import encode_published
from punte.apps.market.models import Listing
from signed_in import signed_in

MEALS = {"title": "Cantină de campanie", "text": "Hrană caldă pentru două sute de oameni."}


@pytest.fixture
def market(cast: Cast) -> Cast:
    for owner, draft, changes in (
        (cast.authority, NEED, {}),
        (cast.authority, NEED, MEALS),
        (cast.company, FRENCH, {}),
        (cast.company, UKRAINIAN, {}),
        (cast.company, BOOTS, {}),
    ):
        encode_published(str(published_by(cast, owner, draft, **changes).pk))
    return cast


def test_coverage_names_what_is_unmet_first(market: Cast) -> None:
    page = signed_in(market.organiser).get("/needs/coverage/").content.decode()
    assert page.index(MEALS["title"]) < page.index(NEED.title)
    assert "unmet: no offer fits" in page
    assert "1 unmet" in page
    assert FRENCH.title in page
    table = signed_in(market.organiser).get("/needs/coverage/?as=csv").content.decode()
    assert f"{NEED.title},,2,well covered" in table, table
    assert f"{MEALS['title']},,0,unmet" in table, table
    assert Client().get("/needs/coverage/")["Location"].startswith("/accounts/login/")


def test_pairs_are_for_who_organises_and_keep_the_quotas(market: Cast) -> None:
    assert signed_in(market.company).get("/listings/pairs/").status_code == 404
    organiser = signed_in(market.organiser)
    page = organiser.get("/listings/pairs/?per_need=1&per_offer=1&floor=1").content.decode()
    assert "2 pairs" in page
    assert "0 needs below the floor" in page
    table = organiser.get("/listings/pairs/?per_need=1&per_offer=1&as=csv").content.decode()
    assert [line.split(",")[0] for line in table.splitlines()[1:]].count(NEED.title) == 1, table
    assert len(table.splitlines()) == 3
    none = organiser.get("/listings/pairs/?per_need=0&per_offer=0&floor=0").content.decode()
    assert "0 pairs" in none


def test_what_people_said_is_evaluated_by_the_command_line(
    market: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with acting_as_system("tests"):
        need = Listing.objects.get(title=NEED.title)
        offers = {one.title: one for one in Listing.objects.filter(side="offer")}
    authority, organiser = signed_in(market.authority), signed_in(market.organiser)
    for title, said in ((FRENCH.title, "fits"), (BOOTS.title, "not")):
        answer = {"other": offers[title].pk, "do": said, "why": "As a test."}
        authority.post(f"/needs/{need.pk}/fits/", answer)
    files = {
        "n.jsonl": "/needs/table/?format=jsonl",
        "o.jsonl": "/offers/table/?format=jsonl",
        "q.tsv": "/listings/verdicts/?format=qrels",
    }
    for name, address in files.items():
        (tmp_path / name).write_bytes(organiser.get(address).content)
    needs, given, judged, ranked = (tmp_path / name for name in (*files, "M.jsonl"))
    assert run("matching", "rank", needs, given, "-o", ranked, "--encoder", "none") == 0
    assert run("matching", "evaluate", ranked, judged) == 0
    said = capsys.readouterr().out
    assert "1 needs with a relevant offer, 0 without a list" in said
    assert "R@10     1.0000" in said
    empty = signed_in(market.guest).get("/listings/verdicts/?format=qrels").content
    assert empty == b"", "verdicts are for the edition's organisers and for who said them"


@pytest.mark.parametrize("value", ["", "-1", "x", "9" * 30, "٣", "1e9", "\x00", "2.5"])
def test_odd_quotas_are_answered(market: Cast, value: str) -> None:
    names = dict.fromkeys(("per_need", "per_offer", "floor", "as"), value)
    wanted = 400 if value == "\x00" else 200
    assert signed_in(market.organiser).get("/listings/pairs/", names).status_code == wanted
    assert signed_in(market.organiser).get("/needs/coverage/", names).status_code == wanted
