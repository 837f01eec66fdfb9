"""Hypothesis strategies for any object that a model allows, built from its annotations. New attributes are covered at once."""

from decimal import Decimal
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import StringConstraints, ValidationError

from app.objects.base import Object
from app.objects.metadata import Metadata
from app.objects.scalars import CurrencyCode, DecimalString, Integer, Percentage, Text

Kind = TypeVar("Kind", bound=Object)

integers = st.integers(-(2**63), 2**63 - 1)
# Ids are stored in columns: neither engine stores half a surrogate pair, and PostgreSQL stores no NUL.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
decimals = st.decimals(-(10**15), 10**15, places=12)
percentages = st.decimals(0, 100, places=4)
metadata = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00[]"), min_size=1, max_size=6),
    texts,
    max_size=2,
)
plain_data = st.recursive(
    st.none() | st.booleans() | integers | texts | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
SCALARS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (CurrencyCode, st.sampled_from(["eur", "jpy", "KWD"])),
    (DecimalString, decimals),
    (Integer, integers),
    (Metadata, metadata),
    (Percentage, percentages),
    (Decimal, decimals),
    (Any, plain_data),
    (str, texts),
    (int, integers),
    (bool, st.booleans()),
    (NoneType, st.none()),
]


def objects(model: type[Kind], **fixed: Any) -> st.SearchStrategy[Kind]:
    """Return a strategy for objects of this model, with these attributes where they are given."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Kind:
        try:
            return model.model_validate(draw(attributes(model)) | fixed)
        except ValidationError:
            assume(False)
            raise

    return drawn()


def attributes(model: type[Object]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for the attributes of a model. Attributes with a default may be missing."""
    hints = get_type_hints(model, include_extras=True)
    required = {name: values(hints[name]) for name, field in model.model_fields.items() if field.is_required()}
    optional: dict[Any, st.SearchStrategy[Any]] = {
        name: later(hints[name]) for name in model.model_fields if name not in required
    }
    return st.fixed_dictionaries(required, optional=optional)


def later(annotation: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of an annotation, built when it is first used: a model may contain itself."""

    def made() -> st.SearchStrategy[Any]:
        return values(annotation)

    return st.deferred(made)


def values(annotation: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values that an annotation allows."""
    for known, strategy in SCALARS:
        if annotation is known or (get_origin(annotation) is Annotated and annotation == known):
            return strategy
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return annotated(*arguments)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, UnionType):
        return st.one_of(*(values(argument) for argument in arguments))
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=2).map(tuple)
    if origin is dict:
        return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=2)
    if isinstance(annotation, type) and issubclass(annotation, Object):
        return attributes(annotation)
    raise TypeError(f"no idea what {annotation} admits")


def is_as_long_as(least: int, text: str) -> bool:
    return len(text) >= least


def annotated(base: Any, *marks: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for a base type within the limits of its annotations."""
    for mark in marks:
        if isinstance(mark, StringConstraints) and mark.pattern is not None:
            return st.from_regex(str(mark.pattern).replace("\\z", "\\Z"), fullmatch=True)
        if isinstance(mark, (StringConstraints, Text)):
            return texts.filter(partial(is_as_long_as, mark.min_length or 0))
    return values(base)
