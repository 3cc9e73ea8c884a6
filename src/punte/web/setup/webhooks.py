"""The organisers' page of webhooks: which other systems are told, of what, and what came of each call."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Tlp
from punte.apps.access.permissions import active_subject
from punte.apps.forum import webhooks
from punte.apps.forum.models import Edition, Webhook, WebhookCall
from punte.apps.forum.webhook_notes import say_note
from punte.kernel.errors import PunteError
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.setup.pages import frame, open_edition
from punte.web.setup.parts import unknown_step
from punte.web.tables import asked_ending, minute_in, table_response

ROWS = 50
SECRET_KEY = "webhook_secret"  # noqa: S105  (where the session keeps which webhook's secret is shown next)


@require_http_methods(["GET", "POST"])
def show_all(request: HttpRequest, slug: str) -> HttpResponse:
    """List the webhooks of an edition; enter one."""
    edition = open_edition(slug)
    if request.method == "POST":
        try:
            made = webhooks.add_webhook(
                by=active_subject(),
                edition=edition,
                name=request.POST.get("name", ""),
                url=request.POST.get("url", ""),
                kinds=request.POST.getlist("kind"),
            )
        except PunteError as error:
            tell_refusal(request, error)
        else:
            request.session[SECRET_KEY] = str(made.pk)
            return redirect("set_up_webhook", slug=slug, webhook_id=made.pk)
    hooks = list(Webhook.objects.filter(edition=edition))
    return render(
        request,
        "setup/webhooks.html",
        frame(
            request,
            edition,
            hooks=[(hook, _told(hook), say_note(hook.note)) for hook in hooks],
            kinds=webhooks.KINDS.items(),
            values=request.POST,
            chosen=request.POST.getlist("kind"),
            may_add=len(hooks) < webhooks.MOST,
        ),
    )


def _told(hook: Webhook) -> list[str]:
    return [str(webhooks.KINDS.get(kind, kind)) for kind in hook.kinds]


@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, slug: str, webhook_id: UUID) -> HttpResponse:
    """Show one webhook with its calls; pause it, try it, sign anew, send a lost call again, take it away."""
    edition = open_edition(slug)
    hook = Webhook.objects.select_related("edition").filter(edition=edition, pk=webhook_id).first()
    if hook is None:
        raise Http404
    if request.method == "POST":
        return _step(request, edition, hook)
    calls = WebhookCall.objects.filter(webhook=hook)
    if ending := asked_ending(request):
        return _file(ending, edition, calls)
    # The secret is shown on the one page after it was made, and to nobody who opens the address later.
    is_new = request.session.pop(SECRET_KEY, "") == str(hook.pk)
    shown = Paginator(calls, ROWS).get_page(request.GET.get("page"))
    response = render(
        request,
        "setup/webhook.html",
        frame(
            request,
            edition,
            hook=hook,
            told=_told(hook),
            secret=webhooks.secret_of(hook) if is_new else "",
            note=say_note(hook.note),
            calls=[(call, say_note(call.note)) for call in shown.object_list],
            pages=shown,
        ),
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _step(request: HttpRequest, edition: Edition, hook: Webhook) -> HttpResponse:
    by, deed = active_subject(), request.POST.get("do", "")
    try:
        if deed == "away" and not request.POST.get("sure"):
            return render(request, "setup/webhook_sure.html", frame(request, edition, hook=hook))
        if deed == "away":
            webhooks.remove_webhook(by=by, webhook=hook)
            messages.success(request, _("Taken away. It is told of nothing any more."))
            return redirect("set_up_webhooks", slug=edition.slug)
        messages.success(request, _changed(request, hook, deed))
    except PunteError as error:
        tell_refusal(request, error)
    return redirect("set_up_webhook", slug=edition.slug, webhook_id=hook.pk)


def _changed(request: HttpRequest, hook: Webhook, deed: str) -> str:
    by = active_subject()
    if deed == "test":
        webhooks.send_test(by=by, webhook=hook)
        return _("A test waits to be sent; within a minute its line says what came of it.")
    if deed in {"pause", "resume"}:
        webhooks.set_paused(by=by, webhook=hook, paused=deed == "pause")
        return _("Paused.") if deed == "pause" else _("It is called again.")
    if deed == "secret":
        request.session[SECRET_KEY] = str(webhooks.change_secret(by=by, webhook=hook).pk)
        return _("A new secret signs from now on; the old one signs nothing more.")
    if deed != "again":
        raise unknown_step()
    call = uuid_of(request.POST.get("call", ""))
    if webhooks.send_again(by=by, webhook=hook, call_id=call):
        return _("It waits to be sent again.")
    return _("This call was not given up: there is nothing to send again.")


def _file(ending: str, edition: Edition, calls: QuerySet[WebhookCall]) -> HttpResponse:
    columns = [
        _("When"),
        _("What happened"),
        _("Identifier"),
        _("State"),
        _("Attempts"),
        _("Answer"),
        _("Note"),
    ]
    rows = [
        [
            minute_in(edition.zone, call.happened_at),
            call.kind,
            call.about_id,
            call.get_state_display(),
            call.attempts,
            call.status if call.status is not None else "",
            say_note(call.note),
        ]
        for call in calls
    ]
    name = f"{edition.slug}-webhook-calls"
    return table_response(name, columns, rows, ending=ending, marking=Tlp.AMBER)
