"""The mails between forums: mentions, the week's digest, dates found, actions due, the second question."""

import datetime as dt
import uuid
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from punte.apps.cooperation.assistance_calendar import invitation, path_of
from punte.apps.cooperation.digest import DIGEST_KIND, DigestLine, digest_of
from punte.apps.cooperation.feedback import SECOND_KIND, open_meetings
from punte.apps.cooperation.leaving import LEFT_KIND
from punte.apps.cooperation.mentions import MENTION_KIND
from punte.apps.cooperation.models import (
    Assistance,
    Cooperation,
    DatePoll,
    MeetingTask,
    Post,
    SeatEvent,
    Task,
)
from punte.apps.cooperation.polls import CLOSED_KIND, calendar_of_poll
from punte.apps.cooperation.reminders import DUE_KIND
from punte.apps.cooperation.reporting import REPORT_KIND
from punte.apps.cooperation.seats import SEATS_KIND
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import faces
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail_kinds import (
    Attachment,
    MailContent,
    MailKind,
    Question,
    register_kind,
)
from punte.apps.people.mail_times import words_for_clock, words_for_day
from punte.apps.people.queries import subject_of_person

LISTED: Final = 20


def _read_mention(question: Question) -> MailContent | None:
    post = (
        Post.objects.filter(pk=question.about_id).select_related("topic").first()
        if question.about_id
        else None
    )
    if post is None or post.removed_because:
        return None
    return MailContent(
        values={"topic": post.topic.title, "who": post.by_name, "text": post.text[:600]},
        path=f"/discussions/{post.topic_id}/",
    )


def _read_report(question: Question) -> MailContent | None:
    found = Post.objects.filter(pk=question.about_id) if question.about_id else Post.objects.none()
    post = found.select_related("topic").first()
    if post is None or post.removed_because:
        return None
    return MailContent(
        values={
            "topic": post.topic.title,
            "who": post.by_name,
            "text": post.text[:600],
            "reason": str(question.details.get("reason", "")),
        },
        path=f"/discussions/{post.topic_id}/#p{post.pk}",
    )


def _read_digest(question: Question) -> MailContent | None:
    lines = digest_of(
        subject_of_person(question.person.pk),
        since=dt.datetime.fromisoformat(str(question.details["since"])),
        until=dt.datetime.fromisoformat(str(question.details["until"])),
    )
    if not lines:
        return None
    return MailContent(
        values={
            "count": str(len(lines)),
            "topics": "\n".join(_digest_line(line) for line in lines[:LISTED]),
        },
        path="/discussions/",
    )


def _digest_line(line: DigestLine) -> str:
    said = [ngettext("%(n)d post", "%(n)d posts", line.posts) % {"n": line.posts}]
    if line.decisions:
        said.append(
            ngettext("%(n)d decision", "%(n)d decisions", line.decisions) % {"n": line.decisions}
        )
    if line.polls:
        said.append(ngettext("%(n)d poll", "%(n)d polls", line.polls) % {"n": line.polls})
    address = f"{settings.PUNTE_ADDRESS}/discussions/{line.topic_id}/"
    return f"- {line.title}: {', '.join(said)}\n  {address}"


def _read_poll(question: Question) -> MailContent | None:
    poll = (
        DatePoll.objects.filter(pk=question.about_id).select_related("topic").first()
        if question.about_id
        else None
    )
    if poll is None or poll.chosen_at is None:
        return None
    path = f"/discussions/{poll.topic_id}/"
    zone = ZoneInfo(poll.time_zone)
    when = poll.chosen_at.astimezone(zone)
    return MailContent(
        values={
            "title": poll.title,
            "date": f"{words_for_day(when)}, {words_for_clock(when, zone)}",
            "place": poll.place,
        },
        path=path,
        attachments=(
            Attachment(
                name="date.ics",
                content=calendar_of_poll(poll, address=f"{settings.PUNTE_ADDRESS}{path}"),
                media_type="text/calendar; method=PUBLISH; charset=utf-8",
            ),
        ),
    )


def _read_task(question: Question) -> MailContent | None:
    task = (
        Task.objects.filter(pk=question.about_id).select_related("cooperation").first()
        if question.about_id
        else None
    )
    if task is None:
        return _read_agreed(question)
    return _due(task, where=task.cooperation.name, path=f"/cooperations/{task.cooperation_id}/")


