"""The longest headers that a link can ask for pass through nginx with the buffers that it has by default."""

from pathlib import Path
from typing import Any

import pytest
import requests

from app.application import assemble
from app.config import read_config
from app.objects.change import COMMAND_LINE
from app.objects.limits import MAXIMUM_EMBED_ORIGINS_LENGTH, MAXIMUM_REDIRECT_LENGTH
from app.services.accounts import keys
from app.services.links import service as links
from app.web.http.context import EXTENSION, Context
from tests.faults.nodes import a_node, in_front_of
from tests.faults.processes import free_port
from tests.faults.scene import NO_LIMITS, PATIENCE, PRICE, SECRET_KEY, now
from tests.support.build import NOW, an_organization
from tests.web.conftest import WebShop

pytestmark = pytest.mark.faults

LONGEST_HOST = ".".join([*["h" * 62] * 3, "h" * 60, "ex"])
LONGEST_ORIGIN = f"https://{LONGEST_HOST}:65535"
LONGEST_UTM = {f"utm_{name}": "u" * 150 for name in ("source", "medium", "campaign", "term", "content")}


def origins(length: int) -> list[str]:
    """Origins that take so many characters together, each with a space after it."""
    found = [f"https://site{number:02}.example.com" for number in range(length // 27 - 1)]
    rest = length - sum(len(origin) + 1 for origin in found) - len("https://.example ")
    return [*found, f"https://{'x' * rest}.example"]


def redirect(length: int) -> dict[str, Any]:
    start = f"{LONGEST_ORIGIN}/"
    return {"type": "redirect", "redirect": {"url": start + "p" * (length - len(start))}}


def test_the_longest_headers_pass_through_nginx(tmp_path: Path) -> None:
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/headers.db",
        "PUBLIC_URL": f"https://{LONGEST_HOST}",
        "SECRET_KEY": SECRET_KEY,
        "STRIPE_WEBHOOK_SECRET": "whsec_" + "headers",
        "STRIPE_CHECKOUT_ORIGINS": " ".join(origins(600)),
        **NO_LIMITS,
    }
    app = assemble(read_config(settings, data=tmp_path))
    context: Context = app.extensions[EXTENSION]
    context.store.migrate(NOW)
    context.store.add_organization(an_organization())
    link = links.create(
        context.store,
        context.gateway,
        context.store.organizations()[0],
        {
            "line_items": [{"price_data": PRICE, "quantity": 1}],
            "after_completion": redirect(MAXIMUM_REDIRECT_LENGTH),
            "counterfoil": {"embed_origins": origins(MAXIMUM_EMBED_ORIGINS_LENGTH), "slug": "s" * 64},
        },
        now(),
        settings=context.link_settings,
        actor=COMMAND_LINE,
    )
    path = f"/pay/{link.counterfoil.slug}"
    buyer = WebShop(app)
    page = buyer.open(f"{path}?{'&'.join(f'{name}={value}' for name, value in LONGEST_UTM.items())}")
    opened = buyer.press(page, "Continue to payment")
    assert opened.status_code == 303
    port = free_port()
    with a_node(port, settings, workers=1), in_front_of([port], tmp_path) as address:

        def passed(path: str, **told: Any) -> requests.Response:
            return requests.request(
                told.pop("method", "GET"), address + path, allow_redirects=False, timeout=PATIENCE, **told
            )

        embedded = passed(f"{path}/embed")
        assert embedded.status_code == 200
        assert origins(MAXIMUM_EMBED_ORIGINS_LENGTH)[-1] in embedded.headers["Content-Security-Policy"]
        assert passed(path).status_code == 200
        assert passed(f"{path}/preview", params=LONGEST_UTM | {"prefilled_email": f"{'a' * 60}@example.com"}).ok
        buyer_back = buyer.pay_in_sandbox(link=link.id).removeprefix(f"https://{LONGEST_HOST}")
        completed = passed(buyer_back)
        assert completed.status_code == 303
        assert len(completed.headers["Location"]) > MAXIMUM_REDIRECT_LENGTH + 5 * 150
        assert completed.headers["Location"].endswith("u" * 150)
        # What strangers put into an address comes back in no header.
        long = "/console/payments?starting_after=" + "x" * 3500
        assert passed(long).status_code == 303
        assert passed("/console/" + "%C3%A9" * 600).status_code == 303
        assert passed("/v1/" + "x" * 3500).status_code == 401
        assert passed("/sandbox/checkout/none?" + "x" * 3500, method="POST").status_code == 404
        _key, secret = keys.create_key(context.store, "org_apiary", now(), actor=COMMAND_LINE)
        signed = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "k" * 255}
        assert passed("/v1/products", method="POST", data={"name": "Candle"}, headers=signed).status_code == 200
        assert passed("/v1/products", method="POST", data={"name": "Candle"}, headers=signed).status_code == 200
    context.store.close()
