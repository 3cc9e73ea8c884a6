"""The register of gifts: declared in a form, read as the wall shows it, taken along, corrected, and beside who met whom."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import Rows, make_edition
from gift_rows import Sides, declare, email_of, sides_of
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Gift
from punte.apps.meetings.models import Meeting
from punte.apps.people.models import Organisation
from signed_in import signed_in

pytestmark = pytest.mark.django_db
RUN = "=cmd|' /c calc'!A0"
FORM = {
    "kind": "host",
    "way": "in",
    "became": "declined",
    "what": "Dinner for two",
    "on": "2025-11-05",
    "worth": "1,250.50",
    "currency": "EUR",
    "note": "Said no by mail.",
    "other": "",
    "other_name": "Firm elsewhere",
    "audience": "own",
    "once": "yes",
}


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def sides(rows: Rows) -> Sides:
    return sides_of(rows)


def table(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def register(rows: Rows) -> str:
    return f"/e/{rows.edition.slug}/gifts/"


def test_declared_in_a_form_and_shown_plainly(rows: Rows, sides: Sides) -> None:
    client = signed_in(email_of(sides.official))
    assert "Declare a gift" in client.get(register(rows)).text
    answer = client.post(register(rows), FORM, follow=True)
    page = answer.text
    for part in ("Dinner for two", "1,250.50\N{NO-BREAK SPACE}€", "Declined", "Firm elsewhere"):
        assert part in page, part
    assert "Person" in page, "the authority reads who answers for it"
    assert "Dinner for two" in client.get(register(rows)).text


def test_what_was_refused_still_stands_in_the_form(rows: Rows, sides: Sides) -> None:
    client = signed_in(email_of(sides.official))
    page = client.post(register(rows), {**FORM, "worth": "lots"}, follow=True).text
    assert "“lots” is no number" in page
    assert 'value="Dinner for two"' in page
    with acting_as_system("tests"):
        assert not Gift.objects.exists()


def test_who_does_not_declare_finds_no_form(rows: Rows, sides: Sides) -> None:
    for client in (signed_in(email_of(sides.salesman)), Client()):
        assert "Declare a gift" not in client.get(register(rows)).text
        assert client.post(register(rows), FORM).status_code == 404
    row = declare(rows, sides)
    for client in (signed_in(email_of(sides.stranger)), signed_in(rows.organiser), Client()):
        assert client.get(f"{register(rows)}{row.pk}/").status_code == 404
    public = declare(rows, sides, "public")
    page = Client().get(f"{register(rows)}{public.pk}/").text
    assert "A book on bridges" in page
    with acting_as_system("tests"):
        name = Gift.objects.get(pk=public.pk).by_name
    assert name.startswith("Person")
    assert name not in page, "persons are named to their own organisation alone"
    answer = signed_in(rows.organiser).post(f"{register(rows)}{public.pk}/", {"do": "withdraw"})
    assert answer.status_code == 404


def test_each_step_from_the_page(rows: Rows, sides: Sides) -> None:
    row = declare(rows, sides)
    address = f"{register(rows)}{row.pk}/"
    client = signed_in(email_of(sides.colleague))

    def step(**data: str) -> str:
        page = client.get(address).text
        read = page.split('name="read" value="')[1].split('"')[0]
        return client.post(address, {"read": read, **data}, follow=True).text

    assert "answers for it already" in step(do="hand", person=str(sides.official.person_id))
    assert "Handed on" in step(do="hand", person=str(sides.colleague.person_id))
    fields = {**FORM, "other": str(sides.firm)}
    page = step(do="correct", reason="It was a dinner.", **fields)
    assert "Before, what it was: A book on bridges" in page
    assert "It was a dinner." in page
    assert "Kept." in step(do="release", audience="organisers")
    assert "It was a loan." in step(do="withdraw", reason="It was a loan.")
    assert "withdrawn" in signed_in(rows.organiser).get(address).text


def test_the_file_is_guarded_marked_and_in_the_log(rows: Rows, sides: Sides) -> None:
    declare(rows, sides, what=RUN)
    declare(rows, sides, "public", what="Open", worth="")
    official = signed_in(email_of(sides.official))
    lines = {line["What it was"]: line for line in table(official, f"{register(rows)}?as=csv")}
    assert set(lines) == {f"'{RUN}", "Open"}
    own = lines[f"'{RUN}"]
    assert (own["Estimated value"], own["Currency"]) == ("40.00", "RON")
    assert own["Who answers for it"].startswith("Person")
    answer = official.get(f"{register(rows)}?as=xlsx")
    assert (answer.headers["X-Handling"], answer.content[:2]) == ("TLP:AMBER", b"PK")
    (line,) = table(official, f"{register(rows)}?as=csv&audience=everybody")
    assert (line["What it was"], line["Who answers for it"]) == ("Open", "")
    assert line["Address"].startswith("http")
    clear = official.get(f"{register(rows)}?as=csv&audience=everybody")
    assert clear.headers["X-Handling"] == "TLP:CLEAR"
    assert [line["What it was"] for line in table(Client(), f"{register(rows)}?as=csv")] == ["Open"]
    with acting_as_system("tests"):
        last = AuditEntry.objects.filter(verb="export.read").latest("id")
    assert "gifts-everybody" in last.detail["file"]
    assert table(official, f"{register(rows)}?as=csv&kind=host") == []


def test_the_list_asks_as_many_questions_for_three_as_for_one(rows: Rows, sides: Sides) -> None:
    client = signed_in(email_of(sides.official))

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(register(rows))
        return len(asked)

    declare(rows, sides)
    count()
    one = count()
    declare(rows, sides, what="Two")
    declare(rows, sides, what="Three")
    assert count() == one


def test_odd_filters_ask_for_nothing(rows: Rows, sides: Sides) -> None:
    declare(rows, sides, "public")
    odd = {"kind": "x", "way": "9", "state": "y", "from": "soon", "to": "9999-99-99", "page": "no"}
    assert "A book on bridges" in Client().get(register(rows), odd).text


@pytest.fixture
def between(rows: Rows) -> Gift:
    """Return what an authority declared and released to everybody, of a firm that it meets; everybody sees both."""
    with acting_as_system("tests"):
        held = Meeting.objects.filter(version=rows.version).select_related(
            "request__sender__organisation", "request__receiver__organisation"
        )
        pairs = [{one.request.sender, one.request.receiver} for one in held]
        official, firm = next(
            (authority, firm)
            for pair in pairs
            for authority in pair
            for firm in pair
            if authority.organisation.kind == "authority" and firm.organisation.kind == "company"
        )
        Organisation.objects.filter(pk__in=[official.organisation_id, firm.organisation_id]).update(
            label_releasable_to=["PUBLIC"]
        )
        Gift.objects.create(
            edition=rows.edition,
            owner_org_id=official.organisation_id,
            authority_name=official.organisation.name,
            other_id=firm.organisation_id,
            other_name=firm.organisation.name,
            kind="gift",
            way="in",
            became="handed",
            what="A model bridge",
            on="2025-11-06",
            worth="12",
            currency="EUR",
            label_releasable_to=["PUBLIC"],
            label_tlp="TLP:CLEAR",
        )
        return Gift.objects.get()


def test_beside_who_met_whom_as_its_readers_may(rows: Rows, between: Gift) -> None:
    desk = signed_in(rows.organiser)
    address = f"/e/{rows.edition.slug}/met-register/"
    column = "Gifts and hospitality, as declared"
    for audience in ("", "everybody"):
        lines = table(desk, f"{address}?as=csv&audience={audience}")
        told = [line for line in lines if line[column]]
        assert told, "beside each meeting of the two"
        assert {line["Firm"] for line in told} == {between.other_name}
        assert "A model bridge" in told[0][column]
        assert "12.00" in told[0][column]
        assert "A model bridge" in desk.get(f"{address}?audience={audience}").text
    other_days = f"{address}?as=csv&from=2025-11-05&to=2025-11-05"
    assert not any(line[column] for line in table(desk, other_days)), "another day's"
    with acting_as_system("tests"):
        Gift.objects.filter(pk=between.pk).update(label_releasable_to=[])
    lines = table(desk, f"{address}?as=csv&audience=everybody")
    assert lines, "the meeting is told"
    assert not any(line[column] for line in lines)
    assert "A model bridge" not in desk.get(address).text


def test_the_way_to_the_register(rows: Rows, sides: Sides) -> None:
    there = f'href="{register(rows)}"'
    official = signed_in(email_of(sides.official))
    assert there in official.get(f"/e/{rows.edition.slug}/my/").text
    assert there not in signed_in(email_of(sides.salesman)).get(f"/e/{rows.edition.slug}/my/").text
    assert there in Client().get(f"/e/{rows.edition.slug}/outcome/").text
    for page in ("equal-access", "met-register"):
        assert there in signed_in(rows.organiser).get(f"/e/{rows.edition.slug}/{page}/").text
