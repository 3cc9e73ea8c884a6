"""Another source of a term is entered with all that the format holds of it, verified by a person, and chosen among those there are."""

import pytest
from django.test import Client

from cast import Cast
from money_desk import at, begin, keep, make_keepers, plan_form, reread, sign_in
from page_lines import in_one_line

pytestmark = pytest.mark.django_db
READ = {
    "source-field": "envelope", "source-value": "600000000", "source-source": "https://example.org/law",
    "source-article": "Article 3(2)", "source-note": "not above 600 million", "source-valid_from": "2026-01-01",
    "source-valid_to": "2030-12-31", "source-verified": "yes",
}  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    return make_keepers()


def test_a_further_source_keeps_all_that_was_read(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    keep(client, at(plan, "terms/"), **READ)
    assert reread(plan).content["instrument"]["terms"] == [
        {
            "field": "envelope",
            "value": "600000000",
            "source": ["https://example.org/law"],
            "verified": True,
            "article": "Article 3(2)",
            "note": "not above 600 million",
            "valid_from": "2026-01-01",
            "valid_to": "2030-12-31",
        }
    ]
    shown = in_one_line(client.get(at(plan, "terms/")).content)
    assert "Article 3(2)" in shown
    assert "2026-01-01 – 2030-12-31" in shown
    before = reread(plan).content
    keep(client, at(plan, "terms/"))
    assert reread(plan).content == before, "the form unchanged changes nothing"
    form = plan_form(client, at(plan, "terms/"))
    del form["verified-0"]
    assert client.post(at(plan, "terms/"), form).status_code == 302
    assert reread(plan).content["instrument"]["terms"][0]["verified"] is False


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"source-value": "abc"}, "Another source, Value: “abc” is no number"),
        ({"source-valid_from": "2026-02-30"}, "Another source, Valid from:"),
        ({"source-valid_to": "2025-12-31"}, "Valid until: ends before it begins"),
        ({"source-source": ""}, "needs the term, the value and where it was read"),
        ({"source-note": "n" * 301}, "has 301 characters, and 300 are the most"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused_at_its_field(
    client: Client, cast: Cast, changes: dict[str, str], told: str
) -> None:
    sign_in(client, cast)
    plan = begin(client)
    typed = plan_form(client, at(plan, "terms/")) | READ | changes
    answer = client.post(at(plan, "terms/"), typed).content.decode()
    assert told in answer.split('role="alert"')[1].split("</section>", maxsplit=1)[0]
    assert reread(plan).content["instrument"]["terms"] == []


def test_nothing_is_chosen_that_no_source_gives(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    for value in ("600000000", "700000000"):
        keep(client, at(plan, "terms/"), **READ | {"source-value": value})
    typed = plan_form(client, at(plan, "terms/")) | {"chosen-envelope": "9", "reason": "Read"}
    assert "No source gives this value" in client.post(at(plan, "terms/"), typed).content.decode()
    keep(client, at(plan, "terms/"), **{"chosen-envelope": "1", "reason": "The newer law"})
    assert reread(plan).content["instrument"]["envelope"] == "700000000"
