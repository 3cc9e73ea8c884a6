"""Texts in other languages whose original was changed after they were written: found, and said to be right still."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.forum.models import Edition, Session, SessionDraft
from punte.apps.forum.press import form_of as form_of_release
from punte.apps.forum.registration_form import form_of as form_of_question
from punte.apps.forum.revisions import claim_revision
from punte.apps.forum.set_up import SetUpError, require_organiser
from punte.apps.forum.word_rows import (
    ByLanguage,
    StaleText,
    checked_words,
    languages_for,
    originals_of,
    set_words,
    stale_texts,
)
from punte.apps.forum.wordings import naming_form_of
from punte.apps.people.models import ClearanceStage
from punte.kernel.errors import ChangedMeanwhileError


@dataclass(frozen=True, slots=True, kw_only=True)
class WordedKind:
    """
    A kind of thing that is said in several languages.

    Parameters
    ----------
    rows
        Those of an edition, each with its wordings.
    form
        By which name the revisions of its words are counted.
    is_part
        Whether it has no page of its own on which it is worded.
    """

    label: object
    rows: Callable[[Edition], Iterable[Any]]
    form: Callable[[Any], str]
    is_part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleWording:
    """
    A wording of which a text was made from an original that has changed.

    Parameters
    ----------
    kind, key
        A key of ``KINDS``, and the identifier of the thing.
    title
        What the thing is called in its first language.
    code
        How its page names it, where that is not by its key.
    seen
        A digest of the originals as they stand: who says that the texts are right still has read these.
    """

    kind: str
    key: UUID
    title: str
    code: str
    language: str
    language_name: str
    texts: tuple[StaleText, ...]
    seen: str


def _sessions(edition: Edition) -> list[Any]:
    """Return each session as it will be after the next release: that is what its words are written for."""
    drafts = SessionDraft.objects.filter(session__edition=edition).prefetch_related("wordings")
    drafted = {draft.session_id: draft for draft in drafts}
    sessions = Session.objects.filter(edition=edition).prefetch_related("wordings")
    return [drafted.get(session.pk, session) for session in sessions]


def key_of(kind: str, thing: Any) -> UUID:  # noqa: ANN401
    """Return the identifier of a thing; of a drafted session its session's."""
    key = getattr(thing, "session_id", thing.pk) if kind == "session" else thing.pk
    return UUID(str(key))


KINDS: Final[dict[str, WordedKind]] = {
    "edition": WordedKind(
        label=gettext_lazy("What it is"), rows=lambda edition: [edition], form=lambda _one: "facts"
    ),
    "host": WordedKind(
        label=gettext_lazy("Who stands behind it"),
        rows=lambda edition: edition.host_roles.prefetch_related("wordings"),
        form=lambda one: f"host {one.pk}",
        is_part=True,
    ),
    "category": WordedKind(
        label=gettext_lazy("Category"),
        rows=lambda edition: edition.categories.prefetch_related("wordings"),
        form=lambda _one: "categories",
    ),
    "place": WordedKind(
        label=gettext_lazy("Place"),
        rows=lambda edition: edition.places.prefetch_related("wordings"),
        form=naming_form_of,
    ),
    "floor": WordedKind(
        label=gettext_lazy("Floors of the venue"),
        rows=lambda edition: edition.floor_plans.defer("content").prefetch_related("wordings"),
        form=lambda one: f"floor {one.pk}",
        is_part=True,
    ),
    "rule": WordedKind(
        label=gettext_lazy("Why a category does not ask another"),
        rows=lambda edition: edition.meeting_rules.prefetch_related("wordings"),
        form=lambda one: f"rule {one.pk}",
        is_part=True,
    ),
    "stage": WordedKind(
        label=gettext_lazy("Stages of clearance"),
        rows=lambda edition: ClearanceStage.objects.filter(edition_id=edition.pk).prefetch_related(
            "wordings"
        ),
        form=lambda one: f"stage {one.pk}",
        is_part=True,
    ),
    "session": WordedKind(
        label=gettext_lazy("Session"),
        rows=_sessions,
        form=lambda one: f"session {key_of('session', one)}",
    ),
    "release": WordedKind(
        label=gettext_lazy("Press release"),
        rows=lambda edition: edition.releases.prefetch_related("wordings"),
        form=form_of_release,
    ),
    "question": WordedKind(
        label=gettext_lazy("Question of the form"),
        rows=lambda edition: edition.questions.prefetch_related("wordings"),
        form=form_of_question,
    ),
}
"""All that an organiser says in several languages and may change afterwards, in the order of the set-up."""


