"""
A SAT solver in a process of its own, so that it can be stopped at once and two can race.

Run as a module it reads length-prefixed pickled questions from standard input and writes answers to standard output.
"""

import contextlib
import os
import pickle
import struct
import subprocess
import sys
from typing import IO, Any, Final

SOLVER: Final = "cadical195"
_PREFIX: Final = struct.Struct("<Q")


def _send(stream: IO[bytes], message: object) -> None:
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_PREFIX.pack(len(content)) + content)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:  # noqa: ANN401 - whatever the other side sent
    prefix = stream.read(_PREFIX.size)
    if len(prefix) < _PREFIX.size:
        raise EOFError
    return pickle.loads(stream.read(_PREFIX.unpack(prefix)[0]))  # noqa: S301 - only our own child or parent writes


class SatProcess:
    """
    One solver process that answers one question after the other.

    Parameters
    ----------
    solver
        Name of the solver in python-sat.
    """

    def __init__(self, solver: str = SOLVER) -> None:
        # An interpreter of its own: a fork would copy the threads of whoever called us.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            [sys.executable, "-m", __name__, solver],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            start_new_session=True,  # a Ctrl-C at the terminal is the caller's to handle
        )

    def ask(self, clauses: list[list[int]]) -> None:
        """Send clauses; the answer comes when :attr:`answer_handle` can be read."""
        assert self._process.stdin is not None
        _send(self._process.stdin, clauses)

    @property
    def answer_handle(self) -> IO[bytes]:
        """Stream for :func:`select.select`."""
        assert self._process.stdout is not None
        return self._process.stdout

    def read_answer(self) -> set[int] | None:
        """
        Return the positive literals of a model, or ``None`` if there is none; waits for it.

        Raises
        ------
        EOFError
            If the process died.
        """
        answer = _receive(self.answer_handle)
        return None if answer is None else set(answer)

    def stop(self) -> None:
        """End the process at once, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # a question was still on its way
                    stream.close()


def _serve(solver_name: str) -> None:
    from pysat.solvers import Solver

    while True:
        try:
            clauses = _receive(sys.stdin.buffer)
        except EOFError:
            return
        with Solver(name=solver_name, bootstrap_with=clauses) as solver:
            model = [x for x in solver.get_model() if x > 0] if solver.solve() else None
        _send(sys.stdout.buffer, model)


if __name__ == "__main__":
    _serve(sys.argv[1])