def _read_agreed(question: Question) -> MailContent | None:
    task = MeetingTask.objects.filter(pk=question.about_id or uuid.UUID(int=0)).first()
    request = (
        MeetingRequest.objects.filter(pk=task.request_id)
        .select_related("edition", "sender", "receiver")
        .first()
        if task
        else None
    )
    if task is None or request is None:
        return None
    return _due(
        task,
        where=f"{request.sender.badge_name}, {request.receiver.badge_name}, {request.edition.name}",
        path=f"/e/{request.edition.slug}/follow-up/{request.pk}/",
    )


def _due(task: Task | MeetingTask, *, where: str, path: str) -> MailContent | None:
    if task.done_at is not None or task.due_on is None:
        return None
    return MailContent(
        values={
            "cooperation": where,
            "what": task.text,
            "who": task.who,
            "day": words_for_day(task.due_on),
            "state": _("overdue") if task.due_on < timezone.localdate() else _("due"),
        },
        path=path,
    )


def _read_left(question: Question) -> MailContent | None:
    details = question.details
    row = Cooperation.objects.filter(pk=question.about_id).first() if question.about_id else None
    return MailContent(
        values={
            "cooperation": str(details["cooperation"]),
            "who": str(details["who"]),
            "reason": str(details["reason"]),
        },
        path=f"/cooperations/{row.pk}/" if row else "/cooperations/",
    )


def _read_seats(question: Question) -> MailContent | None:
    event = (
        SeatEvent.objects.filter(pk=question.about_id)
        .select_related("assistance", "activity__assistance")
        .first()
        if question.about_id
        else None
    )
    if event is None:
        return None
    row = event.activity or event.assistance
    # Who takes part has it in the calendar once the seats stand, and no longer once they are taken back.
    is_told = event.step in {SeatEvent.Step.CONFIRMED, SeatEvent.Step.TAKEN_BACK}
    is_on = event.step == SeatEvent.Step.CONFIRMED and row.state != Assistance.State.CANCELLED
    return MailContent(
        values={
            "activity": row.title,
            "who": event.organisation_name,
            "what": event.get_step_display(),
            "count": str(event.count),
            "reason": event.reason,
        },
        path=path_of(row),
        attachments=(invitation(row, question.person, is_on=is_on),)
        if is_told and row.starts_on
        else (),
    )


def _read_second(question: Question) -> MailContent | None:
    edition = Edition.objects.filter(pk=question.about_id).first() if question.about_id else None
    if edition is None:
        return None
    requests = open_meetings(edition.pk, subject_of_person(question.person.pk))
    if not requests:
        return None
    known = faces(edition.pk)
    lines = []
    for request in requests[:LISTED]:
        own = request.sender.person_id == question.person.pk
        other = known.get(request.receiver_id if own else request.sender_id)
        whom = f"{other.name}, {other.organisation}" if other else request.code
        address = f"{settings.PUNTE_ADDRESS}/e/{edition.slug}/follow-up/{request.pk}/"
        lines.append(f"- {whom}\n  {address}")
    return MailContent(
        values={
            "edition": str(edition.said["name"]),
            "count": str(len(requests)),
            "meetings": "\n".join(lines),
        },
        path=f"/e/{edition.slug}/my/",
    )


