"""The names of Stripe's payment methods for people: "SEPA Direct Debit", "Visa ending in 4242"."""

from typing import Final

from app.web.display.translation import gettext as _

_BRANDS: Final = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "eftpos",
    "interac": "Interac",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
"""Brands of cards."""

_NAMES: Final = {
    "ach_credit_transfer": "ACH Credit Transfer",
    "ach_debit": "ACH Direct Debit",
    "acss_debit": "Pre-authorized Debit",
    "affirm": "Affirm",
    "afterpay_clearpay": "Afterpay / Clearpay",
    "alipay": "Alipay",
    "alma": "Alma",
    "amazon_pay": "Amazon Pay",
    "au_becs_debit": "BECS Direct Debit",
    "bacs_debit": "Bacs Direct Debit",
    "bancontact": "Bancontact",
    "billie": "Billie",
    "bizum": "Bizum",
    "blik": "BLIK",
    "boleto": "Boleto",
    "cashapp": "Cash App Pay",
    "eps": "EPS",
    "fpx": "FPX",
    "giropay": "giropay",
    "grabpay": "GrabPay",
    "ideal": "iDEAL",
    "interac_present": "Interac",
    "kakao_pay": "Kakao Pay",
    "klarna": "Klarna",
    "konbini": "Konbini",
    "link": "Link",
    "mb_way": "MB WAY",
    "mobilepay": "MobilePay",
    "multibanco": "Multibanco",
    "naver_pay": "Naver Pay",
    "oxxo": "OXXO",
    "p24": "Przelewy24",
    "pay_by_bank": "Pay by Bank",
    "payco": "PAYCO",
    "paynow": "PayNow",
    "paypal": "PayPal",
    "paypay": "PayPay",
    "payto": "PayTo",
    "pix": "Pix",
    "promptpay": "PromptPay",
    "revolut_pay": "Revolut Pay",
    "samsung_pay": "Samsung Pay",
    "satispay": "Satispay",
    "scalapay": "Scalapay",
    "sepa_credit_transfer": "SEPA Credit Transfer",
    "sepa_debit": "SEPA Direct Debit",
    "sequra": "seQura",
    "sofort": "Sofort",
    "sunbit": "Sunbit",
    "swish": "Swish",
    "twint": "TWINT",
    "upi": "UPI",
    "wechat": "WeChat Pay",
    "wechat_pay": "WeChat Pay",
    "zip": "Zip",
}
"""Names that are the same in every language."""

_NUMBERED: Final = frozenset(
    {*_BRANDS, "card", "card_present", "interac_present", "kr_card", "unknown", "us_bank_account"}
)
"""What the last four digits belong to: a card or an account. Of the other methods they are those of the account behind it."""


_BANKS: Final = frozenset(
    {
        *(
            "ach_credit_transfer",
            "ach_debit",
            "acss_debit",
            "au_becs_debit",
            "bacs_debit",
            "customer_balance",
            "eps",
            "fpx",
        ),
        *("giropay", "ideal", "multibanco", "p24", "pay_by_bank", "payto", "sepa_credit_transfer", "sepa_debit"),
        *("sofort", "us_bank_account"),
    }
)
"""Methods that take money from a bank account."""


def method_mark(kind: str) -> str:
    """Return the icon of a payment method: `card`, `bank` or `wallet`."""
    if kind == "card" or kind.endswith("_card"):
        return "card"
    return "bank" if kind in _BANKS else "wallet"


def method_name(kind: str) -> str:
    """Return the name of a payment method type or of a card's brand. A type that Stripe adds later keeps its words."""
    fixed = _BRANDS.get(kind) or _NAMES.get(kind)
    return fixed or _translated().get(kind) or kind.replace("_", " ").capitalize()


def method_text(stored: str) -> str:
    """Return an attempt's `payment_method` in words: "visa 4242" is "Visa ending in 4242"."""
    kind, _space, last4 = stored.rpartition(" ")
    if not kind or len(last4) != 4:
        return method_name(stored)
    if kind in _NUMBERED:
        # L10n: `card` is a brand such as Visa, `last4` the last four digits.
        return _("%(card)s ending in %(last4)s", card=method_name(kind), last4=last4)
    # L10n: `method` is a text such as "Bank debit".
    return _("%(method)s, account ending in %(last4)s", method=method_name(kind), last4=last4)


def _translated() -> dict[str, str]:
    """Return the names that are ordinary words."""
    return {
        "card": _("Card"),
        "card_present": _("Card"),
        "crypto": _("Crypto"),
        "custom": _("Another payment method"),
        "customer_balance": _("Bank transfer"),
        "kr_card": _("Korean card"),
        "nz_bank_account": _("Bank debit"),
        "stripe_account": _("Stripe balance"),
        "unknown": _("Card"),
        "us_bank_account": _("US bank account"),
    }
