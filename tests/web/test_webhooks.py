"""The page of webhooks: the secret once, the steps, the list of calls as a file; and nobody but organisers."""

import pytest
from django.test import Client

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum import webhooks
from punte.apps.forum.models import Webhook, WebhookCall
from punte.apps.forum.webhook_notes import note_fact
from signed_in import let_in

pytestmark = pytest.mark.django_db
WISH = {
    "name": "Badge printer",
    "url": "https://hooks.ministry.example/punte?key=1&more=2",
    "kind": ["timetable", "request"],
    "once": "yes",
}


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def start(client: Client, rows: Rows) -> str:
    let_in(client, rows.organiser)
    return f"/e/{rows.edition.slug}/set-up/webhooks/"


def entered(client: Client, start: str) -> tuple[str, Webhook]:
    answer = client.post(start, WISH)
    assert answer.status_code == 302, answer.content.decode()
    with acting_as_system("tests"):
        hook = Webhook.objects.get()
    return str(answer["Location"]), hook


def test_the_secret_is_shown_once_and_anew_after_it_is_changed(client: Client, start: str) -> None:
    address, hook = entered(client, start)
    secret = webhooks.secret_of(hook)
    assert secret in client.get(address).content.decode()
    assert secret not in client.get(address).content.decode()
    page = client.post(address, {"do": "secret"}, follow=True).content.decode()
    assert secret not in page
    with acting_as_system("tests"):
        hook.refresh_from_db()
    assert webhooks.secret_of(hook) in page


def test_it_is_paused_tried_and_taken_away(client: Client, start: str) -> None:
    address, hook = entered(client, start)
    assert "Paused." in client.post(address, {"do": "pause"}, follow=True).content.decode()
    assert (
        "It is called again."
        in client.post(address, {"do": "resume"}, follow=True).content.decode()
    )
    page = client.post(address, {"do": "test"}, follow=True).content.decode()
    assert "webhook.test" in page
    with acting_as_system("tests"):
        WebhookCall.objects.update(state="lost", note="=HYPERLINK(1)")
        call = WebhookCall.objects.get()
    table = client.get(f"{address}?as=csv").content.decode("utf-8-sig")
    assert "webhook.test" in table
    assert ",=HYPERLINK" not in table
    with acting_as_system("tests"):
        WebhookCall.objects.update(note=note_fact("status", {"status": "503"}))
        Webhook.objects.update(note=note_fact("lost", {"count": "10"}), state="paused")
    for language, answered, lost in (
        ("en", "It answered 503.", "10 calls in a row were given up."),
        ("ro", "A răspuns 503.", "S-a renunțat la 10 apeluri la rând."),
    ):
        headers = {"accept-language": language}
        page = client.get(address, headers=headers).content.decode()
        assert answered in page
        assert lost in page
        assert lost in client.get(start, headers=headers).content.decode()
        assert answered in client.get(f"{address}?as=csv", headers=headers).content.decode()
    again = {"do": "again", "call": str(call.pk)}
    assert "It waits to be sent again." in client.post(address, again, follow=True).content.decode()
    assert "Take Badge printer away?" in client.post(address, {"do": "away"}).content.decode()
    with acting_as_system("tests"):
        assert Webhook.objects.filter(pk=hook.pk).exists()
    client.post(address, {"do": "away", "sure": "yes"})
    with acting_as_system("tests"):
        assert not Webhook.objects.exists()
    assert client.get(address).status_code == 404


def test_what_was_typed_is_kept_when_it_is_refused(client: Client, start: str) -> None:
    page = client.post(start, WISH | {"url": "https://a:b@hooks.example/"}).content.decode()
    assert "Leave names, passwords" in page
    assert 'value="Badge printer"' in page
    assert 'value="request" checked' in page


def test_nobody_else_opens_it(client: Client, rows: Rows, start: str) -> None:
    address, _hook = entered(client, start)
    client.logout()
    let_in(client, rows.delegate)
    for one in (start, address, f"{address}?as=csv"):
        assert client.get(one).status_code == 404
    assert client.post(address, {"do": "pause"}).status_code == 404
