"""Attempts are counted for all processes together, a one-time code works once in all of them, and no time tells who is known."""

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.test import Client

from cast import Cast

pytestmark = pytest.mark.django_db
WORDS = "Qx9-long-enough-and-odd"


def test_a25_signing_up_hashes_a_password_whether_or_not_the_address_is_known(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = Argon2PasswordHasher.encode

    def counting(self: Argon2PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return str(encode(self, password, salt))

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counting)
    answers = []
    for email in (cast.company.account.email, "nobody-yet@example.org"):
        hashed.clear()
        answer = Client().post(
            "/accounts/signup/", {"email": email, "password1": WORDS, "password2": WORDS}
        )
        answers.append((answer.status_code, answer["Location"], len(hashed)))
    assert answers[0] == answers[1]
    assert answers[0][2] == 1


def test_attempts_are_counted_in_the_database_and_not_in_one_process() -> None:
    assert isinstance(caches["default"], DatabaseCache)
    cache.set("allauth:rl:login", [1.0], 60)
    with_another = caches.create_connection("default")
    assert with_another.get("allauth:rl:login") == [1.0]


def test_a26_a_one_time_code_works_once(cast: Cast) -> None:
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    secret = generate_totp_secret()
    device = TOTP.activate(cast.organiser.account, secret)
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert device.validate_code(code)
    for name in list(caches):
        if name == "local":
            caches[name].clear()
    assert not device.validate_code(code), "also after the process that saw it is gone"
