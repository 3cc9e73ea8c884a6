"""Set up an edition: create, change, copy an earlier one, say who sees it."""

import datetime as dt
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from django.conf import settings
from django.db.models import CharField
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import PUBLIC, Subject, right_groups
from punte.apps.access.texts import one_line
from punte.apps.forum.agenda_actions import may_make_agenda
from punte.apps.forum.agenda_readers import follow_edition
from punte.apps.forum.models import (
    AttendeeCategory,
    CategoryWording,
    Edition,
    Phase,
)
from punte.apps.forum.revisions import claim_revision
from punte.apps.forum.stranded import Bounds, lies_in_days, tell_stranded, tell_stray_phase
from punte.kernel.errors import PunteError

LONGEST_DAYS: Final = 31
CATEGORIES: Final = (
    ("authority", True, 16),
    ("union", True, 12),
    ("company", True, 12),
    ("association", True, 8),
    ("research", True, 8),
    ("press", False, 0),
)
"""What a new edition begins with: code, whether it asks for and gets meetings, requests for each."""
NO_PLACES: Final = frozenset({"localtime", "Factory"})
"""Names of zones that mean another thing on each machine."""
READERS: Final = ("host", "delegates", "public")


class SetUpError(PunteError):
    """A step with an edition that cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionWish:
    """
    What an organiser wrote about an edition.

    Parameters
    ----------
    request_quota
        Requests for each delegate whose category says nothing else [count], 0 to 200.
    """

    forum: str
    name: str
    theme: str
    city: str
    venue: str
    starts_on: dt.date
    ends_on: dt.date
    time_zone: str
    languages: str
    request_quota: int


def may_create(subject: Subject) -> bool:
    """Whether the subject opens new editions: an organiser of the whole site, with an organisation."""
    return (
        subject.may_write
        and not subject.is_denied
        and subject.org_id is not None
        and "organise@*" in subject.groups
    )


def may_set_up(subject: Subject, edition_id: UUID) -> bool:
    """Whether the subject sets up this edition."""
    return may_make_agenda(subject, edition_id)


def require_organiser(subject: Subject, edition: Edition) -> None:
    """
    Let only an organiser of the edition pass.

    Raises
    ------
    SetUpError
        The subject is none.
    """
    if not may_set_up(subject, edition.pk):
        raise SetUpError(
            _("You cannot set up this edition: that takes the right to organise. Ask an organiser.")
        )


def create_edition(*, by: Subject, wish: EditionWish) -> Edition:
    """
    Create an edition, seen by its host and the organisers alone, with the usual categories of attendees.

    Raises
    ------
    SetUpError
        The subject may not, or something is missing or impossible.
    """
    edition = new_edition(by, wish)
    codes = [code.strip() for code in wish.languages.split(",")]
    names = _category_names(codes[0])
    made = AttendeeCategory.objects.bulk_create(
        AttendeeCategory(
            edition=edition,
            code=code,
            name=names[code],
            may_request=may,
            may_be_asked=may,
            request_quota=quota,
            position=position,
        )
        for position, (code, may, quota) in enumerate(CATEGORIES)
    )
    CategoryWording.objects.bulk_create(usual_wordings(made, codes))
    record("edition.created", edition, edition_id=edition.pk)
    return edition


def usual_wordings(
    categories: Iterable[AttendeeCategory], languages: Sequence[str]
) -> list[CategoryWording]:
    """Return the usual categories in those of the languages after the first that the platform speaks."""
    found = list(categories)
    return [
        CategoryWording(
            category=category,
            language=language,
            name=said[category.code],
            original={"name": category.name},
        )
        for language in dict.fromkeys(languages[1:])
        if language != languages[0] and language in dict(settings.LANGUAGES)
        for said in [_category_names(language)]
        for category in found
    ]


def _category_names(language: str) -> Mapping[str, str]:
    """Return the usual names in a language; one that the platform does not speak gets those of the acting person."""
    known = language if language in dict(settings.LANGUAGES) else get_language()
    with override(known):
        return {
            "authority": _("Authorities"),
            "union": _("Alliance and union bodies"),
            "company": _("Companies"),
            "association": _("Associations"),
            "research": _("Research"),
            "press": _("Press"),
        }


def new_edition(by: Subject, wish: EditionWish, source: Edition | None = None) -> Edition:
    """Return a new edition of the acting organiser's, with nothing in it; ``source`` is the one that it is like."""
    if by.org_id is None or not may_create(by):
        raise SetUpError(
            _("You cannot open an edition: that takes the right to organise all editions.")
        )
    _refuse_wrong(wish)
    edition = Edition(
        id=uuid4(),
        # Always with something drawn by lot: a refused address would tell of a hidden edition.
        slug=f"{slugify(wish.name)[:60] or 'edition'}-{secrets.token_hex(3)}",
        owner_org_id=by.org_id,
        cloned_from=source,
    )
    _fill(edition, wish)
    edition.label_stewards = right_groups("organise", edition_id=edition.pk)
    edition.save(force_insert=True)
    return edition


def _fill(edition: Edition, wish: EditionWish) -> None:
    for name in EditionWish.__dataclass_fields__:
        value = getattr(wish, name)
        setattr(edition, name, " ".join(value.split()) if isinstance(value, str) else value)


