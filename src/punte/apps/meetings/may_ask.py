"""Who may ask whom at an edition and how often: rules apart from who may see whom, which is the wall's business."""

from dataclasses import dataclass
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.forum.models import AttendeeCategory, Delegate, Edition, MeetingRule, Phase
from punte.apps.market.models import Listing
from punte.apps.meetings.apart import reason_apart
from punte.apps.meetings.models import MeetingRequest

State = MeetingRequest.State
OPEN: Final = (State.PENDING, State.ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many requests a delegate may have open at once, and how many it has [count]."""

    limit: int
    used: int

    @property
    def left(self) -> int:
        """How many more may be sent now [count]."""
        return max(0, self.limit - self.used)


def quota_of(delegate: Delegate) -> Quota:
    """Return the quota of a delegate: its category's where that has one, the edition's otherwise."""
    limit = delegate.category.request_quota
    return Quota(
        limit=delegate.edition.request_quota if limit is None else limit,
        used=MeetingRequest.objects.filter(sender=delegate, state__in=OPEN).count(),
    )


def reason_against(sender: Delegate, receiver: Delegate) -> str:
    """Return in words why one delegate cannot ask another; empty where it can."""
    if sender.pk == receiver.pk:
        return _("That is you.")
    if receiver.left_at is not None or sender.left_at is not None:
        return _("This delegate no longer comes.")
    if sender.organisation_id == receiver.organisation_id:
        return _("You come for the same organisation and need no table to meet.")
    barred = why_closed(sender.edition) or reason_apart(sender, receiver)
    if barred:
        return barred
    if closed := reason_by_category(sender, receiver):
        return closed
    twice = MeetingRequest.objects.filter(
        sender__in=[sender, receiver], receiver__in=[sender, receiver], state__in=OPEN
    ).first()
    if twice is not None:
        return _("There is a request between you already: %(code)s.") % {"code": twice.code}
    quota = quota_of(sender)
    if not quota.left:
        return ngettext(
            "Your %(limit)d request is open. Withdraw it, or wait for an answer: a declined one counts no more.",
            "All your %(limit)d requests are open. Withdraw one, or wait for an answer: a declined one counts no more.",
            quota.limit,
        ) % {"limit": quota.limit}
    return ""


def reason_by_category(sender: Delegate, receiver: Delegate) -> str:
    """Return in words why the categories of two delegates bar a request of one to the other; empty where they do not."""
    if not sender.category.may_request:
        return _("%(category)s do not ask for meetings at this edition.") % {
            "category": sender.category.said
        }
    if not receiver.category.may_be_asked:
        return _("%(category)s are not asked for meetings at this edition.") % {
            "category": receiver.category.said
        }
    rule = MeetingRule.objects.filter(
        edition_id=sender.edition_id,
        sender_id=sender.category_id,
        receiver_id=receiver.category_id,
    ).first()
    return "" if rule is None else str(rule.said["reason"])


def first_of_all(sender: Delegate) -> MeetingRequest | None:
    """Return the open request that a delegate wants first of all: rank 1 is one request's, 2 to 5 may be shared."""
    return MeetingRequest.objects.filter(sender=sender, rank=1, state__in=OPEN).first()


def why_closed(edition: Edition) -> str:
    """Return why no requests are taken now; empty where they are. A sample edition lies in the past and stays open."""
    if edition.is_synthetic:
        return ""
    now = timezone.now()
    if edition.ends_on < timezone.localdate(now, edition.zone):
        return _("This edition is over.")
    phase = Phase.objects.filter(edition=edition, kind=Phase.Kind.REQUEST).first()
    if phase is not None and now < phase.starts_at:
        return _("Requests open on %(day)s.") % {
            "day": phase.starts_at.astimezone(edition.zone).date().isoformat()
        }
    if phase is not None and now >= phase.ends_at:
        closed = phase.ends_at.astimezone(edition.zone)
        return _("Requests closed on %(day)s at %(time)s. Ask the organisers.") % {
            "day": closed.date().isoformat(),
            "time": f"{closed:%H:%M}",
        }
    return ""


def listings_between(sender: Delegate, receiver: Delegate) -> list[Listing]:
    """Return the published needs and offers of either side that the subject sees, theirs first."""
    found = Listing.objects.filter(
        owner_org_id__in=[sender.organisation_id, receiver.organisation_id],
        state=Listing.State.PUBLISHED,
    ).order_by("side", "title", "pk")[:100]
    return sorted(found, key=lambda one: one.owner_org_id != receiver.organisation_id)


def categories_of(edition: Edition) -> list[AttendeeCategory]:
    """Return the attendee categories in their order."""
    return list(AttendeeCategory.objects.filter(edition=edition).prefetch_related("wordings"))
