"""Links: codes, versions, pages, and the index of the objects that they hold copies of."""

from typing import Any

import pytest

from app.errors import ResourceMissing
from app.objects.payment_link import PaymentLink
from app.store import Conflict, SlugTaken, Store
from tests.store.build import changed, limited
from tests.support.build import (
    a_coupon,
    a_line,
    a_link,
    a_price,
    a_product,
    a_shipping_rate,
    a_tax_rate,
    an_optional_item,
    an_organization,
)


def numbered(number: int, **changes: Any) -> PaymentLink:
    return a_link(id=f"plink_{number}", counterfoil={"code": f"code-{number}"}, **changes)


def ids(page: tuple[list[PaymentLink], bool]) -> tuple[list[str], bool]:
    return [link.id.removeprefix("plink_") for link in page[0]], page[1]


def test_a_link_is_found_by_id_by_code_and_by_slug(store: Store) -> None:
    link = a_link(counterfoil={"slug": "honey-jar"})
    store.add_link(link)
    assert [store.link("plink_honey"), store.link_by_code("honey"), store.link_by_code("honey-jar")] == [link] * 3


@pytest.mark.parametrize("code", ["", "unknown", "HONEY", "honey\x00", "hon\ud800ey", "%", "x" * 10_000, "' OR 1=1 --"])
def test_an_unknown_code_finds_nothing(linked: Store, code: str) -> None:
    assert linked.link_by_code(code) is None
    assert linked.link(code) is None


@pytest.mark.parametrize("taken", ["honey", "honey-jar"], ids=["another link's code", "another link's slug"])
def test_a_taken_slug_is_refused_and_nothing_is_stored(store: Store, taken: str) -> None:
    store.add_link(a_link(counterfoil={"slug": "honey-jar"}))
    with pytest.raises(SlugTaken):
        store.add_link(a_link(id="plink_2", counterfoil={"code": "second", "slug": taken}))
    assert store.link("plink_2") is None
    assert store.link_by_code("second") is None


def test_a_slug_refused_within_a_transaction_changes_nothing_in_it(linked: Store) -> None:
    with linked.transaction():
        with pytest.raises(SlugTaken), linked.transaction():
            linked.add_link(a_link(id="plink_2", counterfoil={"code": "second", "slug": "honey"}))
        linked.add_link(a_link(id="plink_2", counterfoil={"code": "second", "slug": "honey-2"}))
    assert linked.link_by_code("honey-2") == linked.link("plink_2")


def test_a_changed_slug_frees_the_old_one_and_the_code_stays(linked: Store) -> None:
    first = changed(a_link(), counterfoil={"slug": "spring"})
    second = changed(first, counterfoil={"slug": "summer"})
    assert linked.save_link(first)
    assert linked.save_link(second)
    assert linked.link_by_code("spring") is None
    assert linked.link_by_code("summer") == linked.link_by_code("honey") == second
    linked.add_link(a_link(id="plink_2", counterfoil={"code": "second", "slug": "spring"}))


def test_saving_with_a_slug_in_use_is_refused_and_changes_nothing(linked: Store) -> None:
    linked.add_link(numbered(2))
    with pytest.raises(SlugTaken):
        linked.save_link(changed(a_link(), active=False, counterfoil={"slug": "code-2"}))
    assert linked.link("plink_honey") == a_link()


def test_only_the_next_version_replaces_a_link(linked: Store) -> None:
    second = changed(a_link(), active=False)
    assert linked.save_link(second)
    assert not linked.save_link(changed(a_link(), active=True)), "the version was taken already"
    assert not linked.save_link(changed(changed(second))), "a version was left out"
    assert not linked.save_link(changed(numbered(9))), "there is no such link"
    assert linked.link("plink_honey") == second


def test_a_second_link_with_the_same_id_and_a_link_without_an_organization_are_refused(linked: Store) -> None:
    with pytest.raises(Conflict):
        linked.add_link(a_link(counterfoil={"code": "second"}))
    with pytest.raises(Conflict):
        linked.add_link(a_link(id="plink_2", counterfoil={"code": "second", "organization": "org_unknown"}))


def test_newest_first_means_the_order_of_adding(store: Store) -> None:
    for number in (5, 1, 4, 2, 3):
        store.add_link(numbered(number))
    assert ids(store.links("org_apiary")) == (["3", "2", "4", "1", "5"], False)


@pytest.mark.parametrize(
    ("cursors", "expected"),
    [
        ({"limit": 2}, (["5", "4"], True)),
        ({"limit": 5}, (["5", "4", "3", "2", "1"], False)),
        ({"limit": 2, "starting_after": "plink_4"}, (["3", "2"], True)),
        ({"limit": 2, "starting_after": "plink_3"}, (["2", "1"], False)),
        ({"limit": 2, "starting_after": "plink_1"}, ([], False)),
        ({"limit": 2, "ending_before": "plink_2"}, (["4", "3"], True)),
        ({"limit": 2, "ending_before": "plink_3"}, (["5", "4"], False)),
        ({"limit": 2, "ending_before": "plink_5"}, ([], False)),
    ],
    ids=str,
)
def test_a_cursor_selects_the_page(store: Store, cursors: dict[str, object], expected: object) -> None:
    for number in range(1, 6):
        store.add_link(numbered(number))
    assert ids(store.links("org_apiary", **cursors)) == expected  # type: ignore[arg-type]


