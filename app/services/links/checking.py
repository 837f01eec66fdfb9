"""Asks Stripe whether links can still be sold: reads every price, coupon and rate that they name again.

An answer changes what buyers and merchants see: the copies in links are refreshed, and refusals are recorded or removed.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

from app.errors import GatewayRefused, GatewayUnavailable
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.price import Price
from app.objects.refusal import Refusal
from app.pricing.selling import Unsold, why_not_sold
from app.pricing.unsold import why_not_taken
from app.services.accounts.organizations import account_of, organizations_of_account
from app.services.links import copies, price_refresh, refusals
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
    found: Price | copies.Part | None = None


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
    _refresh_copies(store, gateway, answers)
    for link, named in asked:
        _record(store, link, named, answers, now)
    links = [store.link(link.id) or link for link, _ in asked]
    found = refusals.refusals_of(store, links, now)
    return [Finding(link, found.get(link.id)) for link in links]


def refresh_refused(store: Store, gateway: Gateway, attempt: Attempt, error: GatewayRefused, now: int) -> None:
    """Read the object again that Stripe has just refused in an attempt's session, so that the page closes for the next buyer.

    If Stripe does not answer, nothing changes.
    """
    named = _named_object(attempt.session_params, error.param or "")
    if named is None:
        return
    question = Question(attempt.account, *named)
    try:
        answer = _ask(gateway, question, now=now)
    except GatewayUnavailable:
        return
    _refresh_copies(store, gateway, {question: answer})


def _named_object(params: Mapping[str, Any], param: str) -> tuple[str, str] | None:
    """Return kind and id of the object that a parameter of a session names, or None.

    `discounts[0][coupon]` names the coupon in `params["discounts"][0]["coupon"]`.
    """
    path = param.replace("]", "").split("[")
    value: Any = params
    for part in path:
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    kind = "tax_rate" if "tax_rates" in path else path[-1]
    return (kind, value) if isinstance(value, str) and (kind == "price" or kind in copies.KINDS) else None


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
            return _answer(price, why_not_sold(price))
        if kind in copies.KINDS:
            part = copies.read_part(gateway, kind, id, account=account)
            return _answer(part, why_not_taken(part, now))
        gateway.find_promotion_code(id, account=account)
    except GatewayRefused as error:
        return _Answer(error)
    return _Answer()


def _answer(found: Price | copies.Part, unsold: Unsold | None) -> _Answer:
    return _Answer(GatewayRefused(unsold.message, code=unsold.code) if unsold else None, found)


def _refresh_copies(store: Store, gateway: Gateway, answers: Mapping[Question, _Answer]) -> None:
    """Put the objects into the links that hold them, as an event does that has not arrived."""
    for (account, kind, id), answer in answers.items():
        if kind != "price" and kind not in copies.KINDS:
            continue
        owners = organizations_of_account(store, gateway, account)
        if isinstance(answer.found, Price):
            price_refresh.replace_price(store, owners, answer.found)
        elif answer.found is not None:
            copies.replace_part(store, owners, answer.found)
        elif answer.refused is not None and answer.refused.code == "resource_missing":
            (price_refresh.close_price if kind == "price" else copies.close_part)(store, owners, id)


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
