"""Commitments: what was promised, by whom, by when, with which source, and what came of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import explain
from punte.apps.cooperation import actions, promises
from punte.apps.cooperation.agreed import Promise, enter
from punte.apps.cooperation.follow_up import side_of
from punte.apps.cooperation.models import Commitment
from punte.apps.cooperation.permissions import may_change, may_write
from punte.apps.cooperation.queries import commitments
from punte.apps.cooperation.sharing import share_commitment, share_with, to_share
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Organisation
from punte.apps.programmes.queries import milestones_by_id, open_milestones
from punte.kernel.errors import PunteError
from punte.web.cooperation.chain import chains_through, cooperations_of
from punte.web.cooperation.frame import day_from, groups_of, id_from, page, statuses
from punte.web.cooperation.list_files import commitments_file
from punte.web.refusals import tell_refusal
from punte.web.typed import keep_typed


@login_not_required
@require_http_methods(["GET", "POST"])
def show_all(request: HttpRequest) -> HttpResponse:
    """List commitments by state, who and words, those overdue first; enter one."""
    subject = active_subject()
    if request.method == "POST":
        return _enter(request)
    state, words = request.GET.get("state", ""), request.GET.get("q", "")[:120].replace("\x00", "")
    today = timezone.localdate()
    found = list(commitments(state=state, words=words, today=today)[:1000])
    if request.GET.get("as") in {"csv", "xlsx"}:
        return commitments_file(found, request.GET["as"])
    return page(
        request,
        "commitments.html",
        rows=[
            (row, row.state == Commitment.State.OPEN and row.due_on and row.due_on < today)
            for row in found
        ],
        states=Commitment.State.choices,
        state=state,
        q=words,
        may_write=may_write(subject),
        milestones=open_milestones() if may_write(subject) else [],
        reminded=promises.who_can_be_reminded(subject) if may_write(subject) else [],
    )


def _enter(request: HttpRequest) -> HttpResponse:
    if not may_write(active_subject()):
        raise Http404
    try:
        row = enter(by=active_subject(), promise=promise_from(request.POST))
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request)
        return redirect("commitments")
    messages.success(request, _("Entered."))
    if "is_public" in request.POST and not actions.is_public(row):
        messages.info(request, _("The organisers of your forum decide whether everyone sees it."))
    return redirect("commitment", commitment_id=row.pk)


def promise_from(data: QueryDict) -> Promise:
    """
    Return what the fields of a commitment hold.

    Raises
    ------
    PunteError
        A day is none.
    """
    return Promise(
        who=data.get("who", ""),
        what=data.get("what", ""),
        occasion=data.get("occasion", ""),
        quotation=data.get("quotation", ""),
        promised_on=day_from(data.get("promised_on", "")),
        due_on=day_from(data.get("due_on", "")),
        sources=tuple(data.get("sources", "").splitlines()),
        milestone_id=id_from(data.get("milestone", "")),
        is_public="is_public" in data,
        reminded=data.get("reminded", ""),
    )


def _step(request: HttpRequest, row: Commitment) -> None:
    by, data = active_subject(), request.POST
    read = data.get("read")
    match data.get("do", ""):
        case "publish":
            actions.publish_commitment(by=by, commitment=row, read=read)
        case "share":
            _share(row, data.get("audience", ""))
        case "remind":
            promises.set_promiser(by=by, commitment=row, chosen=data.get("reminded", ""))
        case "verify":
            actions.verify_commitment(by=by, commitment=row, read=read)
        case "correct":
            actions.correct_commitment(
                by=by,
                commitment=row,
                who=data.get("who", ""),
                what=data.get("what", ""),
                quotation=data.get("quotation", ""),
                due_on=day_from(data.get("due_on", "")),
                sources=data.get("sources", "").splitlines(),
                read=read,
            )
        case _:
            actions.report_on(
                by=by,
                commitment=row,
                state=data.get("state", ""),
                evidence=data.get("evidence", ""),
                read=read,
            )


def _share(row: Commitment, audience: str) -> None:
    """Share a commitment with those of its cooperation or meeting, or with who is chosen."""
    by = active_subject()
    if audience == "circle":
        share_commitment(by=by, commitment=row)
        return
    words = dict(statuses()).get(audience, "")
    share_with(by=by, commitment=row, groups=groups_of(audience) if words else [], words=words)


def _to_share(row: Commitment) -> dict[str, object]:
    """Return with whom its owner can share a commitment that is not public."""
    subject = active_subject()
    return {
        "is_public": actions.is_public(row),
        "may_share": row.owner_org_id == subject.org_id and not actions.is_public(row),
        "circle": to_share(subject, row) if may_write(subject) else [],
        "statuses": statuses(),
    }


def _reminded(row: Commitment) -> dict[str, object]:
    """Return who is reminded of its day, and whom its owner can choose instead."""
    subject = active_subject()
    chosen = Organisation.objects.filter(pk=row.promiser_id).first() if row.promiser_id else None
    may_choose = row.owner_org_id == subject.org_id and may_write(subject)
    return {
        "promiser": chosen if subject.org_id in {row.promiser_id, row.owner_org_id} else None,
        "reminded": promises.choices_of(subject, row) if may_choose else [],
        "reminded_now": promises.chosen_of(row),
    }


def _meeting_of(row: Commitment) -> MeetingRequest | None:
    """Return the meeting where it was promised, to who may open its page."""
    if row.request_id is None:
        return None
    found = (
        MeetingRequest.objects.filter(pk=row.request_id)
        .select_related("edition", "sender", "receiver")
        .first()
    )
    return found if found and side_of(active_subject(), found) else None


@login_not_required
@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, commitment_id: UUID) -> HttpResponse:
    """Show one commitment with its history; report on it."""
    row = Commitment.objects.filter(pk=commitment_id).first()
    if row is None:
        raise Http404
    subject = active_subject()
    if request.method == "POST":
        if not may_change(subject, row):
            raise Http404
        try:
            _step(request, row)
        except PunteError as error:
            tell_refusal(request, error)
            keep_typed(request, form=request.POST.get("do", ""))
        return redirect("commitment", commitment_id=row.pk)
    key = row.milestone_id
    milestone = milestones_by_id([key]).get(key) if key else None
    meeting = _meeting_of(row)
    through = cooperations_of(
        cooperation_id=row.cooperation_id, request_id=meeting.pk if meeting else None
    )
    return page(
        request,
        "commitment.html",
        row=row,
        events=list(row.events.all()),
        read=actions.revision_of(row),
        milestone=milestone,
        cooperation=next((one for one in through if one.pk == row.cooperation_id), None),
        meeting=meeting,
        chains=chains_through(through),
        states=Commitment.State.choices,
        may_change=may_change(subject, row)
        and (actions.keeps_record(subject) or not actions.is_public(row)),
        may_keep=may_change(subject, row) and actions.keeps_record(subject),
        **_to_share(row),
        **_reminded(row),
        by=Organisation.objects.filter(pk=row.owner_org_id).first(),
        why=explain(subject, row),
        marking=row.label_tlp,
        synthetic=row.is_synthetic,
    )
