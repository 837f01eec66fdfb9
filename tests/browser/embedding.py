"""Three sites on three origins: the merchant's page, the pay page in a frame of it, and the checkout, which refuses frames.

The server sends its requests to Stripe over HTTP to the sandbox.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from app.application import assemble
from app.sandbox import create_sandbox
from app.store import open_engine
from app.web.display.snippet import Choices, snippet
from tests.browser.shop import DemoShop, shop_config
from tests.browser.sites import Site
from tests.support.certificates import make_certificate

NO_SANDBOX = "none"
BY_USER = (
    "allow-scripts allow-forms allow-same-origin allow-top-navigation-by-user-activation allow-popups "
    "allow-popups-to-escape-sandbox"
)
NO_WAY_OUT = "allow-scripts allow-forms"
OPAQUE = "allow-scripts allow-forms allow-top-navigation-by-user-activation"

HOST = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Invoice of a merchant</title>
<meta name="referrer" content="{referrer}">
<h1>An invoice of a merchant's own</h1>
<div style="width: {width}px" id="place">{snippet}</div>
<ol id="heard"></ol>
<script>
  const messages = [];
  window.addEventListener("message", event => messages.push([event.origin, event.data]));
  for (const name of ["ready", "resize", "completed"]) {{
    document.addEventListener("counterfoil:" + name, event => {{
      const line = document.createElement("li");
      const told = event.detail;
      line.textContent = name === "completed" ? name + " " + JSON.stringify(told) : name + " " + told.state + " " + told.height;
      document.querySelector("#heard").append(line);
    }});
  }}
</script>
"""


class Sites:
    """A server that `merchant.test` may frame, the merchant's pages, and the checkout."""

    def __init__(self, folder: Path) -> None:
        certificate = make_certificate(folder, "pay.test", "checkout.test", "merchant.test", "unlisted.test")
        self.merchant = Site("merchant.test", certificate)
        self.checkout = Site("checkout.test", certificate)
        self.pay = Site("pay.test", certificate)
        self._stripe = Site()
        self.sites = (self.merchant, self.checkout, self.pay, self._stripe)
        secrets = {"SECRET_KEY": "s" * 40, "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 24}
        # The checkout: the sandbox's pages of the same database, at another origin.
        self.checkout.application = assemble(shop_config(folder, self.checkout.origin, **secrets))
        live = {
            "STRIPE_SECRET_KEY": "sk_test_" + "b" * 24,
            "STRIPE_API_BASE": self._stripe.origin,
            "STRIPE_CHECKOUT_ORIGINS": self.checkout.origin,
        }
        config = shop_config(folder, self.pay.origin, **secrets, **live)

        def deliver(payload: bytes, signature: str) -> int:
            headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
            return self.shop.app.test_client().post("/webhooks/stripe", data=payload, headers=headers).status_code

        self._stripe.application = create_sandbox(
            open_engine(config.database_url),
            clock=lambda: self.shop.now(),
            webhook_secret=secrets["STRIPE_WEBHOOK_SECRET"],
            public_url=self.checkout.origin,
            deliver=deliver,
        ).api
        self.shop = DemoShop(self.pay, config)
        self.shop.seed(stripe_account="acct_tallow")
        self.merchant.application = self._host
        self.shop.update(self.shop.demo["dipping"], counterfoil={"embed_origins": [self.merchant.origin]})

    @property
    def unlisted(self) -> str:
        """Another name of the merchant's server. No link lists it."""
        return self.merchant.origin.replace("merchant.test", "unlisted.test")

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that a browser may contact."""
        return (self.merchant.origin, self.unlisted, self.checkout.origin, self.pay.origin)

    def host(self, link: str = "dipping", *, origin: str | None = None, **options: str) -> str:
        """Return the address of a merchant's page that frames a link.

        Options: sandbox, script, width, referrer, bare, theme, return_url, policy.
        """
        query = urlencode({"link": link, **options})
        return f"{origin or self.merchant.origin}/?{query}"

    def close(self) -> None:
        """Stop serving, and check that no site has set a cookie."""
        for site in self.sites:
            site.close()
        self.shop.store.close()
        assert not [cookie for site in self.sites for cookie in site.cookies]

    def _host(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        if "link" not in query:
            start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"nothing"]
        choices = Choices(query.get("return_url"), query.get("theme", "light"))
        block = snippet(self.shop.found(query["link"]), self.shop.organization, choices)
        if query.get("script") == "no":
            block = block.partition("<script")[0]
        if query.get("bare"):
            block = "".join(line for line in block.splitlines(keepends=True) if not line.startswith("<a "))
        if query.get("sandbox", NO_SANDBOX) != NO_SANDBOX:
            block = block.replace("<iframe ", f'<iframe sandbox="{query["sandbox"]}" ')
        page = HOST.format(
            snippet=block,
            width=query.get("width", "700"),
            referrer=query.get("referrer", "strict-origin-when-cross-origin"),
        )
        headers = [("Content-Type", "text/html; charset=utf-8")]
        if query.get("policy") == "no styles":
            headers.append(("Content-Security-Policy", "style-src 'none'"))
        start_response("200 OK", headers)
        return [page.encode()]
