"""A stored object is read back equal: any object that a model allows, and the example of Stripe's reference."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.objects.attempt import Attempt
from app.objects.base import Object
from app.objects.event import Event
from app.objects.organization import Key, Organization
from app.objects.payment_link import PaymentLink
from app.objects.user import User
from app.store import Store
from tests.store.anything import objects
from tests.support.build import NOW, a_line, a_link, a_price, a_product
from tests.support.examples import at_most

EXAMPLE = Path(__file__).parents[1] / "data" / "payment_link_example.json"

Kind = TypeVar("Kind", bound=Object)
numbers = count(1)


def store_and_compare(
    store: Store, add: Callable[[Kind], Any], find: Callable[[str], Kind | None], thing: Kind
) -> None:
    """Store an object and compare the one that is read."""
    add(thing)
    assert find(thing.id) == thing  # type: ignore[attr-defined]


def unique(thing: Kind, **changes: Any) -> Kind:
    """Return the object with an id that no other example has."""
    return thing.model_copy(update={"id": f"id_{next(numbers)}", **changes})


any_example = settings(
    max_examples=at_most(20),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@any_example
@given(thing=objects(Organization))
def test_any_organization_is_read_back_equal(store: Store, thing: Organization) -> None:
    store_and_compare(store, store.add_organization, store.organization, unique(thing))


@any_example
@given(thing=objects(Key, organization="org_apiary"))
def test_any_key_is_read_back_equal(store: Store, thing: Key) -> None:
    thing = unique(thing, hash=f"hash {next(numbers)}")
    store.add_key(thing)
    assert store.key_by_hash(thing.hash) == thing


@any_example
@given(thing=objects(User, organization="org_apiary"))
def test_any_user_is_read_back_equal(store: Store, thing: User) -> None:
    store_and_compare(store, store.add_user, store.user, unique(thing, email=f"{next(numbers)}@example.com"))


@any_example
@given(thing=objects(PaymentLink))
def test_any_link_is_read_back_equal(store: Store, thing: PaymentLink) -> None:
    ours = {"organization": "org_apiary", "code": f"code {next(numbers)}", "slug": None}
    thing = unique(thing, counterfoil=thing.counterfoil.model_copy(update=ours))
    if thing.restrictions is not None:
        completed = thing.restrictions.completed_sessions
        counted = completed.model_copy(update={"count": abs(completed.count) % 2**62})
        thing = thing.model_copy(
            update={"restrictions": thing.restrictions.model_copy(update={"completed_sessions": counted})}
        )
    store_and_compare(store, store.add_link, store.link, thing)


@any_example
@given(thing=objects(Attempt, payment_link="plink_honey"))
def test_any_attempt_is_read_back_equal(linked: Store, thing: Attempt) -> None:
    id = next(numbers)
    names = ("checkout_session", "fingerprint", "form", "organization", "payment_intent", "token")
    thing = unique(thing, **{name: f"{name} {id}" for name in names})
    store_and_compare(linked, lambda attempt: linked.add_attempt(attempt, "opened"), linked.attempt, thing)


@any_example
@given(thing=objects(Event), sent=st.booleans())
def test_any_event_is_read_back_equal(store: Store, thing: Event, sent: bool) -> None:
    thing = unique(thing, type="price.updated")
    payload = thing.model_dump_json() if sent else None
    store_and_compare(
        store,
        lambda event: store.add_event(event, organization=None, received=NOW, payload=payload),
        store.event,
        thing,
    )


def test_text_that_no_column_can_store_is_read_back_equal_from_a_document(store: Store) -> None:
    link = a_link(a_line(a_price(1250, product=a_product(name="NUL \x00 and \u2028 and \U0001f41d"))))
    store_and_compare(store, store.add_link, store.link, link)


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Return the paths at which `found` lacks a value of `expected`. Additional values are no difference."""
    if isinstance(expected, dict) and isinstance(found, dict):
        inner = ((key, f"{path}.{key}") for key in expected)
        return [
            d
            for key, at in inner
            for d in (differences(expected[key], found[key], at) if key in found else [f"{at} is gone"])
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            d
            for index, pair in enumerate(zip(expected, found, strict=True))
            for d in differences(*pair, f"{path}[{index}]")
        ]
    same = expected == found and type(expected) is type(found)
    return [] if same else [f"{path}: {found!r}, not {expected!r}"]


def test_the_example_of_stripes_reference_loads_stores_and_serializes_without_loss(store: Store) -> None:
    example = json.loads(EXAMPLE.read_text())
    link = PaymentLink.read(example)
    link = link.model_copy(
        update={"counterfoil": link.counterfoil.model_copy(update={"organization": "org_apiary", "code": "code"})}
    )
    store.add_link(link)
    found = store.link(example["id"])
    assert found == link
    assert differences(example, json.loads(found.model_dump_json())) == []


def test_the_comparison_finds_missing_and_different_values() -> None:
    expected = {"a": 1, "b": [{"c": None}], "d": True}
    assert differences(expected, {"a": 1, "b": [{"c": None, "x": 1}], "d": True, "y": 2}) == []
    assert differences(expected, {"a": 2, "b": [{}], "d": 1}) == [".a: 2, not 1", ".b[0].c is gone", ".d: 1, not True"]


@pytest.mark.parametrize("name", ["unknown", "written_by_a_newer_version"])
def test_an_unknown_attribute_is_ignored(name: str) -> None:
    example = json.loads(EXAMPLE.read_text())
    assert PaymentLink.read(example | {name: {"anything": 1}}) == PaymentLink.read(example)
