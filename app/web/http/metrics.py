"""`/metrics` for Prometheus, where prometheus-client is installed: requests by route, state changes of attempts, outcomes of events.

No label names a link, an attempt or a buyer. The database counts attempts and events at each scrape, so every process reports the same
numbers. Each process counts its own requests.
"""

import hmac
import os
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, abort, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.services.attempts import payments
from app.services.events import log as event_log
from app.store.protocol import Store
from app.web.http import rate_limits
from app.web.http.context import EXTENSION, current_context

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

PATH: Final = "/metrics"

UNCOUNTED: Final = "counterfoil.uncounted"
"""The key in the WSGI environment of a request that this server makes to itself, so that it is not counted."""

_BEGAN: Final = "counterfoil.began"
"""The key in the WSGI environment of the time at which Flask began with a request."""

_COUNT: Final = "counterfoil_count_request"
"""The key of the function that counts a request, in the extensions of an application that has metrics."""


def register(app: Flask) -> None:
    """Count requests and add `/metrics` to an application, if prometheus-client is installed."""
    try:
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
    except ModuleNotFoundError:
        return
    registry = CollectorRegistry()
    requests = Counter("counterfoil_requests", "Requests answered.", ["route", "status"], registry=registry)
    seconds = Histogram("counterfoil_request_seconds", "Time to an answer.", ["route"], registry=registry)
    shown = _shared_by_processes() or registry
    shown.register(_Stored(app.extensions[EXTENSION].store))

    # prometheus-client checks the labels at each call. There are no more of them than routes and statuses.
    counter, timer = cache(requests.labels), cache(seconds.labels)

    def count_one(route: str, status: int, taken: float | None) -> None:
        counter(route, status).inc()
        if taken is not None:
            timer(route).observe(taken)

    app.extensions[_COUNT] = count_one

    @app.before_request
    def begin() -> None:
        request.environ[_BEGAN] = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        environ = request.environ
        if UNCOUNTED in environ:
            return response
        rule, began = request.url_rule, environ.get(_BEGAN)
        taken = None if began is None else time.perf_counter() - began
        count_one(rule.rule if rule else "none", response.status_code, taken)
        return response

    @app.get(PATH)
    def metrics() -> Response:
        """Answer with the metrics when the request has `METRICS_TOKEN` as bearer. Without that setting, answer 404."""
        token = current_context().config.metrics_token
        if token is None:
            abort(404)
        if not _is_bearer(token):
            rate_limits.count_login()
            raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "Counterfoil"}))
        response = current_app.response_class(generate_latest(shown), content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = "no-store"
        return response


def count_request(app: Flask, route: str, status: int, began: float) -> None:
    """Count a request that was answered before Flask was entered. `began` is a reading of `time.perf_counter`."""
    count: Callable[[str, int, float], None] | None = app.extensions.get(_COUNT)
    if count is not None:
        count(route, status, time.perf_counter() - began)


def _is_bearer(token: str) -> bool:
    """Whether the request has the token. The comparison always takes the same time."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), token.encode())


def _shared_by_processes() -> "CollectorRegistry | None":
    """Return the counts of all processes, where prometheus-client's own variable names the folder that they share."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return None
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    return registry


class _Stored:
    """The counts of the database in the form that Prometheus reads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterator["Metric"]:
        """Return nothing, because the database may not exist before the first scrape."""
        return iter(())

    def collect(self) -> Iterator["Metric"]:
        """Count attempts and events."""
        from prometheus_client.core import CounterMetricFamily

        transitions = CounterMetricFamily(
            "counterfoil_attempt_transitions", "State changes of attempts.", labels=["from", "to"]
        )
        for (before, after), number in payments.count_transitions(self._store).items():
            transitions.add_metric([before or "new", after], number)
        yield transitions
        events = CounterMetricFamily("counterfoil_events", "Stored events by outcome.", labels=["type", "outcome"])
        for (type, outcome), number in event_log.count_outcomes(self._store).items():
            events.add_metric([type, outcome], number)
        yield events
