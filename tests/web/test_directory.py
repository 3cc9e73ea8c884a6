"""In the directory of an edition stands who agreed to it; those who meet see each other's name all the same."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from edition_rows import PASSWORD, Rows, make_edition
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.forum.models import Application, Delegate, Phase
from punte.apps.meetings.import_rows import guess_mapping
from punte.apps.meetings.importing import commit_import, stage_import
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import (
    ClearanceStage,
    Consent,
    Delegation,
    Nomination,
    Organisation,
    Person,
)
from punte.apps.people.queries import subject_of_account
from signed_in import signed_in
from small_forum import load_small

pytestmark = pytest.mark.django_db
NAME = "Nou Venit"
EMAIL = "nou@example.org"


@pytest.fixture
def rows() -> Rows:
    made = make_edition()
    with acting_as_system("tests"):
        ClearanceStage.objects.create(
            edition_id=made.edition.pk, position=1, name="Security", right="organise"
        )
        made.edition.takes_applications = True
        made.edition.save()
        now = timezone.now()
        Phase.objects.filter(edition=made.edition, kind="register").update(
            starts_at=now - dt.timedelta(days=1), ends_at=now + dt.timedelta(days=1)
        )
    return made


def new_account() -> Client:
    account = Account.objects.create_user(EMAIL, PASSWORD)
    EmailAddress.objects.create(user=account, email=EMAIL, verified=True, primary=True)
    return signed_in(EMAIL)


def address(rows: Rows, rest: str) -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def nominate_on_behalf(rows: Rows) -> str:
    """Enter and nominate somebody by their organisation, and return the path of their invitation."""
    desk = signed_in(rows.delegate)
    entered = {"do": "enter", "name": NAME, "email": EMAIL, "function": "Sales"}
    desk.post(address(rows, "delegation/"), entered | {"category": "industry"})
    with acting_as_system("tests"):
        person = Person.objects.get(email=EMAIL)
    shown = desk.post(
        address(rows, "delegation/"), {"do": "invite", "person": str(person.pk)}, follow=True
    ).content.decode()
    return shown.split("<code>")[1].split("</code>")[0].split("testserver")[1]


def clear(rows: Rows) -> Delegate:
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__email=EMAIL)
        Nomination.objects.filter(pk=nomination.pk).update(
            label_stewards=right_groups("organise", "vet", edition_id=rows.edition.pk)
        )
    page = signed_in(rows.organiser).post(
        address(rows, f"vetting/{nomination.pk}/"), {"decision": "cleared"}
    )
    assert page.status_code == 302
    with acting_as_system("tests"):
        return Delegate.objects.get(person__email=EMAIL)


def stranger(rows: Rows) -> Client:
    """Return a delegate of another organisation, signed in."""
    with acting_as_system("tests"):
        own = Person.objects.get(account__email=rows.delegate).memberships.get().organisation_id
        other = (
            Delegate.objects.exclude(organisation_id=own)
            .exclude(organisation_id=rows.edition.owner_org_id)
            .exclude(person__email=EMAIL)
            .first()
        )
        assert other is not None
        account = Account.objects.create_user("stranger@example.org", PASSWORD)
        Person.objects.filter(pk=other.person_id).update(account=account)
        delegation, _is_new = Delegation.objects.get_or_create(
            edition_id=rows.edition.pk,
            organisation_id=other.organisation_id,
            defaults={"owner_org_id": other.organisation_id},
        )
        Nomination.objects.get_or_create(
            delegation=delegation,
            edition_id=rows.edition.pk,
            person_id=other.person_id,
            defaults={
                "state": Nomination.State.CLEARED,
                "cleared_at": timezone.now(),
                "owner_org_id": other.organisation_id,
            },
        )
        other.person.memberships.get_or_create(
            organisation_id=other.organisation_id, defaults={"confirmed_at": timezone.now()}
        )
    return signed_in("stranger@example.org")


def finds(reader: Client, rows: Rows, delegate: Delegate) -> bool:
    """Whether the reader finds the person; every page that lists or names people says the same."""
    opened = reader.get(address(rows, f"people/{delegate.pk}/")).status_code == 200
    for page in (address(rows, "people/"), address(rows, "people/?q=Venit")):
        assert (NAME in reader.get(page).content.decode()) is opened, page
    if not opened:
        for page in ("/search/?q=Venit", address(rows, "my/suggestions/"), "/organisations/"):
            assert NAME not in reader.get(page).content.decode(), page
    return opened


def said_in_log(verb: str) -> list[AuditEntry]:
    with acting_as_system("tests"):
        return list(AuditEntry.objects.filter(verb=verb).order_by("pk"))


def test_who_is_nominated_by_another_is_in_no_directory_until_they_say_so(rows: Rows) -> None:
    link = nominate_on_behalf(rows)
    delegate = clear(rows)
    reader = stranger(rows)
    assert not finds(reader, rows, delegate)
    guest = new_account()
    form = guest.get(link).content.decode()
    assert 'name="listed" value="yes"' in form
    assert "checked" not in form, "never ticked for them"
    guest.post(link)
    assert not finds(reader, rows, delegate), "an invitation that was accepted says nothing of it"
    assert (
        "Nobody can ask you for a meeting yet"
        in guest.get(address(rows, "people/")).content.decode()
    )
    guest.post("/me/", {"do": "listing", "edition": str(rows.edition.pk), "listed": "yes"})
    assert finds(reader, rows, delegate)
    assert "Nobody can ask you" not in guest.get(address(rows, "people/")).content.decode()
    today = timezone.localdate()
    assert f"I agreed on {today}" in guest.get("/me/").content.decode()
    guest.post("/me/", {"do": "listing", "edition": str(rows.edition.pk), "listed": "no"})
    assert not finds(reader, rows, delegate)
    assert f"and took it back on {today}" in guest.get("/me/").content.decode()
    (given,) = said_in_log("consent.given")
    (withdrawn,) = said_in_log("consent.withdrawn")
    assert given.person_id == withdrawn.person_id == delegate.person_id
    assert given.edition_id == rows.edition.pk


def test_a_tick_on_the_invitation_lists_and_is_logged(rows: Rows) -> None:
    link = nominate_on_behalf(rows)
    new_account().post(link, {"listed": "yes"})
    delegate = clear(rows)
    assert finds(stranger(rows), rows, delegate)
    (given,) = said_in_log("consent.given")
    assert given.detail["where"] == "invitation"
    assert given.detail["by"] == str(delegate.person_id)


@pytest.mark.parametrize("ticks", [False, True])
def test_an_applicant_is_listed_as_they_chose(rows: Rows, *, ticks: bool) -> None:
    applicant = new_account()
    page = applicant.get(address(rows, "apply/")).content.decode()
    assert "List me in the directory" in page
    form = {"name": NAME, "function": "Sales", "organisation": "Apply Ltd", "kind": "company"}
    form |= {"country": "POL", "category": "industry"} | ({"listed": "yes"} if ticks else {})
    assert applicant.post(address(rows, "apply/"), form).status_code == 302
    with acting_as_system("tests"):
        made = Application.objects.get()
    assert made.agrees_to_listing is ticks
    said = "You agreed to stand in it" if ticks else "You did not agree to stand in it"
    assert said in applicant.get(address(rows, "apply/")).content.decode()
    desk = signed_in(rows.organiser)
    desk.post(address(rows, f"applications/{made.pk}/"), {"do": "accept"})
    delegate = clear(rows)
    assert finds(stranger(rows), rows, delegate) is ticks
    with acting_as_system("tests"):
        consents = list(Consent.objects.filter(person_id=delegate.person_id))
    assert [one.given_at for one in consents] == ([made.made_at] if ticks else [])
    assert [one.detail["where"] for one in said_in_log("consent.given")] == (
        ["application"] if ticks else []
    )


def test_who_is_imported_is_in_no_directory_and_seen_by_those_they_meet() -> None:
    forum = load_small()
    company = forum.subject("company")
    with acting_as_system("tests"):
        own = Delegate.objects.filter(edition=forum.edition, organisation_id=company.org_id)
        mine = own.order_by("code")[0]
    people = "code,name,email,organisation,kind,country,category\n"
    people += "X1,Imported One,x1@example.org,Fresh Ltd,company,POL,company\n"
    people += "X2,Imported Two,x2@example.org,Fresh Ltd,company,POL,company\n"
    organiser = forum.organiser
    for kind, text in (
        ("participants", people),
        ("requests", f"from,to,reason\nX1,{mine.code},Radars\n"),
    ):
        with acting(organiser):
            draft = stage_import(
                by=organiser,
                edition=forum.edition,
                kind=kind,
                file_name="table.csv",
                content=text.encode(),
            )
            mapping = guess_mapping(kind, draft.columns)
            commit_import(by=organiser, draft=draft, mapping=mapping)
    with acting_as_system("tests"):
        assert MeetingRequest.objects.filter(sender__code="X1").count() == 1
        assert Organisation.objects.filter(name="Fresh Ltd").count() == 1
    with acting(company):
        seen = set(Delegate.objects.filter(code__in=["X1", "X2"]).values_list("code", flat=True))
    assert seen == {"X1"}, "whom one meets, and not their colleague"
    with acting(forum.subject("authority")):
        assert not Delegate.objects.filter(code__in=["X1", "X2"]).exists()


def test_every_listed_person_of_the_sample_agreed() -> None:
    forum = load_small()
    with acting_as_system("tests"):
        listed = set(
            Delegate.objects.filter(
                label_releasable_to__contains=[f"edition:{forum.edition.pk}"]
            ).values_list("person_id", flat=True)
        )
        agreed = set(
            Consent.objects.filter(
                edition_id=forum.edition.pk, withdrawn_at__isnull=True
            ).values_list("person_id", flat=True)
        )
    assert listed
    assert listed <= agreed
    assert subject_of_account(Account.objects.get(email="company@bucharest.example")).is_vetted
