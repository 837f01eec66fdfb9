"""Pay posts against a bare route that reads the same form and commits as often, as durably and as much.

Stripe is a route on loopback that answers at once, so that its own time is not counted. The SDK and its connection are.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Final

from app.server import THREADS
from tests.bench.served import FORM, TURNS, Asked
from tests.bench.servers import Server, counterfoil_server, hello_server
from tests.bench.shop import LARGE, BenchShop

KEY: Final = "sk_test_bench"
NAME: Final = "pay post, against its commits"


def measure_paying(
    shop: BenchShop, settings: Mapping[str, str], folder: Path, number: int
) -> dict[str, dict[str, dict[str, float]]]:
    """Return the processor time and the time to an answer of a pay post, each with how often that of the floor fits into it."""
    post = Asked("POST", f"/pay/{LARGE}", FORM, 303, shop.link)
    floor = Asked("POST", "/commit", FORM, 200, shop.link)
    with hello_server(folder, threads=THREADS) as hello:
        stripe = {
            "STRIPE_API_BASE": f"http://127.0.0.1:{hello.port}",
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_WEBHOOK_SECRET": "whsec_bench",
        }
        with counterfoil_server({**settings, **stripe}) as server:
            for one, asked in ((server, post), (hello, floor)):
                _spend(one, asked, 10)
            turns = [(_spend(server, post, number), _spend(hello, floor, number)) for _ in range(TURNS)]
    return {"served": {NAME: _figures(turns, 0)}, "answered": {NAME: _figures(turns, 1)}}


def _figures(turns: list[tuple[tuple[float, float], tuple[float, float]]], part: int) -> dict[str, float]:
    taken = median(one[part] for one, _ in turns)
    return {
        "microseconds": round(taken * 1e6, 1),
        "x_hello": round(median(one[part] / (least[part] or one[part]) for one, least in turns), 2),
    }


def _spend(server: Server, asked: Asked, number: int) -> tuple[float, float]:
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