def test_new_links_do_not_move_a_page(store: Store) -> None:
    for number in range(1, 5):
        store.add_link(numbered(number))
    assert ids(store.links("org_apiary", limit=2)) == (["4", "3"], True)
    store.add_link(numbered(5))
    assert ids(store.links("org_apiary", limit=2, starting_after="plink_3")) == (["2", "1"], False)


@pytest.mark.parametrize("parameter", ["starting_after", "ending_before"])
@pytest.mark.parametrize("cursor", ["plink_unknown", "plink_theirs", "\x00"])
def test_a_cursor_that_is_unknown_or_of_another_organization_names_the_parameter(
    store: Store, parameter: str, cursor: str
) -> None:
    store.add_organization(an_organization("org_other", "Other"))
    store.add_link(a_link(id="plink_theirs", counterfoil={"organization": "org_other"}))
    with pytest.raises(ResourceMissing) as refused:
        store.links("org_apiary", **{parameter: cursor})  # type: ignore[arg-type]
    assert refused.value.param == parameter


def test_links_are_listed_by_owner_and_by_whether_they_are_active(store: Store) -> None:
    store.add_organization(an_organization("org_other", "Other"))
    store.add_link(a_link(id="plink_theirs", counterfoil={"organization": "org_other"}))
    for number in range(1, 5):
        store.add_link(numbered(number, active=number % 2 == 0))
    assert ids(store.links("org_apiary", active=True)) == (["4", "2"], False)
    assert ids(store.links("org_apiary", active=False, limit=1)) == (["3"], True)
    assert ids(store.links("org_apiary", active=True, starting_after="plink_3")) == (["2"], False)
    store.save_link(changed(numbered(4), active=False))
    assert ids(store.links("org_apiary", active=False)) == (["4", "3", "1"], False)


def full_link() -> PaymentLink:
    return a_link(
        a_line(a_price(1250, id="price_line", product=a_product("prod_line"))),
        shipping=[a_shipping_rate(id="shr_post")],
        tax_rates=[a_tax_rate(id="txr_vat")],
        coupon=a_coupon(id="harvest"),
        optional_items=(an_optional_item(a_price(300, id="price_extra", product=a_product("prod_extra"))),),
    )


RESOURCES = ("price_line", "prod_line", "price_extra", "prod_extra", "shr_post", "txr_vat", "harvest")


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_link_is_found_by_the_objects_that_it_holds_copies_of(store: Store, resource: str) -> None:
    store.add_link(full_link())
    store.add_link(numbered(2))
    assert store.links_with(resource, ["org_apiary"]) == [full_link()]


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_link_is_not_found_by_what_another_organization_holds(store: Store, resource: str) -> None:
    store.add_link(full_link())
    assert store.links_with(resource, ["org_other"]) == []
    assert store.links_with(resource, []) == []


def test_a_link_is_not_found_by_an_object_that_it_no_longer_holds(store: Store) -> None:
    store.add_link(full_link())
    store.save_link(changed(a_link(a_line(a_price(1250, id="price_line", product=a_product("prod_new"))))))
    found = {resource for resource in (*RESOURCES, "prod_new") if store.links_with(resource, ["org_apiary"])}
    assert found == {"price_line", "prod_new"}


def test_an_imported_link_continues_its_count(store: Store) -> None:
    store.add_link(limited(5, count=3))
    assert store.link("plink_honey") == limited(5, count=3)
    assert store.places_left("plink_honey") == 2


def test_a_link_is_read_together_with_the_organization_that_sells_by_it(linked: Store) -> None:
    linked.add_organization(an_organization(id="org_other"))
    linked.add_link(a_link(id="plink_2", counterfoil={"code": "second", "slug": "other", "organization": "org_other"}))
    for code, link, organization in (("honey", "plink_honey", "org_apiary"), ("other", "plink_2", "org_other")):
        found = linked.link_and_organization(code)
        assert found == (linked.link(link), linked.organization(organization))
    assert linked.link_and_organization("unknown") is None
    assert linked.link_and_organization("\x00") is None


def test_a_limited_link_is_read_with_its_count_and_its_organization(linked: Store) -> None:
    linked.add_link(
        a_link(id="plink_2", restrictions={"completed_sessions": {"limit": 2, "count": 0}}, counterfoil={"code": "two"})
    )
    linked.hold_place("plink_2")
    linked.complete_place("plink_2")
    found = linked.link_and_organization("two")
    assert found is not None
    assert found[0].restrictions is not None
    assert found[0].restrictions.completed_sessions.count == 1
