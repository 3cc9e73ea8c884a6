"""The vetting desk: the queue, one nomination with its stages, many at once with a look before, stages and watch list."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import Tlp, strictest_tlp
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.access.queries import country_name
from punte.apps.access.texts import whole_text
from punte.apps.forum.admission import admit
from punte.apps.forum.models import AttendeeCategory, Edition
from punte.apps.forum.registration_form import categories_of
from punte.apps.forum.unlisted import count_askable, unlisted
from punte.apps.people.clearance_stages import set_stages, stages_of
from punte.apps.people.invitations import without_account
from punte.apps.people.models import (
    Clearance,
    ClearanceStage,
    Nomination,
    Right,
    WatchEntry,
)
from punte.apps.people.permissions import may_decide
from punte.apps.people.places import OPEN_STATES
from punte.apps.people.register import confirm_member
from punte.apps.people.rights import stages_without_holder
from punte.apps.people.vetting import (
    awaits_confirmation,
    decide,
    next_stage,
    set_category,
    unwatch,
    watch,
    watch_hits,
)
from punte.kernel.errors import PunteError
from punte.web.people.delegation import edition_or_404, frame, uuid_of
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, table_response
from punte.web.typed import keep_typed, typed_before

ROWS: Final = 60


def desk_or_404(slug: str) -> tuple[Edition, Subject]:
    """Return the edition for whoever decides at one of its stages, or organises it."""
    edition, subject = edition_or_404(slug), active_subject()
    rights = {stage.right for stage in ClearanceStage.objects.filter(edition_id=edition.pk)}
    if not any(subject.has_right(right, edition.pk) for right in {*rights, "vet", "organise"}):
        raise Http404
    return edition, subject


@require_http_methods(["GET"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the queue, by state, stage, nation and name; as a file with ``?as=csv`` or ``?as=xlsx``."""
    edition, subject = desk_or_404(slug)
    state, country = request.GET.get("state", "open"), request.GET.get("country", "")
    words = request.GET.get("q", "")[:120].replace("\x00", "").strip()
    rows = _queue(edition, state, country, words)
    if ending := asked_ending(request):
        return _queue_file(edition, ending, list(rows))
    countries = (
        Nomination.objects.filter(edition_id=edition.pk)
        .order_by()
        .values_list("delegation__organisation__country", flat=True)
        .distinct()
    )
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    organises = subject.has_right("organise", edition.pk)
    return render(
        request,
        "people/vetting.html",
        frame(
            request,
            edition,
            rows=[
                (row, country_name(row.delegation.organisation.country_id))
                for row in pages.object_list
            ],
            pages=pages,
            may_confirm=organises,
            uninvited=without_account(edition.pk).count() if organises else 0,
            unlisted=unlisted(edition.pk).count() if organises else 0,
            askable=count_askable(by=active_subject(), edition_id=edition.pk),
            undecided=stages_without_holder(edition.pk) if organises else [],
            state=state,
            states=Nomination.State.choices,
            country=country,
            countries=sorted(
                ((code, country_name(code)) for code in countries), key=lambda c: c[1]
            ),
            q=words,
        ),
    )


def _queue_file(edition: Edition, ending: str, chosen: list[Nomination]) -> HttpResponse:
    columns = [_("Name"), _("Organisation"), _("Country"), _("State")]
    rows = [
        [
            one.person.name,
            one.delegation.organisation.name,
            country_name(one.delegation.organisation.country_id),
            one.get_state_display(),
        ]
        for one in chosen
    ]
    marking = strictest_tlp((one.label_tlp for one in chosen), least=Tlp.AMBER)
    return table_response(f"{edition.slug}-vetting", columns, rows, ending=ending, marking=marking)


def _queue(edition: Edition, state: str, country: str, words: str) -> QuerySet[Nomination]:
    rows = (
        Nomination.objects.filter(edition_id=edition.pk)
        .select_related("person", "delegation__organisation")
        .order_by("labelled_at", "pk")
    )
    if state == "open":
        rows = rows.filter(state__in=OPEN_STATES)
    elif state in Nomination.State.values:
        rows = rows.filter(state=state)
    for word in words.split():
        rows = rows.filter(person__name__icontains=word)
    if country:
        rows = rows.filter(delegation__organisation__country=country)
    return rows


def _find(edition: Edition, nomination_id: UUID) -> Nomination:
    found = (
        Nomination.objects.filter(edition_id=edition.pk, pk=nomination_id)
        .select_related("person", "delegation__organisation")
        .first()
    )
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, slug: str, nomination_id: UUID) -> HttpResponse:
    """Show one nomination: its stages in order, what was decided, what the watch list says; decide."""
    edition, subject = desk_or_404(slug)
    nomination = _find(edition, nomination_id)
    if request.method == "POST":
        if request.POST.get("do") == "category":
            return _choose_category(request, edition, nomination)
        if request.POST.get("do") == "belongs":
            return _confirm(request, edition, nomination)
        return _decide_one(request, edition, nomination)
    stage = next_stage(nomination)
    is_open = nomination.state in OPEN_STATES and stage is not None
    return render(
        request,
        "people/nomination.html",
        frame(
            request,
            edition,
            row=nomination,
            typed=typed_before(request),
            category=_category_of(edition, nomination),
            categories=categories_of(edition),
            may_choose=nomination.state in {*OPEN_STATES, Nomination.State.SUBSTITUTE}
            and any(subject.has_right(right, edition.pk) for right in ("vet", "organise")),
            country=country_name(nomination.delegation.organisation.country_id),
            nationality=country_name(nomination.person.nationality_id or ""),
            stages=list(stages_of(edition.pk)),
            stage=stage,
            history=_history(nomination),
            hits=watch_hits(nomination),
            is_unconfirmed=awaits_confirmation(nomination),
            may_confirm=subject.has_right("organise", edition.pk),
            may_decide=is_open
            and stage is not None
            and may_decide(subject, stage.right, edition.pk)
            and nomination.person_id != subject.person_id,
            choices=[choice for choice in Clearance.Decision.choices if choice[0] != "reopened"],
        ),
    )


