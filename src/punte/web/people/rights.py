"""Who holds which right until when; and acting in a delegate's name."""

import datetime as dt
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from punte.apps.access.models import Tlp
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.forum.models import Delegate, Edition
from punte.apps.people.models import Grant, Person, Right
from punte.apps.people.permissions import may_grant
from punte.apps.people.rights import grant_right, revoke_right, subject_on_behalf
from punte.kernel.errors import PunteError
from punte.web.people.delegation import edition_or_404, frame, uuid_of
from punte.web.people.known_as import Known, find_people, known_as
from punte.web.refusals import tell_refusal
from punte.web.subject import BEHALF_KEY
from punte.web.tables import asked_ending, minute_in, table_response
from punte.web.typed import keep_typed, typed_before

LONGEST: Final = dt.timedelta(days=3653)
"""How far ahead a right may end [d]; one without an end has none."""
OPENS: Final = {
    Right.ORGANISE: gettext_lazy(
        "They set up the edition, work on its lists and its timetable, and grant rights themselves."
    ),
    Right.VET: gettext_lazy(
        "They see the nominees of this edition and decide whether they are cleared."
    ),
    Right.FOCAL: gettext_lazy("They review needs and offers, and nominate for their nation."),
    Right.PROGRAMME: gettext_lazy("They keep programmes, milestones and their plans."),
    Right.FINANCE: gettext_lazy("They plan loans and draws, and what to fund first."),
    Right.CHECK_IN: gettext_lazy(
        "They check badges at the doors of this edition, and see who is expected."
    ),
    Right.AUDIT: gettext_lazy("They read the log and what organisers see, and change nothing."),
}
"""What each right opens, for who is about to grant it or take it back."""


def _desk_or_404(slug: str) -> tuple[Edition, Subject]:
    edition, subject = edition_or_404(slug), active_subject()
    if not may_grant(subject, Right.ORGANISE, edition.pk) or subject.acted_by is not None:
        raise Http404
    return edition, subject


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every right at the edition; find a person, then grant; revoke. Either is asked about before it is done."""
    edition, subject = _desk_or_404(slug)
    if request.method == "POST":
        return _step(request, edition, subject)
    now = timezone.now()
    grants = list(
        Grant.objects.filter(Q(edition_id=edition.pk) | Q(edition_id__isnull=True))
        .select_related("person")
        .order_by("person__name", "right", "since")
    )
    known = known_as(edition, [grant.person for grant in grants])
    if ending := asked_ending(request):
        return _file(ending, edition, [(one, known[one.person_id]) for one in grants])
    words = request.GET.get("q", "")[:120].replace("\x00", "").strip()
    chosen = Person.objects.filter(pk=uuid_of(request.GET.get("person", ""))).first()
    found, count = find_people(edition, words) if words else ([], 0)
    return render(
        request,
        "people/rights.html",
        frame(
            request,
            edition,
            rows=[(grant, known[grant.person_id], _holds(grant, now)) for grant in grants],
            rights=Right.choices,
            q=words,
            found=found,
            more=count - len(found),
            chosen=known_as(edition, [chosen])[chosen.pk] if chosen else None,
            typed=typed_before(request),
        ),
    )


def _file(ending: str, edition: Edition, grants: list[tuple[Grant, Known]]) -> HttpResponse:
    columns = [
        _("Person"),
        _("Function"),
        _("Organisation"),
        _("Code"),
        _("Right"),
        _("Where"),
        _("From"),
        _("Until"),
        _("State"),
    ]
    now = timezone.now()
    rows = [
        [
            known.name,
            known.function,
            known.organisation,
            known.code,
            grant.get_right_display(),
            _("this edition") if grant.edition_id else _("every edition"),
            minute_in(edition.zone, grant.since),
            minute_in(edition.zone, grant.until),
            _("in force") if _holds(grant, now) else _("over"),
        ]
        for grant, known in grants
    ]
    return table_response(f"{edition.slug}-rights", columns, rows, ending=ending, marking=Tlp.AMBER)


def _holds(grant: Grant, now: dt.datetime) -> bool:
    return grant.revoked_at is None and (grant.until is None or grant.until > now)


def _step(request: HttpRequest, edition: Edition, subject: Subject) -> HttpResponse:
    """Grant a right or take one back; without ``sure`` the page asks first, with what it means and for whom."""
    is_sure = bool(request.POST.get("sure"))
    take = _take_back if request.POST.get("do") == "revoke" else _grant
    back = reverse("rights", args=[edition.slug])
    try:
        return take(request, edition, subject, is_sure=is_sure) or redirect(back)
    except PunteError as error:
        tell_refusal(request, error)
    if take is _grant:
        keep_typed(request)
        back += "?" + urlencode({"person": request.POST.get("person", "")})
    return redirect(back)


def _take_back(
    request: HttpRequest, edition: Edition, subject: Subject, *, is_sure: bool
) -> HttpResponse | None:
    grant = Grant.objects.filter(pk=uuid_of(request.POST.get("grant", ""))).first()
    if grant is None:
        raise Http404
    if not is_sure:
        return _ask(request, edition, grant.person, grant.right, grant=grant, until=grant.until)
    revoke_right(by=subject, grant=grant)
    messages.success(request, _("Taken back. It ends with their next request."))
    return None


def _grant(
    request: HttpRequest, edition: Edition, subject: Subject, *, is_sure: bool
) -> HttpResponse | None:
    data = request.POST
    person = Person.objects.filter(pk=uuid_of(data.get("person", ""))).first()
    if person is None or data.get("right") not in Right.values:
        raise Http404
    until = _until(data.get("until", ""), edition)
    if not is_sure:
        return _ask(request, edition, person, data["right"], grant=None, until=until)
    grant_right(by=subject, person=person, right=data["right"], edition_id=edition.pk, until=until)
    messages.success(request, _("Granted."))
    return None


def _ask(
    request: HttpRequest,
    edition: Edition,
    person: Person,
    right: str,
    *,
    grant: Grant | None,
    until: dt.datetime | None,
) -> HttpResponse:
    last = until - dt.timedelta(microseconds=1) if until else None
    return render(
        request,
        "people/right_sure.html",
        frame(
            request,
            edition,
            one=known_as(edition, [person])[person.pk],
            right=right,
            label=Right(right).label,
            opens=OPENS[Right(right)],
            grant=grant,
            until=last.astimezone(edition.zone) if last else None,
        ),
    )


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
