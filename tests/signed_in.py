"""A client of somebody who is signed in, for the tests of pages."""

from django.test import Client

from cast import Member
from punte.apps.access.models import Account


def signed_in(who: Member | Account | str) -> Client:
    """Return a client of one of the cast, of an account, or of the account of an e-mail address."""
    client = Client()
    let_in(client, who)
    return client


def let_in(client: Client, who: Member | Account | str) -> None:
    """Sign a client in without a password: to check one takes longer than most pages, and has tests of its own."""
    account = who.account if isinstance(who, Member) else who
    if isinstance(account, str):
        account = Account.objects.get(email=account)
    client.force_login(account, "allauth.account.auth_backends.AuthenticationBackend")