def _history(nomination: Nomination) -> list[Clearance]:
    rows = nomination.clearances.select_related("stage").prefetch_related("stage__wordings")
    return list(rows.order_by("at"))


def _decide_one(request: HttpRequest, edition: Edition, nomination: Nomination) -> HttpResponse:
    try:
        with transaction.atomic():
            decide(
                by=active_subject(),
                nomination=nomination,
                decision=decision_of(request),
                reason=reason_of(request),
            )
            admit(edition, nomination.pk)
    except PunteError as error:
        keep_typed(request)
        tell_refusal(request, error)
    else:
        messages.success(request, _("Decided."))
    return redirect("nomination", slug=edition.slug, nomination_id=nomination.pk)


def _confirm(request: HttpRequest, edition: Edition, nomination: Nomination) -> HttpResponse:
    try:
        confirm_member(
            by=active_subject(),
            person=nomination.person,
            organisation_id=nomination.delegation.organisation_id,
            edition_id=edition.pk,
        )
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(request, _("Confirmed."))
    return redirect("nomination", slug=edition.slug, nomination_id=nomination.pk)


def _category_of(edition: Edition, nomination: Nomination) -> AttendeeCategory | None:
    return edition.categories.filter(code=nomination.category).first()


def _choose_category(
    request: HttpRequest, edition: Edition, nomination: Nomination
) -> HttpResponse:
    found = edition.categories.filter(code=request.POST.get("category", "")).first()
    try:
        if found is None:
            raise PunteError(_("Choose a category from the list."))  # noqa: TRY301  (one way out)
        set_category(by=active_subject(), nomination=nomination, category=found.code)
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(request, _("Kept."))
    return redirect("nomination", slug=edition.slug, nomination_id=nomination.pk)


def decision_of(request: HttpRequest) -> str:
    """Return the decision that the form holds; refused where it holds none."""
    chosen = request.POST.get("decision", "")
    if chosen not in {"cleared", "held", "rejected"}:
        raise PunteError(_("Choose to clear, to hold or to reject."))
    return chosen


def reason_of(request: HttpRequest) -> str:
    """Return the reason that the form holds; refused where it carries a marking."""
    reason = whole_text(request.POST.get("reason", ""), 300)
    refuse_classified(_("Vetting"), [(_("reason"), reason)])
    return reason


def organiser_or_404(slug: str) -> tuple[Edition, Subject]:
    """Return the edition for its organisers alone."""
    edition, subject = edition_or_404(slug), active_subject()
    if not subject.has_right("organise", edition.pk):
        raise Http404
    return edition, subject


@require_http_methods(["GET", "POST"])
def show_stages(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the stages of clearance in order; set them."""
    edition, subject = organiser_or_404(slug)
    if request.method == "POST":
        pairs = zip(request.POST.getlist("name"), request.POST.getlist("right"), strict=False)
        stages = [
            (name.strip(), right) for name, right in pairs if name.strip() and right in Right.values
        ]
        try:
            if Clearance.objects.filter(stage__edition_id=edition.pk).exists():
                raise PunteError(  # noqa: TRY301  (one way out for every refusal)
                    _("Decisions stand on these stages already. They cannot be set anew.")
                )
            set_stages(
                by=subject,
                edition_id=edition.pk,
                stages=[(whole_text(name, 60), right) for name, right in stages],
            )
        except PunteError as error:
            tell_refusal(request, error)
        else:
            messages.success(request, _("Kept."))
        return redirect("vetting_stages", slug=slug)
    stages_now = list(stages_of(edition.pk))
    return render(
        request,
        "people/stages.html",
        frame(request, edition, rows=[*stages_now, None, None], rights=Right.choices),
    )


@require_http_methods(["GET", "POST"])
def show_watch(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the watch list of the edition; add to it, take from it."""
    edition, subject = desk_or_404(slug)
    if not (subject.has_right("vet", edition.pk) or subject.has_right("organise", edition.pk)):
        raise Http404
    if request.method == "POST":
        try:
            _change_watch(request, edition, subject)
        except PunteError as error:
            tell_refusal(request, error)
        return redirect("vetting_watch", slug=slug)
    entries = list(WatchEntry.objects.filter(edition_id=edition.pk).order_by("name", "email", "pk"))
    return render(request, "people/watch.html", frame(request, edition, rows=entries))


def _change_watch(request: HttpRequest, edition: Edition, subject: Subject) -> None:
    data = request.POST
    if data.get("entry"):
        if unwatch(by=subject, edition_id=edition.pk, entry_id=uuid_of(data["entry"])):
            messages.success(request, _("Taken off the list."))
        return
    watch(
        by=subject,
        edition_id=edition.pk,
        name=data.get("name", ""),
        email=data.get("email", ""),
        reason=data.get("reason", ""),
    )
    messages.success(request, _("On the list. Vetters see it beside every nomination it meets."))
