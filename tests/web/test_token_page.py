"""The page on which people make tokens for programs: shown once, revoked, and closed to whoever acts for another."""

import re

import pytest
from django.test import Client, override_settings

from api_caller import Caller
from cast import Cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.people.models import ApiToken
from signed_in import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/me/tokens/"


def make(client: Client, **more: str) -> str:
    wish = {"do": "make", "name": "nightly export", "scope": "read", "days": "90", **more}
    return str(client.post(PAGE, wish).content.decode())


def secret_in(page: str) -> str:
    found = re.search(r'value="(punte_[\w-]+)"', page)
    assert found, "no secret is shown"
    return found[1]


def test_a_token_is_shown_once_and_works(cast: Cast) -> None:
    client = signed_in(cast.company.account)
    assert "None yet" in client.get(PAGE).content.decode()
    page = make(client)
    secret = secret_in(page)
    again = client.get(PAGE)
    assert again["Cache-Control"] == "private, no-store"
    assert secret not in again.content.decode()
    assert "nightly export" in again.content.decode()
    told = Caller(secret).get("me").json()
    assert told["person_id"] == str(cast.company.person.pk)
    assert told["may_write"] is False


def test_a_revoked_token_is_told_and_stays_dead(cast: Cast) -> None:
    client = signed_in(cast.company.account)
    secret = secret_in(make(client))
    with acting_as_system("tests"):
        token = ApiToken.objects.get()
    told = client.post(PAGE, {"do": "revoke", "token": str(token.pk)}, follow=True)
    assert "It opens nothing any more" in told.content.decode()
    assert Caller(secret).get("me").status_code == 401
    twice = client.post(PAGE, {"do": "revoke", "token": str(token.pk)}, follow=True)
    assert "no such token" in twice.content.decode()
    other = signed_in(cast.guest.account).post(
        PAGE, {"do": "revoke", "token": str(token.pk)}, follow=True
    )
    assert "no such token" in other.content.decode()


def test_what_was_typed_stays_after_a_refusal(cast: Cast) -> None:
    page = make(signed_in(cast.company.account), days="4000")
    assert "1 to 365 days" in page
    assert 'value="nightly export"' in page
    with acting_as_system("tests"):
        assert not ApiToken.objects.exists()


def test_staff_make_one_only_in_a_session_with_its_second_step(cast: Cast) -> None:
    from allauth.account.internal.flows.login import (
        _AUTHENTICATION_METHODS_USER_SESSION_KEY,
        AUTHENTICATION_METHODS_SESSION_KEY,
    )
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(
        user=cast.organiser.account, type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    client = signed_in(cast.organiser.account)
    with override_settings(PUNTE_REQUIRE_MFA=True):
        assert "sign in with your second step" in make(client)
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 1.0}]
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(cast.organiser.account.pk)
        session.save()
        secret = secret_in(make(client))
        assert Caller(secret).get("me").status_code == 200


def test_a_visitor_and_one_without_a_person_make_none(cast: Cast) -> None:
    from punte.apps.access.models import Account

    del cast
    assert Client().get(PAGE).status_code == 302
    nobody = Account.objects.create_user("nobody@example.org")
    assert signed_in(nobody).get(PAGE).status_code == 403
