"""Parts of links for the tests of rules."""

from typing import Any

from app.objects.payment_link import PaymentLink
from app.services.links.rules import check as link_rules
from tests.support.build import (
    a_line,
    a_link,
    a_price,
    an_optional_item,
)


def check(link: PaymentLink, custom_fields_max: int = 3) -> None:
    link_rules.check(link, None, custom_fields_max=custom_fields_max)


def lines(count: int) -> list[Any]:
    return [a_line(a_price(id=f"price_{number}")) for number in range(count)]


def options(count: int) -> list[Any]:
    return [an_optional_item(a_price(id=f"price_option{number}")) for number in range(count)]


def a_field(type: str = "text", **changes: Any) -> dict[str, Any]:
    return {"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": type, **changes}


def a_dropdown(*values: str, **changes: Any) -> dict[str, Any]:
    given = [{"label": value or "none", "value": value} for value in values or ("small", "large")]
    return a_field("dropdown", dropdown={"options": given, **changes})


def asking(*fields: dict[str, Any]) -> PaymentLink:
    return a_link(custom_fields=fields)


def redirecting(url: str) -> PaymentLink:
    return a_link(after_completion={"type": "redirect", "redirect": {"url": url}})


MONTHLY = a_price(id="price_monthly", recurring="month")
