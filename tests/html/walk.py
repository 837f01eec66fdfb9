"""A walk over the pages of a shop, which keeps the HTML of each."""

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from app.objects.payment_link import PaymentLink
from tests.browser.shop import DemoShop
from tests.support.page import SAME_ORIGIN, Page


@dataclass
class Nowhere:
    """Takes the place of a served site, because these pages are requested in this process."""

    origin: str = "http://127.0.0.1:8000"
    application: Any = None


@dataclass
class Walk:
    """Requests every page of the shop and keeps it by name."""

    shop: DemoShop
    client: FlaskClient
    pages: dict[str, str] = field(default_factory=dict)
    money: list[str] = field(default_factory=list)
    """The ids of payments that were refunded or disputed."""

    rules: set[str] = field(default_factory=set)
    """The rules of the routes whose pages are kept."""

    def get(self, name: str, path: str, status: int = 200) -> TestResponse:
        return self._kept(name, self.client.get(path), status)

    def post(self, name: str, path: str, data: dict[str, str], status: int, **headers: str) -> TestResponse:
        return self._kept(name, self.client.post(path, data=data, headers=headers or SAME_ORIGIN), status)

    def opened(self, link: PaymentLink, answers: dict[str, str] | None = None) -> str:
        """Start a payment and return the path of its Checkout page."""
        path = f"/pay/{link.counterfoil.code}"
        form = Page(self.client.get(path)).fill({})
        answer = self.client.post(path, data={**form, **(answers or {})}, headers=SAME_ORIGIN)
        assert answer.status_code == 303, answer.text
        return answer.location.removeprefix(self.shop.origin)

    def _kept(self, name: str, answer: TestResponse, status: int) -> TestResponse:
        assert answer.status_code == status, f"{name}: {answer.status}\n{answer.text[:2000]}"
        if answer.mimetype == "text/html" and answer.status_code not in range(300, 400):
            assert name not in self.pages
            self.pages[name] = answer.text
            self.rules.add(self._rule(answer))
        return answer

    def _rule(self, answer: TestResponse) -> str:
        """Return the rule of the route that was requested."""
        urls = self.shop.app.url_map.bind("localhost")
        try:
            return str(urls.match(answer.request.path, method=answer.request.method, return_rule=True)[0])
        except HTTPException:
            return ""
