"""The attack cases of the security study that are tried from outside, by address and by call, each by its number."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.conf import settings as site
from django.core import mail, serializers
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from api_caller import Caller, secret_of
from cast import OTHER_EDITION, Cast, make_cast
from cleared_rows import clear_everybody
from edition_rows import make_edition
from punte.apps.access.models import Account, Denial, Status
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.calendars import make_feed
from punte.apps.meetings.models import CalendarEntry, Meeting
from punte.apps.people.invitations import accept_invitation
from punte.apps.people.models import Invitation, Nomination, Person
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.queries import subject_of_account, subject_of_person
from security.crawl import Answer, masked
from security.hidden_world import (
    ASKED,
    CANARY,
    SHOWN,
    World,
    build_hidden_world,
    build_links,
    build_shown_world,
    walled,
)
from security.routes import all_routes
from security.test_attack_cases import invited
from security.test_route_census import census
from signed_in import signed_in

pytestmark = pytest.mark.django_db
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
LEFT_OUT = {"account_logout", "setlang"}


@pytest.fixture(autouse=True)
def _without_rate_limits(settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # type: ignore[attr-defined]
    for name in ("default", "local"):
        caches[name].clear()


def values_of(text: str) -> dict[str, list[object]]:
    """Return for each parameter of an address what names the rows with a text."""
    values: dict[str, list[object]] = {
        "<uuid>": [uuid.uuid5(uuid.NAMESPACE_URL, text)],
        "<slug>": [text],
        "<str>": ["json"],
        "<path>": ["x"],
        "<int>": [1],
    }
    for model in walled():
        values[f"{model._meta.model_name}_id"] = [World.key_of(model, text=text)]
    return values


def test_a01_every_method_of_every_address_as_visitor_and_as_one_without_rights(cast: Cast) -> None:
    """Whatever is no page for everybody answers no method of a visitor; what needs a right, none of who has none."""
    build_shown_world()
    known, values = census(), values_of(SHOWN)
    visitor, outsider = Client(), signed_in(cast.outsider.account)
    opened = []
    for route in all_routes():
        if route.name in LEFT_OUT or known[route.pattern] == "public":
            continue
        clients = {"visitor": visitor}
        if known[route.pattern] == "right":
            clients["outsider"] = outsider
        for address in route.addresses(values, most=1):
            for who, client in clients.items():
                for method in METHODS:
                    answer = getattr(client, method)(address)
                    if answer.status_code < 300 or answer.status_code >= 500:
                        opened.append((who, method, address, answer.status_code))
    assert not opened, opened[:10]


def rows_of(world: World) -> dict[str, str]:
    """Return the rows of a world as text."""
    with acting_as_system("tests"):
        return {
            f"{model._meta.label} {copy}": serializers.serialize(
                "json", model._default_manager.filter(pk=row.pk)
            )
            for (model, copy), row in world.made.items()
        }


@pytest.mark.parametrize("part", ["company"])
def test_a02_a_neighbours_rows_are_not_written_by_their_keys(cast: Cast, part: str) -> None:
    """Keys of another's rows in the path, the query and the body of every call that writes change none of them."""
    build_shown_world()
    world = build_hidden_world()
    before = rows_of(world)
    assert len(before) > 40
    client = signed_in(cast.everybody[part].account)
    keys = {f"{model._meta.model_name}": str(World.key_of(model)) for model in walled()}
    body = {
        **keys,
        **{f"{name}_id": key for name, key in keys.items()},
        "do": "withdraw",
        "name": "stolen",
        "title": "stolen",
        "text": "stolen",
        "reason": "stolen",
        "state": "cleared",
        "for": keys["organisation"],
        "kept": keys["person"],
        "gone": str(cast.everybody[part].person.pk),
    }
    for route in all_routes():
        if route.name in LEFT_OUT or route.pattern.startswith("accounts/"):
            continue
        for text in (SHOWN, CANARY):
            for address in route.addresses(values_of(text), most=1):
                with suppress(Exception), transaction.atomic():
                    client.post(f"{address}?listing={keys['listing']}", body)
    after = rows_of(world)
    assert [name for name in before if before[name] != after[name]] == []


