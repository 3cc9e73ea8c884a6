from cast import EDITION, Cast
from punte.apps.access.permissions import acting
from punte.apps.market.models import Listing
from punte.apps.market.sample import load_listings


def test_the_sample_is_published_marked_and_loaded_once(cast: Cast) -> None:
    assert len(load_listings(EDITION)) == 5
    assert load_listings(EDITION) == []
    with acting(cast.company.subject):
        assert set(Listing.objects.values_list("state", "is_synthetic")) == {("published", True)}
