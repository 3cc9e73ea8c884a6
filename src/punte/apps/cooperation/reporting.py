"""A post that breaks the rules is reported: whoever may take it out, and sees the topic, is told by mail."""

from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import PUBLIC, Subject, acting_as_system
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import require_writer
from punte.apps.cooperation.models import Post, Topic
from punte.apps.cooperation.permissions import editions_in
from punte.apps.cooperation.reminders import who_speaks_for
from punte.apps.cooperation.telling import persons_who_see
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Grant, GroupMember, Right
from punte.apps.people.models.grant import in_force
from punte.kernel.errors import PunteError

REPORT_KIND: Final = "topic.reported"


def report_post(*, by: Subject, post: Post, reason: str) -> int:
    """
    Report a post; return how many persons are told [count]. Nobody learns from the page who reported it.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation.
    PunteError
        It is the subject's own or was taken out, no reason is given, or the reason carries a marking.
    """
    require_writer(by)
    if post.removed_because:
        raise PunteError(_("It was taken out already."))
    if by.person_id is not None and by.person_id == post.by_id:
        raise PunteError(_("It is your own. Take it out yourself."))
    if not reason.strip():
        raise PunteError(_("Say what is wrong with it."))
    refuse_classified(_("Report"), [(_("reason"), reason)])
    said = whole_text(reason, 200)
    record("topic.reported", post, reason=said)
    others = [one for one in _keep_order_in(post.topic) if one not in {by.person_id, post.by_id}]
    told = persons_who_see(others, Topic, post.topic_id)
    # Whoever reports it twice is told the same again; the mail went out once.
    queue_mails(
        kind=REPORT_KIND,
        to=[(person, {"reason": said}) for person in told],
        key=f"{post.pk}/{by.person_id}",
        about_id=post.pk,
    )
    return len(told)


def _keep_order_in(topic: Topic) -> set[UUID]:
    """Return who may take a post out of a topic: its keepers, or the chairs of its group; organisers by its audience."""
    shown = topic.label_releasable_to
    with acting_as_system("find who keeps order in a topic"):
        if topic.group_id is not None:
            chairs = GroupMember.objects.filter(
                group_id=topic.group_id,
                state=GroupMember.State.IN,
                role=GroupMember.Role.CHAIR,
            )
            return set(chairs.values_list("person_id", flat=True))
        where = Q(edition_id__in=editions_in(shown))
        if PUBLIC in shown or editions_in(shown):
            where |= Q(edition_id__isnull=True)
        rights = Grant.objects.filter(where, in_force(timezone.now()), right=Right.ORGANISE)
        return {
            *rights.values_list("person_id", flat=True),
            *who_speaks_for(topic.owner_org_id, None, timezone.localdate()),
        }
