"""The attack cases of the security study on exports, files, choices, mails and live events, each by its number."""

import re
import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from cast import EDITION, OTHER_EDITION, Cast
from punte.apps.access.models import Denial, Walled
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Edition
from punte.apps.meetings.models import SolveRun
from punte.apps.people.models import Grant, Mail, Nomination, Organisation
from security.hidden_world import (
    CANARY,
    SHOWN,
    World,
    build_hidden_world,
    build_shown_world,
    walled,
)
from security.routes import all_routes
from signed_in import signed_in

pytestmark = pytest.mark.django_db
LENT = "lentword"
"""The text of rows that are released to one country, and taken back."""
EXPORT = re.compile(r"\.(csv|json|xml|ics|pdf|svg|xlsx)$|/(print|embed|now|file/<str:ending>)/$")


def lend() -> World:
    """Write a row of every walled model that Moldova's delegates see."""
    with acting_as_system("tests"):
        world = World(LENT, label_releasable_to=["MDA"])
        for model in walled():
            world.row(model)
        return world


def take_back(world: World) -> None:
    with acting_as_system("tests"):
        for model, _copy in world.made:
            if any(field.name == "label_releasable_to" for field in model._meta.concrete_fields):
                model._default_manager.filter(
                    pk__in=[row.pk for (m, _), row in world.made.items() if m is model]
                ).update(label_releasable_to=[])


def exports() -> list[str]:
    """Return every address that gives rows in another form than the site's pages."""
    values: dict[str, list[object]] = {
        "<uuid>": [World.key_of(Organisation, text=LENT)],
        "<slug>": [LENT],
        "<str>": ["csv", "json", "xml"],
        "<int>": [1],
    }
    for model in walled():
        values[f"{model._meta.model_name}_id"] = [World.key_of(model, text=LENT)]
    return [
        address
        for route in all_routes()
        if EXPORT.search(route.pattern)
        for address in route.addresses(values)
    ]


def telling(client: Client, addresses: list[str], word: str = LENT) -> set[str]:
    """Return the addresses whose answer holds the word, beyond what the address says itself."""
    found = set()
    for address in addresses:
        response = client.get(address)
        streamed = getattr(response, "streaming_content", None)
        body = b"".join(streamed) if streamed is not None else response.content
        if response.status_code == 200 and word.encode() in body:
            found.add(address)
    return found


def test_a04_another_form_of_the_same_rows(cast: Cast) -> None:
    """Each form of an answer follows the same rule: who does not see the page gets no feed, file or frame of it."""
    world, addresses = lend(), exports()
    assert len(addresses) > 10
    assert len(telling(signed_in(cast.guest.account), addresses)) >= 3, "the exports tell nothing"
    for part in ("company", "outsider", "authority"):
        assert not telling(signed_in(cast.everybody[part].account), addresses), part
    assert not telling(Client(), addresses)
    # No parameter and no header opens another form.
    page = (
        f"/needs/{World.key_of(next(m for m in walled() if m.__name__ == 'Listing'), text=LENT)}/"
    )
    client = signed_in(cast.company.account)
    for asked in ("", "?format=json", "?format=csv", "?expand=all", "?version=1"):
        for accept in ("text/html", "application/json", "application/xml"):
            assert client.get(page + asked, HTTP_ACCEPT=accept).status_code == 404
    assert world.made


def test_a10_the_export_of_another(cast: Cast) -> None:
    """An address of an export is worth nothing to another, nor to oneself once the status is lost."""
    lend()
    addresses = exports()
    own = signed_in(cast.guest.account)
    given = sorted(telling(own, addresses))
    assert given
    assert not telling(signed_in(cast.company.account), given)
    with acting_as_system("tests"):
        Nomination.objects.filter(person=cast.guest.person).update(state="withdrawn")
    assert not telling(own, given), "the open session still reads it"


def test_a11_the_label_is_asked_again_when_the_export_is_made(cast: Cast) -> None:
    world = lend()
    addresses = exports()
    client = signed_in(cast.guest.account)
    assert telling(client, addresses)
    take_back(world)
    assert not telling(client, addresses)


def test_a12_a_paper_for_all_holds_only_what_its_reader_sees(cast: Cast) -> None:
    """Papers and actions on many at once ask for each row: a bundle is no way around the wall."""
    from punte.apps.forum.models import Delegate
    from punte.web.cooperation.papers import KINDS, content_of

    build_hidden_world()
    build_shown_world()
    with acting_as_system("tests"):
        edition = Edition.objects.get(pk=World.key_of(Edition, text=SHOWN))
        Delegate.objects.filter(pk=World.key_of(Delegate)).update(edition=edition)
    with acting(cast.company.subject):
        told = {kind: str(content_of(edition, kind)) for kind in KINDS}
    assert SHOWN in told["desk-list"]
    assert not [kind for kind, text in told.items() if CANARY in text]
    with acting_as_system("tests"):
        from cast import make_member

        make_member("Elsewhere", "Elsewhere House", edition_id=OTHER_EDITION)
        theirs = Nomination.objects.get(edition_id=OTHER_EDITION)
        Nomination.objects.filter(pk=theirs.pk).update(state="waiting")
        slug = Edition.objects.filter(pk=EDITION).values_list("slug", flat=True).first() or SHOWN
    signed_in(cast.organiser.account).post(
        f"/e/{slug}/vetting/bulk/",
        {"nomination": [str(theirs.pk)], "decision": "cleared", "sure": "yes", "do": "carry-out"},
    )
    with acting_as_system("tests"):
        assert Nomination.objects.get(pk=theirs.pk).state == "waiting"


