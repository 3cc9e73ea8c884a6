"""A need or an offer is written in any language; what is none is refused, with how a code is written."""

import io
import json
from typing import Any

import pytest
from openpyxl import Workbook

from api_caller import caller_of
from apps.market.test_fits import NEED, published_by
from apps.market.test_listings import published
from cast import Cast
from formats.ocds_rules import faults_of_ocds
from punte.apps.access.permissions import acting
from punte.apps.market.forms import ListingForm
from punte.apps.market.models import Listing
from punte.web.ui.templatetags.ui import lang_of
from signed_in import signed_in

pytestmark = pytest.mark.django_db
FORM = {"title": "Most", "text": "Most.", "kind": "equipment", "audience": "edition"}
REMEDY = "is no code of a language: write its two or three small letters, such as pl for Polish."
NOT_MEASURED = "How well this works was not measured for texts in: "


def test_the_usual_languages_are_named_first() -> None:
    choices: Any = ListingForm.base_fields["language"]
    codes = [code for code, _name in choices.choices]
    assert codes[:4] == ["ro", "en", "fr", "uk"]
    assert len(codes) == len(set(codes)) > 300
    assert dict(choices.choices)["pl"] == "polski (pl)"


@pytest.mark.parametrize(
    ("code", "attributes", "name"),
    [
        ("pl", 'lang="pl"', "Polish (polski)"),
        ("ar", 'lang="ar" dir="rtl"', "Arabic (العربية)"),
        ("hsb", 'lang="hsb"', "Upper Sorbian (hornjoserbšćina)"),
    ],
)
def test_it_is_written_and_translated_in_any_language(
    cast: Cast, code: str, attributes: str, name: str
) -> None:
    owner = signed_in(cast.authority)
    address = owner.post("/needs/new/", {**FORM, "language": code})["Location"]
    page = owner.get(address).content.decode()
    assert attributes in page
    assert name in page
    shown = published(cast, language=code)
    assert f"{attributes}>{shown.title}" in signed_in(cast.company).get("/needs/").content.decode()
    narrowed = signed_in(cast.company).get(f"/needs/?lang={code}").content.decode()
    assert str(shown.pk) in narrowed
    owner.post(f"{address}translate/", {"language": "da", "title": "Bro", "text": "En bro."})
    assert 'lang="da"' in owner.get(address).content.decode()


def test_the_direction_follows_the_language_and_an_odd_one_does_no_harm() -> None:
    assert [lang_of(code) for code in ("he", "en", "", "q-x")] == [
        'lang="he" dir="rtl"',
        'lang="en"',
        'lang=""',
        'lang="q-x"',
    ]


@pytest.mark.parametrize("code", ["xx", "PL", "polish"])
def test_what_is_no_code_is_refused_in_the_form_and_by_the_api(cast: Cast, code: str) -> None:
    page = signed_in(cast.authority).post("/needs/new/", {**FORM, "language": code})
    assert f"“{code}” {REMEDY}" in page.content.decode()
    body = {"title": "Most", "text": "Most.", "kind": "equipment", "language": code}
    answer = caller_of(cast.authority).post("needs", body)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["place"], fault["what"]) == ("body.language", f"“{code}” {REMEDY}")


def test_the_api_takes_and_gives_any_language(cast: Cast) -> None:
    body = {"title": "Most", "text": "Most.", "kind": "equipment", "language": "hsb"}
    made = caller_of(cast.authority).post("needs", body)
    assert made.json()["language"] == "hsb", made.content
    told = caller_of(cast.authority).send(
        "put", f"needs/{made.json()['id']}/translations/ar", {"title": "جسر", "text": "جسر متنقل."}
    )
    assert [one["language"] for one in told.json()["translations"]] == ["ar"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_brings_any_language_and_names_the_row_of_what_is_none(
    cast: Cast, ending: str
) -> None:
    client = signed_in(cast.company)
    rows = [["title", "text", "language"], ["Most", "Most.", "pl"], ["جسر", "جسر.", "ar"]]
    wrong = client.post(
        "/offers/import/", {"table": _table([*rows, ["C", "D", "xx"]], ending)}, follow=True
    ).content.decode()
    assert "row 4" in wrong
    assert "<code>language</code>" in wrong
    assert f"“xx” {REMEDY}" in wrong
    right = client.post("/offers/import/", {"table": _table(rows, ending)}, follow=True)
    assert "2 new drafts" in right.content.decode()
    with acting(cast.company.subject):
        assert set(Listing.objects.values_list("title", "language")) == {
            ("Most", "pl"),
            ("جسر", "ar"),
        }


def _table(rows: list[list[str]], ending: str) -> io.BytesIO:
    file = io.BytesIO("".join(",".join(row) + "\n" for row in rows).encode())
    if ending == "xlsx":
        book, file = Workbook(), io.BytesIO()
        assert book.active is not None
        for row in rows:
            book.active.append(row)
        book.save(file)
        file.seek(0)
    file.name = f"table.{ending}"
    return file


def test_needs_in_such_languages_are_valid_ocds(cast: Cast) -> None:
    for code in ("hsb", "ar"):
        published(cast, language=code)
    package = json.loads(signed_in(cast.company).get("/needs/ocds.json").content)
    assert {one["language"] for one in package["releases"]} == {"hsb", "ar"}
    assert faults_of_ocds(package) == []


def test_what_fits_says_where_nothing_was_measured(cast: Cast) -> None:
    need = published_by(cast, cast.authority, NEED)
    address = f"/needs/{need.pk}/fits/"
    client = signed_in(cast.authority)
    assert NOT_MEASURED not in client.get(address).content.decode()
    published(cast, by=cast.company, side="offer", language="pl")
    assert f"{NOT_MEASURED}Polish (polski)." in client.get(address).content.decode()


def test_the_pairs_say_where_nothing_was_measured(cast: Cast) -> None:
    published_by(cast, cast.authority, NEED)
    client = signed_in(cast.organiser)
    assert NOT_MEASURED not in client.get("/listings/pairs/").content.decode()
    published(cast, by=cast.company, side="offer", language="pl")
    assert f"{NOT_MEASURED}Polish (polski)." in client.get("/listings/pairs/").content.decode()
