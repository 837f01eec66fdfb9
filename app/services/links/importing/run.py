"""Imports the Payment Links of a Stripe account, page by page. An odd link does not stop the others.

A page is stored as soon as it is read, so a run that is killed loses at most one page, and the next run continues after it. Lists show
imported links in Stripe's order.
"""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from threading import Lock
from typing import Any, Final, Literal

from app.errors import CounterfoilError, GatewayRefused, GatewayUnavailable, InvalidRequest
from app.gateway.protocol import Gateway
from app.objects.base import whole
from app.objects.change import Actor
from app.objects.organization import Organization
from app.objects.payment_link import Counterfoil, PaymentLink
from app.services.accounts.organizations import account_of
from app.services.links import service
from app.services.links.answer import LinkSettings, with_urls
from app.services.links.importing.reading import Read, read_link, stripe_attributes
from app.services.links.importing.updating import Changes, apply_changes, find_changes
from app.store.protocol import Store

PAGE: Final = 100
"""How many links Stripe lists at once."""

AT_ONCE: Final = 6
"""How many questions Stripe is asked at once. A serving process may ask eight."""

log: Final = logging.getLogger(__name__)

_NOT_LISTED: Final = InvalidRequest("Stripe did not list the link again.")

TRIES: Final = 3
"""How often a link is read if Stripe does not answer."""


@dataclass(frozen=True)
class Outcome:
    """What happened to one link. A skipped one has a reason, and the parameter if there is one."""

    id: str
    kind: Literal["imported", "updated", "unchanged", "skipped"]
    link: PaymentLink | None = None
    notes: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    param: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Progress:
    """The links of one page, and how many of all links are done."""

    outcomes: Sequence[Outcome]
    done: int
    total: int


@dataclass(frozen=True)
class Choice:
    """What to import. An empty `only` means all links. `update` takes over changes too, and a `dry_run` stores nothing."""

    only: Collection[str] = ()
    update: bool = False
    dry_run: bool = False


def import_links(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    now: int,
    *,
    actor: Actor,
    settings: LinkSettings,
    choice: Choice | None = None,
) -> Iterator[Progress]:
    """Import the links of the organization's account. Yield after each page that is stored.

    A link that exists here stays unchanged unless `choice` says to update. Raises `InvalidRequest` in the sandbox, and `GatewayError`
    where the links cannot be listed. What is stored by then stays.
    """
    if gateway.sandbox:
        raise InvalidRequest("Importing reads a Stripe account: set STRIPE_SECRET_KEY.")
    run = _Run(store, gateway, organization, now, actor, settings, choice or Choice())
    yield from run.pages()