@pytest.mark.parametrize(
    "address",
    [
        "/static/",
        "/static/../config/settings.py",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/media/",
        "/uploads/",
        "/.data/",
        f"/calendar/{'a' * 43}.ics",
    ],
)
def test_a13_no_file_is_given_by_its_address_alone(cast: Cast, address: str) -> None:
    assert not settings.MEDIA_ROOT
    for client in (Client(), signed_in(cast.company.account)):
        assert client.get(address).status_code in {400, 404}


def test_a13_what_is_ones_own_needs_ones_own_session(cast: Cast) -> None:
    for address in ("/me/data.json", f"/e/{SHOWN}/my/badge.svg", "/mailbox/"):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
    client = signed_in(cast.company.account)
    assert client.get("/me/data.json").status_code == 200
    cast.company.account.is_active = False
    cast.company.account.save()
    assert client.get("/me/data.json").status_code == 302


def test_a16_no_choice_of_a_form_names_a_hidden_row(cast: Cast) -> None:
    """Every identifier that a form offers belongs to a row that its reader sees."""
    build_shown_world()
    build_hidden_world()
    hidden = {str(World.key_of(model)) for model in walled()}
    values: dict[str, list[object]] = {
        "<uuid>": [uuid.uuid4()],
        "<slug>": [SHOWN],
        "<str>": ["MDA"],
        "<path>": ["x"],
        "<int>": [1],
    }
    for model in walled():
        values[f"{model._meta.model_name}_id"] = [World.key_of(model, text=SHOWN)]
    choice = re.compile(r'<(?:option|input)[^>]*value="([0-9a-f]{8}-[0-9a-f-]{27})"', re.IGNORECASE)
    for part in ("organiser", "company", "guest"):
        offered: set[str] = set()
        client = signed_in(cast.everybody[part].account)
        for route in all_routes():
            if route.name != "account_logout":
                for address in route.addresses(values, most=2):
                    response = client.get(address)
                    if "html" in response.headers.get("Content-Type", ""):
                        offered |= set(choice.findall(response.content.decode()))
        assert offered, f"no form of {part} offers a row: the test would prove nothing"
        assert not offered & hidden
        with acting(cast.everybody[part].subject):
            unseen = {key for key in offered if not _is_seen(key)}
        assert not unseen, part


def _is_seen(key: str) -> bool:
    from django.apps import apps

    return any(
        model._default_manager.filter(pk=key).exists()
        for model in apps.get_models()
        if issubclass(model, Walled)
        and model._meta.pk is not None
        and model._meta.pk.get_internal_type() == "UUIDField"
    )


def test_a17_mails_of_another_edition(cast: Cast) -> None:
    """The organiser of one edition reads no mail of another, though both went to the same person."""
    with acting_as_system("tests"):
        for edition_id in (EDITION, OTHER_EDITION):
            Mail.objects.create(
                kind="nomination.decided",
                person=cast.company.person,
                edition_id=edition_id,
                key=str(uuid.uuid4()),
                owner_org=cast.company.organisation,
                label_stewards=[f"organise@{edition_id}", "organise@*"],
            )
    with acting(cast.organiser.subject):
        assert set(Mail.objects.values_list("edition_id", flat=True)) == {EDITION}
        assert not Mail.objects.filter(edition_id=OTHER_EDITION).exists()


@pytest.mark.parametrize("how", ["right", "person", "account", "session"])
def test_a18_live_events_end_with_the_right_to_them(
    cast: Cast, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each event is read anew in the name of the person behind the session."""
    from punte.config import live

    # The test's own connection is in its transaction; the live process has one of its own.
    monkeypatch.setattr(live, "close_old_connections", lambda: None)
    world = World
    build_shown_world()
    run_id = world.key_of(SolveRun, text=SHOWN)
    with acting_as_system("tests"):
        edition = Edition.objects.get(pk=world.key_of(Edition, text=SHOWN))
        grant = Grant.objects.create(
            person=cast.organiser.person,
            right="organise",
            edition_id=edition.pk,
        )
    client = signed_in(cast.organiser.account)
    key = client.session.session_key
    assert key is not None
    assert live._read.func(key, live.Target(kind="/live/runs/", run_id=run_id)) is not None
    assert live._read.func("made-up", live.Target(kind="/live/runs/", run_id=run_id)) is None
    with acting_as_system("tests"):
        if how == "right":
            edition_rows = Edition.objects.filter(pk=edition.pk)
            edition_rows.update(label_releasable_to=[])
            Grant.objects.filter(pk=grant.pk).update(revoked_at=timezone.now())
            take_back_shown()
        elif how == "person":
            Denial.objects.create(name=f"person:{cast.organiser.person.pk}", reason="test")
        elif how == "account":
            cast.organiser.account.is_active = False
            cast.organiser.account.save()
    if how == "session":
        client.logout()
    assert live._read.func(key, live.Target(kind="/live/runs/", run_id=run_id)) is None


def take_back_shown() -> None:
    """Release nothing of the shown world to anybody any more."""
    for model in walled():
        if any(field.name == "label_releasable_to" for field in model._meta.concrete_fields):
            rows = model._default_manager.filter(pk=World.key_of(model, text=SHOWN))
            rows.update(label_releasable_to=[], label_stewards=[])
