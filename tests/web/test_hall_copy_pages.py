"""A copy for the hall says as of when it is, takes what comes back to the site, and refuses the rest in words; a site takes everything."""

import datetime as dt
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.app_settings import TOTP_PERIOD
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
)
from allauth.mfa.utils import is_mfa_enabled
from django.test import Client, override_settings

from edition_rows import PASSWORD, Rows, make_edition
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation.hall_keys import issue_key
from punte.apps.cooperation.hall_sign_in import without_codes
from punte.apps.cooperation.models import Cooperation, HallCopy, MeetingMark, Scan
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest, SolveRun
from punte.apps.people.queries import subject_of_account
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def count(model: type) -> int:
    with acting_as_system("tests"):
        return int(model.objects.count())  # type: ignore[attr-defined]


def test_a_copy_takes_only_what_comes_back(rows: Rows) -> None:
    base, runs = f"/e/{rows.edition.slug}", count(SolveRun)
    with acting_as_system("tests"):
        code = Delegate.objects.filter(edition=rows.edition)[0].code
        meeting = MeetingRequest.objects.filter(
            sender__person__account__email=rows.delegate, state="accepted"
        )[0]
    with override_settings(PUNTE_HALL_COPY=True):
        organiser, delegate = signed_in(rows.organiser), signed_in(rows.delegate)
        assert organiser.get(f"{base}/timetable/solve/").status_code == 200
        refused = organiser.post(f"{base}/timetable/solve/", {"time_limit_s": "5"})
        assert refused.status_code == 403
        assert "the copy for the hall" in refused.content.decode()
        assert count(SolveRun) == runs
        organiser.post(f"{base}/check-in/", {"code": code})
        assert count(Scan) == 1
        page = f"{base}/follow-up/{meeting.pk}/"
        begun = delegate.post(page, {"do": "begin", "name": "Together"})
        assert (begun.status_code, count(Cooperation)) == (403, 0)
        assert delegate.post(page, {"do": "mark", "mark": "held"}).status_code == 302
        assert count(MeetingMark) == 1
        assert organiser.post("/nowhere/").status_code == 404
        assert organiser.post("/accounts/logout/").status_code == 302
    delegate = signed_in(rows.delegate)
    assert delegate.post(page, {"do": "begin", "name": "Together"}).status_code == 302
    assert count(Cooperation) == 1, "the site itself takes it"


def test_who_holds_a_right_and_has_no_codes_sets_them_up_at_the_copy(rows: Rows) -> None:
    account = Account.objects.get(email=rows.organiser)
    account.set_password(PASSWORD)
    account.save()
    EmailAddress.objects.get_or_create(user=account, email=account.email, verified=True)
    desk, set_up = f"/e/{rows.edition.slug}/check-in/", "/accounts/2fa/totp/activate/"
    with override_settings(PUNTE_HALL_COPY=True, PUNTE_REQUIRE_MFA=True):
        client = Client()
        client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})
        assert client.get(desk).headers["Location"] == "/accounts/2fa/"
        assert "at this copy for the hall alone" in client.get("/accounts/2fa/").content.decode()
        again = client.post(f"/accounts/reauthenticate/?next={set_up}", {"password": PASSWORD})
        assert again.status_code == 302
        client.get(set_up)
        wrong = client.post(set_up, {"code": "000000"})
        assert (wrong.status_code, is_mfa_enabled(account)) == (200, False)
        secret = client.session["mfa.totp.secret"]
        code = format_hotp_value(hotp_value(secret, int(time.time()) // TOTP_PERIOD))
        assert client.post(set_up, {"code": code}).status_code == 302
        assert client.get(desk).status_code == 200
        for closed in ("totp/deactivate/", "webauthn/add/"):
            assert client.post(f"/accounts/2fa/{closed}").status_code == 403
        assert client.post("/accounts/password/change/").status_code == 403
        assert is_mfa_enabled(account)


def test_who_could_not_sign_in_at_a_copy_is_named(rows: Rows) -> None:
    account = Account.objects.get(email=rows.organiser)

    def named() -> dict[str, bool]:
        return {one.email: one.has_passkey for one in without_codes(rows.edition.pk)}

    assert rows.organiser in named()
    assert rows.delegate not in named()
    assert named()[rows.organiser] is False
    Authenticator.objects.create(user=account, type="webauthn", data={})
    assert named()[rows.organiser] is True
    Authenticator.objects.create(user=account, type="totp", data={})
    assert rows.organiser not in named()


AS_OF = dt.datetime(2027, 5, 14, 18, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("tail", ["", "my/", "requests/", "agenda/", "hall/"])
def test_every_page_of_a_copy_says_as_of_when_it_is(rows: Rows, tail: str) -> None:
    address = f"/e/{rows.edition.slug}/{tail}"
    reader = signed_in(rows.delegate)
    assert "It is not live" not in reader.get(address).content.decode()
    with override_settings(PUNTE_HALL_COPY=True, PUNTE_HALL_COPY_AS_OF=AS_OF):
        page = reader.get(address).content.decode()
        assert "Copy for the hall, as of 2027-05-14 21:30 EEST" in page
        assert "as of 2027-05-14 21:30" in Client().get("/accounts/login/").content.decode()
        assert "as of 2027-05-14 21:30" in reader.get("/nowhere/").content.decode()
        reader.cookies["django_language"] = "ro"
        assert "Copie pentru sală, din 2027-05-14 21:30" in reader.get(address).content.decode()
    with override_settings(PUNTE_HALL_COPY=True, PUNTE_HALL_COPY_AS_OF=None):
        assert "Nu este în direct" in reader.get(address).content.decode()


def test_organisers_see_the_copies_made_and_revoke_one(rows: Rows) -> None:
    organiser, address = signed_in(rows.organiser), f"/e/{rows.edition.slug}/check-in/copies/"
    assert "No copy was made" in organiser.get(address).content.decode()
    by = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting(by):
        keys = [issue_key(by=by, edition=rows.edition) for _ in range(2)]
    page = organiser.get(address).content.decode()
    assert page.count("in force") == 2
    assert all(str(key.copy_id) in page for key in keys)
    with acting_as_system("tests"):
        assert HallCopy.objects.first().by_name in page
    assert signed_in(rows.delegate).get(address).status_code == 404
    assert organiser.post(address, {"copy": "x"}).status_code == 404
    done = organiser.post(address, {"copy": str(keys[0].copy_id)}, follow=True).content.decode()
    assert (done.count("in force"), done.count(">revoked<")) == (1, 1)
    with acting_as_system("tests"):
        assert HallCopy.objects.get(pk=keys[0].copy_id).revoked_at is not None
        assert HallCopy.objects.get(pk=keys[1].copy_id).revoked_at is None
