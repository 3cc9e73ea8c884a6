"""Working groups: who may come in by status, who is in, and what they talk over and decide."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.actions import record
from punte.apps.access.labels import labels_of
from punte.apps.access.models import strictest_tlp
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation.discussions import Place, open_topic
from punte.apps.cooperation.joining import group_names
from punte.apps.cooperation.models import Decision, Topic
from punte.apps.people import working_groups
from punte.apps.people.models import GroupMember, WorkingGroup
from punte.apps.programmes.models.capability import AREAS, area_name
from punte.apps.programmes.queries import find_programme, list_programmes
from punte.formats.confidentiality_label import label_as_record, strictest_label
from punte.kernel.errors import PunteError
from punte.web.cooperation.discussions import record_of_topic
from punte.web.cooperation.frame import NOBODY, groups_of, id_from, page, statuses
from punte.web.cooperation.list_files import groups_file
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending
from punte.web.typed import keep_typed

State = GroupMember.State


@require_http_methods(["GET", "POST"])
def show_all(request: HttpRequest) -> HttpResponse:
    """List the working groups that the reader may come into; found one."""
    subject = active_subject()
    if request.method == "POST":
        return _found(request)
    found = WorkingGroup.objects.all()[:300]
    if ending := asked_ending(request):
        return groups_file([(one, working_groups.is_member(subject, one)) for one in found], ending)
    return page(
        request,
        "groups.html",
        rows=[
            (
                row,
                working_groups.is_member(subject, row),
                area_name(row.area) if row.area else "",
            )
            for row in found
        ],
        may_found=working_groups.may_found(subject),
        statuses=statuses(),
        admissions=WorkingGroup.Admission.choices,
        programmes=list_programmes(),
        areas=list(AREAS.items()),
    )


def _found(request: HttpRequest) -> HttpResponse:
    data = request.POST
    if not working_groups.may_found(active_subject()):
        raise Http404
    programme = find_programme(id_from(data.get("programme", "")) or NOBODY)
    try:
        group = working_groups.found_group(
            by=active_subject(),
            name=data.get("name", ""),
            about=data.get("about", ""),
            open_to=groups_of(data.get("open_to", "")),
            admission=data.get("admission", ""),
            takes_press=data.get("press") == "yes",
            programme_id=programme.pk if programme else None,
            area=data.get("area", "") if data.get("area") in AREAS else "",
        )
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request)
        return redirect("groups")
    return redirect("group", workinggroup_id=group.pk)


def _group_or_404(key: UUID) -> WorkingGroup:
    found = WorkingGroup.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, workinggroup_id: UUID) -> HttpResponse:
    """Show a group: to whom it is open, its members, topics and decisions; take a step."""
    group = _group_or_404(workinggroup_id)
    subject = active_subject()
    if request.method == "POST":
        return _step(request, group)
    members = list(GroupMember.objects.filter(group=group))
    is_in = working_groups.is_member(subject, group)
    own = next((one for one in members if one.person_id == subject.person_id), None)
    topics = list(Topic.objects.filter(group=group))
    programme = find_programme(group.programme_id) if group.programme_id else None
    return page(
        request,
        "group.html",
        group=group,
        is_in=is_in,
        own=own,
        leaves_out=working_groups.leaves_out(subject, group),
        members=[(one, country_name(one.country)) for one in members if one.state == State.IN],
        asked=[(one, country_name(one.country)) for one in members if one.state == State.ASKED],
        open_to=group_names(group.open_to),
        chairs=working_groups.may_chair(subject, group),
        may_ask=working_groups.may_found(subject)
        and working_groups.has_status(subject, group)
        and group.closed_at is None
        and (own is None or (own.state == State.OUT and not own.reason)),
        topics=topics,
        decisions=_decisions(topics),
        programme=programme,
        area=area_name(group.area) if group.area else "",
        why=explain(subject, group),
        marking=group.label_tlp,
        synthetic=group.is_synthetic,
    )


def _decisions(topics: list[Topic]) -> list[Decision]:
    return list(
        Decision.objects.filter(topic_id__in=[one.pk for one in topics], withdrawn_because="")
    )


def _member(request: HttpRequest, group: WorkingGroup) -> GroupMember:
    key = id_from(request.POST.get("member", "")) or NOBODY
    found = GroupMember.objects.filter(group=group, pk=key).first()
    if found is None:
        raise PunteError(_("There is no such member."))
    return found


def _decide(state: str) -> Callable[[HttpRequest, WorkingGroup], None]:
    def step(request: HttpRequest, group: WorkingGroup) -> None:
        working_groups.decide_on_member(
            by=active_subject(),
            member=_member(request, group),
            state=state,
            reason=request.POST.get("reason", ""),
        )

    return step


def _role(role: str) -> Callable[[HttpRequest, WorkingGroup], None]:
    def step(request: HttpRequest, group: WorkingGroup) -> None:
        working_groups.set_role(by=active_subject(), member=_member(request, group), role=role)

    return step


def _join(request: HttpRequest, group: WorkingGroup) -> None:
    del request
    working_groups.ask_to_join(by=active_subject(), group=group)


def _leave(request: HttpRequest, group: WorkingGroup) -> None:
    del request
    working_groups.leave_group(by=active_subject(), group=group)


def _close(request: HttpRequest, group: WorkingGroup) -> None:
    del request
    working_groups.close_group(by=active_subject(), group=group)


def _topic(request: HttpRequest, group: WorkingGroup) -> None:
    open_topic(
        by=active_subject(),
        title=request.POST.get("title", ""),
        text=request.POST.get("text", ""),
        place=Place(group=group),
    )


STEPS: Final[dict[str, Callable[[HttpRequest, WorkingGroup], None]]] = {
    "join": _join,
    "leave": _leave,
    "close": _close,
    "topic": _topic,
    "admit": _decide(State.IN),
    "refuse": _decide(State.REFUSED),
    "remove": _decide(State.OUT),
    "chair": _role(GroupMember.Role.CHAIR),
    "member": _role(GroupMember.Role.MEMBER),
}


def _step(request: HttpRequest, group: WorkingGroup) -> HttpResponse:
    deed = request.POST.get("do", "")
    if deed not in STEPS:
        raise Http404
    try:
        STEPS[deed](request, group)
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request, form=f"{deed} {request.POST.get('member', '')}".strip())
    else:
        messages.success(request, _("Kept."))
    return redirect("group", workinggroup_id=group.pk)


@require_GET
def export(request: HttpRequest, workinggroup_id: UUID) -> HttpResponse:
    """Give everything of a group that the reader sees, as JSON."""
    del request
    group = _group_or_404(workinggroup_id)
    topics = list(Topic.objects.filter(group=group))
    labels = labels_of([group, *topics], active_subject())
    content: dict[str, Any] = {
        "format": "punte.working-group/1",
        "id": str(group.pk),
        "name": group.name,
        "about": group.about,
        "open_to": group.open_to,
        "takes_press": group.takes_press,
        "tlp": group.label_tlp,
        "handling": strictest_tlp(one.label_tlp for one in [group, *topics]),
        "label": label_as_record(labels[0]),
        "label_of_all": label_as_record(strictest_label(labels) or labels[0]),
        "members": [
            {
                "name": one.name,
                "organisation": one.organisation_name,
                "country": one.country,
                "role": one.role,
                "since": one.at.isoformat(),
            }
            for one in GroupMember.objects.filter(group=group, state=State.IN)
        ],
        "topics": [record_of_topic(topic) for topic in topics],
    }
    record("group.exported", group)
    return JsonResponse(
        content,
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={"Content-Disposition": f'attachment; filename="group-{group.pk}.json"'},
    )
