"""Requests to real servers: the processor time of Counterfoil against that of a bare Flask route under the same gunicorn worker."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from app.server import THREADS
from app.web.visit.form_token import FormTokens
from tests.bench.latency import measure_latency
from tests.bench.servers import Server, counterfoil_server, hello_server
from tests.bench.shop import LARGE, SECRET_KEY, BenchShop

STARTS: Final = 3
"""How often a server is started. The record has the median of the times."""

TURNS: Final = 15
"""How often a server and its base take turns. Short turns, because the load of the machine changes from second to second."""

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
BROWSER: Final = {"Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}
_FILES: Final = re.compile(
    r'(?:<link rel="(?:stylesheet|icon)" href|<script src|<img class="merchant-logo" src)="(/[^"]+)"'
)
_PICTURES: Final = re.compile(r'<img class="line-item-image" src="(/[^"]+)"')


class Asked(NamedTuple):
    """One request, and the status of its answer."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int
    link: str = ""
    """The link to pay, for which each request has a token of its own."""

    def send(self, connection: HTTPConnection) -> bytes:
        """Send the request and return the body of the answer."""
        connection.request(self.method, self.path, self.body(), dict(self.headers))
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != self.status:
            raise RuntimeError(f"{self.method} {self.path}: {answer.status} {body[:500]!r}")
        return body

    def body(self) -> str | None:
        """Return the form, with a token of its own."""
        if not self.link:
            return None
        return urlencode({"csrf_token": FormTokens(SECRET_KEY, self.link, int(time.time())).issue()})


def in_each_turn(rounds: int) -> int:
    """Return how many requests a turn sends. All turns together send three for each round."""
    return max(1, rounds * 3 // TURNS)


HELLO: Final = Asked("GET", "/", BROWSER, 200)


def asked(shop: BenchShop) -> dict[str, tuple[Asked, Asked]]:
    """Return each kind of request by name, with the one that it is compared with."""
    return {
        "pay page, 200 options": (Asked("GET", f"/pay/{LARGE}", BROWSER, 200), HELLO),
        "embedded page": (Asked("GET", f"/pay/{LARGE}/embed", BROWSER, 200), HELLO),
        "closed link": (Asked("GET", "/pay/market-2025", BROWSER, 410), HELLO),
        "preview": (Asked("POST", f"/pay/{LARGE}/preview", {**FORM, "HX-Request": "true"}, 200, shop.link), HELLO),
        "retrieve a link": (Asked("GET", f"/v1/payment_links/{shop.link}", shop.bearer, 200), HELLO),
        "list ten links": (Asked("GET", "/v1/payment_links?limit=10", shop.bearer, 200), HELLO),
    }


def measure_served(shop: BenchShop, settings: Mapping[str, str], folder: Path, rounds: int) -> dict[str, Any]:
    """Measure every kind of request, the bytes of a first visit, memory and latency."""
    number = in_each_turn(rounds)
    starts = median(_start_seconds(settings) for _ in range(STARTS))
    with hello_server(folder, threads=THREADS) as hello, counterfoil_server(settings) as server:
        first_second = measure_latency(server, f"/pay/{LARGE}", seconds=1, language="en")
        server.wait_until_idle()
        served = {name: _compare(server, one, hello, base, number) for name, (one, base) in asked(shop).items()}
        served["first view of a new version"] = _compare_first_views(server, settings, hello, number)
        return {
            "served": served,
            "first_visit": _first_visit(server),
            "starts_in_seconds": round(starts, 2),
            "memory_mib": [used >> 20 for used in server.memory_bytes()],
            "latency": {
                "hello": measure_latency(hello, "/", seconds=3),
                "page": measure_latency(server, f"/pay/{LARGE}", seconds=3),
                "page in the first second": first_second,
            },
        }


def _start_seconds(settings: Mapping[str, str]) -> float:
    """Return how many seconds a server takes to its first answer."""
    began = time.perf_counter()
    with counterfoil_server(settings):
        return time.perf_counter() - began


def _compare(
    server: Server, one: Asked, hello: Server, base: Asked, number: int, before_each: Callable[[], object] = int
) -> dict[str, float]:
    """Return the processor time of one request, and how often that of the base fits into it."""
    times = []
    _spend(server, one, 10)
    _spend(hello, base, 10)
    for _ in range(TURNS):
        least = _spend(hello, base, number * 2)
        times.append((_spend(server, one, number, before_each), least))
    taken = median(one for one, _ in times)
    return {"microseconds": round(taken * 1e6, 1), "x_hello": round(median(a / (b or a) for a, b in times), 2)}


def _spend(server: Server, one: Asked, number: int, before_each: Callable[[], object] = int) -> float:
    """Send a number of requests over one connection, and return the processor time of each in seconds."""
    connection = server.connect()
    one.send(connection)
    before = server.processor_seconds()
    for _ in range(number):
        before_each()
        one.send(connection)
    connection.close()
    return max(server.processor_seconds() - before, 1e-6) / number


def _compare_first_views(server: Server, settings: Mapping[str, str], hello: Server, number: int) -> dict[str, float]:
    """Return the processor time of a page that has to be made again. The database says before each request that its link has changed."""
    page = Asked("GET", f"/pay/{LARGE}", BROWSER, 200)
    file = settings["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as database:

        def change() -> None:
            database.execute(
                "UPDATE payment_links SET edition = hex(randomblob(8)) "
                "WHERE id = (SELECT payment_link FROM link_codes WHERE code = ?)",
                (LARGE,),
            )

        return _compare(server, page, hello, HELLO, number, before_each=change)


def _first_visit(server: Server) -> dict[str, int]:
    """Return how many bytes and requests a browser needs that has nothing yet. Pictures of products are counted apart."""
    connection = server.connect()
    page = Asked("GET", "/pay/spring-box", {}, 200).send(connection).decode()

    def sizes(addresses: Iterable[str]) -> list[int]:
        return [
            len(Asked("GET", address.replace("&amp;", "&"), BROWSER, 200).send(connection)) for address in addresses
        ]

    files = sizes(["/pay/spring-box", *dict.fromkeys(_FILES.findall(page))])
    pictures = sizes(dict.fromkeys(_PICTURES.findall(page)))
    connection.close()
    return {
        "bytes": sum(files),
        "requests": len(files),
        "picture_bytes": sum(pictures),
        "pictures": len(pictures),
    }
