"""``punte roadmap import``: plans of other tools become ours."""

from pathlib import Path

import click

from punte.cli.roadmap_plans import FILE, read_any_plan
from punte.formats.roadmap_writing import plan_record
from punte.formats.writing import write_json


@click.command(name="import")
@click.argument("file", type=FILE)
@click.option("-o", "--output", type=FILE, required=True, help="Where the plan goes.")
def import_plan(file: Path, output: Path) -> None:
    """Read FILE (PSPLIB .sm, MSPDI .xml, .csv, or a plan) and write it as punte.roadmap.plan/1."""
    plan, _ = read_any_plan(file)
    write_json(output, plan_record(plan))
    click.echo(
        f"{output}: {len(plan.activities)} activities, {len(plan.links)} links, {len(plan.resources)} resources."
    )
