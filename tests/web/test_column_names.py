"""A column of a file is found by its name: no two columns of any export have the same one, in any language."""

import ast
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

import punte.web
from edition_rows import Rows, make_edition
from punte.web.tables import table_response
from signed_in import signed_in

SOURCE = Path(punte.web.__file__).parent


def literal(node: ast.expr) -> str | None:
    """Return the words of one column: a string, or a string to be translated."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
        node = node.args[0]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def column_lists() -> Iterator[tuple[str, list[str]]]:
    """Yield where the columns of an export are written down, and their words."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
                    name.lower() == "columns"
                ):
                    pass
                case ast.Call(
                    func=ast.Name(id="table_response" | "csv_response"), args=[_n, value, *_]
                ):
                    pass
                case _:
                    continue
            if isinstance(value, ast.List | ast.Tuple):
                words = [word for word in map(literal, value.elts) if word is not None]
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", words


LISTS = list(column_lists())


def test_the_exports_are_found() -> None:
    assert len(LISTS) >= 20
    assert any("organiser/figures.py" in where for where, _words in LISTS)


@pytest.mark.parametrize("language", ["en", "ro"])
@pytest.mark.parametrize(("where", "words"), LISTS, ids=[where for where, _words in LISTS])
def test_no_export_names_two_columns_alike(where: str, words: list[str], language: str) -> None:
    with translation.override(language):
        said = Counter(translation.gettext(word) for word in words)
    assert [name for name, count in said.items() if count > 1] == [], where


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_columns_that_people_named_are_told_apart(ending: str) -> None:
    answer = table_response(
        "t", ["Name", "Food", "Food", "food (2)"], [[1, 2, 3, 4]], ending=ending
    )
    if ending == "csv":
        head = next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        head = [str(cell.value) for cell in sheet[1]]
    assert head == ["Name", "Food", "Food (2)", "food (2) (2)"]


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.mark.django_db
def test_the_requests_name_both_organisations(rows: Rows) -> None:
    client: Client = signed_in(rows.organiser)
    file = client.get(f"/e/{rows.edition.slug}/all-requests/?as=csv").content.decode("utf-8-sig")
    first = next(csv.DictReader(io.StringIO(file)))
    assert first["From organisation"]
    assert first["To organisation"]
