"""Runs the calls of one client against a server, and judges what the client saw. The same answers are expected of every client."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from inspect import isfunction
from pathlib import Path
from typing import Any

from tests.api.clients.environments import Client
from tests.api.conftest import ApiShop
from tests.api.everything import whole_payment, whole_subscription
from tests.support.answers import assert_answered

UNSET = (
    "custom_fields", "inactive_message", "name_collection", "on_behalf_of", "optional_items", "payment_method_options",
    "payment_method_types", "restrictions", "shipping_address_collection", "shipping_options", "transfer_data",
)  # fmt: skip
LINKS = 9
"""How many links the shop has before the client makes two more. Lists are read in pages of three."""
SECONDS = 120


@dataclass(frozen=True)
class Cell:
    """One call of one client: how long it took, and what was wrong with it, if anything."""

    milliseconds: float
    problem: str | None


def run(client: Client, shop: ApiShop, address: str, cache: Path) -> dict[str, Cell]:
    """Make every call with the client and return its row of the matrix. Raises `NotToBeHad`."""
    command = client.command(cache)
    task = {
        "address": address,
        "key": f"sk_test_{shop.key}",  # clients that check the prefix require it
        "old": client.old,
        "opened": opened(shop),
        "organization": shop.organization.id,
        "payment": whole_payment(shop),
        "price": shop.price(),
        "subscription": whole_subscription(shop),
        "unset": UNSET,
    }
    before = [*[shop.link().id for _ in range(LINKS - 1)][::-1], task["opened"]]
    done = subprocess.run(command, input=json.dumps(task), capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{client} ended with {done.returncode}: {done.stderr[-1000:]}")
    found: dict[str, Any] = {row["call"]: row for row in json.loads(done.stdout)}
    expected = Expected(task, before, found)
    return {call: Cell(row["milliseconds"], expected.problem(call, row)) for call, row in found.items()}


def opened(shop: ApiShop) -> str:
    """Return the id of a new link with one open session."""
    link = shop.link()
    answer = shop.http.post(f"/api/payment-links/{link.id}/stripe_checkout_session", headers=shop.headers())
    assert answer.status_code == 200, answer.text
    return str(link.id)


class Expected:
    """The expected answers, which are the same for every client."""

    def __init__(self, task: dict[str, Any], before: list[str], found: dict[str, Any]) -> None:
        self._task = task
        self._before = before
        self._saw: dict[str, Any] = {call: row["saw"] for call, row in found.items()}

    def problem(self, call: str, row: dict[str, Any]) -> str | None:
        """Return what is wrong with a call, or None."""
        if row["failed"] is not None:
            return str(row["failed"])
        check: Callable[[Any], None] = getattr(self, f"_{call}")
        try:
            check(row["saw"])
        except (AssertionError, KeyError, TypeError) as error:
            return f"{type(error).__name__}: {error}"[:300]
        return None

    @property
    def _link(self) -> str:
        return str(self._saw["create"]["id"])

    def _create(self, saw: Any) -> None:
        assert_answered(_without_items(self._task["payment"]), saw)
        assert saw["sdk"] == "Jar of honey", saw["sdk"]
        assert saw["line_items"]["data"][0]["price"]["product"]["object"] == "product"

    def _repeat(self, saw: Any) -> None:
        assert saw == self._link, saw

    def _create_subscription(self, saw: Any) -> None:
        assert_answered(_without_items(self._task["subscription"]), saw)

    def _retrieve(self, saw: Any) -> None:
        assert saw == {name: value for name, value in self._saw["create"].items() if name != "sdk"}

    def _update(self, saw: Any) -> None:
        assert (saw["active"], saw["allow_promotion_codes"], saw["metadata"]) == (False, False, {"more": "1"}), saw
        assert saw["phone_number_collection"] == {"enabled": True}
        assert saw["line_items"]["data"][0]["quantity"] == 4

    def _unset(self, saw: Any) -> None:
        assert {name for name in UNSET if saw[name]} == set(), saw
        assert saw["custom_text"]["submit"] is None

    def _list_line_items(self, saw: Any) -> None:
        assert saw == [self._saw["create"]["line_items"]["data"][0]["id"]], saw

    def _list_forwards(self, saw: Any) -> None:
        assert saw == [self._saw["create_subscription"]["id"], self._link, *self._before], saw

    def _list_backwards(self, saw: Any) -> None:
        assert saw == self._saw["list_forwards"][-2::-1], saw

    def _list_inactive(self, saw: Any) -> None:
        assert saw == [self._link], saw

    def _events(self, saw: Any) -> None:
        assert saw == self._link, saw

    def _archive_price(self, saw: Any) -> None:
        assert saw == [False, []], saw

    def _promotion_code(self, saw: Any) -> None:
        assert saw == [True, False], saw

    def _checkout_sessions(self, saw: Any) -> None:
        assert saw == [self._task["opened"], self._task["opened"], "open", 1, "expired"], saw

    def _account(self, saw: Any) -> None:
        assert saw == ["account", f"acct_{self._task['organization'].removeprefix('org_')}"], saw

    def _unknown_parameter(self, saw: Any) -> None:
        assert saw == ["InvalidRequest", 400, "parameter_unknown", "colour", True, True], saw

    def _broken_parameter(self, saw: Any) -> None:
        param = "restrictions[completed_sessions][limit]"
        assert saw == ["InvalidRequest", 400, "parameter_invalid_integer", param, True, True], saw

    def _missing_link(self, saw: Any) -> None:
        assert saw == ["InvalidRequest", 404, "resource_missing", "payment_link", True, True], saw

    def _other_parameters_for_a_key(self, saw: Any) -> None:
        assert [saw[0], saw[1], *saw[4:]] == ["Idempotency", 400, True, True], saw

    def _wrong_key(self, saw: Any) -> None:
        assert [saw[0], saw[1], *saw[4:]] == ["Authentication", 401, True, True], saw

    def _other_account(self, saw: Any) -> None:
        assert [*saw[:3], *saw[4:]] == ["Permission", 403, "account_invalid", True, True], saw


CALLS = tuple(name.removeprefix("_") for name, value in vars(Expected).items() if name[0] == "_" and isfunction(value))[
    1:
]
"""Every call that has an expectation: the methods of `Expected` after its first one."""


def _without_items(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name != "line_items"}
