"""Stripe's lists: the envelope of an answer, and the parameters of a page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.errors import UnknownCursor
from app.objects.scalars import Boolean, Integer, Text, TimestampParam, refusal

Item = TypeVar("Item")

_Id = Annotated[str, Text(5000, min_length=1)]


def list_envelope(data: Sequence[Any], url: str, has_more: bool) -> dict[str, Any]:
    """Return a page in Stripe's envelope. `url` is the list's path; `has_more` says whether more objects follow in the direction asked."""
    return {"object": "list", "data": list(data), "has_more": has_more, "url": url}


def search_envelope(data: Sequence[Any], url: str, next_page: str | None) -> dict[str, Any]:
    """Return a page of a search in Stripe's envelope. `next_page` is what the next request sends as `page`."""
    return {
        "object": "search_result",
        "data": list(data),
        "has_more": next_page is not None,
        "next_page": next_page,
        "url": url,
    }


class Page(BaseModel):
    """The parameters of a page: `limit` objects (1 to 100, default 10), newest first, after or before the object with an id.

    Both ids at once are refused with Stripe's code `parameters_exclusive`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[Integer, Field(ge=1, le=100)] = 10
    starting_after: _Id | None = None
    ending_before: _Id | None = None
    expand: tuple[_Id, ...] = ()

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if self.starting_after is not None and self.ending_before is not None:
            raise refusal(
                "Only one of starting_after and ending_before can be given.",
                code="parameters_exclusive",
                at=("ending_before",),
            )
        return self


def take_page(items: Sequence[Item], page: Page, *, id_of: Callable[[Item], str], noun: str) -> tuple[list[Item], bool]:
    """Return one page of a complete list, in the list's order, and whether more follow in the direction asked.

    Raises `UnknownCursor` for a cursor that is not the id of an item; `noun` names the item in the message.
    """
    positions = {id_of(item): position for position, item in enumerate(items)}
    for param in ("starting_after", "ending_before"):
        cursor = getattr(page, param)
        if cursor is not None and cursor not in positions:
            raise UnknownCursor(f"No such {noun}: '{cursor[:100]}'.", param=param)
    if page.ending_before is not None:
        before = items[: positions[page.ending_before]]
        return list(before[-page.limit :]), len(before) > page.limit
    after = items[positions[page.starting_after] + 1 :] if page.starting_after is not None else items
    return list(after[: page.limit]), len(after) > page.limit


class ActivePage(Page):
    """The parameters of a page of a list that has the filter `active`."""

    active: Boolean | None = None


class CreatedRange(BaseModel):
    """Bounds of `created`, in Unix seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gt: TimestampParam | None = None
    gte: TimestampParam | None = None
    lt: TimestampParam | None = None
    lte: TimestampParam | None = None

    def matches(self, created: int) -> bool:
        """Return whether a time is within the bounds."""
        return (
            (self.gt is None or created > self.gt)
            and (self.gte is None or created >= self.gte)
            and (self.lt is None or created < self.lt)
            and (self.lte is None or created <= self.lte)
        )


class CreatedPage(Page):
    """The parameters of a page of a list with the filter `created`."""

    created: CreatedRange | TimestampParam | None = None

    @property
    def earliest(self) -> int | None:
        """The earliest time of creation that the filter allows, or None."""
        if not isinstance(self.created, CreatedRange):
            return self.created
        return max((time for time in (self.created.gt, self.created.gte) if time is not None), default=None)

    @property
    def latest(self) -> int | None:
        """The latest time of creation that the filter allows, or None."""
        if not isinstance(self.created, CreatedRange):
            return self.created
        return min((time for time in (self.created.lt, self.created.lte) if time is not None), default=None)

    def matches_created(self, created: int) -> bool:
        """Return whether an object with this time of creation matches the filter."""
        if self.created is None:
            return True
        return self.created.matches(created) if isinstance(self.created, CreatedRange) else created == self.created


class EventList(CreatedPage):
    """The parameters of a page of events, for our API and the sandbox. A type may end with a star: `checkout.session.*`."""

    delivery_success: Boolean | None = None
    type: _Id | None = None
    types: Annotated[tuple[_Id, ...], Field(max_length=20)] = ()

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Return whether an event in Stripe's shape passes every filter."""
        return (
            (self.type is None or matches_type(self.type, event["type"]))
            and (not self.types or any(matches_type(pattern, event["type"]) for pattern in self.types))
            and (self.delivery_success is None or self.delivery_success == (event["pending_webhooks"] == 0))
            and self.matches_created(event["created"])
        )


def matches_type(pattern: str, type: str) -> bool:
    """Return whether the type of an event matches a pattern.

    >>> matches_type("price.*", "price.updated"), matches_type("price", "price.updated")
    (True, False)
    """
    return type.startswith(pattern[:-1]) if pattern.endswith("*") else type == pattern


class CustomerDetailsFilter(BaseModel):
    """The filter for Checkout Sessions of one buyer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: _Id


class SessionList(CreatedPage):
    """The parameters of a page of Checkout Sessions, for our API and the sandbox."""

    customer: _Id | None = None
    customer_account: _Id | None = None
    customer_details: CustomerDetailsFilter | None = None
    payment_intent: _Id | None = None
    payment_link: _Id | None = None
    status: Literal["complete", "expired", "open"] | None = None
    subscription: _Id | None = None

    def matches(self, session: Mapping[str, Any]) -> bool:
        """Return whether a session in Stripe's shape passes every filter. An e-mail address matches in any case."""
        filters = ("customer", "customer_account", "payment_intent", "payment_link", "status", "subscription")
        details = session.get("customer_details") or {}
        return (
            all(getattr(self, name) in (None, _id_of(session.get(name))) for name in filters)
            and (self.customer_details is None or _same_email(self.customer_details.email, details.get("email")))
            and self.matches_created(session["created"])
        )


def _id_of(value: Any) -> Any:
    """Return the id of an expanded object, and any other value as it is."""
    return value.get("id") if isinstance(value, Mapping) else value


def _same_email(wanted: str, email: str | None) -> bool:
    return email is not None and email.lower() == wanted.lower()
