"""A delegate's own contact line: typed, released to those whom they meet, and taken back; nobody else decides any of it."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F, QuerySet, Value
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.kept_questions import KEYS, Asked, IsAmong, Kept
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import one_line
from punte.apps.forum.models import Delegate
from punte.apps.meetings.actions import NotThereError, WrongStateError
from punte.apps.meetings.contact_mails import tell_released
from punte.apps.meetings.models import ContactLine, MeetingRequest
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.meetings.sides import takes_part
from punte.apps.people.models import Person
from punte.apps.people.signals import person_erased
from punte.kernel.errors import PunteError

_PHONE: Final = re.compile(r"\+?\(?[0-9][0-9 ()./-]{3,}(?: ?(?:ext\.?|int\.?|x|#) ?[0-9]{1,6})?")

_LINES = Kept(
    lambda: ContactLine.objects.filter(
        IsAmong(F("delegate_id"), Asked("among", KEYS))
    ).select_related("delegate__edition")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A contact line as it is typed; all but the name may be empty, but not both the address and the telephone."""

    name: str
    function: str = ""
    organisation: str = ""
    email: str = ""
    phone: str = ""


def keep_contact(*, by: Subject, delegate: Delegate, line: Typed, to_all: bool) -> ContactLine:
    """
    Keep what the delegate typed; where it is released already, the others read it as it is now.

    Parameters
    ----------
    to_all
        Whether everybody reads it with whom the delegate has an accepted request at the edition, also a later one.

    Raises
    ------
    NotAllowedError
        It is another person's.
    PunteError
        It has no name, or neither address nor telephone; one of them is none, is too long, or carries a marking.
    """
    _require_own(by, delegate)
    checked = _checked(line)
    with acting_as_system("keep one's own contact line"):
        # Begun before it is held: of two first lines at once the second waits here, and then changes the first.
        ContactLine.objects.get_or_create(delegate=delegate, defaults=asdict(checked))
        row = _held(delegate) or ContactLine(delegate=delegate)
        was_to_all = row.to_all
        for name, text in asdict(checked).items():
            setattr(row, name, text)
        row.to_all, row.changed_at = to_all, timezone.now()
        row.save()
    # The log says that and to how many, never what stands in it.
    record("contact.kept", delegate, edition_id=delegate.edition_id, to_all=to_all, was=was_to_all)
    if to_all and not was_to_all:
        tell_released(row, accepted_of(delegate))
    return row


def release_contact(*, by: Subject, delegate: Delegate, request_id: UUID) -> None:
    """
    Let whoever takes part in one meeting read the delegate's contact line.

    Raises
    ------
    NotAllowedError
        It is another person's.
    NotThereError
        The delegate takes part in no such request.
    WrongStateError
        The request is not accepted, or there is no line yet.
    """
    _require_own(by, delegate)
    request = _request(delegate, request_id)
    if request.state != MeetingRequest.State.ACCEPTED:
        raise WrongStateError(
            _("The request is “%(state)s”. A contact line is released once it is accepted.")
            % {"state": request.get_state_display()}
        )
    with acting_as_system("keep one's own contact line"):
        row = _held(delegate)
        if row is None:
            raise WrongStateError(
                _("You have no contact line yet. Write it under “My contact line” first.")
            )
        if request.pk in row.released_in:
            return
        row.released_in = [*row.released_in, request.pk]
        row.save(update_fields=["released_in"])
    record("contact.released", request, edition_id=delegate.edition_id)
    tell_released(row, [request])


def take_back_contact(*, by: Subject, delegate: Delegate, request_id: UUID) -> bool:
    """
    Let the others of one meeting read the contact line no more; return whether it was released to everybody until now.

    What was released to everybody is released from now on to those whom the delegate meets now, without this meeting.

    Raises
    ------
    NotAllowedError
        It is another person's.
    NotThereError
        The delegate takes part in no such request.
    """
    _require_own(by, delegate)
    request = _request(delegate, request_id)
    with acting_as_system("keep one's own contact line"):
        row = _held(delegate)
        if row is None:
            return False
        was_to_all = row.to_all
        stay = {*row.released_in, *(_accepted(delegate) if was_to_all else ())} - {request.pk}
        row.to_all, row.released_in = False, sorted(stay)
        row.save(update_fields=["to_all", "released_in"])
    record("contact.taken_back", request, edition_id=delegate.edition_id, was_to_all=was_to_all)
    return was_to_all


