"""The delegation desk: who comes for us, how many places are left, nominate, invite, withdraw."""

from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.forum.models import AttendeeCategory, Edition
from punte.apps.forum.queries import find_edition
from punte.apps.people import register
from punte.apps.people.invitations import accept_invitation, invite
from punte.apps.people.models import Delegation, Nomination, Person
from punte.apps.people.permissions import may_send
from punte.apps.people.vetting import FILLING_STATES, nominate, withdraw_nomination
from punte.kernel.errors import PunteError
from punte.web.navigation import edition_items, main_items
from punte.web.typed import keep_typed, typed_before


def edition_or_404(slug: str) -> Edition:
    """Return an edition; a hidden one and one that never was get the same answer."""
    found = find_edition(slug)
    if found is None:
        raise Http404
    return found


def frame(request: HttpRequest, edition: Edition, **context: object) -> dict[str, object]:
    """Return what the pages of people at an edition take."""
    return {
        "edition": edition,
        "synthetic": edition.is_synthetic,
        "navigation": main_items(request),
        "subnavigation": edition_items(request, edition, active_subject()),
        **context,
    }


def uuid_of(text: str) -> UUID:
    """Return the identifier that a field holds; one that nobody has where it holds none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the reader's delegation and take steps with it."""
    edition = edition_or_404(slug)
    subject = active_subject()
    if subject.org_id is None or not may_send(subject, subject.org_id, edition.pk):
        raise Http404
    if request.method == "POST":
        return _step(request, edition, subject)
    delegation = Delegation.objects.filter(
        edition_id=edition.pk, organisation_id=subject.org_id
    ).first()
    nominations = (
        list(delegation.nominations.select_related("person").order_by("labelled_at"))
        if delegation
        else []
    )
    standing = {n.person_id for n in nominations if n.state not in {"rejected", "withdrawn"}}
    used = sum(n.state in FILLING_STATES for n in nominations)
    return render(
        request,
        "people/delegation.html",
        frame(
            request,
            edition,
            delegation=delegation,
            quota=delegation.quota if delegation else Delegation._meta.get_field("quota").default,  # noqa: SLF001
            used=used,
            rows=nominations,
            people=[
                person
                for person in Person.objects.filter(
                    owner_org_id=subject.org_id, erased_at__isnull=True
                ).order_by("name")[:500]
                if person.pk not in standing
            ],
            categories=list(edition.categories.all()),
            link=request.session.pop("invitation", ""),
            typed=typed_before(request),
        ),
    )


def _step(request: HttpRequest, edition: Edition, subject: Subject) -> HttpResponse:
    try:
        with transaction.atomic():
            _act(request, edition, subject)
    except PunteError as error:
        keep_typed(request)
        messages.error(request, str(error))
    return redirect(f"/e/{edition.slug}/delegation/")


def _act(request: HttpRequest, edition: Edition, subject: Subject) -> None:
    """Do what the form asks for, whole or not at all."""
    assert subject.org_id is not None
    data, deed = request.POST, request.POST.get("do", "")
    delegation = register.delegation_of(
        by=subject, edition_id=edition.pk, organisation_id=subject.org_id
    )
    if deed == "enter":
        person = register.enter_person(
            by=subject,
            organisation_id=subject.org_id,
            edition_id=edition.pk,
            name=data.get("name", ""),
            email=data.get("email", ""),
            function=data.get("function", ""),
        )
        _nominate(request, subject, delegation, person)
    elif deed == "nominate":
        _nominate(request, subject, delegation, _person(data.get("person", ""), subject))
    elif deed == "invite":
        person = _person(data.get("person", ""), subject)
        _invitation, token = invite(by=subject, person=person, edition_id=edition.pk)
        request.session["invitation"] = request.build_absolute_uri(f"/invitation/{token}/")
        messages.success(
            request, _("Send this address to %(name)s. It is shown once.") % {"name": person.name}
        )
    else:
        nomination = delegation.nominations.filter(pk=uuid_of(data.get("nomination", ""))).first()
        if nomination is None:
            raise Http404
        withdraw_nomination(by=subject, nomination=nomination, reason=data.get("reason", "")[:300])
        messages.success(request, _("Withdrawn. A substitute moves up, if there is one."))


def _person(text: str, subject: Subject) -> Person:
    found = Person.objects.filter(pk=uuid_of(text), owner_org_id=subject.org_id).first()
    if found is None:
        raise Http404
    return found


def _nominate(
    request: HttpRequest, subject: Subject, delegation: Delegation, person: Person
) -> None:
    code = request.POST.get("category", "")
    if not AttendeeCategory.objects.filter(edition_id=delegation.edition_id, code=code).exists():
        raise PunteError(_("Choose a category from the list."))
    made = nominate(by=subject, delegation=delegation, person=person, category=code)
    if made.state == Nomination.State.SUBSTITUTE:
        messages.warning(
            request, _("%(name)s is a substitute: every place is taken.") % {"name": person.name}
        )
    else:
        messages.success(
            request, _("%(name)s is nominated and waits for clearance.") % {"name": person.name}
        )


@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Link one's account to the invited person."""
    account = request.user
    if not isinstance(account, Account):
        raise Http404
    if request.method == "POST":
        verified = set(
            EmailAddress.objects.filter(user=account, verified=True).values_list("email", flat=True)
        )
        try:
            person = accept_invitation(account=account, token=token, verified_emails=verified)
        except PunteError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Welcome, %(name)s.") % {"name": person.name})
            return redirect("me")
    return render(
        request,
        "people/invitation.html",
        {"email": account.email, "navigation": main_items(request)},
    )
