"""Many nominations at once: shown before they are decided, confirmed as their organisations' people, invited by mail."""

from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.forum.admission import admit
from punte.apps.forum.models import Edition
from punte.apps.forum.unlisted import ask_unlisted
from punte.apps.people.invitations import invite_all
from punte.apps.people.models import Clearance, Nomination
from punte.apps.people.register import confirm_member
from punte.apps.people.vetting import decide, next_stage, watch_hits
from punte.kernel.errors import PunteError
from punte.web.people.delegation import frame, uuid_of
from punte.web.people.vetting import decision_of, desk_or_404, reason_of
from punte.web.refusals import refusal, tell_refusal

MOST_AT_ONCE: Final = 200


@require_POST
def decide_many(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide about many: first shown what would happen, then done, each on its own."""
    edition, _subject = desk_or_404(slug)
    if request.POST.get("do") == "invite":
        return _invite_all(request, edition)
    if request.POST.get("do") == "ask":
        return _ask_unlisted(request, edition)
    ids = [uuid_of(text) for text in request.POST.getlist("nomination")[:MOST_AT_ONCE]]
    rows = list(
        Nomination.objects.filter(edition_id=edition.pk, pk__in=ids)
        .select_related("person", "delegation__organisation")
        .order_by("labelled_at", "pk")
    )
    if not rows:
        messages.error(request, _("Nobody was chosen. Tick those that are meant, then try again."))
        return redirect("vetting", slug=slug)
    if request.POST.get("do") == "belongs":
        return _confirm_many(request, edition, rows)
    try:
        decision, reason = decision_of(request), reason_of(request)
    except PunteError as error:
        tell_refusal(request, error)
        return redirect("vetting", slug=slug)
    if "sure" not in request.POST:
        return render(
            request,
            "people/bulk.html",
            frame(
                request,
                edition,
                rows=[(row, next_stage(row), watch_hits(row)) for row in rows],
                decision=decision,
                label=dict(Clearance.Decision.choices)[decision],
                reason=reason,
            ),
        )
    _decide_each(request, edition, rows, decision, reason)
    return redirect("vetting", slug=slug)


def _invite_all(request: HttpRequest, edition: Edition) -> HttpResponse:
    try:
        with transaction.atomic():
            count = invite_all(by=active_subject(), edition_id=edition.pk)
    except PunteError as error:
        tell_refusal(request, error)
    else:
        told = ngettext(
            "%(n)s person is invited by mail.", "%(n)s persons are invited by mail.", count
        )
        messages.success(request, told % {"n": count})
    return redirect("vetting", slug=edition.slug)


def _ask_unlisted(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Ask by mail who is in no directory yet, and was not asked within the week."""
    try:
        with transaction.atomic():
            count = ask_unlisted(by=active_subject(), edition_id=edition.pk)
    except PunteError as error:
        tell_refusal(request, error)
    else:
        told = ngettext(
            "%(n)s delegate is asked by mail.", "%(n)s delegates are asked by mail.", count
        )
        messages.success(request, told % {"n": count})
    return redirect("vetting", slug=edition.slug)


def _confirm_many(request: HttpRequest, edition: Edition, rows: list[Nomination]) -> HttpResponse:
    """Confirm that each of the chosen belongs to the organisation that nominates them."""
    done = 0
    for row in rows:
        try:
            confirm_member(
                by=active_subject(),
                person=row.person,
                organisation_id=row.delegation.organisation_id,
                edition_id=edition.pk,
            )
        except PunteError as error:
            messages.error(request, f"{row.person.name}: {refusal(error)}")
        else:
            done += 1
    told = ngettext(
        "Confirmed for %(n)s person: they belong to the organisation that nominates them.",
        "Confirmed for %(n)s persons: they belong to the organisations that nominate them.",
        done,
    )
    if done:
        messages.success(request, told % {"n": done})
    return redirect("vetting", slug=edition.slug)


def _decide_each(
    request: HttpRequest, edition: Edition, rows: list[Nomination], decision: str, reason: str
) -> None:
    """Decide about each on its own; who is refused is named, the others are done."""
    subject = active_subject()
    done, refused = 0, []
    for row in rows:
        try:
            with transaction.atomic():
                decide(by=subject, nomination=row, decision=decision, reason=reason)
                admit(edition, row.pk)
        except PunteError as error:
            refused.append(f"{row.person.name}: {refusal(error)}")
        else:
            done += 1
    told = ngettext("%(n)d nomination decided.", "%(n)d nominations decided.", done)
    messages.success(request, told % {"n": done})
    for text in refused[:10]:
        messages.error(request, text)
