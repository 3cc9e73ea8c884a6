"""``punte eligibility``: is it eligible, why, what would mend it, and who could do it together."""

import hashlib
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click

from punte.cli.parameters import INPUT, OUTPUT, InputFile
from punte.engines.eligibility.check import check as check_verdict
from punte.engines.eligibility.compose import compose as compose_consortia
from punte.engines.eligibility.consortium import Composition, Consortium, RankBy
from punte.engines.eligibility.result import Margin, Reading, Reason, State, Verdict
from punte.engines.eligibility.solve import solve
from punte.formats.eligibility import (
    composition_record,
    parse_case,
    parse_question,
    verdict_record,
)
from punte.formats.eligibility_rules import SHIPPED, rule_set, shipped_countries
from punte.formats.reading import read_bytes
from punte.formats.writing import write_json

MARKS: Final[dict[State, str]] = {"eligible": "yes", "not": "NO ", "unknown": "?  "}
_DATE = click.DateTime(formats=["%Y-%m-%d"])
_RULES = click.option(
    "--rules",
    "rules_name",
    default="SAFE",
    show_default=True,
    type=InputFile(),
    help="A shipped rule set, or a file.",
)
_ON = click.option("--on", type=_DATE, help="Day of signature; else the case's own, else today.")
_OUT = click.option("-o", "--output", type=OUTPUT, help="Write the answer here.")


@click.group(name="eligibility")
def group() -> None:
    """Funding rules: check a case, compose a consortium, show the rules."""


@group.command()
@click.argument("case_file", type=INPUT)
@_RULES
@_ON
@_OUT
def check(case_file: Path, rules_name: str, on: datetime | None, output: Path | None) -> None:
    """Judge CASE_FILE; exit 0 when it is eligible, 1 when it is not or cannot be known."""
    content = read_bytes(case_file)
    countries, rules = shipped_countries(), rule_set(rules_name)
    case = parse_case(content, countries, source=str(case_file), rules=rules)
    day = on.date() if on else case.contract_date or date.today()  # noqa: DTZ011 - the user's own day
    started = time.perf_counter()
    verdict = solve(case, rules, countries, on=day)
    found = check_verdict(verdict, case, rules, countries)
    if found.violations:
        raise RuntimeError(f"the verdict did not pass its own check: {found.violations[0]}")
    if output is not None:
        sha256 = hashlib.sha256(content).hexdigest()
        runtime_s = time.perf_counter() - started
        record = verdict_record(verdict, input_sha256=sha256, runtime_s=runtime_s)
        write_json(output, {**record, "seed": None})  # nothing of it is drawn
    click.echo("\n".join(_verdict_lines(verdict, case.name or case_file.name)))
    raise click.exceptions.Exit(0 if verdict.state == "eligible" else 1)


def _verdict_lines(verdict: Verdict, name: str) -> Iterator[str]:
    words = {
        "eligible": "eligible",
        "not": "not eligible",
        "unknown": "not known yet, it depends on what is open",
    }
    yield f"{name}: {words[verdict.state]} under {verdict.rules} if signed on {verdict.on}"
    for reading in verdict.readings:
        yield from _reading_lines(reading)
    if verdict.missing:
        yield "Still to be known:"
        yield from (f"  {place}" for place in verdict.missing)
    if len(verdict.periods) > 1:
        yield "On other days:"
        for period in verdict.periods:
            because = f" ({'; '.join(period.because)})" if period.because else ""
            yield f"  from {period.first}: {words[period.state]}{because}"


def _reading_lines(reading: Reading) -> Iterator[str]:
    yield f"Read as category {reading.category}:"
    for reason in reading.reasons:
        yield from _reason_lines(reason, 1)
    for reason in reading.advice:
        yield f"  advice: {'; '.join(line.strip() for line in _reason_lines(reason, 0))}"
    if reading.state == "not":
        yield f"  {_fix_head(reading)}"
        yield from (f"    - {change.text} [{change.place}]" for change in reading.fix or ())


def _fix_head(reading: Reading) -> str:
    """Say what is known of the change that mends a reading."""
    least = reading.fewest_steps
    if least is None:
        return "No change of the case removes every no."
    if reading.fix is None:
        return f"No change was found in the work allowed; it takes at least {least} steps."
    if len(reading.fix) == least:
        return "Smallest change that removes every no:"
    return (
        f"A change that removes every no, in {len(reading.fix)} steps; at least {least} are needed, "
        "and whether fewer would do was not settled in the work allowed:"
    )


