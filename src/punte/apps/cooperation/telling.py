"""Whom to tell of something: persons who see it in their own name, and nobody else."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from punte.apps.access.models import Walled
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person


def persons_who_see(ids: Iterable[UUID], model: type[Walled], key: Any) -> list[Person]:  # noqa: ANN401  (a primary key)
    """Return those of the persons that see a row, each asked in their own name."""
    with acting_as_system("find who is told"):
        persons = list(
            Person.objects.filter(
                pk__in=set(ids), erased_at__isnull=True, merged_into__isnull=True
            ).select_related("account")
        )
    return [person for person in persons if sees(person, model, key)]


def sees(person: Person, model: type[Walled], key: Any) -> bool:  # noqa: ANN401  (a primary key)
    """Return whether a person sees a row."""
    with acting(subject_of_person(person.pk)):
        return model.objects.filter(pk=key).exists()
