"""Promotion codes are cached for a minute, by gateway and account."""

from typing import Any

from app.objects.discount import PromotionCode
from app.services.checkout.promotion_codes import CACHE_SECONDS, CACHE_SIZE, PromotionCodes
from tests.support.build import NOW, a_promotion_code


class Asked:
    """A gateway that knows these codes and records the look-ups."""

    def __init__(self, *known: str) -> None:
        self._known = known
        self.asked: list[tuple[str, str | None]] = []

    def find_promotion_code(self, code: str, *, account: str | None) -> PromotionCode | None:
        self.asked.append((code, account))
        return a_promotion_code(code.upper()) if code.upper() in self._known else None


def find(codes: PromotionCodes, gateway: Any, code: str, now: int = NOW, account: str | None = None) -> str | None:
    found = codes.find(gateway, code, now, account=account)
    return found.code if found else None


def test_a_code_is_looked_up_once_a_minute_in_any_case() -> None:
    codes, gateway = PromotionCodes(), Asked("HARVEST")
    seen = [find(codes, gateway, code, NOW + later) for code, later in (("harvest", 0), ("HARVEST", CACHE_SECONDS - 1))]
    assert seen == ["HARVEST", "HARVEST"]
    assert len(gateway.asked) == 1
    find(codes, gateway, "harvest", NOW + CACHE_SECONDS)
    assert len(gateway.asked) == 2


def test_an_unknown_code_is_cached_as_well() -> None:
    codes, gateway = PromotionCodes(), Asked()
    assert [find(codes, gateway, "nope") for _ in range(3)] == [None] * 3
    assert len(gateway.asked) == 1


def test_a_clock_that_is_set_back_does_not_extend_the_cache() -> None:
    codes, gateway = PromotionCodes(), Asked("HARVEST")
    find(codes, gateway, "harvest", NOW)
    find(codes, gateway, "harvest", NOW - 1)
    assert len(gateway.asked) == 2


def test_accounts_and_gateways_have_separate_caches() -> None:
    codes, one, other = PromotionCodes(), Asked("HARVEST"), Asked()
    assert find(codes, one, "harvest") == "HARVEST"
    assert find(codes, other, "harvest") is None
    find(codes, one, "harvest", account="acct_1")
    assert one.asked == [("harvest", None), ("harvest", "acct_1")]


def test_the_cache_has_a_limited_size() -> None:
    codes, gateway = PromotionCodes(), Asked()
    for number in range(CACHE_SIZE + 1):
        find(codes, gateway, f"code{number}")
    find(codes, gateway, "code1")
    assert len(gateway.asked) == CACHE_SIZE + 1
    find(codes, gateway, "code0")
    assert len(gateway.asked) == CACHE_SIZE + 2
