"""A proxy before the site, as one stands in a hall: it passes everything on, or says that the site is down."""

import http.client
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


@dataclass
class Proxy:
    """Where it listens, and with which status it answers itself; 0 where it passes on."""

    address: str
    status: int = 0


@contextmanager
def proxy_before(site: str) -> Iterator[Proxy]:
    """Yield a proxy before a site, on a port of its own."""
    host = urlsplit(site).netloc

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if proxy.status:
                self._send(proxy.status, [("Content-Type", "text/html")], b"<h1>Bad Gateway</h1>")
                return
            length = int(self.headers.get("Content-Length") or 0)
            given = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
            # A browser that goes on to another page no longer reads the answer to the first.
            with (
                closing(http.client.HTTPConnection(host, timeout=120)) as asked,
                suppress(ConnectionError),
            ):
                asked.request(self.command, self.path, self.rfile.read(length), given)
                found = asked.getresponse()
                kept = [(k, v) for k, v in found.getheaders() if k.lower() not in HOP]
                self._send(found.status, kept, found.read())

        do_POST = do_GET  # noqa: N815  (the name that the server calls)

        def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_told: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    proxy = Proxy(address=f"http://localhost:{server.server_address[1]}")
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