class _Run:
    def __init__(
        self,
        store: Store,
        gateway: Gateway,
        organization: Organization,
        now: int,
        actor: Actor,
        settings: LinkSettings,
        choice: Choice,
    ) -> None:
        self._store, self._gateway, self._organization = store, gateway.in_bulk(), organization
        self._now, self._actor, self._settings, self._choice = now, actor, settings, choice
        self._account = account_of(organization, gateway)
        self._lock = Lock()
        self._prices: dict[str, Any] = {}
        self._stored = store.sort_keys(organization.id)

    @cached_property
    def _ids(self) -> list[str]:
        return list(dict.fromkeys(self._gateway.list_payment_link_ids(account=self._account)))

    def pages(self) -> Iterator[Progress]:
        if self._choice.update and not self._choice.dry_run:
            self._sort_stored()
        keys = sort_keys(self._ids, self._stored, self._store.next_sort_key(self._organization.id))
        total = len(self._ids)
        missing = [Outcome(id, "skipped", reason="The account has no such link.") for id in self._unknown()]
        if missing:
            yield Progress(missing, 0, total)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="import") as threads:
            for start in range(0, total, PAGE):
                page = self._ids[start : start + PAGE]
                wanted = {id for id in page if self._is_wanted(id)}
                after = self._ids[start - 1] if start else None
                read = self._read_page(threads, wanted, after) if wanted else {}
                outcomes = [self._keep(id, read[id], keys[id]) for id in page if id in read]
                outcomes += [Outcome(id, "unchanged") for id in page if id not in wanted and self._is_chosen(id)]
                yield Progress(outcomes, min(start + PAGE, total), total)

    def _sort_stored(self) -> None:
        """Bring stored links into Stripe's order, because an earlier version stored them in reverse. They exchange their sort keys."""
        here = [id for id in self._ids if id in self._stored]
        keys = dict(zip(here, sorted((self._stored[id] for id in here), reverse=True), strict=True))
        moved = {id: key for id, key in keys.items() if self._stored[id] != key}
        if moved:
            self._store.set_sort_keys(moved)
            self._stored |= moved

    def _unknown(self) -> list[str]:
        known = set(self._ids)
        return [id for id in dict.fromkeys(self._choice.only) if id not in known]

    def _is_chosen(self, id: str) -> bool:
        return not self._choice.only or id in self._choice.only

    def _is_wanted(self, id: str) -> bool:
        return self._is_chosen(id) and (self._choice.update or id not in self._stored)

    def _read_page(
        self, threads: ThreadPoolExecutor, wanted: Collection[str], after: str | None
    ) -> dict[str, Read | CounterfoilError]:
        """Read the wanted links of one page in parallel. A link that cannot be read has its error instead."""
        page = self._gateway.list_payment_links(account=self._account, starting_after=after)
        found = {data["id"]: data for data in page if data["id"] in wanted}
        read: dict[str, Read | CounterfoilError] = dict.fromkeys(wanted, _NOT_LISTED)
        read |= zip(found, threads.map(self._try_read, found.values()), strict=True)
        for _ in range(TRIES - 1):
            silent = [id for id, result in read.items() if isinstance(result, GatewayUnavailable)]
            read |= {id: self._try_read(found[id]) for id in silent}
        return read

    def _try_read(self, data: Mapping[str, Any]) -> Read | CounterfoilError:
        try:
            return self._read(data)
        except CounterfoilError as error:
            return error
        except Exception as error:
            # An unexpected answer must not keep the other links out.
            log.exception("payment link could not be read", extra={"payment_link": data["id"]})
            return InvalidRequest(f"The link cannot be read ({type(error).__name__}).")

    def _read(self, data: Mapping[str, Any]) -> Read:
        """Read one link with its line items and the prices of its optional items, which Stripe answers by id."""
        items = self._gateway.list_line_items(data["id"], account=self._account)
        attributes = {
            **data,
            "line_items": {"data": items, "url": f"/v1/payment_links/{data['id']}/line_items"},
            "optional_items": self._with_prices(data.get("optional_items")),
        }
        ours = Counterfoil(code=service.new_code(), organization=self._organization.id)
        read = read_link(attributes, ours)
        return replace(read, link=with_urls(read.link, self._settings))

    def _with_prices(self, optional_items: Any) -> Any:
        """Return the optional items with their prices. A value that is no list of items stays as it is: `read_link` reports the error."""
        if not isinstance(optional_items, list):
            return optional_items
        return [
            {**item, "price": self._price(item["price"], f"optional_items[{index}][price]")}
            if isinstance(item, dict) and isinstance(item.get("price"), str)
            else item
            for index, item in enumerate(optional_items)
        ] or None

    def _price(self, price: str, param: str) -> Any:
        """Return the price of an optional item as JSON data. Each price is read once."""
        with self._lock:
            found = self._prices.get(price)
        if found is None:
            try:
                found = whole(self._gateway.retrieve_price(price, account=self._account))
            except GatewayRefused as error:
                raise InvalidRequest(error.message, param=param, code=error.code) from None
            with self._lock:
                self._prices[price] = found
        return found

    def _keep(self, id: str, read: Read | CounterfoilError, sort_key: int) -> Outcome:
        if isinstance(read, CounterfoilError):
            return Outcome(id, "skipped", param=getattr(read, "param", None), reason=read.message)
        before = self._store.link(id)
        if before is not None and before.counterfoil.organization != self._organization.id:
            return Outcome(id, "skipped", reason="Another organization of this server has the link already.")
        if before is not None:
            return self._update(before, read)
        if not self._choice.dry_run:
            self._store.run(partial(self._add, read.link, sort_key))
        return Outcome(id, "imported", read.link, read.notes)

    def _add(self, link: PaymentLink, sort_key: int) -> None:
        service.keep(self._store, link, self._now, actor=self._actor, sort_key=sort_key)
        self._store.save_imported(link.id, stripe_attributes(link))

    def _update(self, before: PaymentLink, read: Read) -> Outcome:
        imported = self._store.imported(before.id)
        changes = find_changes(before, read.link, imported)
        if not changes.names:
            if imported is None and not self._choice.dry_run:
                self._store.save_imported(before.id, stripe_attributes(read.link))
            return Outcome(before.id, "unchanged", before)
        after = with_urls(apply_changes(before, changes), self._settings)
        if not self._choice.dry_run:
            after = self._store.run(partial(self._save, read.link, changes))
            service.end_sessions_if_closed(self._store, self._gateway, after, self._now)
        return Outcome(before.id, "updated", after, read.notes, changes.names)

    def _save(self, there: PaymentLink, changes: Changes) -> PaymentLink:
        before = service.retrieve(self._store, self._organization.id, there.id)
        if changes.completed:
            self._store.add_completed(before.id, changes.completed)
        after = with_urls(apply_changes(before, changes), self._settings)
        service.save(self._store, before, after, self._now, actor=self._actor)
        self._store.save_imported(before.id, stripe_attributes(there))
        return service.retrieve(self._store, self._organization.id, there.id)


def sort_keys(ids: Sequence[str], stored: Mapping[str, int], next_key: int) -> dict[str, int]:
    """Return a sort key for each link, so that lists show the links in this order, newest first.

    A stored link keeps its key, and a link after it gets the next lower one. So the key of a skipped link stays free, and a killed run
    continues in place. New links at the beginning come before all stored ones.

    >>> sort_keys(["plink_4", "plink_3", "plink_2", "plink_1"], {"plink_3": 70, "plink_2": 69}, 200)
    {'plink_4': 200, 'plink_3': 70, 'plink_2': 69, 'plink_1': 68}
    """
    keys: dict[str, int] = {}
    key = next_key + 1
    for id in ids:
        key = stored.get(id, key - 1)
        keys[id] = key
    return keys
