"""Pay posts and webhooks against bare routes that read the same body and change the same rows, as often and as durably.

Stripe is a server of its own on loopback that answers at once. Its time is not counted, that of the SDK and its connection is: the floor
of the post asks Stripe by the SDK as well. Each is also compared with a route that only commits as often, to a table without indexes.
"""

import time
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Final, Protocol

from app.server import THREADS
from app.store import open_store
from tests.bench.floor_shop import copy_shop
from tests.bench.served import FORM, TURNS, Asked, in_each_turn
from tests.bench.servers import Server, counterfoil_server, hello_server
from tests.bench.shop import LARGE, BenchShop
from tests.bench.webhooks import SECRET, Deliveries, completed_events

KEY: Final = "sk_test_bench"
POST: Final = "pay post, against its commits and the SDK"
POST_BARE: Final = "pay post, against two bare commits"
WEBHOOK: Final = "webhook that pays, against its commit"
WEBHOOK_BARE: Final = "webhook that pays, against two bare rows"
WARM: Final = 10


class Asking(Protocol):
    """Something that can be asked again and again."""

    def send(self, connection: HTTPConnection) -> bytes:
        """Send a request and return the body of the answer."""


def measure_paying(
    shop: BenchShop, settings: Mapping[str, str], folder: Path, rounds: int
) -> dict[str, dict[str, dict[str, float]]]:
    """Return the processor time and the time to an answer of a pay post and of the webhook that pays, each with how often that of its
    floor fits into it.
    """
    number = in_each_turn(rounds)
    post = Asked("POST", f"/pay/{LARGE}", FORM, 303, shop.link)
    database, copy = Path(settings["DATABASE_URL"].removeprefix("sqlite:///")), folder / "shop.db"
    turns = {}
    with hello_server(folder, threads=THREADS) as stripe:
        address = f"http://127.0.0.1:{stripe.port}"
        ours = {"STRIPE_API_BASE": address, "STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET}
        with (
            hello_server(folder, threads=THREADS, stripe=address) as hello,
            counterfoil_server({**settings, **ours}) as server,
        ):
            server.wait_until_idle()
            _spend(server, post, WARM)
            copy_shop(database, copy)
            for name, path, status in ((POST, "/start-payment", 303), (POST_BARE, "/commit", 200)):
                turns[name] = _take_turns(server, post, hello, Asked("POST", path, FORM, status, shop.link), number)
            events = _completed_events(shop, settings)
            copy_shop(database, copy)
            webhook = Deliveries("/webhooks/stripe", events)
            for name, path in ((WEBHOOK, "/apply-once"), (WEBHOOK_BARE, "/commit-once")):
                turns[name] = _take_turns(server, webhook, hello, Deliveries(path, events), number)
    return {
        kind: {name: _figures(taken, part) for name, taken in turns.items()}
        for part, kind in enumerate(("served", "answered"))
    }


def _completed_events(shop: BenchShop, settings: Mapping[str, str]) -> list[bytes]:
    """Return an event for each attempt that the posts have opened. There are more posts than webhooks."""
    store = open_store(settings["DATABASE_URL"])
    try:
        return completed_events(store, shop.link, 1_000_000)
    finally:
        store.close()


def _take_turns(
    server: Server, asked: Asking, hello: Server, floor: Asking, number: int
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    for one, request in ((server, asked), (hello, floor)):
        _spend(one, request, WARM)
    return [(_spend(server, asked, number), _spend(hello, floor, number)) for _ in range(TURNS)]


def _figures(turns: list[tuple[tuple[float, float], tuple[float, float]]], part: int) -> dict[str, float]:
    taken = median(one[part] for one, _ in turns)
    return {
        "microseconds": round(taken * 1e6, 1),
        "x_hello": round(median(one[part] / (least[part] or one[part]) for one, least in turns), 2),
    }


def _spend(server: Server, asked: Asking, number: int) -> tuple[float, float]:
    """Send a number of requests over one connection. Return the processor time of each, and the time to its answer, in seconds."""
    connection = server.connect()
    asked.send(connection)
    before, waited = server.processor_seconds(), list[float]()
    for _ in range(number):
        began = time.perf_counter()
        asked.send(connection)
        waited.append(time.perf_counter() - began)
    connection.close()
    return max(server.processor_seconds() - before, 1e-6) / number, median(waited)
