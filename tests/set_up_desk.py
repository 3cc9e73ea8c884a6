"""Who sets editions up, and the facts of one as they are written into the form of a new edition."""

from django.test import Client

from cast import Cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.people.models import Grant
from signed_in import signed_in

FACTS = {
    "forum": "Forum",
    "name": "Chișinău 2027",
    "theme": "A bridge",
    "city": "Chișinău",
    "venue": "Hall",
    "starts_on": "2027-05-10",
    "ends_on": "2027-05-11",
    "time_zone": "Europe/Chisinau",
    "languages": "en, ro",
    "request_quota": "8",
}


def organiser_anywhere(cast: Cast) -> Client:
    """Return a client of the cast's organiser, who may now set up any edition."""
    with acting_as_system("tests"):
        Grant.objects.create(person=cast.organiser.person, right="organise", edition_id=None)
    return signed_in(cast.organiser)


def make(client: Client) -> str:
    """Make an edition of the facts, and return the address of its set-up."""
    answer = client.post("/editions/new/", FACTS)
    assert answer.status_code == 302
    return str(answer["Location"])
