"""The delegation desk: who comes for us, how many places are left, nominate, invite, withdraw."""

from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Account, Country, Tlp
from punte.apps.access.permissions import Subject, acting, active_subject
from punte.apps.access.queries import country_name
from punte.apps.forum.models import AttendeeCategory, Edition
from punte.apps.forum.queries import find_edition
from punte.apps.forum.registration_form import categories_of
from punte.apps.meetings.leaving import lost_with
from punte.apps.people import register
from punte.apps.people.invitations import accept_invitation, invite
from punte.apps.people.models import Delegation, Membership, Nomination, Organisation, Person
from punte.apps.people.permissions import is_focal_point_of, may_send
from punte.apps.people.places import FILLING_STATES
from punte.apps.people.queries import subject_of_person
from punte.apps.people.vetting import nominate, withdraw_nomination
from punte.kernel.errors import PunteError
from punte.web.navigation import edition_items, main_items
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, table_response
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
    organisation = _organisation_or_404(request, edition, subject)
    if request.method == "POST":
        return _sure(request, edition, organisation) or _step(
            request, edition, subject, organisation
        )
    delegation = Delegation.objects.filter(edition_id=edition.pk, organisation=organisation).first()
    nominations = (
        list(delegation.nominations.select_related("person").order_by("labelled_at"))
        if delegation
        else []
    )
    if ending := asked_ending(request):
        return _file(ending, edition, nominations)
    standing = {n.person_id for n in nominations if n.state not in {"rejected", "withdrawn"}}
    return render(
        request,
        "people/delegation.html",
        frame(
            request,
            edition,
            delegation=delegation,
            organisation=organisation,
            is_own=organisation.pk == subject.org_id,
            nation=_nation(edition, subject),
            nationalities=country_choices(),
            quota=delegation.quota if delegation else Delegation._meta.get_field("quota").default,  # noqa: SLF001
            used=sum(n.state in FILLING_STATES for n in nominations),
            rows=nominations,
            unconfirmed=_unconfirmed(organisation),
            people=[one for one in _people(organisation) if one.pk not in standing],
            categories=categories_of(edition),
            link=request.session.pop("invitation", ""),
            typed=typed_before(request),
        ),
    )


def _file(ending: str, edition: Edition, nominations: list[Nomination]) -> HttpResponse:
    columns = [_("Name"), _("E-mail address"), _("Category"), _("State"), _("Reason")]
    said = {one.code: one.said for one in categories_of(edition)}
    rows = [
        [
            one.person.name,
            one.person.email,
            said.get(one.category, one.category),
            one.get_state_display(),
            one.reason,
        ]
        for one in nominations
    ]
    return table_response(
        f"{edition.slug}-delegation", columns, rows, ending=ending, marking=Tlp.AMBER
    )


def _sure(
    request: HttpRequest, edition: Edition, organisation: Organisation
) -> HttpResponse | None:
    """Ask before a cleared nominee is withdrawn, and say what is called off; None where there is nothing to ask."""
    if request.POST.get("do") != "withdraw" or request.POST.get("sure"):
        return None
    nomination = Nomination.objects.filter(
        pk=uuid_of(request.POST.get("nomination", "")),
        edition_id=edition.pk,
        owner_org_id=organisation.pk,
        state=Nomination.State.CLEARED,
    ).first()
    if nomination is None:
        return None
    lost = lost_with(nomination.person_id, edition.pk)
    return render(
        request,
        "people/withdraw.html",
        frame(request, edition, row=nomination, lost=lost, organisation=organisation),
    )


def _organisation_or_404(request: HttpRequest, edition: Edition, subject: Subject) -> Organisation:
    """Return for whom the page is: one's own organisation, or one of the nation whose focal point one is."""
    asked = request.GET.get("for", "")
    wanted = uuid_of(asked) if asked else subject.org_id
    found = (
        Organisation.objects.filter(pk=wanted, merged_into__isnull=True).first() if wanted else None
    )
    if found is None or not may_send(subject, found.pk, edition.pk, country=found.country_id):
        raise Http404
    return found


def _nation(edition: Edition, subject: Subject) -> list[Organisation]:
    """Return the organisations on whose behalf a focal point nominates; none for anybody else."""
    if not is_focal_point_of(subject, subject.country, edition.pk):
        return []
    theirs = Organisation.objects.filter(country_id=subject.country, merged_into__isnull=True)
    return list(theirs.order_by("name")[:1000])


