"""The codes of errors that `/v1` answers with: what each one means and what to do. `docs/errors.md` has the same table.

Every code is Stripe's, except for those that `OURS` names. In live mode, a refusal by Stripe has the code that Stripe gave.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class ErrorCode(NamedTuple):
    """What a code means, and what the caller can do."""

    meaning: str
    advice: str


PARAMETER_INVALID: Final = "parameter_invalid"
"""The code for a broken rule for which Stripe has no code. Programs can check for it."""

OURS: Final = frozenset({PARAMETER_INVALID})

CODES: Final[Mapping[str, ErrorCode]] = {
    "account_invalid": ErrorCode(
        "The request names an account that the key does not belong to.",
        "Leave out `Stripe-Account` and `Stripe-Context`, or use a key of that organization.",
    ),
    "amount_too_large": ErrorCode(
        "An amount is larger than Stripe can charge.", "Send a smaller amount, in the currency's minor unit."
    ),
    "amount_too_small": ErrorCode(
        "Every order of the link costs less than Stripe can charge.",
        "Raise the price or the quantity. `0` is allowed.",
    ),
    "charge_already_refunded": ErrorCode("The charge is refunded in full.", "There is nothing left to refund."),
    "charge_disputed": ErrorCode("The charge is disputed.", "Answer the dispute. A disputed charge is not refunded."),
    "country_unsupported": ErrorCode(
        "Checkout does not deliver to a country.", "Write the country as two capital letters, or leave it out."
    ),
    "coupon_expired": ErrorCode("The coupon or promotion code is no longer valid.", "Use another one."),
    "email_invalid": ErrorCode("An e-mail address is not valid.", "Correct the address."),
    "idempotency_key_in_use": ErrorCode(
        "Another request with this `Idempotency-Key` is still being answered.",
        "Send the same request again in a moment. Stripe's SDKs do this by themselves.",
    ),
    "invalid_characters": ErrorCode(
        "A text has characters that are not allowed there.", "Leave out the characters that the message names."
    ),
    "livemode_mismatch": ErrorCode(
        "An object of test mode was sent to a server with a live key, or the other way round.",
        "Use the address and the keys of one mode.",
    ),
    "lock_timeout": ErrorCode(
        "The database is busy or cannot be reached. Nothing was changed.",
        "Send the same request again in a moment. Stripe's SDKs do this by themselves.",
    ),
    "parameter_invalid_empty": ErrorCode(
        "A parameter is empty, and an empty value cannot unset it.", "Leave the parameter out or give it a value."
    ),
    "parameter_invalid_integer": ErrorCode(
        "A parameter must be a whole number, or is outside its bounds.", "Send a number that the message allows."
    ),
    "parameter_invalid_string_blank": ErrorCode("A text has nothing but spaces.", "Send a text that can be read."),
    PARAMETER_INVALID: ErrorCode(
        "A parameter breaks a rule for which Stripe has no code.", "The message says which rule, and `param` where."
    ),
    "parameter_missing": ErrorCode("A required parameter is missing.", "Send the parameter that `param` names."),
    "parameter_unknown": ErrorCode(
        "There is no such parameter, or this request does not take it.",
        "Leave it out, or correct its name. The message suggests a name that is similar.",
    ),
    "parameters_exclusive": ErrorCode(
        "Two parameters exclude each other.", "Send one of the two that the message names."
    ),
    "payment_method_currency_mismatch": ErrorCode(
        "A payment method cannot be used in the link's currency.",
        "Leave the method out, or sell in a currency that the message names.",
    ),
    "payment_method_unsupported_type": ErrorCode(
        "A payment method cannot be used for this kind of payment: a subscription, or a capture by hand.",
        "Leave the method out.",
    ),
    "product_inactive": ErrorCode("A price or its product is archived.", "Activate it, or use another price."),
    "rate_limit": ErrorCode(
        "One address sent too many invalid keys.", "Wait as many seconds as `Retry-After` says, and check the key."
    ),
    "resource_already_exists": ErrorCode("Another object has this id, slug or code.", "Choose another one."),
    "resource_missing": ErrorCode(
        "There is no such object, or it belongs to another organization.",
        "Check the id, and that the key belongs to the right organization and mode.",
    ),
    "url_invalid": ErrorCode("An address cannot be used there.", "Send a complete https address."),
}


def doc_url(public_url: str, code: str | None) -> str:
    """Return the address of the page about a code: ours, or Stripe's for a code that only Stripe answers with.

    >>> doc_url("https://pay.example", "parameter_unknown")
    'https://pay.example/docs/errors/parameter_unknown'
    """
    if code is None:
        return f"{public_url}/docs/errors"
    if code in CODES:
        return f"{public_url}/docs/errors/{code}"
    return f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}"
