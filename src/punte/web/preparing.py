"""Compose anew what is kept ready and no longer holds, while nobody waits for it."""

import logging
import time
from functools import cache
from typing import Final

from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from django.utils import translation

from punte.apps.access.ready_pages import (
    Answer,
    Stale,
    count_of_other_builds,
    drop_over,
    is_unchanged,
    keep_ready,
    list_stale,
    look_around,
)
from punte.web.ready import build_mark, compose, is_on

LONGEST_S: Final = 25.0
"""How long one run composes [s]: the next begins a minute after it began."""
_log: Final = logging.getLogger(__name__)


@cache
def _pages() -> WSGIHandler:
    return WSGIHandler()


def _compose(stale: Stale) -> Answer | None:
    """Compose a page and leave nothing behind: neither its reader's language nor a session without what is shown once."""
    with translation.override(None), transaction.atomic():
        answer = compose(_pages(), stale.asked)
        transaction.set_rollback(True)
    return answer


def _tell_of_other_builds() -> None:
    count = count_of_other_builds(build_mark())
    if count:
        _log.warning(
            "%d pages are opened by a site of other code or settings, and wait for a worker of the same: "
            "start pages and workers with the same code and environment.",
            count,
        )


def prepare_pages(*, longest_s: float = LONGEST_S) -> int:
    """
    Compose the pages that are no longer ready, those that wait longest first; return how many were [count].

    Parameters
    ----------
    longest_s
        How long it may take [s]; the rest waits for the next run.
    """
    drop_over()
    if not is_on():
        return 0
    _tell_of_other_builds()
    began, composed = time.monotonic(), 0
    standing = None
    for stale in list_stale(build=build_mark()):
        if time.monotonic() - began > longest_s:
            break
        if standing is None or not is_unchanged(standing):
            standing = look_around()
        answer = _compose(stale)
        keep_ready(stale, answer, standing=standing, build=build_mark())
        composed += 1
    return composed
