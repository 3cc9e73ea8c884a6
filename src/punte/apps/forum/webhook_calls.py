"""
Call webhooks: collect what happened since the last look, and send it until it comes through or is given up.

A call is claimed before it leaves, so that two workers never send the same at once; a worker that dies leaves it
claimed, and it goes again after :data:`CLAIM_LASTS` under the same identifier, by which the other side knows it.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import logging
import time
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from punte.apps.access.claiming import claim, free_lost, next_try
from punte.apps.access.models import AuditEntry, AuditLink
from punte.apps.access.outbound import OutboundError, post
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import Webhook, WebhookCall
from punte.apps.forum.set_up import may_set_up
from punte.apps.forum.webhook_notes import note_fact
from punte.apps.forum.webhooks import key_of
from punte.apps.people.queries import subject_of_person

CLAIM_LASTS: Final = dt.timedelta(minutes=5)
MOST_LOST: Final = 10
"""After so many calls given up in a row the webhook is paused [count]."""
LINKS_AT_ONCE: Final = 2000
CALLS_AT_ONCE: Final = 200
log = logging.getLogger(__name__)
KEPT: Final = dt.timedelta(days=30)
"""So long the list of calls is kept."""


def collect() -> int:
    """Write down the calls for what happened since the last look; return how many [count]."""
    with acting_as_system("call webhooks"):
        keys = list(
            Webhook.objects.filter(state=Webhook.State.ON, edition__archived_at__isnull=True)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    count = 0
    for key in keys:
        try:
            count += _collect_for(key)
        except Exception:  # one that fails is told in the log, and holds up no other
            log.exception("webhook %s could not be collected for", key)
    return count


def _collect_for(key: UUID) -> int:
    """Collect for one webhook: the calls and how far was looked stand together, or not at all."""
    with transaction.atomic(), acting_as_system("call webhooks"):
        hook = (
            Webhook.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=key, state=Webhook.State.ON)
            .first()
        )
        if hook is None:
            return 0
        links = dict(
            AuditLink.objects.filter(number__gt=hook.after_link)
            .order_by("number")
            .values_list("entry_id", "number")[:LINKS_AT_ONCE]
        )
        if not links:
            return 0
        reader = subject_of_person(hook.entered_by_id)
        if not may_set_up(reader, hook.edition_id):
            _pause(hook, note_fact("left"))
            return 0
        calls = [
            WebhookCall(
                webhook=hook,
                link=links[entry.pk],
                kind=entry.verb,
                happened_at=entry.at,
                about_table=entry.about_table,
                about_id=entry.about_id,
            )
            for entry in _entries(hook, reader, list(links))
        ]
        WebhookCall.objects.bulk_create(calls)
        hook.after_link = max(links.values())
        hook.save(update_fields=["after_link"])
    return len(calls)


def _entries(hook: Webhook, reader: Subject, keys: list[int]) -> list[AuditEntry]:
    """Return what the webhook is told of, as far as whoever entered it may read the log."""
    told = Q()
    for kind in hook.kinds:
        told |= Q(verb__startswith=f"{kind}.")
    with acting(reader):
        found = AuditEntry.objects.filter(told, pk__in=keys, edition_id=hook.edition_id)
        return list(found.order_by("pk"))


def _pause(hook: Webhook, why: str) -> None:
    Webhook.objects.filter(pk=hook.pk).update(state=Webhook.State.PAUSED, note=why[:300])


def due_calls() -> list[tuple[UUID, UUID]]:
    """Return the calls, each with its webhook, that wait for their next attempt, or whose worker was lost, oldest first."""
    now = timezone.now()
    with acting_as_system("call webhooks"):
        free_lost(WebhookCall.objects.all(), now=now)
        due = WebhookCall.objects.filter(
            state=WebhookCall.State.WAITING, next_at__lte=now, webhook__state=Webhook.State.ON
        ).order_by("made_at", "link")
        return list(due.values_list("pk", "webhook_id")[:CALLS_AT_ONCE])


def send_call(call_id: UUID) -> WebhookCall.State | None:
    """Send one call and return what became of it; None where another worker has it or it does not wait."""
    call = _claim(call_id)
    if call is None:
        return None
    body = _body(call)
    try:
        status = post(
            call.webhook.url,
            body,
            _headers(call, body),
            networks=settings.PUNTE_WEBHOOK_NETWORKS,
            timeout_s=10.0,
        )
    except OutboundError as error:
        said = note_fact(error.code, error.values) if error.code else str(error)
        return _failed(call, None, said)
    if 200 <= status < 300:
        return _came_through(call, status)
    return _failed(call, status, note_fact("status", {"status": str(status)}))


def _claim(call_id: UUID) -> WebhookCall | None:
    with acting_as_system("call webhooks"):
        if not claim(WebhookCall.objects.filter(pk=call_id), lasts=CLAIM_LASTS):
            return None
        return WebhookCall.objects.select_related("webhook__edition").get(pk=call_id)


def _body(call: WebhookCall) -> bytes:
    told = {
        "type": call.kind,
        "timestamp": call.happened_at.isoformat(timespec="seconds"),
        "data": {
            "edition": call.webhook.edition.slug,
            "about": {"kind": call.about_table, "id": call.about_id} if call.about_id else None,
            "link": call.link or None,
        },
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def sign(key: bytes, call_id: str, moment: str, body: bytes) -> str:
    """Return the signature of the Standard Webhooks specification (1.0), version 1: HMAC-SHA-256 in base64."""
    signed = b".".join([call_id.encode(), moment.encode(), body])
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def _headers(call: WebhookCall, body: bytes) -> dict[str, str]:
    """Return the identifier, the moment [s since 1970] and the signature as that specification names them."""
    moment = str(int(timezone.now().timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Punte",
        "webhook-id": str(call.pk),
        "webhook-timestamp": moment,
        "webhook-signature": sign(key_of(call.webhook), str(call.pk), moment, body),
    }


def _came_through(call: WebhookCall, status: int) -> WebhookCall.State:
    with acting_as_system("call webhooks"):
        _write(call, WebhookCall.State.DONE, status, "")
        Webhook.objects.filter(pk=call.webhook_id).update(lost_in_a_row=0)
    return WebhookCall.State.DONE


def _failed(call: WebhookCall, status: int | None, why: str) -> WebhookCall.State:
    next_at = next_try(call.attempts)
    if next_at is not None:
        with acting_as_system("call webhooks"):
            _write(call, WebhookCall.State.WAITING, status, why, next_at=next_at)
        return WebhookCall.State.WAITING
    with transaction.atomic(), acting_as_system("call webhooks"):
        hook = Webhook.objects.select_for_update(of=("self",)).get(pk=call.webhook_id)
        _write(call, WebhookCall.State.LOST, status, why)
        hook.lost_in_a_row += 1
        hook.save(update_fields=["lost_in_a_row"])
        if hook.lost_in_a_row >= MOST_LOST:
            _pause(hook, note_fact("lost", {"count": str(MOST_LOST)}))
    return WebhookCall.State.LOST


def _write(
    call: WebhookCall,
    state: WebhookCall.State,
    status: int | None,
    note: str,
    *,
    next_at: dt.datetime | None = None,
) -> None:
    WebhookCall.objects.filter(pk=call.pk).update(
        state=state,
        status=status,
        note=note[:300],
        attempts=call.attempts + 1,
        next_at=next_at or timezone.now(),
    )


def drop_old() -> int:
    """Drop calls that are over and older than :data:`KEPT`; return how many [count]."""
    with acting_as_system("call webhooks"):
        over = WebhookCall.objects.filter(
            state__in=[WebhookCall.State.DONE, WebhookCall.State.LOST],
            made_at__lt=timezone.now() - KEPT,
        )
        return over.delete()[0]


def send_due(*, limit_s: float = 40.0) -> int:
    """
    Send the calls that are due, oldest first; return how many were tried [count].

    A webhook whose call fails is left alone until the next round: one that hangs must not hold up the others.

    Parameters
    ----------
    limit_s
        No call is begun later than this after the first [s].
    """
    ends = time.monotonic() + limit_s
    failing: set[UUID] = set()
    tried = 0
    for call_id, webhook_id in due_calls():
        if time.monotonic() > ends:
            break
        if webhook_id in failing:
            continue
        try:
            state = send_call(call_id)
        except Exception:  # its claim runs out, and it goes again
            log.exception("call %s of a webhook could not be sent", call_id)
            state = WebhookCall.State.WAITING
        tried += state is not None
        if state in {WebhookCall.State.WAITING, WebhookCall.State.LOST}:
            failing.add(webhook_id)
    return tried