def delete_contact(*, by: Subject, delegate: Delegate) -> None:
    """
    Take the contact line back from everybody at once; nothing of it stays.

    Raises
    ------
    NotAllowedError
        It is another person's.
    """
    _require_own(by, delegate)
    with acting_as_system("keep one's own contact line"):
        gone, _by_model = ContactLine.objects.filter(delegate=delegate).delete()
    if gone:
        record("contact.deleted", delegate, edition_id=delegate.edition_id)


def contact_of(delegate: Delegate) -> ContactLine | None:
    """Return the contact line of a delegate where the subject may read it: the delegate itself, or to whom it was released."""
    return ContactLine.objects.filter(delegate=delegate).first()


def contacts_among(delegate_ids: Iterable[UUID]) -> dict[UUID, ContactLine]:
    """Return the contact lines that the subject may read of delegates, by delegate, in one query."""
    wanted = list(set(delegate_ids))
    return {one.delegate_id: one for one in _LINES.ask(among=wanted)} if wanted else {}


def accepted_of(delegate: Delegate) -> QuerySet[MeetingRequest]:
    """Return the accepted requests in which a delegate takes part, as far as the subject sees them."""
    return MeetingRequest.objects.filter(
        takes_part(Value(delegate.pk)),
        edition_id=delegate.edition_id,
        state=MeetingRequest.State.ACCEPTED,
    )


def is_released_in(line: ContactLine, request: MeetingRequest) -> bool:
    """Whether the others of a meeting read a contact line now."""
    return request.state == MeetingRequest.State.ACCEPTED and (
        line.to_all or request.pk in line.released_in
    )


@receiver(person_erased, dispatch_uid="meetings.erase_contact")
def erase_contacts(*, person: Person, **_named: object) -> None:
    """Delete the contact lines of an erased person at every edition."""
    ContactLine.objects.filter(delegate__person=person).delete()


def _require_own(by: Subject, delegate: Delegate) -> None:
    is_own = by.person_id == delegate.person_id and by.acted_by is None
    if not (is_own and by.may_write and not by.is_denied):
        raise NotAllowedError(
            _("A contact line is its person's own: nobody else writes, releases or takes it back.")
        )


def _held(delegate: Delegate) -> ContactLine | None:
    return ContactLine.objects.select_for_update(no_key=True).filter(delegate=delegate).first()


def _request(delegate: Delegate, request_id: UUID) -> MeetingRequest:
    found = MeetingRequest.objects.filter(
        takes_part(Value(delegate.pk)), edition_id=delegate.edition_id, pk=request_id
    ).first()
    if found is None:
        raise NotThereError(_("There is no such request. Look at the list of your requests."))
    return found


def _accepted(delegate: Delegate) -> list[UUID]:
    return list(accepted_of(delegate).values_list("pk", flat=True))


def _checked(line: Typed) -> Typed:
    checked = Typed(
        name=one_line(line.name, 160),
        function=one_line(line.function, 160),
        organisation=one_line(line.organisation, 200),
        email=one_line(line.email, 254),
        phone=one_line(line.phone, 40),
    )
    if not checked.name:
        raise PunteError(_("Write the name by which you want to be found."))
    if not (checked.email or checked.phone):
        raise PunteError(_("Write an e-mail address, a telephone number, or both."))
    if checked.email:
        try:
            validate_email(checked.email)
        except ValidationError as error:
            raise PunteError(
                _("“%(text)s” is no e-mail address.") % {"text": checked.email}
            ) from error
    if checked.phone and not _PHONE.fullmatch(checked.phone):
        raise PunteError(
            _("“%(text)s” is no telephone number. Write it as +40 21 555 0100.")
            % {"text": checked.phone}
        )
    refuse_classified(
        _("Contact line"),
        [
            (_("name"), checked.name),
            (_("function"), checked.function),
            (_("organisation"), checked.organisation),
        ],
    )
    return checked
