"""``punte roadmap``: staged plans from the command line."""

import click

from punte.cli.roadmap_schedule import check_schedule, explain_activity, schedule
from punte.cli.roadmap_transfer import import_plan


@click.group(name="roadmap")
def group() -> None:
    """Staged plans: schedule, risk, health."""


group.add_command(schedule)
group.add_command(check_schedule)
group.add_command(explain_activity)
group.add_command(import_plan)