def country_choices() -> list[tuple[str, str]]:
    """Return every country as code and name, by name in the reader's language."""
    codes = Country.objects.values_list("pk", flat=True)
    return sorted(((code, country_name(code)) for code in codes), key=lambda one: one[1])


def _step(
    request: HttpRequest, edition: Edition, subject: Subject, organisation: Organisation
) -> HttpResponse:
    try:
        with transaction.atomic():
            _act(request, edition, subject, organisation)
    except PunteError as error:
        keep_typed(request)
        tell_refusal(request, error)
    address = f"/e/{edition.slug}/delegation/"
    # Whoever withdrew oneself may see nothing of the delegation any more.
    now = subject_of_person(subject.person_id) if subject.person_id else subject
    if not may_send(now, organisation.pk, edition.pk, country=organisation.country_id):
        with acting(now):
            is_seen = find_edition(edition.slug) is not None
        return redirect(f"/e/{edition.slug}/" if is_seen else "/")
    return redirect(
        address if organisation.pk == subject.org_id else f"{address}?for={organisation.pk}"
    )


def _act(
    request: HttpRequest, edition: Edition, subject: Subject, organisation: Organisation
) -> None:
    """Do what the form asks for, whole or not at all."""
    data, deed = request.POST, request.POST.get("do", "")
    delegation = register.delegation_of(
        by=subject, edition_id=edition.pk, organisation_id=organisation.pk
    )
    if deed == "enter":
        person = register.enter_person(
            by=subject,
            organisation_id=organisation.pk,
            edition_id=edition.pk,
            name=data.get("name", ""),
            email=data.get("email", ""),
            function=data.get("function", ""),
            nationality=data.get("nationality", ""),
        )
        _nominate(request, subject, delegation, person)
    elif deed == "nominate":
        _nominate(request, subject, delegation, _person(data.get("person", ""), organisation))
    elif deed == "invite":
        _invite(request, subject, _person(data.get("person", ""), organisation), edition)
    else:
        nomination = delegation.nominations.filter(pk=uuid_of(data.get("nomination", ""))).first()
        if nomination is None:
            raise Http404
        if deed == "confirm":
            register.confirm_member(
                by=subject,
                person=nomination.person,
                organisation_id=organisation.pk,
                edition_id=edition.pk,
            )
            messages.success(request, _("Confirmed."))
            return
        withdraw_nomination(by=subject, nomination=nomination, reason=data.get("reason", ""))
        messages.success(request, _("Withdrawn. A substitute moves up, if there is one."))


def _invite(request: HttpRequest, subject: Subject, person: Person, edition: Edition) -> None:
    _invitation, token = invite(by=subject, person=person, edition_id=edition.pk)
    request.session["invitation"] = request.build_absolute_uri(f"/invitation/{token}/")
    messages.success(
        request,
        _("%(name)s gets it by mail. You can hand over this address too; it is shown once.")
        % {"name": person.name},
    )


def _people(organisation: Organisation) -> QuerySet[Person]:
    found = Person.objects.filter(
        owner_org_id=organisation.pk, erased_at__isnull=True, merged_into__isnull=True
    )
    return found.order_by("name")[:500]


def _unconfirmed(organisation: Organisation) -> set[UUID]:
    """Return the persons who say to belong to the organisation, and nobody has confirmed it."""
    held = Membership.objects.filter(organisation=organisation, until__isnull=True)
    pairs = list(held.values_list("person_id", "confirmed_at"))
    return {one for one, _at in pairs} - {one for one, at in pairs if at}


def _person(text: str, organisation: Organisation) -> Person:
    found = Person.objects.filter(pk=uuid_of(text), owner_org_id=organisation.pk).first()
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
            person = accept_invitation(
                account=account,
                token=token,
                verified_emails=verified,
                is_listed=request.POST.get("listed") == "yes",
            )
        except PunteError as error:
            tell_refusal(request, error)
        else:
            messages.success(request, _("Welcome, %(name)s.") % {"name": person.name})
            return redirect("me")
    return render(
        request,
        "people/invitation.html",
        {"email": account.email, "navigation": main_items(request)},
    )
