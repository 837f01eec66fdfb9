"""`make bench`: requests to the whole application in this process, each interleaved with a bare Flask route.

Only the ratio within one run says something: machines are shared and noisy. The 25th percentile counts. One JSON line comes last.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import Final

from flask import Flask
from flask.testing import FlaskClient

from app.application import assemble
from app.cli.seeding import seed
from app.clock import clock
from app.config import read_config
from app.resources import resource
from app.services.accounts import keys
from app.web.http.context import EXTENSION, Context

ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "200"))
WARM: Final = 10

Act = Callable[[], object]


def hello() -> Act:
    """The least that Flask can do: one route, one constant."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    client = app.test_client(use_cookies=False)
    return lambda: client.get("/")


def seeded(folder: Path) -> tuple[Flask, str]:
    """The application with the demo's links in a database of its own, and a key."""
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "RATE_LIMIT_PAY_ADDRESS": "1000000/minute",
        "RATE_LIMIT_PAY_LINK": "1000000/minute",
        "RATE_LIMIT_PREVIEW": "1000000/minute",
    }
    app = assemble(read_config(environment, data=folder))
    context: Context = app.extensions[EXTENSION]
    context.store.migrate()
    demo = json.loads(resource("data/demo.json").read_text(encoding="utf-8"))
    made = seed(context.store, context.gateway, demo, clock(), settings=context.link_settings)
    _, key = keys.create_key(context.store, made.organization.id, clock())
    return app, key


def cases(client: FlaskClient, key: str) -> dict[str, Act]:
    """Each kind of request by name."""
    bearer = {"Authorization": f"Bearer {key}"}
    link = client.get("/v1/payment_links?limit=1", headers=bearer).get_json()["data"][0]["id"]
    return {
        "pay page": lambda: client.get("/pay/spring-box"),
        "pay page, embedded": lambda: client.get("/pay/spring-box/embed"),
        "inactive page": lambda: client.get("/pay/market-2025"),
        "preview, one region": lambda: client.post("/pay/wick-trimmer/preview", headers={"HX-Request": "true"}),
        "retrieve a link": lambda: client.get(f"/v1/payment_links/{link}", headers=bearer),
        "list ten links": lambda: client.get("/v1/payment_links?limit=10", headers=bearer),
        "stylesheet": lambda: client.get("/static/css/counterfoil.css").close(),
    }


def quarter(times: list[int]) -> float:
    """The 25th percentile, in microseconds."""
    return sorted(times)[len(times) // 4] / 1000


def measure(act: Act, base: Act) -> tuple[float, float]:
    """An act and the base, in turns."""
    times: tuple[list[int], list[int]] = ([], [])
    for _ in range(ROUNDS + WARM):
        for one, kept in ((act, times[0]), (base, times[1])):
            start = perf_counter_ns()
            one()
            kept.append(perf_counter_ns() - start)
    return quarter(times[0][WARM:]), quarter(times[1][WARM:])


def main() -> None:
    """Measure, and print a table and one line of JSON."""
    with TemporaryDirectory(prefix="counterfoil-bench-") as folder:
        app, key = seeded(Path(folder))
        base = hello()
        results = {}
        print(f"{'':22}{'microseconds':>14}{'x hello':>10}")
        for name, act in cases(app.test_client(use_cookies=False), key).items():
            taken, least = measure(act, base)
            results[name] = {"microseconds": round(taken, 1), "x_hello": round(taken / least, 2)}
            print(f"{name:22}{taken:14.1f}{taken / least:10.2f}")
        print(json.dumps({"rounds": ROUNDS, "results": results}))


if __name__ == "__main__":
    main()
