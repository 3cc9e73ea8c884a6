"""Who has become free, as a meeting of theirs is off or elsewhere, gets the seat of the session for which they wait."""

import logging
from collections.abc import Collection
from functools import partial
from uuid import UUID

from django.db import transaction

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.seat_queue import editions_kept_waiting, fill_queues, hold_edition
from punte.apps.meetings.stage import booked_spans

log = logging.getLogger(__name__)


def seat_the_freed(edition_id: UUID, people: Collection[UUID] | None = None) -> None:
    """
    Give the free seats of an edition's sessions to who became free for them; the caller holds the edition.

    Parameters
    ----------
    people
        The delegates whose meetings changed; ``None`` where it may be anybody's.
    """
    fill_queues(edition_id, partial(booked_spans, edition_id), people=people)


def seat_who_waits() -> None:
    """
    Give every seat that stayed free to who may have it by now: to whom a right came back, or whom no change told of.

    One edition after the other, each in a transaction of its own that takes no lock but the edition's.
    """
    for edition_id in editions_kept_waiting():
        try:
            with transaction.atomic(), acting_as_system("wait for a seat"):
                hold_edition(edition_id)
                fill_queues(edition_id, partial(booked_spans, edition_id), most_refused=None)
        except Exception:  # one that fails is told in the log, and holds up no other
            log.exception("the queues of edition %s could not be looked at", edition_id)
