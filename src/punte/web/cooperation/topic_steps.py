"""What can be done in a topic: write, decide, bring a file, ask for a date, take out, close."""

import datetime as dt
from collections.abc import Callable
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from punte.apps.access.actions import record
from punte.apps.access.permissions import active_subject
from punte.apps.cooperation import discussions, polls
from punte.apps.cooperation.models import DatePoll, PollDate, Topic, TopicFile
from punte.apps.cooperation.reporting import report_post
from punte.apps.cooperation.topic_files import MOST_BYTES, add_file
from punte.kernel.clock_changes import is_skipped
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import NOBODY, file_response, groups_of, id_from, uploaded
from punte.web.setup.reading import said_twice

ANSWER: Final = "date-"


def _write(request: HttpRequest, topic: Topic) -> None:
    key = id_from(request.POST.get("answers", ""))
    answers = topic.posts.filter(pk=key).first() if key else None
    if key and answers is None:
        raise PunteError(_("There is no such post."))
    discussions.write_post(
        by=active_subject(), topic=topic, text=request.POST.get("text", ""), answers=answers
    )


def _decide(request: HttpRequest, topic: Topic) -> None:
    discussions.decide(
        by=active_subject(),
        topic=topic,
        text=request.POST.get("text", ""),
        releasable_to=groups_of(request.POST.get("audience", "")),
    )
    messages.success(request, _("Decided."))


def _take_out(request: HttpRequest, topic: Topic) -> None:
    key = id_from(request.POST.get("post", "")) or NOBODY
    post = topic.posts.filter(pk=key).first()
    if post is None:
        raise PunteError(_("There is no such post."))
    discussions.take_out(by=active_subject(), what=post, reason=request.POST.get("reason", ""))


def _report(request: HttpRequest, topic: Topic) -> None:
    key = id_from(request.POST.get("post", "")) or NOBODY
    post = topic.posts.filter(pk=key).select_related("topic").first()
    if post is None:
        raise PunteError(_("There is no such post."))
    count = report_post(by=active_subject(), post=post, reason=request.POST.get("reason", ""))
    if count:
        told = ngettext(
            "Reported. %(count)d person who may take it out is told by mail.",
            "Reported. %(count)d persons who may take it out are told by mail.",
            count,
        )
        messages.success(request, told % {"count": count})
    else:
        messages.warning(
            request, _("Reported, and kept in the log. Nobody else who sees it may take it out.")
        )


def _take_out_file(request: HttpRequest, topic: Topic) -> None:
    key = id_from(request.POST.get("file", "")) or NOBODY
    file = topic.files.filter(pk=key).first()
    if file is None:
        raise PunteError(_("There is no such file."))
    discussions.take_out(by=active_subject(), what=file, reason=request.POST.get("reason", ""))


def _file(request: HttpRequest, topic: Topic) -> None:
    name, content = uploaded(request, MOST_BYTES)
    add_file(by=active_subject(), topic=topic, name=name, content=content)
    messages.success(request, _("Kept."))


def _close(request: HttpRequest, topic: Topic) -> None:
    del request
    discussions.close_topic(by=active_subject(), topic=topic)


def _poll(request: HttpRequest, topic: Topic) -> None:
    length = request.POST.get("length_min", "")
    if not (length.isascii() and length.isdecimal() and len(length) < 5):
        raise PunteError(_("It lasts between 5 minutes and a day."))
    starts = [_moment(text) for text in request.POST.getlist("start") if text.strip()]
    polls.open_poll(
        by=active_subject(),
        topic=topic,
        title=request.POST.get("title", ""),
        starts=starts,
        length_min=int(length),
        place=request.POST.get("place", ""),
    )
    for sentence in said_twice(starts):
        messages.info(request, sentence)


def _moment(text: str) -> dt.datetime:
    """Return the moment that a field holds, in the site's time zone."""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise PunteError(
            _("“%(text)s” is no date with its time. Write it like 2027-05-15T10:00.")
            % {"text": text[:40]}
        ) from error
    found = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    if is_skipped(found):
        raise PunteError(
            _("The clocks skip %(time)s in that night. Give a time before or after.")
            % {"time": text.strip()[:40]}
        )
    return found


def _poll_of(request: HttpRequest, topic: Topic) -> DatePoll:
    key = id_from(request.POST.get("poll", "")) or NOBODY
    poll = topic.polls.filter(pk=key).select_related("topic").first()
    if poll is None:
        raise PunteError(_("There is no such poll."))
    return poll


def _answer(request: HttpRequest, topic: Topic) -> None:
    given: dict[UUID, str] = {}
    for name, value in request.POST.items():
        key = id_from(name.removeprefix(ANSWER)) if name.startswith(ANSWER) else None
        if key is not None:
            given[key] = str(value)
    polls.answer_poll(by=active_subject(), poll=_poll_of(request, topic), answers=given)
    messages.success(request, _("Kept."))


def _close_poll(request: HttpRequest, topic: Topic) -> None:
    poll = _poll_of(request, topic)
    key = id_from(request.POST.get("date", "")) or NOBODY
    date = PollDate.objects.filter(poll=poll, pk=key).first()
    if date is None:
        raise PunteError(_("There is no such date or answer."))
    polls.close_poll(by=active_subject(), poll=poll, date=date)
    messages.success(request, _("The date is found; whoever answered gets a mail."))


STEPS: Final[dict[str, Callable[[HttpRequest, Topic], None]]] = {
    "write": _write,
    "decide": _decide,
    "out": _take_out,
    "report": _report,
    "out-file": _take_out_file,
    "file": _file,
    "close": _close,
    "poll": _poll,
    "answer": _answer,
    "close-poll": _close_poll,
}


@require_GET
def give_file(request: HttpRequest, topic_id: UUID, topicfile_id: UUID) -> HttpResponse:
    """Give a file of a topic, to keep."""
    del request
    file = TopicFile.objects.filter(topic_id=topic_id, pk=topicfile_id, removed_because="").first()
    if file is None:
        raise Http404
    record("topic.file_read", file, edition_id=file.topic.edition_id)
    return file_response(file.name, file.content)


@require_GET
def give_date(request: HttpRequest, topic_id: UUID, datepoll_id: UUID) -> HttpResponse:
    """Give the date that a poll found, as a calendar file."""
    poll = DatePoll.objects.filter(
        topic_id=topic_id, pk=datepoll_id, chosen_at__isnull=False
    ).first()
    if poll is None:
        raise Http404
    content = polls.calendar_of_poll(
        poll, address=request.build_absolute_uri(f"/discussions/{topic_id}/")
    )
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{poll.pk}.ics"'},
    )
