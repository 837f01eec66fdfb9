"""`make bench`: measures requests to the whole application in this process, in turns with a bare Flask route.

Compare only the ratios of one run, because machines are shared. The figure is the 25th percentile. The last line is JSON.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.application import assemble
from app.clock import clock
from app.config import read_config
from app.objects.change import COMMAND_LINE
from app.resources import resource
from app.services.accounts import keys
from app.services.links.seeding import seed
from app.web.http.context import EXTENSION, Context
from tests.support.build import NOW

ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "200"))
WARM: Final = 10

Act = Callable[[], TestResponse]


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


def hello() -> Act:
    """Return a request to the smallest Flask application: one route, one constant."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    client = app.test_client(use_cookies=False)
    return lambda: client.get("/")


def seeded(folder: Path) -> tuple[Flask, str]:
    """Return the application with the demo's links in a new database, and a key."""
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "RATE_LIMIT_PAY_ADDRESS": "1000000/minute",
        "RATE_LIMIT_PAY_LINK": "1000000/minute",
        "RATE_LIMIT_PREVIEW": "1000000/minute",
        "RATE_LIMIT_RETURN": "1000000/minute",
        "HOLDS_PER_ADDRESS": "0",
    }
    app = assemble(read_config(environment, data=folder))
    context: Context = app.extensions[EXTENSION]
    context.store.migrate(NOW)
    demo = json.loads(resource("data/demo.json").read_text(encoding="utf-8"))
    made = seed(context.store, context.gateway, demo, clock(), settings=context.link_settings)
    _, key = keys.create_key(context.store, made.organization.id, clock(), actor=COMMAND_LINE)
    return app, key


def cases(client: FlaskClient, key: str) -> dict[str, Case]:
    """Return each kind of request by name."""
    bearer = {"Authorization": f"Bearer {key}"}
    link = client.get("/v1/payment_links?limit=1", headers=bearer).get_json()["data"][0]["id"]
    fragment = {"HX-Request": "true"}
    return {
        "pay page": Case(lambda: client.get("/pay/spring-box"), 200, "Beeswax pillar candles"),
        "pay page, embedded": Case(lambda: client.get("/pay/spring-box/embed"), 200, "Beeswax pillar candles"),
        "inactive page": Case(lambda: client.get("/pay/market-2025"), 410, "Tallow"),
        "preview, one region": Case(lambda: client.post("/pay/wick-trimmer/preview", headers=fragment), 200, "€19.99"),
        "retrieve a link": Case(lambda: client.get(f"/v1/payment_links/{link}", headers=bearer), 200, link),
        "list ten links": Case(lambda: client.get("/v1/payment_links?limit=10", headers=bearer), 200, '"has_more"'),
        "stylesheet": Case(lambda: client.get("/static/css/counterfoil.css"), 200, "--paper"),
    }


def quarter(times: list[int]) -> float:
    """Return the 25th percentile of nanoseconds, in microseconds."""
    return sorted(times)[len(times) // 4] / 1000


def measure(
    act: Act, base: Act, *, rounds: int = ROUNDS, clock: Callable[[], int] = perf_counter_ns
) -> tuple[float, float]:
    """Run an act and the base in turns, and return what each takes in microseconds. The first rounds are not counted."""
    times: tuple[list[int], list[int]] = ([], [])
    for _ in range(rounds + WARM):
        for one, kept in ((act, times[0]), (base, times[1])):
            start = clock()
            one().close()
            kept.append(clock() - start)
    return quarter(times[0][WARM:]), quarter(times[1][WARM:])


def main() -> None:
    """Measure each case, and print a table and one line of JSON."""
    with TemporaryDirectory(prefix="counterfoil-bench-") as folder:
        app, key = seeded(Path(folder))
        base = hello()
        results = {}
        print(f"{'':22}{'microseconds':>14}{'x hello':>10}")
        for name, case in cases(app.test_client(use_cookies=False), key).items():
            case.check(name)
            taken, least = measure(case.act, base)
            results[name] = {"microseconds": round(taken, 1), "x_hello": round(taken / least, 2)}
            print(f"{name:22}{taken:14.1f}{taken / least:10.2f}")
        print(json.dumps({"rounds": ROUNDS, "results": results}))


if __name__ == "__main__":
    main()