def _refuse_wrong(wish: EditionWish) -> None:
    for name in EditionWish.__dataclass_fields__:
        field, text = Edition._meta.get_field(name), getattr(wish, name)  # noqa: SLF001  (Django's public API)
        if isinstance(text, str) and isinstance(field, CharField) and field.max_length:
            one_line(text, field.max_length)
    for label, text in ((_("name"), wish.name), (_("forum"), wish.forum), (_("city"), wish.city)):
        if not text.strip():
            raise SetUpError(_("Give the %(what)s of the edition.") % {"what": label})
    if wish.ends_on < wish.starts_on:
        raise SetUpError(_("The last day lies before the first. Swap them."))
    if (wish.ends_on - wish.starts_on).days >= LONGEST_DAYS:
        raise SetUpError(
            _("An edition has at most %(count)d days. Bring the first and the last day nearer.")
            % {"count": LONGEST_DAYS}
        )
    if wish.time_zone not in available_timezones() - NO_PLACES:
        raise SetUpError(
            _("“%(zone)s” is no time zone. Write one such as Europe/Bucharest.")
            % {"zone": wish.time_zone[:40]}
        )
    _refuse_odd_languages([code.strip() for code in wish.languages.split(",")])
    if not 0 <= wish.request_quota <= 200:
        raise SetUpError(_("Give 0 to 200 requests for each delegate."))
    refuse_classified(
        _("The edition"),
        [
            (_("name"), wish.name),
            (_("theme"), wish.theme),
            (_("forum"), wish.forum),
            (_("venue"), wish.venue),
            (_("city"), wish.city),
        ],
    )


def _refuse_odd_languages(codes: Sequence[str]) -> None:
    if not all(re.fullmatch(r"[a-z]{2,3}", code) for code in codes):
        raise SetUpError(_("Write the languages as codes with commas, such as en,ro."))
    known = Locale("en").languages
    for position, code in enumerate(codes):
        if code not in known:
            raise SetUpError(
                _("“%(code)s” is no language. Write its code of two or three letters, such as en.")
                % {"code": code}
            )
        if code in codes[:position]:
            raise SetUpError(
                _("The language “%(code)s” stands twice. Write it once.") % {"code": code}
            )


def change_edition(
    *, by: Subject, edition: Edition, wish: EditionWish, read_revision: int | None = None
) -> None:
    """
    Change the facts of an edition.

    Raises
    ------
    SetUpError
        The subject is no organiser, something is impossible, or a slot or a session would lie outside the days.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    _refuse_wrong(wish)
    days = replace(
        Bounds.of(edition),
        starts_on=wish.starts_on,
        ends_on=wish.ends_on,
        time_zone=wish.time_zone,
    )
    phases = _phases_in(edition, wish.time_zone)
    _refuse_stranded(edition, days, phases)
    claim_revision(edition, "facts", read=read_revision)
    _fill(edition, wish)
    # Only what this form holds: what other forms keep of the edition may have changed since it was read.
    edition.save(update_fields=[*EditionWish.__dataclass_fields__])
    Phase.objects.bulk_update(phases, ["starts_at", "ends_at"])
    record("edition.changed", edition, edition_id=edition.pk)


def _phases_in(edition: Edition, time_zone: str) -> list[Phase]:
    """Return the phases at the same times of day in another zone: what the organiser wrote stays as it is written."""
    phases, old, new = list(edition.phases.all()), edition.zone, ZoneInfo(time_zone)
    for phase in phases:
        phase.starts_at = phase.starts_at.astimezone(old).replace(tzinfo=new)
        phase.ends_at = phase.ends_at.astimezone(old).replace(tzinfo=new)
    return phases


def _refuse_stranded(edition: Edition, days: Bounds, phases: Iterable[Phase]) -> None:
    if days.time_zone != edition.time_zone and lies_in_days(edition):
        raise SetUpError(
            _(
                "The time zone cannot change while there are slots or sessions: they would show other times of day. Take "
                "the slots away, and call off the sessions, first."
            )
        )
    spans = {phase.kind: (phase.starts_at, phase.ends_at) for phase in phases}
    wrong = tell_stranded(edition, days) or tell_stray_phase(days, spans)
    if wrong:
        raise SetUpError(wrong)


def release_edition(
    *, by: Subject, edition: Edition, readers: str, read_revision: int | None = None
) -> None:
    """
    Say who sees that there is this edition: its host, its delegates, or everybody.

    Raises
    ------
    SetUpError
        The subject is no organiser, or the readers are none of these.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    if readers not in READERS:
        raise SetUpError(_("Choose who sees the edition."))
    claim_revision(edition, "readers", read=read_revision)
    groups = {"host": [], "delegates": [f"edition:{edition.pk}"], "public": [PUBLIC]}
    before, edition.label_releasable_to = edition.label_releasable_to, groups[readers]
    edition.labelled_at = timezone.now()
    edition.save(update_fields=["label_releasable_to", "labelled_at"])
    follow_edition(edition, before=list(before))
    record("edition.released", edition, edition_id=edition.pk, readers=readers)


def readers_of(edition: Edition) -> str:
    """Return who sees that there is this edition, as :data:`READERS` names it."""
    if PUBLIC in edition.label_releasable_to:
        return "public"
    return "delegates" if edition.label_releasable_to else "host"
