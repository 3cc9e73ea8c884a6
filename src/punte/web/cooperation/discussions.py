"""Discussions between forums: topics under the wall, posts, decisions."""

from uuid import UUID

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import explain
from punte.apps.cooperation import actions
from punte.apps.cooperation.models import Topic
from punte.apps.cooperation.permissions import may_change, may_write
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import NOBODY, audiences, groups_of, id_from, page, say


@require_http_methods(["GET", "POST"])
def show_all(request: HttpRequest) -> HttpResponse:
    """List the topics that the reader sees; open one."""
    subject = active_subject()
    if request.method == "POST":
        if not may_write(subject):
            raise Http404
        try:
            topic = actions.open_topic(
                by=subject,
                title=request.POST.get("title", ""),
                text=request.POST.get("text", ""),
                releasable_to=groups_of(request.POST.get("audience", "")),
            )
        except PunteError as error:
            say(request, error)
            return redirect("discussions")
        return redirect("topic", topic_id=topic.pk)
    return page(
        request,
        "discussions.html",
        rows=list(Topic.objects.annotate(count=Count("posts"))[:300]),
        may_write=may_write(subject),
        audiences=audiences(),
    )


@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, topic_id: UUID) -> HttpResponse:
    """Show a topic with its posts, decisions first; write, take out, close."""
    topic = Topic.objects.filter(pk=topic_id).first()
    if topic is None:
        raise Http404
    subject = active_subject()
    if request.method == "POST":
        try:
            _step(request, topic)
        except PunteError as error:
            say(request, error)
        return redirect("topic", topic_id=topic.pk)
    posts = list(topic.posts.all())
    keeps = may_change(subject, topic)
    return page(
        request,
        "topic.html",
        topic=topic,
        posts=[(post, keeps or post.by_id == subject.person_id) for post in posts],
        decisions=[post for post in posts if post.is_decision and not post.removed_because],
        may_write=may_write(subject) and topic.closed_at is None,
        keeps=keeps,
        why=explain(subject, topic),
        marking=topic.label_tlp,
    )


def _step(request: HttpRequest, topic: Topic) -> None:
    deed, subject = request.POST.get("do", ""), active_subject()
    if deed == "out":
        post = topic.posts.filter(pk=id_from(request.POST.get("post", "")) or NOBODY).first()
        if post is None:
            raise PunteError(_("There is no such post."))
        actions.take_out(by=subject, post=post, reason=request.POST.get("reason", ""))
    elif deed == "close":
        actions.close_topic(by=subject, topic=topic)
    else:
        actions.write_post(
            by=subject,
            topic=topic,
            text=request.POST.get("text", ""),
            is_decision="is_decision" in request.POST,
        )
