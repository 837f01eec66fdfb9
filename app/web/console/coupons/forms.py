"""The forms of a coupon and of a promotion code. They read what is typed as parameters of Stripe's API."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from secrets import token_urlsafe
from typing import Any, Final

from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from app.objects.discount import Coupon
from app.objects.price import Product
from app.web.console.choices import LongChoice, currencies
from app.web.console.editor.texts import Manner, read_amount, read_percent
from app.web.console.forms import OrderedForm, typed_line
from app.web.console.lengths import at_most
from app.web.console.messages.translate import stripe_text
from app.web.console.metadata_form import MetadataForm
from app.web.console.typed_values import read_amounts, read_count, read_field, read_last_moment, refuse
from app.web.display.translation import gettext
from app.web.display.translation import lazy_gettext as _
from app.web.display.translation import lazy_pgettext as pgettext

NAME_MAXIMUM: Final = 40
"""Stripe's limit for the name of a coupon, in characters."""

CODE_MAXIMUM: Final = 500
FORM_MAXIMUM: Final = 100
"""Characters of a form's id."""

FIND_MAXIMUM: Final = 100
"""Characters of a search for a product."""

OFFERED: Final = 10
"""How many products the form offers beside those that are chosen."""

LINES_MAXIMUM: Final = 4000
"""Characters of a list of amounts."""

PERCENT: Final = "percent"

_FIELDS: Final = {
    "amount_off": "off",
    "applies_to": "products",
    "currency": "kind",
    "percent_off": "off",
    "restrictions": "minimum_amount",
}
"""The fields of parameters that have another name."""

_CODE: Final = re.compile(r"[A-Za-z0-9-]+")
_number: Final = {"autocomplete": "off", "inputmode": "numeric"}
_amount: Final = {"autocomplete": "off", "inputmode": "decimal"}
_lines: Final = {"rows": 2, "maxlength": LINES_MAXIMUM, "spellcheck": "false"}
_date: Final = {"type": "date"}


def _name_field() -> StringField:
    return StringField(
        pgettext("thing", "Name"),
        description=_("Buyers see it beside the discount"),
        filters=[typed_line(NAME_MAXIMUM)],
        validators=[at_most(NAME_MAXIMUM)],
        render_kw={"autocomplete": "off", "dir": "auto", "maxlength": NAME_MAXIMUM},
    )


