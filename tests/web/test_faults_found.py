"""Which field a fault leads to: by its label, its row and its table, or what was typed; and none is blamed where that is not sure."""

import pytest

from faults_told import told_on
from punte.web.faults.summary import with_summary

PAGE = """<title>A page</title><main><div class="wrap"><div data-faults><ul><li>{fault}</li></ul></div>
<form method="get"><input name="q" aria-label="Amount"></form>
<form method="post"><div class="field"><label for="a">Begins</label><input id="a" name="begins" value="soon"></div>
<div role="group" aria-label="Budgets"><table><tr><td><input name="b-0" aria-label="Name 1"></td></tr></table></div>
<div role="group" aria-label="Projects"><table><tr><td><input name="p-0" aria-label="Name 1"></td>
<td><input name="c-0" aria-label="Cost of issue, % 1"></td></tr></table></div>
<label><input type="checkbox" name="agreed"> I agree</label><button name="do" value="one">Go</button></form>
<form method="post"><div class="field"><label for="e">Ends</label><textarea id="e" name="ends">late</textarea></div>
<button name="do" value="two">Go</button></form></div></main>"""


@pytest.mark.parametrize(
    ("fault", "sent", "field", "is_sure"),
    [
        ("Begins: is empty.", {"begins": "", "do": "one"}, "begins", True),
        ("“soon” is no day.", {"begins": "soon", "do": "one"}, "begins", True),
        ("Budget 1, Name: is empty.", {"begins": "", "do": "one"}, "b-0", True),
        ("Projects, row 1, Name: is empty.", {"begins": "", "do": "one"}, "p-0", True),
        ("Project 1, Cost of issue, %: no.", {"begins": "", "do": "one"}, "c-0", True),
        ("Say that I agree.", {"begins": "", "do": "one"}, "agreed", True),
        ("“late” is no time.", {"ends": "late", "do": "two"}, "ends", True),
        ("Name 1, or Begins?", {"begins": "", "do": "one"}, "begins", False),
        ("Too many ask at once.", {"ends": "", "do": "two"}, "ends", False),
    ],
)
def test_the_field_of_a_fault(
    fault: str, sent: dict[str, str], field: str, *, is_sure: bool
) -> None:
    page = with_summary(PAGE.replace("{fault}", fault), sent)
    (told,) = told_on(page)
    assert told.words == fault
    assert (told.field, told.is_marked) == (field, is_sure)
    assert any(one.startswith(fault) for one in told.described) == is_sure
    assert "data-faults" not in page, "told once, at the top"


def test_a_fault_of_no_form_leads_nowhere() -> None:
    page = "<title>x</title><main><div data-faults><p>It is gone.</p></div></main>"
    (told,) = told_on(with_summary(page, {}))
    assert (told.words, told.field) == ("It is gone.", "")