def asked(client: Client, questions: list[str]) -> dict[str, Answer]:
    for name in ("default", "local"):
        caches[name].clear()
    return {one: masked(client.get(one)) for one in questions}


def test_a05_a_linked_hidden_row_is_embedded_in_no_file_and_no_feed(cast: Cast) -> None:
    """Shown rows that point to hidden ones: tables, JSON, calendars and the API name nothing of those."""
    build_shown_world()
    assert len(build_links(build_hidden_world())) >= 5
    values = values_of(SHOWN)
    questions = [
        f"{address}{query}"
        for route in all_routes()
        if route.name not in LEFT_OUT
        for address in route.addresses(values, most=1)
        for query in ("?format=json&as=csv", "?as=json&expand=all")
    ]
    answers = asked(signed_in(cast.organiser.account), questions)
    assert [one for one, answer in answers.items() if CANARY.encode() in answer.body] == []
    assert sum(SHOWN.encode() in answer.body for answer in answers.values()) > 20


PROBES = (
    "q=&country=CHE&kind=company&state=published&limit=1",
    f"q={ASKED[:1]}&name__startswith={ASKED}&ordering=owner_org",
    f"q={ASKED[:5]}&title__startswith={ASKED}&sort=-amount&page=2",
)


def lists() -> Iterator[str]:
    """Return every address that takes no key: lists, searches and what is typed ahead, of pages and of the API."""
    for route in all_routes():
        names = {name for name, _kind in route.parameters}
        if route.name not in LEFT_OUT and names <= {"slug"}:
            yield from route.addresses({"slug": [SHOWN], "<slug>": [SHOWN]}, most=1)


@pytest.mark.parametrize("part", ["guest"])
def test_a06_a07_no_filter_order_or_count_tells_of_a_hidden_row(cast: Cast, part: str) -> None:
    """The same questions with and without the hidden rows: every byte and every header of the answers is the same."""
    build_shown_world()
    client = signed_in(cast.everybody[part].account)
    questions = [f"{address}?{probe}" for address in lists() for probe in PROBES]
    assert len(questions) > 100
    without = asked(client, questions)
    with transaction.atomic():
        build_hidden_world()
        told = asked(client, questions)
        transaction.set_rollback(True)
    assert [one for one in questions if without[one] != told[one]] == []


def test_a14_the_calendar_of_one_who_may_come_no_more() -> None:
    """A feed's address shows nothing to who guesses, swaps or keeps it after the person is suspended or closed."""
    rows = make_edition()
    clear_everybody(rows.edition)
    with acting_as_system("tests"):
        person = Person.objects.select_related("account").get(account__email=rows.delegate)
        delegate = Delegate.objects.get(person=person, edition=rows.edition)
        for meeting in Meeting.objects.filter(version=rows.version, seats__delegate=delegate):
            CalendarEntry.objects.create(
                edition=rows.edition,
                request_id=meeting.request_id,
                status=CalendarEntry.Status.CONFIRMED,
                slot_id=meeting.slot_id,
                place_id=meeting.place_id,
            )
    with acting(subject_of_person(person.pk)) as by:
        secret = make_feed(by=by, delegate=delegate).secret
    address = f"/calendar/{secret}.ics"
    assert b"BEGIN:VEVENT" in Client().get(address).content
    for wrong in (secret[:-1], secret.swapcase(), str(delegate.pk), str(person.pk)):
        assert Client().get(f"/calendar/{wrong}.ics").status_code == 404
    for name in (f"person:{person.pk}", f"org:{delegate.organisation_id}"):
        denial = Denial.objects.create(name=name, reason="test")
        assert b"BEGIN:VEVENT" not in Client().get(address).content, name
        denial.delete()
        assert b"BEGIN:VEVENT" in Client().get(address).content
    Account.objects.filter(pk=person.account_id).update(is_active=False)
    assert b"BEGIN:VEVENT" not in Client().get(address).content


