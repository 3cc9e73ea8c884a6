"""A SAT solver in a process of its own: reads clauses, writes the positive literals of a model, or ``None``, again and again."""

import sys
from typing import Final

from punte.engines.timetable.pipes import receive, send

SOLVER: Final = "cadical195"
"""Fastest of python-sat's solvers on the development half of the benchmark."""


def serve() -> None:
    """Answer until the other side closes."""
    from pysat.solvers import Solver

    while True:
        try:
            clauses = receive(sys.stdin.buffer)
        except EOFError:
            return
        with Solver(name=SOLVER, bootstrap_with=clauses) as solver:
            model = [x for x in solver.get_model() if x > 0] if solver.solve() else None
        send(sys.stdout.buffer, model)


if __name__ == "__main__":
    serve()
