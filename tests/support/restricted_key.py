"""A Stripe account whose key lacks some rights, as a WSGI application. It refuses like Stripe, and records what was asked."""

import json
import threading
from collections.abc import Iterable
from typing import Any

ACCOUNT = {
    "id": "acct_1Apiary",
    "object": "account",
    "business_profile": {"name": "Apiary Ltd"},
    "charges_enabled": True,
    "country": "DE",
    "default_currency": "eur",
}

END_OF_KEY = "x7Qa"
"""What Stripe shows of a key when it refuses."""

Asked = tuple[str, str]


class RestrictedKey:
    """Answers calls for an account. `lacking` has rights like `refunds write`, `account` or `key`: then the whole key is refused.

    `silent` has resources that Stripe does not answer for. `asked` has the method and path of each call.
    """

    def __init__(self, *lacking: str) -> None:
        self.lacking = set(lacking)
        self.silent: set[str] = set()
        self.asked: list[Asked] = []
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/v1/")
        with self._lock:
            self.asked.append((method, path))
        status, answer = self._answer(method, path)
        start_response(f"{status} Status", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def _answer(self, method: str, path: str) -> tuple[int, dict[str, Any]]:
        resource = path.rpartition("/")[0] if method == "POST" else path
        access = "write" if method == "POST" else "read"
        if "key" in self.lacking:
            return 401, _error(f"Invalid API Key provided: rk_test_****{END_OF_KEY}")
        if resource in self.silent:
            return 503, _error("Try again.", "api_error")
        if path in self.lacking or f"{resource} {access}" in self.lacking:
            right = f"rak_{resource.replace('/', '_').rstrip('s')}_{access}"
            return 403, _error(
                f"The provided key 'rk_test_****{END_OF_KEY}' does not have the required permissions for this endpoint on "
                f"account 'acct_1Apiary'. Having the '{right}' permission would allow this request to continue."
            )
        if path == "account":
            return 200, ACCOUNT
        if method == "POST":
            return 404, _error(f"No such object: '{path}'", code="resource_missing")
        return 200, {"object": "list", "url": f"/v1/{path}", "has_more": False, "data": []}


def _error(message: str, type: str = "invalid_request_error", **told: Any) -> dict[str, Any]:
    return {"error": {"type": type, "message": message, **told}}
