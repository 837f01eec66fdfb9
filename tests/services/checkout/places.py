"""Places of limited links, for the tests of checkout."""

from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers, Selection
from tests.services.shop import ServiceShop

OTHER = Selection(answers=Answers(email="joe@post.example"))


def places_left(shop: ServiceShop, link: PaymentLink) -> int | None:
    return shop.store.places_left(link.id)
