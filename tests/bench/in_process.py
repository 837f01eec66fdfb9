"""Requests to the application in this process, in turns with a bare Flask route."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Final

from werkzeug.test import TestResponse

from tests.bench.hello import app as hello_app
from tests.bench.shop import LARGE, BenchShop

WARM: Final = 10

Act = Callable[[], TestResponse]
Figures = dict[str, float]


@dataclass(frozen=True)
class Case:
    """One kind of request, and the answer without which its figure would mean nothing."""

    act: Act
    status: int
    says: str

    def check(self, name: str) -> None:
        """End the program where the answer is another one."""
        answer = self.act()
        if answer.status_code != self.status or self.says not in answer.text:
            sys.exit(f"{name}: {self.says!r} with status {self.status} expected, not {answer.status}")


def cases(shop: BenchShop) -> dict[str, Case]:
    """Return each kind of request by name."""
    client = shop.app.test_client(use_cookies=False)
    link, bearer, fragment = shop.link, shop.bearer, {"HX-Request": "true"}
    page = client.get("/pay/wick-trimmer").text
    sheet = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    return {
        "pay page, 200 options": Case(lambda: client.get(f"/pay/{LARGE}"), 200, "Option number 199"),
        "pay page": Case(lambda: client.get("/pay/spring-box"), 200, "Beeswax pillar candles"),
        "pay page, embedded": Case(lambda: client.get("/pay/spring-box/embed"), 200, "Beeswax pillar candles"),
        "inactive page": Case(lambda: client.get("/pay/market-2025"), 410, "Tallow"),
        "preview, one region": Case(
            lambda: client.post("/pay/wick-trimmer/preview", data={"csrf_token": ""}, headers=fragment), 200, "€19.99"
        ),
        "retrieve a link": Case(lambda: client.get(f"/v1/payment_links/{link}", headers=bearer), 200, link),
        "list ten links": Case(lambda: client.get("/v1/payment_links?limit=10", headers=bearer), 200, '"has_more"'),
        "stylesheet": Case(lambda: client.get(sheet), 200, "--paper"),
    }


def quarter(times: list[int]) -> float:
    """Return the 25th percentile of nanoseconds, in microseconds."""
    return sorted(times)[len(times) // 4] / 1000


def measure(act: Act, base: Act, *, rounds: int, clock: Callable[[], int] = perf_counter_ns) -> tuple[float, float]:
    """Run an act and the base in turns, and return what each takes in microseconds. The first rounds are not counted."""
    times: tuple[list[int], list[int]] = ([], [])
    for _ in range(rounds + WARM):
        for one, kept in ((act, times[0]), (base, times[1])):
            start = clock()
            one().close()
            kept.append(clock() - start)
    return quarter(times[0][WARM:]), quarter(times[1][WARM:])


def measure_cases(shop: BenchShop, rounds: int) -> dict[str, Figures]:
    """Measure every case."""
    client = hello_app.test_client(use_cookies=False)
    results = {}
    for name, case in cases(shop).items():
        case.check(name)
        taken, least = measure(case.act, lambda: client.get("/"), rounds=rounds)
        results[name] = {"microseconds": round(taken, 1), "x_hello": round(taken / least, 2)}
    return results
