"""The shape of a seed file, and what of it no longer counts."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.objects.scalars import Boolean, Code, Integer, Slug


class SeedEntry(BaseModel):
    """One object in Stripe's create parameters. Stripe checks them."""

    model_config = ConfigDict(extra="allow")

    id: str | None = None
    metadata: dict[str, Any] = {}


class SeedCounterfoil(BaseModel):
    """The part of a link's `counterfoil` that seed itself reads."""

    model_config = ConfigDict(extra="allow")

    code: Code | None = None
    embed_origins: list[str] = []
    slug: Slug | None = None


class SeedCompletedSessions(BaseModel):
    """A limit, and how much of it is used."""

    count: Integer = 0
    limit: Integer


class SeedRestrictions(BaseModel):
    """How often the link can be used."""

    completed_sessions: SeedCompletedSessions


class SeedLink(BaseModel):
    """A link as API parameters, or as a document. An exported link also has its id, code, ids of items and count of sessions."""

    model_config = ConfigDict(extra="allow")

    id: str | None = None
    active: Boolean = True
    counterfoil: SeedCounterfoil = SeedCounterfoil()
    document: dict[str, Any] | None = None
    line_item_ids: list[str] = []
    restrictions: SeedRestrictions | None = None
    shows: str = ""


class SeedFile(BaseModel):
    """The shape of a seed file."""

    model_config = ConfigDict(extra="forbid")

    organization: dict[str, Any] = {}
    products: dict[str, SeedEntry] = {}
    coupons: dict[str, SeedEntry] = {}
    tax_rates: dict[str, SeedEntry] = {}
    shipping_rates: dict[str, SeedEntry] = {}
    prices: dict[str, SeedEntry] = {}
    promotion_codes: dict[str, SeedEntry] = {}
    payment_links: list[SeedLink] = []
    pictures: dict[str, str] = {}


def without_ended(file: SeedFile, now: int) -> SeedFile:
    """Return the file without the coupons and promotion codes whose time is over. Stripe does not create them.

    A link is sold without a coupon that has expired, so it comes without it.
    """
    ended = {f"@coupons.{name}" for name, entry in file.coupons.items() if _is_over(entry, "redeem_by", now)}
    codes = {
        name: entry
        for name, entry in file.promotion_codes.items()
        if not _is_over(entry, "expires_at", now) and not _is_in(_coupon_of(entry), ended)
    }
    coupons = {name: entry for name, entry in file.coupons.items() if f"@coupons.{name}" not in ended}
    links = [
        _without_coupon(link) if _is_in(_extra(link.counterfoil).get("coupon"), ended) else link
        for link in file.payment_links
    ]
    return file.model_copy(update={"coupons": coupons, "promotion_codes": codes, "payment_links": links})


def _is_over(entry: SeedEntry, name: str, now: int) -> bool:
    moment = _extra(entry).get(name)
    return isinstance(moment, int) and moment <= now


def _is_in(name: Any, names: set[str]) -> bool:
    """Return whether a value of the file is one of these names. Other types are refused later, with their place."""
    return isinstance(name, str) and name in names


def _coupon_of(entry: SeedEntry) -> Any:
    """Return the coupon of a promotion code, under its name today or its older one."""
    promotion = _extra(entry).get("promotion")
    return promotion.get("coupon") if isinstance(promotion, Mapping) else _extra(entry).get("coupon")


def _without_coupon(link: SeedLink) -> SeedLink:
    ours = link.counterfoil.model_dump(exclude_unset=True, exclude={"coupon"})
    return link.model_copy(update={"counterfoil": SeedCounterfoil.model_validate(ours)})


def _extra(entry: BaseModel) -> Mapping[str, Any]:
    return entry.model_extra or {}
