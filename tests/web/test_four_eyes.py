"""Four eyes on the pages: the switch in the set-up, the note on a request, the list before publication, the mark in the log."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import PASSWORD, Rows, make_edition, organiser_of
from meeting_rows import cleared
from page_lines import in_one_line
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.four_eyes import with_one_pair
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableRules
from punte.apps.people.models import Mail, Person
from punte.web.organiser import four_eyes
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def desk(client: Client, rows: Rows) -> Client:
    assert client.login(email=rows.organiser, password=PASSWORD)
    return client


def base(rows: Rows) -> str:
    return f"/e/{rows.edition.slug}/"


def switch(desk: Client, rows: Rows, **data: str) -> str:
    page = desk.get(f"{base(rows)}set-up/rules/").text
    revision = page.split('name="revision" value="')[1].split('"')[0]
    form = {"do": "eyes", "revision": revision, **data}
    return desk.post(f"{base(rows)}set-up/rules/", form, follow=True).text


def a_pair(rows: Rows, *, authority_asks: bool = False) -> MeetingRequest:
    """Return a meeting of a firm and an authority that is held, each seen by both sides."""
    kinds = ("authority", "company") if authority_asks else ("company", "authority")
    with acting_as_system("tests"):
        found = MeetingRequest.objects.filter(
            edition=rows.edition,
            sender__organisation__kind=kinds[0],
            receiver__organisation__kind=kinds[1],
            meetings__version=rows.version,
        ).select_related("sender__person", "receiver__person")
        one = found.order_by("code")[0]
        one.label_stewards = [f"org:{one.receiver.organisation_id}", *one.label_stewards]
        one.save()
    return one


def client_of(delegate: Delegate, rows: Rows) -> Client:
    """Sign a delegate in."""
    cleared(delegate.person, rows)
    with acting_as_system("tests"):
        account, _new = Account.objects.get_or_create(email=f"{delegate.code}@example.org")
        Person.objects.filter(pk=delegate.person_id).update(account=account)
    return signed_in(account)


def test_an_organiser_switches_it_on_and_off(desk: Client, rows: Rows) -> None:
    with acting_as_system("tests"):
        assert not TimetableRules.objects.filter(asks_four_eyes=True).exists()
    assert (
        "checked" in switch(desk, rows, asks_four_eyes="on").split('name="asks_four_eyes"')[1][:9]
    )
    with acting_as_system("tests"):
        assert TimetableRules.objects.get(edition=rows.edition).asks_four_eyes
    stale = {"do": "eyes", "revision": "0"}
    page = desk.post(f"{base(rows)}set-up/rules/", stale, follow=True).text
    with acting_as_system("tests"):
        assert TimetableRules.objects.get(edition=rows.edition).asks_four_eyes, page[:0]
    switch(desk, rows)
    with acting_as_system("tests"):
        assert not TimetableRules.objects.get(edition=rows.edition).asks_four_eyes


def test_the_authority_reads_it_early_and_names_a_colleague(desk: Client, rows: Rows) -> None:
    row = a_pair(rows)
    official, firm = client_of(row.receiver, rows), client_of(row.sender, rows)
    address = f"{base(rows)}requests/{row.pk}/"
    assert "second pair of eyes" not in official.get(address).text
    switch(desk, rows, asks_four_eyes="on")
    page = in_one_line(official.get(address).text)
    assert "would be alone" in page
    assert "would be alone" not in firm.get(address).text
    mates = page.split('action="along/"')[1].split("</form>")[0]
    keys = [part.split('"')[0] for part in mates.split('name="colleague" value="')[1:]]
    assert keys
    with acting_as_system("tests"):
        Meeting.objects.filter(request=row).delete()
    form = {"revision": str(row.revision), "colleague": keys[0]}
    answer = official.post(f"{address}along/", form, follow=True).text
    assert "Two persons of the authority" in answer
    assert firm.post(f"{address}along/", form, follow=True).text.count("Only the authority") == 1


def test_an_authority_that_asks_is_told_where_it_asks(desk: Client, rows: Rows) -> None:
    row = a_pair(rows, authority_asks=True)
    official = client_of(row.sender, rows)
    person = f"{base(rows)}people/{row.receiver_id}/"
    switch(desk, rows, asks_four_eyes="on")
    page = official.get(f"{base(rows)}requests/{row.pk}/").text
    assert 'href="#change"' in page
    assert 'action="along/"' not in page, "there is one way to bring a colleague along"
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(sender=row.sender).update(state="withdrawn")
        MeetingRequest.objects.filter(receiver=row.sender).update(state="withdrawn")
    assert "two persons of an authority meet a firm" in official.get(person).text


def test_organisers_see_the_list_before_they_publish_and_ask(desk: Client, rows: Rows) -> None:
    row = a_pair(rows)
    publish, listed = f"{base(rows)}timetable/v2/publish/", f"{base(rows)}four-eyes/"
    assert "would be alone" not in desk.get(publish).text
    assert "does not ask for two persons" in desk.get(listed).text
    switch(desk, rows, asks_four_eyes="on")
    assert "would be alone" in desk.get(publish).text
    assert "with one pair of eyes" in desk.get(f"{base(rows)}set-up/").text
    assert f"/requests/{row.pk}/" in desk.get(listed).text
    organiser = organiser_of(rows)
    with acting(organiser):
        count = len(with_one_pair(rows.edition))
    answer = desk.get(f"{listed}?as=csv")
    assert answer.headers["X-Handling"] == "TLP:AMBER"
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) == count
    with acting_as_system("tests"):
        Person.objects.filter(pk=row.receiver.person_id).update(email="official@example.org")
        Mail.objects.all().delete()
    page = desk.post(listed, {"request": str(row.pk)}, follow=True).text
    assert "For 1 meeting the authority is asked by mail" in page
    with acting_as_system("tests"):
        assert Mail.objects.filter(kind="request.second_pair").count() == 1
    assert "Tick the meetings" in desk.post(listed, {}, follow=True).text
    assert signed_in(rows.delegate).get(listed).status_code == 404


def test_a_long_list_is_read_in_pages_and_asked_as_a_whole(
    desk: Client, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(four_eyes, "ROWS", 1)
    switch(desk, rows, asks_four_eyes="on")
    listed = f"{base(rows)}four-eyes/"
    with acting(organiser_of(rows)):
        lines = with_one_pair(rows.edition)
    assert len(lines) > 1
    seen = [desk.get(f"{listed}?page={n}").text for n in range(1, len(lines) + 1)]
    assert [page.count('name="request"') for page in seen] == [1] * len(lines)
    assert all(any(str(one.request_id) in page for page in seen) for one in lines)
    assert f"Ask at all {len(lines)}" in seen[0]
    with acting_as_system("tests"):
        Person.objects.update(email="official@example.org")
        Mail.objects.all().delete()
    desk.post(listed, {"request": str(lines[0].request_id), "do": "all"})
    with acting_as_system("tests"):
        assert Mail.objects.filter(kind="request.second_pair").count() == len(lines)


def test_a_meeting_held_with_one_pair_is_marked_in_the_log(desk: Client, rows: Rows) -> None:
    log = f"{base(rows)}equal-access/"
    assert "one pair of eyes" not in desk.get(log).text
    switch(desk, rows, asks_four_eyes="on")
    assert "one pair of eyes" in desk.get(log).text
    answer = desk.get(f"{log}?as=csv").content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(answer)))
    assert {line["Persons of the authority's side"] for line in lines} == {"1"}


def test_the_list_asks_as_many_questions_for_three_as_for_one(desk: Client, rows: Rows) -> None:
    switch(desk, rows, asks_four_eyes="on")

    def count() -> int:
        desk.get(f"{base(rows)}four-eyes/")
        with CaptureQueriesContext(connection) as asked:
            desk.get(f"{base(rows)}four-eyes/")
        return len(asked)

    many = count()
    with acting_as_system("tests"):
        mixed = MeetingRequest.objects.filter(edition=rows.edition).values_list("pk", flat=True)
        MeetingRequest.objects.filter(pk__in=list(mixed)[1:]).update(state="declined")
    assert count() == many


def test_a_witness_reads_the_request_and_does_nothing_with_it(desk: Client, rows: Rows) -> None:
    row = a_pair(rows)
    with acting_as_system("tests"):
        others = Delegate.objects.filter(
            edition=rows.edition, organisation__kind="company", person__account=None
        )
        witness = others.exclude(organisation=row.sender.organisation_id).select_related("person")[
            0
        ]
        witness.organisation_id = witness.owner_org_id = rows.edition.owner_org_id
        witness.save()
        witness.person.owner_org_id = rows.edition.owner_org_id
        witness.person.save()
        Meeting.objects.filter(request=row).delete()
    switch(desk, rows, asks_four_eyes="on")
    address = f"{base(rows)}requests/{row.pk}/"
    reader = client_of(witness, rows)
    assert reader.get(address).status_code == 404
    page = desk.get(address).text
    assert str(witness.pk) in page.split('action="along/"')[1].split("</form>")[0]
    form = {"revision": str(row.revision), "colleague": str(witness.pk)}
    kept = desk.post(f"{address}along/", form, follow=True).text
    assert "Changed." in kept
    page = reader.get(address).text
    assert row.reason in page
    for action in ("along/", "withdraw/", "book/", "accept/", "follow-up/"):
        assert f'{action}"' not in page.split("</header>")[-1], action
    answer = reader.post(f"{address}withdraw/", {"revision": "2", "answer": "No."}, follow=True)
    assert answer.status_code == 200
    with acting_as_system("tests"):
        assert MeetingRequest.objects.get(pk=row.pk).state == "accepted"
