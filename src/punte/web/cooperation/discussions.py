"""Discussions between forums: topics under the wall, threads, decisions, files and polls for dates."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.actions import record
from punte.apps.access.labels import label_of
from punte.apps.access.models import strictest_tlp
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import explain
from punte.apps.cooperation import discussions
from punte.apps.cooperation.discussions import Place
from punte.apps.cooperation.models import Decision, PollAnswer, Post, Topic
from punte.apps.cooperation.permissions import may_change, may_moderate, may_write
from punte.apps.cooperation.polls import table_of
from punte.apps.people.models import WorkingGroup
from punte.apps.programmes.models.capability import AREAS, area_name
from punte.apps.programmes.queries import find_programme, list_programmes
from punte.formats.confidentiality_label import label_as_record
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import NOBODY, audiences, groups_of, id_from, page
from punte.web.cooperation.list_files import topics_file
from punte.web.cooperation.topic_steps import STEPS
from punte.web.refusals import tell_refusal
from punte.web.tables import HANDLING_HEADER, asked_ending, table_response
from punte.web.typed import keep_typed


@require_http_methods(["GET", "POST"])
def show_all(request: HttpRequest) -> HttpResponse:
    """List the topics that the reader sees, by programme, capability and group; open one."""
    subject = active_subject()
    if request.method == "POST":
        return _open(request)
    programme, area = request.GET.get("programme", ""), request.GET.get("area", "")
    rows = Topic.objects.annotate(count=Count("posts"))
    if programme:
        rows = rows.filter(programme_id=id_from(programme) or NOBODY)
    if area in AREAS:
        rows = rows.filter(area=area)
    found = list(rows[:300])
    groups = WorkingGroup.objects.in_bulk([row.group_id for row in found if row.group_id])
    if ending := asked_ending(request):
        lines = [(one, one.count, groups.get(one.group_id)) for one in found]
        return topics_file(lines, ending)
    return page(
        request,
        "discussions.html",
        rows=[(row, groups.get(row.group_id) if row.group_id else None) for row in found],
        may_write=may_write(subject),
        audiences=audiences(),
        programmes=list_programmes(),
        areas=list(AREAS.items()),
        programme=programme,
        area=area,
        opens=request.GET.get("open") == "yes",
    )


def _open(request: HttpRequest) -> HttpResponse:
    if not may_write(active_subject()):
        raise Http404
    data = request.POST
    programme = find_programme(id_from(data.get("programme", "")) or NOBODY)
    try:
        topic = discussions.open_topic(
            by=active_subject(),
            title=data.get("title", ""),
            text=data.get("text", ""),
            place=Place(
                releasable_to=tuple(groups_of(data.get("audience", ""))),
                programme_id=programme.pk if programme else None,
                area=data.get("area", "") if data.get("area") in AREAS else "",
            ),
        )
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request)
        return redirect("discussions")
    return redirect("topic", topic_id=topic.pk)


def topic_or_404(key: UUID) -> Topic:
    """Return a topic; a hidden one and one that never was get the same answer."""
    found = Topic.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, topic_id: UUID) -> HttpResponse:
    """Show a topic: decisions first, then threads, files and polls; take a step."""
    topic = topic_or_404(topic_id)
    if request.method == "POST":
        deed = request.POST.get("do", "")
        if deed not in STEPS:
            raise Http404
        try:
            STEPS[deed](request, topic)
        except PunteError as error:
            tell_refusal(request, error)
            keep_typed(request, form=deed)
        return redirect("topic", topic_id=topic.pk)
    if request.GET.get("as") in {"csv", "xlsx", "json"}:
        return _export(topic, request.GET["as"])
    return page(request, "topic.html", **_describe(topic))


def _describe(topic: Topic) -> dict[str, Any]:
    subject = active_subject()
    keeps = may_change(subject, topic)
    writes = may_write(subject) and topic.closed_at is None
    may_take_out = keeps or may_moderate(subject, topic)
    posts = list(topic.posts.all())
    below: dict[UUID, list[tuple[Post, bool]]] = defaultdict(list)
    for post in posts:
        if post.answers_id is not None:
            below[post.answers_id].append((post, may_take_out or post.by_id == subject.person_id))
    return {
        "topic": topic,
        "group": WorkingGroup.objects.filter(pk=topic.group_id or NOBODY).first(),
        "programme": find_programme(topic.programme_id) if topic.programme_id else None,
        "area": area_name(topic.area) if topic.area else "",
        "threads": [
            (post, may_take_out or post.by_id == subject.person_id, below[post.pk])
            for post in posts
            if post.answers_id is None
        ],
        "decisions": list(Decision.objects.filter(topic_id=topic.pk, withdrawn_because="")),
        "files": [
            (one, may_take_out or one.by_id == subject.person_id)
            for one in topic.files.defer("content")
        ],
        "polls": [
            (
                table_of(poll, person_id=subject.person_id),
                keeps or poll.by_id == subject.person_id,
            )
            for poll in topic.polls.all()
        ],
        "answer_choices": PollAnswer.Answer.choices,
        "may_write": writes,
        "may_report": may_write(subject),
        "keeps": keeps,
        "audiences": [one for one in audiences() if one[0] != "own"],
        "why": explain(subject, topic),
        "marking": topic.label_tlp,
    }


def record_of_topic(topic: Topic) -> dict[str, Any]:
    """Return a topic with everything under it, as plain values; what was taken out keeps its place and reason."""
    return {
        "id": str(topic.pk),
        "title": topic.title,
        "area": topic.area,
        "opened_at": topic.opened_at.isoformat(),
        "closed_at": topic.closed_at.isoformat() if topic.closed_at else None,
        "label": label_as_record(label_of(topic, active_subject())),
        "posts": [
            {
                "id": str(post.pk),
                "answers": str(post.answers_id) if post.answers_id else None,
                "at": post.at.isoformat(),
                "by": post.by_name,
                "organisation": post.by_organisation,
                "is_decision": post.is_decision,
                "text": post.text,
                "removed_because": post.removed_because,
            }
            for post in topic.posts.all()
        ],
        "decisions": [
            {"on": one.decided_on.isoformat(), "text": one.text}
            for one in Decision.objects.filter(topic_id=topic.pk, withdrawn_because="")
        ],
        "files": [
            {"name": one.name, "size": one.size, "sha256": one.sha256, "by": one.by_name}
            for one in topic.files.filter(removed_because="").defer("content")
        ],
        "polls": [
            {
                "title": poll.title,
                "dates": [date.starts_at.isoformat() for date in poll.dates.all()],
                "chosen_at": poll.chosen_at.isoformat() if poll.chosen_at else None,
            }
            for poll in topic.polls.all()
        ],
    }


def _export(topic: Topic, ending: str) -> HttpResponse:
    record("topic.exported", topic, edition_id=topic.edition_id, ending=ending)
    name = f"topic-{topic.pk}"
    if ending == "json":
        return JsonResponse(
            {
                "format": "punte.topic/1",
                "handling": topic.label_tlp,
                **record_of_topic(topic),
            },
            json_dumps_params={"ensure_ascii": False, "indent": 1},
            headers={
                "Content-Disposition": f'attachment; filename="{name}.json"',
                HANDLING_HEADER: topic.label_tlp,
            },
        )
    columns = [_("When"), _("Who"), _("Organisation"), _("Decision"), _("Text"), _("Taken out")]
    rows = [
        [
            f"{post.at:%Y-%m-%d %H:%M}",
            post.by_name,
            post.by_organisation,
            _("yes") if post.is_decision else "",
            post.text,
            post.removed_because,
        ]
        for post in topic.posts.all()
    ]
    return table_response(name, columns, rows, ending=ending, marking=topic.label_tlp)


@login_not_required
@require_GET
def show_decisions(request: HttpRequest) -> HttpResponse:
    """List the decisions that the reader sees, also where the topic is not theirs to see."""
    words = request.GET.get("q", "")[:120].replace("\x00", "")
    rows = Decision.objects.filter(withdrawn_because="")
    for word in words.split():
        rows = rows.filter(text__icontains=word)
    found = list(rows[:500])
    if request.GET.get("as") in {"csv", "xlsx"}:
        columns = [_("Decided on"), _("Working group"), _("Capability area"), _("Decision")]
        lines = [
            [row.decided_on, row.group_name, area_name(row.area) if row.area else "", row.text]
            for row in found
        ]
        marking = strictest_tlp(row.label_tlp for row in found)
        return table_response(
            "decisions", columns, lines, ending=request.GET["as"], marking=marking
        )
    topics = Topic.objects.in_bulk([row.topic_id for row in found])
    return page(
        request,
        "decisions.html",
        rows=[
            (row, topics.get(row.topic_id), area_name(row.area) if row.area else "")
            for row in found
        ],
        q=words,
    )
