"""
Weight and time of the pages of a running demo: ``python bench/web.py http://localhost:8000/ PASSWORD``.

Targets: under 100 kB compressed with the scripts and styles that the page names, under 100 ms on the server (median).
The time is taken at the client on the same machine, so it holds the network of the loopback as well.
An address that leads on to another has a line of its own, and the page it leads to the next.
"""

import http.cookiejar
import os
import re
import statistics
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ROUNDS = 20
PAGES = (
    "",
    "e/bucharest-2025/",
    "e/bucharest-2025/timetable/",
    "e/bucharest-2025/timetable/versions/",
)
LINKED = re.compile(rb'(?:href|src)="(/static/[^"]+)"')


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_args: object, **_more: object) -> None:
        return None


class Browser:
    """A session that keeps its cookies and asks for compressed pages."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/") + "/"
        jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(jar)
        self._opener = urllib.request.build_opener(cookies)
        self._first_hop = urllib.request.build_opener(cookies, _Stay)

    def get(self, path: str, *, compressed: bool = True) -> tuple[bytes, float]:
        """Return a page's bytes as they travel, and the seconds it took [s]."""
        wanted = {"Accept-Encoding": "gzip"} if compressed else {}
        address = urllib.parse.urljoin(self.address, path)
        started = time.perf_counter()
        with self._opener.open(urllib.request.Request(address, headers=wanted)) as answer:  # noqa: S310
            content: bytes = answer.read()
        return content, time.perf_counter() - started

    def leads_to(self, path: str) -> tuple[str, float]:
        """Return where an address leads, empty where it is a page itself, and the seconds it took [s]."""
        started = time.perf_counter()
        try:
            with self._first_hop.open(urllib.parse.urljoin(self.address, path)):
                return "", time.perf_counter() - started
        except urllib.error.HTTPError as answer:
            seconds, to = time.perf_counter() - started, answer.headers.get("Location")
            if to is None:
                raise
            return to.lstrip("/"), seconds

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by the page's own form."""
        page, _ = self.get("accounts/login/", compressed=False)
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        form = {"csrfmiddlewaretoken": token[1].decode(), "login": email, "password": password}
        request = urllib.request.Request(  # noqa: S310
            f"{self.address}accounts/login/",
            urllib.parse.urlencode(form).encode(),
            {"Referer": self.address},
        )
        with self._opener.open(request) as answer:
            assert "login" not in answer.url, "the sign-in was refused"


def measure(browser: Browser, path: str) -> list[str]:
    """Return the table's lines for one address."""
    to, _ = browser.leads_to(path)
    lines = []
    if to:
        hops = [browser.leads_to(path)[1] * 1000 for _ in range(ROUNDS)]
        lines.append(_line(path, 0, 0, hops))
        path = to
    plain, _ = browser.get(path, compressed=False)
    parts = {part.decode() for part in LINKED.findall(plain)}
    weight = sum(len(browser.get(part)[0]) for part in parts)
    times, size = [], 0
    for _ in range(ROUNDS):
        content, seconds = browser.get(path)
        times.append(seconds * 1000)
        size = len(content)
    return [*lines, _line(path, size, weight, times)]


def _line(path: str, size: int, weight: int, times: list[float]) -> str:
    median, worst = statistics.median(times), max(times)
    return (
        f"/{path:<40} {size / 1000:8.1f} {(size + weight) / 1000:9.1f} {median:9.0f} {worst:8.0f}"
    )


def main() -> None:
    address, password = sys.argv[1:3]
    browser = Browser(address)
    browser.sign_in("organiser@bucharest.example", password)
    print(f"load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds, as the organiser")
    print(f"{'page':<41} {'page kB':>8} {'all kB':>9} {'median ms':>9} {'max ms':>8}")
    for path in PAGES:
        print(*measure(browser, path), sep="\n")


if __name__ == "__main__":
    main()
