"""The waiting list of an edition: who was put on it first is first, and moves up first."""

from django.db.models import QuerySet

from punte.apps.forum.models import Application, Edition


def waiting_list(edition: Edition) -> QuerySet[Application]:
    """Return the applications on the waiting list in their order."""
    return Application.objects.filter(edition=edition, state=Application.State.LISTED).order_by(
        "decided_at", "pk"
    )


def place_of(application: Application) -> int | None:
    """Return the place of an application on the waiting list, from 1; None where it is not on it."""
    if application.state != Application.State.LISTED:
        return None
    keys = list(waiting_list(application.edition).values_list("pk", flat=True))
    return keys.index(application.pk) + 1 if application.pk in keys else None
