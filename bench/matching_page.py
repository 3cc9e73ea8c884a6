"""
Time of the page that ranks 10,000 published offers for a need: ``python bench/matching_page.py [OFFERS]``.

Run with ``PYTHONPATH=src:tests:bench``. It makes a database of its own with invented texts of 40 to 120 words in
made-up words of a natural (Zipf) frequency. The offers' vectors are random: their values change no time. Needs are
written, reviewed, published and encoded as on a site. Times are those of the whole request on the server, warm and
cold, with every check of the wall; the load of the machine is printed beside them.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from punte.apps.market.models import Listing
    from punte.apps.people.models import Organisation

Write = Callable[[int], str]
ROUNDS = 15
SYLLABLES = [
    a + b
    for a in [
        "b",
        "c",
        "d",
        "f",
        "g",
        "l",
        "m",
        "n",
        "p",
        "r",
        "s",
        "t",
        "v",
        "z",
        "br",
        "tr",
        "st",
    ]
    for b in "aeiou"
]
ORGANISATIONS = 300


def words_of(draw: random.Random, count: int, lexicon: list[str], odds: list[float]) -> str:
    words = draw.choices(lexicon, cum_weights=odds, k=count)
    parts = [" ".join(words[at : at + 14]).capitalize() for at in range(0, count, 14)]
    return ". ".join(parts) + "."


def lexicon_of(draw: random.Random) -> tuple[list[str], list[float]]:
    lexicon = ["".join(draw.choices(SYLLABLES, k=draw.randint(1, 4))) for _ in range(30_000)]
    odds, total = [], 0.0
    for rank in range(len(lexicon)):
        total += 1 / (rank + 3)
        odds.append(total)
    return lexicon, odds


def start(folder: Path) -> None:
    """Start a database of our own and point Django at it."""
    from punte.cli import embedded_database

    folder.chmod(0o755)
    embedded_database.start(folder)
    embedded_database.create_database(folder, "bench")
    owner = embedded_database.url(folder, embedded_database.OWNER_ROLE, "bench")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "punte.config.settings",
        "PUNTE_SECRET_KEY": "for measurement only, never the key of a site",
        "PUNTE_REQUIRE_MFA": "no",
        "PUNTE_HOSTS": "testserver",
        "DATABASE_URL": embedded_database.url(folder, embedded_database.APP_ROLE, "bench"),
        "DATABASE_OWNER_URL": owner,
    }
    environment = os.environ | {"PUNTE_DATABASE_ROLE": "owner"}
    command = [sys.executable, "-m", "django", "migrate", "-v0"]
    subprocess.run(command, env=environment, check=True)
    import django

    django.setup()


def fill(count: int, write: Write) -> None:
    """Publish offers of many organisations, and read them as the worker would."""
    from punte.apps.access.permissions import acting_as_system
    from punte.apps.market.models import Listing
    from punte.apps.people.models import Organisation

    with acting_as_system("sample"):
        owners = [
            Organisation.objects.create(
                name=f"Company {at}", kind="company", country_id="ROU", is_synthetic=True
            )
            for at in range(ORGANISATIONS)
        ]
        for begin in range(0, count, 1000):
            numbers = range(begin, min(begin + 1000, count))
            offers = [offer_of(at, owners[at % ORGANISATIONS], write) for at in numbers]
            Listing.objects.bulk_create(offers)
            read(offers, seed=begin)


def offer_of(number: int, owner: "Organisation", write: Write) -> "Listing":
    from django.utils import timezone

    from cast import EDITION
    from punte.apps.market.models import Listing
    from punte.apps.market.permissions import groups_of_audience

    offer = Listing(
        edition_id=EDITION,
        owner_org=owner,
        side="offer",
        kind="equipment",
        state="published",
        language="en",
        title=write(5),
        text=write(35 + number % 80),
        cpv=["35722000"] if number % 3 else [],
        published_at=timezone.now(),
        is_synthetic=True,
    )
    offer.label_releasable_to, offer.label_restricted_to = groups_of_audience(offer)
    return offer


def read(offers: "list[Listing]", seed: int) -> None:
    """Keep the counts of offers, and a random vector for each text and sentence."""
    import numpy as np

    from punte.apps.market.bridge import readings, shelves
    from punte.apps.market.models import Vector
    from punte.engines.matching.collection import encoded_text
    from punte.engines.matching.text import sentences_of

    items = [shelves.item_of(offer) for offer in offers]
    readings.counted(items, may_keep=True)
    encoder = readings.model()
    if encoder is None:
        return
    texts = {
        (item.id, text): None
        for item in items
        for text in (encoded_text(item), *sentences_of(encoded_text(item)))
    }
    drawn = np.random.default_rng(seed).normal(size=(len(texts), 384)).astype("<f4")
    Vector.objects.bulk_create(
        Vector(
            key=readings.key_of(encoder.sha256, about, text), about=about, value=vector.tobytes()
        )
        for (about, text), vector in zip(texts, drawn, strict=True)
    )


def measure(name: str, ask: Callable[[int], tuple[float, float]]) -> None:
    walls, works = zip(*(ask(number) for number in range(ROUNDS)), strict=True)
    print(
        f"{name:56s} median {1000 * statistics.median(walls):6.0f} ms, best {1000 * min(walls):6.0f} ms, of which the"
        f" page's own process {1000 * statistics.median(works):6.0f} CPU-ms; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


class Reader:
    """Somebody who reads pages and publishes needs."""

    def __init__(self, write: Write) -> None:
        from django.test import Client

        from cast import make_cast

        self.write = write
        self.cast = make_cast()
        self.client = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        self.client.force_login(self.cast.authority.account, backend)

    def get(self, address: str) -> tuple[float, float]:
        """Return how long the page takes, by the clock and in work of this process [s]."""
        wall, work = time.perf_counter(), time.process_time()
        answer = self.client.get(address, headers={"HX-Request": "true"})
        taken = time.perf_counter() - wall, time.process_time() - work
        assert answer.status_code == 200, answer.status_code
        assert b'class="card"' in answer.content or "fits" not in address, "no offer was named"
        return taken

    def need(self, length: int, *, is_read: bool) -> str:
        """Publish a need of so many words, and return where its offers are."""
        from apps.market.test_listings import published
        from punte.apps.market.jobs import encode_published

        text = common_words(random.Random(length + time.time_ns()), length)
        listing = published(self.cast, title=text[:60], text=text, language="ro")
        if is_read:
            encode_published(str(listing.pk))
        return f"/needs/{listing.pk}/fits/"

    def after_a_change(self, address: str) -> tuple[float, float]:
        """Publish one more offer, and return how long the next page takes."""
        from apps.market.test_listings import published

        published(
            self.cast, side="offer", by=self.cast.company, title=self.write(5), text=self.write(60)
        )
        return self.get(address)


def common_words(draw: random.Random, count: int) -> str:
    """Return a text of words of the sample's own texts: a model reads made-up words letter by letter."""
    from punte.apps.market.sample import _areas

    texts = [text for area in _areas().values() for text in area["need"]["ro"]]
    words = sorted({word.strip(".,;:") for text in texts for word in text.split()})
    chosen = draw.choices(words, k=count)
    return ". ".join(" ".join(chosen[at : at + 14]) for at in range(0, count, 14)) + "."