def stale_words(edition: Edition) -> list[StaleWording]:
    """Return the wordings of an edition whose original was changed since; a constant number of queries."""
    return [
        found
        for kind, worded in KINDS.items()
        for thing in worded.rows(edition)
        for found in stale_words_of(edition, kind, thing)
    ]


def stale_words_of(edition: Edition, kind: str, thing: Any) -> list[StaleWording]:  # noqa: ANN401
    """Return the wordings of one thing whose original was changed since."""
    names = dict(languages_for(edition, thing))
    return [
        StaleWording(
            kind=kind,
            key=key_of(kind, thing),
            title=str(getattr(thing, thing.WORDS[0])),
            code=str(getattr(thing, "code", "")),
            language=row.language,
            language_name=names[row.language],
            texts=tuple(texts),
            seen=_digest(texts),
        )
        for row in thing.wordings.all()
        if (texts := stale_texts(thing, row))
    ]


def _digest(texts: Iterable[StaleText]) -> str:
    told = "\x00".join(f"{one.name}\x00{one.now}\x00{one.said}" for one in texts)
    return sha256(told.encode()).hexdigest()


def say_still_right(
    *, by: Subject, edition: Edition, kind: str, key: str, language: str, seen: str
) -> None:
    """
    Say that a wording still says what its changed original says.

    Parameters
    ----------
    seen
        What ``StaleWording.seen`` was when it was read.

    Raises
    ------
    SetUpError
        The subject is no organiser, or there is no such wording.
    ChangedMeanwhileError
        The original or the wording was changed once more since it was read.
    """
    require_organiser(by, edition)
    thing = _find(edition, kind, key)
    with transaction.atomic(), acting_as_system("word what an organiser set up"):
        row = thing.wordings.select_for_update().filter(language=language).first()
        if row is None:
            raise SetUpError(_("There is no such wording any more. Load the page again."))
        texts = stale_texts(thing, row)
        if not texts:
            return
        if _digest(texts) != seen:
            raise ChangedMeanwhileError(
                _(
                    "It was changed once more while you read it. Read what stands now, then say so again."
                )
            )
        row.original = originals_of(thing)
        row.save(update_fields=["original"])
    record(f"{_verb(kind)}.still_right", edition, edition_id=edition.pk, language=language)


def word_part(
    *,
    by: Subject,
    edition: Edition,
    kind: str,
    key: str,
    words: ByLanguage,
    read_revision: int | None = None,
) -> None:
    """
    Set how a part of the set-up without a page of its own is called in the other languages; what is empty is said in the first.

    Raises
    ------
    SetUpError
        The subject is no organiser, or there is no such part.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    thing = _find(edition, kind, key)
    if not KINDS[kind].is_part:
        raise SetUpError(_("It is worded on its own page."))
    kept = checked_words(edition, thing, words, what=_("The edition"))
    with transaction.atomic():
        claim_revision(edition, KINDS[kind].form(thing), read=read_revision)
        with acting_as_system("word what an organiser set up"):
            set_words(thing, kept)
    record(f"{_verb(kind)}.worded", edition, edition_id=edition.pk)


def _verb(kind: str) -> str:
    return "edition" if kind == "edition" else f"edition.{kind}"


def _find(edition: Edition, kind: str, key: str) -> Any:  # noqa: ANN401
    rows = KINDS[kind].rows(edition) if kind in KINDS else []
    for thing in rows:
        if str(key_of(kind, thing)) == key:
            return thing
    raise SetUpError(_("There is no such thing any more. Load the page again."))
