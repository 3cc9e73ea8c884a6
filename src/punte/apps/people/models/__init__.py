"""Rows of who is who: organisations, persons, delegations, rights."""

from punte.apps.people.models.delegation import Delegation, Nomination
from punte.apps.people.models.grant import Grant, Right
from punte.apps.people.models.organisation import Organisation
from punte.apps.people.models.person import Membership, Person

__all__ = [
    "Delegation",
    "Grant",
    "Membership",
    "Nomination",
    "Organisation",
    "Person",
    "Right",
]
