"""Why something was refused is said in the reader's language, and in one place."""

from pathlib import Path

import pytest
from django.utils.translation import override

import punte.web
from punte.apps.access.classified import refuse_classified
from punte.kernel.errors import InvalidInputError, Problem, PunteError
from punte.web.refusals import refusal

WEB = Path(punte.web.__file__).parent


def _refused(title: str) -> InvalidInputError:
    with pytest.raises(InvalidInputError) as caught:
        refuse_classified("Cererea", [("titlu", title)])
    return caught.value


def test_an_inputs_problems_are_told_in_the_readers_language() -> None:
    with override("ro"):
        told = refusal(_refused("NATO SECRET: un plan"))
    assert "titlu" in told
    assert "NATO SECRET" in told
    assert "was refused" not in told
    assert "problem:" not in told


def test_a_sentence_for_people_stays_as_it_is() -> None:
    assert refusal(PunteError("Every seat is taken.")) == "Every seat is taken."


def test_no_more_problems_are_told_than_a_page_can_hold() -> None:
    many = [Problem(place=f"row {n}", what="is empty.") for n in range(500)]
    told = refusal(InvalidInputError("people.csv", many))
    assert told.count("is empty.") == InvalidInputError.SHOWN
    assert "450" in told  # how many more there are


@pytest.mark.parametrize("source", sorted(WEB.rglob("*.py")), ids=lambda path: path.name)
def test_no_page_shows_the_text_for_a_terminal(source: Path) -> None:
    if source.name == "refusals.py":
        return
    written = source.read_text(encoding="utf-8")
    assert "messages.error(request, str(" not in written
    assert "refused=str(error)" not in written
