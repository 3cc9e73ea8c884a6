"""Who may do what with a need or an offer; who may see it is the wall's business."""

from typing import Final, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy

from punte.apps.access.permissions import ANYONE, PUBLIC, READING_ROLES, Subject, right_groups

REVIEW_RIGHTS = ("organise", "focal")


FRAMEWORKS_OF: Final = {
    "allies": ("NATO",),
    "eu": ("EU",),
    "eu-partners": ("EU", "EEA_EFTA", "EU_CANDIDATE", "EU_SDP"),
}
"""Audiences that are countries' statuses: of which one must be held."""


AMOUNT_READERS: Final = {
    "own": gettext_lazy("only our organisation"),
    "review": gettext_lazy("the organisers and focal points"),
    "eu": gettext_lazy("delegates from the European Union"),
    "allies": gettext_lazy("delegates from NATO allies"),
    "same": gettext_lazy("whoever sees the rest"),
}
"""Who may see the amount, in the words of the form."""


class ListingFacts(Protocol):
    """What a decision about a need or an offer rests on."""

    @property
    def owner_org_id(self) -> UUID:
        """Organisation that needs or offers."""

    @property
    def edition_id(self) -> UUID | None:
        """Edition at which it is shown."""

    @property
    def state(self) -> str:
        """``draft``, ``review``, ``published`` or ``withdrawn``."""

    @property
    def audience(self) -> str:
        """Whom the owner wants to reach."""


def may_draft(subject: Subject) -> bool:
    """Whether the subject may write a listing: anyone who acts for an organisation and is no mere reader."""
    return subject.org_id is not None and subject.person_id is not None and subject.may_write


def edition_for(subject: Subject) -> UUID | None:
    """Return the edition that a new listing is for: the one the person is cleared for."""
    editions = sorted(g for g in subject.groups if g.startswith("edition:"))
    return UUID(editions[-1].removeprefix("edition:")) if editions else None


def may_edit(subject: Subject, listing: ListingFacts) -> bool:
    """Whether the subject may change it: people of its owner, until it is withdrawn."""
    return (
        may_draft(subject)
        and subject.org_id == listing.owner_org_id
        and listing.state != "withdrawn"
    )


def may_review(subject: Subject, listing: ListingFacts) -> bool:
    """
    Whether the subject may publish it or send it back.

    Four eyes: an organiser or focal point of the edition who does not belong to the owner, so nobody releases what is their own.
    """
    return (
        subject.may_write
        and listing.edition_id is not None
        and subject.org_id != listing.owner_org_id
        and any(subject.has_right(right, listing.edition_id) for right in REVIEW_RIGHTS)
    )


def may_bring_together(subject: Subject) -> bool:
    """Whether the subject may see whom to bring together: organisers and focal points of any edition."""
    return any(group.partition("@")[0] in REVIEW_RIGHTS for group in subject.groups)


def may_answer(subject: Subject, listing: ListingFacts) -> bool:
    """Whether the subject may say that it is interested, or write to the owner."""
    return (
        may_draft(subject)
        and subject.is_vetted
        and listing.state == "published"
        and subject.org_id != listing.owner_org_id
    )


def groups_of_audience(listing: ListingFacts) -> tuple[list[str], list[str]]:
    """
    Return the label groups of the audience that the owner chose: of which one, and of which all must be held.

    A listing of an edition stays with its cleared delegates unless it is public.
    """
    inside = [f"edition:{listing.edition_id}"] if listing.edition_id else []
    if listing.audience == "public":
        return [PUBLIC], []
    if listing.audience == "edition":
        return inside, inside
    return list(FRAMEWORKS_OF[listing.audience]), inside


def roles_of_audience(listing: ListingFacts) -> list[str]:
    """
    Return the roles that the label of a published listing names.

    What is released to the delegates of a forum is for those who do business there: the press comes to see the forum,
    and a helper at a desk to check badges.
    """
    return [ANYONE] if listing.audience == "public" else list(READING_ROLES)


def groups_of_amount(listing: ListingFacts, reader: str) -> list[str]:
    """
    Return who sees the amount behind a listing, of those who see the listing.

    Parameters
    ----------
    reader
        A key of :data:`AMOUNT_READERS`.
    """
    if reader == "same":
        return groups_of_audience(listing)[0]
    if reader == "review":
        return reviewers_of(listing)
    return list(FRAMEWORKS_OF.get(reader, ()))


def reviewers_of(listing: ListingFacts) -> list[str]:
    """Return the groups that review a listing while it waits, as stewards of its label."""
    if listing.edition_id is None:
        return []
    return right_groups(*REVIEW_RIGHTS, edition_id=listing.edition_id)
