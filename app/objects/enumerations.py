"""Stripe's long enumerations, as of `API_VERSION`."""

from typing import Literal, get_args

PaymentMethodType = Literal[
    "affirm", "afterpay_clearpay", "alipay", "alma", "au_becs_debit", "bacs_debit", "bancontact", "billie", "bizum", "blik",
    "boleto", "card", "cashapp", "eps", "fpx", "giropay", "grabpay", "ideal", "klarna", "konbini", "link", "mb_way", "mobilepay",
    "multibanco", "oxxo", "p24", "pay_by_bank", "paynow", "paypal", "paypay", "payto", "pix", "promptpay", "satispay", "scalapay",
    "sepa_debit", "sequra", "sofort", "sunbit", "swish", "twint", "upi", "us_bank_account", "wechat_pay", "zip",
]  # fmt: skip

CheckoutLocale = Literal[
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr",
    "vi", "zh", "zh-HK", "zh-TW",
]  # fmt: skip

LinkLocale = Literal[CheckoutLocale, "ar", "he"]
"""The locales that a link can have: those of Checkout, and two that are ours alone."""

CardBrand = Literal["american_express", "discover_global_network", "mastercard", "visa"]

SHIPPING_COUNTRIES = frozenset(
    """
    AC AD AE AF AG AI AL AM AO AQ AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CD CF CG
    CH CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO FR GA GB GD GE GF GG GH GI GL GM GN
    GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK
    LR LS LT LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE
    PF PG PH PK PL PM PN PR PS PT PY QA RE RO RS RU RW SA SB SC SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TA TC TD TF TG
    TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WF WS XK YE YT ZA ZM ZW ZZ
    """.split()
)
"""The countries that Checkout ships to. Stripe's documentation excludes sixteen, SD among them, although the SDK lists SD."""

CHECKOUT_LOCALES: tuple[str, ...] = get_args(CheckoutLocale)
LINK_LOCALES: tuple[str, ...] = get_args(LinkLocale)
