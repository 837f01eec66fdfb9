"""The texts of flags: what did not match at a payment, and what the merchant can do."""

from app.web.display.translation import gettext as _


def flag_text(flag: str) -> str:
    """Explain a flag, and what the merchant can do."""
    table = {
        "over_limit": _("It arrived when no place was left, so it is refunded automatically. The buyer sees this."),
        "partially_refunded": _("Part of it was refunded at Stripe."),
        "refund_failed": _(
            "A refund failed: the buyer did not get the money. Refund it in another way, or ask the buyer."
        ),
        "disputed": _("The buyer disputed it at the bank."),
        "amount_differs": _(
            "Stripe received another amount than the order came to. It counts as paid. Compare both sums, then deliver or refund."
        ),
        "amount_mismatch": _(
            "Stripe reports another amount than we asked for, so it does not count as paid. Refund it at Stripe, or deliver anyway."
        ),
        "currency_mismatch": _("Stripe reports another currency than we asked for, so it does not count as paid."),
        "mode_mismatch": _("Stripe reports another kind of payment than we asked for, so it does not count as paid."),
        "livemode_mismatch": _(
            "Stripe reports test mode although this server is live, or the other way round, so it does not count as paid."
        ),
    }
    return table.get(flag, _("Stripe's data belongs to another payment, so it does not count as paid."))


def short_flag_text(flag: str) -> str:
    """Name a flag in a few words."""
    table = {
        "over_limit": _("it arrived when no place was left"),
        "partially_refunded": _("a part was refunded at Stripe"),
        "refund_failed": _("a refund failed"),
        "amount_differs": _("the amount differs from the order"),
        "amount_mismatch": _("the amount is not the one of the order"),
        "currency_mismatch": _("the currency is not the one of the order"),
    }
    return table.get(flag, _("Stripe's data belongs to another payment"))
