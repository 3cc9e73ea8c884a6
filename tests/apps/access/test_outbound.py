"""What is called for somebody reaches public machines only, and the one that was checked."""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from punte.apps.access import outbound
from punte.apps.access.outbound import OutboundError, choose_address, post, read_target

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand for the names: whatever is asked for has these addresses."""
    found: list[str] = []

    def look_up(_host: str, port: int, **_more: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return found


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.ministry.example",
        "ftp://hooks.ministry.example/",
        "https:///path",
        "https://.example.com/x",
        "https://hooks..example/",
        "https://name:word@hooks.ministry.example/",
        "https://hooks.ministry.example/#part",
        "https://hooks.ministry.example/with blank",
        "https://hooks.ministry.example:port/",
        "https://hooks.ministry.example/\r\nHost: other",
        "https://h/" + "a" * 500,
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(OutboundError):
        read_target(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.9",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "fe80::1%eth0",
        "fd00::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_machine_inside_is_not_called(answers: list[str], address: str) -> None:
    answers.append(address)
    with pytest.raises(OutboundError, match="is not called"):
        choose_address(read_target("https://hooks.ministry.example/"), [])


def test_one_address_inside_among_public_ones_is_enough_to_refuse(answers: list[str]) -> None:
    answers += ["8.8.8.8", "127.0.0.1"]
    with pytest.raises(OutboundError, match="is not called"):
        choose_address(read_target("https://hooks.ministry.example/"), [])


def test_a_public_machine_is_called_by_tls_alone(answers: list[str]) -> None:
    answers.append("8.8.8.8")
    assert choose_address(read_target("https://hooks.ministry.example/"), []) == "8.8.8.8"
    with pytest.raises(OutboundError, match="https"):
        choose_address(read_target("http://hooks.ministry.example/"), [])


def test_the_administrator_opens_a_network(answers: list[str]) -> None:
    answers.append("10.2.3.4")
    target = read_target("http://register.ministry.example/")
    opened = [ipaddress.ip_network("10.2.0.0/16")]
    assert choose_address(target, opened) == "10.2.3.4"
    answers.append("8.8.8.8")
    with pytest.raises(OutboundError, match="https"):
        choose_address(target, opened)


class Receiver(BaseHTTPRequestHandler):
    """Answer as the path says, and keep what came."""

    came: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).came.append((self.headers["Host"], body))
        self.send_response(int(self.path.strip("/")))
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    Receiver.came = []
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("status", [204, 302, 500])
def test_the_answer_is_told_and_nothing_is_followed(receiver: HTTPServer, status: int) -> None:
    url = f"http://localhost:{receiver.server_port}/{status}"
    assert post(url, b"{}", {}, networks=LOOPBACK) == status
    assert Receiver.came == [(f"localhost:{receiver.server_port}", b"{}")]


def test_the_call_goes_where_was_checked(
    receiver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A name that answers 127.0.0.1 once, and another machine to whoever asks again.
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *rest: object, **more: object) -> object:
        if host != "turns.example":
            return real(host, port, *rest, **more)  # type: ignore[call-overload]
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1" if len(asked) == 1 else "192.0.2.1", port))]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", look_up)
    url = f"http://turns.example:{receiver.server_port}/200"
    assert post(url, b"{}", {}, networks=LOOPBACK) == 200
    assert asked == ["turns.example"]


def test_nobody_there_is_an_error_that_names_the_machine() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}/"
        with pytest.raises(OutboundError, match=r"127\.0\.0\.1 did not answer"):
            post(url, b"{}", {}, networks=LOOPBACK, timeout_s=2)


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.0 200 OK\r\n\r\n", b"."),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", b"."),
    ],
)
def test_a_side_that_drips_has_an_end(start: bytes, drop: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def drip() -> None:
            client, _address = server.accept()
            with client:
                client.sendall(start)
                while not over.wait(0.05):
                    try:
                        client.sendall(drop)
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        try:
            with pytest.raises(OutboundError, match="did not answer"):
                post(url, b"{}", {}, networks=LOOPBACK, timeout_s=0.5)
        finally:
            over.set()
            thread.join()
