"""Who has a passkey alone signs in at a copy for the hall with a code that its organiser prints: once, soon, there alone."""

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from edition_rows import PASSWORD, Rows, make_edition
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation import hall_codes
from punte.apps.cooperation.models import HallCode
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.people.queries import subject_of_account
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    made = make_edition()
    for email in (made.organiser, made.delegate):
        account = Account.objects.get(email=email)
        EmailAddress.objects.get_or_create(user=account, email=email, verified=True)
    Authenticator.objects.create(
        user=Account.objects.get(email=made.organiser),
        type="webauthn",
        data={"name": "Key", "credential": passkey()},
    )
    return made


def passkey() -> dict[str, object]:
    """Return a passkey as a browser gives it when it is set up."""
    private = ec.generate_private_key(ec.SECP256R1())
    key = ES256.from_cryptography_key(private.public_key())
    credential = AttestedCredentialData.create(bytes(16), b"passkey", key)
    data = AuthenticatorData.create(bytes(32), 0x41, 0, credential)
    client = {"type": "webauthn.create", "challenge": "AA", "origin": "https://example.org"}
    return {
        "id": websafe_encode(b"passkey"),
        "rawId": websafe_encode(b"passkey"),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(client).encode()),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        },
    }


@pytest.fixture
def copy() -> Iterator[None]:
    with override_settings(PUNTE_HALL_COPY=True, PUNTE_REQUIRE_MFA=True):
        yield


def printed(rows: Rows, email: str = "") -> str:
    by = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting(by):
        return hall_codes.print_code(by=by, edition=rows.edition, email=email or rows.organiser)


def enters(rows: Rows, code: str) -> bool:
    """Return whether the organiser comes to the desk by password and a code."""
    cache.clear()
    client = Client()
    client.post("/accounts/login/", {"login": rows.organiser, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code})
    return client.get(f"/e/{rows.edition.slug}/check-in/").status_code == 200


def test_a_printed_code_takes_the_place_of_a_passkey_once(rows: Rows, copy: None) -> None:
    del copy
    code = printed(rows)
    assert not enters(rows, "2222-2222-2222")
    assert enters(rows, code.lower().replace("-", " "))
    assert not enters(rows, code), "it is used up"
    with acting_as_system("tests"):
        row = HallCode.objects.get()
        assert row.by_id is not None
        told = list(
            AuditEntry.objects.filter(verb__startswith="hall.code").values_list("verb", flat=True)
        )
    assert row.used_at is not None
    assert code.replace("-", "") not in f"{row.digest} {vars(row)}"
    assert sorted(told) == ["hall.code_printed", "hall.code_used"]


def test_nobody_enters_without_the_password(rows: Rows, copy: None) -> None:
    del copy
    code = printed(rows)
    client = Client()
    client.post("/accounts/login/", {"login": rows.organiser, "password": "wrong"})
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert client.get(f"/e/{rows.edition.slug}/check-in/").status_code != 200


@pytest.mark.parametrize("case", ["over", "revoked", "newer", "another's", "the site"])
def test_a_code_holds_for_one_person_for_half_an_hour_at_the_copy_alone(
    rows: Rows, copy: None, case: str
) -> None:
    del copy
    code = printed(rows, rows.delegate if case == "another's" else "")
    by = subject_of_account(Account.objects.get(email=rows.organiser))
    if case == "over":
        with acting_as_system("tests"):
            row = HallCode.objects.get()
            assert dt.timedelta(0) < row.until - timezone.now() <= dt.timedelta(minutes=30)
            HallCode.objects.update(until=timezone.now())
    if case == "revoked":
        with acting(by):
            assert hall_codes.revoke_codes(by=by, edition=rows.edition, email=rows.organiser) == 1
            (listed,) = hall_codes.list_codes(by=by, edition=rows.edition)
        assert not listed.is_open(timezone.now())
    if case == "newer":
        assert enters(rows, printed(rows))
    with override_settings(PUNTE_HALL_COPY=case != "the site"):
        assert not enters(rows, code)


def test_only_an_organiser_prints_codes_and_only_at_a_copy(rows: Rows, copy: None) -> None:
    del copy
    delegate = subject_of_account(Account.objects.get(email=rows.delegate))
    with acting(delegate), pytest.raises(NotPartOfItError):
        hall_codes.print_code(by=delegate, edition=rows.edition, email=rows.organiser)
    with pytest.raises(PunteError, match="No person"):
        printed(rows, "nobody@example.org")
    with override_settings(PUNTE_HALL_COPY=False), pytest.raises(PunteError, match="site itself"):
        printed(rows)
    with acting(delegate):
        assert not HallCode.objects.exists()
