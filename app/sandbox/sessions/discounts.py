"""The discount of a session: a coupon or a promotion code, by the rules of `app/pricing/discounts.py`."""

from collections.abc import Mapping
from typing import Final

from app.errors import InvalidRequest
from app.objects.discount import Coupon
from app.objects.ids import new_id
from app.pricing.discounts import Order, code_problem, coupon_problem, expiry_problem
from app.sandbox.account import Account, Document
from app.sandbox.resources.redemption import read_code
from app.sandbox.sessions.parameters import SessionCreate

_REASONS: Final[Mapping[str, str]] = {
    "expired": "This coupon or promotion code has expired.",
    "inactive": "This coupon or promotion code is no longer active.",
    "minimum_amount": "This order does not reach the minimum amount of the promotion code.",
    "not_for_everyone": "This promotion code belongs to another customer.",
    "not_for_these_products": "The coupon does not apply to anything in this session.",
    "used_up": "This coupon or promotion code has been redeemed as often as it can be.",
    "wrong_currency": "The coupon or promotion code has no amount in the session's currency.",
}


def find_discount(account: Account, params: SessionCreate, session: Document) -> Document | None:
    """Return the discount that the parameters name, or None. Raises `InvalidRequest` if it does not apply to the session."""
    for index, discount in enumerate(params.discounts):
        param = f"discounts[{index}]"
        if discount.coupon is not None:
            return _from_coupon(account, discount.coupon, session, f"{param}[coupon]")
        return _from_code(account, discount.promotion_code or "", session, f"{param}[promotion_code]")
    return None


def _from_coupon(account: Account, id: str, session: Document, param: str) -> Document:
    coupon = Coupon.read(account.require("coupon", id, param))
    if expiry_problem(coupon, account.now) is not None:
        raise InvalidRequest(f"Coupon expired: {id}", param=param, code="coupon_expired")
    if (reason := coupon_problem(coupon, _order(account, session), account.now)) is not None:
        raise InvalidRequest(_REASONS[reason], param=param)
    return new_discount(id, None)


def _from_code(account: Account, id: str, session: Document, param: str) -> Document:
    code = account.require("promotion_code", id, param)
    if (reason := find_code_problem(account, code, session)) is not None:
        raise InvalidRequest(_REASONS[reason], param=param)
    return new_discount(code["promotion"]["coupon"], code)


def new_discount(coupon: str, code: Document | None) -> Document:
    """Return a use of a coupon as a session stores it."""
    return {"id": new_id("di"), "coupon": coupon, "promotion_code": code["id"] if code else None}


def find_code_problem(account: Account, code: Document, session: Document) -> str | None:
    """Return why a promotion code does not apply to a session, as one word of `app/pricing/discounts.py`, or None."""
    return code_problem(read_code(account, code), _order(account, session), account.now)


def _order(account: Account, session: Document) -> Order:
    products = {account.require("price", line["price"])["product"] for line in session["_lines"]}
    return Order(session["currency"], session["amount_subtotal"], products, session["customer"])
