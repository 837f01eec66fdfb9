"""Asks Stripe whether links can still be sold: reads every price, coupon and rate that they name again.

An answer changes what buyers and merchants see: copies of prices are refreshed, and refusals are recorded or removed.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from app.errors import GatewayRefused
from app.gateway.protocol import Gateway
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.price import Price
from app.objects.refusal import Refusal
from app.pricing.discounts import expiry_problem
from app.pricing.selling import why_not_sold
from app.services.accounts.organizations import account_of, organizations_of_account
from app.services.links import price_refresh, refusals
from app.store.protocol import Store

AT_ONCE: Final = 4
"""How many questions Stripe is asked at once. A serving process may ask twice as many."""

PAGE: Final = 100

NO_CODE: Final = "COUNTERFOIL-LINKS-CHECK"
"""A promotion code that is looked up to see whether the key may look up codes. It need not exist."""


@dataclass(frozen=True)
class Finding:
    """A link, and why Stripe refuses it. None: it can be sold."""

    link: PaymentLink
    refusal: Refusal | None


class Question(NamedTuple):
    """One object of an account. Several links may name it."""

    account: str | None
    kind: str
    id: str


@dataclass(frozen=True)
class _Answer:
    refused: GatewayRefused | None = None
    price: Price | None = None


def check_links(store: Store, gateway: Gateway, organizations: Sequence[Organization], now: int) -> list[Finding]:
    """Return every active link of these organizations, newest first, and why Stripe refuses it. Raises `GatewayUnavailable`.

    Each object is read once, however many links name it. Nothing is recorded if Stripe does not answer every question.
    """
    asked: list[tuple[PaymentLink, list[tuple[str, Question]]]] = []
    for organization in organizations:
        account = account_of(organization, gateway)
        asked += [(link, list(_questions(link, account))) for link in _active_links(store, organization)]
    questions = list(dict.fromkeys(question for _, named in asked for _, question in named))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = dict(zip(questions, threads.map(partial(_ask, gateway, now=now), questions), strict=True))
    _refresh_prices(store, gateway, answers)
    for link, named in asked:
        _record(store, link, named, answers, now)
    links = [store.link(link.id) or link for link, _ in asked]
    found = refusals.refusals_of(store, links, now)
    return [Finding(link, found.get(link.id)) for link in links]


def _active_links(store: Store, organization: Organization) -> Iterator[PaymentLink]:
    after, more = None, True
    while more:
        page, more = store.links(organization.id, active=True, limit=PAGE, starting_after=after)
        yield from page
        after = page[-1].id if page else None


def _questions(link: PaymentLink, account: str | None) -> Iterator[tuple[str, Question]]:
    """Yield what a session of the link names, with the parameter of the session. Optional items can be left out."""
    for index, item in enumerate(link.line_items.data if link.line_items else ()):
        if item.price is not None:
            yield f"line_items[{index}][price]", Question(account, "price", item.price.id)
    for index, option in enumerate(link.shipping_options):
        rate = option.shipping_rate
        id = rate if isinstance(rate, str) else rate.id
        yield f"shipping_options[{index}][shipping_rate]", Question(account, "shipping_rate", id)
    for index, tax in enumerate(link.counterfoil.tax_rates):
        id = tax if isinstance(tax, str) else tax.id
        yield f"line_items[0][tax_rates][{index}]", Question(account, "tax_rate", id)
    coupon = link.counterfoil.coupon
    if coupon is not None:
        yield "discounts[0][coupon]", Question(account, "coupon", coupon if isinstance(coupon, str) else coupon.id)
    if link.allow_promotion_codes:
        yield "discounts[0][promotion_code]", Question(account, "promotion_code", NO_CODE)


def _ask(gateway: Gateway, question: Question, *, now: int) -> _Answer:
    """Read one object. Raises `GatewayUnavailable`."""
    account, kind, id = question
    try:
        if kind == "price":
            price = gateway.retrieve_price(id, account=account)
            unsold = why_not_sold(price)
            return _Answer(GatewayRefused(unsold.message, code=unsold.code) if unsold else None, price)
        return _Answer(_refused_part(gateway, question, now))
    except GatewayRefused as error:
        return _Answer(error)


def _refused_part(gateway: Gateway, question: Question, now: int) -> GatewayRefused | None:
    account, kind, id = question
    if kind == "shipping_rate" and not gateway.retrieve_shipping_rate(id, account=account).active:
        return GatewayRefused(f"The shipping rate {id} is archived.")
    if kind == "tax_rate" and not gateway.retrieve_tax_rate(id, account=account).active:
        return GatewayRefused(f"The tax rate {id} is archived.")
    # After its time, a link's own coupon no longer applies, and the link is sold without it.
    if kind == "coupon" and expiry_problem(gateway.retrieve_coupon(id, account=account), now) not in (None, "expired"):
        return GatewayRefused(f"The coupon {id} can no longer be redeemed.", code="coupon_expired")
    if kind == "promotion_code":
        gateway.find_promotion_code(id, account=account)
    return None


def _refresh_prices(store: Store, gateway: Gateway, answers: Mapping[Question, _Answer]) -> None:
    """Put the prices into the links that hold them, as an event does that has not arrived."""
    for (account, kind, id), answer in answers.items():
        if kind != "price":
            continue
        owners = organizations_of_account(store, gateway, account)
        if answer.price is not None:
            price_refresh.replace_price(store, owners, answer.price)
        elif answer.refused is not None and answer.refused.code == "resource_missing":
            price_refresh.close_price(store, owners, id)


def _record(
    store: Store,
    link: PaymentLink,
    named: Sequence[tuple[str, Question]],
    answers: Mapping[Question, _Answer],
    now: int,
) -> None:
    """Record the first thing that Stripe refuses, or remove a record about something that it takes again."""
    for param, question in named:
        refused = answers[question].refused
        if refused is not None:
            error = GatewayRefused(refused.message, code=refused.code, param=param, status=refused.status)
            return refusals.record(store, link.id, error, now, found_by="check")
    return refusals.clear_checked(store, link.id)
