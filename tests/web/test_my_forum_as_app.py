"""My forum as an app on the home screen, and what a browser may keep of the pages beside it."""

import pytest
from django.test import Client

from edition_rows import PASSWORD, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.own import my_contacts
from punte.web.worker import KEEP_HEADER

pytestmark = pytest.mark.django_db


def test_the_app_opens_on_ones_own_day(client: Client) -> None:
    rows = make_edition(organisations=3, requests=6)
    assert client.login(email=rows.delegate, password=PASSWORD)
    address = f"/e/{rows.edition.slug}/"
    told = client.get(f"{address}my/app.webmanifest").json()
    assert told["start_url"] == f"{address}my/"
    assert told["scope"] == address
    assert rows.edition.name in told["name"]
    assert f'href="{address}my/app.webmanifest"' in client.get(f"{address}my/").content.decode()


def test_only_whom_one_meets_may_be_kept(client: Client) -> None:
    rows = make_edition(organisations=8, requests=8)
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        met = {one.pk for one in my_contacts(me)}
        others = set(Delegate.objects.filter(edition=rows.edition).values_list("pk", flat=True)) - {
            me.pk
        }
    assert met
    assert others - met
    assert client.login(email=rows.delegate, password=PASSWORD)
    address = f"/e/{rows.edition.slug}/"
    kept = {key for key in others if KEEP_HEADER in client.get(f"{address}people/{key}/").headers}
    assert kept == met
    assert KEEP_HEADER in client.get(f"{address}agenda/").headers
    client.logout()
    assert KEEP_HEADER not in client.get(f"{address}agenda/").headers
    assert client.get("/no-network/").status_code == 302
