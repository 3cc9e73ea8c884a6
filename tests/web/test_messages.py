"""Every string is marked, and Romanian is complete."""

import re
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import write_messages  # noqa: E402
from punte.web.ui.catalogues import compile_stale_catalogues  # noqa: E402

TEMPLATES = sorted(write_messages.SOURCE.rglob("templates/**/*.html"))
# What a template may say outside a marked string: the name of the product, and signs without a language.
BARE = {"Punte", "CSV", "XLSX", "JSON", "XML", "ICS", "PDF", "EN", "RO", "TLP:GREEN", "UTC", "·"}
PIECES_PAGE = {
    "Carpat Optics",
    "Orhei Textil",
    "RO",
    "MD",
    "UA",
    "B2G",
    "B2B",
    "G2G",
    "Tab",
    "Enter",
}
HIDDEN = (
    re.compile(r"{%\s*block \w*width\s*%}.*?{%\s*endblock\s*%}"),
    re.compile(r"{%\s*comment.*?endcomment\s*%}", re.DOTALL),
    re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL),
    re.compile(r"{#.*?#}", re.DOTALL),
    re.compile(r"<(script|style|code|pre|kbd)\b[^>]*>.*?</\1>", re.DOTALL),
    re.compile(r'<p [^>]*lang="(?:ro|uk)">.*?</p>', re.DOTALL),
    re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL),
    re.compile(r"<!--.*?-->", re.DOTALL),
)
SPOKEN = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"{}]*)"')


def bare_words(template: str) -> list[str]:
    """Return the words of a template that no translator would see."""
    for hidden in HIDDEN:
        template = hidden.sub("\x00", template)
    spoken = [text for text in SPOKEN.findall(template) if re.search(r"[^\W\d_]{2}", text)]
    text = re.sub(r"<[^>]*>", "\x00", template)
    parts = [part.strip(" \n·,:;.()") for part in re.split(r"[\x00]", text)]
    return spoken + [part for part in parts if re.search(r"[^\W\d_]{2}", part) and "&" not in part]


def test_a_bare_word_is_found() -> None:
    assert bare_words("<p>Hello</p>") == ["Hello"]
    assert bare_words('<p aria-label="Hello">{% translate "Hello" %}</p>') == ["Hello"]
    assert bare_words("{% blocktranslate %}Hello{% endblocktranslate %}{{ name }} 12 · ✓") == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_has_no_bare_word(path: Path) -> None:
    allowed = BARE | (PIECES_PAGE if path.name == "pieces.html" else set())
    found = [word for word in bare_words(path.read_text("utf-8")) if word not in allowed]
    assert [word for word in found if not re.fullmatch(r"[\w\s]*Системи|[·\d ,.]+", word)] == []


def test_romanian_is_complete() -> None:
    found = list(write_messages.faults(write_messages.gather()))
    assert found == [], "Run `make messages` and translate what is new."


def test_faults_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_messages, "LOCALES", tmp_path)
    folder = tmp_path / "ro" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "one"\nmsgstr ""\n\n#, fuzzy\nmsgid "two"\nmsgstr "doi"\n\n'
        'msgid "three"\nmsgstr "ştiu"\n\nmsgid "gone"\nmsgstr "dus"\n',
        encoding="utf-8",
    )
    strings = Catalog()
    for text in ("one", "two", "three", "four"):
        strings.add(text)
    found = list(write_messages.faults(strings))
    assert [fault.split(": ")[1] for fault in found] == [
        "not translated",
        "fuzzy",
        "cedilla where the comma belongs",
        "not translated",
        "no longer used",
    ]


def test_catalogues_compile_once(tmp_path: Path) -> None:
    folder = tmp_path / "ro" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid "one"\nmsgstr "unu"\n', encoding="utf-8")
    assert compile_stale_catalogues(tmp_path) == [folder / "django.mo"]
    assert compile_stale_catalogues(tmp_path) == []
