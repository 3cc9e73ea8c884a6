"""What a cooperation serves and is paid by: each partner sees and changes the links that lead to what it may see."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.models import Cooperation, StageChange
from punte.apps.cooperation.permissions import require_part
from punte.apps.funding.models import EligibilityCase, LoanPlan
from punte.apps.market.models import Listing
from punte.apps.programmes.models import Milestone
from punte.kernel.errors import ChangedMeanwhileError, PunteError

LINKS: Final = ("need_id", "offer_id", "milestone_id", "case_id", "loan_plan_id")


def _rows_of(name: str) -> "QuerySet[Any]":
    """Return what a link may lead to, as far as the subject sees it."""
    if name in {"need_id", "offer_id"}:
        return Listing.objects.filter(side=name.removesuffix("_id"))
    if name == "milestone_id":
        return Milestone.objects.all()
    return EligibilityCase.objects.all() if name == "case_id" else LoanPlan.objects.all()


def title_of(name: str) -> str:
    """Return what a link is called."""
    titles = {
        "need_id": _("Need"),
        "offer_id": _("Offer"),
        "milestone_id": _("Milestone"),
        "case_id": _("Case of eligibility"),
        "loan_plan_id": _("Loan plan"),
    }
    return titles[name]


def seen_links(cooperation: Cooperation) -> dict[str, UUID | None]:
    """Return where each link leads that the subject may follow; None where there is none for it."""
    found: dict[str, UUID | None] = {}
    for name in LINKS:
        key: UUID | None = getattr(cooperation, name)
        found[name] = key if key and _rows_of(name).filter(pk=key).exists() else None
    return found


@transaction.atomic
def link(
    *,
    by: Subject,
    cooperation: Cooperation,
    links: Mapping[str, UUID | None],
    read: Mapping[str, UUID | None],
) -> None:
    """
    Say which need, offer, milestone, case and loan plan the cooperation serves; what is not changed stays as it is.

    Parameters
    ----------
    read
        The links as the acting person read them. One that leads to what they may not see was read as None; it stays where
        nothing else is chosen, and nobody learns from the answer whether there was one. The log keeps where it led.

    Raises
    ------
    NotPartOfItError
        The subject is no partner.
    ChangedMeanwhileError
        Another partner changed the link meanwhile, as far as the subject sees it.
    PunteError
        It would lead to what is not there for the subject.
    """
    require_part(by, cooperation)
    row = Cooperation.objects.select_for_update().get(pk=cooperation.pk)
    wanted = {
        name: links[name] for name in LINKS if name in links and links[name] != read.get(name)
    }
    seen, before = seen_links(row), {name: str(getattr(row, name) or "") for name in wanted}
    for name, key in wanted.items():
        if seen[name] not in {read.get(name), key}:
            raise ChangedMeanwhileError(
                _(
                    "The link “%(title)s” was changed by another partner, and nothing was changed now. "
                    "Read the page again."
                )
                % {"title": title_of(name)}
            )
        if key is not None and not _rows_of(name).filter(pk=key).exists():
            raise PunteError(
                _("The link “%(title)s” leads nowhere. Choose one of the list.")
                % {"title": title_of(name)}
            )
    for name, key in wanted.items():
        setattr(row, name, key)
        setattr(cooperation, name, key)
    if wanted:
        row.save(update_fields=list(wanted))
        StageChange.objects.create(
            cooperation=row,
            stage=row.stage,
            reason=whole_text(
                _("Links changed: %(titles)s.") % {"titles": ", ".join(map(title_of, wanted))}, 300
            ),
            by_id=by.person_id,
            by_name=name_of(by),
        )
        record("cooperation.linked", row, links=sorted(wanted), before=before)