def _reason_lines(reason: Reason, depth: int) -> Iterator[str]:
    pad = "  " * depth
    unseen = "" if reason.verified else " [source not verified]"
    head = f"{reason.title} ({reason.article}){unseen}: " if reason.title else ""
    slack = ""
    if reason.margin is not None and reason.margin.unit == "share":
        slack = f" [margin {reason.margin.slack:+.2%}{_slack_money(reason.margin)}]"
    parts = reason.parts
    if reason.state == "eligible" and any(part.state != "eligible" for part in parts):
        # One way is open, so the others do not matter to the reader; the answer file has them all.
        parts = tuple(part for part in parts if part.state == "eligible")
    if not head and reason.text in {"any of", "all of"} and len(parts) == 1:
        yield from _reason_lines(parts[0], depth)
        return
    yield f"{pad}{MARKS[reason.state]} {head}{reason.text}{slack}"
    for part in parts:
        yield from _reason_lines(part, depth + 1)


def _slack_money(margin: Margin) -> str:
    money = margin.slack_money
    if money is None:
        return ""
    return f"; replace {-money}" if money.cents < 0 else f"; {money} of room"


@group.command()
@click.argument("question_file", type=INPUT)
@_RULES
@_ON
@click.option(
    "--rank-by",
    type=click.Choice(["match", "price", "home_share", "small_share"]),
    default="match",
    show_default=True,
)
@click.option("--top", type=click.IntRange(1, 100), default=5, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@_OUT
def compose(
    question_file: Path,
    rules_name: str,
    on: datetime | None,
    rank_by: RankBy,
    top: int,
    seed: int,
    output: Path | None,
) -> None:
    """Find the consortia that can fill the need in QUESTION_FILE; exit 1 when there is none."""
    content = read_bytes(question_file)
    rules = rule_set(rules_name)
    question = parse_question(content, source=str(question_file), rules=rules)
    day = on.date() if on else date.today()  # noqa: DTZ011 - the user's own day
    started = time.perf_counter()
    answer = compose_consortia(
        question,
        rules,
        shipped_countries(),
        on=day,
        rank_by=rank_by,
        top=top,
        seed=seed,
        source=str(question_file),
    )
    runtime_s = time.perf_counter() - started
    if output is not None:
        sha256 = hashlib.sha256(content).hexdigest()
        record = composition_record(answer, input_sha256=sha256, runtime_s=runtime_s, seed=seed)
        write_json(output, record)
    click.echo("\n".join(_composition_lines(answer)))
    raise click.exceptions.Exit(0 if answer.consortia else 1)


def _composition_lines(answer: Composition) -> Iterator[str]:
    for rank, consortium in enumerate(answer.consortia, start=1):
        yield _consortium_line(rank, consortium)
    if answer.consortia:
        complete = "nothing better exists" if answer.status == "optimal" else "search was cut off"
        yield f"{len(answer.consortia)} shown, best first; {complete}."
        return
    yield "No consortium meets the rules for certain."
    for partner in answer.missing:
        yield (
            f"  missing: a {partner.role} for {partner.part}, established, managed and controlled in "
            f"{', '.join(partner.zones)}, with about {float(partner.share):.0%} of the price"
        )
    yield from (f"  {line}" for line in answer.unmet)
    for miss in answer.near:
        yield f"  close: {miss.offer}: {'; '.join(miss.failures) or 'only other parts are missing'}"


def _consortium_line(rank: int, found: Consortium) -> str:
    outside = "" if found.outside_share is None else f", outside {float(found.outside_share):.1%}"
    fragile = ", ".join(found.fragile_without) or "nobody"
    return (
        f"{rank:2}. {found.lead} leads {', '.join(found.members[1:]) or 'alone'}: {found.price}, "
        f"match {float(found.match):.3f}, home {float(found.home_share):.0%}{outside}; "
        f"cannot do without {fragile}"
    )


@group.group()
def rules() -> None:
    """Show the rule sets."""


@rules.command("list")
def list_rules() -> None:
    """Name the shipped rule sets."""
    for name in SHIPPED:
        click.echo(f"{name:12} {rule_set(name).title}")


@rules.command("show")
@click.argument("name")
@click.option("--on", type=_DATE, help="Only rules in force on that day.")
def show_rules(name: str, on: datetime | None) -> None:
    """Show the rules of NAME (SAFE, EDIP, NATIONAL-RO, or a file) with article, dates and source."""
    found = rule_set(name)
    click.echo(f"{found.title}, as compiled on {found.version}")
    for rule in found.rules:
        if on is not None and not rule.holds_on(on.date()):
            continue
        seen = "verified" if rule.verified else "NOT VERIFIED"
        window = f"from {rule.valid_from or 'ever'} to {rule.valid_to or 'open'}"
        click.echo(f"\n{rule.id}: {rule.title} ({rule.article}; {window}; {seen})")
        click.echo(f"  {rule.text}")
        if rule.note:
            click.echo(f"  Note: {rule.note}")
        for source in rule.sources:
            click.echo(f"  Source: {source}")
