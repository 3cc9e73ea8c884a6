"""Reads of editions. Everything is read in the active subject's name."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import CharField, F, QuerySet, SlugField

from punte.apps.access.kept_questions import KEYS, Asked, IsAmong, Kept
from punte.apps.access.models import Words, reader_language, words_for
from punte.apps.access.permissions import Subject
from punte.apps.forum.folding import holds
from punte.apps.forum.models import (
    Delegate,
    Edition,
    EditionWording,
    Phase,
    Place,
    Session,
    SessionPart,
    SessionWording,
    Slot,
)
from punte.apps.people.models import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """
    A delegate as other pages show it.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-3.
    kind, size
        Of the organisation, as :class:`punte.apps.people.models.Organisation` names them.
    """

    delegate_id: UUID
    code: str
    name: str
    function: str
    organisation_id: UUID
    organisation: str
    country: str
    kind: str
    size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedFact:
    """A public statement with its source."""

    key: str
    value: str
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLine:
    """
    Who stands behind the edition; ``role`` is a value of ``HostRole.Role``, ``label`` its translation.

    Parameters
    ----------
    name, said, wordings
        What it is called in the first language, in the reader's, and in the others by their codes.
    """

    role: str
    label: str
    name: str
    source: str
    said: Words
    wordings: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseLine:
    """A stage of the edition's life; ``is_now`` at the moment of reading."""

    kind: str
    label: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPage:
    """What the public page of an edition shows to this subject."""

    edition: Edition
    hosts: tuple[HostLine, ...]
    facts: tuple[SourcedFact, ...]
    phases: tuple[PhaseLine, ...]
    sessions: tuple[Session, ...]


CODE: Final = CharField()
_EDITION = Kept(
    lambda: Edition.objects.filter(slug=Asked("slug", SlugField())).annotate(
        worded=words_for(
            EditionWording, Edition.WORDS, of="edition", language=Asked("language", CODE)
        )
    )[:1]
)
_DELEGATE = Kept(
    lambda: Delegate.objects.filter(
        edition_id=Asked("edition"), person_id=Asked("person"), left_at__isnull=True
    ).select_related("organisation", "category")[:1]
)
_SESSIONS = Kept(
    lambda: Session.objects.filter(edition_id=Asked("edition")).annotate(
        worded=words_for(
            SessionWording, Session.WORDS, of="session", language=Asked("language", CODE)
        )
    )
)
_PARTS = Kept(
    lambda: SessionPart.objects.filter(delegate_id=Asked("delegate")).values_list(
        "session_id", "part"
    )
)
_PEOPLE = Kept(
    lambda: Delegate.objects.filter(
        IsAmong(F("pk"), Asked("among", KEYS)), edition_id=Asked("edition")
    ).values_list("id", "code", "badge_name", "function", "organisation_id")
)
_ORGANISATIONS = Kept(
    lambda: (
        Organisation.objects.filter(IsAmong(F("pk"), Asked("among", KEYS)))
        .order_by()
        .values("id", "name", "country_id", "kind", "size")
    )
)


def list_editions() -> list[Edition]:
    """Return the editions that the subject sees, newest first, but for the archived ones."""
    shown = Edition.objects.filter(archived_at__isnull=True)
    return list(shown.prefetch_related("wordings"))


def find_edition(slug: str) -> Edition | None:
    """Return the edition at this address; ``None`` where there is none for the subject."""
    return _EDITION.first(slug=slug, language=reader_language())


def edition_page(slug: str, *, now: dt.datetime) -> EditionPage | None:
    """
    Return an edition with hosts, facts, phases and the released sessions that the subject may see.

    Parameters
    ----------
    now
        The moment that decides which phases run.
    """
    edition = find_edition(slug)
    if edition is None:
        return None
    return EditionPage(
        edition=edition,
        hosts=tuple(
            HostLine(
                role=role.role,
                label=role.get_role_display(),
                name=role.name,
                source=role.source,
                said=role.said["name"],
                wordings={row.language: row.name for row in role.wordings.all()},
            )
            for role in edition.host_roles.prefetch_related("wordings")
        ),
        facts=tuple(
            SourcedFact(
                key=fact.key, value=fact.value, source=fact.source, is_verified=fact.is_verified
            )
            for fact in edition.facts.all()
        ),
        phases=tuple(_phase_line(phase, now) for phase in edition.phases.all()),
        sessions=tuple(edition.sessions.filter(is_released=True).prefetch_related("wordings")),
    )


