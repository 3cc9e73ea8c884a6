"""Processes of a site: a taken port is refused in words, and nothing outlives the one who started it."""

import os
import socket
import sys
import time

import pytest

from punte.cli import serving
from punte.cli.serving import Child, ServingError, Site

# A child that starts a child of its own, as servers do, and ignores being asked to end.
STUBBORN = (
    "import signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "open(sys.argv[1], 'w').write(str(inner.pid))\n"
    "time.sleep(600)\n"
)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServingError, match=f"Port {port} .* --port"):
            serving.require_free_port("127.0.0.1", port)
        assert serving.next_free_port("127.0.0.1", port) != port


def test_everything_ends_with_the_site(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_GRACE_S", 0.5)
    note = f"{tmp_path}/inner"
    child = Child(name="stubborn", command=[sys.executable, "-c", STUBBORN, note])
    with serving.running(Site(host="127.0.0.1", port=1, live_port=2, children=[child])):
        assert child.process is not None
        last = time.monotonic() + 30
        while not (os.path.exists(note) and os.path.getsize(note)):  # noqa: PTH110, PTH202
            assert time.monotonic() < last
            time.sleep(0.05)
        with open(note, encoding="utf-8") as file:  # noqa: PTH123
            inner = int(file.read())
        assert is_alive(inner)
    assert child.process.returncode is not None
    last = time.monotonic() + 10
    while is_alive(inner):
        assert time.monotonic() < last
        time.sleep(0.05)


def test_a_process_that_dies_at_once_is_not_started_for_ever(
    capfd: pytest.CaptureFixture[str],
) -> None:
    child = Child(name="broken", command=[sys.executable, "-c", "raise SystemExit(3)"])
    site = Site(host="127.0.0.1", port=1, live_port=2, children=[child])
    with serving.running(site), pytest.raises(ServingError, match="“broken” ends right after"):
        serving.watch(site)
    assert "started again" in capfd.readouterr().err
