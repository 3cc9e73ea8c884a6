"""What the tests of the pages of money and rules begin with: who signs in, and the sample's programmes and loan plans."""

from django.test import Client

from cast import Cast, make_cast
from punte.apps.funding.sample import load_funding
from punte.apps.programmes.sample import load_programmes, sample_milestones


def make_keepers() -> Cast:
    """Return a cast whose authority keeps the sample's programmes and loan plans."""
    made = make_cast()
    keeper = made.authority.organisation.pk
    load_programmes(keeper, with_synthetic=True)
    load_funding(keeper, milestones=sample_milestones())
    return made


def sign_in(client: Client, cast: Cast, part: str = "authority") -> None:
    """Sign in as one of the cast, by its part."""
    client.force_login(
        getattr(cast, part).account, "allauth.account.auth_backends.AuthenticationBackend"
    )
