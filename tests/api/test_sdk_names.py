"""Our models have the names and values of the official SDK's types. Every exception is listed with its reason."""

import builtins
import inspect
import sys
import typing
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints

import pytest
import stripe
from stripe.params import PaymentLinkCreateParams as SDKCreate
from stripe.params import PaymentLinkModifyParams as SDKModify

from app.objects.base import Object, object_class
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.params import PaymentLinkCreateParams, PaymentLinkUpdateParams

OURS_ALONE = {"counterfoil"}
"""Our own attributes."""

UNSET_BEYOND_STRIPE = {"metadata"}
"""The SDK's type of the link's metadata is only a map, but its text says that an empty string clears it."""

COUNTRIES = "shipping_address_collection.allowed_countries"
"""Strings that a rule checks: the specification excludes SD, which the SDK lists."""


def branches(annotation: Any) -> list[Any]:
    """Yield the types of an annotation, without wrappers and None."""
    origin = get_origin(annotation)
    if origin in (Annotated, Required, NotRequired):
        return branches(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [found for part in get_args(annotation) if part is not NoneType for found in branches(part)]
    return [annotation]


def words(annotation: Any) -> set[str]:
    """Return the values of every Literal in an annotation, inside lists as well, without the empty string."""
    found: set[str] = set()
    for branch in branches(annotation):
        if get_origin(branch) is Literal:
            found |= {word for word in get_args(branch) if word != ""}
        elif get_origin(branch) in (list, tuple):
            found |= words(get_args(branch)[0])
    return found


def unsets(annotation: Any) -> bool:
    return any(get_origin(branch) is Literal and "" in get_args(branch) for branch in branches(annotation))


def typed(annotation: Any) -> type | None:
    """Return the TypedDict or SDK object in an annotation, inside lists as well."""
    for branch in branches(annotation):
        if get_origin(branch) in (list, tuple, stripe.ListObject):
            found = typed(get_args(branch)[0])
        else:
            is_class = inspect.isclass(branch) and getattr(branch, "__annotations__", None)
            found = branch if is_class and branch.__module__.startswith("stripe") else None
        if found is not None and found.__name__ not in ("UntypedStripeObject", "StripeObject"):
            return found
    return None


class Names(dict[str, Any]):
    """Return the names for the SDK's forward references. Imports for type checkers only are in `stripe`."""

    def __missing__(self, name: str) -> Any:
        for place in (typing, builtins, stripe):
            if hasattr(place, name):
                return getattr(place, name)
        if name.startswith("__"):
            raise KeyError(name)
        return Any


def hints_of(cls: type) -> dict[str, Any]:
    """Return the type hints of a class of the SDK."""
    names = Names({**vars(sys.modules[cls.__module__]), **vars(cls)})
    return get_type_hints(cls, {}, names, include_extras=True)


def sdk_parameters(cls: type, path: str = "") -> Iterator[tuple[str, Any]]:
    request_options = set(stripe.RequestOptions.__annotations__)
    for name, annotation in hints_of(cls).items():
        if not path and name in request_options:
            continue
        here = f"{path}{name}"
        yield here, annotation
        if (inner := typed(annotation)) is not None:
            yield from sdk_parameters(inner, f"{here}.")


def our_parameters(cls: type[Object], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in cls.model_fields.items():
        here = f"{path}{name}"
        if here in OURS_ALONE:
            continue
        yield here, field.annotation
        if (inner := object_class(field.annotation)) is not None:
            yield from our_parameters(inner, f"{here}.")


BOTH = pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param(PaymentLinkCreateParams, SDKCreate, id="create"),
        pytest.param(PaymentLinkUpdateParams, SDKModify, id="update"),
    ],
)


@BOTH
def test_every_parameter_has_the_name_that_the_sdk_gives_it(ours: type[Object], theirs: type) -> None:
    assert {name for name, _ in our_parameters(ours)} == {name for name, _ in sdk_parameters(theirs)}


@BOTH
def test_every_parameter_takes_the_values_of_the_sdk(ours: type[Object], theirs: type) -> None:
    expected = {name: words(annotation) for name, annotation in sdk_parameters(theirs) if name != COUNTRIES}
    found = {name: words(annotation) for name, annotation in our_parameters(ours) if name != COUNTRIES}
    assert found == expected


@BOTH
def test_an_empty_string_unsets_exactly_where_the_sdk_says_so(ours: Any, theirs: type) -> None:
    expected = {name for name, annotation in sdk_parameters(theirs) if unsets(annotation)} | UNSET_BEYOND_STRIPE
    assert {name for name in ours.unsettable if not name.startswith("counterfoil.")} == expected


SIMPLER = {"line_items": "compared by themselves"}
"""Attributes whose parts are not compared. Parts of objects with an id are never compared."""

OTHER_WORDS = {
    COUNTRIES: "text, checked by a rule when it is set",
    "invoice_creation.invoice_data.rendering_options.amount_tax_display": "any text in the SDK's answers, two words in its parameters",
}
"""Attributes whose answers may have other values than the SDK's. Another exception: a rule limits labels to 50 characters, not 100."""


def sdk_attributes(cls: type, path: str = "") -> Iterator[tuple[str, Any]]:
    """Return the attributes of a class of the SDK at every depth. An expandable object is an id there."""
    for name in cls.__annotations__:
        if name.startswith("_") or name == "OBJECT_NAME":
            continue
        annotation = hints_of(cls)[name]
        here = f"{path}{name}"
        yield here, annotation
        inner = typed(annotation)
        if inner is not None and here not in SIMPLER and "object" not in inner.__annotations__:
            yield from sdk_attributes(inner, f"{here}.")


def test_every_attribute_of_a_link_has_the_name_that_the_sdk_gives_it() -> None:
    sdk = {name for name, _ in sdk_attributes(stripe.PaymentLink)}
    ours = {name for name, _ in our_attributes(PaymentLink)}
    assert ours == sdk


def test_every_attribute_of_a_link_has_the_values_of_the_sdk() -> None:
    sdk = {
        name: words(annotation) for name, annotation in sdk_attributes(stripe.PaymentLink) if name not in OTHER_WORDS
    }
    ours = {name: words(annotation) for name, annotation in our_attributes(PaymentLink) if name not in OTHER_WORDS}
    assert ours == sdk


def our_attributes(cls: type[Object], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in cls.model_fields.items():
        here = f"{path}{name}"
        if here in OURS_ALONE:
            continue
        yield here, field.annotation
        inner = object_class(field.annotation)
        if inner is not None and here not in SIMPLER and "id" not in inner.model_fields:
            yield from our_attributes(inner, f"{here}.")
