"""A POST with an Idempotency-Key is done once and answered alike, also when it arrives twice at the same moment."""

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from api_caller import Caller, caller_of, secret_of
from cast import Cast, make_cast
from punte.apps.access.models import AuditEntry, Status
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.models import Listing
from punte.apps.people.models import ApiReply
from punte.apps.people.privacy import erase_person
from punte.apps.people.purging import purge_expired
from punte.apps.people.queries import subject_of_person

pytestmark = pytest.mark.django_db
NEED: dict[str, Any] = {
    "title": "Bridge",
    "text": "A mobile bridge for 60 tonnes.",
    "language": "en",
    "kind": "equipment",
}


def keyed(caller: Caller, key: str = '"8e03978e-40d5-43dd-bc93-6894a57f9324"') -> Caller:
    """Return a program of the same token that sends this key with each call."""
    found = Caller()
    found.headers = {**caller.headers, "idempotency-key": key}
    return found


def bridges() -> int:
    with acting_as_system("tests"):
        return Listing.objects.filter(title="Bridge").count()


def kind_of(answer: Any) -> str:
    return str(answer.json()["type"].rpartition("/")[2])


def test_the_same_key_and_body_are_done_once_and_answered_alike(cast: Cast) -> None:
    caller = keyed(caller_of(cast.authority))
    first, second = caller.post("needs", NEED), caller.post("needs", NEED)
    assert first.status_code == second.status_code == 201, first.content
    assert first.content == second.content
    assert first["Content-Type"] == second["Content-Type"]
    assert bridges() == 1
    plain = caller_of(cast.authority)
    assert plain.post("needs", NEED).json()["id"] != first.json()["id"]
    assert bridges() == 2, "without a key each call is a call"


def test_an_answer_without_a_body_and_a_step_are_done_once_too(cast: Cast) -> None:
    owner, reviewer = caller_of(cast.authority), caller_of(cast.organiser)
    made = owner.post("needs", NEED).json()["id"]
    submitted = [keyed(owner, "submit").post(f"needs/{made}/submit") for _ in range(2)]
    assert [one.status_code for one in submitted] == [200, 200], submitted[1].content
    assert submitted[0].content == submitted[1].content
    assert owner.post(f"needs/{made}/submit").status_code >= 400, "anew it is refused"
    published = [keyed(reviewer, "publish").post(f"needs/{made}/publish") for _ in range(2)]
    assert [(one.status_code, one.content) for one in published] == [(204, b""), (204, b"")]
    with acting_as_system("tests"):
        assert AuditEntry.objects.filter(verb="listing.published", about_id=made).count() <= 1


def test_the_same_key_for_something_else_is_refused(cast: Cast) -> None:
    caller = keyed(caller_of(cast.authority))
    made = caller.post("needs", NEED).json()["id"]
    for path, body in (
        ("needs", {**NEED, "title": "Ferry"}),
        ("offers", NEED),
        (f"needs/{made}/submit", None),
    ):
        refused = caller.post(path, body)
        assert (refused.status_code, kind_of(refused)) == (422, "key-used"), path
    assert bridges() == 1
    with acting_as_system("tests"):
        assert Listing.objects.get(pk=made).state == "draft"


def test_a_refused_call_leaves_its_key_free(cast: Cast) -> None:
    caller = keyed(caller_of(cast.authority))
    assert caller.post("needs", {**NEED, "kind": "weapon"}).status_code == 422
    assert caller.post("needs", {**NEED, "text": "NATO SECRET"}).status_code == 422
    assert caller.post("needs", NEED).status_code == 201
    assert bridges() == 1


@pytest.mark.parametrize("key", ["", '""', "x" * 201, '"a', 'a"b', "a\x7fb", "ă"])
def test_a_key_that_is_none_is_refused_before_anything_is_done(cast: Cast, key: str) -> None:
    refused = keyed(caller_of(cast.authority), key).post("needs", NEED)
    assert (refused.status_code, kind_of(refused)) == (400, "bad-key")
    assert bridges() == 0


def test_quotation_marks_do_not_make_another_key(cast: Cast) -> None:
    caller = caller_of(cast.authority)
    one = keyed(caller, '"a-1"').post("needs", NEED)
    assert keyed(caller, "a-1").post("needs", NEED).content == one.content
    assert bridges() == 1


def test_a_key_is_of_its_token_and_only_its_person_sees_the_row(cast: Cast) -> None:
    keyed(caller_of(cast.authority), "one").post("needs", NEED)
    other = keyed(caller_of(cast.company), "one").post("offers", NEED)
    assert other.status_code == 201, "another's key is none of mine"
    keyed(caller_of(cast.authority), "one").post("needs", NEED)
    assert bridges() == 3
    with acting_as_system("tests"):
        assert ApiReply.objects.count() == 3
    for member, seen in ((cast.authority, 2), (cast.company, 1), (cast.organiser, 0)):
        with acting(member.subject):
            assert ApiReply.objects.count() == seen
            assert ApiReply.objects.update(status=200) == 0, "and nobody writes it"


def test_reading_and_putting_take_no_key(cast: Cast) -> None:
    caller = keyed(caller_of(cast.authority))
    assert caller.get("me").status_code == 200
    with acting_as_system("tests"):
        assert not ApiReply.objects.exists()


def test_a_kept_answer_is_not_given_to_whom_sees_other_things_now(cast: Cast) -> None:
    caller = keyed(caller_of(cast.guest))
    assert caller.post("offers", NEED).status_code == 201
    Status.objects.filter(country_id="MDA", framework_id="EU_SDP").update(
        withdrawn_at=timezone.now() - dt.timedelta(days=1)
    )
    told = caller.post("offers", NEED)
    assert (told.status_code, kind_of(told)) == (409, "answered-before")
    assert b"Bridge" not in told.content
    assert bridges() == 1


def test_a_key_works_for_a_day_and_the_nightly_round_takes_it_away(cast: Cast) -> None:
    caller = keyed(caller_of(cast.authority))
    caller.post("needs", NEED)
    with acting_as_system("tests"):
        ApiReply.objects.update(made_at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    caller.post("needs", NEED)
    assert bridges() == 2, "it is a new key by now"
    with acting_as_system("tests"):
        ApiReply.objects.update(made_at=timezone.now() - dt.timedelta(hours=60))
    keyed(caller_of(cast.authority), "new").post("needs", NEED)
    assert purge_expired(today=timezone.localdate())["people.ApiReply"] == 1
    with acting_as_system("tests"):
        assert [row.key for row in ApiReply.objects.all()] == ["new"]


def test_who_is_erased_leaves_no_answer(cast: Cast) -> None:
    keyed(caller_of(cast.company)).post("offers", NEED)
    with acting(subject_of_person(cast.company.person.pk)) as by:
        erase_person(by=by, person=cast.company.person)
    with acting_as_system("tests"):
        assert not ApiReply.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_done_once_and_answered_alike() -> None:
    cast = make_cast()
    secret = secret_of(cast.authority)
    for _round in range(5):
        key, begin, answers = str(uuid.uuid4()), threading.Barrier(4), []
        before = bridges()

        def call(
            key: str = key, begin: threading.Barrier = begin, answers: list[Any] = answers
        ) -> None:
            try:
                caller = keyed(Caller(secret), key)
                begin.wait(timeout=30)
                answers.append(caller.post("needs", NEED))
            finally:
                connection.close()

        threads = [threading.Thread(target=call) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert [one.status_code for one in answers] == [201] * 4
        assert len({one.content for one in answers}) == 1
        assert bridges() == before + 1
