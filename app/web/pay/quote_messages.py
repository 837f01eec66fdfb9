"""Messages for the problems of a quote. Pricing names a problem, this table says what the buyer can do."""

from typing import Final

from app.objects.quote import Quote, QuoteProblem
from app.web.display.formatting import money, shortened
from app.web.display.translation import gettext as _

CODE_MAXIMUM: Final = 20
"""How many characters of a promotion code a message repeats."""


def message_for(problem: QuoteProblem, quote: Quote, code: str | None) -> str:
    """Return the message for a problem. `code` is the promotion code as it was typed."""
    limit = money(problem.limit or 0, quote.currency)
    if problem.code.startswith("promotion_code"):
        return _promotion(problem, quote, code or "")
    table = {
        "amount_too_small": _("Choose more. The minimum payment here is %(amount)s", amount=limit),
        "amount_too_large": _("Choose less. The maximum payment here is %(amount)s", amount=limit),
        "custom_unit_amount_missing": _("Enter an amount"),
        "custom_unit_amount_too_small": _("Enter at least %(amount)s", amount=limit),
        "custom_unit_amount_too_large": _("Enter at most %(amount)s", amount=limit),
        "quantity_too_small": _("Enter a quantity of at least %(count)s", count=problem.limit),
        "quantity_too_large": _("Enter a quantity of at most %(count)s", count=problem.limit),
        "too_many_items": _("Choose fewer items. You can add at most %(count)s", count=problem.limit),
        "nothing_chosen": _("Choose at least one item"),
    }
    return table.get(problem.code, _("Look over your order and send it again"))


def _promotion(problem: QuoteProblem, quote: Quote, typed: str) -> str:
    code = shortened(typed, CODE_MAXIMUM)
    table = {
        "promotion_code_expired": _("%(code)s has ended", code=code),
        "promotion_code_used_up": _("%(code)s has been used up", code=code),
        "promotion_code_not_for_everyone": _("%(code)s is for another customer", code=code),
        "promotion_code_not_taken": _("This page does not take promotion codes"),
        "promotion_code_wrong_currency": _("%(code)s is for another currency", code=code),
        "promotion_code_not_for_these_products": _("%(code)s is for other products", code=code),
        "promotion_code_minimum_amount": _(
            "%(code)s needs an order of at least %(amount)s",
            code=code,
            amount=money(problem.limit or 0, quote.currency),
        ),
        "promotion_code_leaves_too_little": _(
            "With %(code)s, %(total)s is left to pay. The minimum payment here is %(amount)s",
            code=code,
            total=money(quote.amount_total, quote.currency),
            amount=money(problem.limit or 0, quote.currency),
        ),
    }
    # L10n: `code` is a promotion code.
    return table.get(problem.code, _("There is no code %(code)s", code=code))
