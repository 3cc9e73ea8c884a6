"""Other systems are told once of what happened at their edition, signed, and of nothing that its organiser may not read."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from cast import EDITION, OTHER_EDITION, Cast, make_open_edition
from punte.apps.access import outbound
from punte.apps.access.actions import record
from punte.apps.access.claiming import RETRY_MIN
from punte.apps.access.outbound import OutboundError
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum import jobs, webhook_calls, webhooks
from punte.apps.forum.models import Edition, Webhook, WebhookCall
from punte.apps.forum.set_up import SetUpError
from punte.apps.forum.webhook_notes import note_fact, say_note
from punte.apps.people.models import Grant

pytestmark = pytest.mark.django_db(transaction=True)
State = WebhookCall.State
URL = "https://hooks.ministry.example/punte"


class Other:
    """The other side: it keeps what comes, and answers as it is told."""

    def __init__(self) -> None:
        self.came: list[tuple[str, bytes, dict[str, str]]] = []
        self.status: int | Exception = 204

    def __call__(self, url: str, body: bytes, headers: dict[str, str], **_: object) -> int:
        self.came.append((url, body, headers))
        if isinstance(self.status, Exception):
            raise self.status
        return self.status


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Other:
    side = Other()
    monkeypatch.setattr(webhook_calls, "post", side)
    return side


@pytest.fixture
def hook(cast: Cast) -> Webhook:
    return enter(cast)


@pytest.fixture(autouse=True)
def edition(cast: Cast) -> Edition:
    return make_open_edition(cast)


def enter(cast: Cast, **changed: Any) -> Webhook:
    with acting(cast.organiser.subject) as by:
        edition = Edition.objects.get(pk=EDITION)
        wish = {"name": "Badge printer", "url": URL, "kinds": ["timetable", "request"]} | changed
        return webhooks.add_webhook(by=by, edition=edition, **wish)


def happen(cast: Cast, verb: str, edition_id: object = EDITION, **detail: object) -> None:
    with transaction.atomic(), acting(cast.company.subject):
        record(verb, None, edition_id=edition_id, **detail)  # type: ignore[arg-type]


def calls() -> list[WebhookCall]:
    with acting_as_system("tests"):
        return list(WebhookCall.objects.order_by("link"))


REAL_NOW = timezone.now


def later(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    wait = dt.timedelta(minutes=minutes, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: REAL_NOW() + wait)


def test_what_happens_is_told_once_signed_and_without_content(
    cast: Cast, hook: Webhook, other: Other
) -> None:
    happen(cast, "timetable.published", secret="of the edition")
    happen(cast, "listing.drafted")
    happen(cast, "timetable.published", OTHER_EDITION)
    jobs.call_webhooks()
    jobs.call_webhooks()
    ((url, body, headers),) = other.came
    assert url == URL
    told = json.loads(body)
    assert told["type"] == "timetable.published"
    assert told["data"]["about"] is None
    assert set(told) == {"type", "timestamp", "data"}
    assert b"secret" not in body
    signed = b".".join(
        [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body]
    )
    key = base64.b64decode(webhooks.secret_of(hook).removeprefix("whsec_"))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert [call.state for call in calls()] == [State.DONE]


def test_the_signature_is_the_specifications_own_example() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = webhook_calls.sign(
        key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_call_that_fails_is_tried_again_under_its_name_and_at_last_given_up(
    cast: Cast, hook: Webhook, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(cast, "request.sent")
    other.status = OutboundError("nobody there")
    minutes = 0
    for wait in (0, *RETRY_MIN):
        minutes += wait
        later(monkeypatch, minutes)
        jobs.call_webhooks()
        jobs.call_webhooks()
    assert len(other.came) == 1 + len(RETRY_MIN), "no try before its time"
    assert len({headers["webhook-id"] for _url, _body, headers in other.came}) == 1
    (call,) = calls()
    assert (call.state, call.note) == (State.LOST, "nobody there")
    with acting(cast.organiser.subject) as by:
        assert webhooks.send_again(by=by, webhook=hook, call_id=call.pk)
        assert not webhooks.send_again(by=by, webhook=hook, call_id=call.pk)
    other.status = 200
    jobs.call_webhooks()
    assert calls()[0].state == State.DONE


@pytest.mark.parametrize("status", [301, 400, 404, 500])
def test_no_answer_but_a_good_one_counts(cast: Cast, other: Other, status: int) -> None:
    enter(cast)
    happen(cast, "request.sent")
    other.status = status
    jobs.call_webhooks()
    (call,) = calls()
    assert (call.state, call.status, call.attempts) == (State.WAITING, status, 1)
    assert say_note(call.note) == f"It answered {status}."
    with override("ro"):
        assert say_note(call.note) == f"A răspuns {status}."


def test_a_worker_that_dies_loses_nothing_and_doubles_nothing(
    cast: Cast, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(cast)
    happen(cast, "request.sent")

    def die(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(webhook_calls, "post", die)
    with pytest.raises(KeyboardInterrupt):
        jobs.call_webhooks()
    assert calls()[0].state == State.SENDING
    monkeypatch.setattr(webhook_calls, "post", other)
    other.status = 204
    jobs.call_webhooks()
    assert other.came == [], "another worker may still be at it"
    later(monkeypatch, 6)
    jobs.call_webhooks()
    assert len(other.came) == 1
    assert calls()[0].state == State.DONE


def test_a_side_that_hangs_does_not_hold_up_the_others(
    cast: Cast, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(cast, name="Hangs", url="https://hangs.example/")
    enter(cast, name="Works", url="https://works.example/")
    for _ in range(3):
        happen(cast, "request.sent")
    seen: list[str] = []

    def answer(url: str, *_: object, **__: object) -> int:
        seen.append(url)
        if "hangs" in url:
            raise OutboundError("too slow")
        return 204

    monkeypatch.setattr(webhook_calls, "post", answer)
    jobs.call_webhooks()
    assert seen.count("https://hangs.example/") == 1
    assert seen.count("https://works.example/") == 3
    del other


def test_too_many_lost_calls_pause_it_and_nothing_is_forgotten_meanwhile(
    cast: Cast, hook: Webhook, other: Other
) -> None:
    with acting_as_system("tests"):
        Webhook.objects.update(lost_in_a_row=webhook_calls.MOST_LOST - 1)
    happen(cast, "request.sent")
    webhook_calls.collect()
    with acting_as_system("tests"):
        WebhookCall.objects.update(attempts=len(RETRY_MIN))
    other.status = 500
    jobs.call_webhooks()
    with acting_as_system("tests"):
        hook.refresh_from_db()
    assert hook.state == Webhook.State.PAUSED
    assert say_note(hook.note) == "10 calls in a row were given up."
    with override("ro"):
        assert say_note(hook.note) == "S-a renunțat la 10 apeluri la rând."
    other.status = 204
    other.came.clear()
    happen(cast, "request.accepted")
    jobs.call_webhooks()
    assert other.came == []
    with acting(cast.organiser.subject) as by:
        webhooks.set_paused(by=by, webhook=hook, paused=False)
    jobs.call_webhooks()
    assert [json.loads(body)["type"] for _url, body, _headers in other.came] == ["request.accepted"]


def test_who_organises_no_more_is_told_nothing_more(
    cast: Cast, hook: Webhook, other: Other
) -> None:
    with acting_as_system("tests"):
        Grant.objects.filter(person=cast.organiser.person).update(revoked_at=timezone.now())
    happen(cast, "request.sent")
    jobs.call_webhooks()
    assert other.came == []
    with acting_as_system("tests"):
        hook.refresh_from_db()
    assert hook.state == Webhook.State.PAUSED


@pytest.mark.parametrize("part", ["authority", "company", "guest", "outsider"])
def test_nobody_but_organisers_sees_or_changes_one(cast: Cast, hook: Webhook, part: str) -> None:
    deeds: list[Callable[..., object]] = [
        lambda by: webhooks.set_paused(by=by, webhook=hook, paused=True),
        lambda by: webhooks.change_secret(by=by, webhook=hook),
        lambda by: webhooks.send_test(by=by, webhook=hook),
        lambda by: webhooks.remove_webhook(by=by, webhook=hook),
    ]
    with acting(cast.everybody[part].subject) as by:
        assert not Webhook.objects.exists()
        assert not WebhookCall.objects.exists()
        for deed in deeds:
            with pytest.raises(SetUpError):
                deed(by)
    with acting(cast.organiser.subject):
        assert Webhook.objects.get().state == Webhook.State.ON


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "Name the webhook"),
        ({"kinds": ["everything"]}, "Choose at least one"),
        ({"url": "hooks"}, "https"),
        ({"name": "NATO SECRET"}, "NATO SECRET"),
    ],
)
def test_what_makes_no_sense_is_refused(cast: Cast, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(Exception, match=words):
        enter(cast, **changed)


def test_a_new_secret_is_another_and_old_calls_go(cast: Cast, hook: Webhook) -> None:
    before = webhooks.secret_of(hook)
    with acting(cast.organiser.subject) as by:
        assert webhooks.secret_of(webhooks.change_secret(by=by, webhook=hook)) != before
        webhooks.send_test(by=by, webhook=hook)
    with acting_as_system("tests"):
        old = timezone.now() - webhook_calls.KEPT - dt.timedelta(hours=1)
        WebhookCall.objects.update(state=State.DONE, made_at=old)
    jobs.drop_old_calls()
    assert calls() == []


def test_what_did_not_come_through_is_said_in_the_readers_language(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(cast, url="https://nowhere.invalid/hook")
    happen(cast, "request.sent")
    monkeypatch.setattr(webhook_calls, "post", outbound.post)
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_a, **_k: [])
    with override("ro"):  # whatever language the worker runs in
        jobs.call_webhooks()
    (call,) = calls()
    assert say_note(call.note).startswith("nowhere.invalid is inside a network that is not called.")
    with override("ro"):
        assert "nowhere.invalid" in say_note(call.note)
        assert "is inside a network" not in say_note(call.note)


@pytest.mark.parametrize("value", ["ș" * 200, '"' * 200, "\\" * 200, "a"])
def test_a_note_holds_its_fact_however_long_its_values_are(value: str) -> None:
    note = note_fact("silent", {"host": value, "why": value})
    assert len(note) <= 300
    assert "did not answer: " in say_note(note)


@pytest.mark.parametrize("note", ["", "nobody there", "{", '{"code": "unknown fact"}', "{}", "{1}"])
def test_a_note_that_is_no_fact_is_shown_as_it_stands(note: str) -> None:
    assert say_note(note) == note
