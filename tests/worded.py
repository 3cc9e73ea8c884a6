"""An edition in several languages, and its pages as a reader of one of them gets them."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Edition


def edition_in(languages: str, **facts: object) -> Rows:
    """Return an edition in these languages, written as in the form that sets it up."""
    made = make_edition()
    with acting_as_system("tests"):
        Edition.objects.filter(pk=made.edition.pk).update(languages=languages, **facts)
        made.edition.refresh_from_db()
    return made


def text(client: Client, address: str, language: str = "ro") -> str:
    """Return a page as a reader of a language gets it."""
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200, address
    return answer.content.decode()


def questions(client: Client, pages: list[str]) -> list[int]:
    """Return how often each of some pages asks the database."""
    found = []
    for page in pages:
        with CaptureQueriesContext(connection) as asked:
            text(client, page)
        found.append(len(asked))
    return found
