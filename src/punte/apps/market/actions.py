"""Writes of needs and offers. Each checks the right, keeps the history, and is one transaction of the request."""

import copy
import datetime as dt
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import whole_text
from punte.apps.forum.revisions import changed_meanwhile
from punte.apps.market.amounts import amount_stands, lower_amount, put_amount, remove_amount
from punte.apps.market.bridge import forget
from punte.apps.market.drafts import Draft, changed_fields, fill, refuse_marked, says_the_same
from punte.apps.market.lowering import lower_at_once
from punte.apps.market.models import Interest, Listing, Relay, Revision, Translation
from punte.apps.market.permissions import (
    groups_of_amount,
    groups_of_audience,
    may_answer,
    may_draft,
    may_edit,
    may_review,
    reviewers_of,
    roles_of_audience,
)
from punte.apps.market.review_news import defer_review_news, tell_published, tell_sent_back
from punte.apps.market.telling import tell_interest, tell_message
from punte.apps.market.validity import refuse_expired, refuse_past_or_far
from punte.apps.market.waiting import (
    change_of,
    drop_change,
    hold,
    hold_change,
    keep_for_owner,
    newest_revision,
    says_the_waiting,
)
from punte.apps.people.models import Organisation
from punte.kernel.errors import ChangedMeanwhileError, PunteError
from punte.kernel.money import Money

ENCODE_TASK: Final = "market.encode_listing"
ENCODE_QUEUE: Final = "encode"


class NotAllowedError(PunteError):
    """The acting person has no right to this."""


def _require(allowed: bool, sentence: str) -> None:  # noqa: FBT001 - the value of a predicate
    if not allowed:
        raise NotAllowedError(sentence)


def draft_listing(*, by: Subject, draft: Draft, is_synthetic: bool = False) -> Listing:
    """Return a new draft that belongs to the acting person's organisation; nobody else sees it yet."""
    _require(may_draft(by), _("Only somebody who acts for an organisation can write a listing."))
    assert by.org_id is not None
    listing = Listing(
        side=draft.side,
        owner_org_id=by.org_id,
        contact_id=by.person_id,
        edition_id=draft.edition_id,
        is_synthetic=is_synthetic,
    )
    fill(listing, draft)
    listing.save()
    _put_amount(by, listing, draft)
    _record("listing.drafted", listing)
    return listing


def _put_amount(by: Subject, listing: Listing, draft: Draft) -> None:
    wish = draft.amount
    if wish is None:
        return
    if wish.amount is None:
        remove_amount(listing)
        return
    if not amount_stands(listing, wish):
        groups = groups_of_amount(listing, wish.reader)
        set_budget(by=by, listing=listing, amount=wish.amount, groups=groups)


def _record(verb: str, listing: Listing, **detail: str) -> None:
    record(verb, listing, edition_id=listing.edition_id, side=listing.side, **detail)


@transaction.atomic
def edit_listing(*, by: Subject, listing: Listing, draft: Draft, read_revision: int) -> Listing:
    """
    Change a listing; beside a published one the change waits for review, for it was released as it reads.

    Where the draft says what stands, nothing is written. What lets fewer people see a published listing acts at once.

    Parameters
    ----------
    read_revision
        The revision that the person saw when they began: of the newest wording, waiting or not.

    Raises
    ------
    ChangedMeanwhileError
        If somebody else saved a change in between; nothing is written.
    """
    _require(may_edit(by, listing), _("Only its owner can change this listing."))
    _claim(listing, read_revision)
    if listing.state == Listing.State.PUBLISHED:
        _change_published(by, listing, draft)
        return listing
    if says_the_same(listing, draft):
        return listing
    Listing.objects.filter(pk=listing.pk).update(revision=F("revision") + 1)
    keep_wording(listing, title=draft.title, text=draft.text, by_id=by.person_id)
    listing.refresh_from_db()
    fill(listing, draft)
    listing.save()
    _put_amount(by, listing, draft)
    _record("listing.changed", listing, state=listing.state)
    return listing


