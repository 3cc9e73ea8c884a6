"""The press page: what visitors may see and nothing else, whoever reads; and who writes it."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cast import EDITION, Cast
from page_forms import as_read
from punte.apps.access.permissions import PUBLIC, VISITOR, acting, acting_as_system, right_groups
from punte.apps.forum.models import (
    AttendeeCategory,
    Edition,
    Fact,
    HostRole,
    Phase,
    Release,
    ReleaseFile,
)

pytestmark = pytest.mark.django_db
PAGE, DESK = "/e/here/press/", "/e/here/set-up/press/"
PDF = b"%PDF-1.7 (Hello) %%EOF"


@pytest.fixture
def edition(cast: Cast) -> Edition:
    now = timezone.now()
    with acting_as_system("tests"):
        made = Edition.objects.create(
            id=EDITION,
            slug="here",
            forum="Forum",
            name="Here",
            city="Bucharest",
            starts_on=timezone.localdate(now) + dt.timedelta(days=60),
            ends_on=timezone.localdate(now) + dt.timedelta(days=61),
            owner_org=cast.organiser.organisation,
            label_releasable_to=[PUBLIC],
            label_stewards=right_groups("organise", edition_id=EDITION),
        )
        Fact.objects.create(
            edition=made, key="city", value="Held in Bucharest", source="https://example.org/"
        )
        HostRole.objects.create(edition=made, role="patron", name="The Patron")
    return made


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.organiser.account)
    return client


def write(desk: Client, title: str) -> Release:
    answer = desk.post(DESK, {"do": "write", "title": title, "text": f"Text of {title}."})
    assert answer.status_code == 302
    with acting_as_system("tests"):
        return Release.objects.get(title=title)


def test_the_page_leads_from_the_edition_and_says_what_is_known(edition: Edition) -> None:
    visitor = Client()
    assert PAGE in visitor.get("/e/here/").content.decode()
    page = visitor.get(PAGE).content.decode()
    for words in ("Held in Bucharest", "https://example.org/", "The Patron", "not verified"):
        assert words in page
    assert "No contact was named yet." in page
    assert "The press is not accredited" in page
    assert edition.name in page


def test_accreditation_goes_through_the_application_form(
    cast: Cast, edition: Edition, desk: Client
) -> None:
    now = timezone.now()
    with acting_as_system("tests"):
        AttendeeCategory.objects.create(edition=edition, code="company", name="Companies")
        AttendeeCategory.objects.create(edition=edition, code="press", name="Press")
        phase = Phase.objects.create(
            edition=edition,
            kind="register",
            starts_at=now + dt.timedelta(days=1),
            ends_at=now + dt.timedelta(days=2),
        )
    assert "Applications open on" in Client().get(PAGE).content.decode()
    with acting_as_system("tests"):
        Phase.objects.filter(pk=phase.pk).update(starts_at=now - dt.timedelta(days=1))
        Edition.objects.filter(pk=edition.pk).update(takes_applications=True)
    page = Client().get(PAGE).content.decode()
    assert "/e/here/apply/?kind=press&amp;category=press" in page
    account = cast.outsider.account
    reader = Client()
    reader.force_login(account)
    form = reader.get("/e/here/apply/?kind=press&category=press").content.decode()
    assert '<option value="press" selected>Press</option>' in form
    with acting_as_system("tests"):
        Phase.objects.filter(pk=phase.pk).update(ends_at=now - dt.timedelta(hours=1))
    assert "Applications are closed" in desk.get(PAGE).content.decode()


def test_a_release_is_a_draft_until_it_is_published(edition: Edition, desk: Client) -> None:
    release = write(desk, "First words")
    address = f"{DESK}{release.pk}/"
    desk.post(address, {"do": "file", "file": SimpleUploadedFile("plan.txt", PDF)})
    with acting_as_system("tests"):
        file = ReleaseFile.objects.get()
    assert file.name == "plan.pdf"
    for reader in (Client(), desk):
        assert "First words" not in reader.get(PAGE).content.decode(), "not even for organisers"
    assert Client().get(f"{PAGE}{file.pk}/").status_code == 404
    with acting(VISITOR):
        assert not Release.objects.exists()
        assert not ReleaseFile.objects.exists()
    soon = (timezone.now() + dt.timedelta(days=2)).astimezone(edition.zone)
    desk.post(address, as_read(desk, address, {"do": "publish", "until": f"{soon:%Y-%m-%dT%H:%M}"}))
    for reader in (Client(), desk):
        assert "First words" not in reader.get(PAGE).content.decode(), "embargo"
    assert Client().get(f"{PAGE}{file.pk}/").status_code == 404
    desk.post(address, {"do": "back"})
    desk.post(address, as_read(desk, address, {"do": "publish"}))
    page = Client().get(PAGE).content.decode()
    assert "Text of First words." in page
    answer = Client().get(f"{PAGE}{file.pk}/")
    assert answer.content == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    changed = desk.post(address, {"do": "change", "title": "Other", "text": "x"}, follow=True)
    assert "Take it back first" in changed.content.decode()
    assert "Take it back first" in desk.post(address, {"do": "remove"}).content.decode()
    desk.post(address, {"do": "back"})
    desk.post(address, {"do": "remove"})
    with acting_as_system("tests"):
        assert not Release.objects.exists()
        assert not ReleaseFile.objects.exists()


def test_a_hidden_edition_hides_its_releases(cast: Cast, edition: Edition, desk: Client) -> None:
    release = write(desk, "First words")
    desk.post(f"{DESK}{release.pk}/", as_read(desk, f"{DESK}{release.pk}/", {"do": "publish"}))
    with acting_as_system("tests"):
        Edition.objects.filter(pk=edition.pk).update(label_releasable_to=[])
    assert Client().get(PAGE).status_code == 404
    with acting(VISITOR):
        assert not Release.objects.exists()
    assert "Visitors do not find this page" in desk.get(PAGE).content.decode()
    other = Client()
    other.force_login(cast.company.account)
    assert other.get(PAGE).status_code == 404


def test_the_contact_and_wrong_words(edition: Edition, desk: Client) -> None:
    contact = {"do": "contact", "name": "Ioana", "email": "press@mod.example", "phone": "+40 21 1"}
    desk.post(DESK, as_read(desk, DESK, contact))
    assert "press@mod.example" in Client().get(PAGE).content.decode()
    page = desk.post(DESK, as_read(desk, DESK, contact | {"email": "nowhere"})).content.decode()
    assert "“nowhere” is no e-mail address." in page
    assert 'value="nowhere"' in page
    assert (
        "telephone number"
        in desk.post(DESK, as_read(desk, DESK, contact | {"phone": "call me"})).content.decode()
    )
    page = desk.post(DESK, {"do": "write", "title": "A", "text": "NATO SECRET"}).content.decode()
    assert "NATO SECRET" in page
    assert "title and a text" in desk.post(DESK, {"do": "write", "title": "A"}).content.decode()
    with acting_as_system("tests"):
        assert not Release.objects.filter(edition=edition).exists()


@pytest.mark.parametrize("part", ["company", "authority", "guest", "outsider"])
def test_nobody_else_writes(cast: Cast, edition: Edition, desk: Client, part: str) -> None:
    release = write(desk, "First words")
    client = Client()
    client.force_login(cast.everybody[part].account)
    for address in (DESK, f"{DESK}{release.pk}/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"do": "publish"}).status_code == 404
    assert release.edition_id == edition.pk
