"""The data of the hosted page's templates: lines, totals, texts. Amounts stay integers; filters of the templates format them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.objects.organization import Branding, BusinessProfile, Organization, Settings
from app.pricing.money import format_amount_plain
from app.sandbox.account import Account, Document
from app.sandbox.checkout.cards import CARDS, DEBIT_FAILS, DEBIT_SUCCEEDS
from app.sandbox.checkout.choices import read_bounds
from app.sandbox.checkout.fields import Field
from app.sandbox.checkout.text import _, ngettext
from app.sandbox.resources.disputes import INQUIRY
from app.sandbox.sessions.lifecycle import DEBIT_SECONDS

_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass
class Line:
    """One row of the order, with the fields for what the buyer may change."""

    name: str
    amount: int
    hint: str = ""
    quantity: int | None = None
    fields: list[Field] = field(default_factory=list)


def merchant(session: Document, account: Account) -> Organization:
    """Return the merchant as the session's branding describes it."""
    branding: dict[str, Any] = session["branding_settings"] or {}
    color = branding.get("button_color")
    images = {name: (branding.get(name) or {}).get("url") for name in ("icon", "logo")}
    # L10n: Stands in for the merchant’s name, also in sentences such as "Go back to %(merchant)s".
    name = branding.get("display_name") or _("the merchant")
    return Organization(
        id=account.id,
        name=name,
        business_profile=BusinessProfile(name=name),
        settings=Settings(
            branding=Branding(
                icon=images["icon"],
                logo=images["logo"],
                primary_color=color if color and _COLOR.fullmatch(color) else None,
            )
        ),
    )


def list_lines(
    account: Account, session: Document, form: Mapping[str, str], errors: Mapping[str, str], locale: str
) -> list[Line]:
    """Return the lines of the session and its optional items."""
    stored = {line["id"]: line for line in session["_lines"]}
    lines = []
    for item in session["line_items"]["data"]:
        line = stored[item["id"]]
        fields = _line_fields(session, line, form, errors, locale) if not line.get("optional") else []
        quantity = item["quantity"] if not fields else None
        lines.append(Line(item["description"], item["amount_subtotal"], _interval(item["price"]), quantity, fields))
    for item in session["optional_items"] or ():
        price = account.require("price", item["price"])
        product = account.require("product", price["product"])
        amount = price["currency_options"][session["currency"]]["unit_amount"] or 0
        name = f"optional_items[{item['price']}][quantity]"
        # L10n: The label of a quantity: how many pieces of this product to add.
        label = _("Add “%(name)s”: quantity", name=product["name"])
        added = Field(name, label, inputmode="numeric", error=errors.get(name), value=form.get(name, "0"))
        lines.append(Line(product["name"], amount, _interval(price), None, [added]))
    return lines


def _line_fields(
    session: Document, line: Document, form: Mapping[str, str], errors: Mapping[str, str], locale: str
) -> list[Field]:
    fields = []
    adjustable = line["adjustable_quantity"]
    if adjustable and adjustable["enabled"]:
        name = f"line_items[{line['id']}][quantity]"
        minimum, maximum = read_bounds(adjustable, is_only_line=len(session["_lines"]) == 1)
        # L10n: The range of a quantity, in digits.
        hint = _("%(minimum)s to %(maximum)s", minimum=minimum, maximum=maximum)
        value = form.get(name, str(line["quantity"]))
        fields.append(Field(name, _("Quantity"), hint=hint, inputmode="numeric", error=errors.get(name), value=value))
    if line["unit_amount"] is not None:
        name = f"line_items[{line['id']}][unit_amount]"
        label = _("Amount in %(currency)s", currency=session["currency"].upper())
        preset = format_amount_plain(line["unit_amount"], session["currency"], locale) if line["unit_amount"] else ""
        value = form.get(name, preset)
        fields.append(Field(name, label, inputmode="decimal", error=errors.get(name), value=value))
    return fields


def _interval(price: Document) -> str:
    plan = price["recurring"]
    if plan is None:
        return ""
    count = plan["interval_count"]
    once = {"day": _("every day"), "week": _("every week"), "month": _("every month"), "year": _("every year")}
    several = {
        "day": ngettext("every %(num)s day", "every %(num)s days", count),
        "week": ngettext("every %(num)s week", "every %(num)s weeks", count),
        "month": ngettext("every %(num)s month", "every %(num)s months", count),
        "year": ngettext("every %(num)s year", "every %(num)s years", count),
    }
    return (once if count == 1 else several)[plan["interval"]]


def list_totals(session: Document) -> list[tuple[str, int]]:
    """Return the rows between the lines and the total, without empty ones."""
    details = session["total_details"]
    # L10n: A row of the order. An amount follows.
    rows = [(_("Discount"), -details["amount_discount"])] if details["amount_discount"] else []
    if session["shipping_cost"] is not None:
        rows.append((_("Delivery"), details["amount_shipping"]))
    for tax in details["breakdown"]["taxes"]:
        label = (
            # L10n: A row of the order. `tax` is the name of a tax.
            _("%(tax)s (included)", tax=tax["rate"]["display_name"])
            if tax["rate"]["inclusive"]
            else tax["rate"]["display_name"]
        )
        rows.append((label, tax["amount"]))
    return rows


def shipping_options(account: Account, session: Document) -> list[tuple[str, str, int]]:
    """Return the shipping options: id, name, amount."""
    rates = [
        (option, account.require("shipping_rate", option["shipping_rate"])) for option in session["shipping_options"]
    ]
    return [(rate["id"], rate["display_name"], option["shipping_amount"]) for option, rate in rates]


def test_cards() -> list[tuple[str, str]]:
    """Return the test cards: number and outcome."""
    words = {
        # L10n: What happens with a test card: the payment succeeds. The next eight texts are of the same kind.
        "pays": _("Succeeds"),
        "confirms": _("Needs confirmation by the bank"),
        "card_declined": _("Declined"),
        "insufficient_funds": _("Insufficient funds"),
        "expired_card": _("Card has expired"),
        "incorrect_cvc": _("Wrong security code"),
    }
    disputes = {
        "fraudulent": _("Succeeds, then is disputed as fraudulent"),
        "product_not_received": _("Succeeds, then is disputed as not received"),
        INQUIRY: _("Succeeds, then the bank inquires"),
    }
    refunds = {"pends": _("Succeeds; a refund takes a while"), "fails": _("Succeeds; a refund fails later")}
    return [
        (card.grouped, disputes.get(card.dispute or "") or refunds.get(card.refund) or words[card.outcome])
        for card in CARDS
    ]


def debit_options() -> list[tuple[str, str]]:
    """Return the payment methods if a bank debit is one of them."""
    succeeds = ngettext(
        "Bank debit (test) that succeeds after %(num)s second",
        "Bank debit (test) that succeeds after %(num)s seconds",
        DEBIT_SECONDS,
    )
    fails = ngettext(
        "Bank debit (test) that fails after %(num)s second",
        "Bank debit (test) that fails after %(num)s seconds",
        DEBIT_SECONDS,
    )
    # L10n: A payment method.
    return [("card", _("Card")), (DEBIT_SUCCEEDS, succeeds), (DEBIT_FAILS, fails)]


def list_errors(fields: Sequence[Field], lines: Sequence[Line], promotion: str | None) -> list[tuple[str, str]]:
    """Return every error with the id of its field, in the order of the page."""
    found = [(one.id, one.error) for line in lines for one in line.fields if one.error]
    if promotion:
        found.append(("promotion_code", promotion))
    return found + [(one.id, one.error) for one in fields if one.error]
