"""What Stripe said about a code is kept for a minute, for one Stripe and one account."""

from typing import Any

from app.objects.discount import PromotionCode
from app.services.checkout.promotion_codes import CACHE_SECONDS, CACHE_SIZE, PromotionCodes
from tests.support.build import NOW, a_promotion_code


class Asked:
    """A gateway that knows these codes, and counts how often it was asked."""

    def __init__(self, *known: str) -> None:
        self._known = known
        self.asked: list[tuple[str, str | None]] = []

    def find_promotion_code(self, code: str, *, account: str | None) -> PromotionCode | None:
        self.asked.append((code, account))
        return a_promotion_code(code.upper()) if code.upper() in self._known else None


def find(codes: PromotionCodes, gateway: Any, code: str, now: int = NOW, account: str | None = None) -> str | None:
    found = codes.find(gateway, code, now, account=account)
    return found.code if found else None


def test_a_code_is_asked_about_once_a_minute_whatever_its_case() -> None:
    codes, gateway = PromotionCodes(), Asked("HARVEST")
    seen = [find(codes, gateway, code, NOW + later) for code, later in (("harvest", 0), ("HARVEST", CACHE_SECONDS - 1))]
    assert seen == ["HARVEST", "HARVEST"]
    assert len(gateway.asked) == 1
    find(codes, gateway, "harvest", NOW + CACHE_SECONDS)
    assert len(gateway.asked) == 2


def test_that_there_is_no_such_code_is_kept_as_well() -> None:
    codes, gateway = PromotionCodes(), Asked()
    assert [find(codes, gateway, "nope") for _ in range(3)] == [None] * 3
    assert len(gateway.asked) == 1


def test_a_clock_that_was_set_back_makes_nothing_last_longer() -> None:
    codes, gateway = PromotionCodes(), Asked("HARVEST")
    find(codes, gateway, "harvest", NOW)
    find(codes, gateway, "harvest", NOW - 1)
    assert len(gateway.asked) == 2


def test_accounts_and_stripes_know_nothing_of_each_other() -> None:
    codes, one, other = PromotionCodes(), Asked("HARVEST"), Asked()
    assert find(codes, one, "harvest") == "HARVEST"
    assert find(codes, other, "harvest") is None
    find(codes, one, "harvest", account="acct_1")
    assert one.asked == [("harvest", None), ("harvest", "acct_1")]


def test_no_more_codes_are_kept_than_there_is_room_for() -> None:
    codes, gateway = PromotionCodes(), Asked()
    for number in range(CACHE_SIZE + 1):
        find(codes, gateway, f"code{number}")
    find(codes, gateway, "code1")
    assert len(gateway.asked) == CACHE_SIZE + 1
    find(codes, gateway, "code0")
    assert len(gateway.asked) == CACHE_SIZE + 2
