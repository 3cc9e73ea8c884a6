"""The mail to who holds seats: what they are for is moved, called off, or takes place after all; with a calendar file."""

import uuid
from hashlib import sha256
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.cooperation.assistance_calendar import invitation, path_of
from punte.apps.cooperation.models import Activity, Assistance
from punte.apps.cooperation.moved import MOVED_KIND
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, Said, register_kind
from punte.apps.people.mail_said import NEWS, still_news
from punte.apps.people.mail_times import words_for_day

NOWHERE: Final = uuid.UUID(int=0)


def _read(question: Question) -> MailContent | None:
    key = question.about_id or NOWHERE
    row: Assistance | Activity | None = (
        Activity.objects.filter(pk=key).select_related("assistance").first()
        or Assistance.objects.filter(pk=key).first()
    )
    if row is None:
        return None
    is_on = row.state != Assistance.State.CANCELLED
    said = {str(row.pk): _said(row, is_on=is_on)}
    if NEWS in question.details and not still_news(question, said):
        return None
    return MailContent(
        values={
            "activity": row.title,
            "news": _("It takes place, as it stands here now.")
            if is_on
            else _(
                "It is called off. Should it take place after all, your organisation still has its seats, and you are told."
            ),
            "when": days_of(row),
            "place": row.place or _("no place said yet"),
        },
        path=path_of(row),
        attachments=(invitation(row, question.person, is_on=is_on),) if row.starts_on else (),
        said=said,
    )


def _said(row: Assistance | Activity, *, is_on: bool) -> Said:
    """Return what is told of it as it stands, without its title: who knows when and where it is knows all there is to tell."""
    words = f"{is_on} {row.starts_on} {row.ends_on} {row.place}"
    return Said(sequence=row.sequence, digest=sha256(words.encode()).hexdigest()[:32])


def days_of(row: Assistance | Activity) -> str:
    """Return its days in words, such as ``Mon 8 Mar 2027 to Fri 12 Mar 2027``."""
    if row.starts_on is None:
        return _("no day said yet")
    if row.ends_on in {None, row.starts_on}:
        return words_for_day(row.starts_on)
    return _("%(first)s to %(last)s") % {
        "first": words_for_day(row.starts_on),
        "last": words_for_day(row.ends_on),
    }


MOVED: Final = register_kind(
    MailKind(
        code=MOVED_KIND,
        title=gettext_lazy("An activity where I hold seats is moved or called off"),
        subject=gettext_lazy("{activity}: {when}, {place}"),
        text=gettext_lazy(
            "Dear {name},\n\nyour organisation holds seats in “{activity}”, which was changed.\n\n{news}\n\n  {when}\n  {place}\n\n"
            "The attached file moves it in your calendar, or takes it out.\n\n{link}\n"
        ),
        examples={
            "activity": gettext_lazy("Course on crossing rivers"),
            "news": gettext_lazy("It takes place, as it stands here now."),
            "when": gettext_lazy("2027-03-08 to 2027-03-12"),
            "place": gettext_lazy("Bucharest"),
        },
        read=_read,
    )
)
