"""The mails of the register: who asks to come into a working group, and what was decided."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind
from punte.apps.people.models import GroupMember


def _read_group(question: Question) -> MailContent | None:
    member = (
        GroupMember.objects.filter(pk=question.about_id).select_related("group").first()
        if question.about_id
        else None
    )
    if member is None:
        return None
    return MailContent(
        values={
            "group": member.group.name,
            "who": member.name,
            "organisation": member.organisation_name,
            "state": member.get_state_display(),
            "reason": member.reason,
        },
        path=f"/groups/{member.group_id}/",
    )


_GROUP_EXAMPLES: Final = {
    "group": _("Bridges and crossings"),
    "who": _("Bob Example"),
    "organisation": _("Example Works"),
    "state": _("Member"),
    "reason": _("Welcome."),
}
GROUP_ASKED: Final = register_kind(
    MailKind(
        code="group.asked",
        title=_("Somebody asks to come into your working group"),
        subject=_("{group}: {who} asks to come in"),
        text=_(
            "Dear {name},\n\n{who} ({organisation}) asks to come into {group}.\n\nDecide here: {link}\n"
        ),
        examples=_GROUP_EXAMPLES,
        read=_read_group,
    )
)
GROUP_DECIDED: Final = register_kind(
    MailKind(
        code="group.decided",
        title=_("What was decided about your place in a working group"),
        subject=_("{group}: {state}"),
        text=_("Dear {name},\n\nyour place in {group} is now: {state}.\n{reason}\n\n{link}\n"),
        examples=_GROUP_EXAMPLES,
        read=_read_group,
    )
)