def test_a19_no_body_of_the_api_takes_a_field_that_is_not_its_own(cast: Cast) -> None:
    caller = Caller(secret_of(cast.authority))
    need = {"title": "B", "text": "A bridge.", "language": "en", "kind": "equipment"}
    for name, value in {
        "state": "published",
        "owner_org": str(cast.company.organisation.pk),
        "owner": str(cast.company.organisation.pk),
        "label_releasable_to": ["PUBLIC"],
        "is_staff": True,
        "published_at": "2027-01-01T00:00:00Z",
        "id": str(uuid.uuid4()),
    }.items():
        refused = caller.post("needs", {**need, name: value})
        assert refused.status_code == 422, name
        assert refused.json()["errors"][0]["place"] == f"body.{name}"
    elsewhere = caller.post("needs", {**need, "edition_id": str(OTHER_EDITION)})
    assert elsewhere.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_a22_two_accounts_at_once_share_one_invitation() -> None:
    cast = make_cast()
    _, token = invited(cast)
    accounts = [Account.objects.create_user(f"{name}@example.org") for name in "abcd"]
    begin, refused = threading.Barrier(len(accounts)), []

    def accept(account: Account) -> None:
        try:
            begin.wait(timeout=30)
            with transaction.atomic():
                accept_invitation(
                    account=account, token=token, verified_emails={"invited@example.org"}
                )
        except NotAllowedError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(one,)) for one in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(refused) == len(accounts) - 1
    assert sum(subject_of_account(one) != VISITOR for one in accounts) == 1
    with acting_as_system("tests"):
        assert Invitation.objects.get().used_at is not None


@pytest.mark.parametrize("how", ["status", "country", "organisation", "person", "nomination", "account"])  # fmt: skip
def test_a23_a_token_and_a_link_of_one_who_was_shut_out(cast: Cast, how: str) -> None:
    """Whatever ends the access, a token for programs reads no more of it, and a closed account gets no link to a new password."""
    listed = cast.company.organisation
    with acting_as_system("tests"):
        type(listed).objects.filter(pk=listed.pk).update(label_releasable_to=["EU_SDP"])
    caller = Caller(secret_of(cast.guest))
    address = f"organisations/{listed.pk}"
    assert caller.get(address).status_code == 200
    now, guest = timezone.now(), cast.guest
    if how == "status":
        Status.objects.filter(country="MDA", framework="EU_SDP").update(withdrawn_at=now)
    elif how == "nomination":
        with acting_as_system("tests"):
            Nomination.objects.filter(person=guest.person).update(state="withdrawn")
    elif how == "account":
        Account.objects.filter(pk=guest.account.pk).update(is_active=False)
        Client().post("/accounts/password/reset/", {"email": guest.account.email})
        assert not [one for one in mail.outbox if "/password/reset/key/" in str(one.body)]
    else:
        names = {
            "country": "MDA",
            "organisation": f"org:{guest.organisation.pk}",
            "person": f"person:{guest.person.pk}",
        }
        Denial.objects.create(name=names[how], reason="test")
    assert caller.get(address).status_code in {401, 403, 404}
    assert caller.post("offers", {}).status_code in {401, 403, 422}


def test_a24_a_forwarded_host_is_in_no_link(cast: Cast) -> None:
    """The mail goes out, and its link leads to the site, whatever the proxy's headers say."""
    cast.company.account.set_password("a long enough password")
    cast.company.account.save()
    for name in (
        "X-Forwarded-Host",
        "X-Forwarded-Server",
        "Forwarded",
        "X-Original-Host",
        "X-Host",
    ):
        mail.outbox.clear()
        forged = "host=evil.example" if name == "Forwarded" else "evil.example"
        answer = Client().post(
            "/accounts/password/reset/",
            {"email": cast.company.account.email},
            headers={name: forged},
        )
        assert answer.status_code == 302, name
        (sent,) = mail.outbox
        assert "evil" not in f"{sent.subject}{sent.body}"
        assert "/accounts/password/reset/key/" in str(sent.body)
        assert "testserver" in str(sent.body) or site.PUNTE_ADDRESS in str(sent.body)
