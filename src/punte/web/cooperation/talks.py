"""What is talked over about a programme or a capability: topics and working groups, as far as the reader sees them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q

from punte.apps.access.permissions import active_subject
from punte.apps.cooperation.models import Topic
from punte.apps.cooperation.permissions import may_write
from punte.apps.people.models import WorkingGroup

MOST: Final = 12
"""Topics that a page names; the list of discussions has the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talks:
    """
    Topics, the newest first, and groups.

    Parameters
    ----------
    all_path
        Where all topics about the same are listed.
    open_path
        Where the form to open one stands, filled in; empty for who may write nothing.
    """

    topics: Sequence[Topic]
    groups: list[WorkingGroup]
    has_more: bool
    all_path: str
    open_path: str

    def __bool__(self) -> bool:
        return bool(self.topics or self.groups or self.open_path)


def talks_about(*, programme_id: UUID | None = None, areas: Iterable[str] = ()) -> Talks:
    """Return what is talked over about a programme, or about one of some capability areas."""
    codes = list(areas)
    about = Q(area__in=codes)
    if programme_id is not None:
        about |= Q(programme_id=programme_id)
    topics = list(Topic.objects.filter(about).annotate(count=Count("posts"))[: MOST + 1])
    chosen = {"programme": programme_id} if programme_id else {"area": codes[0]} if codes else {}
    path = f"/discussions/?{urlencode(chosen)}"
    return Talks(
        topics=topics[:MOST],
        groups=list(WorkingGroup.objects.filter(about)[:MOST]),
        has_more=len(topics) > MOST,
        all_path=path,
        open_path=f"{path}{'&' if chosen else ''}open=yes#open"
        if may_write(active_subject())
        else "",
    )
