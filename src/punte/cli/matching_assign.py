"""``punte matching assign`` and ``suggest-codes``."""

import json
import time
from pathlib import Path

import click

from punte import __version__
from punte.cli.main import EXIT_DONE, EXIT_OUR_FAULT
from punte.cli.parameters import INPUT, OUTPUT
from punte.engines.matching.assign import assign
from punte.engines.matching.assignment import AssignmentQuestion, Candidate, check_assignment
from punte.engines.matching.prepared import full_text
from punte.formats.assignment import assignment_record, read_quotas, refuse_unknown
from punte.formats.cpv import READY_FILE, read_thesaurus
from punte.formats.matching import content_sha256, read_items
from punte.formats.rankings import read_ranking
from punte.formats.vector_cache import data_folder
from punte.formats.writing import write_bytes, write_json
from punte.kernel.errors import PunteError


@click.command(name="assign")
@click.argument("matches", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, required=True, help="The assignment as JSON.")
@click.option("--per-need", type=click.IntRange(0, 10_000), default=3, show_default=True)
@click.option("--per-offer", type=click.IntRange(0, 10_000), default=6, show_default=True)
@click.option(
    "--floor",
    type=click.IntRange(0, 5),
    default=1,
    show_default=True,
    help="Offers each need should have before any need gets more.",
)
@click.option("--quotas", type=INPUT, help="Quotas of single needs and offers, as JSON.")
def assign_command(
    *, matches: Path, output: Path, per_need: int, per_offer: int, floor: int, quotas: Path | None
) -> int:
    """Choose pairs from a ranking (MATCHES) within quotas, fair and of the greatest worth."""
    started = time.monotonic()
    pairs = read_ranking(matches).pairs()
    needs, offers = read_quotas(quotas) if quotas else ({}, {})
    if quotas:
        refuse_unknown(quotas, needs, offers, pairs)
    question = AssignmentQuestion(
        candidates=tuple(
            Candidate(need_id=need, offer_id=offer, score=score) for need, offer, score in pairs
        ),
        per_need=per_need,
        per_offer=per_offer,
        floor=floor,
        need_quotas=needs,
        offer_quotas=offers,
    )
    answer = assign(question)
    problems = check_assignment(question, answer)
    assert not problems, problems[:3]
    record = assignment_record(question, answer)
    record["input_sha256"] = content_sha256([matches, quotas] if quotas else [matches])
    record["engine"] = f"punte {__version__}"
    record["seed"] = None  # nothing of it is drawn
    record["runtime_s"] = round(time.monotonic() - started, 3)
    write_json(output, record)
    below = sum(r.offers < min(floor, question.need_quota(r.need_id)) for r in answer.regrets)
    worst = max((regret.value for regret in answer.regrets), default=0.0)
    click.echo(
        f"{len(answer.pairs):,} pairs, {answer.status}: worth {answer.worth:.4f}, "
        f"{sum(r.value for r in answer.regrets):.4f} given up in all, {worst:.4f} by the worst off; "
        f"{below:,} needs below the floor of {floor}.",
        err=True,
    )
    return EXIT_DONE if answer.status == "optimal" else EXIT_OUR_FAULT


@click.command(name="suggest-codes")
@click.argument("items", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, help="JSON lines; printed when not given.")
@click.option("--top", type=click.IntRange(1, 100), default=5, show_default=True)
def suggest_command(*, items: Path, output: Path | None, top: int) -> int:
    """Suggest CPV codes for each of ITEMS (JSON lines): a hint to a person, never a filter."""
    thesaurus = read_thesaurus(data_folder() / READY_FILE)
    if thesaurus is None:
        raise PunteError(
            "Codes were asked for, but no CPV vocabulary was imported. Run punte data import cpv FILE first."
        )
    place_of = {code: at for at, code in enumerate(thesaurus.lines.codes)}
    lines = []
    for item in read_items(items):
        found = thesaurus.suggest(full_text(item), top=top)
        for position, (code, similarity) in enumerate(found, start=1):
            record = {
                "id": item.id,
                "rank": position,
                "code": code,
                "label": thesaurus.lines.label(place_of[code], item.lang),
                "similarity": round(similarity, 6),
            }
            lines.append(json.dumps(record, ensure_ascii=False))
    text = "".join(f"{line}\n" for line in lines)
    if output:
        write_bytes(output, text.encode())
    else:
        click.echo(text, nl=False)
    return EXIT_DONE
