"""The ``punte`` command: one group for each engine, loaded when it is called."""

import importlib
import os
import sys
from typing import Final

import click

from punte import __version__
from punte.kernel.errors import PunteError

EXIT_DONE: Final = 0
EXIT_NO: Final = 1
EXIT_USAGE: Final = 2
EXIT_OUR_FAULT: Final = 3

COMMANDS: Final = {
    "timetable": "Who meets whom, where and when: solve, check, repair.",
    "matching": "Needs against offers, across languages.",
    "roadmap": "Staged plans: schedule, risk, health.",
    "finance": "Loans and draws: schedule, compare, simulate, allocate.",
    "eligibility": "Funding rules: check a case, compose a consortium.",
    "data": "Import public reference data, such as the CPV vocabulary.",
    "audit": "Verify the hash-chained audit log.",
    "edition": "The open record of an edition: export, verify.",
    "site": "Open a site for its first organiser.",
    "demo": "The sample edition, solved and served, from nothing.",
    "serve": "Pages, live events and workers of a site.",
    "worker": "One worker for the queue, on any machine that reaches the database.",
    "backup": "The whole site in one file.",
    "restore": "A site from such a file, into an empty database.",
    "hall": "A copy of a site for the hall, without a network: open, write, merge.",
    "doctor": "Is this machine ready? Python, database, roles, migrations, clock, disk.",
}
"""Sub-command to its one-line help. Each lives in ``punte.cli.<name>`` as ``group``."""


class _LazyGroup(click.Group):
    """Loads a sub-command on use: ``punte --help`` stays fast though solvers are heavy."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"punte.cli.{cmd_name}")
        command = module.group
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup)
@click.version_option(__version__, prog_name="punte")
def cli() -> None:
    """Government-industry cooperation forums, from programme milestone to delivered draw."""


def main(arguments: list[str] | None = None) -> None:
    """
    Run the command line and exit: 0 done, 1 the answer is no, 2 wrong usage or input, 3 our fault.

    Parameters
    ----------
    arguments
        Words after ``punte``; those of the process when ``None``.
    """
    try:
        code = cli.main(args=arguments, prog_name="punte", standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.Abort:
        click.echo("Stopped.", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = EXIT_USAGE
    except PunteError as error:
        click.echo(f"Error: {error}", err=True)
        code = EXIT_USAGE
    except Exception as error:
        click.echo(
            f"Error: Punte failed with {type(error).__name__}: {error}. This is a fault of ours; "
            "please report it with the command and its input. PUNTE_TRACEBACK=1 shows where.",
            err=True,
        )
        if os.environ.get("PUNTE_TRACEBACK"):
            raise
        code = EXIT_OUR_FAULT
    sys.exit(code if isinstance(code, int) else EXIT_DONE)
