"""Reading sessions of an account that has many sessions of others, or whose sessions are newer than our rows."""

from typing import Any

from app.gateway.protocol import Gateway
from app.objects.payment_link import PaymentLink
from app.services.checkout_sessions.listing import list_sessions
from app.services.checkout_sessions.reading import Reading
from app.services.checkout_sessions.sources import PAGES
from app.wire.lists import CreatedRange, SessionList
from tests.services.shop import ServiceShop

LATE = 7


class Crowded:
    """A Stripe whose lists have only sessions of others, page after page."""

    livemode = False
    sandbox = True

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def call(*values: Any, **named: Any) -> Any:
            self.asked.append(name)
            if name == "list_checkout_sessions":
                return [{"id": f"cs_other_{len(self.asked)}", "object": "checkout.session", "created": 1}], True
            return getattr(self._gateway, name)(*values, **named)

        return call


class Late:
    """A Stripe whose sessions are created some seconds after our rows."""

    livemode = False
    sandbox = True

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def read_checkout_session(self, *values: Any, **named: Any) -> dict[str, Any]:
        session: dict[str, Any] = self._gateway.read_checkout_session(*values, **named)
        return {**session, "created": session["created"] + LATE}


def reading(shop: ServiceShop, gateway: Any) -> Reading:
    return Reading(shop.store, gateway, shop.organization, shop.settings, shop.now)


def opened(shop: ServiceShop, link: PaymentLink, number: int) -> list[str]:
    attempts = [shop.start(link, f"form_{index}") for index in range(number)]
    return [attempt.checkout_session or "" for attempt in attempts]


def test_sessions_that_are_lost_in_a_crowd_are_read_one_by_one(shop: ServiceShop) -> None:
    made = opened(shop, shop.link(), 3)
    crowded = Crowded(shop.gateway)
    sessions, has_more = list_sessions(reading(shop, crowded), SessionList())
    assert ([session["id"] for session in sessions], has_more) == (made[::-1], False)
    assert crowded.asked == ["list_checkout_sessions"] * PAGES + ["read_checkout_session"] * 3


def test_a_session_is_chosen_by_its_own_time_of_creation(shop: ServiceShop) -> None:
    (made,) = opened(shop, shop.link(), 1)
    late = reading(shop, Late(shop.gateway))
    for created, found in (
        (shop.now + LATE, [made]),
        (CreatedRange(gte=shop.now + LATE), [made]),
        (CreatedRange(gt=shop.now + LATE), []),
        (CreatedRange(lt=shop.now + LATE), []),
        (shop.now, []),
    ):
        sessions, _ = list_sessions(late, SessionList(created=created))
        assert [session["id"] for session in sessions] == found, created