def _change_published(by: Subject, listing: Listing, draft: Draft) -> None:
    """Let act what lowers who sees it, and keep the rest until somebody has reviewed it."""
    # Whatever it cannot hold is refused before anything of it acts.
    fill(copy.copy(listing), draft)
    change = change_of(listing)
    if change is not None and says_the_waiting(change, draft):
        return
    before = listing.revision
    if lowered := [*lower_amount(listing, draft.amount), *lower_at_once(listing, draft)]:
        listing.revision = newest_revision(listing) + 1
        listing.save()
        # The wording stands, and so does what was made from it.
        same = Translation.objects.filter(listing=listing, of_revision=before)
        same.update(of_revision=listing.revision)
        _record("listing.lowered", listing, fields=" ".join(lowered))
    rest = changed_fields(listing, draft)
    if rest or not amount_stands(listing, draft.amount):
        hold_change(by_id=by.person_id, listing=listing, draft=draft)
        _record("listing.change_waits", listing, fields=" ".join(rest))
        defer_review_news(listing)
    elif change is not None:
        drop_change(listing)
        _record("listing.change_taken_back", listing)


def keep_wording(listing: Listing, *, title: str, text: str, by_id: UUID | None) -> None:
    """Keep how a listing reads among its earlier wordings, where it shall read otherwise."""
    if (listing.title, listing.text) != (title, text):
        Revision.objects.create(
            listing=listing,
            number=listing.revision,
            title=listing.title,
            text=listing.text,
            changed_by_id=by_id,
        )


def _claim(listing: Listing, read_revision: int) -> None:
    """Lock the row, and read it as it stands; refuse where somebody else changed it since it was read."""
    found = Listing.objects.select_for_update().filter(pk=listing.pk).first()
    if found is None or newest_revision(found) != read_revision:
        raise ChangedMeanwhileError(changed_meanwhile())
    listing.refresh_from_db()


def _hide(listing: Listing, state: str) -> None:
    listing.state = state
    listing.label_releasable_to, listing.label_restricted_to = [], []


def submit_listing(*, by: Subject, listing: Listing) -> None:
    """Hand a draft to the reviewers of its edition; they become able to see it."""
    _require(may_edit(by, listing), _("Only its owner can submit this listing."))
    if listing.state != Listing.State.DRAFT:
        raise PunteError(_("Only a draft can be submitted; this one is not a draft any more."))
    if listing.edition_id is None:
        raise PunteError(_("Choose the edition at which it is shown; its focal points review it."))
    refuse_expired(listing)
    listing.state = Listing.State.IN_REVIEW
    listing.review_note = ""
    listing.label_stewards = reviewers_of(listing)
    listing.save()
    _record("listing.submitted", listing)
    defer_review_news(listing)


def publish_listing(*, by: Subject, listing: Listing) -> None:
    """Release a reviewed listing to the audience that its owner chose."""
    _require(
        may_review(by, listing),
        _("Only a focal point or organiser from another organisation can publish it."),
    )
    if listing.state != Listing.State.IN_REVIEW:
        raise PunteError(_("Only what waits for review can be published."))
    release(listing)
    tell_published(listing, what="listing", key=listing.published_at)


def release(listing: Listing) -> None:
    """Let those see a listing whom its owner chose, now that somebody has reviewed it."""
    refuse_expired(listing)
    listing.state = Listing.State.PUBLISHED
    listing.published_at = listing.labelled_at = timezone.now()
    listing.label_releasable_to, listing.label_restricted_to = groups_of_audience(listing)
    listing.label_audience = roles_of_audience(listing)
    listing.save()
    _record(
        "listing.published",
        listing,
        audience=listing.audience,
        releasable_to=" ".join(listing.label_releasable_to),
    )
    defer_encoding(listing.pk)


def defer_encoding(listing_id: UUID) -> None:
    """Have the text encoded by a worker, so that it is found from other languages."""
    from procrastinate.contrib.django import app

    app.configure_task(ENCODE_TASK, queue=ENCODE_QUEUE).defer(listing_id=str(listing_id))


