"""The mail that a preliminary timetable is open for remarks: one's own times in it, and no invitation."""

from typing import Final

from django.utils.translation import gettext_lazy, ngettext

from punte.apps.forum.models import Delegate
from punte.apps.forum.queries import faces
from punte.apps.meetings.calendars import other_side, whom
from punte.apps.meetings.preliminary import Preliminary, preliminary_meetings
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind
from punte.apps.people.mail_times import words_for_time

LISTED: Final = 12
"""So many meetings are written out in the text."""


def _read(question: Question) -> MailContent | None:
    delegate = (
        Delegate.objects.filter(pk=str(question.details["delegate"]), person=question.person)
        .select_related("edition")
        .first()
    )
    if delegate is None:
        return None
    found = preliminary_meetings(delegate)
    if not found or found[0].meeting.version_id != question.about_id:
        return None  # another draft is shown by now, or none
    edition = delegate.edition
    return MailContent(
        values={
            "edition": str(edition.said["name"]),
            "until": words_for_time(found[0].until, edition.zone),
            "count": str(len(found)),
            "meetings": _lines(delegate, found),
        },
        path=f"/e/{edition.slug}/my/#preliminary",
    )


def _lines(delegate: Delegate, found: list[Preliminary]) -> str:
    zone = delegate.edition.zone
    people = faces(
        delegate.edition_id,
        {key for one in found for key in (*one.request.parties, delegate.pk)},
    )
    lines = []
    for one in found[:LISTED]:
        starts = words_for_time(one.meeting.slot.starts_at, zone)
        other = whom(other_side(one.request, delegate.pk, people), one.request)
        lines.append(f"  {starts}  {other}  ({one.meeting.place.said['name']})")
    rest = len(found) - LISTED
    if rest > 0:
        lines.append(
            "  " + ngettext("and %(count)d more", "and %(count)d more", rest) % {"count": rest}
        )
    return "\n".join(lines)


TIMETABLE_PRELIMINARY: Final = register_kind(
    MailKind(
        code="timetable.preliminary",
        title=gettext_lazy("A preliminary timetable is open for remarks"),
        subject=gettext_lazy("{edition}: a preliminary timetable, for your remarks until {until}"),
        text=gettext_lazy(
            "Dear {name},\n\nthe organisers of {edition} show a preliminary timetable. These times are no invitation yet and may "
            "still change, so keep them out of your calendar:\n\n{meetings}\n\nIf a time does not suit you, say so until {until}, in "
            "the time of the venue: {link}\n"
        ),
        examples={
            "edition": gettext_lazy("Example Forum 2027"),
            "until": gettext_lazy("Wed 20 Oct, 18:00 EEST"),
            "count": "1",
            "meetings": gettext_lazy(
                "  Thu 4 Nov, 10:20 EET  Bob Example, Example Works  (Table 7)"
            ),
        },
        read=_read,
    )
)
