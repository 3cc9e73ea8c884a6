"""SAT solvers in a process of its own: reads a solver's name and clauses, writes a model's true literals or ``None``, again and again."""

import sys
from typing import Final

from punte.engines.timetable.pipes import receive, send

FIRST: Final = "cadical195"
"""Fastest of python-sat's solvers on the development half of the benchmark, in the first shape of clauses."""

SECOND: Final = "kissat404"
"""For the second shape of clauses."""


def serve() -> None:
    """Answer until the other side closes."""
    from pysat.solvers import Solver

    while True:
        try:
            solver_name, clauses = receive(sys.stdin.buffer)
        except EOFError:
            return
        with Solver(name=solver_name, bootstrap_with=clauses) as solver:
            model = [x for x in solver.get_model() if x > 0] if solver.solve() else None
        send(sys.stdout.buffer, model)


if __name__ == "__main__":
    serve()
