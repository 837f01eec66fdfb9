"""Rules about several parts of a payment link. Each is a function that raises `InvalidRequest` with a message for people.

A rule gets the complete link as it would be stored, with prices and rates. `check` runs the rules of the attributes that were sent, so
an imported link that breaks another rule can still be switched off. Codes are Stripe's; where Stripe has none, it is
`parameter_invalid`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Final

from app.errors import InvalidRequest
from app.objects.enumerations import SHIPPING_COUNTRIES
from app.objects.limits import MAXIMUM_SHIPPING_OPTIONS, MAXIMUM_TRIAL_DAYS
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.parts import ConnectedAccount
from app.objects.scalars import MAXIMUM_TIMESTAMP
from app.objects.typed_text import clean_line
from app.services.links import merchant_urls
from app.services.links.rules import custom_fields, items, money, payment_methods, totals
from app.services.links.rules.refuse import at_least, at_most, refuse
from app.services.links.rules.translations import translations

_NOT_IN_DESCRIPTORS: Final = frozenset("<>\\'\"*")


@dataclass(frozen=True)
class Rule:
    """One rule, and the attributes that it is about."""

    check: Callable[[PaymentLink], None]
    attributes: frozenset[str]


def check(link: PaymentLink, sent: Collection[str] | None, *, custom_fields_max: int) -> None:
    """Raise `InvalidRequest` for the first rule that the link breaks. `sent` names the sent attributes; None runs every rule."""
    names = None if sent is None else frozenset(sent)
    if names is None or "custom_fields" in names:
        custom_fields.count(link, custom_fields_max)
    for rule in RULES:
        if names is None or rule.attributes & names:
            rule.check(link)


def problems(link: PaymentLink, sent: Collection[str] | None, *, custom_fields_max: int) -> list[InvalidRequest]:
    """Return every rule that the link breaks; `check` raises for the first one only.

    Rules build on each other, so each parameter is named once.
    """
    found: dict[str | None, InvalidRequest] = {}
    names = None if sent is None else frozenset(sent)
    rules = [rule.check for rule in RULES if names is None or rule.attributes & names]
    if names is None or "custom_fields" in names:
        rules.insert(0, partial(custom_fields.count, maximum=custom_fields_max))
    for rule in rules:
        try:
            rule(link)
        except InvalidRequest as error:
            found.setdefault(error.param, error)
    return list(found.values())


def after_completion(link: PaymentLink) -> None:
    """`type` `redirect` requires a URL and excludes `hosted_confirmation`, and the other way round."""
    chosen = link.after_completion
    if chosen.type == "redirect":
        if chosen.redirect is None:
            raise refuse(
                "after_completion[type] is redirect, so give its address: after_completion[redirect][url].",
                "after_completion[redirect]",
                "parameter_missing",
            )
        if chosen.hosted_confirmation is not None:
            raise refuse(
                "after_completion[hosted_confirmation] can't be given when after_completion[type] is redirect.",
                "after_completion[hosted_confirmation]",
                "parameters_exclusive",
            )
        merchant_urls.check_redirect_url(chosen.redirect.url, "after_completion[redirect][url]")
    elif chosen.redirect is not None:
        raise refuse(
            "after_completion[redirect] can't be given when after_completion[type] is hosted_confirmation.",
            "after_completion[redirect]",
            "parameters_exclusive",
        )


def return_url(link: PaymentLink) -> None:
    """The address that "back" leads to obeys the rules of the redirect after a payment."""
    if link.counterfoil.return_url is not None:
        merchant_urls.check_redirect_url(link.counterfoil.return_url, "counterfoil[return_url]")


def title_and_image(link: PaymentLink) -> None:
    """A title can be seen, and pages can show the image."""
    title, image = link.counterfoil.title, link.counterfoil.image
    if title is not None and not clean_line(title):
        raise refuse("counterfoil[title] must not be blank.", "counterfoil[title]", "parameter_invalid_empty")
    if image is not None:
        merchant_urls.check_image(image, "counterfoil[image]")


def shipping(link: PaymentLink) -> None:
    """Countries must be known to Checkout, and there is a maximum number of shipping options."""
    if link.shipping_address_collection is not None:
        param = "shipping_address_collection[allowed_countries]"
        countries = link.shipping_address_collection.allowed_countries
        if not countries:
            raise refuse(f"Name at least one country in {param}.", param, "parameter_invalid_empty")
        for index, country in enumerate(countries):
            if country not in SHIPPING_COUNTRIES:
                meant = country.upper()
                advice = f"write {meant}, in capitals" if meant in SHIPPING_COUNTRIES else "leave it out"
                raise refuse(
                    f"Checkout does not offer delivery to “{country[:20]}”: {advice}.",
                    f"{param}[{index}]",
                    "country_unsupported",
                )
    at_most(len(link.shipping_options), MAXIMUM_SHIPPING_OPTIONS, "shipping options", "shipping_options")


def restrictions(link: PaymentLink) -> None:
    """A limit is at least 1."""
    if link.restrictions is not None:
        at_least(link.restrictions.completed_sessions.limit, 1, "restrictions[completed_sessions][limit]")


def account_ids(link: PaymentLink) -> None:
    """The id of an account begins with `acct_`."""
    data = link.invoice_creation.invoice_data if link.invoice_creation else None
    settings = link.subscription_data.invoice_settings if link.subscription_data else None
    ids = {
        "on_behalf_of": link.on_behalf_of,
        "transfer_data[destination]": link.transfer_data.destination if link.transfer_data else None,
        "automatic_tax[liability][account]": _id_of(link.automatic_tax.liability),
        "invoice_creation[invoice_data][issuer][account]": _id_of(data.issuer if data else None),
        "subscription_data[invoice_settings][issuer][account]": _id_of(settings.issuer if settings else None),
    }
    for param, id in ids.items():
        if id is not None and not id.startswith("acct_"):
            message = f"No such account: '{id[:100]}'. The id of an account begins with acct_."
            raise refuse(message, param, "resource_missing")


def _id_of(account: ConnectedAccount | None) -> str | None:
    return account.account if account is not None else None


def connected_accounts(link: PaymentLink) -> None:
    """`type` `account` requires an account, and `self` excludes one."""
    data = link.invoice_creation.invoice_data if link.invoice_creation else None
    subscription = link.subscription_data
    named: tuple[tuple[ConnectedAccount | None, str], ...] = (
        (link.automatic_tax.liability, "automatic_tax[liability]"),
        (data.issuer if data else None, "invoice_creation[invoice_data][issuer]"),
        (subscription.invoice_settings.issuer if subscription else None, "subscription_data[invoice_settings][issuer]"),
    )
    for account, param in named:
        if account is None:
            continue
        if account.type == "account" and account.account is None:
            raise refuse(f"{param}[type] is account, so name the account.", f"{param}[account]", "parameter_missing")
        if account.type == "self" and account.account is not None:
            raise refuse(
                f"{param}[account] can't be given when {param}[type] is self.",
                f"{param}[account]",
                "parameters_exclusive",
            )


def trial(link: PaymentLink) -> None:
    """A trial lasts from one day to two years."""
    days = link.subscription_data.trial_period_days if link.subscription_data else None
    if days is not None and not 1 <= days <= MAXIMUM_TRIAL_DAYS:
        raise refuse(
            f"A trial lasts from 1 to {MAXIMUM_TRIAL_DAYS} days, not {days}.",
            "subscription_data[trial_period_days]",
            "parameter_invalid_integer",
        )


def statement_descriptors(link: PaymentLink) -> None:
    """A statement descriptor contains a letter and none of `< > \\ ' " *` (Stripe's rule)."""
    data = link.payment_intent_data
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        text = getattr(data, name, None)
        if text is None:
            continue
        param = f"payment_intent_data[{name}]"
        if _NOT_IN_DESCRIPTORS & set(text):
            raise refuse(f"{param} must not contain any of < > \\ ' \" *.", param, "invalid_characters")
        if not any(character.isalpha() for character in text):
            raise refuse(f"{param} must contain a letter.", param, "invalid_characters")


def opening_hours(link: PaymentLink) -> None:
    """A link opens before it closes."""
    opens_at, closes_at = link.counterfoil.opens_at, link.counterfoil.closes_at
    for name in ("opens_at", "closes_at", "due_date"):
        moment = getattr(link.counterfoil, name)
        if moment is not None and not 0 <= moment <= MAXIMUM_TIMESTAMP:
            raise refuse(
                f"counterfoil[{name}] is a time in Unix seconds, before the year 9999.",
                f"counterfoil[{name}]",
                "parameter_invalid_integer",
            )
    if opens_at is not None and closes_at is not None and opens_at >= closes_at:
        raise refuse(
            "counterfoil[closes_at] must come after counterfoil[opens_at].",
            "counterfoil[closes_at]",
            "parameters_exclusive",
        )


def _rule(check: Callable[[PaymentLink], None], *attributes: str) -> Rule:
    return Rule(check, frozenset(attributes))


_ITEMS: Final = ("line_items", "optional_items")
_RECURRING: Final = ("application_fee_percent", "payment_method_collection", "subscription_data")
_ONE_TIME: Final = ("application_fee_amount", "invoice_creation", "payment_intent_data", "transfer_data")

RULES: Final = (
    _rule(items.counts, *_ITEMS),
    _rule(items.quantities, *_ITEMS),
    _rule(items.active, *_ITEMS),
    _rule(items.chosen_amount, *_ITEMS),
    _rule(items.tiers_recur, *_ITEMS),
    _rule(items.optional_items_differ, *_ITEMS),
    _rule(money.one_currency, "currency", *_ITEMS, "shipping_options", "counterfoil"),
    _rule(items.needs_recurring, *_ITEMS, *_RECURRING),
    _rule(items.needs_one_time, *_ITEMS, *_ONE_TIME),
    _rule(money.one_interval, *_ITEMS),
    _rule(money.fees, "application_fee_amount", "application_fee_percent", "transfer_data"),
    _rule(money.rates, "automatic_tax", "counterfoil"),
    _rule(money.coupon, "allow_promotion_codes", "counterfoil"),
    _rule(money.shipping_rates, "shipping_options"),
    _rule(totals.payable, "currency", *_ITEMS, "shipping_options", "counterfoil"),
    _rule(
        totals.shares, "application_fee_amount", "transfer_data", "currency", *_ITEMS, "shipping_options", "counterfoil"
    ),
    _rule(payment_methods.named_once, "payment_method_types"),
    _rule(payment_methods.fit, "payment_method_types"),
    _rule(payment_methods.can_hold, "payment_method_types"),
    _rule(custom_fields.keys, "custom_fields"),
    _rule(custom_fields.labels, "custom_fields"),
    _rule(custom_fields.shapes, "custom_fields"),
    _rule(custom_fields.options, "custom_fields"),
    _rule(custom_fields.lengths, "custom_fields"),
    _rule(custom_fields.default_values, "custom_fields"),
    _rule(after_completion, "after_completion"),
    _rule(return_url, "counterfoil"),
    _rule(title_and_image, "counterfoil"),
    _rule(translations, "counterfoil", "custom_fields"),
    _rule(shipping, "shipping_address_collection", "shipping_options"),
    _rule(restrictions, "restrictions"),
    _rule(connected_accounts, "automatic_tax", "invoice_creation", "subscription_data"),
    _rule(account_ids, "automatic_tax", "invoice_creation", "on_behalf_of", "subscription_data", "transfer_data"),
    _rule(trial, "subscription_data"),
    _rule(statement_descriptors, "payment_intent_data"),
    _rule(opening_hours, "counterfoil"),
)
