"""Editions that were made by mistake, or are long over: told from their likes, taken away while empty, archived otherwise."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.forum.models import Edition
from punte.apps.forum.set_up import EditionWish, SetUpError, readers_of, require_organiser

OF_SET_UP: Final = frozenset(
    {
        "forum.AttendeeCategory",
        "forum.Fact",
        "forum.FormRevision",
        "forum.HostRole",
        "forum.MeetingRule",
        "forum.Phase",
        "forum.Place",
        "forum.Question",
        "forum.Slot",
        "meetings.TimetableRules",
        "people.ClearanceStage",
        "people.MailRule",
        "people.MailWording",
        "people.NationQuota",
    }
)
"""What an organiser alone writes while setting up: it goes with the edition. Rows of any other table hold it."""
STAYS: Final = frozenset({"access.AuditEntry", "people.Grant"})
"""What outlives the edition: the log, and who held which right; the rights themselves end."""
WAITS: Final = Q(is_released=False)
"""Sessions that nobody but the organisers ever saw."""


def editions_alike(wish: EditionWish) -> list[Edition]:
    """Return the editions that the subject sees with the same name and days in common, archived ones left out."""
    return list(
        Edition.objects.filter(
            name__iexact=" ".join(wish.name.split()),
            starts_on__lte=wish.ends_on,
            ends_on__gte=wish.starts_on,
            archived_at__isnull=True,
        )[:20]
    )


def archived_editions() -> list[Edition]:
    """Return the archived editions that the subject sees, newest first."""
    return list(Edition.objects.filter(archived_at__isnull=False))


def is_empty(edition: Edition) -> bool:
    """Whether nobody and nothing came into the edition yet: there is only what its organisers set up."""
    with acting_as_system("see whether an edition is empty"):
        return not any(
            rows.exists() for label, rows in _rows_of(edition.pk) if label not in OF_SET_UP | STAYS
        )


def _rows_of(edition_id: UUID) -> Iterator[tuple[str, "models.QuerySet[models.Model]"]]:
    """Yield each table that names an edition, as ``app.Model``, with its rows of this one."""
    for model in apps.get_models():
        names = {field.attname for field in model._meta.concrete_fields}  # noqa: SLF001  (Django's public API)
        if "edition_id" not in names:
            continue
        rows = model._default_manager.filter(edition_id=edition_id)  # noqa: SLF001
        label = model._meta.label  # noqa: SLF001
        yield label, rows.exclude(WAITS) if label == "forum.Session" else rows


def take_edition_away(*, by: Subject, edition: Edition) -> None:
    """
    Take away an edition that was made by mistake, for good.

    Raises
    ------
    SetUpError
        The subject is no organiser, the edition is announced, or somebody or something came into it.
    """
    require_organiser(by, edition)
    if readers_of(edition) != "host":
        raise SetUpError(
            _(
                "An edition that was announced cannot be taken away: its address may be known. Archive it, or say first "
                "that only the host sees it."
            )
        )
    with acting_as_system("see whether an edition is empty"):
        Edition.objects.select_for_update().get(pk=edition.pk)
    if not is_empty(edition):
        raise SetUpError(
            _(
                "Only an edition into which nobody and nothing came can be taken away. Archive this one: its record is kept."
            )
        )
    record("edition.taken_away", edition, edition_id=edition.pk, name=edition.name)
    with acting_as_system("take an empty edition away"):
        for label, rows in _rows_of(edition.pk):
            if label in OF_SET_UP:
                rows.delete()
            elif label == "people.Grant":
                rows.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
        edition.sessions.all().delete()
        Edition.objects.filter(pk=edition.pk).delete()


def archive_edition(*, by: Subject, edition: Edition) -> None:
    """
    Put an edition out of every list; its pages stay at their addresses, for whoever could see them, and take no applications.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    """
    require_organiser(by, edition)
    if edition.archived_at is None:
        edition.archived_at = timezone.now()
        edition.save(update_fields=["archived_at"])
        record("edition.archived", edition, edition_id=edition.pk)


def take_out_of_archive(*, by: Subject, edition: Edition) -> None:
    """
    Put an archived edition back into the lists.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    """
    require_organiser(by, edition)
    if edition.archived_at is not None:
        edition.archived_at = None
        edition.save(update_fields=["archived_at"])
        record("edition.taken_out_of_archive", edition, edition_id=edition.pk)
