"""Apply to come: the form, its state for the applicant, the organisers' answer, and who is refused what."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from cast import EDITION, Cast, make_open_edition
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.forum.models import Application, Edition, Question
from punte.apps.people.first_organiser import open_site
from punte.apps.people.models import Membership, Nomination, Organisation, Person
from punte.apps.people.queries import subject_of_account
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Ana Rusu",
    "function": "Reporter",
    "organisation": "Știri de Test",
    "kind": "press",
    "country": "ROU",
    "category": "press",
}


def ask_questions(made: Edition) -> None:
    """Three questions: one for the press, one for everybody, one that hangs from it."""
    Question.objects.create(
        edition=made,
        code="card",
        label="Number of the press card",
        is_required=True,
        only_if_code="kind",
        only_if_value="press",
    )
    Question.objects.create(
        edition=made, code="badge", label="Needs a visa", kind="yes", position=1
    )
    Question.objects.create(
        edition=made,
        code="passport",
        label="Nationality of the passport",
        is_required=True,
        only_if_code="badge",
        only_if_value="yes",
        position=2,
    )


@pytest.fixture
def edition(cast: Cast) -> Edition:
    made = make_open_edition(cast, "press", "company")
    with acting_as_system("tests"):
        ask_questions(made)
    return made


@pytest.fixture
def applicant() -> Client:
    account = Account.objects.create_user("ana@news.example")
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    client = Client()
    client.force_login(account)
    return client


def organiser_of(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.organiser.account)
    return client


def latest() -> Application:
    with acting_as_system("tests"):
        found = Application.objects.last()
        assert found is not None
        return found


def test_questions_that_depend_are_asked_only_then(edition: Edition, applicant: Client) -> None:
    page = applicant.post("/e/here/apply/", FORM).content.decode()
    assert "“Number of the press card” must be answered." in page
    assert 'value="Știri de Test"' in page, "what was written stays"
    page = applicant.post(
        "/e/here/apply/", FORM | {"answer-card": "77", "answer-badge": "yes"}
    ).content.decode()
    assert "“Nationality of the passport” must be answered." in page
    with acting_as_system("tests"):
        assert not Application.objects.exists()
    # Neither condition holds: an answer to a question that is not asked is dropped.
    sent = FORM | {"kind": "company", "category": "company", "answer-passport": "ROU"}
    assert applicant.post("/e/here/apply/", sent).status_code == 302
    assert latest().answers == {}
    assert edition.pk == latest().edition_id


def test_who_is_accepted_is_nominated_with_the_account(
    cast: Cast, edition: Edition, applicant: Client
) -> None:
    applicant.post("/e/here/apply/", FORM | {"answer-card": "77"})
    page = applicant.get("/e/here/apply/").content.decode()
    assert "Waiting for an answer" in page
    assert "77" in page
    again = applicant.post("/e/here/apply/", FORM | {"answer-card": "78"}).content.decode()
    assert "waits already" in again
    desk = organiser_of(cast)
    assert "Ana Rusu" in desk.get("/e/here/applications/").content.decode()
    address = f"/e/here/applications/{latest().pk}/"
    refused = desk.post(address, {"do": "refused"}, follow=True).content.decode()
    assert "Give the reason" in refused
    desk.post(address, {"do": "listed"})
    assert "On the waiting list" in applicant.get("/e/here/apply/").content.decode()
    assert "clearance" in desk.post(address, {"do": "accept"}, follow=True).content.decode()
    assert latest().state == "accepted"
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__email="ana@news.example")
        assert (nomination.state, nomination.category) == ("waiting", "press")
        assert nomination.person.account is not None
        assert nomination.owner_org.name == "Știri de Test"
    assert not subject_of_account(nomination.person.account).is_vetted, "nobody is cleared by it"
    page = applicant.get("/e/here/apply/").content.decode()
    assert "Accepted" in page
    assert "<textarea" not in page
    assert "answered already" in desk.post(address, {"do": "accept"}, follow=True).content.decode()
    assert edition.pk == nomination.edition_id


def test_the_organiser_reads_whom_accepting_nominates(
    cast: Cast, edition: Edition, applicant: Client
) -> None:
    del edition
    desk = organiser_of(cast)
    applicant.post("/e/here/apply/", FORM | {"answer-card": "77"})
    address = f"/e/here/applications/{latest().pk}/"
    assert "The register knows this account" not in desk.get(address).content.decode()
    with acting_as_system("tests"):
        firm = Organisation(name="Aquila", kind="company", country_id="ROU")
        firm.owner_org_id = firm.pk
        firm.save()
        known = Person.objects.create(
            name="Ioana Known", owner_org=firm, account_id=latest().account_id
        )
        Membership.objects.create(person=known, organisation=firm, confirmed_at=timezone.now())
    page = desk.get(address).content.decode()
    assert "The register knows this account as Ioana Known of Aquila." in page
    desk.post(address, {"do": "accept"})
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person=known)
    assert nomination.owner_org_id == firm.pk


def test_an_organisation_of_the_register_can_be_chosen(
    cast: Cast, edition: Edition, applicant: Client
) -> None:
    with acting_as_system("tests"):
        known = Organisation(
            name="Știri de Test SA",
            kind="press",
            country_id="ROU",
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )
        known.save()
    applicant.post("/e/here/apply/", FORM | {"answer-card": "77"})
    desk, address = organiser_of(cast), f"/e/here/applications/{latest().pk}/"
    assert str(known.pk) in desk.get(address).content.decode()
    hidden = str(cast.authority.organisation.pk)
    page = desk.post(address, {"do": "accept", "organisation": hidden}, follow=True).content
    assert "not in the register" in page.decode(), "one that the organiser does not see"
    desk.post(address, {"do": "accept", "organisation": str(known.pk)})
    with acting_as_system("tests"):
        assert Person.objects.get(email="ana@news.example").owner_org_id == known.pk


def test_applications_are_read_by_their_organisers_alone(
    cast: Cast, edition: Edition, applicant: Client
) -> None:
    applicant.post("/e/here/apply/", FORM | {"answer-card": "77"})
    for part in ("company", "authority", "guest", "outsider"):
        client = Client()
        client.force_login(cast.everybody[part].account)
        for tail in ("", "form/", f"{latest().pk}/"):
            assert client.get(f"/e/here/applications/{tail}").status_code == 404
        assert "Ana Rusu" not in client.get("/e/here/apply/").content.decode()
        with acting(cast.everybody[part].subject):
            assert not Application.objects.exists()
    assert edition.pk == EDITION


def test_a_closed_door_takes_nothing(edition: Edition, applicant: Client) -> None:
    with acting_as_system("tests"):
        Edition.objects.filter(pk=edition.pk).update(takes_applications=False)
    page = applicant.get("/e/here/apply/").content.decode()
    assert "takes no applications now" in page
    page = applicant.post("/e/here/apply/", FORM | {"answer-card": "7"}).content.decode()
    assert "takes no applications now" in page
    assert "Apply to come" not in Client().get("/e/here/").content.decode()
    with acting_as_system("tests"):
        Edition.objects.filter(pk=edition.pk).update(takes_applications=True)
        edition.phases.update(ends_at=timezone.now() - dt.timedelta(minutes=1))
    assert applicant.post("/e/here/apply/", FORM | {"answer-card": "7"}).status_code == 200
    with acting_as_system("tests"):
        assert not Application.objects.exists()


def test_what_is_taken_back_can_be_made_again(edition: Edition, applicant: Client) -> None:
    applicant.post("/e/here/apply/", FORM | {"answer-card": "77"})
    applicant.post("/e/here/apply/", {"do": "withdraw"})
    assert latest().state == "withdrawn"
    assert applicant.post("/e/here/apply/", FORM | {"answer-card": "7"}).status_code == 302
    marked = FORM | {"answer-card": "NATO SECRET"}
    applicant.post("/e/here/apply/", {"do": "withdraw"})
    assert "NATO SECRET" in applicant.post("/e/here/apply/", marked).content.decode()
    assert edition.applications.model is Application


def test_the_form_is_written_by_organisers(cast: Cast, edition: Edition) -> None:
    desk, address = organiser_of(cast), "/e/here/applications/form/"
    question = {"do": "add", "label": "T-shirt", "kind": "choice", "options": "S"}
    assert "at least two" in desk.post(address, question, follow=True).content.decode()
    desk.post(address, question | {"options": "S\nM", "is_required": "yes"})
    told = desk.post(address, question | {"options": "S\nM"})
    assert "asks “T-shirt” already" in told.content.decode()
    desk.post(address, question | {"label": "T shirt", "options": "S\nM"})
    with acting_as_system("tests"):
        codes = set(edition.questions.values_list("code", flat=True))
        badge = edition.questions.get(code="badge")
    assert {"t-shirt", "t-shirt-2"} <= codes
    page = desk.post(address, {"do": "away", "question": str(badge.pk)}, follow=True)
    assert "depends on it" in page.content.decode()
    nowhere = question | {"label": "Cap", "options": "S\nM", "only_if_code": "nowhere"}
    assert "not in the form" in desk.post(address, nowhere, follow=True).content.decode()


def test_a_site_is_opened_for_its_first_organiser() -> None:
    wish = {"email": "host@mod.example", "name": "Host", "organisation": "Ministry"}
    with pytest.raises(PunteError, match="no country"):
        open_site(**wish, country="XXX")
    assert not Account.objects.filter(email="host@mod.example").exists()
    opened = open_site(**wish, country="ROU")
    again = open_site(**wish, country="ROU")
    assert again.person.pk == opened.person.pk
    account = Account.objects.get(email="host@mod.example")
    assert subject_of_account(account).has_right("organise", EDITION)
    client = Client()
    form = client.get(again.path, follow=True)
    assert form.status_code == 200
    words = "a long enough sentence"
    client.post(form.redirect_chain[-1][0], {"password1": words, "password2": words})
    account.refresh_from_db()
    assert account.check_password(words)
    from punte.cli.main import cli

    told = CliRunner().invoke(cli, ["site", "organiser", "--help"])
    assert told.exit_code == 0
    assert "--country" in told.output
