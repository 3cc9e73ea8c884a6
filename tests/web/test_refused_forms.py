"""A form that was refused tells its faults first, each leading to its field, and the field itself says what is wrong with it."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from cast import Cast, make_open_edition
from edition_rows import PASSWORD, Rows, make_edition
from faults_told import Told, title_of, told_on
from gift_rows import email_of, sides_of
from money_desk import at as at_plan
from money_desk import begin, make_keepers, plan_form, sign_in
from page_forms import as_read, form_with
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Question
from punte.apps.programmes.models import Programme
from punte.web.faults.summary import with_summary
from signed_in import signed_in
from web.listings.test_pages import FORM as LISTING
from web.test_agenda_pages import fields
from web.test_gifts import FORM as GIFT
from web.test_registration_pages import FORM as APPLICATION

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def only(page: str) -> Told:
    """Return the one fault of a page, which is told as such in the title too."""
    assert title_of(page).startswith("Error: ")
    (told,) = told_on(page)
    assert "There is 1 problem" in page
    return told


def require_told(told: Told, field: str, words: str) -> None:
    """Require that a fault leads to its field, and that the field says so itself."""
    assert words in told.words
    assert told.field == field
    assert told.is_marked
    assert any(words in one for one in told.described), told.described


def test_a_page_without_fault_is_what_it_was() -> None:
    page = Client().get("/accounts/login/").text
    assert told_on(page) == []
    assert not title_of(page).startswith("Error")
    assert with_summary(page, {}) == page


def test_an_application_leads_to_each_field(cast: Cast) -> None:
    edition = make_open_edition(cast, "press", "company")
    with acting_as_system("tests"):
        Question.objects.create(edition=edition, code="card", label="Press card", is_required=True)
    account = Account.objects.create_user("ana@news.example")
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    sent = {**APPLICATION, "organisation": " ", "kind": "x", "country": "", "category": "none"}
    page = signed_in(account).post("/e/here/apply/", sent).text
    told = {one.field: one for one in told_on(page)}
    assert set(told) == {"organisation", "kind", "country", "category"}
    assert title_of(page).startswith("Error: ")
    assert "There are 4 problems" in page
    assert all(one.is_marked and one.described for one in told.values())
    page = signed_in(account).post("/e/here/apply/", APPLICATION).text
    require_told(only(page), "answer-card", "“Press card” must be answered.")


@pytest.mark.parametrize(
    ("field", "sent", "words"),
    [
        ("worth", "lots", "“lots” is no number"),
        ("on", "", "Give the day."),
        ("on", "2025-13-40", "is no day"),
        ("what", " ", "Say what it was"),
        ("other_name", "", "Say with which organisation"),
        ("became", "x", "Choose what became of it."),
    ],
)
def test_a_gift_leads_to_its_field(rows: Rows, field: str, sent: str, words: str) -> None:
    client = signed_in(email_of(sides_of(rows).official))
    address = f"/e/{rows.edition.slug}/gifts/"
    page = client.post(address, {**GIFT, field: sent}, follow=True).text
    require_told(only(page), field, words)
    assert told_on(client.get(address).text) == [], "told once"


@pytest.mark.parametrize(("field", "sent"), [("title", ""), ("cpv", "12"), ("language", "??")])
def test_a_listing_leads_to_its_field(cast: Cast, field: str, sent: str) -> None:
    page = signed_in(cast.authority).post("/needs/new/", {**LISTING, field: sent}).text
    told = only(page)
    assert (told.field, told.is_marked) == (field, True)
    assert told.words in " ".join(told.described)


@pytest.mark.parametrize(
    ("field", "sent", "words"),
    [
        ("capacity", "many", "Write the seats as a whole number"),
        ("starts_at", "soon", "“soon” is no day and time"),
        ("ends_at", "2025-11-05T15:00", ""),
        ("speakers", "Ana; Minister; XX-1", "No delegate has the code"),
        ("title", " ", ""),
        ("link", "javascript:x", ""),
        ("place", "elsewhere", "The place that you chose"),
    ],
)
def test_a_session_leads_to_its_field(rows: Rows, field: str, sent: str, words: str) -> None:
    client = signed_in(rows.organiser)
    address = f"/e/{rows.edition.slug}/agenda/edit/new/"
    page = client.post(address, fields("A talk") | {field: sent}).text
    require_told(only(page), field, words)


def test_of_several_forms_the_one_that_was_sent(rows: Rows) -> None:
    client = signed_in(rows.organiser)
    address = f"/e/{rows.edition.slug}/agenda/edit/"
    hours = {"do": "hours", "opens_at": "08:00", "closes_at": "late"}
    page = client.post(address, as_read(client, address, hours)).text
    require_told(only(page), "closes_at", "“late” is no time")


def test_signing_in_leads_to_the_first_field_and_blames_none(rows: Rows) -> None:
    cache.clear()
    page = Client().post("/accounts/login/", {"login": rows.organiser, "password": "x"}).text
    told = only(page)
    assert (told.field, told.is_marked) == ("login", False)
    page = Client().post("/accounts/login/", {"login": "", "password": "x"}).text
    require_told(only(page), "login", "required")


def test_a_wrong_code_of_the_second_step_leads_to_its_field(rows: Rows) -> None:
    cache.clear()
    account = Account.objects.get(email=rows.delegate)
    EmailAddress.objects.update_or_create(
        user=account, email=account.email, defaults={"verified": True, "primary": True}
    )
    client = Client()
    client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    page = client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).text
    require_told(only(page), "code", "Incorrect code")
    assert not is_mfa_enabled(account)


def test_a_table_leads_to_its_cell(client: Client) -> None:
    cast = make_keepers()
    sign_in(client, cast)
    address = at_plan(begin(client), "edit/")
    form = plan_form(client, address)
    page = client.post(address, {**form, "draw-amount-0": "plenty"}).text
    told = only(page)
    require_told(told, "draw-amount-0", "plenty")
    assert "Nothing was kept" in page


def test_the_plan_of_a_programme_leads_to_its_cell_in_its_own_summary(client: Client) -> None:
    cast = make_keepers()
    sign_in(client, cast)
    with acting_as_system("tests"):
        programme = Programme.objects.first()
    assert programme is not None
    address = f"/programmes/{programme.pk}/plan/"
    form = _sheet(client.get(address).text)
    broken = next(name for name in form if name == "likely-0")
    page = client.post(address, {**form, broken: "long", "do": "plan"}).text
    told = told_on(page)
    assert told, page[:3000]
    assert title_of(page).startswith("Error: ")
    assert (told[0].field, told[0].is_marked) == (broken, True)


def _sheet(page: str) -> dict[str, str]:
    return form_with(page, "read_number", "start", "status_at").fields


def test_the_title_and_the_number_are_in_the_readers_language() -> None:
    cache.clear()
    client = Client(headers={"Accept-Language": "ro"})
    page = client.post("/accounts/login/", {"login": "", "password": ""}).text
    translation.deactivate()
    assert title_of(page).startswith("Eroare: ")
    assert "Sunt 2 probleme" in page


def test_what_was_written_is_told_as_text_alone(rows: Rows) -> None:
    client = signed_in(rows.organiser)
    address = f"/e/{rows.edition.slug}/agenda/edit/new/"
    sent = fields("A talk", starts_at='"><script>x</')
    page = client.post(address, sent).text
    assert "<script>x" not in page
    assert only(page).field == "starts_at"
