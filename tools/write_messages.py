"""
Gather every marked string into the catalogues: ``make messages``.

Babel reads Python and, through Django's own templatize, templates. New strings appear empty in each
``.po``; those that are gone leave. ``--check`` writes nothing and says what is missing.
"""

import io
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "punte"
LOCALES = SOURCE / "web" / "locale"
COMPLETE = ("ro",)
Keywords = Mapping[str, object]
Tags = Collection[str]
KEYWORDS: Keywords = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
    # Sentences of the engines, which know nothing of Django.
    "say": None,
    "template_of": None,
}


def extract_template(
    stream: io.BufferedIOBase, keywords: Keywords, comment_tags: Tags, options: dict[str, str]
) -> Iterable[tuple[object, ...]]:
    """Yield the messages of one Django template, as Babel's extraction methods do."""
    code = templatize(stream.read().decode("utf-8"))
    # What stands around a message is blotted out, not taken out: its indentation means nothing in Python.
    code = "\n".join(line.lstrip() for line in code.split("\n"))
    return extract_python(io.BytesIO(code.encode("utf-8")), keywords, comment_tags, options)


def gather(source: Path = SOURCE) -> Catalog:
    """Return every marked string of the product's Python and templates."""
    catalogue = Catalog(charset="utf-8")
    for path in sorted([*source.rglob("*.py"), *source.rglob("*.html"), *source.rglob("*.txt")]):
        if "locale" in path.parts or (path.suffix == ".txt" and "templates" not in path.parts):
            continue
        method = extract_python if path.suffix == ".py" else extract_template
        with path.open("rb") as stream:
            for _line, message, _comments, context in extract(method, stream, keywords=KEYWORDS):
                if message and message[0] if isinstance(message, tuple) else message:
                    catalogue.add(message, context=context)
    return catalogue


def _catalogue_path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def faults(strings: Catalog) -> Iterator[str]:
    """Yield what keeps a complete language from being complete: missing, empty, fuzzy, left over."""
    for language in COMPLETE:
        with _catalogue_path(language).open("rb") as stream:
            known = read_po(stream, locale=language)
        for message in strings:
            if not message.id:
                continue
            found = known.get(message.id, message.context)
            if found is None or not _is_translated(found.string):
                yield f"{language}: not translated: {message.id!r}"
            elif found.fuzzy:
                yield f"{language}: fuzzy: {message.id!r}"
            elif set("şţŞŢ") & set("".join(_forms(found.string))):
                yield f"{language}: cedilla where the comma belongs: {message.id!r}"
        for message in known:
            if message.id and strings.get(message.id, message.context) is None:
                yield f"{language}: no longer used: {message.id!r}"


def _forms(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def _is_translated(string: str | tuple[str, ...]) -> bool:
    return bool(string) and all(_forms(string))


def update(language: str, strings: Catalog) -> int:
    """Bring one catalogue up to date and return how many of its strings wait for a translation."""
    path = _catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as stream:
            known = read_po(stream, locale=language)
    fresh = Catalog(locale=language, charset="utf-8", fuzzy=False, project="Punte", version="1")
    fresh.header_comment = "# Strings of Punte, gathered by `make messages`."
    fresh.creation_date = fresh.revision_date = None
    waiting = 0
    for message in strings:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        string = old.string if old is not None and not old.fuzzy else None
        waiting += not (string and _is_translated(string))
        fresh.add(message.id, string, flags=message.flags, context=message.context)
    stream = io.BytesIO()
    write_po(stream, fresh, width=110, no_location=True, sort_output=True, omit_header=False)
    lines = stream.getvalue().decode("utf-8").splitlines(keepends=True)
    kept = [
        line
        for line in lines
        if not line.startswith(
            ('"POT-Creation', '"PO-Revision', '"Generated-By', '"Last-Tr', '"Language-Team')
        )
    ]
    path.write_text("".join(kept), encoding="utf-8")
    return waiting


def main() -> int:
    """Write the catalogues, or with ``--check`` only say what is missing."""
    strings = gather()
    if "--check" in sys.argv[1:]:
        found = list(faults(strings))
        print("\n".join(found) or f"{len(strings)} strings, all translated.")
        return 1 if found else 0
    # The strings themselves are English; a folder, such as locale/fr, begins a language.
    for language in sorted(path.name for path in LOCALES.iterdir() if path.is_dir()):
        waiting = update(language, strings)
        print(f"{language}: {len(strings)} strings, {waiting} wait for a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
