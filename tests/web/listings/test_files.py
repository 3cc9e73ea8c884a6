"""Needs and offers as files: out under the wall, in whole or not at all; verdicts, hints of codes, people to meet."""

import io
import json

import pytest
from django.test import Client
from openpyxl import load_workbook

from apps.market.test_fits import FRENCH, NEED, UKRAINIAN, published_by
from apps.market.test_listings import published
from cast import Cast
from formats.ocds_rules import faults_of_ocds
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.bridge import NAMED, encode_listing
from punte.apps.market.models import FitVerdict, Listing, WaitingChange
from signed_in import signed_in

pytestmark = pytest.mark.django_db


def upload(client: Client, text: str, side: str = "offers", **more: str) -> str:
    file = io.BytesIO(text.encode())
    file.name = "table.csv"
    answer = client.post(f"/{side}/import/", {"table": file, **more}, follow=True)
    return answer.content.decode()


def count_of() -> int:
    with acting_as_system("tests"):
        return int(Listing.objects.count())


def test_a_table_holds_what_its_reader_sees_and_runs_nothing(cast: Cast) -> None:
    hidden = published(cast, audience="allies", title="Hidden bridge")
    shown = published(cast, title="=cmd|bridge")
    for form in ("csv", "json"):
        text = signed_in(cast.guest).get(f"/needs/table/?format={form}").content.decode()
        assert str(shown.pk) in text
        assert str(hidden.pk) not in text
        assert "Hidden bridge" not in text
    assert ",'=cmd|bridge," in signed_in(cast.guest).get("/needs/table/").content.decode()
    assert "Hidden bridge" in signed_in(cast.company).get("/needs/table/").content.decode()
    book = load_workbook(
        io.BytesIO(signed_in(cast.company).get("/needs/table/?format=xlsx").content)
    )
    assert book.active is not None
    assert book.active.max_row == 3
    assert str(shown.pk) not in Client().get("/needs/table/").content.decode()


def test_needs_are_ocds_planning_releases(cast: Cast) -> None:
    shown = published(cast)
    hidden = published(cast, audience="allies")
    package = json.loads(signed_in(cast.guest).get("/needs/ocds.json").content)
    (release,) = package["releases"]
    assert release["ocid"] == f"ocds-000000-{shown.pk}"
    assert release["tag"] == ["planning"]
    assert release["tender"]["items"][0]["classification"]["scheme"] == "CPV"
    assert str(hidden.pk) not in json.dumps(package)
    assert faults_of_ocds(package) == []


def test_who_sees_no_need_finds_no_empty_package(cast: Cast) -> None:
    assert Client().get("/needs/ocds.json").status_code == 404
    published(cast, audience="allies")
    assert signed_in(cast.guest).get("/needs/ocds.json").status_code == 404
    assert signed_in(cast.company).get("/needs/ocds.json").status_code == 200


