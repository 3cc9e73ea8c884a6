"""Talk to a process of our own through its standard input and output: pickled messages behind their length."""

import contextlib
import os
import pickle
import struct
import subprocess
import sys
from typing import IO, Any, Final

_PREFIX: Final = struct.Struct("<Q")


def send(stream: IO[bytes], message: object) -> None:
    """Write one message."""
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_PREFIX.pack(len(content)) + content)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:  # noqa: ANN401 - whatever the other side sent
    """
    Return the next message; waits for it.

    Raises
    ------
    EOFError
        If the other side has gone.
    """
    prefix = stream.read(_PREFIX.size)
    if len(prefix) < _PREFIX.size:
        raise EOFError
    return pickle.loads(stream.read(_PREFIX.unpack(prefix)[0]))  # noqa: S301 - only our own child or parent writes


class Child:
    """
    A Python process that runs one of our modules and can be stopped at once.

    Parameters
    ----------
    module
        Dotted name; it talks through its standard input and output.
    words
        Its arguments.
    """

    def __init__(self, module: str, *words: str) -> None:
        # An interpreter of its own: a fork would copy the threads of whoever called us.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            [sys.executable, "-m", module, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            start_new_session=True,  # a Ctrl-C at the terminal is the caller's to handle
        )

    def tell(self, message: object) -> None:
        """Send one message."""
        assert self._process.stdin is not None
        send(self._process.stdin, message)

    @property
    def answers(self) -> IO[bytes]:
        """Stream to wait on with :func:`select.select` and to :func:`receive` from."""
        assert self._process.stdout is not None
        return self._process.stdout

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # a message was still on its way
                    stream.close()
