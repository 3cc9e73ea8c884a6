"""A translation of what is published: the owner is told before and after what it does to the state."""

import pytest

from apps.market.test_listings import published
from cast import Cast
from punte.apps.access.permissions import acting
from punte.apps.market.models import Listing
from signed_in import signed_in

ENGLISH = {"language": "en", "title": "Mobile bridge", "text": "A mobile bridge for 60 t."}
BEFORE = "It is published. A translation hides it until it has been reviewed again."
AFTER = "The text is in review again: until it is published anew, only your organisation and its reviewers see it."


def test_a_translation_says_before_and_after_that_the_need_goes_back_to_review(cast: Cast) -> None:
    address = f"/needs/{published(cast).pk}/"
    owner, reader = signed_in(cast.authority), signed_in(cast.company)
    assert "badge good" in owner.get(address).content.decode()
    assert BEFORE in owner.get(f"{address}translate/").content.decode()
    page = owner.post(f"{address}translate/", ENGLISH, follow=True).content.decode()
    assert AFTER in page
    assert ">in review</span>" in page
    assert ">published</span>" not in page
    assert "<dt>Published</dt>" not in page
    assert "<dt>Published before</dt>" in page
    assert BEFORE not in owner.get(f"{address}translate/").content.decode()
    assert reader.get(address).status_code == 404
    signed_in(cast.organiser).post(f"{address}publish/")
    assert "Mobile bridge" in reader.get(address).content.decode()


def test_a_change_of_what_is_published_says_so_afterwards_too(cast: Cast) -> None:
    address = f"/needs/{published(cast).pk}/"
    form = {"title": "Pod", "text": "Pod.", "language": "ro", "kind": "equipment"}
    form |= {"audience": "edition", "revision": "1"}
    page = signed_in(cast.authority).post(f"{address}edit/", form, follow=True).content.decode()
    assert AFTER in page


def test_what_is_not_published_is_said_to_be_kept_and_no_more(cast: Cast) -> None:
    address = f"/needs/{published(cast).pk}/"
    owner = signed_in(cast.authority)
    owner.post(f"{address}translate/", ENGLISH, follow=True)
    page = owner.post(f"{address}translate/", ENGLISH | {"title": "Bridge"}, follow=True)
    assert AFTER not in page.content.decode()
    assert "The translation is shown beside the original." in page.content.decode()


def test_the_same_translation_again_takes_nothing_off_the_market(cast: Cast) -> None:
    listing = published(cast)
    address = f"/needs/{listing.pk}/"
    owner = signed_in(cast.authority)
    owner.post(f"{address}translate/", ENGLISH, follow=True)
    signed_in(cast.organiser).post(f"{address}publish/")
    page = owner.post(f"{address}translate/", ENGLISH, follow=True).content.decode()
    assert AFTER not in page
    with acting(cast.authority.subject):
        assert Listing.objects.get(pk=listing.pk).state == Listing.State.PUBLISHED


@pytest.mark.parametrize("language", ["en", "xx", ""])
def test_a_translation_is_changed_from_what_it_reads_now(cast: Cast, language: str) -> None:
    address = f"/needs/{published(cast).pk}/"
    owner = signed_in(cast.authority)
    owner.post(f"{address}translate/", ENGLISH, follow=True)
    assert f"{address}translate/?language=en" in owner.get(address).content.decode()
    form = owner.get(f"{address}translate/?language={language}").content.decode()
    assert ('value="Mobile bridge"' in form) == (language == "en")
