"""
Weight and time of the pages of a running demo: ``python bench/web.py http://localhost:8000/ PASSWORD``.

Targets: under 100 kB compressed with the scripts and styles that the page names, under 100 ms on the server (median).
The time is taken at the client on the same machine, so it holds the network of the loopback as well.
"""

import http.cookiejar
import os
import re
import statistics
import sys
import time
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


class Browser:
    """A session that keeps its cookies and asks for compressed pages."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/") + "/"
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def get(self, path: str, *, compressed: bool = True) -> tuple[bytes, float]:
        """Return a page's bytes as they travel, and the seconds it took [s]."""
        wanted = {"Accept-Encoding": "gzip"} if compressed else {}
        address = urllib.parse.urljoin(self.address, path)
        started = time.perf_counter()
        with self._opener.open(urllib.request.Request(address, headers=wanted)) as answer:  # noqa: S310
            content: bytes = answer.read()
        return content, time.perf_counter() - started

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


def measure(browser: Browser, path: str) -> str:
    """Return the table's line for one page."""
    plain, _ = browser.get(path, compressed=False)
    parts = {part.decode() for part in LINKED.findall(plain)}
    weight = sum(len(browser.get(part)[0]) for part in parts)
    times, size = [], 0
    for _ in range(ROUNDS):
        content, seconds = browser.get(path)
        times.append(seconds * 1000)
        size = len(content)
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
        print(measure(browser, path))


if __name__ == "__main__":
    main()
