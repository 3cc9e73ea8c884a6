"""People you should meet: whose offer fits our need, with the reasons, nobody twice and nobody already asked."""

import pytest

from page_lines import in_one_line
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.market.bridge import encode_listing
from punte.apps.market.bridge.reasons import find_in_words, reason_in_words
from punte.apps.market.models import Listing
from punte.apps.meetings.models import MeetingRequest
from punte.engines.matching.result import SentencePair
from signed_in import signed_in
from small_forum import Forum, load_small, open_for_requests, publish

pytestmark = pytest.mark.django_db


def make(forum: Forum, delegate: Delegate, side: str, title: str) -> Listing:
    listing = publish(forum, delegate, side, title)
    encode_listing(listing)
    return listing


def test_nobody_is_named_for_what_they_may_not_see() -> None:
    forum = load_small()
    client, me, other = open_for_requests(forum)
    with acting_as_system("tests"):
        need = make(forum, me, "need", "A radar that finds small drones at low altitude")
        make(forum, other, "offer", "Radar for small drones at low altitude")
        Listing.objects.filter(pk=need.pk).update(label_releasable_to=[])
    address = f"/e/{forum.edition.slug}/my/suggestions/"
    assert other.organisation.name not in client.get(address).content.decode()
    with acting_as_system("tests"):
        make(forum, me, "need", "Radar against drones at low altitude")
    page = client.get(address).content.decode()
    assert other.organisation.name in page
    assert "Radar against drones" in page
    assert "A radar that finds" not in page


def test_headings_follow_each_other() -> None:
    forum = load_small()
    client, me, other = open_for_requests(forum)
    with acting_as_system("tests"):
        make(forum, me, "need", "A radar that finds small drones at low altitude")
        make(forum, other, "offer", "Radar for small drones at low altitude")
    address = f"/e/{forum.edition.slug}/my/suggestions/"
    page = in_one_line(client.get(address).content)
    assert "<h2><a" in page
    assert "<h3>" not in page
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<h3><a" in in_one_line(part)


def test_a_reason_quotes_the_beginning_of_a_long_sentence() -> None:
    long = "A bridge for heavy vehicles " * 30
    pair = SentencePair(need=long, offer=long, similarity=0.9)
    for said in (reason_in_words(pair), find_in_words(pair)):
        assert "…” " in said
        assert len(said) < 450


@pytest.mark.parametrize(
    ("similarity", "said"),
    [
        (0.41, "“A” and “B” are near in meaning."),
        (0.39, "The nearest of their sentences are “A” and “B”."),
    ],
)
def test_near_in_meaning_is_said_from_where_unlike_texts_seldom_are(
    similarity: float, said: str
) -> None:
    assert reason_in_words(SentencePair(need="A", offer="B", similarity=similarity)) == said


def test_who_fits_is_named_until_asked() -> None:
    forum = load_small()
    address = f"/e/{forum.edition.slug}/my/suggestions/"
    early = signed_in("authority@bucharest.example")
    assert "Nobody yet" in early.get(address).content.decode()
    client, me, other = open_for_requests(forum)
    with acting_as_system("tests"):
        make(forum, me, "need", "A radar that finds small drones at low altitude")
        make(forum, other, "offer", "Radar for small drones at low altitude")
    page = client.get(address).content.decode()
    assert other.organisation.name in page
    assert "Radar for small drones" in page
    assert "<li>" in page, "a reason stands beside it"
    with acting_as_system("tests"):
        people = Delegate.objects.filter(edition=forum.edition, organisation=other.organisation)
        request = MeetingRequest.objects.filter(edition=forum.edition)[: people.count()]
        for row, one in zip(request, people, strict=False):
            MeetingRequest.objects.filter(pk=row.pk).delete()
            MeetingRequest.objects.create(
                edition=forum.edition,
                code=row.code,
                sender=me,
                receiver=one,
                reason="x",
                state="pending",
                owner_org=me.organisation,
            )
    assert "Radar for small drones" not in client.get(address).content.decode()
    assert (
        "People you should meet" in client.get(address.replace("suggestions/", "")).content.decode()
    )
