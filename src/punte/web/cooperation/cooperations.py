"""Cooperations: the whole chain, from the milestone they serve to the draw that pays, both ways."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.actions import record
from punte.apps.access.models import Tlp
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation import follow_up
from punte.apps.cooperation.agreed import promise_in
from punte.apps.cooperation.documents import (
    add_document,
    not_reached,
    remove_document,
    share_document,
)
from punte.apps.cooperation.leaving import end_partnership, may_take_out
from punte.apps.cooperation.links import LINKS, link, seen_links, title_of
from punte.apps.cooperation.models import Commitment, Cooperation, CooperationFile, Partner, Task
from punte.apps.cooperation.permissions import may_write, takes_part
from punte.apps.cooperation.promises import who_can_be_reminded
from punte.apps.cooperation.reminders import colleagues
from punte.apps.cooperation.sharing import not_reading, share_commitment
from punte.apps.cooperation.topic_files import MOST_BYTES
from punte.apps.funding.models import EligibilityCase, LoanPlan
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Organisation
from punte.apps.programmes.queries import find_milestone, open_milestones
from punte.kernel.errors import PunteError
from punte.web.cooperation.chain import chain_of
from punte.web.cooperation.commitments import promise_from
from punte.web.cooperation.frame import NOBODY, day_from, file_response, id_from, page, uploaded
from punte.web.cooperation.linkable import listing_choices
from punte.web.cooperation.list_files import cooperations_file
from punte.web.delegate.contact import contacts_in
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending
from punte.web.typed import keep_typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One link of the form: its field, where it leads now, and to what it could."""

    name: str
    label: str
    now: UUID | None
    options: list[tuple[UUID, str]]


@require_GET
def show_all(request: HttpRequest) -> HttpResponse:
    """List what the reader sees going on, by stage, nation and organisation; overdue actions are counted."""
    stage, country = request.GET.get("stage", ""), request.GET.get("country", "")
    words = request.GET.get("q", "")[:120].strip()
    everything = list(Cooperation.objects.prefetch_related("partners", "tasks")[:500])
    today = timezone.localdate()
    countries = {one.country for row in everything for one in row.partners.all() if one.country}
    rows = [
        row
        for row in everything
        if (not stage or row.stage == stage)
        and (not country or any(one.country == country for one in row.partners.all()))
        and (not words or _names_it(row, words.casefold()))
    ]
    if ending := asked_ending(request):
        return cooperations_file(rows, ending)
    return page(
        request,
        "cooperations.html",
        rows=[(row, sum(_is_late(task, today) for task in row.tasks.all())) for row in rows],
        stages=Cooperation.Stage.choices,
        stage=stage,
        countries=sorted(
            ((code, country_name(code)) for code in countries), key=lambda pair: pair[1]
        ),
        country=country,
        q=words,
        may_begin=_may_begin(active_subject()),
    )


def _meeting(row: Cooperation) -> MeetingRequest | None:
    """Return the meeting at which a cooperation began, where the reader sees it."""
    return MeetingRequest.objects.filter(pk=row.request_id).first() if row.request_id else None


def _may_begin(subject: Subject) -> bool:
    """Whether the subject comes to meetings, or organises them, and so can begin a cooperation after one."""
    return may_write(subject) and any(
        group.startswith(("edition:", "organise@")) for group in subject.groups
    )


def _names_it(row: Cooperation, words: str) -> bool:
    """Whether a cooperation or one of its partners is called so."""
    names = [row.name, *(one.organisation_name for one in row.partners.all())]
    return any(words in name.casefold() for name in names)


def _is_late(task: Task, today: dt.date) -> bool:
    return task.done_at is None and task.due_on is not None and task.due_on < today


@require_GET
def show_one(request: HttpRequest, cooperation_id: UUID) -> HttpResponse:
    """Show a cooperation: its partners, stage, agreed actions, and the chain as far as the reader sees it."""
    row, subject = _found_or_404(cooperation_id), active_subject()
    changes = takes_part(subject, row)
    today = timezone.localdate()
    own_people = colleagues(subject.org_id, today) if subject.org_id else []
    here = {one.id for one in own_people}
    now_in, gone = _partners(row)
    return page(
        request,
        "cooperation.html",
        row=row,
        contacts=contacts_in(_meeting(row)),
        partners=[
            (
                one,
                country_name(one.country) if one.country else "",
                one.organisation_id == subject.org_id
                and one.speaker_id is not None
                and one.speaker_id not in here,
            )
            for one in now_in
        ],
        gone=gone,
        may_end=[one.pk for one in now_in if may_take_out(subject, one)] if changes else [],
        organisers_see=any(not group.startswith("org:") for group in row.label_stewards),
        colleagues=own_people,
        files=[(file, not_reached(file, now_in)) for file in row.files.defer("content")],
        tlp=Tlp.choices,
        changes=list(row.changes.all()),
        tasks=list(row.tasks.all()),
        chain=chain_of(row),
        commitments=_commitments(row, now_in),
        may_change=changes,
        own_org=subject.org_id,
        stages=Cooperation.Stage.choices,
        **(_to_choose(row) if changes else {}),
        today=today,
        why=explain(subject, row),
        marking=row.label_tlp,
        synthetic=row.is_synthetic,
    )


