"""A small model with every kind of field of Stripe's parameters."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, CurrencyCode, Integer, Percentage, Text, refusal

Country = Literal["AT", "AU", "BE", "BR", "CA", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "NL"]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Adjustable(Strict):
    enabled: Boolean
    maximum: Integer | None = None


class Item(Strict):
    price: str | None = None
    quantity: Annotated[Integer, Field(ge=1, le=999999)]
    adjustable_quantity: Adjustable | None = None


class Option(Strict):
    label: Annotated[str, Text(10, min_length=1)]


class Question(Strict):
    key: Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
    options: tuple[Option, ...] = ()
    kind: Literal["dropdown", "numeric", "text"] = "text"


class Message(Strict):
    message: Annotated[str, Text(12)]


class Params(Strict):
    line_items: Annotated[tuple[Item, ...], Field(max_length=3)]
    active: Boolean | None = None
    amount: Literal[""] | Integer | None = None
    answer: Literal[""] | Question | None = None
    application_fee_percent: Annotated[Percentage, Field(ge=0, le=100)] | Literal[""] | None = None
    countries: tuple[Country, ...] | None = None
    currency: CurrencyCode | None = None
    custom_fields: tuple[Question, ...] | Literal[""] | None = None
    expand: tuple[str, ...] = ()
    message: Message | Literal[""] | None = None
    metadata: Metadata | Literal[""] | None = None
    nested: Params | None = None
    on_behalf_of: Annotated[str, Text(20)] | Literal[""] | None = None
    place: Annotated[str, Text(20)] | Option | None = None
    redirect: dict[str, str] | None = None
    switch: Literal["off", "on"] | None = None
    trial_period_days: Integer | Literal[""] | None = None

    @model_validator(mode="after")
    def _redirect_has_an_address(self) -> Params:
        if self.redirect is not None and "url" not in self.redirect:
            raise refusal(
                "{param} needs {what}.", code="parameter_missing", at=("redirect", "url"), what="the page's address"
            )
        return self
