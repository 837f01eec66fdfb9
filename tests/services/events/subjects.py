"""What the tests of events are about."""

from app.objects.payment_link import PaymentLink
from app.objects.price import Price
from tests.services.shop import ServiceShop

COMPLETED = "checkout.session.completed"


def price_of(shop: ServiceShop, link: PaymentLink) -> Price:
    found = shop.store.link(link.id)
    assert found is not None
    assert found.line_items is not None
    price = found.line_items.data[0].price
    assert price is not None
    return price
