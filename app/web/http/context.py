"""What every view needs: store, gateway, settings and clock. A view reads the clock once per request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import cast

from flask import current_app

from app.config import Config
from app.gateway.protocol import Gateway
from app.services.links.answer import LinkSettings
from app.store.protocol import Store

EXTENSION = "counterfoil"


@dataclass(frozen=True)
class Context:
    """What `create_app` joined. `clock` returns Unix seconds."""

    store: Store
    gateway: Gateway
    config: Config
    clock: Callable[[], int]
    periodic_gateway: Gateway | None = None
    """The same Stripe for periodic work, where its calls would take the places of buyers' calls."""

    erase_session: Callable[[str], None] = lambda _session: None
    """Erases what the sandbox holds of a session's buyer. Data at Stripe stays there."""

    import_wanted: Event = field(default_factory=Event)
    """Set when an import was started, so that the thread for imports begins at once."""

    @property
    def background(self) -> Gateway:
        """Return the gateway for work that no request waits for."""
        return self.periodic_gateway or self.gateway

    @property
    def link_settings(self) -> LinkSettings:
        """The settings that the rules of links depend on."""
        return LinkSettings(public_url=self.config.public_url, custom_fields_max=self.config.custom_fields_max)


def current_context() -> Context:
    """Return the context of the application that serves this request."""
    return cast(Context, current_app.extensions[EXTENSION])
