"""Who comes along as a witness reads the request for that, and for as long: who is no side and is not seated does not read on."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import CalendarEntry, MeetingRequest
from punte.apps.people.mail_kinds import Question


def readers_without(request: MeetingRequest, people: Collection[UUID]) -> list[str]:
    """
    Return to whom a request is released once some persons come along no more.

    Parameters
    ----------
    people
        Keys of the persons, not of their places at the edition.
    """
    gone = {f"person:{key}" for key in people}
    return [one for one in request.label_releasable_to if one not in gone]


def end_reading(request: MeetingRequest, went: Collection[UUID]) -> None:
    """
    Let delegates who came along and do so no more read a request no longer; its sides' own people read it by their organisation.

    Nothing is stored: whoever changes the request saves ``label_releasable_to`` with the rest.
    """
    with acting_as_system("follow who comes along to a meeting"):
        people = Delegate.objects.filter(pk__in=went).values_list("person_id", flat=True)
        request.label_releasable_to = readers_without(request, set(people))


def let_witnesses_read(requests: Iterable[MeetingRequest], *, are_held: bool) -> None:
    """
    Let the witnesses of some requests read them, since they are seated now, or no longer, since the meeting is off.

    Parameters
    ----------
    are_held
        Whether the meetings are held now.
    """
    rows = [one for one in requests if one.colleagues]
    if not rows:
        return
    with acting_as_system("follow who comes along to a meeting"):
        keys = {key for row in rows for key in (row.sender_id, row.receiver_id, *row.colleagues)}
        known = Delegate.objects.filter(edition=rows[0].edition_id).in_bulk(keys)
        changed = []
        for row in rows:
            sides = {known[row.sender_id].organisation_id, known[row.receiver_id].organisation_id}
            along = [known[key] for key in row.colleagues if key in known]
            people = {one.person_id for one in along if one.organisation_id not in sides}
            readers = readers_without(row, people)
            if are_held:
                readers = sorted({*readers, *(f"person:{key}" for key in people)})
            if set(readers) != set(row.label_releasable_to):
                row.label_releasable_to = readers
                changed.append(row)
        MeetingRequest.objects.bulk_update(changed, ["label_releasable_to"], batch_size=500)


def let_go_from(question: Question, delegate: Delegate) -> list[CalendarEntry]:
    """
    Return, as cancelled, the meetings of a mail to which somebody came along and which they read no more.

    Their calendar has to take them out all the same. Why a meeting is off is not said: that is for who reads the request.
    """
    keys = question.details.get("entries", [])
    seen = set(CalendarEntry.objects.filter(pk__in=keys).values_list("pk", flat=True))
    if len(seen) == len(keys):
        return []
    me = [delegate.pk]
    was_along = Q(former__contains=me) | Q(
        request__colleagues__contains=me, status=CalendarEntry.Status.CANCELLED
    )
    with acting_as_system("follow who comes along to a meeting"):
        found = list(
            CalendarEntry.objects.filter(was_along, pk__in=keys)
            .exclude(pk__in=seen)
            .select_related("request", "slot", "place")
            .prefetch_related("place__wordings")
        )
    for entry in found:
        entry.status = CalendarEntry.Status.CANCELLED
        entry.request.answer = ""
    return found
