"""One's own data: what is kept, who sees it, a copy of it, and taking it away."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.permissions import Subject, active_subject
from punte.apps.access.queries import words_of
from punte.apps.forum.models import Delegate, Edition
from punte.apps.people import register
from punte.apps.people.listing import set_listing
from punte.apps.people.models import Consent, Person
from punte.apps.people.privacy import erase_person, export_of_person, set_languages
from punte.kernel.errors import PunteError
from punte.web.navigation import main_items
from punte.web.people.delegation import country_choices, uuid_of
from punte.web.people.nobody import nobody_yet
from punte.web.refusals import tell_refusal
from punte.web.typed import keep_typed, typed_before


def _me() -> Person:
    person_id = active_subject().person_id
    found = Person.objects.filter(pk=person_id).first() if person_id else None
    if found is None:
        raise nobody_yet()
    return found


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show who one is here; change name and address, agree to be listed or take that back."""
    subject = active_subject()
    if subject.person_id is None:
        return render(
            request,
            "people/nobody.html",
            {"email": getattr(request.user, "email", ""), "navigation": main_items(request)},
        )
    person = _me()
    if request.method == "POST":
        return _step(request, person)
    listed, said = _listed(person), _said(person)
    editions = Edition.objects.filter(pk__in=_own_editions(subject, person))
    return render(
        request,
        "people/me.html",
        {
            "person": person,
            "typed": typed_before(request),
            "memberships": list(person.memberships.select_related("organisation")),
            "rights": list(person.grants.filter(revoked_at__isnull=True)),
            "editions": [
                (edition, edition.pk in listed, said.get(edition.pk, [])) for edition in editions
            ],
            "nationalities": country_choices(),
            "grounds": [
                (words_of(subject, one), one.since) for one in subject.grounds if one.because
            ],
            "navigation": main_items(request),
        },
    )


def _own_editions(subject: Subject, person: Person) -> set[UUID]:
    """Return where the person is cleared, or holds a place all the same, such as one that was imported."""
    places = Delegate.objects.filter(person=person, left_at__isnull=True)
    groups = (one for one in subject.groups if one.startswith("edition:"))
    cleared = {uuid_of(one.removeprefix("edition:")) for one in groups}
    return cleared | set(places.values_list("edition_id", flat=True))


def _listed(person: Person) -> set[UUID]:
    """Return at which editions others find the person: as a delegate, as its place is labelled; else as agreed."""
    places = Delegate.objects.filter(person=person, left_at__isnull=True)
    there = {
        one.edition_id: f"edition:{one.edition_id}" in one.label_releasable_to for one in places
    }
    agreed = Consent.objects.filter(person=person, withdrawn_at__isnull=True)
    keys = {key for key in agreed.values_list("edition_id", flat=True) if key not in there}
    return keys | {key for key, is_listed in there.items() if is_listed}


def _said(person: Person) -> dict[UUID, list[Consent]]:
    """Return what the person said of each directory, the newest first."""
    found: dict[UUID, list[Consent]] = {}
    for one in Consent.objects.filter(person=person).order_by("-given_at", "pk"):
        found.setdefault(one.edition_id, []).append(one)
    return found


def _step(request: HttpRequest, person: Person) -> HttpResponse:
    subject, data = active_subject(), request.POST
    try:
        if data.get("do") == "listing":
            edition = Edition.objects.filter(pk=uuid_of(data.get("edition", ""))).first()
            if edition is not None:
                set_listing(
                    by=subject,
                    person=person,
                    edition_id=edition.pk,
                    is_listed=data.get("listed") == "yes",
                )
                messages.success(request, _("Kept."))
        elif data.get("do") == "languages":
            set_languages(by=subject, person=person, languages=data.get("languages", ""))
            messages.success(request, _("Kept."))
        else:
            opened = register.change_person(
                by=subject,
                person=person,
                edition_id=uuid_of(""),
                name=data.get("name", ""),
                email=data.get("email", ""),
                nationality=data.get("nationality"),
            )
            if opened:
                messages.warning(
                    request,
                    _("Kept. Your clearance begins again, because what was cleared changed."),
                )
            else:
                messages.success(request, _("Kept."))
    except PunteError as error:
        keep_typed(request)
        tell_refusal(request, error)
    return redirect("me")


@require_GET
def give_data(request: HttpRequest) -> HttpResponse:
    """Give everything that is kept about the reader, as a file."""
    del request
    try:
        found = export_of_person(by=active_subject())
    except PunteError as error:
        raise nobody_yet() from error
    return JsonResponse(
        found,
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Take one's name and addresses away for good, after saying so twice."""
    person = _me()
    if request.method == "POST":
        if request.POST.get("sure", "").strip() != person.name:
            messages.error(request, _("Write your name exactly as it stands here, to be sure."))
            return redirect("me_erase")
        try:
            erase_person(by=active_subject(), person=person)
        except PunteError as error:
            tell_refusal(request, error)
            return redirect("me_erase")
        logout(request)
        return redirect("home")
    return render(
        request, "people/erase.html", {"person": person, "navigation": main_items(request)}
    )
