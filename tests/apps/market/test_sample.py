from cast import EDITION, Cast
from punte.apps.access.permissions import acting
from punte.apps.market.models import Listing
from punte.apps.market.sample import load_listings


def test_the_sample_is_published_marked_and_loaded_once(cast: Cast) -> None:
    assert len(load_listings(EDITION)) == 5
    assert load_listings(EDITION) == []
    with acting(cast.company.subject):
        assert set(Listing.objects.values_list("state", "is_synthetic")) == {("published", True)}


def test_whoever_signs_in_has_something_of_their_own(cast: Cast) -> None:
    owners = {cast.company.organisation.pk: "drones_counter_drones"}
    load_listings(EDITION, surely=owners)
    with acting(cast.company.subject):
        own = Listing.objects.get(owner_org_id=cast.company.organisation.pk)
    assert own.capability == ["drones_counter_drones"]
    assert own.side == "offer"
