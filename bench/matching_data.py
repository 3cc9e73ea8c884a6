"""The data of bench/matching.py, split by hash of the id: a half to tune on, a half to report."""

import csv
import gzip
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from punte.engines.matching.instance import Item
from punte.engines.matching.thesaurus import Lines
from punte.formats.cpv import read_cpv

FOLDER = (
    Path(
        os.environ.get("PUNTE_SHARED_DATA")
        or Path(__file__).resolve().parents[2] / "shared" / "data"
    )
    / "matching"
)


def hash_of(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest()[:12], 16)


def is_development(name: str) -> bool:
    return hash_of(name) % 2 == 0


def cpv_lines() -> Lines:
    return read_cpv(FOLDER / "cpv2008_26lang.tsv.gz")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Codes in order of their hash: the first 1,000 are reported on, the next 1,000 tuned on."""

    test: tuple[str, ...]
    development: tuple[str, ...]
    rest: tuple[str, ...]


def held_out_codes(lines: Lines) -> HeldOut:
    codes = sorted(lines.codes, key=hash_of)
    return HeldOut(
        test=tuple(codes[:1000]), development=tuple(codes[1000:2000]), rest=tuple(codes[2000:])
    )


def without_codes(lines: Lines, left_out: tuple[str, ...]) -> Lines:
    kept = [at for at, code in enumerate(lines.codes) if code not in set(left_out)]
    return Lines(
        codes=tuple(lines.codes[at] for at in kept),
        labels={
            lang: tuple(cells[at] for at in kept) for lang, cells in sorted(lines.labels.items())
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Needs, offers and which offers fit; ``counted`` are the needs a figure is made of."""

    name: str
    needs: tuple[Item, ...]
    offers: tuple[Item, ...]
    relevant: dict[str, dict[str, float]]

    def counted(self, half: str) -> dict[str, dict[str, float]]:
        """Return the judgements of one half: ``development``, ``test`` or ``whole``."""
        return {
            need: offers
            for need, offers in self.relevant.items()
            if half == "whole" or is_development(need) == (half == "development")
        }


def cpv_task(lines: Lines, codes: tuple[str, ...], lang: str, name: str) -> Task:
    place = {code: at for at, code in enumerate(lines.codes)}
    return Task(
        name=name,
        needs=tuple(Item(id=code, title=lines.labels[lang][place[code]]) for code in codes),
        offers=tuple(Item(id=code, title=lines.labels["en"][place[code]]) for code in codes),
        relevant={code: {code: 1.0} for code in codes},
    )


def _definitions() -> list[dict[str, str]]:
    with gzip.open(FOLDER / "eforms_definitions_23lang.tsv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def definitions_task(lang: str) -> Task:
    rows = _definitions()
    return Task(
        name=f"eForms {lang} -> en",
        needs=tuple(Item(id=row["key"], text=row[lang]) for row in rows),
        offers=tuple(Item(id=row["key"], text=row["en"]) for row in rows),
        relevant={row["key"]: {row["key"]: 1.0} for row in rows},
    )


def _json_lines(name: str) -> list[dict[str, str]]:
    with gzip.open(FOLDER / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def sbir_task(offers: int) -> Task:
    """Topic objectives against award abstracts, titles hidden; the judged half of the pairs."""
    relevant: dict[str, dict[str, float]] = {}
    for row in (FOLDER / "sbir_dod_qrels.tsv").read_text().splitlines()[1:]:
        need, offer, _ = row.split()
        relevant.setdefault(need, {})[offer] = 1.0
    return Task(
        name=f"SBIR, {offers:,} offers",
        needs=tuple(
            Item(id=row["id"], lang="en", text=row["objective"])
            for row in _json_lines("sbir_dod_needs.jsonl.gz")
            if row["id"] in relevant
        ),
        offers=tuple(
            Item(id=row["id"], lang="en", text=row["abstract"])
            for row in _json_lines("sbir_dod_offers.jsonl.gz")[:offers]
        ),
        relevant=relevant,
    )