class _Conditions(OrderedForm):
    """A code, and when it applies."""

    code = StringField(
        _("Code"),
        filters=[typed_line(CODE_MAXIMUM)],
        validators=[at_most(CODE_MAXIMUM)],
        render_kw={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"},
    )
    max_redemptions = StringField(_("How often in all"), render_kw=_number)
    minimum_amount = StringField(
        _("Orders from"), description=_("The smallest order that the code takes"), render_kw=_amount
    )
    minimum_amount_currency = LongChoice(_("Currency of the smallest order"))
    first_time_transaction = BooleanField(_("New buyers only"), false_values=(False, "false", ""))
    form_id = HiddenField()

    def __init__(self, manner: Manner, **told: Any) -> None:
        """Make the form. Amounts are read in the way of writing of the page."""
        super().__init__(**told)
        self.manner = manner
        self.minimum_amount_currency.choices = currencies()
        if not self.minimum_amount_currency.data:
            self.minimum_amount_currency.data = manner.currency
        self.form_id.data = (self.form_id.data or "")[:FORM_MAXIMUM] or token_urlsafe(16)

    def _read_code(self, currency: str) -> dict[str, Any]:
        """Return the code and its restrictions. `currency` is that of the smallest order."""
        text = self.code.data or ""
        if text and not _CODE.fullmatch(text):
            refuse(self.code, gettext("Use the letters A to Z, digits and hyphens"))
        restrictions: dict[str, Any] = {}
        if self.first_time_transaction.data:
            restrictions["first_time_transaction"] = True
        minimum = read_field(self.minimum_amount, partial(read_amount, manner=replace(self.manner, currency=currency)))
        if minimum:
            restrictions |= {"minimum_amount": minimum, "minimum_amount_currency": currency}
        return ({"code": text} if text else {}) | ({"restrictions": restrictions} if restrictions else {})

    @property
    def form(self) -> str:
        """The id of the form."""
        return str(self.form_id.data)

    def refuse_param(self, param: str | None, message: str) -> bool:
        """Add Stripe's message to the field that sets a parameter. Return whether there is such a field."""
        name = (param or "").partition("[")[0]
        name = _FIELDS.get(name, name)
        if name not in self:
            return False
        refuse(self[name], stripe_text(message))
        return True

    @property
    def is_valid(self) -> bool:
        """Whether no field has an error."""
        return not any(field.errors for field in self)


class CouponForm(_Conditions):
    """A new coupon, with its first code."""

    FIRST = (
        *("name", "off", "kind", "code", "max_redemptions", "redeem_by", "duration", "duration_in_months"),
        *("minimum_amount", "minimum_amount_currency", "first_time_transaction"),
    )
    name = _name_field()
    off = StringField(_("Takes off"), render_kw={**_amount, "required": True})
    kind = LongChoice(pgettext("percent or currency", "Unit"))
    currency_options = TextAreaField(
        _("In other currencies"),
        description=_("One on each line, such as USD 6.00. For coupons with an amount."),
        render_kw=_lines,
    )
    redeem_by = StringField(_("Until"), render_kw=_date)
    duration = SelectField(
        _("For subscriptions"),
        choices=[
            SelectChoice("once", _("the first payment")),
            SelectChoice("repeating", _("some months")),
            SelectChoice("forever", _("always")),
        ],
        default="once",
    )
    duration_in_months = StringField(_("How many months"), render_kw=_number)
    products = SelectMultipleField(
        _("Only for these products"), name="applies_to[products][]", id="products", choices=[], validate_choice=False
    )
    find_product = StringField(_("Find a product"), filters=[typed_line(FIND_MAXIMUM)])
    searched = HiddenField(filters=[typed_line(FIND_MAXIMUM)])

    def __init__(self, manner: Manner, products: Sequence[Product], problem: str = "", **told: Any) -> None:
        """Make the form. `products` are those that a coupon can be limited to. `problem` says why Stripe listed none."""
        super().__init__(manner, **told)
        self.code.description = _("Letters and digits. Empty: only links that name the coupon.")
        usual = [choice for choice in currencies() if choice.value == manner.currency]
        others = [choice for choice in currencies() if choice.value != manner.currency]
        self.kind.choices = [SelectChoice(PERCENT, _("percent")), *usual, *others]
        self.kind.data = self.kind.data or PERCENT
        self.stock = products
        self.problem = problem
        self.products.choices = [SelectChoice(it.id, it.name) for it in products]
        self.products.data = self.products.data or []

    @property
    def has_search(self) -> bool:
        """Whether there may be more products than the form offers at once."""
        return bool(self.problem) or len(self.stock) > OFFERED

    @property
    def chosen(self) -> list[Product]:
        """The products that are ticked. One that the list lacks has its id as its name."""
        ticked = dict.fromkeys(self.products.data or ())
        listed = [it for it in self.stock if it.id in ticked]
        known = {it.id for it in listed}
        return listed + [Product(id=id, name=id) for id in ticked if id not in known]

    @property
    def found(self) -> list[Product]:
        """The first other products whose name or id has the searched text."""
        wanted = (self.find_product.data or "").casefold()
        others = (it for it in self.stock if it.id not in (self.products.data or ()))
        return list(
            islice((it for it in others if wanted in it.name.casefold() or wanted in it.id.casefold()), OFFERED)
        )

    @property
    def is_search(self) -> bool:
        """Whether a text was typed that no product was searched for yet."""
        return (self.find_product.data or "") != (self.searched.data or "")

    @property
    def currency(self) -> str:
        """The currency of the amount, or of the smallest order if the coupon takes off a percentage."""
        return str(self.minimum_amount_currency.data if self.kind.data == PERCENT else self.kind.data)

    def read(self, now: int) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the parameters of the coupon and of its code, or None if a field is wrong. The fields have the messages."""
        self.validate()
        params = {**self._read_reduction(), **self._read_duration()}
        code = self._read_code(self.currency)
        if code and "code" not in code:
            refuse(self.code, gettext("Write a code. These limits need one"))
        limit = read_field(self.max_redemptions, read_count)
        until = read_field(self.redeem_by, partial(read_last_moment, zone=self.manner.zone, now=now))
        given = {"name": self.name.data, "max_redemptions": limit, "redeem_by": until}
        params |= {name: value for name, value in given.items() if value}
        if self.products.data:
            params["applies_to"] = {"products": list(self.products.data)}
        return (params, code) if self.is_valid else None

    def _read_reduction(self) -> dict[str, Any]:
        if not (self.off.data or "").strip():
            refuse(self.off, gettext("Enter how much it takes off, such as 10"))
            return {}
        if self.kind.data == PERCENT:
            percent = read_field(self.off, read_percent)
            if percent is not None and float(percent) == 0:
                refuse(self.off, gettext("Enter a percentage from 0.01 to 100"))
            return {"percent_off": percent}
        amount = read_field(self.off, partial(read_amount, manner=replace(self.manner, currency=self.currency)))
        if amount == 0:
            refuse(self.off, gettext("Enter an amount above zero"))
        others = read_field(self.currency_options, partial(read_amounts, manner=self.manner)) or {}
        options = {code: {"amount_off": off} for code, off in others.items() if code != self.currency}
        return {"amount_off": amount, "currency": self.currency} | ({"currency_options": options} if options else {})

    def _read_duration(self) -> dict[str, Any]:
        if self.duration.data != "repeating":
            return {"duration": self.duration.data}
        months = read_field(self.duration_in_months, read_count)
        if months is None and not self.duration_in_months.errors:
            refuse(self.duration_in_months, gettext("Enter how many months it lasts, such as 3"))
        return {"duration": "repeating", "duration_in_months": months}


class PromotionCodeForm(_Conditions):
    """Another code of a coupon."""

    expires_at = StringField(_("Until"), render_kw=_date)
    currency_options = TextAreaField(
        _("The smallest order in other currencies"),
        description=_("One on each line, such as USD 6.00"),
        render_kw=_lines,
    )

    def __init__(self, manner: Manner, coupon: Coupon, **told: Any) -> None:
        """Make the form for a code of this coupon."""
        super().__init__(manner, **told)
        self.code.description = _("Letters and digits. Empty: Stripe chooses one.")
        self.coupon = coupon

    @property
    def asks_currency(self) -> bool:
        """Whether the smallest order may be in any currency. A coupon with an amount has a currency."""
        return self.coupon.currency is None

    def read(self, now: int) -> dict[str, Any] | None:
        """Return the parameters of the code, or None if a field is wrong. The fields have the messages."""
        self.validate()
        params = self._read_code(self.coupon.currency or str(self.minimum_amount_currency.data))
        others = read_field(self.currency_options, partial(read_amounts, manner=self.manner)) or {}
        restrictions = params.get("restrictions", {})
        if others and "minimum_amount" not in restrictions:
            refuse(self.minimum_amount, gettext("Enter the smallest order"))
        options = {
            code: {"minimum_amount": amount}
            for code, amount in others.items()
            if code != restrictions.get("minimum_amount_currency")
        }
        if options:
            restrictions["currency_options"] = options
        given = {
            "max_redemptions": read_field(self.max_redemptions, read_count),
            "expires_at": read_field(self.expires_at, partial(read_last_moment, zone=self.manner.zone, now=now)),
        }
        return params | {name: value for name, value in given.items() if value} if self.is_valid else None


class CouponNameForm(MetadataForm):
    """The name and the metadata of a coupon. Nothing else of a coupon can change."""

    name = _name_field()
