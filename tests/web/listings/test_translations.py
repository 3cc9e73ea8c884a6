"""A translation of what is published: the owner is told before and after what it does to the state."""

import pytest

from apps.market.test_listings import published
from cast import Cast
from punte.apps.access.permissions import acting
from punte.apps.market.models import WaitingTranslation
from signed_in import signed_in

ENGLISH = {"language": "en", "title": "Mobile bridge", "text": "A mobile bridge for 60 t."}
BEFORE = (
    "It is published, and stays so. The translation is shown to others once it has been reviewed."
)
WAITS = "The translation waits for review: until it is published, only your organisation and the reviewers see it."
AFTER = "The change waits for review: until it is published, others read what was published before."


def waiting_in(cast: Cast) -> str:
    with acting(cast.authority.subject):
        return str(WaitingTranslation.objects.get().pk)


def test_a_translation_waits_alone_and_the_need_stays_on_the_air(cast: Cast) -> None:
    address = f"/needs/{published(cast).pk}/"
    owner, reader = signed_in(cast.authority), signed_in(cast.company)
    assert BEFORE in owner.get(f"{address}translate/").content.decode()
    page = owner.post(f"{address}translate/", ENGLISH, follow=True).content.decode()
    assert WAITS in page
    assert "Mobile bridge" in page
    assert ">published</span>" in page
    read = reader.get(address)
    assert read.status_code == 200
    assert "Mobile bridge" not in read.content.decode()
    reviewer = signed_in(cast.organiser)
    assert address in reviewer.get("/listings/review/").content.decode()
    assert "publish-translation" in reviewer.get(address).content.decode()
    reviewer.post(f"{address}publish-translation/", {"waiting": waiting_in(cast)})
    assert "Mobile bridge" in reader.get(address).content.decode()


def test_a_change_of_what_is_published_says_so_afterwards_too(cast: Cast) -> None:
    address = f"/needs/{published(cast).pk}/"
    form = {"title": "Pod", "text": "Pod.", "language": "ro", "kind": "equipment"}
    form |= {"audience": "edition", "revision": "1"}
    page = signed_in(cast.authority).post(f"{address}edit/", form, follow=True).content.decode()
    assert AFTER in page


def test_the_same_translation_again_does_not_wait(cast: Cast) -> None:
    address = f"/needs/{published(cast).pk}/"
    owner = signed_in(cast.authority)
    owner.post(f"{address}translate/", ENGLISH, follow=True)
    signed_in(cast.organiser).post(f"{address}publish-translation/", {"waiting": waiting_in(cast)})
    page = owner.post(f"{address}translate/", ENGLISH, follow=True).content.decode()
    assert WAITS not in page
    assert "The translation is shown beside the original." in page


@pytest.mark.parametrize("language", ["en", "xx", ""])
def test_a_translation_is_changed_from_what_it_reads_now(cast: Cast, language: str) -> None:
    address = f"/needs/{published(cast).pk}/"
    owner = signed_in(cast.authority)
    owner.post(f"{address}translate/", ENGLISH, follow=True)
    assert f"{address}translate/?language=en" in owner.get(address).content.decode()
    form = owner.get(f"{address}translate/?language={language}").content.decode()
    assert ('value="Mobile bridge"' in form) == (language == "en")