def _to_choose(row: Cooperation) -> dict[str, object]:
    """Return what the forms of a cooperation offer."""
    return {
        "choices": _choices(row),
        "organisations": list(Organisation.objects.order_by("name")[:500]),
        "milestones": open_milestones(),
        "reminded": who_can_be_reminded(active_subject(), cooperation_id=row.pk),
    }


def _commitments(row: Cooperation, partners: list[Partner]) -> list[tuple[Commitment, list[str]]]:
    """Return what was promised in a cooperation; with one's own who of the partners does not read it."""
    own = active_subject().org_id
    return [
        (one, not_reading(one, partners) if one.owner_org_id == own else [])
        for one in Commitment.objects.filter(cooperation_id=row.pk)
    ]


def _partners(row: Cooperation) -> tuple[list[Partner], list[Partner]]:
    """Return the partners of now, and those who left."""
    everybody = list(row.partners.select_related("cooperation"))
    return (
        [one for one in everybody if one.left_at is None],
        [one for one in everybody if one.left_at is not None],
    )


def _found_or_404(cooperation_id: UUID) -> Cooperation:
    found = Cooperation.objects.filter(pk=cooperation_id).first()
    if found is None:
        raise Http404
    return found


def _choices(row: Cooperation) -> list[Choice]:
    """Return the links of a form, each with where it leads now and could; what the reader may not see is not there."""
    now = seen_links(row)
    listings = listing_choices(row, [key for key in now.values() if key])
    milestones = {one.pk: one for one in open_milestones()}
    chosen = find_milestone(now["milestone_id"]) if now["milestone_id"] else None
    if chosen is not None:
        milestones.setdefault(chosen.pk, chosen)
    found = {
        "milestone_id": [
            (one.pk, f"{one.programme.name}: {one.name}") for one in milestones.values()
        ],
        "need_id": listings["need"],
        "offer_id": listings["offer"],
        "case_id": [(one.pk, one.name) for one in EligibilityCase.objects.all()[:200]],
        "loan_plan_id": [(one.pk, one.name) for one in LoanPlan.objects.all()[:200]],
    }
    return [
        Choice(name=name, label=title_of(name), now=now[name], options=options)
        for name, options in found.items()
    ]


def _stage(request: HttpRequest, row: Cooperation) -> None:
    follow_up.set_stage(
        by=active_subject(),
        cooperation=row,
        stage=request.POST.get("stage", ""),
        reason=request.POST.get("reason", ""),
    )


def _task(request: HttpRequest, row: Cooperation) -> None:
    follow_up.agree_on(
        by=active_subject(),
        cooperation=row,
        text=request.POST.get("text", ""),
        who=request.POST.get("who", ""),
        due_on=day_from(request.POST.get("due_on", "")),
        partner=row.partners.filter(pk=id_from(request.POST.get("partner", "")) or NOBODY).first(),
    )


def _next(request: HttpRequest, row: Cooperation) -> None:
    follow_up.plan_next(
        by=active_subject(),
        cooperation=row,
        day=day_from(request.POST.get("next_on", "")),
        place=request.POST.get("place", ""),
    )


def _document(request: HttpRequest, row: Cooperation) -> None:
    name, content = uploaded(request, MOST_BYTES)
    add_document(
        by=active_subject(),
        cooperation=row,
        name=name,
        content=content,
        is_shared="is_shared" in request.POST,
        tlp=request.POST.get("tlp", ""),
    )


def _remove(request: HttpRequest, row: Cooperation) -> None:
    file = row.files.filter(pk=id_from(request.POST.get("file", "")) or NOBODY).first()
    if file is None:
        raise PunteError(_("There is no such file."))
    remove_document(by=active_subject(), file=file)


