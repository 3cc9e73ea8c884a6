"""Where an account is signed in: read in plain words, ended, never at too many places, and no kept page afterwards."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.models import UserSession
from django.test import Client, RequestFactory, override_settings

from page_lines import in_one_line
from punte.apps.access.models import Account
from punte.web.signed_in import in_words

pytestmark = pytest.mark.django_db

WORD = "a long word for signing in"
PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def account() -> Account:
    return Account.objects.create_user("ana@example.org", password=WORD)


def signed_in(account: Account, browser: str = FIREFOX) -> Client:
    client = Client(HTTP_USER_AGENT=browser)
    assert client.login(email=account.email, password=WORD)
    assert client.get(PAGE).status_code == 200
    return client


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("browser", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/140 Safari/537 Edg/140.0", "Edge on macOS"),
        ("curl/8", "a browser that does not say what it is"),
        ("", "a browser that does not say what it is"),
    ],
)  # fmt: skip
def test_a_browser_is_named_as_a_person_names_it(browser: str, words: str) -> None:
    assert in_words(browser) == words


def test_one_is_ended_and_the_others_stay(account: Account) -> None:
    here, lost, third = (signed_in(account) for _ in range(3))
    page = in_one_line(here.get(PAGE).content)
    assert page.count("Firefox on Windows<") == 3
    assert page.count('<span class="badge good">here</span>') == 1
    chosen = UserSession.objects.get(session_key=lost.session.session_key)
    told = here.post(PAGE, {"do": "end", "session": str(chosen.pk)}, follow=True)
    assert "Signed out at 1 place." in told.content.decode()
    assert (is_in(here), is_in(lost), is_in(third)) == (True, False, True)
    told = here.post(PAGE, {"do": "end", "session": str(chosen.pk)}, follow=True)
    assert "Nothing to end" in told.content.decode()


def test_all_others_are_ended(account: Account) -> None:
    here, *others = (signed_in(account) for _ in range(3))
    assert (
        "Signed out at 2 places." in here.post(PAGE, {"do": "others"}, follow=True).content.decode()
    )
    assert is_in(here)
    assert not any(is_in(one) for one in others)


@pytest.mark.parametrize("chosen", ["", "x", "-1", "999999999999999999999", "own", "foreign"])
def test_nothing_but_ones_own_other_sessions_is_ended(account: Account, chosen: str) -> None:
    here, other = signed_in(account), signed_in(account)
    neighbour = signed_in(Account.objects.create_user("ion@example.org", password=WORD), FIREFOX)
    keys = {"own": here, "foreign": neighbour}
    if chosen in keys:
        row = UserSession.objects.get(session_key=keys[chosen].session.session_key)
        chosen = str(row.pk)
    told = here.post(PAGE, {"do": "end", "session": chosen}, follow=True)
    assert "Nothing to end" in told.content.decode()
    assert is_in(here)
    assert is_in(other)
    assert is_in(neighbour)


@override_settings(SESSIONS_OF_AN_ACCOUNT=3)
def test_a_further_one_ends_the_one_seen_longest_ago(account: Account) -> None:
    clients = [signed_in(account) for _ in range(3)]
    oldest = UserSession.objects.get(session_key=clients[1].session.session_key)
    UserSession.objects.filter(pk=oldest.pk).update(last_seen_at="2025-01-01T00:00Z")
    newest = signed_in(account)
    assert [is_in(one) for one in (*clients, newest)] == [True, False, True, True]
    assert UserSession.objects.filter(user=account).count() == 3


def test_a_changed_password_ends_the_others(account: Account) -> None:
    here, other = signed_in(account), signed_in(account)
    new = "another long word for signing in"
    told = here.post(
        "/accounts/password/change/",
        {"oldpassword": WORD, "password1": new, "password2": new},
    )
    assert told.status_code == 302
    assert is_in(here)
    assert not is_in(other)


def test_a_changed_second_step_ends_the_others(account: Account) -> None:
    here, other = signed_in(account), signed_in(account)
    request = RequestFactory().get(PAGE)
    request.user, request.session = account, here.session
    authenticator_added.send(
        sender=Authenticator, request=request, user=account, authenticator=Authenticator()
    )
    assert is_in(here)
    assert not is_in(other)


def test_the_page_says_no_key_of_a_session(account: Account) -> None:
    here, other = signed_in(account), signed_in(account)
    page = here.get(PAGE).content.decode()
    for client in (here, other):
        assert str(client.session.session_key) not in page
    assert re.search(r"Cache-Control: .*no-store|private, no-store", str(here.get(PAGE).headers))