def send_back_listing(*, by: Subject, listing: Listing, note: str) -> None:
    """Return a listing to its owner with a reason."""
    _require(
        may_review(by, listing),
        _("Only a focal point or organiser from another organisation can send it back."),
    )
    if listing.state != Listing.State.IN_REVIEW:
        raise PunteError(_("Only what waits for review can be sent back."))
    if not note.strip():
        raise PunteError(_("Say what has to change, so that the owner can mend it."))
    refuse_marked(note=note)
    _hide(listing, Listing.State.DRAFT)
    listing.review_note = whole_text(note, 300)
    listing.save()
    _record("listing.sent_back", listing, reason=listing.review_note)
    tell_sent_back(listing, row=listing.pk, key=timezone.now())


def withdraw_listing(*, by: Subject, listing: Listing) -> None:
    """Take a listing out of sight at once; its address stays, and says so to its owner."""
    _require(may_edit(by, listing), _("Only its owner can withdraw this listing."))
    hold(listing)
    keep_for_owner(listing)
    _hide(listing, Listing.State.WITHDRAWN)
    listing.label_stewards = []
    listing.save()
    forget(listing.pk)
    _record("listing.withdrawn", listing)


def renew_listing(*, by: Subject, listing: Listing, until: dt.date) -> None:
    """Set a new last day, later than today and at most five years away."""
    _require(may_edit(by, listing), _("Only its owner can renew this listing."))
    refuse_past_or_far(until)
    hold(listing)
    listing.expires_on = until
    listing.save(update_fields=["expires_on"])
    change = change_of(listing)
    if change is not None:
        # A change that was written before shall not take the renewal back.
        change.facts["expires_on"] = until.isoformat()
        change.save(update_fields=["facts"])
    _record("listing.renewed", listing, until=until.isoformat())


def set_budget(*, by: Subject, listing: Listing, amount: Money, groups: list[str]) -> None:
    """Put an amount behind a listing, seen only by its owner and by ``groups``."""
    _require(may_edit(by, listing), _("Only its owner can set the amount."))
    put_amount(listing, amount, groups)


def express_interest(*, by: Subject, listing: Listing, reason: str = "") -> Interest:
    """Say, for one's organisation, that a listing concerns it; saying it twice changes the reason."""
    _require(
        may_answer(by, listing), _("Only a cleared delegate of another organisation can answer it.")
    )
    assert by.org_id is not None
    assert by.person_id is not None
    refuse_marked(reason=reason)
    interest, _created = Interest.objects.update_or_create(
        listing=listing,
        owner_org_id=by.org_id,
        defaults={
            "by_id": by.person_id,
            "name": Organisation.objects.get(pk=by.org_id).name,
            "reason": whole_text(reason, 400),
            "label_releasable_to": [f"org:{listing.owner_org_id}"],
        },
    )
    _record("listing.interest", listing)
    tell_interest(interest)
    return interest


def take_back_interest(*, by: Subject, listing: Listing) -> None:
    """Take one's organisation's interest back."""
    gone, _models = Interest.objects.filter(listing=listing, owner_org_id=by.org_id).delete()
    if gone:
        _record("listing.interest_taken_back", listing)


def send_message(
    *, by: Subject, listing: Listing, text: str, thread_org_id: UUID | None = None
) -> Relay:
    """
    Write to the other side of a listing; no address is shown to either.

    Parameters
    ----------
    thread_org_id
        With whom, where the owner answers; it must have written first.
    """
    text = whole_text(text, 4000)
    if not text:
        raise PunteError(_("Write something first."))
    refuse_marked(text=text)
    if by.org_id == listing.owner_org_id and by.org_id is not None:
        opened = (
            thread_org_id is not None
            and Relay.objects.filter(listing=listing, thread_org_id=thread_org_id).exists()
        )
        _require(
            may_draft(by) and opened,
            _("You can answer an organisation once it has written to you."),
        )
        other = thread_org_id
    else:
        _require(
            may_answer(by, listing),
            _("Only a cleared delegate of another organisation can answer it."),
        )
        thread_org_id, other = by.org_id, listing.owner_org_id
    assert by.org_id is not None
    assert by.person_id is not None
    assert thread_org_id is not None
    message = Relay.objects.create(
        listing=listing,
        owner_org_id=by.org_id,
        thread_org_id=thread_org_id,
        author_id=by.person_id,
        text=text,
        label_releasable_to=[f"org:{other}"],
    )
    _record("listing.message", listing)
    tell_message(message)
    return message
