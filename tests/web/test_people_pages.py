"""Pages of people: nominate, vet, grant, act on behalf, one's own data, organisations, the second step."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from edition_rows import PASSWORD, Rows, make_edition
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.forum.models import Delegate
from punte.apps.people.models import (
    Clearance,
    ClearanceStage,
    Delegation,
    Grant,
    Membership,
    Nomination,
    Organisation,
    Person,
    WatchEntry,
)
from punte.apps.people.queries import subject_of_person
from punte.apps.people.register import change_person
from punte.apps.people.vetting import next_stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    made = make_edition()
    with acting_as_system("tests"):
        ClearanceStage.objects.create(
            edition_id=made.edition.pk, position=1, name="Security", right="organise"
        )
        person = Person.objects.get(account__email=made.delegate)
        person.label_stewards = [
            *person.label_stewards,
            *right_groups("organise", edition_id=made.edition.pk),
        ]
        person.save()
    return made


def base(rows: Rows, rest: str) -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def sign_in(client: Client, email: str) -> Client:
    assert client.login(email=email, password=PASSWORD)
    return client


def enter(client: Client, rows: Rows, name: str = "Nou Venit") -> str:
    page = client.post(
        base(rows, "delegation/"),
        {
            "do": "enter",
            "name": name,
            "email": "nou@example.org",
            "function": "Sales",
            "category": "industry",
        },
        follow=True,
    )
    return str(page.content.decode())


def test_a_person_is_nominated_vetted_and_becomes_a_delegate(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    assert "waits for clearance" in enter(client, rows)
    assert "with this address already" in enter(client, rows)
    assert client.get(base(rows, "vetting/")).status_code == 404
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__name="Nou Venit")
        WatchEntry.objects.create(
            edition_id=rows.edition.pk,
            name="venit, NOU",
            reason="Known",
            owner_org_id=rows.edition.owner_org_id,
            label_stewards=[f"organise@{rows.edition.pk}"],
        )
    sign_in(client, rows.organiser)
    assert "Nou Venit" in client.get(base(rows, "vetting/")).content.decode()
    page = base(rows, f"vetting/{nomination.pk}/")
    assert "On the watch list" in client.get(page).content.decode()
    told = client.post(page, {"decision": "rejected", "reason": ""}, follow=True).content.decode()
    assert "Give the reason" in told
    client.post(page, {"decision": "cleared"})
    with acting_as_system("tests"):
        nomination.refresh_from_db()
        delegate = Delegate.objects.get(person=nomination.person)
    assert nomination.state == "cleared"
    assert delegate.function == "Sales"


def test_a_refused_person_keeps_what_was_typed_and_leaves_no_half_step(
    client: Client, rows: Rows
) -> None:
    sign_in(client, rows.delegate)
    bad = client.post(
        base(rows, "delegation/"),
        {"do": "enter", "name": "Ioana Scris", "email": "nowhere", "category": "industry"},
        follow=True,
    ).content.decode()
    assert "is no e-mail address" in bad
    assert 'value="Ioana Scris"' in bad, "nobody types twice"
    assert 'value="Ioana Scris"' not in client.get(base(rows, "delegation/")).content.decode()
    wrong = client.post(
        base(rows, "delegation/"),
        {"do": "enter", "name": "y", "email": "y@example.org", "category": "vip"},
        follow=True,
    ).content.decode()
    assert "Choose a category" in wrong
    with acting_as_system("tests"):
        assert not Person.objects.filter(email="y@example.org").exists(), "whole or not at all"


def test_an_invitation_works_once_for_its_address(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    enter(client, rows)
    with acting_as_system("tests"):
        person = Person.objects.get(name="Nou Venit")
    shown = client.post(
        base(rows, "delegation/"), {"do": "invite", "person": str(person.pk)}, follow=True
    ).content.decode()
    address = shown.split("<code>")[1].split("</code>")[0].split("testserver")[1]
    assert address not in client.get(base(rows, "delegation/")).content.decode()
    assert "was refused" in client.post(address, follow=True).content.decode()
    from allauth.account.models import EmailAddress

    account = Account.objects.create_user("nou@example.org", PASSWORD)
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    sign_in(client, "nou@example.org")
    assert "Nobody is linked" in client.get("/me/").content.decode()
    assert "Welcome, Nou Venit" in client.post(address, follow=True).content.decode()
    assert "was refused" in client.post(address, follow=True).content.decode()


def test_many_are_shown_before_they_are_decided(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    enter(client, rows)
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__name="Nou Venit")
    sign_in(client, rows.organiser)
    bulk = base(rows, "vetting/bulk/")
    data = {"nomination": [str(nomination.pk), "wrong"], "decision": "held", "reason": "Papers"}
    look = client.post(bulk, data).content.decode()
    assert "Look before you decide" in look
    with acting_as_system("tests"):
        nomination.refresh_from_db()
    assert nomination.state == "waiting"
    done = client.post(bulk, data | {"sure": "1"}, follow=True).content.decode()
    assert "1 nomination decided" in done
    assert (
        "Nobody was chosen" in client.post(bulk, {"decision": "held"}, follow=True).content.decode()
    )


def test_the_queue_keeps_its_number_of_queries(client: Client, rows: Rows) -> None:
    sign_in(client, rows.organiser)
    counts = []
    with acting_as_system("tests"):
        ids = list(Nomination.objects.values_list("pk", flat=True))
    for number in (1, 2):
        with acting_as_system("tests"):
            Nomination.objects.filter(pk__in=ids).update(state="withdrawn")
            Nomination.objects.filter(pk__in=ids[:number]).update(state="held")
        client.get(base(rows, "vetting/?state=held"))
        with CaptureQueriesContext(connection) as queries:
            client.get(base(rows, "vetting/?state=held"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_rights_are_granted_until_a_day_and_taken_back(client: Client, rows: Rows) -> None:
    sign_in(client, rows.organiser)
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
    page = base(rows, "rights/")
    past = client.post(
        page, {"person": str(person.pk), "right": "check-in", "until": "2020-01-01"}, follow=True
    )
    assert "between today and ten years" in past.content.decode()
    far = client.post(
        page, {"person": str(person.pk), "right": "check-in", "until": "9999-12-31"}, follow=True
    )
    assert "between today and ten years" in far.content.decode()
    until = (timezone.localdate() + dt.timedelta(days=9)).isoformat()
    client.post(page, {"person": str(person.pk), "right": "check-in", "until": until})
    other = Client()
    sign_in(other, rows.delegate)
    assert other.get(base(rows, "check-in/")).status_code == 200
    assert other.get(page).status_code == 404
    with acting_as_system("tests"):
        grant = Grant.objects.get(person=person)
    client.post(page, {"do": "revoke", "grant": str(grant.pk)})
    assert other.get(base(rows, "check-in/")).status_code == 404


def test_an_organiser_acts_in_a_name_and_the_log_names_both(client: Client, rows: Rows) -> None:
    sign_in(client, rows.organiser)
    with acting_as_system("tests"):
        delegate = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
    begun = client.post(
        base(rows, "rights/behalf/"), {"delegate": str(delegate.pk)}, follow=True
    ).content.decode()
    assert f"You act in the name of {delegate.badge_name}" in begun
    assert client.get(base(rows, "rights/")).status_code == 404
    client.post(base(rows, "availability/"), {"here": []})
    with acting_as_system("tests"):
        entry = AuditEntry.objects.filter(verb="availability.set").latest("at")
        organiser = Person.objects.get(account__email=rows.organiser)
    assert entry.person_id == organiser.pk
    assert entry.behalf_of_id == delegate.person_id
    client.post("/behalf/end/")
    assert "You act in the name" not in client.get("/").content.decode()


def test_ones_own_data_is_given_changed_and_erased(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
    assert person.name in client.get("/me/").content.decode()
    assert client.get("/me/data.json").json()["account"] == rows.delegate
    listed = {"do": "listing", "edition": str(rows.edition.pk), "listed": "yes"}
    client.post("/me/", listed)
    with acting_as_system("tests"):
        person.refresh_from_db()
    assert f"edition:{rows.edition.pk}" in person.label_releasable_to
    assert (
        "no e-mail address"
        in client.post("/me/", {"name": "A", "email": "x"}, follow=True).content.decode()
    )
    wrong = client.post("/me/erase/", {"sure": "me"}, follow=True).content.decode()
    assert "Write your name exactly" in wrong
    client.post("/me/erase/", {"sure": person.name})
    assert client.get("/me/").status_code == 302
    with acting_as_system("tests"):
        assert Person.objects.get(pk=person.pk).erased_at is not None
        assert not Account.objects.filter(email=rows.delegate).exists()


def test_a_changed_name_opens_the_clearance_again(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
    told = client.post("/me/", {"name": "Other Name", "email": person.email}, follow=True)
    assert "Your clearance begins again" in told.content.decode()
    with acting_as_system("tests"):
        assert not Nomination.objects.filter(person=person, state="cleared").exists()


def test_a_name_changed_between_two_stages_begins_at_the_first_again(rows: Rows) -> None:
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
        ClearanceStage.objects.create(
            edition_id=rows.edition.pk, position=2, name="Protocol", right="organise"
        )
        nomination = Nomination.objects.filter(person=person, state="cleared").get()
        Nomination.objects.filter(pk=nomination.pk).update(state="waiting", cleared_at=None)
        first = ClearanceStage.objects.get(edition_id=rows.edition.pk, position=1)
        Clearance.objects.create(nomination=nomination, stage=first, decision="cleared")
        nomination.refresh_from_db()
        before = next_stage(nomination)
    assert before is not None
    assert before.name == "Protocol"
    with acting_as_system("tests"):
        subject = subject_of_person(person.pk)
    with acting(subject) as by:
        assert change_person(
            by=by, person=person, edition_id=rows.edition.pk, name="Altul", email=person.email
        )
    with acting_as_system("tests"):
        after = next_stage(Nomination.objects.get(pk=nomination.pk))
    assert after is not None
    assert after.name == "Security"


def test_a_classified_reason_is_refused_with_a_sentence(client: Client, rows: Rows) -> None:
    enter(client=sign_in(client, rows.delegate), rows=rows)
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__email="nou@example.org")
    sign_in(client, rows.organiser)
    page = client.post(
        base(rows, f"vetting/{nomination.pk}/"),
        {"decision": "held", "reason": "See NATO SECRET file"},
        follow=True,
    )
    assert page.status_code == 200
    assert "NATO SECRET" in page.content.decode()
    with acting_as_system("tests"):
        nomination.refresh_from_db()
        assert nomination.state == "waiting"


def test_an_organisation_is_changed_by_its_own_and_verified_by_its_nation(
    client: Client, rows: Rows
) -> None:
    sign_in(client, rows.delegate)
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
        own = Membership.objects.get(person=person).organisation
        organiser = Person.objects.get(account__email=rows.organiser)
    page = f"/organisations/{own.pk}/"
    assert own.name in client.get("/organisations/").content.decode()
    wrong = client.post(page, {"do": "change", "lei": "123"}, follow=True).content.decode()
    assert "LEI" in wrong
    client.post(page, {"do": "change", "about": "We make masts.", "size": "small"})
    refused = client.post(
        page, {"do": "verify", "evidence": "x", "until": "2030-01-01"}, follow=True
    )
    assert "focal point" in refused.content.decode()
    with acting_as_system("tests"):
        Grant.objects.create(person=organiser, right="focal", edition_id=rows.edition.pk)
        host = Membership.objects.get(person=organiser).organisation
        Organisation.objects.filter(pk=own.pk).update(country=host.country)
        own.refresh_from_db()
    assert own.about == "We make masts."
    sign_in(client, rows.organiser)
    client.post(page, {"do": "verify", "evidence": "Register 7", "until": "2030-01-01"})
    with acting_as_system("tests"):
        own.refresh_from_db()
    assert own.verified_evidence == "Register 7"


def test_a_right_needs_a_second_step(client: Client, rows: Rows) -> None:
    with override_settings(PUNTE_REQUIRE_MFA=True):
        sign_in(client, rows.organiser)
        led = client.get(base(rows, "vetting/"))
        assert led.status_code == 302
        assert led["Location"].startswith("/accounts/2fa")
        assert client.get("/accounts/2fa/").status_code in {200, 302}
        sign_in(client, rows.delegate)
        assert client.get(base(rows, "my/")).status_code == 200


def test_places_are_set_and_a_wrong_number_changes_nothing(client: Client, rows: Rows) -> None:
    sign_in(client, rows.organiser)
    page = base(rows, "vetting/places/")
    with acting_as_system("tests"):
        first, second = Delegation.objects.filter(edition_id=rows.edition.pk).select_related(
            "organisation"
        )[:2]
    assert first.organisation.name in client.get(page).content.decode()
    keys = {"delegation": [str(first.pk), str(second.pk)]}
    wrong = client.post(page, {**keys, "quota": ["7", "many"]}, follow=True).content.decode()
    assert "between 0 and 500" in wrong
    with acting_as_system("tests"):
        first.refresh_from_db()
    assert first.quota != 7
    client.post(page, {**keys, "quota": ["7", "9"]})
    with acting_as_system("tests"):
        assert set(
            Delegation.objects.filter(pk__in=[first.pk, second.pk]).values_list("quota", flat=True)
        ) == {7, 9}
    other = Client()
    sign_in(other, rows.delegate)
    assert other.get(page).status_code == 404


def test_markings_are_refused_in_reasons_stages_and_watch_list(client: Client, rows: Rows) -> None:
    sign_in(client, rows.organiser)
    watch = {"name": "Somebody", "reason": "NATO SECRET file"}
    client.post(base(rows, "vetting/watch/"), watch)
    client.post(base(rows, "vetting/stages/"), {"name": ["NATO SECRET"], "right": ["vet"]})
    with acting_as_system("tests"):
        assert not WatchEntry.objects.exists()
        assert not ClearanceStage.objects.filter(name__contains="SECRET").exists()


def test_languages_are_kept_as_codes(client: Client, rows: Rows) -> None:
    sign_in(client, rows.delegate)
    told = client.post("/me/", {"do": "languages", "languages": "romanian"}, follow=True)
    assert "two or three letters" in told.content.decode()
    client.post("/me/", {"do": "languages", "languages": "RO; en ro"})
    with acting_as_system("tests"):
        assert Person.objects.get(account__email=rows.delegate).languages == "ro, en"


def test_the_button_that_begins_acting_in_a_name_is_the_organisers(
    client: Client, rows: Rows
) -> None:
    sign_in(client, rows.organiser)
    with acting_as_system("tests"):
        delegate = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        another = Delegate.objects.filter(edition=rows.edition).exclude(pk=delegate.pk)[0]
    assert "rights/behalf/" in client.get(base(rows, f"people/{delegate.pk}/")).content.decode()
    other = Client()
    sign_in(other, rows.delegate)
    page = other.get(base(rows, f"people/{another.pk}/")).content.decode()
    assert "rights/behalf/" not in page


def test_a_category_that_is_not_there_admits_nobody_until_one_is_chosen(
    client: Client, rows: Rows
) -> None:
    enter(sign_in(client, rows.delegate), rows)
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__email="nou@example.org")
        Nomination.objects.filter(pk=nomination.pk).update(category="authority")
    sign_in(client, rows.organiser)
    page = base(rows, f"vetting/{nomination.pk}/")
    assert "none of this edition" in client.get(page).content.decode()
    told = client.post(page, {"decision": "cleared"}, follow=True).content.decode()
    assert "names no category of this edition" in told
    with acting_as_system("tests"):
        nomination.refresh_from_db()
        assert nomination.state == "waiting", "cleared and not admitted would be half a step"
        assert not Delegate.objects.filter(person=nomination.person).exists()
    assert "from the list" in (
        client.post(page, {"do": "category", "category": "vip"}, follow=True).content.decode()
    )
    client.post(page, {"do": "category", "category": "industry"})
    client.post(page, {"decision": "cleared"})
    with acting_as_system("tests"):
        assert Delegate.objects.get(person=nomination.person).category.code == "industry"


def test_a_merge_is_undone_on_its_page(client: Client, rows: Rows) -> None:
    with acting_as_system("tests"):
        organiser = Person.objects.get(account__email=rows.organiser)
        Grant.objects.create(person=organiser, right="organise", edition_id=None)
        person = Person.objects.get(account__email=rows.delegate)
        gone = Membership.objects.get(person=person).organisation
        kept = Organisation.objects.exclude(pk=gone.pk).exclude(country="ROU").first()
        assert kept is not None
    sign_in(client, rows.organiser)
    page = f"/organisations/{kept.pk}/"
    client.post(page, {"do": "merge", "gone": str(gone.pk)})
    shown = client.get(page).content.decode()
    key = shown.split('name="merge" value="')[1].split('"')[0]
    with acting_as_system("tests"):
        assert Membership.objects.get(person=person).organisation_id == kept.pk
    told = client.post(page, {"do": "undo", "merge": key}, follow=True).content.decode()
    assert "both records are as they were" in told
    with acting_as_system("tests"):
        assert Membership.objects.get(person=person).organisation_id == gone.pk


def test_a_verification_ends_when_the_codes_change(client: Client, rows: Rows) -> None:
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
        own = Membership.objects.get(person=person).organisation
        Organisation.objects.filter(pk=own.pk).update(
            verified_at=timezone.now(), verified_until=dt.date(2030, 1, 1), vat="", size="small"
        )
    sign_in(client, rows.delegate)
    page = f"/organisations/{own.pk}/"
    client.post(page, {"do": "change", "about": "Masts", "size": "small"})
    with acting_as_system("tests"):
        own.refresh_from_db()
    assert own.verified_until == dt.date(2030, 1, 1)
    client.post(page, {"do": "change", "about": "Masts", "size": "large"})
    with acting_as_system("tests"):
        own.refresh_from_db()
    assert (own.size, own.verified_at, own.verified_until) == ("large", None, None)


def test_what_no_field_can_hold_is_refused_with_a_page(client: Client, rows: Rows) -> None:
    for address in ("/countries/M%00A/", "/?q=%00"):
        page = client.get(address)
        assert page.status_code == 400
        assert "is no text" in page.content.decode()
    sign_in(client, rows.delegate)
    page = client.post("/me/", {"name": "Ana\x00Pop", "email": "ana@example.org"})
    assert page.status_code == 400
    assert "nothing was changed" in page.content.decode()


def test_a_marking_that_no_form_looked_for_is_refused_with_a_page(
    client: Client, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punte.apps.people.register.refuse_classified", lambda *_: None)
    sign_in(client, rows.delegate)
    with acting_as_system("tests"):
        before = Person.objects.get(account__email=rows.delegate)
    page = client.post("/me/", {"name": "NATO SECRET Pop", "email": "ana@example.org"})
    assert page.status_code == 400
    assert "marking of RESTRICTED" in page.content.decode()
    with acting_as_system("tests"):
        assert Person.objects.get(pk=before.pk).name == before.name
