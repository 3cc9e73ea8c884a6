"""Who holds which right until when; and acting in a delegate's name."""

import datetime as dt
from typing import Final

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from punte.apps.access.permissions import Subject, active_subject
from punte.apps.forum.models import Delegate, Edition
from punte.apps.people.models import Grant, Person, Right
from punte.apps.people.permissions import may_grant
from punte.apps.people.rights import grant_right, revoke_right, subject_on_behalf
from punte.kernel.errors import PunteError
from punte.web.people.delegation import edition_or_404, frame, uuid_of
from punte.web.refusals import tell_refusal
from punte.web.subject import BEHALF_KEY

LONGEST: Final = dt.timedelta(days=3653)
"""How far ahead a right may end [d]; one without an end has none."""


def _desk_or_404(slug: str) -> tuple[Edition, Subject]:
    edition, subject = edition_or_404(slug), active_subject()
    if not may_grant(subject, Right.ORGANISE, edition.pk) or subject.acted_by is not None:
        raise Http404
    return edition, subject


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every right at the edition; grant, revoke."""
    edition, subject = _desk_or_404(slug)
    if request.method == "POST":
        return _step(request, edition, subject)
    now = timezone.now()
    grants = (
        Grant.objects.filter(Q(edition_id=edition.pk) | Q(edition_id__isnull=True))
        .select_related("person")
        .order_by("person__name", "right", "since")
    )
    return render(
        request,
        "people/rights.html",
        frame(
            request,
            edition,
            rows=[
                (
                    grant,
                    grant.revoked_at is None and (grant.until is None or grant.until > now),
                )
                for grant in grants
            ],
            rights=Right.choices,
            people=list(
                Person.objects.filter(delegates__edition=edition, erased_at__isnull=True)
                .order_by("name")
                .distinct()[:2000]
            ),
        ),
    )


def _step(request: HttpRequest, edition: Edition, subject: Subject) -> HttpResponse:
    data = request.POST
    try:
        if data.get("do") == "revoke":
            grant = Grant.objects.filter(pk=uuid_of(data.get("grant", ""))).first()
            if grant is None:
                raise Http404
            revoke_right(by=subject, grant=grant)
            messages.success(request, _("Taken back. It ends with their next request."))
        else:
            person = Person.objects.filter(pk=uuid_of(data.get("person", ""))).first()
            if person is None or data.get("right") not in Right.values:
                raise Http404
            grant_right(
                by=subject,
                person=person,
                right=data["right"],
                edition_id=edition.pk,
                until=_until(data.get("until", ""), edition),
            )
            messages.success(request, _("Granted."))
    except PunteError as error:
        tell_refusal(request, error)
    return redirect("rights", slug=edition.slug)


def _until(text: str, edition: Edition) -> dt.datetime | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise PunteError(_("Give the last day as a date.")) from error
    if not timezone.localdate() <= day <= timezone.localdate() + LONGEST:
        raise PunteError(_("Give a day between today and ten years from now."))
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=edition.zone)


@require_POST
def begin_behalf(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin to act in a delegate's name; every page says so until it ends."""
    edition, subject = _desk_or_404(slug)
    delegate = (
        Delegate.objects.filter(edition=edition, pk=uuid_of(request.POST.get("delegate", "")))
        .select_related("person")
        .first()
    )
    if delegate is None:
        raise Http404
    try:
        subject_on_behalf(by=subject, person=delegate.person, edition_id=edition.pk)
    except PunteError as error:
        tell_refusal(request, error)
        return redirect("rights", slug=slug)
    request.session[BEHALF_KEY] = {
        "person": str(delegate.person_id),
        "edition": str(edition.pk),
        "name": delegate.badge_name,
    }
    return redirect(f"/e/{slug}/my/")


@require_POST
def end_behalf(request: HttpRequest) -> HttpResponse:
    """End acting in another's name."""
    request.session.pop(BEHALF_KEY, None)
    messages.success(request, _("You act in your own name again."))
    return redirect("home")
