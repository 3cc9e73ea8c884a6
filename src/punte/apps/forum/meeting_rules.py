"""Which categories of attendees may not ask which: rules of an edition, apart from who may see whom."""

from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import one_line
from punte.apps.forum.models import Edition, MeetingRule
from punte.apps.forum.set_up import SetUpError, require_organiser


def forbid_asking(
    *, by: Subject, edition: Edition, sender: str, receiver: str, reason: str
) -> MeetingRule:
    """
    Say that one category does not ask another; who tries reads the reason.

    Parameters
    ----------
    sender, receiver
        Codes of categories.

    Raises
    ------
    SetUpError
        The subject is no organiser, a category is unknown, the reason is missing, or the rule is there.
    """
    require_organiser(by, edition)
    known = {one.code: one for one in edition.categories.all()}
    reason = one_line(reason, 200)
    if sender not in known or receiver not in known:
        raise SetUpError(_("Choose two categories of the list."))
    if not reason:
        raise SetUpError(_("Give the reason: who wants to ask reads it."))
    refuse_classified(_("The rule"), [(_("reason"), reason)])
    rule, is_new = MeetingRule.objects.get_or_create(
        edition=edition,
        sender=known[sender],
        receiver=known[receiver],
        defaults={"reason": reason},
    )
    if not is_new:
        raise SetUpError(_("This rule is there already."))
    record("edition.rule", edition, edition_id=edition.pk, sender=sender, receiver=receiver)
    return rule


def allow_asking(*, by: Subject, edition: Edition, rule_id: UUID) -> None:
    """Take a rule away; refused to who is no organiser."""
    require_organiser(by, edition)
    MeetingRule.objects.filter(edition=edition, pk=rule_id).delete()
    record("edition.rule_removed", edition, edition_id=edition.pk)
