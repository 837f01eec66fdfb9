"""Discounts of a session: whether a coupon or a promotion code counts for what is sold, and why not."""

from app.errors import InvalidRequest
from app.objects.discount import Coupon, PromotionCode
from app.objects.ids import new_id
from app.pricing.discounts import amount_off, minimum_amount
from app.sandbox.account import Account, Document
from app.sandbox.resources.coupons import is_valid
from app.sandbox.resources.promotion_codes import is_active
from app.sandbox.sessions.parameters import SessionCreate


def discount_of(account: Account, params: SessionCreate, session: Document) -> Document | None:
    """The discount that the parameters name. Raises `InvalidRequest` where it does not count."""
    for index, asked in enumerate(params.discounts):
        param = f"discounts[{index}]"
        if asked.coupon is not None:
            return _of_coupon(account, asked.coupon, session, f"{param}[coupon]")
        return _of_code(account, asked.promotion_code or "", session, f"{param}[promotion_code]")
    return None


def _of_coupon(account: Account, id: str, session: Document, param: str) -> Document:
    coupon = account.require("coupon", id, param)
    if not is_valid(coupon, account.now):
        raise InvalidRequest(f"Coupon expired: {id}", param=param, code="coupon_expired")
    if (why := _coupon_refusal(account, coupon, session)) is not None:
        raise InvalidRequest(why, param=param)
    return using(id, None)


def _of_code(account: Account, id: str, session: Document, param: str) -> Document:
    code = account.require("promotion_code", id, param)
    if (why := code_refusal(account, code, session)) is not None:
        raise InvalidRequest(why, param=param)
    return using(code["promotion"]["coupon"], code)


def using(coupon: str, code: Document | None) -> Document:
    """One use of a coupon, as a session keeps it."""
    return {"id": new_id("di"), "coupon": coupon, "promotion_code": code["id"] if code else None}


def find_code(account: Account, text: str) -> Document | None:
    """The active code of this name that is for everybody, whatever its case."""
    for code in account.every("promotion_code"):
        if code["code"].casefold() == text.casefold() and code["customer"] is None and is_active(account, code):
            return code
    return None


def code_refusal(account: Account, code: Document, session: Document) -> str | None:
    """Why a promotion code does not count for what is sold, in a sentence; None where it does."""
    if not is_active(account, code):
        return "This promotion code is expired or no longer active."
    if code["customer"] is not None and code["customer"] != session["customer"]:
        return "This promotion code belongs to another customer."
    coupon = account.require("coupon", code["promotion"]["coupon"])
    read = PromotionCode.read({**code, "coupon": coupon})
    if read.restrictions.minimum_amount is not None:
        least = minimum_amount(read, session["currency"])
        if least is None or session["amount_subtotal"] < least:
            return "This order does not reach the minimum amount of the promotion code."
    return _coupon_refusal(account, coupon, session)


def _coupon_refusal(account: Account, coupon: Document, session: Document) -> str | None:
    read = Coupon.read(coupon)
    if read.percent_off is None and amount_off(read, session["currency"]) is None:
        return f"The coupon {coupon['id']} has no amount in `{session['currency']}`."
    limited = set(read.applies_to.products) if read.applies_to else set()
    sold = {account.require("price", line["price"])["product"] for line in session["_lines"]}
    if limited and not limited & sold:
        return f"The coupon {coupon['id']} does not apply to anything in this session."
    return None
