"""A Stripe account with Payment Links, as a WSGI application: what an import reads, within Stripe's limit of calls."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

EXAMPLE = json.loads((Path(__file__).parents[1] / "data" / "payment_link_example.json").read_text(encoding="utf-8"))

Answer = tuple[int, dict[str, Any]]


def a_product(id: str, name: str, **changes: Any) -> dict[str, Any]:
    product = {"id": id, "object": "product", "active": True, "created": 1, "images": [], "metadata": {}, "name": name}
    return {**product, **changes}


def a_price(id: str, unit_amount: int | None, name: str = "Jar", **changes: Any) -> dict[str, Any]:
    price = {
        "id": id,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "currency": "usd",
        "metadata": {},
        "product": a_product(f"prod_{name.lower()}", name),
        "type": "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": None if unit_amount is None else str(unit_amount),
    }
    return {**price, **changes}


def an_item(id: str, **changes: Any) -> dict[str, Any]:
    item = {"id": id, "object": "item", "amount_total": 2500, "currency": "usd", "description": "Jar", "quantity": 2}
    return {**item, "price": a_price("price_jar", 1250), **changes}


def a_link(id: str, **changes: Any) -> dict[str, Any]:
    return {**deepcopy(EXAMPLE), "id": id, "url": f"https://buy.stripe.test/{id}", **changes}


def a_list(data: list[Any], *, has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "url": "/v1/things", "has_more": has_more, "data": data}


class StripeAccount:
    """The links of an account, newest first, each with its line items.

    `seconds` is how long an answer takes, `per_second` how many calls Stripe takes in a second, `page` how many objects a page has at
    most. `calls` counts the calls by kind, `asked` has their methods, paths and accounts. Line items of `refused` links are refused, and
    Stripe fails for `silent` ones. Those of `broken` ones are no list.
    """

    def __init__(self) -> None:
        self.links: list[dict[str, Any]] = []
        self.items: dict[str, list[Any]] = {}
        self.prices: dict[str, dict[str, Any]] = {}
        self.refused: set[str] = set()
        self.silent: set[str] = set()
        self.broken: set[str] = set()
        self.seconds = 0.0
        self.per_second = 100
        self.page = 100
        self.asked: list[tuple[str, str, str | None]] = []
        self.calls: Counter[str] = Counter()
        self.times: list[float] = []
        self.most_at_once = 0
        self._under_way = 0
        self._lock = threading.Lock()

    def add(self, link: dict[str, Any], *items: Any) -> None:
        """Add a link, older than all others, with line items or with one jar."""
        self.links.append(link)
        self.items[link["id"]] = list(items) or [an_item(f"li_{link['id']}")]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._lock:
            self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_STRIPE_ACCOUNT")))
            self.times.append(time.monotonic())
            too_many = sum(self.times[-1] - moment < 1 for moment in self.times[-200:]) > self.per_second
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        time.sleep(self.seconds)
        query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        status, answer = _refusal(429, "rate_limit") if too_many else self._answer(environ["PATH_INFO"], query)
        with self._lock:
            self._under_way -= 1
        start_response(f"{status} Status", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def _answer(self, path: str, query: dict[str, str]) -> Answer:
        parts = path.removeprefix("/v1/").split("/")
        with self._lock:
            self.calls["line_items" if parts[2:] else parts[0]] += 1
        if parts == ["payment_links"]:
            return 200, self._page(self.links, query)
        if parts[1:2] and parts[1] in self.broken:
            return 200, {"object": "list", "url": "/v1/things", "has_more": False, "data": 5}
        if parts[1:2] and parts[1] in self.silent:
            return _refusal(503, "api_error")
        if parts[2:] == ["line_items"] and parts[1] not in self.refused:
            return 200, self._page(self.items[parts[1]], query)
        if parts[0] == "checkout" and parts[-1] == "expire":
            session = {
                "id": parts[-2],
                "object": "checkout.session",
                "mode": "payment",
                "expires_at": 0,
                "livemode": False,
            }
            return 200, {**session, "metadata": {}, "payment_status": "unpaid", "status": "expired"}
        if parts[0] == "prices" and parts[-1] in self._own_prices():
            return 200, self._own_prices()[parts[-1]]
        if parts == ["prices"]:
            return 200, a_list(list(self._own_prices().values()))
        if parts == ["products"]:
            return 200, a_list([price["product"] for price in self._own_prices().values()])
        return _refusal(404, "resource_missing")

    def _page(self, found: list[Any], query: dict[str, str]) -> dict[str, Any]:
        ids = [one["id"] for one in found]
        start = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        end = start + min(int(query["limit"]), self.page)
        return a_list(found[start:end], has_more=end < len(found))

    def _own_prices(self) -> dict[str, dict[str, Any]]:
        sold = [item["price"] for items in self.items.values() for item in items if item["price"]]
        return {price["id"]: price for price in sold} | self.prices


def _refusal(status: int, code: str) -> Answer:
    return status, {"error": {"type": "invalid_request_error", "code": code, "message": f"Refused: {code}."}}
