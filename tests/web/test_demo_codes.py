"""In the demo whoever signs up reads the code of its own mail, and no other mail; a site that sends mails never shows it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.test import Client, override_settings

from cast import Cast
from punte.apps.access.start_up import UnsafeStartError, check_codes, refuse_unsafe_start
from punte.apps.people.mailbox import letters_to

pytestmark = pytest.mark.django_db
PASSWORD = "a bridge over the Olt, 1897"
SHOWN = "This site sends no mail; here is what it says"
MAILBOX = "punte.apps.people.mailbox.MailboxBackend"


def demo(folder: Path, **more: object) -> override_settings:
    return override_settings(
        EMAIL_BACKEND=MAILBOX,
        PUNTE_MAILBOX=str(folder),
        ACCOUNT_RATE_LIMITS=False,
        **{"PUNTE_SHOW_CODES": True, **more},
    )


def sign_up(client: Client, email: str) -> str:
    asked = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
    return client.post("/accounts/signup/", asked, follow=True).content.decode()


def test_whoever_signs_up_in_the_demo_reads_its_own_code_and_gets_in(
    client: Client, tmp_path: Path
) -> None:
    with demo(tmp_path):
        page = sign_up(client, "outsider@audit.example")
        assert SHOWN in page
        (letter,) = letters_to("outsider@audit.example")
        (code,) = re.findall(r"^[A-Z0-9]{3,}-?[A-Z0-9]{3,}$", letter.text, re.MULTILINE)
        assert code in page
        told = client.post("/accounts/confirm-email/", {"code": code}, follow=True)
        assert told.wsgi_request.user.is_authenticated
        get_connection().send_messages(
            [EmailMessage("Invitation", "http://x.example/", to=["outsider@audit.example"])]
        )
        assert "Invitation" in client.get("/mailbox/").content.decode()
        other = Client().get("/accounts/confirm-email/", follow=True).content.decode()
        assert code not in other
        assert SHOWN not in other


def test_no_mail_of_an_account_that_is_there_is_shown(
    client: Client, cast: Cast, tmp_path: Path
) -> None:
    with demo(tmp_path):
        address = cast.company.account.email
        get_connection().send_messages([EmailMessage("Secret news", "secret", to=[address])])
        page = sign_up(client, address)
        assert len(letters_to(address)) == 2, "its reader is told of the attempt"
        assert SHOWN not in page
        assert "Secret news" not in page


def test_a_site_that_is_no_demo_never_shows_it(client: Client, tmp_path: Path) -> None:
    assert settings.PUNTE_SHOW_CODES is False, "off by default"
    with demo(tmp_path, PUNTE_SHOW_CODES=False):
        assert SHOWN not in sign_up(client, "outsider@audit.example")
        assert letters_to("outsider@audit.example")


@pytest.mark.parametrize(
    "real",
    [
        {"HTTPS": True},
        {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"},
        {"PUNTE_MAILBOX": ""},
    ],
)
def test_a_real_site_refuses_to_start_with_it(real: dict[str, object], tmp_path: Path) -> None:
    with demo(tmp_path):
        assert check_codes(None) == []
        with override_settings(**real):
            assert [one.id for one in check_codes(None)] == ["punte.E003"]
            with pytest.raises(UnsafeStartError, match="PUNTE_SHOW_CODES"):
                refuse_unsafe_start()