def test_a_table_comes_in_whole_or_not_at_all(cast: Cast) -> None:
    client, before = signed_in(cast.company), count_of()
    wrong = "title,text,kind,cpv\nOne,Text,equipment,35000000\nTwo,Text,nothing,12\n,Text,,\n"
    page = upload(client, wrong)
    assert "row 3" in page
    assert "<code>kind</code>" in page
    assert "<code>cpv</code>" in page
    assert "row 4" in page
    assert count_of() == before
    right = "Title;Text;Language;CPV\nUnu;Text în română;ro;35000000 34711200\nTwo;Text;;\n"
    assert "It would give: 2 new drafts" in upload(client, right, only_look="yes")
    assert count_of() == before
    assert "2 new drafts" in upload(client, right)
    with acting(cast.company.subject):
        first = Listing.objects.get(title="Unu")
        assert (first.language, first.state, len(first.cpv)) == ("ro", "draft", 2)
    changed = f"id,title,text\n{first.pk},Unu schimbat,Text\n"
    assert "1 changed" in upload(client, changed)
    with acting(cast.company.subject):
        again = Listing.objects.get(pk=first.pk)
        assert (again.title, again.language) == ("Unu schimbat", "ro"), "what was not given stays"
    with acting(cast.authority.subject):
        assert not Listing.objects.filter(pk=first.pk).exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "table.csv"),
        ("name\nOne\n", "The header lacks: title, text"),
        ("title,text\n", "no row below"),
        ("id,title,text\n0ed17100-0000-4000-8000-00000000000f,A,B\n", "none of your organisation"),
        ("id,title,text\nx,A,B\n", "none of your organisation"),
        ("title,text\nPlan,NATO SECRET\n", "NATO SECRET"),
        ("title,text\nA,B\nC,D\n a ,b\n", "This row says the same as row 2. Leave one of the two."),
        ("title,text,cpv\nA,B,99999999\n", "99999999 is no code of the CPV vocabulary"),
        (
            "title,text,embargo_on,expires_on\nA,B,2099-02-01,2099-01-01\n",
            "Others would never see it",
        ),
        ("title,text\n" + "".join(f"A{n},B\n" for n in range(1001)), "more than 1000 rows"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(cast: Cast, text: str, told: str) -> None:
    before = count_of()
    assert told in upload(signed_in(cast.company), text)
    assert count_of() == before


def test_a_table_that_is_brought_in_again_doubles_nothing(cast: Cast) -> None:
    client, table = signed_in(cast.company), "title,text\nPlan,Build it\nOther,Thing\n"
    assert "2 new drafts" in upload(client, table)
    before = count_of()
    page = upload(client, table)
    assert page.count("Title and text stand among yours already.") == 2
    assert count_of() == before
    assert "1 new draft" in upload(client, "title,text\nPlan,Build another\n")
    assert "1 new draft" in upload(signed_in(cast.authority), "title,text\nPlan,Build it\n")


def test_a_listing_of_another_is_not_changed_by_a_table(cast: Cast) -> None:
    theirs = published(cast)
    page = upload(signed_in(cast.company), f"id,title,text\n{theirs.pk},Mine,now\n", side="needs")
    assert "none of your organisation" in page
    with acting_as_system("tests"):
        assert Listing.objects.get(pk=theirs.pk).title != "Mine"


def test_ones_own_table_comes_back_as_it_went_and_takes_nothing_down(cast: Cast) -> None:
    first = published(cast, side="offer", by=cast.company, title="=cmd|bridge")
    second = published(cast, side="offer", by=cast.company, title="Two")
    client = signed_in(cast.company)
    text = client.get("/offers/table/?format=csv&mine=1").content.decode("utf-8-sig")
    assert "'=cmd|bridge" in text
    assert "2 as they stand" in upload(client, text)
    with acting(cast.company.subject):
        rows = {row.pk: row for row in Listing.objects.filter(side="offer")}
    assert {row.state for row in rows.values()} == {"published"}
    assert rows[first.pk].title == "=cmd|bridge"
    page = upload(client, text.replace("Two", "Second"), only_look="yes")
    assert "1 changed, 1 as it stands" in page
    assert "1 of them is published" in page
    upload(client, text.replace("Two", "Second"))
    with acting(cast.company.subject):
        rows = {row.pk: row for row in Listing.objects.filter(side="offer")}
        assert {row.state for row in rows.values()} == {"published"}
        assert rows[second.pk].title == "Two", "it stays as it reads until the change is reviewed"
        assert [one.title for one in WaitingChange.objects.all()] == ["Second"]
    assert "2 as they stand" in upload(client, text), "what was handed out takes no change back"
    with acting(cast.company.subject):
        assert WaitingChange.objects.count() == 1


def test_an_id_that_stands_twice_is_a_fault(cast: Cast) -> None:
    own = published(cast, side="offer", by=cast.company, title="One")
    page = upload(signed_in(cast.company), f"id,title,text\n{own.pk},A,B\n{own.pk},C,D\n")
    assert "This id stands in row 2 too" in page
    with acting(cast.company.subject):
        assert Listing.objects.get(pk=own.pk).title == "One"


def test_a_save_that_changes_nothing_leaves_a_published_listing_where_it_is(cast: Cast) -> None:
    own = published(cast, side="offer", by=cast.company)
    client = signed_in(cast.company)
    page = client.get(f"/offers/{own.pk}/edit/")
    form = page.context["form"]
    client.post(
        f"/offers/{own.pk}/edit/",
        {
            **form.initial,
            "revision": own.revision,
            "inside_percent": "",
            "lead_time_days": "",
            "readiness_level": "",
            "milestone_id": "",
        },
    )
    with acting(cast.company.subject):
        row = Listing.objects.get(pk=own.pk)
    assert (row.state, row.revision) == ("published", own.revision)


def test_the_table_is_narrowed_as_its_page_is(cast: Cast) -> None:
    own = published(cast, side="offer", by=cast.company, title="Radar")
    other = published(cast, side="offer", by=cast.company, title="Bridge")
    page = signed_in(cast.company).get("/offers/?mine=1&q=radar").content.decode()
    (link,) = [one for one in page.split('"') if "format=csv" in one]
    text = signed_in(cast.company).get(link.replace("&amp;", "&")).content.decode()
    assert str(own.pk) in text
    assert str(other.pk) not in text


def test_an_owner_that_is_hidden_is_in_no_line_of_json(cast: Cast) -> None:
    own = published(cast)
    with acting_as_system("tests"):
        owner = cast.authority.organisation
        type(owner).objects.filter(pk=owner.pk).update(label_releasable_to=[])
    lines = signed_in(cast.company).get("/needs/table/?format=jsonl").content.decode()
    assert str(own.pk) in lines
    assert str(owner.pk) not in lines


def test_a_verdict_is_kept_and_changes_no_ranking(cast: Cast) -> None:
    need = published_by(cast, cast.authority, NEED)
    offers = [published_by(cast, cast.company, one) for one in (FRENCH, UKRAINIAN)]
    for listing in (need, *offers):
        encode_listing(listing)
    client = signed_in(cast.authority)
    address = f"/needs/{need.pk}/fits/"

    def order() -> list[str]:
        page = client.get(address).content.decode()
        return sorted((str(offer.pk) for offer in offers), key=page.index)

    before = order()
    client.post(address, {"other": str(offers[0].pk), "do": "not", "why": "Too heavy"})
    page = client.get(address).content.decode()
    assert "You said: does not fit" in page
    assert "Too heavy" in page
    assert order() == before
    client.post(address, {"other": str(offers[0].pk), "do": "fits"})
    with acting(cast.authority.subject):
        assert FitVerdict.objects.get().fits
    with acting(cast.company.subject):
        assert not FitVerdict.objects.exists(), "the offerer does not read it"
    assert "does not fit" not in signed_in(cast.company).get("/listings/verdicts/").content.decode()
    assert str(need.pk) in client.get("/listings/verdicts/").content.decode()
    for other in ("x", str(need.pk), "0ed17100-0000-4000-8000-00000000000f"):
        assert client.post(address, {"other": other, "do": "fits"}).status_code == 404


def test_more_of_what_fits_is_one_link_away(cast: Cast) -> None:
    need = published(cast, title="Bridge for vehicles", text="A mobile bridge.")
    for at in range(NAMED + 2):
        published(cast, side="offer", by=cast.company, title=f"Bridge {at} for vehicles")
    client = signed_in(cast.authority)
    address = f"/needs/{need.pk}/fits/"
    page = client.get(address).content.decode()
    assert page.count('class="card"') == NAMED
    assert f'href="{address}?more=1"' in page
    whole = client.get(f"{address}?more=1").content.decode()
    assert whole.count('class="card"') == NAMED + 2
    assert "Show more that fits" in page
    assert "Show more that fits" not in whole


def test_codes_of_near_listings_are_a_hint(cast: Cast) -> None:
    published(cast, title="Bridge for vehicles", cpv=("34711200",))
    published(cast, title="Bridge hidden", audience="allies", cpv=("45221111",))
    words = {"title": "A mobile bridge for vehicles", "text": "", "language": "en"}
    page = signed_in(cast.guest).post("/listings/codes/", words).content.decode()
    assert "34711200" in page
    assert "45221111" not in page
    taken = words | {"cpv": "34711200"}
    assert "34711200" not in signed_in(cast.guest).post("/listings/codes/", taken).content.decode()
    assert (
        "code"
        not in signed_in(cast.guest).post("/listings/codes/", {"title": "x"}).content.decode()
    )


def test_function_words_and_what_is_far_are_no_hint_of_a_code(cast: Cast) -> None:
    published(
        cast,
        title="Obuziere pentru două din brigăzi",
        text="Tunuri pentru două din unități.",
        cpv=("35740000",),
    )
    client = signed_in(cast.authority)
    for title in ("pentru două din", "Camion de bucătărie pentru tabere"):
        words = {"title": title, "text": "", "language": "ro"}
        assert "35740000" not in client.post("/listings/codes/", words).content.decode(), title
    words = {"title": "Obuziere pentru brigăzi", "text": "", "language": "ro"}
    assert "35740000" in client.post("/listings/codes/", words).content.decode()


def test_a_translation_of_what_is_published_is_reviewed_first(cast: Cast) -> None:
    listing = published(cast, audience="public")
    address = f"/needs/{listing.pk}/"
    assert Client().get(address).status_code == 200
    words = {"language": "fr", "title": "Mots que personne n'a lus", "text": "Texte"}
    signed_in(cast.authority).post(f"{address}translate/", words)
    page = Client().get(address)
    assert page.status_code == 200
    assert "personne" not in page.content.decode()
    assert "personne" in signed_in(cast.organiser).get(address).content.decode()
