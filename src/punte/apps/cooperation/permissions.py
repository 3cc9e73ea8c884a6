"""Who enters and changes what comes after a meeting. Who may see it is the wall's business."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.models import Labelled
from punte.apps.access.permissions import PUBLIC, Subject
from punte.kernel.errors import PunteError


class NotPartOfItError(PunteError):
    """The acting person has no part in this."""


def may_write(subject: Subject) -> bool:
    """Whether the subject writes anything here: a cleared person of an organisation."""
    return (
        subject.org_id is not None
        and subject.person_id is not None
        and subject.may_write
        and not subject.is_denied
        and subject.is_vetted
    )


def may_change(subject: Subject, row: Labelled) -> bool:
    """Whether the subject changes a row: its owner's people, and its stewards."""
    return may_write(subject) and (
        subject.org_id == row.owner_org_id or bool(set(row.label_stewards) & subject.groups)
    )


def may_moderate(subject: Subject, topic: Labelled) -> bool:
    """
    Whether the subject takes posts and files out of a topic that it does not keep.

    The organisers of an edition do in what is shown to its delegates, whoever organises every edition in what is shown to
    everyone. A topic of a working group is shown to neither: its chair decides, who keeps the topic.
    """
    if not may_write(subject):
        return False
    shown = set(topic.label_releasable_to)
    if PUBLIC in shown and subject.has_right("organise"):
        return True
    return any(subject.has_right("organise", one) for one in editions_in(shown))


def editions_in(groups: Iterable[str]) -> list[UUID]:
    """Return the editions whose delegates are among some groups."""
    return [UUID(one.removeprefix("edition:")) for one in groups if one.startswith("edition:")]


def takes_part(subject: Subject, cooperation: Labelled) -> bool:
    """
    Whether the subject works for a partner of a cooperation.

    The organisers of the forum where it began read it for their report; what becomes of it is the partners' own.
    """
    partners = {group for group in cooperation.label_stewards if group.startswith("org:")}
    is_partner = subject.org_id == cooperation.owner_org_id or bool(partners & subject.groups)
    return is_partner and may_change(subject, cooperation)


def require_part(subject: Subject, cooperation: Labelled) -> None:
    """
    Let only who works for a partner of the cooperation pass.

    Raises
    ------
    NotPartOfItError
        The subject does not.
    """
    if not takes_part(subject, cooperation):
        raise NotPartOfItError(_("Only those who take part in it change it."))


def require_change(subject: Subject, row: Labelled) -> None:
    """
    Let only who may change the row pass.

    Raises
    ------
    NotPartOfItError
        The subject may not.
    """
    if not may_change(subject, row):
        raise NotPartOfItError(_("Only those who take part in it change it."))


def may_check_in(subject: Subject, edition_id: UUID) -> bool:
    """Whether the subject works at a check-in desk of the edition."""
    return (
        subject.may_write
        and not subject.is_denied
        and (subject.has_right("check-in", edition_id) or subject.has_right("organise", edition_id))
    )
