"""Feedback that was given at a copy in the hall: each side's newest word counts, wherever it was said."""

from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.permissions import right_groups
from punte.apps.cooperation.feedback import wave_on
from punte.apps.cooperation.hall_entries import Brought, sides_of, why_marked, why_older
from punte.apps.cooperation.models import Feedback
from punte.apps.forum.models import Edition
from punte.apps.meetings.models import MeetingRequest
from punte.formats.hall_copy import HallFeedback, HallRecord
from punte.kernel.characters import without_unseen

MOST_FEEDBACK = 2_000
"""Characters of a feedback [count]."""


def version_of(row: Feedback) -> UUID:
    """Return an identifier of a feedback as it stands: said again, it is another."""
    return uuid5(row.pk, row.at.isoformat())


def merge_feedback(
    found: HallRecord, edition: Edition, requests: dict[UUID, MeetingRequest]
) -> tuple[Brought, list[str]]:
    """
    Keep what the sides said in the hall where they have said nothing later at the site.

    Returns
    -------
    What was brought, and the codes of the meetings of which a side said one thing in the hall and another at the site
    after the copy was made.
    """
    told, contradictions = Brought(), []
    for one in found.feedback:
        request = requests.get(one.request_id)
        why = (
            _("this site does not have the meeting")
            if request is None
            else _why(one, found, request)
        )
        if request is None or why:
            told.refused.append(f"{request.code if request else one.request_id}: {why}")
            continue
        wave = wave_on(edition, timezone.localdate(one.at, edition.zone))
        row = Feedback.objects.filter(
            request_id=request.pk, wave=wave, owner_org_id=one.org_id
        ).first()
        if row is not None and (_said(row) == _said(one) or row.at >= one.at):
            told.known += 1
        else:
            told.new += 1
            _keep(edition, one, wave, row)
        if row is not None and _said(row) != _said(one) and row.at >= found.copied_at:
            contradictions.append(request.code)
    return told, contradictions


def _said(one: Feedback | HallFeedback) -> tuple[str, int, str]:
    return str(one.outcome), one.worth, one.text


def _why(one: HallFeedback, found: HallRecord, request: MeetingRequest) -> str:
    if request.state != MeetingRequest.State.ACCEPTED:
        return _("both sides have not agreed to it")
    if one.org_id not in sides_of(request):
        return _("its writer is on neither side")
    if len(one.text) > MOST_FEEDBACK:
        return _("the feedback has more than %(most)d characters") % {"most": MOST_FEEDBACK}
    return why_marked(_("Feedback"), one.text) or why_older(one, found)


def _keep(edition: Edition, one: HallFeedback, wave: int, row: Feedback | None) -> None:
    """Write it down; who reads it this site decides, as where it is said here."""
    said = {
        "outcome": one.outcome,
        "worth": one.worth,
        "text": one.text,
        "by_id": None,
        "by_name": without_unseen(one.by_name),
        "at": one.at,
    }
    if row is not None:
        Feedback.objects.filter(pk=row.pk).update(**said)
        return
    Feedback.objects.create(
        request_id=one.request_id,
        edition_id=edition.pk,
        wave=wave,
        owner_org_id=one.org_id,
        label_releasable_to=right_groups("organise", "audit", edition_id=edition.pk),
        **said,
    )