MENTIONED: Final = register_kind(
    MailKind(
        code=MENTION_KIND,
        title=gettext_lazy("Somebody names you in a discussion"),
        subject=gettext_lazy("{who} names you: {topic}"),
        text=gettext_lazy(
            "Dear {name},\n\n{who} names you in “{topic}”:\n\n{text}\n\nAnswer here: {link}\n"
        ),
        examples={
            "topic": gettext_lazy("Bridges and crossings"),
            "who": gettext_lazy("Bob Example"),
            "text": gettext_lazy("What do you think?"),
        },
        read=_read_mention,
    )
)
REPORTED: Final = register_kind(
    MailKind(
        code=REPORT_KIND,
        title=gettext_lazy("A post was reported, where you keep order"),
        subject=gettext_lazy("Reported: a post in “{topic}”"),
        text=gettext_lazy(
            "Dear {name},\n\na reader reported a post of {who} in “{topic}”.\n\nReason: {reason}\n\nThe post:\n\n{text}\n\n"
            "Look at it, and take it out with a reason where it breaks the rules: {link}\n"
        ),
        examples={
            "topic": gettext_lazy("Bridges and crossings"),
            "who": gettext_lazy("Bob Example"),
            "text": gettext_lazy("What do you think?"),
            "reason": gettext_lazy("It insults somebody."),
        },
        read=_read_report,
    )
)
DIGEST: Final = register_kind(
    MailKind(
        code=DIGEST_KIND,
        title=gettext_lazy("The week in your discussions"),
        subject=gettext_lazy("New in your discussions: {count}"),
        text=gettext_lazy(
            "Dear {name},\n\nthis is new since last week in the discussions where you take part:\n\n{topics}\n\n{link}\n"
        ),
        examples={
            "count": "1",
            "topics": gettext_lazy("- Bridges and crossings: 3 posts, 1 decision"),
        },
        read=_read_digest,
    )
)
POLL_CLOSED: Final = register_kind(
    MailKind(
        code=CLOSED_KIND,
        title=gettext_lazy("A date was found"),
        subject=gettext_lazy("{title}: {date}"),
        text=gettext_lazy(
            "Dear {name},\n\n{title} is on {date}. {place}\n\nThe attached file puts it into your calendar. {link}\n"
        ),
        examples={
            "title": gettext_lazy("Next meeting of the group"),
            "date": gettext_lazy("Sat 15 May 2027, 10:00 EEST"),
            "place": gettext_lazy("Bucharest"),
        },
        read=_read_poll,
    )
)
TASK_DUE: Final = register_kind(
    MailKind(
        code=DUE_KIND,
        title=gettext_lazy("An agreed action is due"),
        subject=gettext_lazy("{cooperation}: {what} ({state}, {day})"),
        text=gettext_lazy(
            "Dear {name},\n\nthis was agreed in “{cooperation}” and is not done yet:\n\n  {what}\n  {who}, {day}: {state}\n\n"
            "Say here that it is done: {link}\n"
        ),
        examples={
            "cooperation": gettext_lazy("Mast together"),
            "what": gettext_lazy("Send the drawings"),
            "who": gettext_lazy("Example Works"),
            "day": gettext_lazy("Sat 15 May 2027"),
            "state": gettext_lazy("due"),
        },
        read=_read_task,
    )
)
PARTNER_LEFT: Final = register_kind(
    MailKind(
        code=LEFT_KIND,
        title=gettext_lazy("A partner left a cooperation"),
        subject=gettext_lazy("{who} left “{cooperation}”"),
        text=gettext_lazy(
            "Dear {name},\n\n{who} takes no part in “{cooperation}” any more:\n\n  {reason}\n\n{link}\n"
        ),
        examples={
            "cooperation": gettext_lazy("Mast together"),
            "who": gettext_lazy("Example Works"),
            "reason": gettext_lazy("The work is done."),
        },
        read=_read_left,
    )
)
SEATS: Final = register_kind(
    MailKind(
        code=SEATS_KIND,
        title=gettext_lazy("Seats at an activity of assistance"),
        subject=gettext_lazy("{activity}: {what} ({who})"),
        text=gettext_lazy(
            "Dear {name},\n\n“{activity}”, {who}:\n\n  {what}: {count}\n  {reason}\n\n{link}\n"
        ),
        examples={
            "activity": gettext_lazy("Course on crossing rivers"),
            "who": gettext_lazy("Example Works"),
            "what": gettext_lazy("Seats confirmed"),
            "count": "2",
            "reason": "",
        },
        read=_read_seats,
    )
)
SECOND_FEEDBACK: Final = register_kind(
    MailKind(
        code=SECOND_KIND,
        title=gettext_lazy("Six months later: what came of your meetings"),
        subject=gettext_lazy("{edition}: what came of your meetings?"),
        text=gettext_lazy(
            "Dear {name},\n\nsix months ago you met at {edition}. What came of it? Two clicks for each meeting:\n\n"
            "{meetings}\n\n{link}\n"
        ),
        examples={
            "edition": gettext_lazy("Example Forum 2027"),
            "count": "1",
            "meetings": gettext_lazy("- Bob Example, Example Works"),
        },
        read=_read_second,
    )
)
