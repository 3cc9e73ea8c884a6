"""The mail to whom a delegate releases their contact line: whose it is, and where it is read; never the line itself."""

import hashlib
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.forum.queries import faces
from punte.apps.meetings.models import ContactLine, MeetingRequest
from punte.apps.people.mail import queue_mails
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, Said, register_kind
from punte.apps.people.mail_said import NEWS, ON_ITS_WAY, still_news
from punte.apps.people.models import Mail

RELEASED_KIND: Final = "contact.released"
LISTED: Final = 12
"""So many people are written out in the text."""


def tell_released(line: ContactLine, requests: Iterable[MeetingRequest]) -> int:
    """
    Tell whoever takes part in meetings that a contact line is released in them; return how many mails wait [count].

    What waits to be told to a reader by an earlier mail goes with the new one.
    """
    delegate = line.delegate
    with acting_as_system("keep one's own contact line"):
        ids = {key for request in requests for key in (*request.parties, *request.colleagues)} - {
            delegate.pk
        }
        others = Delegate.objects.filter(pk__in=ids, left_at__isnull=True)
        others = others.exclude(organisation=delegate.organisation_id)
        readers = [one.person for one in others.select_related("person__account")]
        waiting: dict[UUID, list[str]] = {}
        for mail in Mail.objects.filter(
            person__in=readers,
            kind=RELEASED_KIND,
            edition_id=delegate.edition_id,
            state__in=ON_ITS_WAY,
        ):
            if mail.person_id:
                waiting.setdefault(mail.person_id, []).extend(mail.details.get(NEWS, ()))
    own = str(delegate.pk)
    return queue_mails(
        kind=RELEASED_KIND,
        to=[
            (person, {NEWS: [*dict.fromkeys([*waiting.get(person.pk, ()), own])]})
            for person in readers
        ],
        key=f"{line.pk} {timezone.now().isoformat()}",
        edition_id=delegate.edition_id,
        owner_org_id=delegate.edition.owner_org_id,
        about_id=delegate.edition_id,
    )


def _read(question: Question) -> MailContent | None:
    """Return whose lines the reader may read now, as the wall shows them; None where none is left to tell."""
    ids = [UUID(one) for one in question.details.get(NEWS, ())]
    lines = list(ContactLine.objects.filter(delegate__in=ids).select_related("delegate__edition"))
    known = faces(question.edition_id, ids) if question.edition_id else {}
    said = {str(one.delegate_id): _said(one) for one in lines if one.delegate_id in known}
    left = still_news(question, said)
    told = sorted(
        (known[UUID(key)] for key in left), key=lambda face: (face.name, face.organisation)
    )
    if not told:
        return None
    edition = lines[0].delegate.edition
    who = [f"{face.name}, {face.organisation}" for face in told]
    more = len(who) - LISTED
    listed = [f"  {one}" for one in who[:LISTED]]
    if more > 0:
        listed.append("  " + _("and %(count)d more") % {"count": more})
    return MailContent(
        values={
            "edition": str(edition.said["name"]),
            "who": who[0] if len(who) == 1 else _("several people"),
            "people": "\n".join(listed),
        },
        path=f"/e/{edition.slug}/my/#contacts",
        said={key: said[key] for key in left},
    )


def _said(line: ContactLine) -> Said:
    texts = (line.name, line.function, line.organisation, line.email, line.phone)
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]
    return Said(sequence=int(line.changed_at.timestamp()), digest=digest)


register_kind(
    MailKind(
        code=RELEASED_KIND,
        title=gettext_lazy("Somebody releases their contact line to me"),
        subject=gettext_lazy("{edition}: the contact line of {who}"),
        text=gettext_lazy(
            "Dear {name},\n\nyou can now read the contact line of:\n\n{people}\n\nWhat stands in it is not in this mail, since "
            "each of them can take it back. You find it on My forum, also without a network: {link}\n"
        ),
        examples={
            "edition": gettext_lazy("Bucharest 2027"),
            "who": gettext_lazy("Bob Example, Example Works"),
            "people": gettext_lazy("  Bob Example, Example Works"),
        },
        read=_read,
    )
)
