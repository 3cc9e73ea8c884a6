"""The mail that asks a delegate whether others may find it in the directory."""

from django.utils.translation import gettext_lazy

from punte.apps.forum.models import Delegate, Edition
from punte.apps.forum.unlisted import ASKED_KIND, is_unlisted
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind


def _read(question: Question) -> MailContent | None:
    if question.edition_id is None:
        return None
    edition = Edition.objects.filter(pk=question.edition_id).first()
    if edition is None:
        return None
    delegate = (
        Delegate.objects.filter(edition=edition, person=question.person)
        .select_related("category")
        .first()
    )
    if delegate is None or not is_unlisted(delegate):
        return None
    return MailContent(
        values={"edition": str(edition.said["name"])}, path=f"/e/{edition.slug}/my/#listing"
    )


register_kind(
    MailKind(
        code=ASKED_KIND,
        title=gettext_lazy("May other delegates find you?"),
        subject=gettext_lazy("{edition}: nobody can ask you for a meeting yet"),
        text=gettext_lazy(
            "Dear {name},\n\nyou are a delegate of {edition}, and not in its directory: only those see you with whom you "
            "have an open request. May other delegates find you, and ask you for a meeting? It is yours to say, with one "
            "button, and you can take it back at any time:\n\n{link}\n"
        ),
        examples={"edition": gettext_lazy("Bucharest 2027")},
        read=_read,
    )
)
