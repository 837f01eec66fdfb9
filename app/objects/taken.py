"""The money taken on a day in one currency. Pure."""

from app.objects.base import Object
from app.objects.scalars import CurrencyCode, Integer


class DaySum(Object):
    """The payments of one day in one currency. `day` is the number of the day in the list that was asked for.

    `amount` is the money received and `amount_refunded` its refunded part, in minor units. Both count on the day of the payment.
    """

    amount: Integer
    amount_refunded: Integer
    currency: CurrencyCode
    day: Integer
    number: Integer

    @property
    def left(self) -> int:
        """The money received less refunds."""
        return self.amount - self.amount_refunded
