"""Whether coupons and promotion codes can be redeemed now.

Time ends them without a request, so `valid` and `active` are computed for each answer and event.
"""

from app.objects.discount import Coupon, PromotionCode
from app.pricing.discounts import expiry_problem, is_redeemable
from app.sandbox.account import Account, Document


def read_code(account: Account, document: Document) -> PromotionCode:
    """Return a promotion code of the catalogue as a model, with its coupon. A deleted coupon is not valid."""
    return PromotionCode.read({**document, "coupon": account.recall("coupon", document["promotion"]["coupon"])})


def is_active(account: Account, document: Document) -> bool:
    """Return whether a promotion code can be redeemed now."""
    return is_redeemable(read_code(account, document), account.now)


def current(account: Account, document: Document) -> Document:
    """Return a document as it is now: `valid` of a coupon and `active` of a promotion code depend on the time."""
    if document.get("deleted"):  # the answer to a deletion, which has no other attributes
        return document
    if document["object"] == "coupon":
        return {**document, "valid": expiry_problem(Coupon.read(document), account.now) is None}
    if document["object"] == "promotion_code":
        return {**document, "active": is_active(account, document)}
    return document


def find_current(account: Account, object: str, id: str) -> Document | None:
    """Return the document with this id as it is now, or None if this account has none or has deleted it."""
    document = account.find(object, id)
    return None if document is None else current(account, document)
