"""Documents of a cooperation, each with its own label."""

import hashlib
from collections.abc import Iterable

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.models import Tlp
from punte.apps.access.permissions import Subject
from punte.apps.access.uploads import bare
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.models import Cooperation, CooperationFile, Partner
from punte.apps.cooperation.permissions import require_change, require_part
from punte.apps.cooperation.topic_files import MOST_FILES, checked_name
from punte.kernel.errors import PunteError


def add_document(
    *,
    by: Subject,
    cooperation: Cooperation,
    name: str,
    content: bytes,
    is_shared: bool,
    tlp: str = Tlp.AMBER,
) -> CooperationFile:
    """
    Put a document into a cooperation, for all partners or for one's own organisation alone.

    Raises
    ------
    NotPartOfItError
        The subject is no partner.
    PunteError
        There are too many, the file is empty, too big or of a kind that is not taken, or it carries a marking.
    """
    require_part(by, cooperation)
    assert by.org_id is not None
    name = checked_name(name, content)
    content = bare(name, content)
    if cooperation.files.count() >= MOST_FILES:
        raise PunteError(
            _("The cooperation has %(most)d documents. Take one out first.") % {"most": MOST_FILES}
        )
    file = CooperationFile.objects.create(
        cooperation=cooperation,
        name=name,
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        is_shared=is_shared,
        by_id=by.person_id,
        by_name=name_of(by),
        owner_org_id=by.org_id,
        label_releasable_to=_partners(cooperation) if is_shared else [],
        label_tlp=tlp if tlp in Tlp.values else Tlp.AMBER,
    )
    record("cooperation.document", file, shared=is_shared, tlp=file.label_tlp)
    return file


def _partners(cooperation: Cooperation) -> list[str]:
    """Return the groups of all partners, and of the organisers who keep the cooperation with them."""
    orgs = cooperation.partners.filter(left_at__isnull=True).values_list(
        "organisation_id", flat=True
    )
    return sorted({*(f"org:{key}" for key in orgs), *cooperation.label_stewards})


def remove_document(*, by: Subject, file: CooperationFile) -> None:
    """
    Take a document out; only the organisation that brought it may.

    Raises
    ------
    NotPartOfItError
        The subject is of another organisation.
    """
    require_change(by, file)
    record("cooperation.document_removed", file, name=file.name)
    file.delete()


def share_document(*, by: Subject, file: CooperationFile) -> None:
    """
    Let everybody who is a partner now read a document; only the organisation that brought it may.

    Raises
    ------
    NotPartOfItError
        The subject is of another organisation.
    """
    require_change(by, file)
    require_part(by, file.cooperation)
    file.is_shared = True
    file.label_releasable_to = _partners(file.cooperation)
    file.save(update_fields=["is_shared", "label_releasable_to"])
    record("cooperation.document_shared", file, readers=file.label_releasable_to)


def not_reached(file: CooperationFile, partners: Iterable[Partner]) -> list[str]:
    """Return the partners who may not read a document for all partners, since they were taken in after it was shared."""
    return [
        one.organisation_name
        for one in partners
        if file.is_shared
        and one.organisation_id != file.owner_org_id
        and f"org:{one.organisation_id}" not in file.label_releasable_to
    ]
