"""Files of an application: taken by their content, read by the applicant and who decides, gone in time."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from cast import Cast, make_member, make_open_edition
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.access.uploads import MOST_BYTES
from punte.apps.forum.models import (
    Application,
    ApplicationFile,
    Edition,
    Question,
)
from punte.apps.people.models import Delegation, Membership, Nomination
from punte.apps.people.privacy import erase_person
from punte.apps.people.purging import purge_expired
from signed_in import signed_in
from small_pictures import PNG

pytestmark = pytest.mark.django_db
APPLY = "/e/here/apply/"
FORM = {
    "name": "Ana Rusu",
    "organisation": "Știri de Test",
    "kind": "press",
    "country": "ROU",
    "category": "press",
}


@pytest.fixture
def edition(cast: Cast) -> Edition:
    made = make_open_edition(cast, "press")
    with acting_as_system("tests"):
        Question.objects.create(
            edition=made,
            code="card",
            label="Press card",
            kind="file",
            options="png\npdf",
            is_required=True,
            only_if_code="kind",
            only_if_value="press",
        )
    return made


@pytest.fixture
def applicant() -> Client:
    account = Account.objects.create_user("ana@news.example")
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    return signed_in(account)


def handed(content: bytes = PNG, name: str = "card.png") -> dict[str, object]:
    return {**FORM, "answer-card": SimpleUploadedFile(name, content, "image/png")}


def the_file() -> ApplicationFile:
    with acting_as_system("tests"):
        return ApplicationFile.objects.select_related("application").get()


def test_a_file_is_handed_in_and_read_by_two(
    cast: Cast, edition: Edition, applicant: Client
) -> None:
    assert "must be answered" in applicant.post(APPLY, FORM).content.decode()
    lie = applicant.post(APPLY, {**FORM, "answer-card": "card.png"}).content.decode()
    assert "must be answered" in lie, "words are no file"
    page = applicant.get(APPLY).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert 'accept=".png,.pdf"' in page
    assert applicant.post(APPLY, handed(name="card.exe")).status_code == 302
    file = the_file()
    own = f"{APPLY}file/{file.pk}/"
    assert own in applicant.get(APPLY).content.decode()
    desk_address = f"/e/here/applications/{file.application_id}/"
    desk = signed_in(cast.organiser.account)
    assert f"{desk_address}{file.pk}/" in desk.get(desk_address).content.decode()
    for answer in (applicant.get(own), desk.get(f"{desk_address}{file.pk}/")):
        assert answer.content == PNG
        assert answer["Content-Disposition"] == 'attachment; filename="card.png"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] == "image/png"
        assert "no-store" in answer["Cache-Control"]
    assert edition.pk == file.application.edition_id


def test_nobody_else_reads_it_the_hosts_other_people_neither(
    cast: Cast, edition: Edition, applicant: Client
) -> None:
    applicant.post(APPLY, handed())
    file = the_file()
    colleague = make_member("Vlad Coleg", "Elsewhere", edition_id=edition.pk)
    with acting_as_system("tests"):
        Membership.objects.filter(person=colleague.person).update(
            organisation=cast.organiser.organisation
        )
        Nomination.objects.filter(person=colleague.person).update(
            delegation=Delegation.objects.get(organisation=cast.organiser.organisation)
        )
    assert colleague.subject.org_id == edition.owner_org_id
    with acting(colleague.subject):
        assert Application.objects.exists(), "the host's people see that somebody applied"
    readers = {part: cast.everybody[part] for part in ("company", "authority", "guest", "outsider")}
    for part, member in {**readers, "colleague": colleague}.items():
        with acting(member.subject):
            assert not ApplicationFile.objects.exists(), part
        other = signed_in(member.account)
        assert other.get(f"{APPLY}file/{file.pk}/").status_code == 404
        address = f"/e/here/applications/{file.application_id}/{file.pk}/"
        assert other.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    with acting(cast.organiser.subject):
        assert ApplicationFile.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"MZ\x90\x00 a program", "card.png", "none of: PDF, PNG"),
        (b"\xff\xd8\xff\xe0 a picture", "card.jpg", "none of: PDF, PNG"),
        (b"%PDF-1.4 (NATO SECRET)", "card.pdf", "NATO SECRET"),
        (PNG.ljust(MOST_BYTES + 9, b"\x01"), "card.png", "more than 4 MB"),
    ],
)
def test_what_is_not_taken_leaves_nothing(
    edition: Edition, applicant: Client, content: bytes, name: str, said: str
) -> None:
    answer = applicant.post(APPLY, handed(content, name))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in page
    assert 'value="Știri de Test"' in page, "what was written stays"
    assert "Choose the file again." in page
    with acting_as_system("tests"):
        assert not Application.objects.filter(edition=edition).exists()
        assert not ApplicationFile.objects.exists()


def test_a_file_that_was_not_asked_for_is_dropped(edition: Edition, applicant: Client) -> None:
    sent = {**handed(), "kind": "company", "answer-other": SimpleUploadedFile("x.png", PNG)}
    assert applicant.post(APPLY, sent).status_code == 302
    with acting_as_system("tests"):
        assert Application.objects.get(edition=edition).answers == {}
        assert not ApplicationFile.objects.exists()


def test_it_goes_with_the_application_and_with_the_person(
    cast: Cast, edition: Edition, applicant: Client
) -> None:
    applicant.post(APPLY, handed())
    applicant.post(APPLY, {"do": "withdraw"})
    with acting_as_system("tests"):
        assert not ApplicationFile.objects.exists(), "taken back"
        assert Application.objects.get(edition=edition).state == "withdrawn"
    applicant.post(APPLY, handed())
    desk = signed_in(cast.organiser.account)
    desk.post(f"/e/here/applications/{the_file().application_id}/", {"do": "accept"})
    with acting_as_system("tests"):
        from punte.apps.people.models import Person

        person = Person.objects.get(email="ana@news.example")
    from punte.apps.people.queries import subject_of_person

    subject = subject_of_person(person.pk)
    with acting(subject):
        erase_person(by=subject, person=person)
    with acting_as_system("tests"):
        assert not ApplicationFile.objects.exists(), "the person was erased"


def purged(*, today: dt.date) -> int:
    return purge_expired(today=today)["forum.ApplicationFile"]


def test_files_are_purged_in_time(edition: Edition, applicant: Client) -> None:
    applicant.post(APPLY, handed())
    today = timezone.localdate()
    assert purged(today=today + dt.timedelta(days=90)) == 0
    with acting_as_system("tests"):
        Application.objects.update(
            state="refused", decided_at=timezone.now() - dt.timedelta(days=89)
        )
    assert purged(today=today) == 0
    with acting_as_system("tests"):
        Application.objects.update(decided_at=timezone.now() - dt.timedelta(days=91))
    assert purged(today=today) == 1
    # The first round was of a later day, and took the session with it.
    applicant.force_login(Account.objects.get(email="ana@news.example"))
    applicant.post(APPLY, handed())
    assert purged(today=today + dt.timedelta(days=91)) == 1
    with acting_as_system("tests"):
        assert Application.objects.filter(edition=edition).count() == 2


def test_the_desk_asks_for_files(cast: Cast, edition: Edition) -> None:
    desk, address = signed_in(cast.organiser.account), "/e/here/applications/form/"
    question = {"do": "add", "label": "Passport", "kind": "file", "options": "exe"}
    assert "“exe” is no kind of file" in desk.post(address, question, follow=True).content.decode()
    for number in range(4):
        desk.post(address, question | {"label": f"File {number}", "options": "PDF"})
    page = desk.post(address, question | {"options": ""}, follow=True).content.decode()
    assert "at most 5 files" in page
    with acting_as_system("tests"):
        assert edition.questions.filter(kind="file").count() == 5
        assert edition.questions.get(label="File 1").file_kinds == ["pdf"]


def test_only_the_platform_writes_files(cast: Cast, edition: Edition, applicant: Client) -> None:
    applicant.post(APPLY, handed())
    with acting(cast.organiser.subject), connection.cursor() as cursor:
        cursor.execute("UPDATE forum_applicationfile SET name = 'other'")
        assert cursor.rowcount == 0
    assert the_file().application.edition_id == edition.pk