def _share(request: HttpRequest, row: Cooperation) -> None:
    file = row.files.filter(pk=id_from(request.POST.get("file", "")) or NOBODY).first()
    if file is None:
        raise PunteError(_("There is no such file."))
    share_document(by=active_subject(), file=file)


def _leave(request: HttpRequest, row: Cooperation) -> None:
    partner = row.partners.filter(pk=id_from(request.POST.get("partner", "")) or NOBODY).first()
    if partner is None:
        raise PunteError(_("There is no such partner."))
    end_partnership(by=active_subject(), partner=partner, reason=request.POST.get("reason", ""))


def _done(request: HttpRequest, row: Cooperation) -> None:
    task = row.tasks.filter(pk=id_from(request.POST.get("task", "")) or NOBODY).first()
    if task is None:
        raise PunteError(_("There is no such action."))
    follow_up.finish_task(by=active_subject(), task=task)


def _link(request: HttpRequest, row: Cooperation) -> None:
    posted = request.POST
    if any(posted.get(name) and id_from(posted[name]) is None for name in LINKS):
        raise PunteError(_("A link leads nowhere. Choose one of the list."))
    link(
        by=active_subject(),
        cooperation=row,
        links={name: id_from(posted[name]) for name in LINKS if name in posted},
        read={name: id_from(posted.get(f"read_{name}", "")) for name in LINKS},
    )


def _partner(request: HttpRequest, row: Cooperation) -> None:
    organisation = Organisation.objects.filter(
        pk=id_from(request.POST.get("organisation", "")) or NOBODY
    ).first()
    if organisation is None:
        raise PunteError(_("Choose an organisation."))
    follow_up.add_partner(
        by=active_subject(),
        cooperation=row,
        organisation=organisation,
        speaker=request.POST.get("speaker", ""),
    )


def _successor(request: HttpRequest, row: Cooperation) -> None:
    partner = row.partners.filter(pk=id_from(request.POST.get("partner", "")) or NOBODY).first()
    if partner is None:
        raise PunteError(_("There is no such partner."))
    wanted = id_from(request.POST.get("person", ""))
    people = colleagues(partner.organisation_id, timezone.localdate())
    person = next((one for one in people if one.id == wanted), None)
    if wanted is not None and person is None:
        raise PunteError(_("Choose one of your own organisation's people."))
    follow_up.name_successor(
        by=active_subject(),
        partner=partner,
        speaker=person.name if person else request.POST.get("speaker", ""),
        speaker_id=person.id if person else None,
    )


def _promise(request: HttpRequest, row: Cooperation) -> None:
    promise_in(
        by=active_subject(),
        cooperation=row,
        is_shared="is_shared" in request.POST,
        promise=promise_from(request.POST),
    )


def _share_promise(request: HttpRequest, row: Cooperation) -> None:
    wanted = id_from(request.POST.get("commitment", "")) or NOBODY
    commitment = Commitment.objects.filter(cooperation_id=row.pk, pk=wanted).first()
    if commitment is None:
        raise PunteError(_("There is no such commitment."))
    share_commitment(by=active_subject(), commitment=commitment)


STEPS: Final[dict[str, Callable[[HttpRequest, Cooperation], None]]] = {
    "stage": _stage,
    "task": _task,
    "done": _done,
    "link": _link,
    "partner": _partner,
    "successor": _successor,
    "next": _next,
    "document": _document,
    "remove": _remove,
    "share": _share,
    "leave": _leave,
    "promise": _promise,
    "share_promise": _share_promise,
}


@require_GET
def give_document(
    request: HttpRequest, cooperation_id: UUID, cooperationfile_id: UUID
) -> HttpResponse:
    """Give a document of a cooperation, to keep."""
    del request
    file = CooperationFile.objects.filter(
        cooperation_id=cooperation_id, pk=cooperationfile_id
    ).first()
    if file is None:
        raise Http404
    record("cooperation.document_read", file)
    return file_response(file.name, file.content)


@require_POST
def take_step(request: HttpRequest, cooperation_id: UUID, step: str) -> HttpResponse:
    """Take one step with a cooperation and say what came of it."""
    row = _found_or_404(cooperation_id)
    if step not in STEPS:
        raise Http404
    try:
        STEPS[step](request, row)
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request, page=f"/cooperations/{row.pk}/", form=step)
    else:
        messages.success(request, _("Kept."))
    if not Cooperation.objects.filter(pk=row.pk).exists():  # whoever left sees it no longer
        return redirect("cooperations")
    return redirect("cooperation", cooperation_id=row.pk)
