"""The pages of refusals and faults: in the site's own words and look, and none of them needs what may be broken."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import path
from django.utils import translation

from punte.apps.access.models import Account

pytestmark = pytest.mark.django_db


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(request.path)


urlpatterns = [path("broken/", broken)]


def test_an_account_without_a_person_is_told_what_to_do() -> None:
    client = Client()
    client.force_login(
        Account.objects.create_user(email="nobody@forum.example", password="long enough 1"),
        "allauth.account.auth_backends.AuthenticationBackend",
    )
    for address in ("/me/mail/", "/me/tokens/", "/me/data.json"):
        answer = client.get(address)
        assert answer.status_code == 403, address
        page = answer.content.decode()
        assert "Open the address of your invitation" in page, address
        assert '<a class="brand"' in page
    page = client.get("/audit/").content.decode()
    assert "The log is read by auditors" in page


def test_a_form_without_its_token_is_refused_in_our_words() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        "/accounts/login/", {"login": "a@forum.example"}, headers={"Accept-Language": "ro"}
    )
    assert answer.status_code == 403
    assert "Nu s-a schimbat nimic" in answer.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_a_fault_is_told_without_the_database_or_a_template_that_needs_a_request() -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/broken/")
    assert answer.status_code == 500
    assert "Something broke here" in answer.content.decode()
    with translation.override("ro"):
        assert "Ceva s-a stricat" in render_to_string("500.html")
