"""A merchant for tests: a store, a gateway, an organization and a clock, with links made and changed by the services.

Folders of tests extend it: `ServiceShop` (the sandbox's deliveries), `WebShop` (pages), `ApiShop` (Stripe's SDK), `DemoShop` (a real
address with the demo's links).
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, Final

from flask import Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket

from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.objects.change import COMMAND_LINE
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.sandbox import SANDBOX
from app.services.links import service as links
from app.services.links.answer import LinkSettings
from app.store.protocol import Store
from app.web.http.context import EXTENSION, Context

PASSWORD: Final = "nine bees on thyme"
"""The password of every console user in tests."""


def price_data(unit_amount: int = 1250, name: str = "Jar of honey", currency: str = "eur") -> dict[str, Any]:
    """Return the parameters of a price that a link brings."""
    return {"currency": currency, "unit_amount": unit_amount, "product_data": {"name": name}}


class Shop:
    """One merchant. `organization_id` names the organization; without it, it is the first one in the store."""

    def __init__(
        self,
        store: Store,
        gateway: Gateway,
        settings: LinkSettings,
        clock: Callable[[], int],
        organization_id: str | None = None,
    ) -> None:
        self.store = store
        self.gateway = gateway
        self.settings = settings
        self.clock = clock
        self._organization_id = organization_id

    @property
    def organization(self) -> Organization:
        """The organization as it is stored now."""
        if self._organization_id is None:
            return self.store.organizations()[0]
        found = self.store.organization(self._organization_id)
        assert found is not None
        return found

    def link(self, **params: Any) -> PaymentLink:
        """Create a link. By default it sells one jar of honey for 12.50 euros."""
        params = {"line_items": [{"price_data": price_data(), "quantity": 1}], **params}
        return links.create(
            self.store,
            self.gateway,
            self.organization,
            params,
            self.clock(),
            settings=self.settings,
            actor=COMMAND_LINE,
        )

    def limited(self, limit: int = 1, **params: Any) -> PaymentLink:
        """Create a link that can be paid `limit` times."""
        return self.link(restrictions={"completed_sessions": {"limit": limit}}, **params)

    def update(self, link: PaymentLink, **params: Any) -> PaymentLink:
        """Change a link, as the API does."""
        return self.update_with(self.gateway, link, **params)

    def update_with(self, gateway: Any, link: PaymentLink, **params: Any) -> PaymentLink:
        """Change a link through another gateway."""
        return links.update(
            self.store,
            gateway,
            self.organization,
            link.id,
            params,
            self.clock(),
            settings=self.settings,
            actor=COMMAND_LINE,
        )

    def found(self, link: PaymentLink | str) -> PaymentLink:
        """Return a link, or the link with this slug, as it is stored now."""
        found = self.store.link_by_code(link if isinstance(link, str) else link.counterfoil.code)
        assert found is not None
        return found

    def count(self, link: PaymentLink) -> int:
        """Return `restrictions.completed_sessions.count` now."""
        restrictions = self.found(link).restrictions
        assert restrictions is not None
        return restrictions.completed_sessions.count

    def attempts(self, link: PaymentLink | str) -> list[Attempt]:
        """Return the attempts of a link, newest first."""
        return self.store.attempts_of_link(self.found(link).id)

    def stored(self, attempt: Attempt) -> Attempt:
        """Return an attempt as it is stored now."""
        found = self.store.attempt(attempt.id)
        assert found is not None
        return found


class _CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates in memory, and in files for the next run: to compile them all takes seconds of each process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(str(folder))
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            super().load_bytecode(bucket)
            self._kept[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code
        super().dump_bytecode(bucket)


@cache
def compiled_templates() -> BytecodeCache:
    """Return a cache, so that a template is compiled once for all tests, until it changes."""
    return _CompiledTemplates(Path(__file__).parents[2] / ".pytest_cache" / "templates")


class ApplicationShop(Shop):
    """A merchant on a whole application in this process."""

    def __init__(self, app: Flask, organization_id: str | None = None) -> None:
        self.app = app
        app.jinja_env.bytecode_cache = compiled_templates()
        context = self.context
        super().__init__(context.store, context.gateway, context.link_settings, context.clock, organization_id)

    @property
    def context(self) -> Context:
        """What the application joins. A test may replace it."""
        context: Context = self.app.extensions[EXTENSION]
        return context

    def close(self) -> None:
        """Close the database. Otherwise it stays open until the process ends."""
        self.store.close()
        if (sandbox := self.app.extensions.get(SANDBOX)) is not None:
            sandbox.engine.close()