def _phase_line(phase: Phase, now: dt.datetime) -> PhaseLine:
    return PhaseLine(
        kind=phase.kind,
        label=phase.get_kind_display(),
        starts_at=phase.starts_at,
        ends_at=phase.ends_at,
        is_now=phase.starts_at <= now < phase.ends_at,
    )


def delegate_of(subject: Subject, edition_id: UUID) -> Delegate | None:
    """Return the subject as a delegate of the edition; ``None`` where it is none."""
    if subject.person_id is None:
        return None
    return _DELEGATE.first(edition=edition_id, person=subject.person_id)


def faces(edition_id: UUID, among: Iterable[UUID] | None = None) -> Mapping[UUID, Face]:
    """
    Return the delegates of the edition that the subject sees, by id, in two queries.

    Parameters
    ----------
    among
        Only these delegates; everybody where ``None``.
    """
    if among is None:
        chosen = Delegate.objects.filter(edition_id=edition_id)
        rows = list(chosen.values_list("id", "code", "badge_name", "function", "organisation_id"))
    else:
        wanted = list(set(among))
        rows = _PEOPLE.ask(edition=edition_id, among=wanted) if wanted else []
    employers = list({row[-1] for row in rows})
    organisations = {
        row["id"]: row for row in (_ORGANISATIONS.ask(among=employers) if employers else ())
    }
    found = {}
    for delegate_id, code, name, function, organisation_id in rows:
        org = organisations.get(organisation_id)
        found[delegate_id] = Face(
            delegate_id=delegate_id,
            code=code,
            name=name,
            function=function,
            organisation_id=organisation_id,
            organisation=org["name"] if org else "",
            country=org["country_id"] if org else "",
            kind=org["kind"] if org else "",
            size=org["size"] if org else "",
        )
    return found


def delegates_named(
    edition_id: UUID, *, words: str = "", country: str = "", category: str = ""
) -> QuerySet[Delegate]:
    """
    Return the delegates of the edition that the subject sees, by name, each with organisation and category.

    Parameters
    ----------
    words
        Each stands in the name, the organisation or the function, with or without marks on its letters.
    country
        ISO 3166-1 alpha-3, of the organisation.
    category
        Code of the attendee category.
    """
    chosen = (
        Delegate.objects.filter(edition_id=edition_id)
        .select_related("organisation", "category")
        .prefetch_related("category__wordings")
        .order_by("badge_name", "pk")
    )
    for word in words.split():
        chosen = chosen.filter(holds(word, "badge_name", "organisation__name", "function"))
    if country:
        chosen = chosen.filter(organisation__country=country)
    if category:
        chosen = chosen.filter(category__code=category)
    return chosen


def list_slots(edition_id: UUID) -> list[Slot]:
    """Return the slots of the edition in time order."""
    return list(Slot.objects.filter(edition_id=edition_id))


def list_places(edition_id: UUID) -> list[Place]:
    """Return the places of the edition, each with ``closures`` fetched."""
    return list(Place.objects.filter(edition_id=edition_id).prefetch_related("closures"))


def list_sessions(edition_id: UUID) -> list[Session]:
    """Return the sessions that the subject sees, in time order, in the reader's words."""
    return [*_SESSIONS.ask(edition=edition_id, language=reader_language())]


def session_parts(delegate_id: UUID) -> Mapping[UUID, str]:
    """Return in which sessions a delegate takes part, and in which part, as :class:`SessionPart.Part` names it."""
    return dict(_PARTS.ask(delegate=delegate_id))
