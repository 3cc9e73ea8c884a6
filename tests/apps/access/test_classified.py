"""RESTRICTED and above is refused at every entry, and everyday words are not."""

import io
import zipfile
import zlib

import openpyxl
import pytest
from django.db import IntegrityError, transaction

from punte.apps.access.classified import (
    ClassifiedError,
    refuse_classified,
    refuse_classified_file,
)
from punte.kernel.markings import marking_in

MARKED = [
    "NATO RESTRICTED",
    "see annex (NATO Secret) for figures",
    "nato  confidential",
    "COSMIC TOP SECRET ATOMAL",
    "RESTREINT UE/EU RESTRICTED",
    "Très secret UE",
    "SECRET DE SERVICIU",
    "Strict secret de importanță deosebită",
    "VS-NUR FÜR DEN DIENSTGEBRAUCH",
    "VS-NfD",
    "ДЛЯ СЛУЖБОВОГО КОРИСТУВАННЯ",
    "Title\nSECRET\ntext",
    "// RESTRICTED // REL TO ROU",
    "R-UE/EU-R",
    "<slab:Classification>RESTRICTED</slab:Classification>",
]
FREE = [
    "NATO UNCLASSIFIED",
    "NATO Secretary General",
    "the EU restricted imports",
    "our trade secret is service",
    "Commercial in confidence",
    "access is restricted to the tables",
    "Drones, Stage 2: confidential computing",
    "<slab:Classification>UNCLASSIFIED</slab:Classification>",
    "NS 9000, NR. 5",
]


@pytest.mark.parametrize("text", MARKED)
def test_marked_text_is_refused_with_place_and_remedy(text: str) -> None:
    with pytest.raises(ClassifiedError, match=r"RESTRICTED or above") as stop:
        refuse_classified("New need", [("title", "fine"), ("summary", text)])
    assert "summary:" in str(stop.value)
    assert "title" not in str(stop.value)


@pytest.mark.parametrize("text", FREE)
def test_everyday_text_passes(text: str) -> None:
    assert marking_in(text) == ""
    refuse_classified("New need", [("summary", text)])


@pytest.mark.parametrize("text", ["NS", "NR", "NC", "CTS"])
def test_an_abbreviation_is_a_marking_of_a_text_and_no_marking_of_a_code(text: str) -> None:
    with pytest.raises(ClassifiedError, match="summary:"):
        refuse_classified("New need", [("summary", text)])
    refuse_classified("New need", [], codes=[("code", text)])
    refuse_classified_file("codes.xlsx", _workbook(cell=text))
    with pytest.raises(ClassifiedError):
        refuse_classified_file("codes.xlsx", _workbook(footer=text))


@pytest.mark.parametrize("text", ["SECRET", "NATO SECRET", "R-UE/EU-R"])
def test_a_code_is_no_place_for_a_marking(text: str) -> None:
    with pytest.raises(ClassifiedError, match="code:"):
        refuse_classified("New need", [], codes=[("code", text)])


def _zip(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return buffer.getvalue()


def _workbook(*, cell: str = "", footer: str = "", title: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B7"] = cell
    sheet.oddFooter.center.text = footer
    book.properties.title = title
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


UPLOADS = {
    "plain.txt": b"Notes\nSECRET\n",
    "utf16.txt": "NATO RESTRICTED".encode("utf-16"),
    "cp1250.csv": "a;STRICT SECRET DE IMPORTANŢĂ DEOSEBITĂ".encode("cp1250"),
    "NATO_RESTRICTED_plan.pdf": b"",
    "word.docx": _zip(
        word__document="<w:p><w:r><w:t>NATO </w:t></w:r><w:r><w:t>SECRET</w:t></w:r></w:p>"
    ),
    "header.docx": _zip(word__header1="<w:p><w:t>RESTRICTED</w:t></w:p>"),
    "cell.xlsx": _workbook(cell="NATO CONFIDENTIAL"),
    "footer.xlsx": _workbook(footer="EU RESTRICTED"),
    "title.xlsx": _workbook(title="NATO SECRET"),
    "plain.pdf": b"%PDF-1.4\n1 0 obj\nstream\nBT (NATO SECRET) Tj ET\nendstream",
    "deflated.pdf": b"%PDF-1.4\nstream\n"
    + zlib.compress(b"BT (NATO SECRET) Tj ET")
    + b"\nendstream",
    "label.xml": b"<l:Classification>SECRET</l:Classification>",
    "label.zip": _zip(label="<l:Classification>SECRET</l:Classification>"),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_marked_uploads_are_refused(name: str) -> None:
    with pytest.raises(ClassifiedError):
        refuse_classified_file(name, UPLOADS[name])


def test_unmarked_uploads_pass() -> None:
    refuse_classified_file(
        "requests.xlsx", _workbook(cell="Drones", footer="Page 1", title="Requests")
    )
    refuse_classified_file("requests.csv", b"from,to\nA,B\n")
    refuse_classified_file("broken.zip", b"PK\x03\x04 not an archive")
    refuse_classified_file("logo.png", bytes(range(256)) * 20)


@pytest.mark.django_db
def test_the_tables_refuse_what_passed_every_form(cast: object) -> None:
    from punte.apps.access.permissions import acting_as_system
    from punte.apps.people.models import Organisation

    del cast
    with acting_as_system("sample"):
        for about in (
            "Supplier of NATO RESTRICTED parts",
            "marked EU RESTRICTED",
            "secret de serviciu",
        ):
            with pytest.raises(IntegrityError, match="no classified"), transaction.atomic():
                Organisation.objects.update(about=about)
        Organisation.objects.update(about="The EU restricted imports; NATO UNCLASSIFIED")


@pytest.mark.parametrize(
    "text",
    [
        "NATO-SECRET",
        "NATO_CONFIDENTIAL",
        "**NATO** **RESTRICTED**",
        "NATO\u200bSECRET",
        "NA\u00adTO SEC\u00adRET",
        "\uff2e\uff21\uff34\uff2f \uff33\uff25\uff23\uff32\uff25\uff34",
        "NATO\u00a0\u2013\u00a0SECRET",
        "N A T O  S E C R E T",
        "S\u0332E\u0332C\u0332R\u0332E\u0332T\u0332 DE SERVICIU",
        "secret\u2011de\u2011serviciu",
    ],
)
def test_a_marking_in_disguise_is_still_one(text: str) -> None:
    assert marking_in(f"Annex 3, {text}, two pages")


@pytest.mark.parametrize(
    "text",
    [
        "Romania joined NATO. Secret ballots are held.",
        "a b c d e f g",
        "The NATO-led mission; a secret-free build",
        "Ștefan și Țepeș: capacități",
        "\u0414\u043b\u044f \u0441\u043f\u0456\u0432\u043f\u0440\u0430\u0446\u0456",
    ],
)
def test_what_is_no_marking_passes(text: str) -> None:
    assert not marking_in(text)
