"""``punte roadmap``: staged plans from the command line."""

import click

from punte.cli.roadmap_risk import compare, freeze, measure_risk, show_health
from punte.cli.roadmap_schedule import (
    check_schedule,
    compile_search,
    explain_activity,
    schedule,
)
from punte.cli.roadmap_transfer import export_plan, import_plan


@click.group(name="roadmap")
def group() -> None:
    """Staged plans: schedule, risk, health."""


for command in (
    schedule,
    check_schedule,
    explain_activity,
    compile_search,
    measure_risk,
    show_health,
    freeze,
    compare,
    import_plan,
    export_plan,
):
    group.add_command(command)
