"""A link as the API answers with it: its addresses of today, the amounts of its items, and what `expand[]` asks for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.objects.payment_link import PaymentLink
from app.pricing.quote import with_amounts
from app.services import idempotency
from app.services.idempotency import Claim
from app.store.protocol import Store
from app.wire.expand import render, render_list


@dataclass(frozen=True)
class LinkSettings:
    """The settings that links depend on: the origin that buyers see, and the maximum number of custom fields."""

    public_url: str
    custom_fields_max: int


@dataclass(frozen=True)
class Reply:
    """How to answer one API request: the paths to expand, the time, and the idempotency key to store the answer under."""

    settings: LinkSettings
    rendered_at: int
    expand: Sequence[str] = ()
    claim: Claim | None = None

    def render(self, link: PaymentLink) -> dict[str, Any]:
        """Return the link as plain JSON data."""
        return render(self._prepare(link, self.expand), self.expand)

    def render_list(self, links: Sequence[PaymentLink], *, url: str, has_more: bool) -> dict[str, Any]:
        """Return a page of links in Stripe's list envelope. The paths in `expand` start with `data.`."""
        paths = [path.removeprefix("data.") for path in self.expand]
        shown = [self._prepare(link, paths) for link in links]
        return render_list(PaymentLink, shown, url=url, has_more=has_more, expand=self.expand)

    def store_answer(self, store: Store, link: PaymentLink) -> str:
        """Return the answer as JSON text. Where the request has a key, store the answer in the open transaction.

        Raises `IdempotencyInFlight` as `idempotency.store_answer` does.
        """
        body = json.dumps(self.render(link), ensure_ascii=False)
        if self.claim is not None:
            idempotency.store_answer(store, self.claim, 200, body)
        return body

    def _prepare(self, link: PaymentLink, paths: Sequence[str]) -> PaymentLink:
        link = with_urls(link, self.settings)
        return with_amounts(link, self.rendered_at) if any(path.startswith("line_items") for path in paths) else link


def check_expand(expand: Sequence[str]) -> None:
    """Raise `InvalidRequest` for a path that cannot be expanded, before anything is created."""
    render_list(PaymentLink, [], url="", has_more=False, expand=[f"data.{path}" for path in expand])


def with_urls(link: PaymentLink, settings: LinkSettings) -> PaymentLink:
    """Return the link with the addresses that it has today: by its slug, or else by its code."""
    url = f"{settings.public_url}/pay/{link.counterfoil.slug or link.counterfoil.code}"
    counterfoil = link.counterfoil.model_copy(update={"embed_url": f"{url}/embed", "qr_url": f"{url}/qr.svg"})
    return link.model_copy(update={"url": url, "counterfoil": counterfoil})
