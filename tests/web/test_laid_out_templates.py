"""Laying a template out changes its lines and nothing that a reader sees."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from lay_out_templates import laid_out  # noqa: E402
from template_tokens import tokens_of  # noqa: E402

PAGES = sorted((ROOT / "src/punte").glob("**/templates/**/*.html"))
LONG = "word " * 20


def test_every_template_is_laid_out_already() -> None:
    assert len(PAGES) > 200
    wrong = [path.name for path in PAGES if laid_out(path.read_text()) != path.read_text()]
    assert not wrong, f"run python tools/lay_out_templates.py: {wrong}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_but_white_space_is_touched(path: Path) -> None:
    text = path.read_text()
    in_one_line = "".join(" " if token.kind == "space" else token.text for token in tokens_of(text))
    again = laid_out(in_one_line)

    def words(one: str) -> list[str]:
        return [token.text for token in tokens_of(one) if token.kind != "space"]

    assert words(again) == words(text)
    assert "".join(again.split()) == "".join(text.split())
    assert "".join(laid_out(" ".join(text.split("\n"))).split()) == "".join(text.split())
    assert laid_out(again) == again


def test_a_row_stands_cell_below_cell() -> None:
    cells = "".join(f'<td class="n">{{{{ row.number_{n} }}}}</td>' for n in range(6))
    text = laid_out(f"<table>{{% for row in rows %}}<tr>{cells}</tr>{{% endfor %}}</table>")
    assert text.split("\n")[:4] == [
        "<table>",
        "  {% for row in rows %}",
        "    <tr>",
        '      <td class="n">{{ row.number_0 }}</td>',
    ]


def test_a_short_line_stays_as_it_is() -> None:
    text = "<p>One <b>two</b></p>\n\n<ul><li>three</li></ul>\n"
    assert laid_out(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"<p>{LONG}<b>{LONG}</b><i>{LONG}</i>.</p>",
        f"<b>{LONG}</b>{{% if a %}}<div>x</div>{{% endif %}}<i>{LONG}</i>",
        f"{{{{ a }}}}{{% if b %}}<p>x</p>{{% endif %}}{{% if c %}}<p>y</p>{{% endif %}}<i>{LONG}</i>",
        f"<td>{{% if a %}}<b>{LONG}</b><i>{LONG}</i>{{% endif %}}</td>",
        f'<aside class="panel">{{% if a %}}<p>{LONG}</p><p>{LONG}</p>{{% endif %}}</aside>',
        f'<a title="{LONG}{LONG}">x</a><b>y</b>',
        '<a{% if a %} rel="{% if b %}c{% else %}d{% endif %}"{% endif %}>x</a>' * 3,
        "{% blocktranslate %}" + LONG * 3 + "{% endblocktranslate %}<b>y</b>",
        f"<pre>  {LONG}\n   {LONG}</pre><b>{LONG}</b><i>y</i>",
    ],
)
def test_no_white_space_is_put_where_it_would_show(text: str) -> None:
    """Between inline elements, in an element that a condition may leave empty, in a value, in a message."""
    again = laid_out(text)
    tight = [
        (one.text, other.text)
        for one, other in zip(tokens_of(text), tokens_of(text)[1:], strict=False)
        if "space" not in {one.kind, other.kind}
    ]
    shown = ("<b", "<i", "</b", "</i", "{% if", "{% endif", "{{", "</td", "</aside")
    for one, other in tight:
        if other.startswith(shown) and not one.startswith(("<p", "<div", "</p", "</div")):
            assert f"{one}{other}" in again, f"{one} and {other} are apart"


def test_a_block_may_not_be_what_stands_before_it() -> None:
    """Where no branch is taken, white space between two conditions would stand between two words."""
    text = f"{{{{ a }}}}{{% if b %}}<p>{LONG}</p>{{% endif %}}{{% if c %}}<p>{LONG}</p>{{% endif %}}{{{{ d }}}}"
    again = laid_out(text)
    assert "{% endif %}{% if c %}" in again
    assert "{{ a }}{% if b %}" in again


def test_a_snippet_without_a_last_line_end_keeps_none() -> None:
    assert laid_out("{{ word }}") == "{{ word }}"
    assert laid_out("{{ word }}\n") == "{{ word }}\n"
