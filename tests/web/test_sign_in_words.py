"""The pages of signing in, which a library writes, speak as the rest of the product does."""

from pathlib import Path

import allauth
import pytest
from allauth.account.adapter import get_adapter
from babel.messages.pofile import read_po
from django.contrib import auth
from django.test import Client
from django.utils import translation

from punte.web.ui.sign_in_words import SIGN_IN_WORDS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
)
def test_romanian_is_polite_and_has_its_marks(address: str) -> None:
    page = Client().get(address, headers={"Accept-Language": "ro"}).content.decode()
    for familiar in ("Inregistreaza", "Conecteaza", "Te rugam", "Ai uitat", "Introdu ", "Tine-ma"):
        assert familiar not in page, familiar


def test_every_sentence_is_one_that_the_library_says() -> None:
    known: set[str] = set()
    for library in (allauth, auth):
        path = Path(library.__file__ or "").parent / "locale/ro/LC_MESSAGES/django.po"
        with path.open("rb") as stream:
            known |= {str(one.id) for one in read_po(stream)}
    assert set(SIGN_IN_WORDS) <= known, "a library says something else by now"
    with translation.override("ro"):
        said = {one: translation.gettext(one) for one in SIGN_IN_WORDS}
    assert said["Sign Out"] == "Ieșire"
    told = get_adapter().error_messages["email_password_mismatch"]
    with translation.override("ro"):
        assert str(told) == "Adresa de e-mail sau parola nu este corectă."
