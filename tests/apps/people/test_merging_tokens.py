"""What a merge does to tokens for programs, and to places at editions that overlap."""

import datetime as dt

import pytest
from django.utils import timezone

from api_caller import Caller, secret_of
from cast import EDITION, Cast, Member, make_member
from edition_rows import make_edition
from punte.apps.access.models import AuditEntry, Denial, Status
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.models import MeetingSeat
from punte.apps.people.merging_persons import merge_persons, preview_merge, undo_merge_of_persons
from punte.apps.people.models import ApiToken, Grant, Merge, Person
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.tokens import own_tokens, revoke_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cast: Cast) -> Cast:
    with acting_as_system("tests"):
        Grant.objects.create(person=cast.organiser.person, right="organise", edition_id=None)
    return cast


@pytest.fixture
def second() -> Member:
    """Return another record of the company's delegate, with an account of its own."""
    return make_member("Tomek Wilk", "Wilk Branch", country="POL", is_cleared=False)


def status(secret: str) -> int:
    found: int = Caller(secret).get("me").status_code
    return found


def tokens() -> list[tuple[object, ...]]:
    with acting_as_system("tests"):
        return sorted(ApiToken.objects.values_list("pk", "person_id", "revoked_at"))


def merge(people: Cast, kept: Member, gone: Member, account_id: int | None) -> Merge:
    with acting(people.organiser.subject) as by:
        return merge_persons(by=by, kept=kept.person, gone=gone.person, account_id=account_id)


@pytest.mark.parametrize("stays", ["kept", "gone"])
def test_tokens_of_the_closed_account_stop_and_those_of_the_one_that_stays_go_on(
    people: Cast, second: Member, stays: str
) -> None:
    kept, gone = people.company, second
    secrets = {"kept": secret_of(kept), "gone": secret_of(gone)}
    before = tokens()
    account = {"kept": kept, "gone": gone}[stays].account
    made = merge(people, kept, gone, account.pk)
    (other,) = {"kept", "gone"} - {stays}
    assert (status(secrets[stays]), status(secrets[other])) == (200, 401)
    told = Caller(secrets[stays]).get("me").json()
    assert told["person_id"] == str(kept.person.pk)
    with acting(kept.subject) as by:
        assert [row.revoked_at is None for row in own_tokens(by)] == [True, False]
    with acting_as_system("tests"):
        assert AuditEntry.objects.filter(verb="token.revoked").count() == 1
    with acting(people.organiser.subject) as by:
        undo_merge_of_persons(by=by, merge=made)
    assert tokens() == before
    assert [status(one) for one in secrets.values()] == [200, 200]


def test_a_token_that_was_dead_before_stays_dead_after_the_undoing(
    people: Cast, second: Member
) -> None:
    secret = secret_of(second)
    with acting(second.subject) as by:
        revoke_token(by=by, token_id=own_tokens(by)[0].pk)
    made = merge(people, people.company, second, people.company.account.pk)
    with acting(people.organiser.subject) as by:
        undo_merge_of_persons(by=by, merge=made)
    assert status(secret) == 401


def test_a_token_of_a_record_without_an_account_does_not_wake_up(
    people: Cast, second: Member
) -> None:
    secret = secret_of(second)
    with acting_as_system("tests"):
        Person.objects.filter(pk=second.person.pk).update(account=None)
    assert status(secret) == 401
    merge(people, people.company, second, None)
    assert status(secret) == 401


def test_a_token_of_a_suspended_person_reads_and_writes_nothing(people: Cast) -> None:
    secret = secret_of(people.company)
    caller = Caller(secret)
    need = {"title": "B", "text": "A bridge.", "language": "en", "kind": "equipment"}
    assert caller.post("offers", need).status_code == 201
    for name in (
        f"person:{people.company.person.pk}",
        f"org:{people.company.organisation.pk}",
        "POL",
    ):
        denial = Denial.objects.create(name=name, reason="test")
        for answer in (
            caller.get("me"),
            caller.get("needs"),
            caller.get("countries"),
            caller.post("offers", need),
        ):
            assert (answer.status_code, answer.json()["type"]) == (
                403,
                "/api/v1/problems/suspended",
            ), name
        denial.delete()
        assert status(secret) == 200


def test_a_status_withdrawn_hides_what_it_showed_at_the_next_call_of_a_token(people: Cast) -> None:
    caller = Caller(secret_of(people.guest))
    owner = Caller(secret_of(people.authority))
    made = owner.post(
        "needs",
        {
            "title": "Bridge",
            "text": "A mobile bridge.",
            "language": "en",
            "kind": "equipment",
            "audience": "eu-partners",
        },
    ).json()["id"]
    owner.post(f"needs/{made}/submit")
    assert Caller(secret_of(people.organiser)).post(f"needs/{made}/publish").status_code == 204
    assert caller.get(f"needs/{made}").status_code == 200
    Status.objects.filter(country_id="MDA").update(
        withdrawn_at=timezone.now() - dt.timedelta(days=1)
    )
    assert caller.get(f"needs/{made}").status_code == 404
    assert caller.get("needs").json()["items"] == []
    assert caller.get("me").status_code == 200, "the person is still who it is"


def place_of(edition: Edition) -> list[Delegate]:
    with acting_as_system("tests"):
        return list(
            Delegate.objects.filter(edition=edition, seats__isnull=False)
            .distinct()
            .order_by("code")
            .select_related("person")
        )


def begins(delegate: Delegate) -> set[dt.datetime]:
    with acting_as_system("tests"):
        return set(
            MeetingSeat.objects.filter(delegate=delegate, version__state="published").values_list(
                "slot__starts_at", flat=True
            )
        )


def test_two_editions_on_the_same_days_are_joined_unless_one_sits_twice_at_one_moment(
    people: Cast,
) -> None:
    here, there = make_edition(), make_edition()
    pairs = [
        (one, other)
        for one in place_of(here.edition)
        for other in place_of(there.edition)
        if one.person.account_id is None and other.person.account_id is None
    ]
    apart = next(pair for pair in pairs if not begins(pair[0]) & begins(pair[1]))
    at_once = next(pair for pair in pairs if begins(pair[0]) & begins(pair[1]))
    with acting(people.organiser.subject) as by:
        told = preview_merge(by=by, kept=at_once[0].person, gone=at_once[1].person).against
        assert len(told) == 1
        assert "two tables at once" in told[0]
        with pytest.raises(NotAllowedError, match="two tables at once"):
            merge_persons(by=by, kept=at_once[0].person, gone=at_once[1].person)
        assert preview_merge(by=by, kept=apart[0].person, gone=apart[1].person).against == ()
        made = merge_persons(by=by, kept=apart[0].person, gone=apart[1].person)
    with acting_as_system("tests"):
        both = Delegate.objects.filter(person=apart[0].person).values_list("edition_id", flat=True)
        assert set(both) == {here.edition.pk, there.edition.pk}
    with acting(people.organiser.subject) as by:
        undo_merge_of_persons(by=by, merge=made)
    with acting_as_system("tests"):
        assert Delegate.objects.get(pk=apart[1].pk).person_id == apart[1].person_id


def test_one_edition_never_has_the_joined_person_twice(people: Cast) -> None:
    twin = make_member("Tomek Wilk", "Wilk Branch", country="POL", edition_id=EDITION)
    with acting(people.organiser.subject) as by:
        against = preview_merge(by=by, kept=people.company.person, gone=twin.person).against
    assert "Both come to" in against[0]
