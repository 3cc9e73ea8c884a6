"""Attacks on tokens of the API: each holds a token that could open something, and must not."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api_caller import Caller, caller_of, secret_of
from cast import EDITION, OTHER_EDITION, Cast, make_member
from punte.apps.access.models import AuditEntry, Denial, Status
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.actions import Draft, draft_listing, submit_listing
from punte.apps.people.models import ApiToken, Grant, Membership, Person, Right
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.privacy import erase_person
from punte.apps.people.tokens import make_token, own_tokens, revoke_token
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    for name in ("default", "local"):
        caches[name].clear()


def change(secret: str, **values: object) -> None:
    from punte.apps.people.tokens import digest

    with acting_as_system("tests"):
        assert ApiToken.objects.filter(secret_sha256=digest(secret)).update(**values) == 1


def test_a_token_reads_in_its_persons_name(cast: Cast) -> None:
    told = caller_of(cast.guest).get("me").json()
    assert told["person_id"] == str(cast.guest.person.pk)
    assert told["country"] == "MDA"
    assert told["may_write"] is True
    assert caller_of(cast.guest, "read").get("me").json()["may_write"] is False
    visitor = Caller().get("me").json()
    assert (visitor["person_id"], visitor["name"], visitor["may_write"]) == (None, "", False)


def test_dead_tokens_get_one_answer_whatever_killed_them(cast: Cast) -> None:
    expired, revoked, closed = (secret_of(cast.company) for _ in range(3))
    change(expired, expires_at=timezone.now() - dt.timedelta(seconds=1))
    change(revoked, revoked_at=timezone.now())
    account = cast.guest.account
    orphan = secret_of(cast.guest)
    account.is_active = False
    account.save()
    with acting_as_system("tests"):
        Person.objects.filter(pk=cast.authority.person.pk)
    erased = secret_of(cast.authority)
    with acting_as_system("tests"):
        Person.objects.filter(pk=cast.authority.person.pk).update(erased_at=timezone.now())
    answers = []
    for secret in (expired, revoked, orphan, erased, "punte_nobody", "x" * 500, ""):
        caller = Caller(closed)
        caller.headers = {"authorization": f"Bearer {secret}"}
        with CaptureQueriesContext(connection) as queries:
            answer = caller.get("me")
        answers.append(
            (answer.status_code, answer.content, answer["WWW-Authenticate"], len(queries))
        )
    assert len(set(answers)) == 1, "status, bytes or work differ: that tells which it was"
    assert answers[0][0] == 401
    assert Caller(closed).get("me").status_code == 200


def test_a_token_in_an_address_or_another_scheme_opens_nothing(cast: Cast) -> None:
    secret = secret_of(cast.company)
    for name in ("token", "access_token", "API_KEY"):
        refused = Caller().get("me", **{name: secret})
        assert refused.status_code == 400
        assert secret.encode() not in refused.content
    for header in (f"Basic {secret}", f"Token {secret}", secret, f"bearer {secret[:-1]}"):
        caller = Caller()
        caller.headers = {"authorization": header}
        assert caller.get("me").status_code == 401, header


def test_a_token_wins_over_a_cookie_and_a_bad_one_is_not_forgiven_by_it(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.organiser.account)
    headers = {"authorization": f"Bearer {secret_of(cast.guest)}"}
    assert client.get("/api/v1/me", headers=headers).json()["country"] == "MDA"
    assert client.get("/api/v1/me", headers={"authorization": "Bearer x"}).status_code == 401
    assert client.get("/api/v1/me").json()["person_id"] == str(cast.organiser.person.pk)


def test_a_suspended_person_is_refused_at_the_next_call(cast: Cast) -> None:
    caller = caller_of(cast.company)
    assert caller.get("me").status_code == 200
    denial = Denial.objects.create(name=f"person:{cast.company.person.pk}", reason="test")
    refused = caller.get("me")
    assert (refused.status_code, refused.json()["type"]) == (403, "/api/v1/problems/suspended")
    denial.delete()
    assert caller.get("me").status_code == 200


def test_a_status_withdrawn_acts_on_the_next_call(cast: Cast) -> None:
    caller = caller_of(cast.guest)

    def groups() -> set[str]:
        return {one["group"] for one in caller.get("me").json()["grounds"]}

    assert "EU_SDP" in groups()
    Status.objects.filter(country_id="MDA", framework_id="EU_SDP").update(
        withdrawn_at=timezone.now() - dt.timedelta(days=1)
    )
    assert "EU_SDP" not in groups()
    with acting_as_system("tests"):
        Membership.objects.filter(person=cast.guest.person).update(until=timezone.localdate())
    assert "MDA" not in groups()


def test_a_token_of_staff_is_made_in_a_session_that_passed_its_second_step(cast: Cast) -> None:
    with override_settings(PUNTE_REQUIRE_MFA=True), acting(cast.organiser.subject) as by:
        with pytest.raises(NotAllowedError, match="second step"):
            make_token(by=by, name="x", scope="read", days=1, has_second_step=False)
        assert make_token(by=by, name="x", scope="read", days=1, has_second_step=True)


def test_a_token_from_before_the_right_does_not_carry_it(cast: Cast) -> None:
    from allauth.mfa.models import Authenticator

    secret = secret_of(cast.company, has_second_step=False)
    with override_settings(PUNTE_REQUIRE_MFA=True):
        assert Caller(secret).get("me").status_code == 200
        with acting_as_system("tests"):
            Grant.objects.create(
                person=cast.company.person, right=Right.ORGANISE, edition_id=EDITION
            )
        Authenticator.objects.create(
            user=cast.company.account, type=Authenticator.Type.TOTP, data={"secret": "x"}
        )
        refused = Caller(secret).get("me")
        assert (refused.status_code, refused.json()["type"]) == (
            403,
            "/api/v1/problems/second-step",
        )
        change(secret, second_step_at=timezone.now())
        assert Caller(secret).get("me").status_code == 200
        Authenticator.objects.all().delete()
        assert Caller(secret).get("me").status_code == 403, "the second step was taken away"


def test_nobody_else_sees_or_revokes_a_token(cast: Cast) -> None:
    secret_of(cast.company)
    with acting(cast.company.subject) as by:
        (token,) = own_tokens(by)
    with acting_as_system("tests"):
        colleague = Person.objects.create(
            name="Colleague", owner_org=cast.company.organisation, email="c@example.org"
        )
        Membership.objects.create(
            person=colleague,
            organisation=cast.company.organisation,
            confirmed_at=timezone.now(),
        )
        # A steward of the record sees the person, and still not the token.
        cast.company.person.label_stewards.append(f"organise@{EDITION}")
        cast.company.person.save()
    from punte.apps.people.queries import subject_of_person

    for subject in (cast.organiser.subject, cast.guest.subject, subject_of_person(colleague.pk)):
        with acting(subject) as by:
            assert not ApiToken.objects.exists()
            with pytest.raises(PunteError, match="no such token"):
                revoke_token(by=by, token_id=token.pk)
    with acting(cast.organiser.subject):
        assert Person.objects.filter(pk=cast.company.person.pk).exists()


def test_the_person_cannot_write_the_row_past_the_action(cast: Cast) -> None:
    secret_of(cast.company, "read")
    with acting(cast.company.subject):
        assert ApiToken.objects.update(scope="write") == 0
    with acting_as_system("tests"):
        assert ApiToken.objects.get().scope == "read"


def test_acting_on_behalf_makes_no_token(cast: Cast) -> None:
    import dataclasses

    behalf = dataclasses.replace(cast.company.subject, acted_by=cast.organiser.person.pk)
    with acting(behalf) as by, pytest.raises(NotAllowedError):
        make_token(by=by, name="x", scope="read", days=1, has_second_step=True)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name": "  "}, "Name the token"),
        ({"scope": "admin"}, "reads only"),
        ({"days": 366}, "1 to 365"),
        ({"days": 0}, "1 to 365"),
        ({"name": "NATO SECRET feed"}, "RESTRICTED"),
    ],
)
def test_a_wrong_wish_is_refused(cast: Cast, values: dict[str, object], told: str) -> None:
    wish = {"name": "x", "scope": "read", "days": 30, "has_second_step": True} | values
    with acting(cast.company.subject) as by, pytest.raises(PunteError, match=told):
        make_token(by=by, **wish)  # type: ignore[arg-type]


def test_only_a_digest_is_kept_and_both_ends_are_in_the_log(cast: Cast) -> None:
    secret = secret_of(cast.company)
    with acting(cast.company.subject) as by:
        (token,) = own_tokens(by)
        assert secret not in str(vars(token))
        revoke_token(by=by, token_id=token.pk)
    with acting_as_system("tests"):
        entries = list(AuditEntry.objects.filter(about_id=str(token.pk)).order_by("id"))
    assert [entry.verb for entry in entries] == ["token.made", "token.revoked"]
    assert secret not in str([entry.detail for entry in entries])
    assert Caller(secret).get("me").status_code == 401


def test_the_use_is_noted_once_a_minute(cast: Cast) -> None:
    secret = secret_of(cast.company)
    assert Caller(secret).get("me").status_code == 200
    with acting_as_system("tests"):
        first = ApiToken.objects.get().last_used_at
    assert first is not None
    Caller(secret).get("me")
    with acting_as_system("tests"):
        assert ApiToken.objects.get().last_used_at == first


def test_who_is_erased_leaves_no_token(cast: Cast) -> None:
    secret = secret_of(cast.company)
    with acting(cast.company.subject) as by:
        person = Person.objects.get(pk=by.person_id)
        erase_person(by=by, person=person)
    with acting_as_system("tests"):
        assert not ApiToken.objects.exists()
    assert Caller(secret).get("me").status_code == 401


def test_too_many_calls_are_told_to_wait(cast: Cast) -> None:
    with override_settings(ACCOUNT_RATE_LIMITS={"api": "2/m/key"}):
        caller, other = caller_of(cast.company), caller_of(cast.guest)
        assert [caller.get("me").status_code for _ in range(3)] == [200, 200, 429]
        assert caller.get("me")["Retry-After"] == "60"
        assert other.get("me").status_code == 200, "each token has its own count"
        wrong = Caller("punte_wrong")
        assert [wrong.get("me").status_code for _ in range(3)] == [401, 401, 429]


def test_a15_token_scope(cast: Cast) -> None:
    """A token of one edition's organiser opens nothing of another edition, neither by list nor by address, to read or write."""
    elsewhere = make_member("Elsewhere", "Elsewhere House", edition_id=OTHER_EDITION)
    draft = Draft(
        side="need",
        kind="service",
        language="en",
        title="Far bridge",
        text="Elsewhere.",
        edition_id=OTHER_EDITION,
    )
    with acting(elsewhere.subject) as by:
        row = draft_listing(by=by, draft=draft)
        submit_listing(by=by, listing=row)
    near = caller_of(cast.organiser)
    for method, path in (
        ("get", f"needs/{row.pk}"),
        ("post", f"needs/{row.pk}/publish"),
        ("post", f"needs/{row.pk}/withdraw"),
    ):
        hidden = near.send(method, path)
        never = near.send(method, path.replace(str(row.pk), str(EDITION)))
        assert (hidden.status_code, hidden.content) == (404, never.content), path
    assert near.get("needs", q="far").json()["items"] == []
    assert near.get("organisations", q="elsewhere").json()["items"] == []
    with acting_as_system("tests"):
        Grant.objects.create(
            person=cast.organiser.person, right=Right.ORGANISE, edition_id=OTHER_EDITION
        )
    assert near.send("post", f"needs/{row.pk}/publish").status_code == 204
