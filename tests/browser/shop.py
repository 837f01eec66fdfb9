"""The whole application at a real address, with the links of the demo and a clock that tests can move forward."""

import json
import time
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import stripe

from app.application import assemble
from app.config import Config, read_config
from app.gateway.transport import WSGIClient
from app.objects.attempt import Attempt
from app.objects.change import COMMAND_LINE
from app.objects.payment_link import PaymentLink
from app.objects.price import Price
from app.resources import resource
from app.services.accounts import keys, users
from app.services.links.seeding import seed
from app.services.products.products import product_id
from app.services.reconcile import reconcile
from app.web.http.context import EXTENSION
from tests.browser.sites import Site
from tests.support.build import NOW
from tests.support.shop import PASSWORD, ApplicationShop, price_data

CONSOLE_COOKIE = "__Host-counterfoil"
DEMO = json.loads(resource("data/demo.json").read_text(encoding="utf-8"))


def shop_config(folder: Path, public_url: str, **settings: str) -> Config:
    """Settings of a shop whose database and secrets stand in a folder; so many buyers share this address that limits are wide."""
    limits = {
        "RATE_LIMIT_PAY_ADDRESS": "9999/minute",
        "RATE_LIMIT_PAY_LINK": "9999/minute",
        "RATE_LIMIT_PREVIEW": "9999/minute",
        "RATE_LIMIT_LOGIN": "9999/minute",
        "RATE_LIMIT_LOGIN_ACCOUNT": "9999/minute",
        "RATE_LIMIT_RETURN": "9999/minute",
        "RATE_LIMIT_CODES_ADDRESS": "9999/minute",
        "RATE_LIMIT_CODES_LINK": "9999/minute",
        "HOLDS_PER_ADDRESS": "0",
    }
    environment = {"DATABASE_URL": f"sqlite:///{folder}/shop.db", "PUBLIC_URL": public_url, **limits, **settings}
    return read_config(environment, data=folder)


class DemoShop(ApplicationShop):
    """A server with the links of the demo, and a clock that tests can move forward."""

    def __init__(self, site: Site, config: Config) -> None:
        self.site = site
        self.origin = site.origin
        self.ahead = 0
        self.demo: dict[str, PaymentLink] = {}
        super().__init__(assemble(config, now=self.now))
        self.store.migrate(NOW)
        site.application = self.app

    def seed(self, **organization: Any) -> None:
        """Add the links of the demo, with these fields of their merchant."""
        data = {**DEMO, "organization": {**DEMO["organization"], **organization}}
        seeded = seed(self.store, self.gateway, data, self.now(), settings=self.settings)
        self.demo = {link.counterfoil.slug or "": link for link, _ in seeded.links}

    @cached_property
    def catalogue(self) -> Any:
        """What the merchant sells: Stripe's SDK with a key of theirs."""
        _key, secret = keys.create_key(self.store, self.organization.id, self.now(), actor=COMMAND_LINE)
        return stripe.StripeClient(secret, http_client=WSGIClient(self.app.wsgi_app)).v1

    def price_of(self, slug: str) -> Price:
        """Return the price that a link of the demo sells first."""
        items = self.demo[slug].line_items
        price = items.data[0].price if items else None
        assert price is not None
        return price

    def product_of(self, slug: str) -> str:
        """Return the id of the product of that price."""
        return product_id(self.price_of(slug))

    def coupon(self) -> str:
        """Return the id of a coupon of the demo that has a code."""
        return str(self.catalogue.promotion_codes.list({"code": "SPRING10"}).data[0].promotion.coupon)

    def limit(self, **limits: Any) -> None:
        """Change rate limits of the running server."""
        context = self.context
        self.app.extensions[EXTENSION] = replace(context, config=replace(context.config, **limits))

    def now(self) -> int:
        """Return the time of this server."""
        return int(time.time()) + self.ahead

    def console_user(self) -> str:
        """Return the e-mail address of a console user with `PASSWORD`."""
        email = "ada@example.com"
        if self.store.user_by_email(email) is None:
            users.create(self.store, self.organization.id, email, PASSWORD, self.now(), actor=COMMAND_LINE)
        return email

    def address(self, link: PaymentLink | str, path: str = "") -> str:
        """Return the address of a link. A demo link is named by its slug."""
        slug = link if isinstance(link, str) else link.counterfoil.slug or link.counterfoil.code
        return f"{self.origin}/pay/{slug}{path}"

    def link(self, unit_amount: int = 1250, name: str = "Jar of honey", **params: Any) -> PaymentLink:
        """Create a link for one test."""
        items = [{"price_data": price_data(unit_amount, name), "quantity": 1}]
        return super().link(**{"line_items": items, **params})

    def paid(self, link: PaymentLink | str) -> Attempt:
        """Return the newest payment of a link."""
        attempt = self.attempts(link)[0]
        assert attempt.state in {"paid", "no_payment_required"}, attempt.state
        assert not attempt.flags
        return attempt

    def wait(self, seconds: int) -> None:
        """Move the clock forward and run the periodic work."""
        self.ahead += seconds
        reconcile(self.store, self.gateway, self.now())
