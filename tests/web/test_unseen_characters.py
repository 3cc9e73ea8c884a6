"""Characters that nobody sees come in by no way: forms take them out and say so, the API and imports refuse them."""

import pytest
from django.test import Client

from api.test_writes import NEED
from api_caller import caller_of
from apps.market.test_listings import published
from cast import Cast
from punte.apps.access.classified import ClassifiedError, refuse_classified, refuse_classified_file
from punte.apps.access.permissions import acting_as_system
from punte.apps.market.models import Listing, Relay
from punte.apps.meetings.import_cells import RowCells
from punte.kernel.errors import InvalidInputError, Problem
from signed_in import signed_in
from web.listings.test_pages import FORM

pytestmark = pytest.mark.django_db
SPOOFED = "Pod\u202e mobil\u200b \u0219i \U0001f468\u200d\U0001f469"
PLAIN = "Pod mobil \u0219i \U0001f468\u200d\U0001f469"


def test_a_form_takes_them_out_and_says_so(cast: Cast) -> None:
    client = signed_in(cast.authority)
    page = client.post("/needs/new/", FORM | {"title": SPOOFED}, follow=True).content.decode()
    assert "Characters that nobody sees were taken out" in page
    with acting_as_system("tests"):
        assert Listing.objects.get().title == PLAIN
    again = client.post("/needs/new/", FORM | {"title": PLAIN}, follow=True).content.decode()
    assert "nobody sees" not in again


def test_a_small_form_takes_them_out_too(cast: Cast) -> None:
    need = published(cast)
    signed_in(cast.company).post(f"/needs/{need.pk}/message/", {"text": SPOOFED, "thread": ""})
    with acting_as_system("tests"):
        assert Relay.objects.get().text == PLAIN


def test_a_password_is_no_text() -> None:
    answer = Client().post("/accounts/login/", {"login": "a@b.example", "password": "a\u200bb"})
    assert "nobody sees" not in answer.content.decode()


def test_the_api_refuses_them_by_name(cast: Cast) -> None:
    caller = caller_of(cast.authority)
    answer = caller.post("needs", NEED | {"title": SPOOFED})
    assert answer.status_code == 422, answer.content
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in answer.content.decode()


def test_a_row_of_an_import_names_its_column() -> None:
    problems: list[Problem] = []
    cells = RowCells(number=7, cells={"Why": SPOOFED}, mapping={"reason": "Why"}, problems=problems)
    assert cells.text("reason", most=600) is None
    assert "row 7, column Why" in str(problems[0])
    assert "U+202E" in str(problems[0])


def test_every_text_is_looked_at_and_no_file() -> None:
    with pytest.raises(InvalidInputError, match="title: holds a character that nobody sees"):
        refuse_classified("Form", [("title", SPOOFED)])
    with pytest.raises(ClassifiedError):
        refuse_classified("Form", [("title", "NATO\u200bSECRET")])
    refuse_classified_file("notes.txt", SPOOFED.encode())
