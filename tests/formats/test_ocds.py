"""Needs as planning releases: whole and bare, in several languages, and a fault of every kind is found."""

import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from formats.ocds_rules import faults_of_ocds
from punte.formats.ocds import PlannedNeed, release_package
from punte.kernel.errors import PunteError

WHEN = dt.datetime(2027, 5, 1, tzinfo=dt.UTC)
NEED = PlannedNeed(
    id="n1",
    address="https://forum.example/needs/n1/",
    title="Pod mobil",
    text="Pod mobil pentru vehicule de 60 de tone.",
    language="ro",
    date=WHEN,
    buyer_id="o1",
    buyer="Autoritatea",
    country="Romania",
    category="goods",
    cpv=("35000000", "34711200", "35000000"),
    quantity="4",
    amount_cents=1_250_000_01,
    translations=(("fr", "Pont mobile", "Pont mobile pour 60 tonnes."), ("uk", "Міст", "")),
)
BARE = PlannedNeed(
    id="n2",
    address="https://forum.example/needs/n2/",
    title="A need",
    text=" ",
    language="en",
    date=WHEN,
    buyer_id="",
    buyer="",
    country="",
    category="works",
)


def package_of(*needs: PlannedNeed) -> dict[str, Any]:
    return release_package(
        needs,
        uri="https://forum.example/needs/ocds.json",
        publisher="Punte",
        prefix="ocds-213czf",
        published=WHEN,
    )


def release_of(need: PlannedNeed) -> dict[str, Any]:
    package = package_of(need)
    assert faults_of_ocds(package) == []
    (release,) = package["releases"]
    found: dict[str, Any] = release
    return found


def test_a_whole_need_says_all_it_has() -> None:
    release = release_of(NEED)
    assert release["planning"]["budget"]["amount"] == {"amount": 1_250_000.01, "currency": "EUR"}
    assert release["planning"]["documents"][0]["url"] == NEED.address
    assert release["parties"][0]["address"] == {"countryName": "Romania"}
    (item,) = release["tender"]["items"]
    assert item["quantity"] == 4
    assert item["description"] == "Pod mobil"
    assert item["classification"] == {"scheme": "CPV", "id": "35000000"}
    assert item["additionalClassifications"] == [{"scheme": "CPV", "id": "34711200"}]


def test_translations_stand_beside_the_original() -> None:
    release = release_of(NEED)
    assert release["language"] == "ro"
    assert release["tender"]["title_fr"] == "Pont mobile"
    assert release["tender"]["description_fr"] == release["planning"]["rationale_fr"]
    assert release["tender"]["title_uk"] == "Міст"
    assert "description_uk" not in release["tender"]
    assert "title_ro" not in release["tender"]


def test_a_bare_need_leaves_out_what_it_has_not() -> None:
    release = release_of(BARE)
    assert not {"buyer", "parties"} & set(release)
    assert not {"rationale", "budget"} & set(release["planning"])
    assert not {"description", "items"} & set(release["tender"])


@pytest.mark.parametrize(
    ("quantity", "number", "described"),
    [
        ("12", 12, "A need"),
        ("1.5", 1.5, "A need"),
        ("3 à 4 pièces", None, "A need: 3 à 4 pièces"),
        ("1 000", None, "A need: 1 000"),
        ("٣", None, "A need: ٣"),
    ],
)
def test_a_quantity_is_a_number_where_it_is_one(
    quantity: str, number: float | None, described: str
) -> None:
    (item,) = release_of(replace(BARE, quantity=quantity))["tender"]["items"]
    assert (item.get("quantity"), item["description"]) == (number, described)


def test_a_package_holds_a_release_at_least() -> None:
    with pytest.raises(PunteError, match="one need at least"):
        package_of()


def _at(package: dict[str, Any], path: str) -> tuple[Any, Any]:
    """Return what holds a place of the package, and the place's key there."""
    *way, last = path.split("/")
    for step in way:
        package = package[int(step) if step.isdigit() else step]  # type: ignore[index]
    return package, int(last) if last.isdigit() else last


def _setter(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(package: dict[str, Any]) -> None:
        holder, key = _at(package, path)
        holder[key] = value

    return change


def _dropper(path: str) -> Callable[[dict[str, Any]], None]:
    def change(package: dict[str, Any]) -> None:
        holder, key = _at(package, path)
        del holder[key]

    return change


R = "releases/0/"
WRONG = {
    **{
        f"without {path}": _dropper(path)
        for path in (
            *("uri", "version", "publishedDate", "publisher", "publisher/name", "releases"),
            *(R + name for name in ("ocid", "id", "date", "tag", "initiationType", "tender/id")),
            *(R + name for name in ("planning/documents/0/id", "tender/items/0/id")),
        )
    },
    **{
        f"{path} is {value!r}": _setter(path, value)
        for path, value in (
            ("uri", "needs/ocds.json"),
            ("uri", "https://forum.example/a need"),
            ("version", 1.1),
            ("version", "1.1.5"),
            ("publishedDate", "2027-05-01"),
            ("publisher/name", None),
            ("licence", "https://forum.example/licence/"),
            ("releases", []),
            ("releases", {}),
            (R + "ocid", "ocds-1-n1"),
            (R + "ocid", ""),
            (R + "id", "n1#1"),
            (R + "id", 1),
            (R + "date", "2027-05-01T00:00:00"),
            (R + "date", "2027-02-30T00:00:00Z"),
            (R + "date", "2027-05-01 00:00:00Z"),
            (R + "date", 1),
            (R + "tag", "planning"),
            (R + "tag", []),
            (R + "tag", ["plan"]),
            (R + "initiationType", "planning"),
            (R + "language", 1),
            (R + "language", "Polish"),
            (R + "tender/status", "soon"),
            (R + "tender/mainProcurementCategory", "equipment"),
            (R + "tender/title", " "),
            (R + "tender/description", ["text"]),
            (R + "tender/cpv", "35000000"),
            (R + "tender/title_", "text"),
            (R + "tender/items", []),
            (R + "tender/items/0/quantity", "4"),
            (R + "tender/items/0/classification", "35000000"),
            (R + "tender/items/0/classification/id", {}),
            (R + "planning/rationale", ""),
            (R + "planning/budget", {}),
            (R + "planning/budget/amount/amount", "12"),
            (R + "planning/budget/amount/currency", "euro"),
            (R + "planning/documents/0/url", "/needs/n1/"),
            (R + "parties/0/roles", "buyer"),
            (R + "parties/0/id", 1),
            (R + "parties/0/address/country", "ROU"),
            (R + "buyer/id", "o2"),
            (R + "buyer/name", ""),
        )
    },
    "a release twice": lambda package: package["releases"].append(
        {**copy.deepcopy(package["releases"][0]), "language": "en"}
    ),
    "a party twice": lambda package: package["releases"][0]["parties"].append(
        {"id": "o1", "name": "Another", "roles": ["buyer"]}
    ),
    "an item twice": lambda package: package["releases"][0]["tender"]["items"].append(
        {"id": "1", "description": "Another"}
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_of_every_kind_is_found(name: str) -> None:
    package = copy.deepcopy(package_of(NEED, BARE))
    WRONG[name](package)
    assert faults_of_ocds(package), name
