"""
Webhooks of an edition: other systems are told that something happened, and fetch what they may see with their token.

What is told is a line of the audit log without its content: which deed, when, to which row. So no call carries what
the wall would have to weigh, and whoever intercepts one learns no name. Who entered a webhook is the one in whose
name the log is read: when that person organises no more, the calls end.
"""

import base64
import hashlib
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import AuditLink
from punte.apps.access.outbound import read_target
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import one_line
from punte.apps.forum.models import Edition, Webhook, WebhookCall
from punte.apps.forum.set_up import SetUpError, require_organiser

MOST: Final = 10
"""Webhooks of an edition."""
TEST_KIND: Final = "webhook.test"
KINDS: Final[dict[str, Promise | str]] = {
    "nomination": gettext_lazy("Nominations and their clearance"),
    "application": gettext_lazy("Applications"),
    "delegate": gettext_lazy("Delegates"),
    "request": gettext_lazy("Requests for meetings"),
    "meeting": gettext_lazy("Meetings: booked, marked, agreed on"),
    "timetable": gettext_lazy("The timetable: solved, published, repaired"),
    "agenda": gettext_lazy("The agenda: released, called off, signed up"),
    "listing": gettext_lazy("Needs and offers"),
    "edition": gettext_lazy("The edition itself"),
}
"""What a webhook can be told of: beginnings of verbs of the log."""
_SALT: Final = "punte.forum.webhooks"


def secret_of(webhook: Webhook) -> str:
    """Return what signs the calls, written as the Standard Webhooks specification asks: ``whsec_`` and base64."""
    return "whsec_" + base64.b64encode(key_of(webhook)).decode()


def key_of(webhook: Webhook) -> bytes:
    """Return the key of the signatures [32 bytes]: derived from the site's own, so that no table holds it."""
    value = f"{webhook.pk}:{webhook.secret_no}"
    return salted_hmac(_SALT, value, algorithm=hashlib.sha256().name).digest()


def add_webhook(
    *, by: Subject, edition: Edition, name: str, url: str, kinds: Iterable[str]
) -> Webhook:
    """
    Have an address told of what happens from now on.

    Raises
    ------
    SetUpError
        The subject is no organiser or acts for somebody, the name or the kinds are missing, or there are too many.
    OutboundError
        The address cannot be called.
    """
    require_organiser(by, edition)
    if by.person_id is None or by.acted_by is not None:
        raise SetUpError(_("A webhook is entered in one's own name."))
    name, url, chosen = one_line(name, 80), url.strip(), [one for one in kinds if one in KINDS]
    if not name:
        raise SetUpError(
            _("Name the webhook after the system that is told, such as: badge printer.")
        )
    if not chosen:
        raise SetUpError(_("Choose at least one thing that it is told of."))
    read_target(url)
    refuse_classified(_("Webhook"), [(_("name"), name), (_("address"), url)])
    with acting_as_system("keep webhooks"):
        if Webhook.objects.filter(edition=edition).count() >= MOST:
            raise SetUpError(
                _("An edition has %(most)d webhooks at most. Take one away first.") % {"most": MOST}
            )
        webhook = Webhook.objects.create(
            edition=edition,
            entered_by_id=by.person_id,
            name=name,
            url=url,
            kinds=chosen,
            after_link=_last_link(),
        )
    record("edition.webhook", webhook, edition_id=edition.pk, name=name, kinds=chosen)
    return webhook


def _last_link() -> int:
    newest = AuditLink.objects.order_by("-number").first()
    return newest.number if newest else 0


def set_paused(*, by: Subject, webhook: Webhook, paused: bool) -> None:
    """Pause a webhook, or call it again; what happened meanwhile is told then. Refused to who is no organiser."""
    require_organiser(by, webhook.edition)
    with acting_as_system("keep webhooks"):
        Webhook.objects.filter(pk=webhook.pk).update(
            state=Webhook.State.PAUSED if paused else Webhook.State.ON, note="", lost_in_a_row=0
        )
    verb = "edition.webhook_paused" if paused else "edition.webhook_resumed"
    record(verb, webhook, edition_id=webhook.edition_id, name=webhook.name)


def change_secret(*, by: Subject, webhook: Webhook) -> Webhook:
    """Sign with a new secret from now on, and return the webhook; refused to who is no organiser."""
    require_organiser(by, webhook.edition)
    with acting_as_system("keep webhooks"):
        locked = Webhook.objects.select_for_update().get(pk=webhook.pk)
        locked.secret_no += 1
        locked.save(update_fields=["secret_no"])
    record("edition.webhook_secret", webhook, edition_id=webhook.edition_id, name=webhook.name)
    return locked


def remove_webhook(*, by: Subject, webhook: Webhook) -> None:
    """Take a webhook away with the list of its calls; refused to who is no organiser."""
    require_organiser(by, webhook.edition)
    record("edition.webhook_removed", webhook, edition_id=webhook.edition_id, name=webhook.name)
    with acting_as_system("keep webhooks"):
        Webhook.objects.filter(pk=webhook.pk).delete()


def send_test(*, by: Subject, webhook: Webhook) -> WebhookCall:
    """Queue a call that tells of nothing, so that the other side can be tried; refused to who is no organiser."""
    require_organiser(by, webhook.edition)
    with acting_as_system("keep webhooks"):
        call = WebhookCall.objects.create(
            webhook=webhook, kind=TEST_KIND, happened_at=timezone.now()
        )
    record("edition.webhook_tested", webhook, edition_id=webhook.edition_id, name=webhook.name)
    return call


def send_again(*, by: Subject, webhook: Webhook, call_id: UUID) -> bool:
    """Queue a call that was given up anew; False where there is none. Refused to who is no organiser."""
    require_organiser(by, webhook.edition)
    with acting_as_system("keep webhooks"):
        changed = WebhookCall.objects.filter(
            webhook=webhook, pk=call_id, state=WebhookCall.State.LOST
        ).update(state=WebhookCall.State.WAITING, attempts=0, next_at=timezone.now())
    if changed:
        record("edition.webhook_again", webhook, edition_id=webhook.edition_id, name=webhook.name)
    return bool(changed)
