"""A merchant at a server with a Stripe key, whose Stripe is an application in this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.application import assemble
from app.config import read_config
from app.services.accounts import logins, users
from tests.gateway.stripe_shaped import KEY
from tests.support.build import NOW, an_organization
from tests.support.clock import Clock
from tests.support.http_server import served
from tests.support.migrated import migrated_database
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant, add_user


def a_database(folder: Path) -> str:
    """Return the address of the database in a folder, which may be there already."""
    file = folder / "counterfoil.db"
    return f"sqlite:///{file}" if file.exists() else migrated_database(file)


@contextmanager
def a_merchant_with_stripe(
    folder: Path, stripe: Callable[..., Any], key: str = KEY, **settings: str
) -> Iterator[Merchant]:
    """Yield a merchant who is logged in at a server whose Stripe is this one."""
    with served(stripe) as address:
        environment = {
            "DATABASE_URL": a_database(folder),
            "PUBLIC_URL": "https://pay.example.com",
            "SECRET_KEY": "k" * 32,
            "STRIPE_API_BASE": address,
            "STRIPE_SECRET_KEY": key,
            **settings,
        }
        shop = WebShop(assemble(read_config(environment, data=folder), now=Clock()))
        shop.store.migrate(NOW)
        if shop.store.organization("org_apiary") is None:
            shop.store.add_organization(an_organization())
            add_user(shop)
        merchant = Merchant(shop, "https://pay.example.com")
        with merchant.client.session_transaction("/console/", base_url=merchant.base_url) as session:
            session["login"] = logins.create_login(shop.store, users.retrieve(shop.store, ADA), NOW)
        yield merchant
