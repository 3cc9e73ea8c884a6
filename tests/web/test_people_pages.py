"""Pages of people: rights, acting on behalf, one's own data, organisations, the second step."""

import datetime as dt

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from edition_rows import Rows
from people_desk import base, make_rows, sign_in
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.people.models import (
    ClearanceStage,
    Grant,
    Membership,
    Organisation,
    Person,
)
from small_forum import load_small

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_rows()


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
    client.post(
        page, {"person": str(person.pk), "right": "check-in", "until": until, "sure": "yes"}
    )
    other = Client()
    sign_in(other, rows.delegate)
    assert other.get(base(rows, "check-in/")).status_code == 200
    assert other.get(page).status_code == 404
    with acting_as_system("tests"):
        grant = Grant.objects.get(person=person)
    client.post(page, {"do": "revoke", "grant": str(grant.pk), "sure": "yes"})
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
    client.post(base(rows, "availability/"), {"shown": [], "here": []})
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


def test_why_one_sees_is_said_in_whole_sentences_of_the_readers_language(client: Client) -> None:
    load_small()
    client.force_login(Account.objects.get(email="moldova@bucharest.example"))
    english = client.get("/me/", headers={"accept-language": "en"}).content.decode()
    assert "<li>Moldova is a candidate for the European Union" in english
    Account.objects.filter(email="moldova@bucharest.example").update(language="ro")
    romanian = client.get("/me/", headers={"accept-language": "ro"}).content.decode()
    assert "is a candidate" not in romanian
    assert "<li>Republica Moldova este" in romanian


def test_the_sample_has_stages_and_a_steward_who_merges_records(client: Client) -> None:
    forum = load_small()
    steward = forum.subject("steward")
    assert "organise@*" in steward.groups
    client.force_login(Account.objects.get(email="steward@bucharest.example"))
    assert client.get("/persons/merge/").status_code == 200
    assert client.get("/suspensions/").status_code == 200
    with acting_as_system("tests"):
        stages = ClearanceStage.objects.filter(edition_id=forum.edition.pk)
        assert [one.name for one in stages] == ["Host nation", "Protocol"]
