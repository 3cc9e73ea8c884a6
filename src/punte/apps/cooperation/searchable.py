"""What a search reads besides needs and offers: every kind of labelled thing that has words, in the active subject's name."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from punte.apps.access.models import Words
from punte.apps.access.permissions import PUBLIC
from punte.apps.cooperation.models import (
    Assistance,
    Commitment,
    Cooperation,
    CooperationFile,
    Decision,
    MeetingNote,
    Post,
    Topic,
)
from punte.apps.forum.models import Edition, Release, Session
from punte.apps.funding.models import Allocation, EligibilityCase, LoanPlan
from punte.apps.market.bridge import Document
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Organisation, WorkingGroup
from punte.apps.programmes.models import Milestone, Programme

MOST: Final = 500
"""Rows of each kind that a search reads, the newest or the first by name."""
MOST_ORGANISATIONS: Final = 5_000
LONGEST: Final = 1_200
"""Characters of a text that are read: a search answers while the reader waits."""
TITLE: Final = 80
NOTHING: Final = Words("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """
    Something that can be found.

    Parameters
    ----------
    document
        What the engine reads; its key is that of the row.
    kind
        A key of ``READERS``.
    under
        What its page hangs from: an edition's address, or the key of another row; empty where it has a page of its own.
    said, about
        Title and text as the reader is shown them, in their language where they are written in it; empty where they are shown
        as the engine reads them.
    """

    document: Document
    kind: str
    under: str = ""
    said: Words = NOTHING
    about: Words = NOTHING


Reader = Callable[[int | None], Iterator[Thing]]


def _thing(
    kind: str,
    key: UUID,
    title: str,
    *texts: str,
    language: str = "en",
    under: object = "",
    is_name: bool = False,
) -> Thing:
    text = " ".join(one for one in texts if one)[:LONGEST].strip()
    document = Document(key=str(key), language=language, title=title, text=text, is_name=is_name)
    return Thing(document=document, kind=kind, under=str(under))


def _worded(kind: str, row: Any, language: str, *texts: str, under: str) -> Thing:  # noqa: ANN401
    """
    Return something that is said in several languages: found by the words of each, and shown in the reader's.

    What the engine reads is the same for every reader, so that it is read once.
    """
    others = [getattr(one, name) for one in row.wordings.all() for name in row.WORDS]
    said = row.said
    title = str(getattr(row, row.WORDS[0]))
    read = _thing(kind, row.pk, title, *texts, *others, language=language, under=under)
    shown = [said[name] for name in row.WORDS[1:] if said[name]]
    about = " ".join(shown)[:LONGEST].strip()
    # Where the texts are of two languages, the first says which.
    spoken = next((one.language for one in shown), "")
    return replace(
        read,
        said=Words(said[row.WORDS[0]], said[row.WORDS[0]].language or language),
        about=Words(about, spoken or language),
    )


def _first(rows: "QuerySet[Any]", most: int | None) -> "QuerySet[Any]":
    return rows if most is None else rows[:most]


def _editions(most: int | None) -> Iterator[Thing]:
    for one in _first(Edition.objects.prefetch_related("wordings"), most):
        yield _worded("edition", one, "en", one.forum, one.theme, one.city, under=one.slug)


def _sessions(most: int | None) -> Iterator[Thing]:
    released = Session.objects.filter(is_released=True).select_related("edition")
    for one in _first(released.prefetch_related("wordings"), most):
        texts = (one.subtitle, one.about, one.track)
        yield _worded("session", one, "en", *texts, under=one.edition.slug)


def _releases(most: int | None) -> Iterator[Thing]:
    """Yield what the press pages show: nothing under embargo, not even to whom it belongs."""
    ended = Q(label_embargo_until__isnull=True) | Q(label_embargo_until__lte=timezone.now())
    out = Release.objects.filter(
        ended, out_at__isnull=False, label_releasable_to__contains=[PUBLIC]
    )
    for one in _first(out.select_related("edition").prefetch_related("wordings"), most):
        yield _worded("release", one, one.language, one.text, under=one.edition.slug)


def _organisations(most: int | None) -> Iterator[Thing]:
    rows = Organisation.objects.filter(merged_into__isnull=True)
    for one in _first(rows, None if most is None else MOST_ORGANISATIONS):
        texts, is_name = (one.short_name, one.about), not one.about.strip()
        yield _thing("organisation", one.pk, one.name, *texts, is_name=is_name)


def _programmes(most: int | None) -> Iterator[Thing]:
    for one in _first(Programme.objects.all(), most):
        yield _thing("programme", one.pk, one.name, one.scope, one.authority)


def _milestones(most: int | None) -> Iterator[Thing]:
    for one in _first(Milestone.objects.select_related("programme"), most):
        yield _thing("milestone", one.pk, one.name, one.note, one.programme.name)


def _commitments(most: int | None) -> Iterator[Thing]:
    for one in _first(Commitment.objects.all(), most):
        yield _thing("commitment", one.pk, one.what, one.who, one.occasion, one.quotation)


def _cooperations(most: int | None) -> Iterator[Thing]:
    for one in _first(Cooperation.objects.all(), most):
        yield _thing("cooperation", one.pk, one.name, one.about)


def _files(most: int | None) -> Iterator[Thing]:
    """Yield documents of cooperations by their names; what is written in them is not read."""
    rows = CooperationFile.objects.select_related("cooperation").defer("content")
    for one in _first(rows, most):
        about = one.cooperation.name
        yield _thing("file", one.pk, one.name, about, under=one.cooperation_id)


def _assistance(most: int | None) -> Iterator[Thing]:
    for one in _first(Assistance.objects.prefetch_related("activities"), most):
        titles = " ".join(f"{activity.title} {activity.place}" for activity in one.activities.all())
        side = one.provider or one.asker
        yield _thing("assistance", one.pk, one.title, one.about, side, one.place, titles)


def _groups(most: int | None) -> Iterator[Thing]:
    for one in _first(WorkingGroup.objects.all(), most):
        yield _thing("group", one.pk, one.name, one.about)


def _topics(most: int | None) -> Iterator[Thing]:
    said = Prefetch("posts", Post.objects.filter(removed_because=""))
    for one in _first(Topic.objects.prefetch_related(said), most):
        yield _thing("topic", one.pk, one.title, "\n".join(post.text for post in one.posts.all()))


def _decisions(most: int | None) -> Iterator[Thing]:
    for one in _first(Decision.objects.filter(withdrawn_because=""), most):
        yield _thing("decision", one.pk, _beginning(one.text), one.text, one.group_name)


def _notes(most: int | None) -> Iterator[Thing]:
    """Yield notes on meetings: one's own organisation's, and those that the other side shared."""
    notes = list(_first(MeetingNote.objects.order_by("-at", "pk"), most))
    met = MeetingRequest.objects.filter(pk__in={note.request_id for note in notes})
    slug_of = dict(met.values_list("pk", "edition__slug"))
    for one in notes:
        if one.request_id in slug_of:
            under = f"{slug_of[one.request_id]}/follow-up/{one.request_id}"
            yield _thing("note", one.pk, _beginning(one.text), one.text, under=under)


def _cases(most: int | None) -> Iterator[Thing]:
    for one in _first(EligibilityCase.objects.defer("content", "verdict"), most):
        yield _thing("case", one.pk, one.name)


def _plans(most: int | None) -> Iterator[Thing]:
    for one in _first(LoanPlan.objects.defer("content"), most):
        yield _thing("plan", one.pk, one.name)


def _allocations(most: int | None) -> Iterator[Thing]:
    for one in _first(Allocation.objects.defer("content", "plan"), most):
        yield _thing("allocation", one.pk, one.name)


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= TITLE else f"{words[:TITLE].rsplit(' ', 1)[0]}…"


READERS: Final[dict[str, Reader]] = {
    "edition": _editions,
    "session": _sessions,
    "release": _releases,
    "organisation": _organisations,
    "programme": _programmes,
    "milestone": _milestones,
    "commitment": _commitments,
    "cooperation": _cooperations,
    "file": _files,
    "assistance": _assistance,
    "group": _groups,
    "topic": _topics,
    "decision": _decisions,
    "note": _notes,
    "case": _cases,
    "plan": _plans,
    "allocation": _allocations,
}
"""Each kind and who reads it; given ``None``, without a limit, as the worker does."""


def things(
    kind: str = "", *, most: int | None = MOST, leave_out: Collection[str] = ()
) -> Iterator[Thing]:
    """
    Yield what the active subject sees, of one kind or of all; a constant number of queries.

    Parameters
    ----------
    most
        Rows of each kind; ``None`` for all.
    leave_out
        Kinds that are not read.
    """
    for name, read in READERS.items():
        if kind in {"", name} and name not in leave_out:
            yield from read(most)
