"""What an edition tells the press: whom to ask, and releases that are written, published and taken back."""

import datetime as dt
import re
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import PUBLIC, Subject, right_groups
from punte.apps.access.texts import one_line, whole_text
from punte.apps.access.uploads import FILE_KINDS, checked_upload
from punte.apps.forum.models import Edition, Release, ReleaseFile
from punte.apps.forum.revisions import claim_revision
from punte.apps.forum.set_up import SetUpError, require_organiser
from punte.apps.forum.word_rows import ByLanguage, checked_words, set_words

LONGEST: Final = 20_000
MOST_RELEASES: Final = 200
MOST_FILES: Final = 10


def releases_out(edition: Edition) -> list[Release]:
    """Return the releases that everybody may see now, newest first, whoever reads."""
    now = timezone.now()
    return list(
        Release.objects.filter(
            Q(label_embargo_until__isnull=True) | Q(label_embargo_until__lte=now),
            edition=edition,
            out_at__isnull=False,
            label_releasable_to__contains=[PUBLIC],
        ).prefetch_related("wordings")
    )


def file_out(edition: Edition, file_id: UUID) -> ReleaseFile | None:
    """Return a file of a release that the subject sees; None where there is none for it."""
    return ReleaseFile.objects.filter(pk=file_id, release__edition=edition).first()


def set_contact(
    *,
    by: Subject,
    edition: Edition,
    name: str,
    email: str,
    phone: str,
    read_revision: int | None = None,
) -> None:
    """
    Say whom the press asks.

    Raises
    ------
    SetUpError
        The subject is no organiser, or the address or the number is none.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    name, email, phone = (" ".join(text.split()) for text in (name, email, phone))
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise SetUpError(
                _("“%(email)s” is no e-mail address.") % {"email": email[:80]}
            ) from error
    if phone and not re.fullmatch(r"\+?[0-9 ()./-]{5,40}", phone):
        raise SetUpError(_("Write the telephone number such as +40 21 123 4567."))
    refuse_classified(_("The edition"), [(_("contact for the press"), name)])
    claim_revision(edition, "press contact", read=read_revision)
    edition.press_contact = one_line(name, 160)
    edition.press_email, edition.press_phone = whole_text(email, 254), phone
    edition.save(update_fields=["press_contact", "press_email", "press_phone"])
    record("press.contact", edition, edition_id=edition.pk)


def form_of(release: Release) -> str:
    """Return by which name the revisions of a release's words are counted."""
    return f"release {release.pk}"


def write_release(
    *,
    by: Subject,
    edition: Edition,
    title: str,
    text: str,
    release: Release | None = None,
    read_revision: int | None = None,
) -> Release:
    """
    Write a release, or change the words of one that is a draft.

    Raises
    ------
    SetUpError
        The subject is no organiser, the title or the text is missing or too long, or it is published.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    title, text = " ".join(title.split()), text.strip()
    if not title or not text:
        raise SetUpError(_("Give the release a title and a text."))
    if len(title) > 200 or len(text) > LONGEST:
        raise SetUpError(
            _("A title has at most 200 characters, a text at most %(count)d.") % {"count": LONGEST}
        )
    refuse_classified(_("The release"), [(_("title"), title), (_("text"), text)])
    if release is None:
        if edition.releases.count() >= MOST_RELEASES:
            raise SetUpError(
                _("An edition has at most %(count)d releases.") % {"count": MOST_RELEASES}
            )
        release = Release(
            edition=edition,
            owner_org_id=edition.owner_org_id,
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )
    elif release.out_at is not None:
        raise SetUpError(_("It is published with the words it has. Take it back first."))
    claim_revision(edition, form_of(release), read=read_revision)
    release.title, release.text = title, text
    release.save()
    record("press.written", release, edition_id=edition.pk)
    return release


def word_release(
    *, by: Subject, release: Release, words: ByLanguage, read_revision: int | None = None
) -> None:
    """
    Set how a draft reads in the other languages of its edition; what is empty is said in the first.

    Raises
    ------
    SetUpError
        The subject is no organiser, or it is published.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    edition = release.edition
    require_organiser(by, edition)
    if release.out_at is not None:
        raise SetUpError(_("It is published with the words it has. Take it back first."))
    kept = checked_words(edition, release, words, what=_("The release"))
    with transaction.atomic():
        claim_revision(edition, form_of(release), read=read_revision)
        set_words(release, kept)
    record("press.worded", release, edition_id=edition.pk)


def publish_release(
    *,
    by: Subject,
    release: Release,
    embargo_until: dt.datetime | None = None,
    read_revision: int | None = None,
) -> None:
    """
    Show a release to everybody who sees the edition, now or from a moment on.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, release.edition)
    claim_revision(release.edition, form_of(release), read=read_revision)
    release.out_at = embargo_until or timezone.now()
    release.label_embargo_until = embargo_until
    release.label_releasable_to = [PUBLIC]
    release.save()
    record(
        "press.published",
        release,
        edition_id=release.edition_id,
        embargo=embargo_until.isoformat() if embargo_until else "",
    )


def take_back_release(*, by: Subject, release: Release) -> None:
    """Make a release a draft again; refused to who is no organiser."""
    require_organiser(by, release.edition)
    release.out_at = release.label_embargo_until = None
    release.label_releasable_to = []
    release.save()
    record("press.taken_back", release, edition_id=release.edition_id)


def remove_release(*, by: Subject, release: Release) -> None:
    """
    Delete a draft with its files.

    Raises
    ------
    SetUpError
        The subject is no organiser, or it is published.
    """
    require_organiser(by, release.edition)
    if release.out_at is not None:
        raise SetUpError(_("It is published. Take it back first."))
    record("press.removed", release, edition_id=release.edition_id)
    release.delete()


def add_file(*, by: Subject, release: Release, name: str, content: bytes) -> ReleaseFile:
    """
    Add a file to a release.

    Raises
    ------
    SetUpError
        The subject is no organiser, or it has as many files as it may.
    UploadError, ClassifiedError
        The file is not taken; the text says why.
    """
    require_organiser(by, release.edition)
    if release.files.count() >= MOST_FILES:
        raise SetUpError(_("A release has at most %(count)d files.") % {"count": MOST_FILES})
    upload = checked_upload(name, content, kinds=FILE_KINDS)
    file = ReleaseFile(release=release)
    file.take(upload)
    file.save(force_insert=True)
    record("press.file", release, edition_id=release.edition_id, sha256=upload.sha256)
    return file


def remove_file(*, by: Subject, release: Release, file_id: UUID) -> None:
    """Delete a file of a release; refused to who is no organiser."""
    require_organiser(by, release.edition)
    release.files.filter(pk=file_id).delete()
    record("press.file_removed", release, edition_id=release.edition_id)
