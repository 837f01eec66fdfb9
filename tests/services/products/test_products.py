"""Products: their copies in links follow at once, without waiting for an event of Stripe."""

from app.objects.change import COMMAND_LINE
from app.objects.payment_link import PaymentLink
from app.objects.price import Price
from app.services.products import products
from tests.services.shop import ServiceShop


def price_of(link: PaymentLink) -> Price:
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    return price


def test_a_link_has_the_new_name_before_any_event_of_stripe_arrives(shop: ServiceShop) -> None:
    link = shop.link()
    id = products.product_id(price_of(link))
    products.save(
        shop.store,
        shop.gateway,
        shop.organization,
        id,
        {"name": "Heather honey"},
        shop.clock(),
        actor=COMMAND_LINE,
        public_url=shop.settings.public_url,
    )
    items = shop.found(link).line_items
    assert items is not None
    assert items.data[0].description == "Heather honey"
