"""A link as the API answers with it: its addresses of today, the amounts of its items, and what `expand[]` asks for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.objects.payment_link import PaymentLink
from app.objects.price import Price, Product
from app.objects.stored_link import StoredLink
from app.pricing.quote import with_amounts
from app.services import idempotency
from app.services.idempotency import Claim
from app.services.links.kept_answers import ANSWERS
from app.store.protocol import Store
from app.wire.expand import check_paths, render, render_list
from app.wire.lists import list_envelope


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

    def text(self, stored: StoredLink) -> str:
        """Return the answer with a link as JSON text."""
        if self.expand:
            return json_text(self.render(stored.read()))
        key = (stored.edition, stored.completed, self.settings.public_url)
        text = ANSWERS.find(key) if stored.edition else None
        if text is None:
            text = json_text(self.render(stored.read()))
            if stored.edition:
                ANSWERS.keep(key, text)
        return text

    def list_text(self, links: Sequence[StoredLink], *, url: str, has_more: bool) -> str:
        """Return the answer with a page of links as JSON text."""
        if self.expand:
            return json_text(self.render_list([link.read() for link in links], url=url, has_more=has_more))
        envelope = json_text(list_envelope([], url, has_more))
        return envelope.replace("[]", f"[{', '.join(map(self.text, links))}]", 1)

    def store_answer(self, store: Store, link: PaymentLink) -> str:
        """Return the answer as JSON text. Where the request has a key, store the answer in the open transaction.

        Raises `IdempotencyInFlight` as `idempotency.store_answer` does.
        """
        body = json_text(self.render(link))
        if self.claim is not None:
            idempotency.store_answer(store, self.claim, 200, body)
        return body

    def _prepare(self, link: PaymentLink, paths: Sequence[str]) -> PaymentLink:
        link = with_urls(link, self.settings)
        if not any(path.startswith("line_items") for path in paths):
            return link
        return with_default_prices(with_amounts(link, self.rendered_at))


def json_text(data: Mapping[str, Any]) -> str:
    """Return JSON as every answer has it."""
    return json.dumps(data, ensure_ascii=False)


def check_expand(expand: Sequence[str]) -> None:
    """Raise `InvalidRequest` for a path that cannot be expanded, before anything is created."""
    check_paths(PaymentLink, expand)


def with_default_prices(link: PaymentLink) -> PaymentLink:
    """Return the link with the whole default price in each product whose default price the link sells. Other ones stay ids."""
    items = link.line_items.data if link.line_items else ()
    sold = {item.price.id: item.price for item in items if item.price is not None}
    filled = tuple(item.model_copy(update={"price": _with_default_price(item.price, sold)}) for item in items)
    if link.line_items is None:
        return link
    return link.model_copy(update={"line_items": link.line_items.model_copy(update={"data": filled})})


def _with_default_price(price: Price | None, sold: Mapping[str, Price]) -> Price | None:
    if price is None or not isinstance(price.product, Product) or not isinstance(price.product.default_price, str):
        return price
    product, default = price.product, sold.get(price.product.default_price)
    if default is None:
        return price
    # The product is not inside itself once more.
    default = default.model_copy(update={"product": product.id})
    return price.model_copy(update={"product": product.model_copy(update={"default_price": default})})


def with_urls(link: PaymentLink, settings: LinkSettings) -> PaymentLink:
    """Return the link with the addresses that it has today: by its slug, or else by its code."""
    url = f"{settings.public_url}/pay/{link.counterfoil.slug or link.counterfoil.code}"
    counterfoil = link.counterfoil.model_copy(update={"embed_url": f"{url}/embed", "qr_url": f"{url}/qr.svg"})
    return link.model_copy(update={"url": url, "counterfoil": counterfoil})