def run(count: int) -> None:
    from punte.apps.market import actions
    from punte.apps.market.bridge import entries

    actions.defer_encoding = lambda _listing_id: None  # type: ignore[assignment]
    draw = random.Random(1)
    lexicon, odds = lexicon_of(draw)

    def write(length: int) -> str:
        return words_of(draw, length, lexicon, odds)

    reader = Reader(write)
    began = time.perf_counter()
    fill(count, write)
    print(f"{count:,} offers published and counted in {time.perf_counter() - began:.0f} s")
    first = reader.need(35, is_read=True)
    entries.ENTRIES.clear()  # as after a start
    print("first page after a start: {:.2f} s, {:.2f} CPU-s".format(*reader.get(first)))
    need, get = reader.need, reader.get
    measure("need of 35 words, read by the worker", lambda _n: get(need(35, is_read=True)))
    measure("need of 35 words, read in the page", lambda _n: get(need(35, is_read=False)))
    measure("need of 150 words, read by the worker", lambda _n: get(need(150, is_read=True)))
    measure("the same need again", lambda _n: get(first))
    measure("a page without any ranking", lambda _n: get("/needs/new/"))
    get(f"/search/?q={lexicon[0]}")
    measure("search among all", lambda _n: get(f"/search/?q={'+'.join(draw.sample(lexicon, 3))}"))
    measure("first page after one more offer", lambda _n: reader.after_a_change(first))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="punte-bench-") as name:
        start(Path(name))
        from punte.cli import embedded_database

        try:
            run(count)
        finally:
            embedded_database.release(Path(name))


if __name__ == "__main__":
    main()
