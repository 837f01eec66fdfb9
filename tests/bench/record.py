"""Writes the figures of a run into `recorded.json`, with which a test compares, and into `docs/performance.md`."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.bench.growth import FEW
from tests.bench.servers import ROOT

RECORDED: Final = Path(__file__).parent / "recorded.json"
DOCUMENT: Final = ROOT / "docs" / "performance.md"

_TEXT: Final = """# Performance

`make bench` measures this, and `.venv/bin/python -m tests.bench --record` writes this page. Measured on {date} with Python {python} on
{processors} processors ({machine}), which other work shared (load average {load}). So only the ratios of one run count.

*Hello* is a bare Flask route that answers with a constant. A ratio of 2 means twice the time of hello.

## Processor time of the server

Counterfoil as `counterfoil serve` runs it, one worker, against hello under gunicorn's own threaded worker. The pay page has a dropdown with
200 options. The first view of a new version makes the page again. The server has done what it does once after its start: the pages of
busy links are made, and the pictures that chats show are drawn.

The floors of the post and of the webhook are bare routes that read the same body, verify nothing, and make the same changes in the same
tables with the same indexes, as durably. The floor of the post commits an attempt, creates its session by Stripe's SDK, and commits the
session. That of the webhook commits once: the event, the payment with its words and its history, the place, and every sum. Stripe is a
route on loopback that answers at once, whose time does not count. The post and the webhook are also compared with routes that commit as
often, and store no more than two rows in a table without indexes; that of the post does not ask Stripe.

| request | microseconds | ratio |
| --- | --- | --- |
{served}

## Time to an answer

One connection, by the clock. This includes the time in which the disk stores a commit.

| request | microseconds | ratio |
| --- | --- | --- |
{answered}

## Time in one process, without a server

| request | microseconds | ratio |
| --- | --- | --- |
{in_process}

## With many links and payments

Processor time in one process, in microseconds, with SQLite. Each database has as many payments as links.

| request | {few} rows | {many} rows | ratio |
| --- | --- | --- | --- |
{growth}

## Other figures

- A first visit of a pay page takes {bytes} bytes in {requests} requests, compressed: the page, its styles, its script and the logo.
  Its {pictures} pictures of products have {picture_bytes} bytes.
- A server answers {starts} seconds after its start, and its main process and its worker use {memory} MiB (what both
  share counts half for each).
{latency}
## Where the time does not go

- A page of a link is made once and answered from memory, before Flask is entered, for as long as one statement finds the link and its
  merchant unchanged. The rule is in `app/web/page_cache/__init__.py`.
- Where the database is a file, the worker's main loop answers with a kept page itself: no thread is woken for it.
- A preview of choices is kept in the same way. The texts that a buyer typed are filled in for each answer, and are never kept.
- The application is created once, before the workers are forked. A worker makes the pages of busy links when it starts,
  in moments without visitors.
- Pages and files are compressed once, in brotli and gzip. The form token is a stored block of the compressed page.
- A page loads one stylesheet and one script, with the merchant's colours in the stylesheet. A page without a form loads no htmx.
- The API keeps its answer with a link until the link changes.
- An event of Stripe's is received before Flask is entered, and stored with its payment in one transaction.
- Buyers of a link who choose the same share one quote, unless a discount or a trial depends on the time.
- Threads share the connections to SQLite. The one that was used last is used next, because it has read most pages already.
- The statements of a payment are of the kinds for which SQLite needs no copies of pages: see `tests/store/test_pages_written.py`.
"""


def record(told: Mapping[str, Any]) -> None:
    """Write the figures."""
    RECORDED.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    DOCUMENT.write_text(document(told, datetime.now(UTC).strftime("%Y-%m-%d")), encoding="utf-8")


def document(told: Mapping[str, Any], date: str) -> str:
    """Return the text of `docs/performance.md`."""
    return _TEXT.format(
        answered=_rows(told["answered"]),
        date=date,
        few=f"{FEW:,}",
        growth=_growth(told["growth"]),
        in_process=_rows(told["results"]),
        latency=_latency(told["latency"]),
        load=told["load"],
        machine=platform.machine(),
        many=f"{next(iter(told['growth'].values()))['rows']:,}",
        memory=" and ".join(map(str, told["memory_mib"])),
        processors=os.cpu_count(),
        python=platform.python_version(),
        served=_rows(told["served"]),
        starts=told["starts_in_seconds"],
        **told["first_visit"],
    )


def _rows(results: Mapping[str, Mapping[str, float]]) -> str:
    return "\n".join(
        f"| {name} | {figures['microseconds']:.0f} | {figures['x_hello']:.2f} |" for name, figures in results.items()
    )


def _growth(growth: Mapping[str, Mapping[str, float]]) -> str:
    return "\n".join(
        f"| {name} | {figures['few']:.0f} | {figures['many']:.0f} | {figures['ratio']:.2f} |"
        for name, figures in growth.items()
    )


def _latency(latency: Mapping[str, Mapping[str, float] | None]) -> str:
    lines = [
        f"- With 8 connections, {name}: {figures['per_second']:.0f} requests a second, 99 % within {figures['p99_ms']} ms."
        for name, figures in latency.items()
        if figures is not None
    ]
    return "".join(f"{line}\n" for line in lines)
