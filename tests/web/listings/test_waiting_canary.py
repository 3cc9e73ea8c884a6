"""A wording that waits shows nowhere to whoever may not review it: not a byte of any page, file, feed, API or mail differs."""

from dataclasses import replace

import pytest
from django.core import mail
from django.core.cache import caches
from django.db import transaction
from django.test import Client

from apps.market.test_listings import DRAFT, published
from cast import Cast
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.actions import edit_listing
from punte.apps.market.amounts import AmountDraft
from punte.apps.market.jobs import encode_published, encode_waiting
from punte.apps.market.models import Listing, SavedSearch, Tally, Vector
from punte.apps.market.searches import tell_searchers
from punte.apps.market.translating import set_translation
from punte.apps.people.models import Mail
from punte.kernel.money import Money
from security.crawl import Answer, masked

CANARY = "zqwaiting8"
PUBLIC = {"audience": "public", "tlp": "TLP:CLEAR"}
READERS = ("visitor", "company", "guest", "outsider")


def addresses(need: Listing, offer: Listing) -> list[str]:
    """Return every page, file and document in which a need or an offer is read."""
    found = [
        "/needs/ocds.json",
        "/listings/codes/",
        f"/search/?q={CANARY}",
        "/search/?q=Pod",
        "/my/",
    ]
    for side, row in (("need", need), ("offer", offer)):
        found += [
            f"/{side}s/",
            f"/{side}s/?q={CANARY}",
            f"/{side}s/{row.pk}/",
            f"/{side}s/{row.pk}/fits/",
            f"/{side}s/{row.pk}/edit/",
            f"/{side}s/{row.pk}/translate/?language=en",
            *(f"/{side}s/table/?format={one}" for one in ("csv", "json", "jsonl")),
            f"/api/v1/{side}s",
            f"/api/v1/{side}s?q={CANARY}",
            f"/api/v1/{side}s/{row.pk}",
            f"/api/v1/{side}s/{row.pk}/matches",
            f"/api/v1/{side}s/{row.pk}/waiting",
        ]
    return [*found, "/needs/coverage/", "/listings/review/", "/listings/verdicts/"]


def read_all(cast: Cast, asked: list[str]) -> dict[tuple[str, str], Answer]:
    for name in ("default", "local"):
        caches[name].clear()
    found = {}
    for reader in READERS:
        client = Client()
        if reader != "visitor":
            client.force_login(cast.everybody[reader].account)
        for address in asked:
            found[reader, address] = masked(client.get(address))
    return found


def write_what_waits(cast: Cast, *listings: Listing) -> None:
    wish = AmountDraft(amount=Money(987654321, "EUR"), reader="same")
    for listing in listings:
        with acting(cast.authority.subject) as owner:
            row = Listing.objects.get(pk=listing.pk)
            title = f"{CANARY} {listing.side}"
            draft = replace(DRAFT, side=row.side, title=title, text=CANARY, amount=wish, **PUBLIC)  # type: ignore[arg-type]
            edit_listing(
                by=owner, listing=row, draft=replace(draft, cpv=("44212100",)), read_revision=1
            )
            set_translation(by=owner, listing=row, language="en", title=CANARY, text=CANARY)


def letters_and_vectors(cast: Cast, *listings: Listing) -> tuple[list[object], int]:
    """Run the rounds that read listings, and return what left and how much was read."""
    mail.outbox.clear()
    for listing in listings:
        encode_published(str(listing.pk))
    encode_waiting()
    tell_searchers()
    people = [cast.everybody[part].person.pk for part in READERS[1:]]
    with acting_as_system("tests"):
        queued = list(Mail.objects.filter(person__in=people).values_list("kind", "key", "about_id"))
        vectors = Vector.objects.count() + Tally.objects.count()
    return queued, vectors


def _difference(key: tuple[str, str], one: Answer, other: Answer) -> str:
    a, b = one.body, other.body
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), -1)
    return f"{key}: {one.status}/{other.status} {a[at - 80 : at + 80]!r} / {b[at - 80 : at + 80]!r}"


@pytest.mark.django_db
def test_what_waits_changes_no_byte_for_who_may_not_review_it(cast: Cast) -> None:
    need = published(cast, **PUBLIC)
    offer = published(cast, side="offer", **PUBLIC)
    with acting_as_system("tests"):
        for part in READERS[1:]:
            member = cast.everybody[part]
            for words in (CANARY, "Pod"):
                SavedSearch.objects.create(
                    owner_org=member.organisation,
                    person=member.person,
                    words=words,
                    language="ro",
                    label_stewards=[f"person:{member.person.pk}"],
                )
    asked = addresses(need, offer)
    letters_and_vectors(cast, need, offer)
    read_all(cast, [f"/needs/{need.pk}/fits/"])
    with transaction.atomic():
        without = read_all(cast, asked), letters_and_vectors(cast, need, offer)
        transaction.set_rollback(True)
    write_what_waits(cast, need, offer)
    found = read_all(cast, asked), letters_and_vectors(cast, need, offer)
    for key in without[0]:
        assert found[0][key] == without[0][key], _difference(key, without[0][key], found[0][key])
    assert found[1] == without[1]
    leaks = [
        key
        for key, answer in found[0].items()
        if not key[1].startswith("/search/")  # that says one's own saved searches back
        and CANARY not in key[1]
        and CANARY.encode() in answer.body
    ]
    assert leaks == []
    assert any(b"Pod mobil" in answer.body for answer in found[0].values())


@pytest.mark.django_db
def test_its_owner_and_the_reviewers_do_see_it(cast: Cast) -> None:
    """The comparison would be worth nothing if the pages could not show it at all."""
    need = published(cast, **PUBLIC)
    write_what_waits(cast, need)
    for member in (cast.authority, cast.organiser):
        client = Client()
        client.force_login(member.account)
        assert f"{CANARY} need" in client.get(f"/needs/{need.pk}/").content.decode()
