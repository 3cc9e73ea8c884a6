"""The status pages are public, dated and sourced; the audit viewer is for organisers and auditors."""

import json

import pytest
from django.test import Client

from cast import EDITION, OTHER_EDITION, Cast
from punte.apps.access.actions import record
from punte.apps.access.models import Framework
from punte.apps.access.permissions import acting
from punte.apps.access.reference import DATA, remarks_of_the_data, words_of_the_data

pytestmark = pytest.mark.django_db


def page(address: str) -> str:
    return Client().get(address).content.decode()


def test_moldova_before_and_after_its_partnership() -> None:
    before, after = page("/countries/MDA/?on=2024-05-20"), page("/countries/MDA/?on=2024-05-21")
    for text in (before, after):
        assert "Moldova" in text
        assert "Candidate for the European Union" in text
    part = '<th scope="row">EU Security and Defence Partnership'
    assert part not in before
    assert part in after
    assert "not verified" in after


def test_what_follows_in_safe_depends_on_the_status() -> None:
    assert "may not" in page("/countries/MDA/")
    romania = page("/countries/ROU/?on=2025-11-05")
    assert romania.count("SAFE") == 5
    assert "may not" not in romania


def test_an_unknown_country_is_not_found_and_an_odd_day_is_today() -> None:
    assert Client().get("/countries/XXX/").status_code == 404
    assert Client().get("/countries/mda/?on=yesterday").status_code == 200


def test_every_word_of_the_data_meets_its_translators() -> None:
    facts = json.loads((DATA / "statuses.json").read_text())
    words = {f["name"] for f in facts["frameworks"]} | {f["standing"] for f in facts["frameworks"]}
    assert words - {"NATO"} == set(words_of_the_data())
    assert Framework.objects.count() == len(facts["frameworks"])
    told = {one.get("note", "") for one in facts["statuses"]}
    told |= {one["since_text"] for one in facts["statuses"] if not one["since_text"][:4].isdigit()}
    for one in json.loads((DATA / "consequences.json").read_text())["consequences"]:
        if "answers" in one:
            told |= {one["note"], *one.get("notes", {}).values()}
        elif one["instrument"] != "SAFE":
            told |= {one["note"], *one["may"], *one["may_not"]}
    assert told - {""} == set(remarks_of_the_data())


def test_a_remark_stands_where_it_belongs_and_in_the_readers_language() -> None:
    english = page("/countries/MDA/")
    assert "counts_to" not in english, "a key of the data is no word"
    assert english.count("unless it has an agreement under Article 17") == 2
    client = Client(headers={"accept-language": "ro"})
    romanian = client.get("/countries/MDA/").content.decode()
    for remark in remarks_of_the_data():
        assert remark not in romanian, remark


def test_the_audit_viewer_shows_an_organiser_its_edition_only(cast: Cast) -> None:
    with acting(cast.company.subject):
        record("request.sent", edition_id=EDITION)
        record("secret.elsewhere", edition_id=OTHER_EDITION)
    client = Client()
    client.force_login(cast.organiser.account)
    text = client.get("/audit/").content.decode()
    assert "request.sent" in text
    assert "secret.elsewhere" not in text
    assert cast.company.person.name not in text, "a hidden person stays an identifier"
    assert "No entry" in client.get("/audit/?verb=zzz").content.decode()
    client.force_login(cast.company.account)
    assert client.get("/audit/").status_code == 403
